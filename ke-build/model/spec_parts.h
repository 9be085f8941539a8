// SPDX-License-Identifier: MIT
// The pieces of the spec reader; only spec.cpp and spec_kernel.cpp include this.
#pragma once

#include "ke-build/base/json.h"
#include "ke-build/model/operator.h"

namespace ke::spec {

/// Everything under "ke" that says how to call, rewrite and refer to the kernel.
Result<> read_kernel(ObjectReader& ke, Operator& op);
Result<> read_reference(ObjectReader& ke, Operator& op);
Result<> read_tolerance(ObjectReader& ke, Operator& op);
Result<> read_contract(ObjectReader& ke, Operator& op);
Result<> read_targets(ObjectReader& ke, Operator& op);

/// One of `words`, or an error with the nearest one.
Result<size_t> read_word(ObjectReader& reader, const std::string& key, const std::vector<std::string>& words,
                         size_t fallback);
/// A reader for the object under `key`; the key must be present and an object.
Result<ObjectReader> child(ObjectReader& parent, const std::string& key);
/// Checks an expression against the operator's axes by giving every axis the size 2.
Result<> check_expression(const ObjectReader& reader, const std::string& key, const std::string& expression,
                          const Operator& op);
bool is_identifier(const std::string& text);

}  // namespace ke::spec
