// SPDX-License-Identifier: MIT
// A world for search tests: an evaluator that answers from a table, and synthesizers whose moves are rows of
// it.
#pragma once

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/search/run.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <unistd.h>

namespace ke {

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    std::abort();
  }
  return *std::move(result);
}

/// A row of the table: what having the mark in the source does.
struct Mark {
  std::string name;
  double factor = 1;  // of the speed-up
  double prior = 1;
  Outcome outcome = Outcome::faster;  // anything below `noisy` spoils every candidate that has the mark
  std::string needs = {};             // may only be added on top of this mark
};

/// Adds one mark that the source does not have yet.
class Marks : public Synthesizer {
 public:
  /// `flags` are set together with every mark.
  Marks(std::string name, std::vector<Mark> marks, std::vector<std::string> flags = {})
      : name_(std::move(name)), marks_(std::move(marks)), flags_(std::move(flags)) {}
  std::string name() const override { return name_; }
  std::vector<Suggestion> propose(const SynthesisContext& context) override {
    std::vector<Suggestion> suggestions;
    const std::string& source = context.parent.candidate.source;
    for (const Mark& mark : marks_) {
      if (source.find("//" + mark.name + "\n") != std::string::npos) continue;
      if (!mark.needs.empty() && source.find("//" + mark.needs + "\n") == std::string::npos) continue;
      Candidate candidate = context.parent.candidate;
      // Sorted, so that the order of moves makes no new candidate.
      std::vector<std::string> lines = split(trim(candidate.source), '\n');
      lines.push_back("//" + mark.name);
      std::sort(lines.begin() + 1, lines.end());
      candidate.source = join_texts(lines, "\n") + "\n";
      if (!flags_.empty()) candidate.flags = flags_;
      candidate.moves.push_back({name_, mark.name, "here"});
      suggestions.push_back({std::move(candidate), mark.prior});
    }
    return suggestions;
  }

 private:
  std::string name_;
  std::vector<Mark> marks_;
  std::vector<std::string> flags_;
};

/// Answers from the table. Counts calls per candidate; may log them to a file, take time, or lie while
/// screening.
class TableEvaluator : public Evaluator {
 public:
  explicit TableEvaluator(std::vector<Mark> marks) : marks_(std::move(marks)) {
    baseline_.outcome = Outcome::equal;
    baseline_.speedup = 1;
  }

  Result<Evaluation> evaluate(const Subject& subject, Effort effort, const Deadline& deadline) override {
    if (on_evaluate) KE_DO(on_evaluate(subject, effort));
    longest_deadline_s = std::max(longest_deadline_s, deadline.left_s());
    const bool interrupted = effort == Effort::confirm && deadline.left_s() < confirming_s;
    const double taken_s = effort == Effort::confirm && confirming_s > 0
                               ? std::min(confirming_s, std::max(0.0, deadline.left_s()))
                               : seconds;
    if (taken_s > 0) usleep(static_cast<useconds_t>(taken_s * 1e6));
    const std::string hash = candidate_hash(subject.candidate);
    calls.push_back({hash, effort});
    if (!log.empty()) must(append_line(log, hash + " " + std::to_string(static_cast<int>(effort))));
    Evaluation evaluation = answer(subject.candidate);
    if (effort == Effort::screen && evaluation.speedup > 0 && optimism.count(hash) != 0)
      evaluation.speedup *= optimism[hash];
    if (loses_on_a_size && evaluation.speedup > 1 && !has(subject, "keep_plain"))
      evaluation.outcome = Outcome::slower;
    if (effort == Effort::confirm) {
      evaluation.confirmed = evaluation.outcome == Outcome::faster && unconfirmable.count(hash) == 0;
      if (evaluation.confirmed && (interrupted || restless-- > 0)) {
        evaluation.outcome = Outcome::noisy;
        evaluation.reason = "confirm: 1.4 times the baseline's speed";
        evaluation.confirmed = !interrupted && !cut_short;  // all was measured, and nothing decided
        evaluation.unmeasured = cut_short ? 1 : 0;
      } else if (!evaluation.confirmed) {
        evaluation.outcome = Outcome::unsafe;
        evaluation.speedup = 0;
      }
      if (loses(subject)) {
        evaluation.outcome = Outcome::slower;
        evaluation.confirmed = false;
      }
    }
    return evaluation;
  }
  Result<> prepare(const std::vector<Subject>& subjects, const Deadline&) override {
    prepared += subjects.size();
    return ok();
  }
  Result<bool> variants_hold(const Subject& subject, const Deadline&) override {
    return !foresees || !loses(subject);
  }
  double confirmation_s(const Subject&) const override { return expected_s; }
  const Evaluation& baseline() const override { return baseline_; }
  Ledger ledger() const override {
    return {0, (seconds + device_s) * static_cast<double>(calls.size()), 0, 0};
  }

  Evaluation answer(const Candidate& candidate) const {
    Evaluation evaluation;
    evaluation.outcome = Outcome::faster;
    evaluation.speedup = 1;
    for (const Mark& mark : marks_) {
      if (candidate.source.find("//" + mark.name + "\n") == std::string::npos) continue;
      evaluation.speedup *= mark.factor;
      if (mark.outcome < evaluation.outcome) evaluation.outcome = mark.outcome;
    }
    if (evaluation.outcome < Outcome::noisy)
      evaluation.speedup = 0;
    else
      evaluation.outcome = evaluation.speedup > 1.01 ? Outcome::faster : Outcome::equal;
    evaluation.diagnoses.resize(1);
    evaluation.diagnoses[0].efficiency = evaluation.speedup / floor_speedup;
    return evaluation;
  }
  int64_t count(Effort effort) const {
    return std::count_if(calls.begin(), calls.end(), [&](const auto& call) { return call.second == effort; });
  }

  std::vector<std::pair<std::string, Effort>> calls;
  std::map<std::string, double> optimism;  // screening is off by this factor
  std::set<std::string> unconfirmable;     // the sanitizer finds something
  std::string loses_elsewhere;   // a mark whose default variant is slower, unless "keep_plain" is there
  bool loses_on_a_size = false;  // whatever gains, unless "keep_plain" is there
  bool spoiling_flags = false;   // and it is built without further flags
  bool foresees = false;         // what its confirmation would say of that
  std::function<Result<>(const Subject&, Effort)> on_evaluate;
  bool cut_short = false;  // noisy confirmations had no time for a workload
  int restless = 0;        // so many confirmations are noisy
  std::string log;
  double device_s = 0;                      // timed seconds that an evaluation is said to have taken
  double confirming_s = 0, expected_s = 0;  // what a confirmation takes, and what is said beforehand
  double seconds = 0, longest_deadline_s = 0, floor_speedup = 1e9;
  size_t prepared = 0;

 private:
  static bool has(const Subject& subject, const std::string& mark) {
    return !mark.empty() && subject.candidate.source.find("//" + mark + "\n") != std::string::npos;
  }
  bool loses(const Subject& subject) const {
    return has(subject, loses_elsewhere) &&
           (!has(subject, "keep_plain") || (spoiling_flags && !subject.candidate.flags.empty()));
  }

  std::vector<Mark> marks_;
  Evaluation baseline_;
};

/// Everything a search needs, around a table.
struct Bench {
  explicit Bench(std::vector<Mark> table, const std::string& path = ":memory:")
      : marks(table), evaluator(table), store(must(Store::open(path))) {
    op.name = "toy";
    op.op_type = "toy";
    op.spec_text = "{}";
    op.kernel.entry = "toy";
    baseline.recipe.compiler_id = "GNU";
    baseline.recipe.compiler_version = "12.2.0";
    baseline.recipe.flags = {"-O3"};
    baseline.candidate.source = "void toy() {}\n";
    options.budget.evaluations = 30;
    options.seed = 7;
  }
  Result<SearchResult> run() {
    std::vector<std::unique_ptr<Synthesizer>> synthesizers;
    synthesizers.push_back(std::make_unique<Marks>("mark", marks));
    return run_search(op, baseline, evaluator, *store, options, std::move(synthesizers));
  }
  std::string hash_with(const std::vector<std::string>& names) const {
    Candidate candidate = baseline.candidate;
    std::vector<std::string> sorted = names;
    std::sort(sorted.begin(), sorted.end());
    for (const std::string& name : sorted) candidate.source += "//" + name + "\n";
    return candidate_hash(candidate);
  }

  std::vector<Mark> marks;
  TableEvaluator evaluator;
  std::unique_ptr<Store> store;
  Operator op;
  Subject baseline;
  SearchOptions options;
};

/// A space of 2^8 candidates with traps: a high prior that is wrong, one that slows down, a pair that needs
/// its partner.
/// One line per node, equal for equal trees.
inline std::string shape(const std::vector<Node>& nodes) {
  std::string text;
  for (const Node& node : nodes) {
    text += std::to_string(node.id) + "<-" + std::to_string(node.parent) + " " +
            candidate_hash(node.candidate) + " " + name_of(node.memory) + " v" + std::to_string(node.visits) +
            " " + std::to_string(node.value) + "\n";
  }
  return text;
}

inline std::vector<Mark> rugged() {
  return {{"interchange", 4, 3},
          {"accumulate", 3, 2.5},
          {"tile", 1.3, 1.5},
          {"trap", 5, 4, Outcome::wrong},
          {"jam", 1.5, 1.4, Outcome::faster, "interchange"},
          {"unroll", 0.7, 1.2},
          {"restrict", 1.05, 1.1},
          {"hidden", 2, 1.01, Outcome::faster, "jam"}};
}

/// A search with a second synthesizer, which keeps the plain kernel beside the mark "wide".
inline Result<SearchResult> run_keeping_plain(Bench& bench, const std::string& synthesizer, double prior) {
  std::vector<std::unique_ptr<Synthesizer>> synthesizers;
  synthesizers.push_back(std::make_unique<Marks>("mark", bench.marks));
  synthesizers.push_back(std::make_unique<Marks>(
      synthesizer, std::vector<Mark>{{"keep_plain", 1, prior, Outcome::faster, "wide"}}));
  return run_search(bench.op, bench.baseline, bench.evaluator, *bench.store, bench.options,
                    std::move(synthesizers));
}

}  // namespace ke
