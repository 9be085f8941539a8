// SPDX-License-Identifier: MIT
// What is the evaluator's word worth, and what does it cost?
//   evaluator aa STATE_DIR SECONDS     false alarms and detection: measures so long (0: only the tables)
//   evaluator cost STATE_DIR SECONDS   hand-shake, judged seconds per timed second, evaluations per minute
#include "cost.h"
#include "error_rates.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace ke {
namespace {

Result<> run(const std::string& part, const std::string& state_dir, double seconds) {
  if (part == "aa") {
    if (seconds > 0) KE_DO(collect_comparisons(state_dir, seconds));
    KE_TRY(const std::string text, error_rate_tables(state_dir));
    std::fputs(text.c_str(), stdout);
    return ok();
  }
  if (part == "cost") {
    KE_TRY(const std::string text, cost_table(state_dir, seconds));
    std::fputs(text.c_str(), stdout);
    return ok();
  }
  return Error{ErrorCode::usage, "there is no part '" + part + "'; parts are aa and cost"};
}

}  // namespace
}  // namespace ke

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "usage: evaluator aa|cost STATE_DIR SECONDS\n");
    return 2;
  }
  const auto done = ke::run(arguments[1], arguments[2], std::atof(arguments[3]));
  if (!done) std::fprintf(stderr, "evaluator: %s\n", done.error().message.c_str());
  return done ? 0 : ke::exit_code(done.error().code);
}
