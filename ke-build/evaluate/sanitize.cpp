// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/sanitize.h"

#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/call_once.h"

#include <fmt/format.h>
namespace ke {
namespace {

constexpr size_t kShapes = 4, kByChance = 3, kAtHome = 6;
constexpr double kSlowSanitized_s = 0.005, kSanitized_s = 20;

struct Sample {
  const Pool* pool;
  const Case* example;
};

// Sanitizers and no optimisation make code twenty to some hundred times slower. Numbers of other sizes take
// other paths: beside what is typical, of each shape the last style, and of the announced ones as many
// styles.
std::vector<Sample> samples_of(const Exam& exam, uint64_t seed) {
  std::vector<Sample> chosen;
  for (const Pool& pool : exam.workloads) {
    if (pool.call_s < kSlowSanitized_s && !pool.cases.empty()) chosen.push_back({&pool, &pool.cases.front()});
  }
  // The first shapes are the odd ones; some more by chance lie anywhere between.
  std::vector<size_t> shapes;
  for (size_t i = 0; i < std::min(kShapes, exam.hidden.size()); ++i) shapes.push_back(i);
  Random random(seed);
  for (size_t i = 0; i < kByChance && exam.hidden.size() > kShapes; ++i)
    shapes.push_back(kShapes + random.below(exam.hidden.size() - kShapes));
  for (const size_t i : shapes) {
    const Pool& pool = exam.hidden[i];
    if (pool.cases.empty()) continue;
    chosen.push_back({&pool, &pool.cases.front()});
    if (pool.cases.size() > 1) chosen.push_back({&pool, &pool.cases.back()});
  }
  size_t unusual = 0;
  for (const Pool& workload : exam.workloads) {
    if (workload.call_s >= kSlowSanitized_s) continue;
    for (const Pool& pool : exam.hidden) {
      const bool same = pool.axes == workload.axes && !pool.cases.empty();
      if (!same || pool.cases.front().style == InputStyle::typical || unusual++ >= kShapes) continue;
      chosen.push_back({&pool, &pool.cases.front()});
    }
  }
  for (size_t i = 0; i < kByChance && !exam.lengths.empty(); ++i) {
    const Pool& pool = exam.lengths[random.below(exam.lengths.size())];
    if (!pool.cases.empty()) chosen.push_back({&pool, &pool.cases.back()});
  }
  return chosen;
}

/// One process that calls the kernel on each sample in turn, as many as there is room for.
Result<OneShot> calls(const Operator& op, const Program& program, std::vector<Sample> samples,
                      const SandboxPolicy& policy, bool together = false) {
  if (samples.size() > calls_that_fit(op)) samples = {samples.back()};
  std::vector<CallInputs> inputs;
  for (const Sample& sample : samples) inputs.push_back({&sample.pool->axes, &sample.example->inputs});
  return call_once(op, program, inputs, policy, 0, together);
}

/// The calls of `shot`, which were made for the last of `samples`; empty when their outputs are right. This
/// process has little of the judge about it: another sandbox, other places, its arguments on the heap.
std::string wrong_answer(const Operator& op, const std::vector<Sample>& samples, const OneShot& shot) {
  const size_t count = shot.values.size() / (op.arguments.size() + op.axis_names.size());
  for (size_t i = 0; i < count; ++i) {
    const Sample& sample = samples[samples.size() - count + i];
    const CheckResult result = sample.example->plan.check(outputs_of(op, shot, i, count));
    if (!result.ok) return result.reason + " on " + axes_text(op, sample.pool->axes);
  }
  return "";
}

}  // namespace

Result<std::optional<Finding>> fails_at_home(const JudgeState& state, const Program& program,
                                             const Exam& exam) {
  const SandboxPolicy policy = once_policy(program, kSanitized_s, state.options.mandatory_layers);
  std::vector<Sample> samples = samples_of(exam, judge_seed(state.options, 11));
  if (samples.size() > kAtHome) samples.resize(kAtHome);
  for (size_t i = 0; i < 2 * samples.size(); ++i) {
    const std::vector<Sample> one = {samples[i / 2]};
    const bool together = i % 2 != 0;
    KE_TRY(const OneShot shot, calls(state.op, program, one, policy, together));
    const std::string against = shot.outcome.finished()
                                    ? wrong_answer(state.op, one, shot)
                                    : shot.outcome.reason + " on " + axes_text(state.op, one[0].pool->axes);
    if (against.empty()) continue;
    return std::optional(Finding{shot.outcome.finished() ? Outcome::wrong : Outcome::unsafe,
                                 fmt::format("in an ordinary process, on memory of the heap{}: {}",
                                             together ? ", its arguments one behind the other" : "", against),
                                 0, 0, false});
  }
  return std::optional<Finding>();
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

bool asks_for_assertions(const std::string& source) {
  return source.find("NDEBUG") != std::string::npos || source.find("assert") != std::string::npos;
}

std::string sanitized_world(const std::string& source) {
  return std::string("in an ordinary process of another day and machine, hardly optimised, ") +
         (asks_for_assertions(source) ? "with assertions the other way, " : "") + "on memory of the heap";
}

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
  const SandboxPolicy policy = once_policy(program, kSanitized_s, state.options.mandatory_layers);
  const double start_s = now_s();
  const std::vector<Sample> samples = samples_of(exam, judge_seed(state.options, 11));
  for (size_t i = 0; i < samples.size(); ++i) {
    const Pool& pool = *samples[i].pool;
    // What the process keeps of a call with another shape must do for this one, too.
    const std::vector<Sample> two = {samples[(i + samples.size() - 1) % samples.size()], samples[i]};
    KE_TRY(const OneShot shot, calls(state.op, program, two, policy));
    if (shot.outcome.finished()) {
      const std::string against = wrong_answer(state.op, two, shot);
      if (against.empty()) continue;
      if (report.kinds.empty()) report.first = sanitized_world(subject.candidate.source) + ": " + against;
      report.kinds.insert("wrong answer");
      continue;
    }
    std::string kind = kind_of_report(shot.errors);
    if (kind.empty()) kind = std::string(name_of(shot.outcome.state));
    if (report.kinds.empty()) {
      const std::string said = first_lines(shot.errors);
      report.first = (said.empty() ? shot.outcome.reason : said) + " on " + axes_text(state.op, pool.axes);
    }
    report.kinds.insert(kind);
  }
  ledger.check_s += now_s() - start_s;
  return report;
}

}  // namespace ke
