// SPDX-License-Identifier: MIT
// The only room that speaks SQL. Append-only rows with UUIDs, so that two stores merge without conflict;
// mutable search statistics have a change log keyed by logical step, so that any past state can be rebuilt.
// Every insert is durable when the call returns: a process may be killed between any two calls and resume.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/model/session.h"

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ke {

/// A measured time of a version, kept for history and for `ke-ci gate` as second opinion.
struct BaselineRecord {
  std::string op, workload, token_hash, hardware, compiler, flags, measured;
  double seconds = 0, low = 0, high = 0;
};

struct ProposalRecord {
  std::string id, session, op, branch, base_commit, head_commit,
      state;  // open, updated, declined, merged, obsolete
  std::string source_token_hash, candidate, created, note;
  double speedup = 1, low = 1, high = 1;
};

/// One evaluation of a node's history, with the effort that was asked for.
struct EvaluationRecord {
  int64_t node = 0, step = 0;
  std::string effort;  // screen, decide, confirm
  Evaluation evaluation;
};

/// A node as training data: what was done and what came of it.
struct TriedNode {
  int64_t id = 0, parent = 0;
  std::vector<Move> moves;  // from the root to here
  Outcome outcome = Outcome::build_failed;
  double speedup = 0;
};

/// Thread rule: one thread at a time; several processes may have the same store open.
class Store {
 public:
  static constexpr int64_t kNow = std::numeric_limits<int64_t>::max();  // as a step: after the newest one

  /// Opens or creates; `:memory:` works. ERRORS: io (names the file and whether the disk is full, it is
  /// read-only or damaged), conflict (schema newer than this program, or another process held it for too
  /// long).
  static Result<std::unique_ptr<Store>> open(const std::string& path);
  ~Store();
  /// The file, or `:memory:`.
  const std::string& path() const;

  /// Runs `body` and makes all its changes durable at once, or none when it returns an error. May be nested.
  Result<> transaction(const std::function<Result<>()>& body);
  /// Checks every page and index of the file; minutes for a very large one. ERRORS: io, with what is damaged.
  Result<> check();
  /// Adds the rows of another store that are not here yet; running it twice changes nothing.
  Result<> merge_from(const std::string& path);

  Result<> add_session(const Session& session);
  /// Appends the session's present state; what is fixed at its start (operator, seed, policy) stays.
  Result<> update_session(const Session& session);
  Result<Session> session(const std::string& id);
  /// The session as it was after logical step `step` (one step is one evaluation). ERRORS: not_found.
  Result<Session> session_as_of(const std::string& id, int64_t step);
  Result<std::vector<Session>> sessions(const std::string& op = "");  // newest first
  /// The newest session in state `running` with this operator hash, if any: the one to resume.
  Result<std::optional<Session>> unfinished(const std::string& op, const std::string& op_hash);

  /// Inserts the node with its evaluation, measurements and diagnoses in one transaction. `step` is the
  /// logical step at which it appeared; negative: its id.
  Result<> add_node(const std::string& session, const Node& node, int64_t step = -1);
  /// A confirmation or sanitizer run replaces nothing: it is appended, and becomes the node's current
  /// evaluation. `step` negative: the session's newest one.
  Result<> add_evaluation(const std::string& session, int64_t node, const Evaluation& evaluation,
                          const std::string& effort = "confirm", int64_t step = -1);
  Result<> update_statistics(const std::string& session, int64_t node, int64_t visits, double value,
                             int64_t step);
  Result<std::vector<Node>> nodes(const std::string& session);
  /// The tree as it was after logical step `step`.
  Result<std::vector<Node>> nodes_as_of(const std::string& session, int64_t step);
  /// Every evaluation of the session in the order in which it was made.
  Result<std::vector<EvaluationRecord>> evaluations(const std::string& session);
  /// The fastest correct nodes by their current evaluation, best first: what a search would expand next. With
  /// `step`: as it was after that logical step.
  Result<std::vector<Node>> frontier(const std::string& session, size_t limit, int64_t step = kNow);
  /// What an expansion of `node` may look at: itself, its ancestors nearest first, then at most `limit`
  /// siblings.
  Result<std::vector<Node>> context(const std::string& session, int64_t node, size_t limit);

  /// All nodes by id, with the evaluations that were current at `before` (UTC as utc_now() writes it; empty:
  /// now). Reads no source and no measurement.
  Result<std::vector<TriedNode>> tried(const std::string& session, const std::string& before = "");

  Result<> add_skill(const Skill& skill);
  Result<std::vector<Skill>> skills();
  Result<> add_baseline(const BaselineRecord& record);
  Result<std::vector<BaselineRecord>> baselines(const std::string& op);
  Result<> add_proposal(const ProposalRecord& record);
  /// ERRORS: not_found.
  Result<> set_proposal_state(const std::string& id, const std::string& state, const std::string& note);
  Result<std::vector<ProposalRecord>> proposals(const std::string& op = "");

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

std::string new_uuid();

}  // namespace ke
