// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/baseline_hints.h"

#include "ke-build/base/text.h"
#include "ke-build/evaluate/buffer.h"
#include "ke-build/evaluate/launch.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace ke {
namespace {

constexpr double kThreeCalls_s = 10;

using Bytes = std::vector<std::byte>;

/// Contents of all outputs of one call.
std::vector<Bytes> contents(const Operator& op, const Axes& axes, const Launch& launch, int call) {
  const std::vector<const void*> outputs = launch.outputs(call);
  std::vector<Bytes> all;
  for (const Argument& argument : op.arguments) {
    if (!argument.output) continue;
    const auto* first = static_cast<const std::byte*>(outputs[all.size()]);
    all.emplace_back(first, first + element_count(argument, axes).value_or(0) * size_of(argument.dtype));
  }
  return all;
}

bool same_element(const Bytes& a, const Bytes& b, size_t index, size_t width) {
  return std::memcmp(&a[index * width], &b[index * width], width) == 0;
}

std::string place_of(std::vector<int64_t> shape, size_t flat) {
  std::vector<std::string> parts(shape.size());
  auto rest = static_cast<int64_t>(flat);
  for (size_t axis = shape.size(); axis-- > 0; rest /= std::max<int64_t>(1, shape[axis]))
    parts[axis] = std::to_string(rest % std::max<int64_t>(1, shape[axis]));
  return join_texts(parts, ", ");
}

std::string remedy(const std::string& name) {
  return fmt::format("declare {} under $.inputs too, so that it has contents of its own (in-place)", name);
}

struct Output {
  const Argument& argument;
  const Bytes &before, &other_before;  // what lay there before the call, and before one of other old contents
  const Bytes &after, &repeated, &other_after;
};

std::string seen_of(const Output& output, const Axes& axes) {
  const Argument& argument = output.argument;
  const auto width = static_cast<size_t>(size_of(argument.dtype));
  const size_t count = output.after.size() / width;
  size_t first = count, unwritten = 0, dependent = 0;
  for (size_t i = 0; i < count; ++i) {
    const bool told_apart = !same_element(output.before, output.other_before, i, width);
    if (told_apart && same_element(output.before, output.after, i, width) &&
        same_element(output.other_before, output.other_after, i, width)) {
      first = std::min(first, i);
      ++unwritten;
    }
    dependent += same_element(output.after, output.repeated, i, width) &&
                 !same_element(output.after, output.other_after, i, width);
  }
  if (unwritten > 0)
    return fmt::format(
        "leaves {}[{}] unwritten, with {} more of {} elements of {}; expected every element of an output to "
        "be written: "
        "{}, or declare the shape that is written",
        argument.name, place_of(shape_of(argument, axes).value_or({}), first), unwritten - 1, count,
        argument.name, remedy(argument.name));
  if (dependent > 0)
    return fmt::format("reads what {} held before the call; expected an output to follow from the inputs: {}",
                       argument.name, remedy(argument.name));
  return "";
}

}  // namespace

std::string domains_to_declare(const Operator& op) {
  std::vector<std::string> names;
  for (const Argument& argument : op.arguments)
    if (argument.input && !argument.scalar && !is_floating(argument.dtype) &&
        argument.dtype != Dtype::boolean && !argument.domain.declared)
      names.push_back(fmt::format("{} ({})", argument.name, name_of(argument.dtype)));
  if (names.empty()) return "";
  return "; $.ke.domains does not name " + join_texts(names, ", ") +
         ", so that any number of the type is drawn: declare index or offsets for positions, range for "
         "others";
}

Result<std::string> old_contents_seen(const Operator& op, const Axes& axes, const Program& program,
                                      const Inputs& inputs,
                                      const std::vector<std::string>& mandatory_layers) {
  // Seeds whose rest by four differs fill the same output with different patterns (Runner::poison()).
  constexpr uint64_t kSeeds[] = {0, 0, 2};
  LaunchOptions options;
  options.max_calls = 3;
  options.mandatory_layers = mandatory_layers;
  KE_TRY(Launch launch, Launch::start(op, axes, program, options));
  for (int call = 0; call < 3; ++call) launch.put(call, inputs, kSeeds[call]);
  const std::vector<Bytes> before = contents(op, axes, launch, 0),
                           other_before = contents(op, axes, launch, 2);
  if (!launch.run(0, 3, kThreeCalls_s).finished()) return std::string();
  const std::vector<Bytes> after = contents(op, axes, launch, 0), repeated = contents(op, axes, launch, 1),
                           other_after = contents(op, axes, launch, 2);
  size_t next = 0;
  for (const Argument& argument : op.arguments) {
    if (!argument.output) continue;
    const size_t at = next++;
    if (argument.input) continue;
    const std::string seen =
        seen_of({argument, before[at], other_before[at], after[at], repeated[at], other_after[at]}, axes);
    if (!seen.empty()) return seen;
  }
  return std::string();
}

}  // namespace ke
