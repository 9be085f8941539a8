// SPDX-License-Identifier: MIT
// Mistakes that people and generators make, before the judge and before a plain allclose:
//   mutants run KERNEL FOLDER STATE_DIR   0 when the judge catches every mutant that it has to
//   mutants table STATE_DIR               what all mutants came to
#include "allclose.h"
#include "ke-build/base/files.h"
#include "ke-build/base/json.h"
#include "ke-build/base/stats.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/exam.h"
#include "ke-build/evaluate/rungs.h"
#include "ke-build/model/spec.h"
#include "mutant.h"
#include "tests/unit/shared_machine.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <map>
#include <optional>

namespace ke {
namespace {

constexpr int kFurtherExams = 3;
constexpr int kTimedCalls = 10;  // sets of inputs that a bench would show at least

struct Bench {
  Subject baseline;
  std::unique_ptr<JudgeState> judge;
  std::optional<Exam> fresh;  // what a confirmation draws; of the first mutant that passes screening
};

Result<Bench> open_bench(const std::string& kernel, const std::string& folder, const std::string& state_dir) {
  const std::string spec = join(folder, kernel + ".ke.json"), source = join(folder, kernel + ".cpp");
  KE_TRY(const std::string text, read_file(spec));
  KE_TRY(Operator op, parse_spec(text, spec));
  op.sources = {source};
  Bench bench;
  Recipe& recipe = bench.baseline.recipe;
  recipe.compiler = "/usr/bin/g++";
  recipe.compiler_id = "GNU";
  recipe.flags = {"-O2", "-std=gnu++14"};  // <cmath> takes three times as long to read from C++17 on
  if (op.contract.threads > 1) recipe.flags.push_back("-fopenmp");
  recipe.source = source;
  recipe.directory = folder;
  KE_TRY(bench.baseline.candidate.source, read_file(source));
  EvaluateOptions options;
  options.state_dir = join(state_dir, kernel);
  borrow_machine(options.state_dir);
  KE_TRY(bench.judge, open_judge(op, bench.baseline, options, Purpose::verify));
  lend_machine(options.state_dir);
  Random random(secret_seed());
  for (Pool& pool : bench.judge->exam.workloads)
    KE_DO(add_cases(pool, *bench.judge->reference, InputStyle::typical, kTimedCalls, random));
  return bench;
}

struct Seen {
  std::string caught;  // by which step; empty: missed
  std::string reason;
};

// The same comparisons as in timed calls, without the timing.
Result<Seen> timed_calls(Climb& climb) {
  for (const Pool& pool : climb.exam.workloads) {
    KE_TRY(const std::optional<Finding> finding,
           verify_pool(climb.state.op, climb.program, pool, 0, verify_options(climb.state)));
    if (finding) return Seen{"timed calls", finding->reason};
  }
  return Seen{};
}

// What a candidate goes through, cheapest first: screening (hidden shapes, then every timed call), then
// confirmation (fresh shapes and values, sanitizers).
Result<Seen> judge(Bench& bench, const Subject& subject, Program& program) {
  Evaluation evaluation;
  evaluation.folder = bench.judge->folders->path_of(bench.judge->op, subject);
  const Deadline deadline(120);
  Climb screen{*bench.judge, subject, bench.judge->exam, Effort::screen, deadline, evaluation, {}, false};
  KE_TRY(bool standing, compile_rung(screen));
  program = screen.program;
  if (evaluation.outcome == Outcome::build_failed && !standing)
    return Error{ErrorCode::usage, "the mutant does not compile: " + evaluation.reason};
  if (!standing) return Seen{"compile", evaluation.reason};
  if (screen.identical) return Error{ErrorCode::usage, "the mutant is the same machine code"};
  KE_TRY(standing, verify_rung(screen));
  if (!standing) return Seen{"verify", evaluation.reason};
  KE_TRY(const Seen seen, timed_calls(screen));
  if (!seen.caught.empty()) return seen;
  if (!bench.fresh) {
    Random random(secret_seed());
    KE_TRY(bench.fresh, draw_exam(*bench.judge, random, Deadline(600)));
  }
  Climb confirm{*bench.judge, subject, *bench.fresh, Effort::confirm, deadline, evaluation, program, false};
  KE_TRY(standing, verify_rung(confirm));
  if (!standing) return Seen{"confirm", evaluation.reason};
  KE_TRY(standing, sanitize_rung(confirm));
  if (!standing) return Seen{"sanitize", evaluation.reason};
  return Seen{};
}

// Inputs are drawn at random and may miss once; what they miss three times more is a hole.
Result<bool> caught_later(Bench& bench, const Subject& subject, const Program& program) {
  Random random(secret_seed());
  Evaluation evaluation;
  const Deadline deadline(120);
  for (int attempt = 0; attempt < kFurtherExams; ++attempt) {
    KE_TRY(const Exam exam, draw_exam(*bench.judge, random, Deadline(600)));
    Climb climb{*bench.judge, subject, exam, Effort::confirm, deadline, evaluation, program, false};
    KE_TRY(const bool standing, verify_rung(climb));
    if (!standing) return true;
  }
  return false;
}

Result<int> run_kernel(const std::string& kernel, const std::string& folder, const std::string& state_dir) {
  KE_TRY(const std::vector<Mutant> mutants, read_mutants(join(folder, kernel + ".mutants")));
  KE_TRY(Bench bench, open_bench(kernel, folder, state_dir));
  Json records = Json::array();
  int failures = 0;
  for (const Mutant& mutant : mutants) {
    Subject subject = bench.baseline;
    KE_TRY(subject.candidate.source, patched(mutant, bench.baseline.candidate.source));
    Program program;
    auto seen = judge(bench, subject, program);
    if (!seen) return std::move(seen).error().note(kernel + " " + mutant.name);
    KE_TRY(const PlainCheck plain, plain_check(*bench.judge, program));
    const bool missed = seen->caught.empty();
    if (missed && mutant.missed.empty()) {
      KE_TRY(const bool later, caught_later(bench, subject, program));
      failures += !later;
      std::printf("missed%s: %s: %s\n", later ? " once" : "", mutant.name.c_str(),
                  mutant.description.c_str());
    }
    records.push_back({{"kernel", kernel},
                       {"name", mutant.name},
                       {"description", mutant.description},
                       {"caught", seen->caught},
                       {"reason", seen->reason},
                       {"excuse", mutant.missed},
                       {"torch", !plain.torch},
                       {"numpy", !plain.numpy}});
  }
  KE_DO(write_file(join(state_dir, "results/" + kernel + ".json"), to_text(records)));
  std::printf("%zu mutants of %s, %d missed\n", mutants.size(), kernel.c_str(), failures);
  return failures == 0 ? 0 : 1;
}

std::string one_line(std::string text, size_t most) {
  text = replace_all(replace_all(text, "\n", " "), "|", "/");
  return text.size() <= most ? text : text.substr(0, most) + "...";
}

std::string share(const char* who, int64_t caught, int64_t all) {
  const Interval bound = clopper_pearson(caught, all, 0.95);
  return fmt::format("{}: {} of {} caught, {:.1f} % [{:.1f}, {:.1f}]\n", who, caught, all,
                     100.0 * caught / all, 100 * bound.low, 100 * bound.high);
}

Result<int> print_table(const std::string& state_dir) {
  int64_t all = 0, ours = 0, torch = 0, numpy = 0;
  std::map<std::string, int> steps;
  std::printf(
      "| kernel | mutant | what is wrong | judge | allclose (torch) | allclose (numpy) "
      "|\n|---|---|---|---|---|---|\n");
  for (const std::string& file : list_files(join(state_dir, "results"))) {
    KE_TRY(const Json records, read_json(join(state_dir, "results/" + file)));
    for (const Json& record : records) {
      const std::string caught = record.at("caught");
      ++all;
      ++steps[caught.empty() ? "missed" : caught];
      ours += !caught.empty();
      torch += record.at("torch").get<bool>();
      numpy += record.at("numpy").get<bool>();
      std::printf("| %s | %s | %s | %s | %s | %s |\n", record.at("kernel").get<std::string>().c_str(),
                  record.at("name").get<std::string>().c_str(),
                  one_line(record.at("description"), 90).c_str(),
                  caught.empty() ? "**missed**" : caught.c_str(),
                  record.at("torch").get<bool>() ? "caught" : "missed",
                  record.at("numpy").get<bool>() ? "caught" : "missed");
    }
  }
  if (all == 0) return Error{ErrorCode::not_found, "no results in " + state_dir};
  std::string text = "\n" + share("judge", ours, all) + share("allclose, rtol 1.3e-6 atol 1e-5", torch, all) +
                     share("allclose, rtol 1e-5 atol 1e-8", numpy, all) + "by step:";
  for (const auto& [step, count] : steps) text += fmt::format(" {} {},", step, count);
  text.back() = '\n';
  std::fputs(text.c_str(), stdout);
  return 0;
}

Result<int> obey(const std::vector<std::string>& words) {
  if (words.size() == 4 && words[0] == "run") return run_kernel(words[1], words[2], words[3]);
  if (words.size() == 2 && words[0] == "table") return print_table(words[1]);
  return Error{ErrorCode::usage, "usage: mutants run KERNEL FOLDER STATE_DIR | table STATE_DIR"};
}

}  // namespace
}  // namespace ke

int main(int count, char** arguments) {
  const auto code = ke::obey({arguments + 1, arguments + count});
  if (!code) std::fprintf(stderr, "mutants: %s\n", code.error().message.c_str());
  return code ? *code : ke::exit_code(code.error().code);
}
