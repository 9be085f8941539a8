// SPDX-License-Identifier: MIT
// Constraints between tunables: which configurations are legal, and which legal one is nearest.
#include "ke-build/model/tunables.h"

#include "ke-build/base/text.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>

namespace ke {
namespace {

constexpr size_t kMostSteps = 1 << 16;  // of a search for any legal combination, once per operator
constexpr size_t kNearSteps = 1 << 11;  // of one for the nearest, many times per second
constexpr size_t kProbed = 4096;  // combinations on which a constraint is tried before anything is searched

std::optional<int64_t> whole_number(const std::string& text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool counts(const Tunable& tunable) {
  return std::all_of(tunable.values.begin(), tunable.values.end(),
                     [](const std::string& value) { return whole_number(value).has_value(); });
}

/// What a constraint may name: constant axes, and tunables whose values are whole numbers.
Axes names_at(const Operator& op, const TunableValues& chosen) {
  Axes names = op.constants;
  for (const Tunable& tunable : op.kernel.tunables) {
    if (!counts(tunable)) continue;
    const auto set = chosen.find(tunable.name);
    names[tunable.name] = whole_number(set == chosen.end() ? tunable.initial : set->second).value_or(0);
  }
  return names;
}

std::string values_text(const Operator& op, const TunableValues& chosen) {
  std::vector<std::string> parts;
  for (const Tunable& tunable : op.kernel.tunables) {
    const auto set = chosen.find(tunable.name);
    parts.push_back(tunable.name + "=" + (set == chosen.end() ? tunable.initial : set->second));
  }
  return join_texts(parts, ", ");
}

std::set<std::string> words_of(const std::string& text) {
  std::set<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word += c;
    } else if (!word.empty()) {
      words.insert(std::exchange(word, ""));
    }
  }
  return words;
}

/// Depth first over the values of some tunables, constraints checked as soon as all that they name is set.
class Walk {
 public:
  Walk(const Operator& op, TunableValues start, std::vector<const Tunable*> order, size_t most_steps)
      : op_(op),
        most_steps_(most_steps),
        values_(std::move(start)),
        order_(std::move(order)),
        due_(order_.size() + 1) {
    for (const TunableConstraint& constraint : op.kernel.constraints) {
      const auto words = words_of(constraint.text);
      size_t depth = 0;
      for (size_t i = 0; i < order_.size(); ++i) {
        if (words.count(order_[i]->name)) depth = i + 1;
      }
      due_[depth].push_back(&constraint);
    }
  }
  /// Values of each tunable in the order of `rank`. False: nothing legal, or it took too long.
  template <class Rank>
  bool find(const Rank& rank, size_t changes) {
    changes_ = changes;
    return holds(0) && descend(0, rank);
  }
  const TunableValues& values() const { return values_; }
  bool gave_up() const { return steps_ > most_steps_; }

 private:
  bool holds(size_t depth) const {
    if (due_[depth].empty()) return true;
    const Axes names = names_at(op_, values_);
    return std::all_of(due_[depth].begin(), due_[depth].end(), [&](const TunableConstraint* constraint) {
      return evaluate_condition(constraint->text, names).value_or(false);
    });
  }
  template <class Rank>
  bool descend(size_t depth, const Rank& rank) {
    if (depth == order_.size()) return true;
    const Tunable& tunable = *order_[depth];
    const std::string before = values_.count(tunable.name) ? values_[tunable.name] : tunable.initial;
    for (const std::string& value : rank(tunable, before)) {
      if (++steps_ > most_steps_) return false;
      const size_t cost = value == before ? 0 : 1;
      if (cost > changes_) continue;
      values_[tunable.name] = value;
      changes_ -= cost;
      if (holds(depth + 1) && descend(depth + 1, rank)) return true;
      changes_ += cost;
      values_[tunable.name] = before;
    }
    return false;
  }

  const Operator& op_;
  const size_t most_steps_;
  TunableValues values_;
  std::vector<const Tunable*> order_;
  std::vector<std::vector<const TunableConstraint*>> due_;  // by how many of `order_` must be set
  size_t changes_ = 0, steps_ = 0;
};

std::vector<const Tunable*> all_but(const Operator& op, const std::string& kept) {
  std::vector<const Tunable*> some;
  for (const Tunable& tunable : op.kernel.tunables) {
    if (tunable.name != kept) some.push_back(&tunable);
  }
  return some;
}

// A mistake must not wait until the search stumbles on it.
Result<> probe(const Operator& op, const TunableConstraint& constraint) {
  const auto words = words_of(constraint.text);
  std::vector<const Tunable*> named;
  for (const Tunable& tunable : op.kernel.tunables) {
    if (words.count(tunable.name)) named.push_back(&tunable);
  }
  std::vector<size_t> at(named.size(), 0);
  for (size_t tried = 0; tried < kProbed; ++tried) {
    TunableValues values;
    for (size_t i = 0; i < named.size(); ++i) values[named[i]->name] = named[i]->values[at[i]];
    if (const auto truth = evaluate_condition(constraint.text, names_at(op, values)); !truth) {
      return Error{
          ErrorCode::usage,
          fmt::format(
              "{}: {} (with {}); expected a condition over tunables whose values are whole numbers and "
              "constant axes: + - * / % ( ) min max < <= > >= == != && ||",
              constraint.where, truth.error().message, values_text(op, values))};
    }
    size_t digit = 0;
    while (digit < named.size() && ++at[digit] == named[digit]->values.size()) at[digit++] = 0;
    if (digit == named.size()) break;
  }
  return ok();
}

}  // namespace

std::string broken_constraint(const Operator& op, const TunableValues& chosen) {
  if (op.kernel.constraints.empty()) return "";
  const Axes names = names_at(op, chosen);
  for (const TunableConstraint& constraint : op.kernel.constraints) {
    if (evaluate_condition(constraint.text, names).value_or(false)) continue;
    return fmt::format("'{}' ({}) does not hold for {}", constraint.text, constraint.where,
                       values_text(op, chosen));
  }
  return "";
}

std::optional<TunableValues> nearest_legal(const Operator& op, const TunableValues& chosen,
                                           const std::string& kept) {
  const auto nearest_first = [](const Tunable& tunable, const std::string& from) {
    std::vector<std::string> values = tunable.values;
    const auto here = std::find(values.begin(), values.end(), from) - values.begin();
    std::vector<size_t> order(values.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return std::abs(static_cast<std::ptrdiff_t>(a) - here) <
             std::abs(static_cast<std::ptrdiff_t>(b) - here);
    });
    for (size_t i = 0; i < order.size(); ++i) values[i] = tunable.values[order[i]];
    return values;
  };
  if (broken_constraint(op, chosen).empty()) return chosen;
  for (size_t changes = 1; changes < op.kernel.tunables.size(); ++changes) {
    Walk walk(op, chosen, all_but(op, kept), kNearSteps);
    if (walk.find(nearest_first, changes)) return walk.values();
    if (walk.gave_up()) return std::nullopt;
  }
  return std::nullopt;
}

Result<> check_constraints(const Operator& op) {
  for (const TunableConstraint& constraint : op.kernel.constraints) KE_DO(probe(op, constraint));
  const std::string broken = broken_constraint(op, {});
  if (broken.empty()) return ok();
  Walk walk(op, {}, all_but(op, ""), kMostSteps);
  const auto as_declared = [](const Tunable& tunable, const std::string&) { return tunable.values; };
  const bool any = walk.find(as_declared, op.kernel.tunables.size());
  if (!any && !walk.gave_up()) {
    std::vector<std::string> texts;
    for (const TunableConstraint& constraint : op.kernel.constraints)
      texts.push_back("'" + constraint.text + "'");
    return Error{ErrorCode::usage,
                 fmt::format("{}: no combination of the declared values satisfies {}; add values or loosen "
                             "the condition",
                             op.kernel.constraints.back().where, join_texts(texts, " and "))};
  }
  return Error{
      ErrorCode::usage,
      fmt::format("{}, the defaults: the kernel as it is must be legal; change a default or the condition{}",
                  broken, any ? " (legal is " + values_text(op, walk.values()) + ")" : "")};
}

}  // namespace ke
