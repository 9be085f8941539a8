// SPDX-License-Identifier: MIT
// Shapes that nobody announced: where tiles end, where vectors do not fit, where a range begins and ends.
#include "ke-build/base/text.h"
#include "ke-build/evaluate/axis_sizes.h"
#include "ke-build/evaluate/inputs.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <set>
#include <tuple>

namespace ke {

namespace {

// A naive reference in double does some 1e8 operations per second in the worst case; hidden shapes must not
// cost minutes.
constexpr int64_t kMaxFlops = 500'000'000;

/// The largest size that is hidden or announced.
int64_t largest_size(const Operator& op, const std::string& name, int64_t hidden) {
  int64_t largest = hidden;
  for (const Workload& workload : op.workloads)
    if (const auto size = workload.axes.find(name); size != workload.axes.end())
      largest = std::max(largest, size->second);
  return largest;
}

std::map<std::string, AxisRange> free_ranges(const Operator& op) {
  std::map<std::string, AxisRange> ranges;
  for (const std::string& name : op.axis_names) {
    if (op.constants.count(name)) continue;
    if (const auto declared = op.hidden.find(name); declared != op.hidden.end()) {
      ranges[name] = declared->second;
      continue;
    }
    AxisRange range{1, 1};
    for (const Workload& workload : op.workloads) {
      const auto size = workload.axes.find(name);
      if (size == workload.axes.end()) continue;
      range.low = std::min(range.low, size->second);
      range.high = std::max(range.high, size->second);
    }
    ranges[name] = range;
  }
  return ranges;
}

bool accepts(const Argument& argument, const Axes& axes, int64_t max_elements) {
  const auto shape = shape_of(argument, axes);
  const auto count = element_count(argument, axes);
  if (!shape || !count || *count > max_elements) return false;
  if (!argument.input || argument.domain.axis.empty()) {
    const bool spd = argument.input && argument.domain.kind == Domain::Kind::spd;
    return !spd || (shape->size() >= 2 && (*shape)[shape->size() - 1] == (*shape)[shape->size() - 2]);
  }
  const auto size = evaluate_expression(argument.domain.axis, axes);
  if (!size) return false;
  if (argument.domain.kind == Domain::Kind::index) return *count == 0 || *size > 0;
  return *count >= 2 || *size == 0;
}

bool accepts_all(const Operator& op, const Axes& axes, int64_t max_elements) {
  for (const Argument& argument : op.arguments)
    if (!accepts(argument, axes, max_elements)) return false;
  if (op.flops.empty()) return true;
  const auto flops = evaluate_expression(op.flops, axes);
  return flops && *flops <= kMaxFlops;
}

/// How many times too large the shape is: its largest argument, or its operations.
double excess(const Operator& op, const Axes& axes, int64_t max_elements) {
  double largest = 0;
  for (const Argument& argument : op.arguments) {
    const auto count = element_count(argument, axes);
    if (count) largest = std::max(largest, static_cast<double>(*count) / static_cast<double>(max_elements));
  }
  if (op.flops.empty()) return largest;
  const auto flops = evaluate_expression(op.flops, axes);
  return flops ? std::max(largest, static_cast<double>(*flops) / kMaxFlops) : largest;
}

int64_t halved(int64_t size, int64_t low) { return std::max(low, size - std::max<int64_t>(1, size / 2)); }

/// Halves the largest axis that helps until every argument accepts the shape, `kept` last of all; false when
/// nothing helps. Where the shape is illegal for another reason than its size, any axis may help.
bool shrink_to_fit(const Operator& op, const std::map<std::string, AxisRange>& ranges, int64_t max_elements,
                   const std::string& kept, Axes& axes) {
  for (int step = 0; step < 200; ++step) {
    if (accepts_all(op, axes, max_elements)) return true;
    const double before = excess(op, axes, max_elements);
    std::tuple<bool, bool, int64_t, std::string> best{};
    for (const auto& [name, range] : ranges) {
      const int64_t size = axes[name];
      if (size <= range.low) continue;
      Axes smaller = axes;
      smaller[name] = halved(size, range.low);
      const bool helps = before > 1 && excess(op, smaller, max_elements) < before;
      best = std::max(best, {helps, name != kept, size, name});
    }
    const std::string& chosen = std::get<3>(best);
    if (chosen.empty()) return false;
    axes[chosen] = halved(axes[chosen], ranges.at(chosen).low);
  }
  return false;
}

std::string any_axis(const std::map<std::string, AxisRange>& ranges, Random& random) {
  if (ranges.empty()) return "";
  return std::next(ranges.begin(), static_cast<std::ptrdiff_t>(random.below(ranges.size())))->first;
}

std::string longest_axis(const std::map<std::string, AxisRange>& ranges) {
  const auto longest = std::max_element(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) {
    return a.second.high < b.second.high;
  });
  return longest == ranges.end() ? "" : longest->first;
}

constexpr std::array kMixed = {Taste::prime,  Taste::power_plus, Taste::power_minus, Taste::power,
                               Taste::random, Taste::multiple,   Taste::low,         Taste::high};

/// `draw` fills the free axes of one attempt and names the one to keep.
template <class Draw>
std::vector<Axes> distinct_shapes(const Operator& op, int count, int64_t max_elements,
                                  const std::map<std::string, AxisRange>& ranges, Draw&& draw) {
  std::vector<Axes> shapes;
  std::set<Axes> seen;
  for (int attempt = 0; attempt < 50 * count && static_cast<int>(shapes.size()) < count; ++attempt) {
    Axes axes = op.constants;
    const std::string kept = draw(attempt, axes);
    if (shrink_to_fit(op, ranges, max_elements, kept, axes) && seen.insert(axes).second)
      shapes.push_back(axes);
  }
  return shapes;
}

/// Behind some blocks of each power of two: with a remainder of one less, of up to eight less, of none and
/// of one. A remainder of 4095 is one size in 4096, and no stretch of sizes meets them all.
std::vector<int64_t> block_ends(int64_t low, int64_t high, Random& random) {
  std::vector<int64_t> sizes;
  for (int64_t block = 64; block <= high; block *= 2) {
    // Behind the first block, where there is more than one.
    const int64_t most = (high + 1) / block, least = std::min<int64_t>(2, most);
    const int64_t end =
        block * (least + static_cast<int64_t>(random.below(static_cast<uint64_t>(most - least) + 1)));
    for (const int64_t size : {end - 1, end - 2 - static_cast<int64_t>(random.below(7)), end, end + 1})
      if (size >= low && size <= high) sizes.push_back(size);
  }
  return sizes;
}

}  // namespace

std::vector<Axes> hidden_axes(const Operator& op, Random& random, int count, int64_t max_elements) {
  constexpr uint64_t kAlike = 6;  // one shape in so many
  constexpr std::array kFirst = {Taste::low,      Taste::prime,       Taste::power_plus, Taste::high,
                                 Taste::multiple, Taste::power_minus, Taste::multiple,   Taste::power};
  const auto ranges = free_ranges(op);
  // Square, or as many as a constant says: a kernel can have a way of its own where two sizes are equal.
  const auto all_alike = [&](Axes& axes) {
    const auto chosen = std::next(ranges.begin(), static_cast<std::ptrdiff_t>(random.below(ranges.size())));
    int64_t size = log_uniform(chosen->second, random);
    if (!op.constants.empty() && random.below(3) == 0)
      size = std::next(op.constants.begin(), static_cast<std::ptrdiff_t>(random.below(op.constants.size())))
                 ->second;
    for (bool fits = false; !fits && size > 0; size /= 2) {
      for (const auto& [name, range] : ranges) axes[name] = std::clamp(size, range.low, range.high);
      fits = accepts_all(op, axes, max_elements);
    }
  };
  size_t next = 0;
  return distinct_shapes(op, count, max_elements, ranges, [&](int attempt, Axes& axes) {
    if (attempt > 0 && random.below(kAlike) == 0 && ranges.size() + op.constants.size() > 1 &&
        !ranges.empty()) {
      all_alike(axes);
      return std::string();
    }
    const size_t at = next++;
    for (const auto& [name, range] : ranges) {
      const Taste taste = at < kFirst.size() ? kFirst[at] : kMixed[random.below(kMixed.size())];
      axes[name] = size_of_taste(taste, range, random);
    }
    return attempt % 2 == 1 ? any_axis(ranges, random) : std::string();
  });
}

std::vector<Axes> between_axes(const Operator& op, const Axes& announced, Random& random) {
  constexpr int64_t kAny = int64_t{1} << 40;
  std::vector<std::string> wide;  // axes with sizes between
  for (const auto& [name, range] : op.hidden) {
    const auto size = announced.find(name);
    if (size != announced.end() && !op.constants.count(name) && range.high < size->second)
      wide.push_back(name);
  }
  std::vector<Axes> shapes;
  const auto between = [&](const std::string& name, Taste taste) {
    return size_of_taste(taste, {op.hidden.at(name).high + 1, announced.at(name)}, random);
  };
  const auto any = [&] { return kMixed[random.below(kMixed.size())]; };
  const auto add = [&](const Axes& axes) {
    const bool known = axes == announced || std::find(shapes.begin(), shapes.end(), axes) != shapes.end();
    if (!known && accepts_all(op, axes, kAny)) shapes.push_back(axes);
  };
  if (wide.empty()) return shapes;
  for (const Taste taste : {Taste::random, Taste::multiple, Taste::power}) {
    Axes axes = announced;
    for (const std::string& name : wide) axes[name] = between(name, taste);
    add(axes);
  }
  // A little more than 15 and 16 bits count.
  for (size_t i = 0; i < std::min<size_t>(wide.size(), 2); ++i)
    for (const int64_t counted : {int64_t{1} << 15, int64_t{1} << 16}) {
      Axes axes = announced;
      axes[wide[i]] = counted + 1 + static_cast<int64_t>(random.below(64));
      if (counted > op.hidden.at(wide[i]).high && axes[wide[i]] < announced.at(wide[i])) add(axes);
    }
  // Long in one axis and as long as hidden ones in the others; then short in those, or the other way round.
  for (size_t i = 0; wide.size() > 1 && i < std::min<size_t>(wide.size(), 3); ++i) {
    const bool pair = wide.size() == 2;
    Axes alone = announced, other = announced;
    for (size_t k = 0; k < wide.size(); ++k) {
      const AxisRange range = op.hidden.at(wide[k]);
      alone[wide[k]] = k == i ? between(wide[k], any()) : range.high;
      other[wide[k]] = (k == i) == pair ? between(wide[k], any()) : size_of_taste(any(), range, random);
    }
    add(alone);
    add(other);
    // One row, as in decoding, or one column: what is long has a path of its own there, and no unrolled loop
    // ends with a prime.
    // As long as announced, too: such a path may begin at any length.
    for (const bool longest : {false, true}) {
      Axes single = announced;
      for (size_t k = 0; k < wide.size(); ++k)
        single[wide[k]] = k != i    ? op.hidden.at(wide[k]).low
                          : longest ? prime_below(announced.at(wide[k]), op.hidden.at(wide[k]).high + 1)
                                    : between(wide[k], Taste::prime);
      add(single);
    }
  }
  return shapes;
}

std::vector<Axes> shortened_axes(const Operator& op, const Axes& announced, size_t count, Random& random) {
  constexpr int64_t kAny = int64_t{1} << 40;
  constexpr uint64_t kShorter = 64;  // as long as loops are unrolled
  std::vector<Axes> shapes;
  for (size_t i = 0; i < count; ++i) {
    Axes axes = announced;
    for (const auto& [name, range] : op.hidden) {
      const auto size = axes.find(name);
      if (size == axes.end() || op.constants.count(name) || range.high >= size->second) continue;
      if (random.below(3) == 0) continue;  // paths of large shapes ask for the other axes, too
      size->second = std::max(range.high, size->second - 1 - static_cast<int64_t>(random.below(kShorter)));
    }
    const bool known = axes == announced || std::find(shapes.begin(), shapes.end(), axes) != shapes.end();
    if (!known && accepts_all(op, axes, kAny)) shapes.push_back(axes);
  }
  return shapes;
}

std::vector<Axes> neighbouring_axes(const Operator& op, Random& random, int64_t max_elements) {
  constexpr int64_t kRemainders = 64;  // of the longest loops that are unrolled
  const auto ranges = free_ranges(op);
  std::vector<Axes> shapes;
  for (const auto& [name, range] : ranges) {
    const int64_t largest = largest_size(op, name, range.high);
    const auto last = [low = range.low](int64_t end) { return std::max(low, end - kRemainders + 1); };
    // Anywhere, or around a multiple of a power of two, where blocks end that are longer than all remainders.
    const auto start = [&](int64_t low, int64_t high) {
      const auto any = [&](int64_t from, int64_t to) {
        return from + static_cast<int64_t>(random.below(static_cast<uint64_t>(to - from) + 1));
      };
      const int most = static_cast<int>(std::bit_width(static_cast<uint64_t>(high)));
      const int64_t block = int64_t{1} << any(6, std::max(7, most) - 1);
      const int64_t first = (low + block - 1) / block, final = high / block;
      if (first > final || random.below(2) == 0) return any(low, last(high));
      return std::clamp(any(first, final) * block - kRemainders / 2, low, last(high));
    };
    std::set<int64_t> sizes;
    const auto add_from = [&](int64_t first) {
      for (int64_t size = first; size < first + kRemainders && size <= largest; ++size) sizes.insert(size);
    };
    add_from(range.low);
    add_from(start(range.low, range.high));
    if (last(largest) > range.high) add_from(start(range.high, largest));
    for (const int64_t size : block_ends(range.low, largest, random)) sizes.insert(size);
    Axes axes = op.constants, least = op.constants;
    for (const auto& [other, its] : ranges) least[other] = its.low;
    for (const int64_t size : sizes) {
      // Others each time: what is left over in two axes at once meets in a corner.
      for (const auto& [other, its] : ranges) axes[other] = log_uniform(its, random);
      axes[name] = least[name] = size;
      if (accepts_all(op, axes, max_elements)) shapes.push_back(axes);
      // One row, as in decoding, has a path of its own where it is long.
      if (size > range.high && least != axes && accepts_all(op, least, max_elements)) shapes.push_back(least);
    }
  }
  return shapes;
}

std::vector<Axes> every_size(const Operator& op, Random& random, int64_t max_elements) {
  constexpr int64_t kMost = 4096;
  constexpr size_t kAtOnce = 1024;  // more than there is time for
  const auto ranges = free_ranges(op);
  std::vector<std::pair<std::string, int64_t>> sizes;
  for (const auto& [name, range] : ranges) {
    const int64_t largest = largest_size(op, name, range.high);
    if (largest - range.low >= kMost) continue;
    for (int64_t size = range.low; size <= largest; ++size) sizes.emplace_back(name, size);
  }
  random.shuffle(sizes);
  sizes.resize(std::min(sizes.size(), kAtOnce));
  std::vector<Axes> shapes;
  for (const auto& [name, size] : sizes) {
    Axes axes = op.constants;
    for (const auto& [other, its] : ranges) axes[other] = log_uniform(its, random);
    axes[name] = size;
    if (accepts_all(op, axes, max_elements)) shapes.push_back(axes);
  }
  return shapes;
}

std::vector<Axes> few_sizes(const Operator& op, const Axes& announced, Random& random) {
  constexpr int64_t kFew = 32;
  int64_t elements = 1 << 20;  // of one argument: as many as announced, or what is cheap
  for (const Argument& argument : op.arguments)
    elements = std::max(elements, element_count(argument, announced).value_or(0));
  std::vector<Axes> shapes;
  for (const auto& [name, range] : op.hidden) {
    const auto own = announced.find(name);
    if (own == announced.end() || op.constants.count(name)) continue;
    const int64_t largest = std::max(range.high, own->second);
    for (int64_t size = range.low; size <= largest && largest - range.low < kFew; ++size) {
      Axes axes = announced;
      axes[name] = size;
      if (axes != announced && accepts_all(op, axes, elements)) shapes.push_back(axes);
    }
  }
  random.shuffle(shapes);
  return shapes;
}

std::vector<Axes> stretched_axes(const Operator& op, Random& random, int count, int64_t max_elements) {
  const auto ranges = free_ranges(op);
  return distinct_shapes(op, count, max_elements, ranges, [&](int attempt, Axes& axes) {
    const std::string kept = attempt == 0 ? longest_axis(ranges) : any_axis(ranges, random);
    for (const auto& [name, range] : ranges) {
      const Taste taste = attempt == 0 || name == kept ? Taste::high : kMixed[random.below(kMixed.size())];
      axes[name] = size_of_taste(taste, range, random);
    }
    return kept;
  });
}

std::optional<Axes> resized_axes(const Operator& op, const Axes& axes, const std::string& name, int64_t size,
                                 int64_t max_elements) {
  const std::map<std::string, AxisRange> ranges = free_ranges(op);
  const auto range = ranges.find(name);
  if (range == ranges.end()) return std::nullopt;
  int64_t most = range->second.high;
  for (const Workload& workload : op.workloads)
    if (const auto announced = workload.axes.find(name); announced != workload.axes.end())
      most = std::max(most, announced->second);
  if (size < range->second.low || size > most) return std::nullopt;
  Axes resized = axes;
  resized[name] = size;
  if (!shrink_to_fit(op, ranges, max_elements, name, resized) || resized[name] != size) return std::nullopt;
  return resized;
}

std::optional<Axes> halved_axes(const Operator& op, const Axes& axes, const std::string& name) {
  const std::map<std::string, AxisRange> ranges = free_ranges(op);
  const auto range = ranges.find(name);
  Axes shape = axes;
  if (range == ranges.end() || (shape[name] /= 2) < std::max<int64_t>(1, range->second.low))
    return std::nullopt;
  for (const Argument& argument : op.arguments)
    if (!accepts(argument, shape, std::numeric_limits<int64_t>::max())) return std::nullopt;
  return shape;
}

std::string untried_sizes(const Operator& op) {
  std::vector<std::string> names;
  for (const std::string& name : op.axis_names) {
    const auto range = op.hidden.find(name);
    if (range != op.hidden.end() && range->second.low == range->second.high)
      names.push_back(fmt::format("{} = {}", name, range->second.low));
  }
  if (names.empty()) return "";
  return "no sizes but " + join_texts(names, ", ") +
         " are tried: if others are legal, declare $.ke.hidden, or a winner may be right at these alone";
}

}  // namespace ke
