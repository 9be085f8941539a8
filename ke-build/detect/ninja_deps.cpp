// SPDX-License-Identifier: MIT
#include "ke-build/detect/ninja_deps.h"

#include "ke-build/base/files.h"

#include <fmt/format.h>

#include <cstring>

namespace ke {
namespace {

constexpr std::string_view kDepsMagic = "# ninjadeps\n";
constexpr uint32_t kVersion = 4;
constexpr uint32_t kRecordLimit_bytes = 512u << 10;
constexpr uint64_t kDepsLimit_bytes = 2u << 30;

}  // namespace

Result<NinjaDeps> NinjaDeps::read(const std::string& build_dir) {
  const std::string path = join(build_dir, ".ninja_deps");
  KE_TRY(auto data, read_file(path, kDepsLimit_bytes));
  auto deps = parse(std::move(data));
  if (!deps) return std::move(deps).error().note(path);
  return deps;
}

Result<NinjaDeps> NinjaDeps::parse(std::string data) {
  NinjaDeps deps;
  deps.data_ = std::move(data);
  const size_t header = kDepsMagic.size() + 4;
  if (deps.data_.size() < header || deps.data_.compare(0, kDepsMagic.size(), kDepsMagic) != 0) {
    return Error{ErrorCode::usage, "not a ninja dependency log"};
  }
  if (const uint32_t version = deps.word(kDepsMagic.size()); version != kVersion) {
    return Error{ErrorCode::usage,
                 fmt::format("ninja dependency log of version {}, expected {}", version, kVersion)};
  }
  size_t at = header;
  while (at < deps.data_.size()) {
    if (deps.data_.size() - at < 4) break;
    const uint32_t head = deps.word(at), size = head & 0x7FFFFFFFu;
    at += 4;
    if (size > kRecordLimit_bytes || size > deps.data_.size() - at) break;
    if (!((head >> 31) ? deps.add_record(at, size) : deps.add_path(at, size))) break;
    at += size;
    if (at == deps.data_.size()) return deps;
  }
  deps.truncated_ = at != header || at != deps.data_.size();
  return deps;
}

std::string_view NinjaDeps::path(uint32_t id) const {
  KE_CHECK(id < paths_.size());
  return std::string_view(data_).substr(paths_[id].begin, paths_[id].size);
}

uint32_t NinjaDeps::word(size_t at) const {  // ninja writes the machine's byte order
  uint32_t value;
  std::memcpy(&value, data_.data() + at, sizeof value);
  return value;
}

/// The path, up to three NULs of padding, and the complement of its id as a checksum.
bool NinjaDeps::add_path(size_t begin, size_t size) {
  if (size < 5 || size % 4 != 0) return false;
  if (word(begin + size - 4) != ~static_cast<uint32_t>(paths_.size())) return false;
  size_t length = size - 4;
  for (int padding = 0; padding < 3 && length > 0 && data_[begin + length - 1] == '\0'; ++padding) --length;
  paths_.push_back({begin, length});
  record_of_.push_back(-1);
  return true;
}

/// The output's id, its time in two words, then the ids of its inputs.
bool NinjaDeps::add_record(size_t begin, size_t size) {
  if (size < 12 || size % 4 != 0) return false;
  Record record;
  record.output = word(begin);
  if (record.output >= paths_.size()) return false;
  record.inputs.reserve(size / 4 - 3);
  for (size_t at = begin + 12; at < begin + size; at += 4) {
    const uint32_t id = word(at);
    if (id >= paths_.size()) return false;
    record.inputs.push_back(id);
  }
  int32_t& slot = record_of_[record.output];
  if (slot < 0) {
    slot = static_cast<int32_t>(records_.size());
    records_.push_back(std::move(record));
  } else {
    records_[static_cast<size_t>(slot)] = std::move(record);
  }
  return true;
}

}  // namespace ke
