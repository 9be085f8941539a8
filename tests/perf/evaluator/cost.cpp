// SPDX-License-Identifier: MIT
#include "cost.h"

#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/stats.h"
#include "ke-build/evaluate/judge_state.h"
#include "ke-build/evaluate/noise_kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

constexpr int kShakes = 4000;
constexpr int kBatch = 128;
constexpr int kPlainCalls = 120;  // as many as a screening times: 60 pairs

Result<Program> build(JudgeState& judge, const Subject& subject) {
  const std::string folder = judge.folders->path_of(judge.op, subject);
  KE_DO(judge.folders->write(folder, judge.op, judge.baseline, subject));
  KE_TRY(const Product product, judge.folders->build(folder, judge.op, subject, Role::kernel));
  if (!product.built) return Error{ErrorCode::tool, "does not build: " + product.failure};
  return program_of(product, subject.recipe, Role::kernel);
}

struct Shake {
  std::vector<double> seconds, wall_s;  // GO to DONE by the judge's clock; all of it, the stop included
};

Result<Shake> shake(const Operator& op, const Pool& pool, const Program& program, int calls, bool spin) {
  LaunchOptions options;
  options.max_calls = std::max(1, calls);
  options.spin = spin;
  KE_TRY(Launch launch, Launch::start(op, pool.axes, program, options));
  for (int call = 0; call < options.max_calls; ++call) launch.put(call, pool.cases.front().inputs, 1);
  Shake shake;
  for (int i = 0; i < kShakes; ++i) {
    const double start_s = now_s();
    const RunOutcome run = launch.run(0, calls, 1);
    if (!run.finished()) return Error{ErrorCode::tool, "the empty kernel " + run.reason};
    shake.wall_s.push_back(now_s() - start_s);
    shake.seconds.push_back(run.seconds);
  }
  return shake;
}

std::string shake_row(const std::string& what, const Shake& shake, int calls) {
  return fmt::format("| {} | {:.3f} | {:.3f} | {:.3f} |\n", what, 1e6 * quantile(shake.seconds, 0.5) / calls,
                     1e6 * quantile(shake.seconds, 0.99) / calls, 1e6 * quantile(shake.wall_s, 0.5) / calls);
}

Result<std::string> shakes(const std::string& state_dir) {
  EvaluateOptions options;
  options.state_dir = join(state_dir, "judges");
  KE_TRY(const auto judge, open_judge(noise_operator("call"), noise_subject("call", 0), options));
  Subject empty = noise_subject("call", 0);
  empty.candidate.source = "void call(const float*, float*, float*, long) {}\n";
  KE_TRY(const Program program, build(*judge, empty));
  const Pool& pool = judge->exam.workloads.front();
  std::string text =
      "| empty kernel, microseconds per call | p50 | p99 | p50 with the stop |\n|---|---|---|---|\n";
  for (const bool spin : {true, false}) {
    const std::string how = spin ? "the judge spins" : "the judge sleeps";
    KE_TRY(const Shake none, shake(judge->op, pool, program, 0, spin));
    text += shake_row("hand-shake alone, " + how, none, 1);
    KE_TRY(const Shake one, shake(judge->op, pool, program, 1, spin));
    text += shake_row("one call, " + how, one, 1);
    KE_TRY(const Shake batch, shake(judge->op, pool, program, kBatch, spin));
    text += shake_row(fmt::format("in a batch of {}, {}", kBatch, how), batch, kBatch);
  }
  return text;
}

Result<std::string> judged_seconds(const std::string& state_dir) {
  std::string text =
      "| kernel | effort | pairs | launches | wall s | timed s | judged seconds per timed second |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const std::string& kernel : noise_kernels()) {
    EvaluateOptions options;
    options.state_dir = join(state_dir, "judges");
    KE_TRY(const auto judge, open_judge(noise_operator(kernel), noise_subject(kernel, 0), options));
    KE_TRY(const Program other, build(*judge, noise_subject(kernel, 10)));
    const Pool& pool = judge->exam.workloads.front();
    for (const Effort effort : {Effort::screen, Effort::decide}) {
      const BenchOptions plan = bench_options(*judge, effort, nullptr);
      const double start_s = now_s();
      KE_TRY(const BenchResult seen, bench(judge->op, pool, other, judge->program, plan, judge->ledger));
      const double wall_s = now_s() - start_s - seen.lock_wait_s;
      double timed_s = 0;
      for (const auto& launch : seen.launches)
        for (const TimedPair& pair : launch) timed_s += pool.batch * (pair.baseline_s + pair.candidate_s);
      text += fmt::format("| {} | {} | {} | {} | {:.2f} | {:.3f} | {:.1f} |\n", kernel,
                          effort == Effort::screen ? "screen" : "decide", seen.speedup.pairs,
                          seen.launches.size(), wall_s, timed_s, wall_s / timed_s);
    }
  }
  return text;
}

const char kPlainMain[] = R"(#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>
void compute(const float* x, float* y, float* spare, long n);
int main(int, char** words) {
  const long n = std::atol(words[1]), calls = std::atol(words[2]);
  std::vector<float> x(2 * n), y(n), spare(n);
  for (long i = 0; i < 2 * n; ++i) x[i] = float(i % 17);
  std::vector<double> seconds;
  for (long call = 0; call < calls; ++call) {
    const auto start = std::chrono::steady_clock::now();
    compute(x.data(), y.data(), spare.data(), n);
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(seconds.begin(), seconds.begin() + calls / 2, seconds.end());
  std::printf("%.9f\n", seconds[calls / 2]);
}
)";

Result<double> plain_evaluation(const std::string& folder, const Subject& subject, int64_t n) {
  const double start_s = now_s();
  KE_DO(write_file(join(folder, "kernel.cpp"), subject.candidate.source));
  Command compile{.argv = {subject.recipe.compiler}, .directory = folder};
  compile.argv.insert(compile.argv.end(), subject.recipe.flags.begin(), subject.recipe.flags.end());
  compile.argv.insert(compile.argv.end(), {"kernel.cpp", "main.o", "-o", "kernel"});
  KE_DO(run_or_fail(compile));
  KE_DO(run_or_fail({.argv = {join(folder, "kernel"), std::to_string(n), std::to_string(kPlainCalls)},
                     .directory = folder}));
  return now_s() - start_s;
}

Result<std::string> evaluations(const std::string& state_dir, double seconds) {
  Operator op = noise_operator("compute");
  EvaluateOptions options;
  options.state_dir = join(state_dir, "judges");
  KE_TRY(const auto judge, open_judge(op, noise_subject("compute", 0), options));
  int64_t& n = op.workloads.front().axes.at("n");
  n = static_cast<int64_t>(static_cast<double>(n) * 1e-3 / judge->exam.workloads.front().call_s);
  KE_TRY(const TempDir fresh, TempDir::make("ke-cost"));  // nothing may be found built
  options.state_dir = fresh.path();
  KE_TRY(const auto evaluator, Evaluator::open(op, noise_subject("compute", 0), options));
  std::vector<double> ours, plain;
  Ledger spent;
  std::string plain_folder = join(fresh.path(), "plain");
  KE_DO(write_file(join(plain_folder, "main.cpp"), kPlainMain));
  KE_DO(run_or_fail({.argv = {"/usr/bin/c++", "-O3", "-std=c++17", "-c", "main.cpp", "-o", "main.o"},
                     .directory = plain_folder}));
  const Deadline deadline(seconds);
  // Both by turns, so that whatever the machine does meets both.
  for (int percent = 1; percent <= 100 && (percent <= 5 || !deadline.passed()); ++percent) {
    const Subject subject = noise_subject("compute", percent);
    const double start_s = now_s();
    KE_TRY(const Evaluation evaluation, evaluator->evaluate(subject, Effort::screen, Deadline(60)));
    if (evaluation.outcome < Outcome::noisy)
      return Error{ErrorCode::tool, "an honest kernel was rejected: " + evaluation.reason};
    ours.push_back(now_s() - start_s);
    spent += evaluation.ledger;
    KE_TRY(const double other_s, plain_evaluation(plain_folder, subject, n));
    plain.push_back(other_s);
  }
  const double total = spent.compile_s + spent.timed_s + spent.check_s + spent.engine_s;
  return fmt::format(
      "| 1 ms kernel, compiled, verified on hidden shapes, screened | per minute | seconds each (median) |\n"
      "|---|---|---|\n"
      "| judged | {:.0f} | {:.2f} |\n| compiled and run {} times, no judge | {:.0f} | {:.2f} |\n\n"
      "{} of each by turns; of the judged seconds {:.0f} % compiling, {:.0f} % launches and timed calls, "
      "{:.0f} % inputs "
      "and checks, {:.0f} % other\n",
      60 / mean(ours), median(ours), kPlainCalls, 60 / mean(plain), median(plain), ours.size(),
      100 * spent.compile_s / total, 100 * spent.timed_s / total, 100 * spent.check_s / total,
      100 * spent.engine_s / total);
}

}  // namespace

Result<std::string> cost_table(const std::string& state_dir, double seconds) {
  KE_TRY(const std::string first, shakes(state_dir));
  KE_TRY(const std::string second, judged_seconds(state_dir));
  KE_TRY(const std::string third, evaluations(state_dir, seconds));
  return first + "\n" + second + "\n" + third;
}

}  // namespace ke
