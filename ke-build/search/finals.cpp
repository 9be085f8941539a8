// SPDX-License-Identifier: MIT
// The end of a search: screening is noisy, so the nodes that may be the fastest are decided properly, and the
// best of them is confirmed on fresh processes and fresh data. If that fails, the next one gets its chance.
#include "ke-build/search/run.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace ke {
namespace {

constexpr size_t kFinalists = 3;
constexpr double kNearTheTop =
    0.87;  // a screening may be off by this much; further behind nothing needs a decision
constexpr double kWorthIt = 1.01;
constexpr double kLeast_s = 0.2;
constexpr double kTimeToDecide_s = 30;  // with less, everything that is left goes into confirming
constexpr double kToDecide = 1.5;       // the same as a share of what confirming is expected to take

bool may_spend(const Run& run) {
  return !run.out_of_time && run.clock.left_s() > kLeast_s && run.clock.left(run.session.evaluations) > 0 &&
         run.clock.device_left_s(device_spent_s(run)) > 0;
}

int spent_on(const Run& run, int64_t node, const char* effort) {
  const auto spent = run.efforts.find(node);
  if (spent == run.efforts.end()) return 0;
  const auto found = spent->second.find(effort);
  return found == spent->second.end() ? 0 : found->second;
}

// A confirmation that was only noisy (a restless machine) may be tried once more; any other one is final. A
// decision must have said faster.
bool may_win(const Run& run, const Node& node) {
  const int confirmations = spent_on(run, node.id, "confirm");
  if (confirmations != 0) return confirmations < 2 && node.evaluation.outcome == Outcome::noisy;
  return spent_on(run, node.id, "decide") == 0 || node.evaluation.outcome == Outcome::faster;
}

// Fast enough to be worth a confirmation.
bool leads(const Run& run, const Node& node) {
  const double beaten = run.session.best != 0 ? merit(run.tree.at(run.session.best).evaluation) : 1;
  return node.id != 1 && node.id != run.session.best && merit(node.evaluation) >= kWorthIt * beaten &&
         may_win(run, node);
}

// Nodes that could still win, fastest first.
std::vector<int64_t> contenders(const Run& run) {
  std::vector<int64_t> ids;
  for (const Node& node : run.tree.nodes())
    if (leads(run, node)) ids.push_back(node.id);
  std::stable_sort(ids.begin(), ids.end(), [&](int64_t a, int64_t b) {
    return merit(run.tree.at(a).evaluation) > merit(run.tree.at(b).evaluation);
  });
  return ids;
}

Result<> decide_finalists(Run& run) {
  std::vector<int64_t> ids = contenders(run);
  if (ids.empty()) return ok();
  const double top = merit(run.tree.at(ids.front()).evaluation);
  ids.resize(std::min(ids.size(), kFinalists));
  std::erase_if(ids, [&](int64_t id) { return merit(run.tree.at(id).evaluation) < kNearTheTop * top; });
  // A clear leader: confirming decides as well.
  const double confirming_s = run.clock.expected_confirmation_s();
  if (ids.size() < 2 || run.clock.left_s() < std::max(kTimeToDecide_s, kToDecide * confirming_s)) return ok();
  const double before_s = run.clock.left_s();
  for (size_t i = 0; i < ids.size(); ++i) {
    // Confirming costs about two decisions and must stay affordable.
    const double one_s = i == 0 ? 0 : (before_s - run.clock.left_s()) / static_cast<double>(i);
    if (!may_spend(run) || run.clock.left(run.session.evaluations) < 2 ||
        run.clock.left_s() < one_s + std::max(2 * one_s, confirming_s))
      break;
    if (spent_on(run, ids[i], "decide") == 0) KE_DO(examine(run, ids[i], Effort::decide));
  }
  return ok();
}

struct Form {
  const char* synthesizer;
  const char* action;
};

// What gains with wide registers may lose without them. Then the plain kernel runs there; and where flags
// that were chosen for the others spoil that one, it is built without them.
constexpr Form kForms[] = {{"plain", "keep_plain"}, {"flags", "without-all"}};

// The node changed in this way, screened; the node itself when that cannot be had or promises nothing.
Result<int64_t> changed_by(Run& run, int64_t id, const Form& form) {
  const auto is_form = [&](const Move& move) {
    return move.synthesizer == form.synthesizer && move.action == form.action;
  };
  const auto or_else = [&](int64_t child) {
    return merit(run.tree.at(child).evaluation) >= kWorthIt ? child : id;
  };
  for (const int64_t child : run.tree.children(id))
    if (is_form(run.tree.at(child).candidate.moves.back())) return or_else(child);
  // A copy: asking for one of them and screening it change the list.
  const std::vector<Option> options = run.catalogue.options(run.tree, id, Memory::inherit_parent);
  for (const Option& option : options) {
    if (!is_form(option.move)) continue;
    auto suggestion = run.catalogue.suggestion(run.tree, id, Memory::inherit_parent, option);
    if (!suggestion) continue;
    KE_DO(screen(run, {id, Memory::inherit_parent, *std::move(suggestion)}));
    const Node& last = run.tree.nodes().back();
    return last.parent == id ? or_else(last.id) : id;
  }
  return id;
}

Result<int64_t> changed_by_first(Run& run, int64_t id, size_t forms) {
  for (size_t i = 0; i < forms && may_spend(run); ++i) {
    KE_TRY(id, changed_by(run, id, kForms[i]));
  }
  return id;
}

// What the leader needs, asked before anything dear is decided. Then all need it.
Result<size_t> forms_of_leader(Run& run) {
  const std::vector<int64_t> ids = contenders(run);
  size_t forms = 0;
  int64_t id = ids.empty() ? 1 : ids.front();
  while (id != 1 && forms < std::size(kForms) && may_spend(run)) {
    KE_TRY(const bool holds, variants_hold(run, id));
    if (holds) break;
    KE_TRY(id, changed_by(run, id, kForms[forms++]));
  }
  return forms;
}

// Before anything was timed: one of its variants, by itself.
bool loses_elsewhere(const Evaluation& evaluation) {
  return (evaluation.outcome == Outcome::slower || evaluation.outcome == Outcome::noisy) &&
         evaluation.speedups.empty();
}

bool won(const Run& run, int64_t before) { return run.session.best != before; }

}  // namespace

void reserve_for_leader(Run& run) {
  const int64_t id = run.tree.incumbent();
  const int64_t leader = leads(run, run.tree.at(id)) ? id : 1;
  if (leader == run.reserved_for) return;
  run.reserved_for = leader;
  const Subject subject{run.baseline.recipe, run.tree.at(leader).candidate};
  run.clock.expect_confirmation(leader == 1 ? 0 : run.evaluator.confirmation_s(subject));
}

Result<> confirm_winner(Run& run) {
  reserve_for_leader(run);
  KE_TRY(size_t forms, forms_of_leader(run));
  KE_DO(decide_finalists(run));
  const int64_t before = run.session.best;
  std::set<int64_t> given_up;  // confirmed in another form
  for (;;) {
    std::vector<int64_t> ids = contenders(run);
    std::erase_if(ids, [&](int64_t id) { return given_up.count(id) != 0; });
    if (ids.empty() || !may_spend(run)) break;
    KE_TRY(int64_t id, changed_by_first(run, ids.front(), forms));
    if (id != ids.front()) given_up.insert(ids.front());
    if (!may_win(run, run.tree.at(id)) || !may_spend(run)) continue;
    KE_DO(examine(run, id, Effort::confirm));
    while (forms < std::size(kForms) && loses_elsewhere(run.tree.at(id).evaluation) && may_spend(run)) {
      KE_TRY(const int64_t next, changed_by(run, id, kForms[forms++]));
      if (next != id && may_spend(run)) KE_DO(examine(run, id = next, Effort::confirm));
    }
    if (won(run, before)) break;
  }
  return ok();
}

}  // namespace ke
