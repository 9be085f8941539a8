// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/slowness.h"

#include "ke-build/base/stats.h"

#include <algorithm>

namespace ke {
namespace {

constexpr double kFalselySlow = 1e-3;
constexpr double kFarBeyond = 10;
constexpr int kFarWindows = 3;
constexpr int kFineWindows = 2;
constexpr double kHandshake_s = 50e-6;  // of one window, either side

double waited_s(const WindowTime& window) { return std::max(0.0, window.wall_s - window.processor_s); }

bool is_disturbed(const WindowTime& window) {
  return waited_s(window) > std::max(30e-6, 0.1 * window.wall_s);
}

}  // namespace

double Slowness::allowed_s(double rival_s) const {
  return factor_ * rival_s + kHandshake_s + slack_s_ * calls_;
}

void Slowness::add(const WindowTime& rival, const WindowTime& candidate) {
  const bool by_processor = one_thread_ && (is_disturbed(rival) || is_disturbed(candidate)) &&
                            rival.processor_s > 0 && candidate.processor_s > 0;
  const double rival_s = by_processor ? rival.processor_s : rival.wall_s,
               candidate_s = by_processor ? candidate.processor_s : candidate.wall_s;
  const bool slow = candidate_s > allowed_s(rival_s);
  const bool waiting = by_processor && !slow && candidate.wall_s > allowed_s(rival.wall_s);
  slow_.add(slow);
  waiting_.add(waiting);
  far_ = candidate_s > kFarBeyond * allowed_s(rival_s) ? far_ + 1 : 0;
  if (slow) ratios_.push_back(candidate_s / rival_s);
  if (waiting) ratios_.push_back(candidate.wall_s / rival.wall_s);
}

bool Slowness::computes() const { return far_ >= kFarWindows || slow_.rejects(kFalselySlow); }
bool Slowness::waits() const { return waiting_.rejects(kFalselySlow); }
bool Slowness::fine() const { return slow_.losses() >= kFineWindows && waiting_.losses() >= kFineWindows; }
double Slowness::ratio() const { return ratios_.empty() ? 1 : median(ratios_); }

}  // namespace ke
