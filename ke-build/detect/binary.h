// SPDX-License-Identifier: MIT
// The files that detect keeps: a magic line, the SHA-256 of the payload, the payload. Numbers are 32 bits in
// this machine's order, texts are preceded by their size; such a file never leaves the machine that wrote it.
#pragma once

#include "ke-build/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ke {

class BinaryWriter {
 public:
  void number(uint32_t value);
  void text(std::string_view value);
  void texts(const std::vector<std::string>& values);
  void numbers(const std::vector<uint32_t>& values);
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// Every read is checked; after the first bad one all reads give nothing and ok() is false.
class BinaryReader {
 public:
  explicit BinaryReader(std::string_view text) : text_(text) {}
  uint32_t number();
  std::string_view text();
  std::vector<std::string> texts();
  std::vector<uint32_t> numbers();
  /// A count of things that take at least four bytes each.
  uint32_t count();
  bool ok() const { return ok_; }

 private:
  uint32_t fail();
  std::string_view text_;
  size_t at_ = 0;
  bool ok_ = true;
};

std::string sealed(std::string_view magic, const std::string& payload);
/// The payload, a part of `content`. ERRORS: usage (damaged, or of another version).
Result<std::string_view> unsealed(std::string_view magic, std::string_view content);
/// Content of a kept file; "" when there is none, or with a warning when it cannot be read.
std::string read_kept(const std::string& path);
/// What cannot be kept costs the next run time: a warning.
void write_kept(const std::string& path, const std::string& content);
/// The warning for a file whose content is of no use.
void warn_damaged(const std::string& path, const Error& error);

}  // namespace ke
