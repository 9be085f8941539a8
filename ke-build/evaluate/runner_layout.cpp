// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/runner_layout.h"

#include "ke-build/base/random.h"
#include "ke-build/evaluate/noise_bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace ke {
namespace {

using ke_runner::kPage;
using ke_runner::Plan;
using ke_runner::Region;

constexpr uint64_t kScalarStep = 16;
constexpr uint64_t kGuardPages = 16;             // at least so many unmapped pages between two regions
constexpr uint64_t kNoFile = uint64_t{1} << 46;  // behind the end of every file
constexpr uint64_t kLargest = uint64_t{1} << 40;
constexpr uint64_t kMostTiles = 40000;  // Linux allows a process 65530 mappings

uint64_t whole_pages(uint64_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

uint64_t tiles_of(const RunnerSlot& slot) {
  return slot.tile_bytes == 0 ? 1 : (whole_pages(slot.bytes) + slot.tile_bytes - 1) / slot.tile_bytes;
}

Result<> check(const std::vector<RunnerSlot>& slots, int calls) {
  uint64_t tiles = 0;
  if (calls < 1 || slots.empty() || slots.size() > ke_runner::kMostArguments) {
    return Error{ErrorCode::usage,
                 fmt::format("a runner takes 1 to {} arguments and at least one call, not {} and {}",
                             ke_runner::kMostArguments, slots.size(), calls)};
  }
  for (size_t i = 0; i < slots.size(); ++i) {
    const uint64_t align = slots[i].align_bytes;
    if (align == 0 || align > kPage || (align & (align - 1)) != 0) {
      return Error{ErrorCode::usage,
                   fmt::format("argument {}: alignment {} is no power of two up to {}", i, align, kPage)};
    }
    if (slots[i].bytes > kLargest / uint64_t(calls)) {
      return Error{ErrorCode::usage, fmt::format("argument {}: {} bytes for each of {} calls are too much", i,
                                                 slots[i].bytes, calls)};
    }
    const uint64_t tile = slots[i].tile_bytes;
    if (tile != 0 && (tile % kPage != 0 || tile >= slots[i].bytes)) {
      return Error{ErrorCode::usage, fmt::format("argument {}: a tile of {} bytes is no run of pages shorter "
                                                 "than its {} bytes",
                                                 i, tile, slots[i].bytes)};
    }
    tiles += tile == 0 ? 0 : tiles_of(slots[i]) * uint64_t(calls);
  }
  if (tiles > kMostTiles) {
    return Error{ErrorCode::usage,
                 fmt::format("{} tiles in all are more than the {} that can be mapped", tiles, kMostTiles)};
  }
  return ok();
}

class Builder {
 public:
  Builder(const std::vector<RunnerSlot>& slots, int calls, uint64_t seed, uint64_t stack_bytes,
          const Placing& placing)
      : slots_(slots), random_(seed), placing_(placing) {
    const bool has_scalars = std::any_of(slots.begin(), slots.end(), packed);
    layout_.arguments.resize(slots.size() * size_t(calls));
    size_t most_regions = (has_scalars ? size_t(calls) : 0) + (stack_bytes > 0 ? 1 : 0);
    for (const RunnerSlot& slot : slots) most_regions += tiles_of(slot) * size_t(calls);
    layout_.plan_bytes = whole_pages(sizeof(Plan) + most_regions * sizeof(Region) +
                                     layout_.arguments.size() * sizeof(ke_runner::Argument));
    for (int call = 0; call < calls; ++call) add_call(size_t(call) * slots.size());
    if (stack_bytes > 0) layout_.stack_region = add_region(stack_bytes, true);
    place_regions();
  }
  RunnerLayout take() { return std::move(layout_); }

 private:
  static bool packed(const RunnerSlot& slot) {
    return slot.scalar && !slot.writable && slot.bytes <= kScalarStep;
  }

  void add_call(size_t base) {
    uint64_t scalars = 0;
    inside_ = placing_.anywhere || (placing_.varied && random_.below(2) == 0);
    for (size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].lies_on >= 0) continue;
      layout_.arguments[base + i] = {0, 0, slots_[i].bytes, slots_[i].align_bytes, slots_[i].writable};
      if (packed(slots_[i])) {
        ++scalars;
      } else if (slots_[i].tile_bytes > 0) {
        add_tiles(base + i, slots_[i]);
      } else {
        add_array(base + i);
      }
    }
    for (size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].lies_on < 0) continue;
      const size_t output = base + static_cast<size_t>(slots_[i].lies_on);
      layout_.arguments[base + i] = layout_.arguments[output];
      region_of_[base + i] = region_of_[output];
    }
    if (scalars == 0) return;
    const size_t region = add_region(scalars * kScalarStep, false);
    if (placing_.trap >= 0 && base == size_t(placing_.trap) * slots_.size())
      layout_.regions[region].file_offset = kNoFile;
    uint64_t offset = 0;
    for (size_t i = 0; i < slots_.size(); ++i) {
      if (!packed(slots_[i])) continue;
      put(base + i, region, offset);
      offset += kScalarStep;
    }
  }

  void add_array(size_t index) {
    const ke_runner::Argument& argument = layout_.arguments[index];
    const uint64_t occupied = std::max<uint64_t>(argument.bytes, 1);
    if (inside_) {
      const uint64_t offset = random_.below(kPage / argument.align_bytes) * argument.align_bytes;
      return put(index, add_region(offset + occupied, argument.writable != 0), offset);
    }
    const size_t region = add_region(occupied, argument.writable != 0);
    const uint64_t last =
        (layout_.regions[region].bytes - occupied) / argument.align_bytes * argument.align_bytes;
    put(index, region, random_.below(2) == 0 ? 0 : last);
  }

  /// One run of pages in the file, mapped side by side as often as the argument is long.
  void add_tiles(size_t index, const RunnerSlot& slot) {
    const size_t first = add_region(slot.tile_bytes, slot.writable);
    uint64_t missing = whole_pages(slot.bytes) - slot.tile_bytes;
    for (Region tile = layout_.regions[first]; missing > 0; missing -= tile.bytes) {
      tile.bytes = std::min(missing, slot.tile_bytes);
      layout_.regions.push_back(tile);
      ++spans_.back().regions;
    }
    layout_.arguments[index].bytes = slot.tile_bytes;
    layout_.tiled = true;
    put(index, first, 0);
  }

  size_t add_region(uint64_t bytes, bool writable) {
    uint64_t& end = writable ? layout_.output_bytes : layout_.input_bytes;
    layout_.regions.push_back({end, whole_pages(bytes), 0, writable});
    end += whole_pages(bytes);
    spans_.push_back({layout_.regions.size() - 1, 1});
    return layout_.regions.size() - 1;
  }

  void put(size_t index, size_t region, uint64_t offset) {
    ke_runner::Argument& argument = layout_.arguments[index];
    argument.file_offset = layout_.regions[region].file_offset + offset;
    region_of_.resize(layout_.arguments.size());
    region_of_[index] = region;
  }

  void place_regions() {
    std::vector<size_t> order(spans_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
    uint64_t place = kGuardPages * kPage;
    for (const size_t span : order) {
      place += random_.below(16) * kPage;
      for (size_t i = 0; i < spans_[span].regions; ++i) {
        Region& region = layout_.regions[spans_[span].first + i];
        region.place = place;
        place += region.bytes;
      }
      place += kGuardPages * kPage;
    }
    layout_.reservation_bytes = place;
    for (size_t i = 0; i < layout_.arguments.size(); ++i) {
      const Region& region = layout_.regions[region_of_[i]];
      layout_.arguments[i].place = region.place + (layout_.arguments[i].file_offset - region.file_offset);
    }
  }

  const std::vector<RunnerSlot>& slots_;
  Random random_;
  Placing placing_;
  bool inside_ = false;  // arrays of this call lie anywhere on their first page
  RunnerLayout layout_;
  std::vector<size_t> region_of_;
  struct Span {
    size_t first, regions;  // side by side in the runner's address space
  };
  std::vector<Span> spans_;
};

/// Visits the two byte ranges around each writable argument until `visit` returns false; returns that
/// argument's index or -1.
template <class Visit>
int for_guards(const RunnerLayout& layout, const Visit& visit) {
  for (size_t i = 0; i < layout.arguments.size(); ++i) {
    const ke_runner::Argument& argument = layout.arguments[i];
    if (!argument.writable) continue;
    const uint64_t begin = argument.file_offset / kPage * kPage;
    const uint64_t data_end = argument.file_offset + argument.bytes;
    // An empty argument has the whole page; data that ends on a page border has nothing behind it.
    const uint64_t end = std::max(whole_pages(data_end), begin + (argument.bytes == 0 ? kPage : 0));
    if (!visit(ByteRange{begin, argument.file_offset}) || !visit(ByteRange{data_end, end})) return int(i);
  }
  return -1;
}

}  // namespace

Result<RunnerLayout> make_layout(const std::vector<RunnerSlot>& slots, int calls, uint64_t seed,
                                 uint64_t stack_bytes, const Placing& placing) {
  KE_DO(check(slots, calls));
  return Builder(slots, calls, seed, stack_bytes, placing).take();
}

void fill_neighbours(const RunnerLayout& layout, uint64_t secret, std::byte* inputs) {
  constexpr uint64_t kReach = 64;  // of a vector
  for (const ke_runner::Argument& argument : layout.arguments) {
    if (argument.writable || argument.bytes < kScalarStep || argument.file_offset >= kNoFile) continue;
    const uint64_t page = argument.file_offset / kPage * kPage, end = argument.file_offset + argument.bytes;
    fill_noise(
        inputs,
        {std::max(page, argument.file_offset - std::min(argument.file_offset, kReach)), argument.file_offset},
        secret);
    fill_noise(inputs, {end, std::min(whole_pages(end), end + kReach)}, secret);
  }
}

void fill_guards(const RunnerLayout& layout, uint64_t secret, std::byte* outputs) {
  for_guards(layout, [&](ByteRange range) {
    fill_noise(outputs, range, secret);
    return true;
  });
}

int first_broken_guard(const RunnerLayout& layout, uint64_t secret, const std::byte* outputs) {
  return for_guards(layout, [&](ByteRange range) { return holds_noise(outputs, range, secret); });
}

}  // namespace ke
