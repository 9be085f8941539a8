// SPDX-License-Identifier: MIT
// `.ninja_deps`, version 4: which headers each object was really compiled from, as far as it has been built.
// The format is that of ninja's src/deps_log.h; times in it are ignored. The file is foreign data: every size
// and id is checked.
#pragma once

#include "ke-build/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ke {

class NinjaDeps {
 public:
  struct Record {
    uint32_t output = 0;
    std::vector<uint32_t> inputs;  // the compiled source first
  };

  /// ERRORS: usage (other magic or version). A torn tail, as a killed ninja leaves it, only sets truncated().
  static Result<NinjaDeps> parse(std::string data);
  /// ERRORS: not_found (never built), io, usage.
  static Result<NinjaDeps> read(const std::string& build_dir);

  size_t path_count() const { return paths_.size(); }
  /// As ninja wrote it: absolute or relative to the build folder.
  std::string_view path(uint32_t id) const;
  /// The last record of every output.
  const std::vector<Record>& records() const { return records_; }
  bool truncated() const { return truncated_; }

 private:
  struct Span {
    size_t begin = 0, size = 0;
  };
  bool add_path(size_t begin, size_t size);
  bool add_record(size_t begin, size_t size);
  uint32_t word(size_t at) const;

  std::string data_;
  std::vector<Span> paths_;
  std::vector<Record> records_;
  std::vector<int32_t> record_of_;  // by output id
  bool truncated_ = false;
};

}  // namespace ke
