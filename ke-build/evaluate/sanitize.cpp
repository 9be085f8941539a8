// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/sanitize.h"

#include "ke-build/base/text.h"
#include "ke-build/model/spec.h"

#include <cstring>

namespace ke {
namespace {

constexpr size_t kShapes = 4;
constexpr double kSlowCall_s = 0.02;

std::vector<std::vector<std::byte>> bytes_of(const Operator& op, const Axes& axes, const Inputs& inputs) {
  std::vector<std::vector<std::byte>> all;
  for (size_t i = 0; i < op.arguments.size(); ++i) {
    std::vector<std::byte> bytes;
    if (op.arguments[i].input) {
      const Buffer& buffer = inputs.arguments[i];
      bytes.assign(buffer.data(), buffer.data() + buffer.size_bytes());
    }
    all.push_back(std::move(bytes));
  }
  for (const std::string& name : op.axis_names) {
    const int64_t size = axes.at(name);
    std::vector<std::byte> bytes(sizeof size);
    std::memcpy(bytes.data(), &size, sizeof size);
    all.push_back(std::move(bytes));
  }
  return all;
}

// Sanitizers make code about twenty times slower.
std::vector<const Pool*> pools_of(const Exam& exam) {
  std::vector<const Pool*> chosen;
  for (const Pool& pool : exam.workloads) {
    if (pool.call_s < kSlowCall_s && !pool.cases.empty()) chosen.push_back(&pool);
  }
  for (size_t i = 0; i < std::min(kShapes, exam.hidden.size()); ++i) chosen.push_back(&exam.hidden[i]);
  return chosen;
}

std::string first_lines(const std::string& report) {
  std::vector<std::string> lines;
  for (const std::string& line : split(report, '\n')) {
    const std::string text = trim(line);
    if (text.empty() || starts_with(text, "====")) continue;
    lines.push_back(text.substr(0, 200));
    if (lines.size() == 4) break;
  }
  return join_texts(lines, "; ");
}

}  // namespace

std::string kind_of_report(const std::string& text) {
  if (const size_t at = text.find("AddressSanitizer: "); at != std::string::npos) {
    const std::string rest = text.substr(at + 18, 80);
    return rest.substr(0, rest.find_first_of(" \n("));
  }
  if (const size_t at = text.find("runtime error: "); at != std::string::npos) {
    // Numbers differ from input to input; the words before them say what it is.
    const std::string rest = text.substr(at + 15, 80);
    return trim(rest.substr(0, rest.find_first_of("0123456789:\n'")));
  }
  return "";
}

Result<SanitizeReport> sanitize(JudgeState& state, const Subject& subject, const Exam& exam, Ledger& ledger) {
  SanitizeReport report;
  const std::string folder = state.folders->path_of(state.op, subject);
  KE_TRY(const Product product, state.folders->build(folder, state.op, subject, Role::sanitized));
  ledger.compile_s += product.seconds;
  if (!product.built) {
    report.first = "cannot be built for the sanitizers: " + product.failure;
    report.kinds.insert("no sanitizer build");
    return report;
  }
  const Program program = program_of(product, subject.recipe, Role::sanitized);
  SandboxPolicy policy;
  policy.role = SandboxRole::compiler;
  policy.readable = program.reads;
  policy.limits.wall_s = 20;
  policy.limits.cpu_s = 20;
  policy.mandatory = state.options.mandatory_layers;
  const double start_s = now_s();
  for (const Pool* chosen : pools_of(exam)) {
    const Pool& pool = *chosen;
    KE_TRY(const OneShot shot, run_once(program.path, slots_of(state.op, pool.axes, false, true),
                                        bytes_of(state.op, pool.axes, pool.cases.front().inputs), policy));
    if (shot.outcome.finished()) continue;
    std::string kind = kind_of_report(shot.errors);
    if (kind.empty()) kind = std::string(name_of(shot.outcome.state));
    if (report.kinds.empty()) {
      const std::string said = first_lines(shot.errors);
      report.first = (said.empty() ? shot.outcome.reason : said) + " on " + axes_text(pool.axes);
    }
    report.kinds.insert(kind);
  }
  ledger.check_s += now_s() - start_s;
  return report;
}

}  // namespace ke
