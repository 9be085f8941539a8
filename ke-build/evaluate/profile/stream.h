// SPDX-License-Identifier: MIT
// The memory skeleton: a kernel that moves exactly the bytes which the contract says must move, in the
// operator's own arrays, and computes nothing.
#pragma once

#include "ke-build/evaluate/evaluate.h"

#include <vector>

namespace ke {

/// A kernel made for `shapes` (others return at once): reads inputs, writes outputs, does both to in-place
/// arguments, all side by side; of a table it reads the rows that an index names. `op` is the same operator
/// with a call of this kernel; `subject` is built like `like` with full optimisation and none of its sources.
/// With more than one contract thread it is an OpenMP loop. ERRORS: usage for wrong expressions.
struct Stream {
  Operator op;
  Subject subject;
};
Result<Stream> make_stream(const Operator& op, const Subject& like, const std::vector<Axes>& shapes);

/// Does some input name places in a table?
bool has_lookups(const Operator& op);
/// The same frame with as many lookups as the index inputs have elements, at random lines of their tables,
/// each waiting for the one before: what the operator would take if its lookups were one chain.
Result<Stream> make_lookups(const Operator& op, const Subject& like, const std::vector<Axes>& shapes);

}  // namespace ke
