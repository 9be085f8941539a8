// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/input_boundaries.h"

#include "ke-build/model/spec.h"

#include <cmath>
#include <optional>

namespace ke {
namespace {

constexpr double kSlowReference_s = 2e-3;
constexpr int64_t kBoundaryElements = 1 << 14;

/// An input argument and the output (its place in Expected) that has its shape.
struct Pair {
  size_t input, output;
};

std::optional<Pair> matching(const Operator& op, const Inputs& inputs, const Expected& answers,
                             Random& random) {
  std::vector<Pair> pairs;
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    const Argument& argument = op.arguments[a];
    if (!argument.input) continue;
    if (is_floating(argument.dtype)) return std::nullopt;
    if (argument.scalar || argument.domain.kind != Domain::Kind::range) continue;
    for (size_t o = 0; o < answers.size(); ++o) {
      const auto count = static_cast<int64_t>(answers[o].integer.size());
      if (count > 0 && count <= kBoundaryElements && count == inputs.arguments[a].count())
        pairs.push_back({a, o});
    }
  }
  if (pairs.empty()) return std::nullopt;
  return pairs[random.below(pairs.size())];
}

int64_t middle(int64_t a, int64_t b) { return a / 2 + b / 2 + (a % 2 + b % 2) / 2; }

}  // namespace

Result<> move_to_boundaries(ReferenceProgram& reference, const Axes& axes, Inputs& inputs, Random& random) {
  const Operator& op = reference.op();
  KE_TRY(const std::vector<Expected> start, reference.expected(axes, {&inputs}));
  const auto pair = matching(op, inputs, start.front(), random);
  if (!pair || reference.last_s() > kSlowReference_s) return ok();
  const Dtype dtype = op.arguments[pair->input].dtype;
  Buffer& buffer = inputs.arguments[pair->input];
  KE_TRY(const Inputs other, draw_inputs(op, axes, {}, InputStyle::heavy_tail, random));
  const std::vector<int64_t> first = to_integers(dtype, buffer.data(), buffer.count());
  std::vector<int64_t> near = first;
  std::vector<int64_t> far = to_integers(dtype, other.arguments[pair->input].data(), buffer.count());
  const std::vector<int64_t>& known = start.front()[pair->output].integer;
  const auto put = [&](auto&& value) {
    for (int64_t i = 0; i < buffer.count(); ++i)
      store_integer(dtype, buffer.data(), i, value(static_cast<size_t>(i)));
  };
  for (int step = 0; step < 8 * size_of(dtype); ++step) {
    put([&](size_t i) { return middle(near[i], far[i]); });
    KE_TRY(const std::vector<Expected> answers, reference.expected(axes, {&inputs}));
    for (size_t i = 0; i < near.size(); ++i) {
      const bool same = answers.front()[pair->output].integer[i] == known[i];
      (same ? near[i] : far[i]) = middle(near[i], far[i]);
    }
  }
  put([&](size_t i) {
    const uint64_t side = random.below(3);
    return side == 0 ? first[i] : side == 1 ? near[i] : far[i];
  });
  return ok();
}

}  // namespace ke
