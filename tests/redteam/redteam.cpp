// SPDX-License-Identifier: MIT
// The red team and its honest controls before the judge:
//   redteam run OPERATOR FOLDER STATE_DIR       judges the cases of one operator, honest controls first, on
//                                               inputs and shapes that are the same every time
//   redteam run-all OPERATOR FOLDER STATE_DIR   ... those that only the bench judges as well, on fresh draws
//   redteam check CASE.cpp STATE_DIR            0 when the verdict that was kept is the one the file expects
//   redteam one CASE.cpp STATE_DIR              judges and checks one case, on fresh draws
//   redteam table STATE_DIR                     what all cases came to
// FOLDER holds attacks/, honest/ and operators/. A case says what it expects in lines `//! key: value`
// (README.md).
#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/json.h"
#include "ke-build/base/log.h"
#include "ke-build/base/process.h"
#include "ke-build/base/stats.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/evaluate.h"
#include "ke-build/model/spec.h"
#include "tests/unit/shared_machine.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace ke {
namespace {

constexpr double kCase_s = 100;
constexpr int kLooks = 8;
constexpr size_t kAhead = 12;  // cases whose kernels are compiled before they are judged
/// Catalogue rows that attack the machine: after each of these, the next candidate must be judged as ever.
const std::set<std::string> kAgainstTheMachine = {"12", "25", "28", "29", "71"};

struct Case {
  std::string name, source, op;
  bool honest = false, only_bench = false;
  Effort effort = Effort::screen;
  std::set<std::string> outcomes;  // of an attack: the verdicts that count as rejected
  std::string row, reason;         // reason: what the judge has to say
  std::vector<std::string> flags;  // that the candidate adds to the repository's
};

/// The lines `//! key: value` of a source.
std::map<std::string, std::string> values_in(const std::string& source) {
  std::map<std::string, std::string> values;
  for (const std::string& line : split(source, '\n')) {
    const size_t colon = line.find(": ");
    if (starts_with(line, "//! ") && colon != std::string::npos)
      values[line.substr(4, colon - 4)] = trim(line.substr(colon + 2));
  }
  return values;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words = split(text, ' ');
  std::erase(words, "");
  return words;
}

Result<Case> read_case(const std::string& path) {
  Case result;
  const std::filesystem::path file(path);
  result.name = file.stem().string();
  result.honest = file.parent_path().filename() == "honest";
  KE_TRY(result.source, read_file(path));
  std::map<std::string, std::string> values = values_in(result.source);
  result.op = values["operator"];
  result.row = values["row"];
  result.only_bench = values["run"] == "bench";
  result.reason = values["reason"];
  result.flags = words_of(values["flags"]);
  if (values["effort"] == "decide") result.effort = Effort::decide;
  if (values["effort"] == "confirm") result.effort = Effort::confirm;
  for (const std::string& outcome : split(values["outcome"], '|')) {
    if (!outcome.empty()) result.outcomes.insert(outcome);
  }
  std::vector<std::string> missing;
  if (result.op.empty()) missing.push_back("`//! operator:`");
  if (!result.honest && result.outcomes.empty()) missing.push_back("`//! outcome:`");
  if (!result.honest && result.reason.empty())
    missing.push_back("`//! reason:` (words of the reason that is right)");
  if (!missing.empty()) return Error{ErrorCode::usage, path + ": has no " + join_texts(missing, " and no ")};
  return result;
}

/// A test fails because of what was changed, not because of a draw; how often a draw misses is what the bench
/// is asked.
enum class Draws { same, fresh };

struct Bench {
  Subject baseline;
  std::unique_ptr<Evaluator> evaluator;
};

// From C++17 on <cmath> takes three times as long to read, and that is most of what a small kernel takes.
const char* const kUsualStandard = "-std=c++17";
const char* const kQuickStandard = "-std=gnu++14";

Result<Bench> open_bench(const std::string& op_name, const std::string& operators,
                         const std::string& state_dir, Draws draws,
                         const std::string& standard = kUsualStandard) {
  const std::string spec = join(operators, op_name + ".ke.json");
  KE_TRY(const std::string text, read_file(spec));
  KE_TRY(Operator op, parse_spec(text, spec));
  const bool c = op.kernel.language == "c";
  const std::string source = join(operators, op_name + (c ? ".c" : ".cpp"));
  op.target = "redteam";
  op.sources = {source};
  Bench bench;
  bench.baseline.recipe.compiler = c ? "/usr/bin/gcc" : "/usr/bin/g++";
  bench.baseline.recipe.compiler_id = "GNU";
  Command version;
  version.argv = {bench.baseline.recipe.compiler, "-dumpfullversion"};
  KE_TRY(const std::string said, run_or_fail(version));
  bench.baseline.recipe.compiler_version = trim(said);
  if (c) bench.baseline.recipe.language = "C";
  bench.baseline.recipe.source = source;
  bench.baseline.recipe.directory = operators;
  KE_TRY(bench.baseline.candidate.source, read_file(source));
  std::vector<std::string>& flags = bench.baseline.recipe.flags;
  flags = words_of(values_in(bench.baseline.candidate.source)["flags"]);
  if (flags.empty()) flags = {"-O2", standard};
  if (op.contract.threads > 1) flags.push_back("-fopenmp");
  EvaluateOptions options;
  options.state_dir = join(state_dir, op_name);
  options.secret = draws == Draws::fresh;
  options.screen_s = 0.03;
  options.decide_s = 0.6;
  options.reference_s = 5;
  borrow_machine(options.state_dir);
  KE_TRY(bench.evaluator, Evaluator::open(op, bench.baseline, options));
  lend_machine(options.state_dir);
  return bench;
}

std::string record_path(const Case& one, const std::string& state_dir) {
  return join(state_dir, fmt::format("results/{}-{}.json", one.honest ? "honest" : "attack", one.name));
}

/// "" when the verdict is the expected one.
std::string objection(const Case& one, const Evaluation& evaluation) {
  const std::string outcome = name_of(evaluation.outcome);
  if (one.honest) {
    return evaluation.outcome >= Outcome::noisy ? "" : "an honest kernel was rejected: " + outcome;
  }
  if (!one.outcomes.contains(outcome)) return "the attack was not rejected as expected: " + outcome;
  const std::vector<std::string> reasons = split(one.reason, '|');
  const bool named = std::any_of(reasons.begin(), reasons.end(), [&](const std::string& reason) {
    return evaluation.reason.find(reason) != std::string::npos;
  });
  if (!named) return "rejected, but not because of '" + one.reason + "'";
  return "";
}

std::string one_line(std::string text, size_t most) {
  text = replace_all(replace_all(text, "\n", " "), "|", "/");
  return text.size() <= most ? text : text.substr(0, most) + "...";
}

Subject subject_of(const Bench& bench, const Case& one) {
  Subject subject = bench.baseline;
  subject.candidate.source = one.source;
  subject.candidate.flags = one.flags;
  return subject;
}

/// What an attack on the machine did to the honest candidate behind it, in the same judge; "" for nothing.
std::string aftermath(Bench& bench, const Case& next) {
  Subject subject = subject_of(bench, next);
  // Machine code of its own, so that it is really run.
  subject.candidate.source += "\nint one_after(int value) { return value + 1; }\n";
  const auto evaluation = bench.evaluator->evaluate(subject, Effort::screen, Deadline(kCase_s));
  if (!evaluation) return "the judge failed at the next candidate: " + evaluation.error().message;
  const std::string against = objection(next, *evaluation);
  return against.empty() ? "" : "the next candidate suffered: " + against + ", " + evaluation->reason;
}

/// Verdicts that the moment decided. Inconclusive and slower accept nothing and accuse nobody: a race that an
/// attack lost this time is run again. An honest kernel that waited for a core for seconds is late.
bool may_be_the_machine(const Case& one, const Evaluation& evaluation) {
  if (one.honest) return evaluation.outcome == Outcome::timed_out;
  return evaluation.outcome == Outcome::noisy || evaluation.outcome == Outcome::slower;
}

Result<Evaluation> verdict_on(Bench& bench, const Case& one) {
  auto evaluation = bench.evaluator->evaluate(subject_of(bench, one), one.effort, Deadline(kCase_s));
  for (int look = 1; look < kLooks; ++look) {
    if (!evaluation || objection(one, *evaluation).empty() || !may_be_the_machine(one, *evaluation)) break;
    evaluation = bench.evaluator->evaluate(subject_of(bench, one), one.effort, Deadline(kCase_s));
  }
  return evaluation;
}

enum class Unsettled { no, accepted, not_built };

/// Leaves the verdict in the case's record. `accepted`: an attack that nothing was found against.
Result<Unsettled> judge(Bench& bench, const Case& one, const Case* next, const std::string& state_dir,
                        int draw = 1) {
  const double start_s = now_s();
  const auto evaluation = verdict_on(bench, one);
  const double seconds = now_s() - start_s;
  std::string against = evaluation ? objection(one, *evaluation) : "the judge failed";
  if (against.empty() && next != nullptr) against = aftermath(bench, *next);
  const std::string reason = evaluation ? evaluation->reason : evaluation.error().message;
  const Json record{{"name", one.name},   {"honest", one.honest},
                    {"row", one.row},     {"outcome", evaluation ? name_of(evaluation->outcome) : "error"},
                    {"reason", reason},   {"objection", against},
                    {"seconds", seconds}, {"draw", draw}};
  KE_DO(write_file(record_path(one, state_dir), to_line(record)));
  if (!evaluation || against.empty()) return Unsettled::no;
  if (evaluation->outcome == Outcome::build_failed) return Unsettled::not_built;
  return !one.honest && evaluation->outcome >= Outcome::noisy ? Unsettled::accepted : Unsettled::no;
}

Result<int> check(const Case& one, const std::string& state_dir) {
  KE_TRY(const Json record, read_json(record_path(one, state_dir)));
  const std::string against = record.at("objection");
  std::printf("%s: %s\n%s\n", record.at("outcome").get<std::string>().c_str(),
              record.at("reason").get<std::string>().c_str(),
              against.empty() ? "as expected" : against.c_str());
  return against.empty() ? 0 : 1;
}

Result<std::vector<Case>> cases_of(const std::string& op, const std::string& folder) {
  std::vector<Case> cases;
  std::error_code none;
  for (const auto& file : std::filesystem::directory_iterator(folder, none)) {
    if (file.path().extension() != ".cpp") continue;
    KE_TRY(Case one, read_case(file.path().string()));
    if (one.op == op) cases.push_back(std::move(one));
  }
  return cases;
}

/// As a search does: several compilers at once, before anything is measured.
Result<> build_ahead(Bench& bench, const std::vector<Case>& cases, size_t first) {
  std::vector<Subject> subjects;
  for (size_t i = first; i < std::min(cases.size(), first + kAhead); ++i)
    subjects.push_back(subject_of(bench, cases[i]));
  return bench.evaluator->prepare(subjects, Deadline(kCase_s));
}

Result<> judge_again(const std::vector<const Case*>& cases, const std::string& op,
                     const std::string& operators, const std::string& state_dir, Draws draws) {
  if (cases.empty()) return ok();
  KE_TRY(Bench bench, open_bench(op, operators, state_dir, draws));
  for (const Case* one : cases) KE_DO(judge(bench, *one, nullptr, state_dir, draws == Draws::fresh ? 2 : 1));
  return ok();
}

/// Honest ones first; behind attacks on the machine the plain one is judged again.
Result<int> run_cases(const std::string& op, const std::string& folder, const std::string& state_dir,
                      Draws draws) {
  KE_TRY(std::vector<Case> cases, cases_of(op, join(folder, "honest")));
  KE_TRY(std::vector<Case> attacks, cases_of(op, join(folder, "attacks")));
  std::move(attacks.begin(), attacks.end(), std::back_inserter(cases));
  // Also of those that only the bench judges: the table counts what lies there.
  for (const Case& one : cases) KE_DO(remove_tree(record_path(one, state_dir)));
  if (draws == Draws::same) {
    std::erase_if(cases, [](const Case& one) { return one.only_bench; });
  } else {
    // As a winner is.
    for (Case& one : cases)
      if (one.honest) one.effort = Effort::confirm;
  }
  if (cases.empty()) return Error{ErrorCode::not_found, "no case in " + folder + " has the operator " + op};
  const std::string operators = join(folder, "operators");
  KE_TRY(Bench bench,
         open_bench(op, operators, state_dir, draws, draws == Draws::same ? kQuickStandard : kUsualStandard));
  std::optional<Case> next;
  const std::string plain = join(folder, "honest/plain_" + op + ".cpp");
  if (exists(plain)) {
    KE_TRY(next, read_case(plain));
  }
  std::map<Unsettled, std::vector<const Case*>> unsettled;
  for (size_t i = 0; i < cases.size(); ++i) {
    if (i % kAhead == 0) KE_DO(build_ahead(bench, cases, i));
    const bool watched = next && kAgainstTheMachine.contains(cases[i].row);
    KE_TRY(const Unsettled as, judge(bench, cases[i], watched ? &*next : nullptr, state_dir));
    unsettled[as].push_back(&cases[i]);
  }
  bench.evaluator.reset();
  if (draws == Draws::same) {
    // Newer C++ than the quick standard's is in nobody's way.
    KE_DO(judge_again(unsettled[Unsettled::not_built], op, operators, state_dir, Draws::same));
    // What a search proposes is judged again in the clean clone, on draws of its own.
    KE_DO(judge_again(unsettled[Unsettled::accepted], op, operators, state_dir, Draws::fresh));
  }
  std::printf("%zu cases judged\n", cases.size());
  return 0;
}

Result<int> run_one(const std::string& path, const std::string& state_dir) {
  KE_TRY(const Case one, read_case(path));
  const std::string folder = std::filesystem::path(path).parent_path().parent_path().string();
  set_log_level(LogLevel::debug);
  KE_TRY(Bench bench, open_bench(one.op, join(folder, "operators"), join(state_dir, "one"), Draws::fresh));
  KE_DO(judge(bench, one, nullptr, state_dir));
  return check(one, state_dir);
}

/// The step of the ladder that a reason begins with, and what it led to.
std::string found_by(const Json& record) {
  const std::string reason = record.at("reason");
  const size_t colon = reason.find(": ");
  const bool named = colon != std::string::npos && colon < 12 && reason.find(' ') > colon;
  return record.at("outcome").get<std::string>() + (named ? " by " + reason.substr(0, colon) : "");
}

struct Tally {
  int64_t tried = 0, passed = 0, second = 0;  // second: attacks that only fresh draws caught
  std::map<std::string, int64_t> by;
  double seconds = 0;
};

void count(Tally& tally, const Json& record) {
  ++tally.tried;
  tally.passed += record.at("objection").get<std::string>().empty();
  tally.second += record.value("draw", 1) == 2;
  tally.seconds += record.at("seconds").get<double>();
  ++tally.by[found_by(record)];
}

void print_row(const Json& record) {
  std::printf("| %s%s | %s | %s | %.1f | %s |\n", record.at("honest").get<bool>() ? "honest: " : "",
              record.at("name").get<std::string>().c_str(), record.at("row").get<std::string>().c_str(),
              record.at("outcome").get<std::string>().c_str(), record.at("seconds").get<double>(),
              one_line(record.at("reason"), 90).c_str());
}

// `./dev test` shows the lines that begin with "red team: ".
void print_tally(const char* what, const char* came_to, const Tally& tally) {
  std::vector<std::string> by;
  for (const auto& [name, number] : tally.by) by.push_back(fmt::format("{} {}", number, name));
  const Interval share = clopper_pearson(tally.passed, tally.tried, 0.95);
  std::printf("red team: %ld %s tried, %ld %s (at least %.1f %% of such; Clopper-Pearson, 95 %%)\n",
              tally.tried, what, tally.passed, came_to, 100 * share.low);
  std::printf("red team:   %s\n", join_texts(by, ", ").c_str());
}

int64_t files_in(const std::string& folder) {
  std::error_code none;
  return std::distance(std::filesystem::directory_iterator(folder, none), {});
}

Result<int> print_table(const std::string& folder, const std::string& state_dir) {
  std::map<std::string, Json> records;
  std::error_code none;
  for (const auto& file : std::filesystem::directory_iterator(join(state_dir, "results"), none)) {
    KE_TRY(records[file.path().filename().string()], read_json(file.path().string()));
  }
  Tally attacks, honest;
  std::printf("| kernel | catalogue | verdict | seconds | reason |\n|---|---|---|---|---|\n");
  for (const auto& [name, record] : records) {
    const std::string kind = record.at("honest").get<bool>() ? "honest/" : "attacks/";
    // A case that is gone from the tree leaves its record behind.
    if (!exists(join(folder, kind + record.at("name").get<std::string>() + ".cpp"))) continue;
    count(record.at("honest") ? honest : attacks, record);
    print_row(record);
  }
  std::printf("\n%.0f s of judging, one case after the other\n\n", attacks.seconds + honest.seconds);
  if (attacks.tried == 0 || honest.tried == 0)
    return Error{ErrorCode::not_found, "no results in " + state_dir};
  print_tally("attacks", "rejected with the right reason", attacks);
  std::printf("red team:   %ld of them only on fresh draws, as the clean clone makes them\n", attacks.second);
  print_tally("honest controls", "not rejected", honest);
  const int64_t not_tried = files_in(join(folder, "attacks")) - attacks.tried,
                not_kept = files_in(join(folder, "honest")) - honest.tried;
  std::printf(
      "red team: not judged here: %ld attacks and %ld controls more (`./dev bench redteam`); %ld known "
      "attacks are accepted "
      "(tests/redteam/open), beside those that rounds from outside left open "
      "(docs/measurements/red-team.md)\n",
      not_tried, not_kept, files_in(join(folder, "open")));
  // One draw in a hundred may miss; more is a judge that has become blind.
  const bool all = attacks.tried == attacks.passed && honest.tried == honest.passed;
  return all && 100 * attacks.second <= attacks.tried ? 0 : 1;
}

Result<int> obey(const std::vector<std::string>& words) {
  const std::string verb = words.empty() ? "" : words[0];
  if (verb == "run" && words.size() == 4) return run_cases(words[1], words[2], words[3], Draws::same);
  if (verb == "run-all" && words.size() == 4) return run_cases(words[1], words[2], words[3], Draws::fresh);
  if (verb == "one" && words.size() == 3) return run_one(words[1], words[2]);
  if (verb == "table" && words.size() == 3) return print_table(words[1], words[2]);
  if (verb == "check" && words.size() == 3) {
    KE_TRY(const Case one, read_case(words[1]));
    return check(one, words[2]);
  }
  return Error{
      ErrorCode::usage,
      "usage: redteam run|run-all OPERATOR FOLDER STATE_DIR | check CASE.cpp STATE_DIR | one CASE.cpp "
      "STATE_DIR | "
      "table FOLDER STATE_DIR"};
}

}  // namespace
}  // namespace ke

int main(int count, char** arguments) {
  const auto code = ke::obey({arguments + 1, arguments + count});
  if (!code) std::fprintf(stderr, "redteam: %s\n", code.error().message.c_str());
  return code ? *code : 3;
}
