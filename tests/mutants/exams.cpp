// SPDX-License-Identifier: MIT
// False alarms of the checks: honest versions before many exams, none of which may call one wrong.
//   exams SPEC SOURCE INCLUDE COUNT STATE_DIR [sanitized|guided|beside] [FLAG|VERSION.cpp]...
// A candidate is SOURCE with the flags added, which changes the order of its roundings and nothing else, or
// each VERSION, with what its line `//! flags:` adds; each exam is drawn anew as for a confirmation, and the
// announced shapes are checked on fresh inputs, too. `sanitized`: so are sanitizer builds. `guided`: nothing
// but inputs made after what the candidate compares. `beside`: nothing but inputs on which the kernel as it
// is says what comes out.
#include "ke-build/base/files.h"
#include "ke-build/base/json.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/exam.h"
#include "ke-build/evaluate/rungs.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <cstdio>

namespace ke {
namespace {

struct Order {
  std::string spec, source, include, state_dir;
  int count = 0;
  bool sanitized = false;
  std::string only;  // guided, beside; empty: all that an exam holds
  std::vector<std::string> flags, versions;
};

struct Version {
  std::string name;
  Subject subject;
  Program program;
  int wrong = 0;
};

std::vector<std::string> flags_of(const std::string& source) {
  for (const std::string& line : split(source, '\n')) {
    if (!starts_with(line, "//! flags: ")) continue;
    std::vector<std::string> flags = split(trim(line.substr(11)), ' ');
    std::erase(flags, "");
    return flags;
  }
  return {};
}

Result<std::unique_ptr<JudgeState>> judge_of(const Order& order, Subject& baseline) {
  KE_TRY(const std::string text, read_file(order.spec));
  KE_TRY(Operator op, parse_spec(text, order.spec));
  op.sources = {order.source};
  op.isa = Isa::native;  // what is asked here is a matter of roundings
  Recipe& recipe = baseline.recipe;
  const bool c = op.kernel.language == "c";
  recipe.compiler = c ? "/usr/bin/gcc" : "/usr/bin/g++";
  recipe.compiler_id = "GNU";
  if (c) recipe.language = "C";
  recipe.includes = {"-I" + order.include};
  recipe.source = order.source;
  recipe.directory = order.include;
  KE_TRY(baseline.candidate.source, read_file(order.source));
  recipe.flags = flags_of(baseline.candidate.source);
  if (recipe.flags.empty()) recipe.flags = {"-O2", c ? "-std=gnu11" : "-std=c++17"};
  if (op.contract.threads > 1) recipe.flags.push_back("-fopenmp");
  EvaluateOptions options;
  options.state_dir = order.state_dir;
  return open_judge(op, baseline, options, Purpose::verify);
}

Result<std::string> objection_to(JudgeState& judge, const Version& version, const Exam& exam,
                                 const Order& order) {
  Evaluation evaluation;
  const Deadline deadline(600);
  evaluation.folder = judge.folders->path_of(judge.op, version.subject);
  Climb climb{judge, version.subject, exam, Effort::confirm, deadline, evaluation, version.program, false};
  if (!order.only.empty()) {
    KE_TRY(const bool right, order.only == "guided" ? guided_rung(climb) : beside_rung(climb));
    if (const std::string text = coverage_text(evaluation.coverage); !text.empty())
      fmt::print("{}: {}\n", version.name, text);
    for (const std::string& place : evaluation.coverage.uncovered)
      fmt::print("{}: not covered: {}\n", version.name, place);
    for (const std::string& one : evaluation.left_out) fmt::print("{}: left out: {}\n", version.name, one);
    return right ? std::string() : evaluation.reason;
  }
  KE_TRY(const bool standing, verify_rung(climb));
  if (!standing) return evaluation.reason;
  if (order.sanitized) {
    KE_TRY(const bool clean, sanitize_rung(climb));
    if (!clean) return evaluation.reason;
  }
  for (const Pool& pool : exam.workloads) {
    KE_TRY(const std::optional<Finding> finding,
           verify_pool(judge.op, version.program, pool, 0, verify_options(judge)));
    if (finding) return finding->reason;
  }
  return std::string();
}

Result<Version> built(JudgeState& judge, Version version) {
  Evaluation evaluation;
  evaluation.folder = judge.folders->path_of(judge.op, version.subject);
  const Deadline deadline(600);
  Climb climb{judge, version.subject, judge.exam, Effort::screen, deadline, evaluation, {}, false};
  KE_TRY(const bool stands, compile_rung(climb));
  if (!stands) return Error{ErrorCode::usage, version.name + ": " + evaluation.reason};
  version.program = climb.program;
  return version;
}

Result<std::vector<Version>> versions_of(const Order& order, JudgeState& judge, const Subject& baseline) {
  std::vector<Version> versions;
  for (const std::string& path : order.versions) {
    Version version{path, baseline, {}};
    KE_TRY(version.subject.candidate.source, read_file(path));
    version.subject.candidate.flags = flags_of(version.subject.candidate.source);
    for (const std::string& flag : order.flags) version.subject.candidate.flags.push_back(flag);
    KE_TRY(version, built(judge, std::move(version)));
    versions.push_back(std::move(version));
  }
  if (!versions.empty()) return versions;
  Version version{judge.op.name, baseline, {}};
  version.subject.candidate.flags = order.flags;
  KE_TRY(version, built(judge, std::move(version)));
  versions.push_back(std::move(version));
  return versions;
}

Result<int> sit(const Order& order) {
  Subject baseline;
  KE_TRY(const std::unique_ptr<JudgeState> judge, judge_of(order, baseline));
  KE_TRY(std::vector<Version> versions, versions_of(order, *judge, baseline));
  Random random(secret_seed());
  for (int sat = 0; sat < order.count; ++sat) {
    Exam exam;
    if (order.only != "beside") {
      KE_TRY(exam, draw_exam(*judge, random, Deadline(600)));
    }
    for (Version& version : versions) {
      KE_TRY(const std::string objection, objection_to(*judge, version, exam, order));
      version.wrong += !objection.empty();
      if (!objection.empty()) std::printf("%s, exam %d: %s\n", version.name.c_str(), sat, objection.c_str());
    }
  }
  int wrong = 0;
  for (const Version& version : versions) {
    std::printf("%s: %d of %d exams object\n", version.name.c_str(), version.wrong, order.count);
    wrong += version.wrong;
  }
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace ke

int main(int count, char** arguments) {
  if (count < 6) {
    std::fprintf(
        stderr,
        "usage: exams SPEC SOURCE INCLUDE COUNT STATE_DIR [sanitized|guided|beside] [FLAG|VERSION.cpp]...\n");
    return 2;
  }
  ke::Order order{
      arguments[1], arguments[2], arguments[3], arguments[5], std::atoi(arguments[4]), false, {}, {}, {}};
  for (int i = 6; i < count; ++i) {
    const std::string word = arguments[i];
    if (word == "sanitized")
      order.sanitized = true;
    else if (word == "guided" || word == "beside")
      order.only = word;
    else
      (word[0] == '-' ? order.flags : order.versions).push_back(word);
  }
  const auto code = ke::sit(order);
  if (!code) std::fprintf(stderr, "exams: %s\n", code.error().message.c_str());
  return code ? *code : ke::exit_code(code.error().code);
}
