// SPDX-License-Identifier: MIT
// Lambda expressions as plain values: what they capture, take and do.
#pragma once

#include "ke-build/search/syntax/facts.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

struct Lambda {
  enum class Rest { none, by_value, by_reference };  // [=], [&]
  Rest rest = Rest::none;
  std::set<std::string> by_value, by_reference;  // that it names
  std::vector<Parameter> parameters;
  std::string return_type;  // "" where the compiler finds it
  Stmts body;

  bool captures_by_value(const std::string& name) const {
    return by_value.count(name) != 0 || (rest == Rest::by_value && by_reference.count(name) == 0);
  }
};

/// Nothing for other texts, and for lambdas that change themselves (`mutable`), have captures of their own
/// (`[k = 2 * n]`, `[*this]`), are templates or are not understood.
std::optional<Lambda> read_lambda(const std::string& text);

/// Names that the body has from around it, callees and objects whose functions it calls included.
std::set<std::string> free_names(const Lambda& lambda);

/// What a call does, the values that it returns included; its own variables and parameters are left out,
/// but for references to what the caller has.
Effects effects_of(const Lambda& lambda, const std::set<std::string>& pure);

}  // namespace ke
