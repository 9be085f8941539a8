// SPDX-License-Identifier: MIT
// The verify rung: is it right on shapes and values that it has not seen?
#pragma once

#include "ke-build/base/clock.h"
#include "ke-build/base/random.h"
#include "ke-build/evaluate/pool.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ke {

/// Of the first case of a pool, what its outputs came to, NaN like NaN.
using Fingerprints = std::map<const Case*, uint64_t>;

/// What is wrong with a candidate: an outcome with its reason.
struct Finding {
  Outcome outcome = Outcome::wrong;
  std::string reason;
  size_t shape = 0, at = 0;       // which pool and case
  bool mismatch = false;          // outputs were compared and are wrong; otherwise it never got that far
  bool unrepeatable = false;      // right, but not the same bits twice
  bool started_thread = false;    // where the sandbox allows none
  bool left_float_state = false;  // that of its caller, changed
};

struct VerifyOptions {
  double call_timeout_s = 2;
  bool deterministic = true;  // the same input twice must give the same bits
  uint64_t seed = 0;          // of layout and poison
  std::vector<std::string> mandatory_layers;
  // What calls that are all of one kind do not show is tried as well, as far as this program stands it.
  const Program* rival = nullptr;
  Fingerprints* fingerprints = nullptr;         // those of this program are kept here, and compared
  const std::vector<Pool>* lengths = nullptr;   // tried as verify_lengths() does
  const ErrorStats* baseline_errors = nullptr;  // on the same pools: a candidate may not be much worse
  const Deadline* deadline = nullptr;           // of all calls together
};

/// Runs every case once, in fresh processes per shape, on poisoned and guarded outputs, and compares every
/// element. Nothing when all is right. ERRORS: those of the sandbox, never the candidate's.
Result<std::optional<Finding>> verify(const Operator& op, const Program& program,
                                      const std::vector<Pool>& pools, const VerifyOptions& options);
/// The same for one pool; `index` is its number in reports. `errors`, when given, gains those of typical
/// inputs.
Result<std::optional<Finding>> verify_pool(const Operator& op, const Program& program, const Pool& pool,
                                           size_t index, const VerifyOptions& options,
                                           ErrorStats* errors = nullptr);
/// All cases of a pool in one go, for programs that are known to work: cheap, and no telling which call
/// failed.
Result<std::optional<Finding>> verify_at_once(const Operator& op, const Program& program, const Pool& pool,
                                              const VerifyOptions& options);

/// Numbers of the last pool (the announced shape) and of one with other axes, by chance.
std::vector<size_t> some_of(const std::vector<Pool>& pools, Random& random);

/// Is the deadline over? The finding then.
std::optional<Finding> out_of_time(const VerifyOptions& options);

uint64_t fingerprint(const Operator& op, const Axes& axes, const Launch& launch, int call);

/// A process for calls one by one, its arguments at varied places with the alignment of their elements.
LaunchOptions varied_launch(const VerifyOptions& options, int calls);

/// Did the process behave after a call: threads, processor time, guards? Nothing when it did.
std::optional<Finding> misbehaved(const Operator& op, const RunOutcome& run, const Runner& runner);

/// The finding of a call that did not come to its end; `where` goes on in its reason.
Finding not_finished(const RunOutcome& run, const std::string& where);
/// "on rows=3 cols=17 with typical inputs"
std::string place(const Operator& op, const Pool& pool, const Case& example);

/// "rows=3 cols=17": the axes that the contract does not fix; all where it fixes every one.
std::string axes_text(const Operator& op, const Axes& axes);

}  // namespace ke
