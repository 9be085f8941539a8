// SPDX-License-Identifier: MIT
// False alarms of the checks: an honest version before many exams, none of which may call it wrong.
//   exams SPEC SOURCE INCLUDE COUNT STATE_DIR FLAG...
// The candidate is SOURCE with the flags added, which changes the order of its roundings and nothing else;
// each exam is drawn anew as for a confirmation, and the announced shapes are checked on fresh inputs, too.
#include "ke-build/base/files.h"
#include "ke-build/base/json.h"
#include "ke-build/evaluate/rungs.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <cstdio>

namespace ke {
namespace {

struct Order {
  std::string spec, source, include, state_dir;
  int count = 0;
  std::vector<std::string> flags;
};

Result<std::unique_ptr<JudgeState>> judge_of(const Order& order, Subject& baseline) {
  KE_TRY(const std::string text, read_file(order.spec));
  KE_TRY(Operator op, parse_spec(text, order.spec));
  op.sources = {order.source};
  op.isa = Isa::native;  // what is asked here is a matter of roundings
  Recipe& recipe = baseline.recipe;
  recipe.compiler = "/usr/bin/g++";
  recipe.compiler_id = "GNU";
  recipe.flags = {"-O2", "-std=c++17"};
  recipe.includes = {"-I" + order.include};
  if (op.contract.threads > 1) recipe.flags.push_back("-fopenmp");
  recipe.source = order.source;
  recipe.directory = order.include;
  KE_TRY(baseline.candidate.source, read_file(order.source));
  EvaluateOptions options;
  options.state_dir = order.state_dir;
  return open_judge(op, baseline, options, Purpose::verify);
}

Result<std::string> objection_in(JudgeState& judge, const Subject& subject, const Program& program,
                                 Random& random) {
  KE_TRY(const Exam exam, draw_exam(judge, random, false));
  Evaluation evaluation;
  const Deadline deadline(600);
  Climb climb{judge, subject, exam, Effort::confirm, deadline, evaluation, program, false};
  KE_TRY(const bool standing, verify_rung(climb));
  if (!standing) return evaluation.reason;
  for (const Pool& pool : exam.workloads) {
    KE_TRY(const std::optional<Finding> finding,
           verify_pool(judge.op, program, pool, 0, verify_options(judge)));
    if (finding) return finding->reason;
  }
  return std::string();
}

Result<int> sit(const Order& order) {
  Subject baseline;
  KE_TRY(const std::unique_ptr<JudgeState> judge, judge_of(order, baseline));
  Subject subject = baseline;
  subject.candidate.flags = order.flags;
  Evaluation evaluation;
  evaluation.folder = judge->folders->path_of(judge->op, subject);
  const Deadline deadline(600);
  Climb climb{*judge, subject, judge->exam, Effort::screen, deadline, evaluation, {}, false};
  KE_TRY(const bool built, compile_rung(climb));
  if (!built) return Error{ErrorCode::usage, evaluation.reason};
  Random random(secret_seed());
  int wrong = 0;
  for (int exam = 0; exam < order.count; ++exam) {
    KE_TRY(const std::string objection, objection_in(*judge, subject, climb.program, random));
    wrong += !objection.empty();
    if (!objection.empty()) std::printf("exam %d: %s\n", exam, objection.c_str());
  }
  std::printf("%s: %d of %d exams object\n", judge->op.name.c_str(), wrong, order.count);
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace ke

int main(int count, char** arguments) {
  if (count < 6) {
    std::fprintf(stderr, "usage: exams SPEC SOURCE INCLUDE COUNT STATE_DIR FLAG...\n");
    return 2;
  }
  const ke::Order order{arguments[1],
                        arguments[2],
                        arguments[3],
                        arguments[5],
                        std::atoi(arguments[4]),
                        {arguments + 6, arguments + count}};
  const auto code = ke::sit(order);
  if (!code) std::fprintf(stderr, "exams: %s\n", code.error().message.c_str());
  return code ? *code : ke::exit_code(code.error().code);
}
