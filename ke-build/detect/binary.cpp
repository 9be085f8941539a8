// SPDX-License-Identifier: MIT
#include "ke-build/detect/binary.h"

#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <cstring>

namespace ke {
namespace {

constexpr size_t kHashSize = 64;
constexpr uint64_t kKeptLimit_bytes = 512u << 20;

}  // namespace

void BinaryWriter::number(uint32_t value) {
  text_.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void BinaryWriter::text(std::string_view value) {
  number(static_cast<uint32_t>(value.size()));
  text_ += value;
}

void BinaryWriter::texts(const std::vector<std::string>& values) {
  number(static_cast<uint32_t>(values.size()));
  for (const std::string& value : values) text(value);
}

void BinaryWriter::numbers(const std::vector<uint32_t>& values) {
  text({reinterpret_cast<const char*>(values.data()), values.size() * 4});
}

uint32_t BinaryReader::fail() {
  ok_ = false;
  at_ = text_.size();
  return 0;
}

uint32_t BinaryReader::number() {
  uint32_t value = 0;
  if (text_.size() - at_ < sizeof value) return fail();
  std::memcpy(&value, text_.data() + at_, sizeof value);
  at_ += sizeof value;
  return value;
}

std::string_view BinaryReader::text() {
  const uint32_t size = number();
  if (size > text_.size() - at_) {
    fail();
    return {};
  }
  at_ += size;
  return text_.substr(at_ - size, size);
}

uint32_t BinaryReader::count() {
  const uint32_t value = number();
  return value > (text_.size() - at_) / 4 ? fail() : value;
}

std::vector<std::string> BinaryReader::texts() {
  std::vector<std::string> values(count());
  for (std::string& value : values) value = text();
  return values;
}

std::vector<uint32_t> BinaryReader::numbers() {
  const std::string_view bytes = text();
  std::vector<uint32_t> values(bytes.size() / 4);
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * 4);
  return values;
}

std::string sealed(std::string_view magic, const std::string& payload) {
  return std::string(magic) + sha256(payload) + payload;
}

Result<std::string_view> unsealed(std::string_view magic, std::string_view content) {
  const Error damaged{ErrorCode::usage, "damaged, or of another version"};
  if (content.size() < magic.size() + kHashSize || !starts_with(content, magic)) return damaged;
  const std::string_view payload = content.substr(magic.size() + kHashSize);
  if (sha256(payload) != content.substr(magic.size(), kHashSize)) return damaged;
  return payload;
}

std::string read_kept(const std::string& path) {
  if (path.empty()) return "";
  auto content = read_file(path, kKeptLimit_bytes);
  if (content) return *std::move(content);
  if (content.error().code != ErrorCode::not_found)
    log_warn(fmt::format("{}: not used", content.error().message));
  return "";
}

void write_kept(const std::string& path, const std::string& content) {
  if (path.empty()) return;
  if (const auto done = write_file(path, content); !done) {
    log_warn(fmt::format("detect's cache is not kept: {}", done.error().message));
  }
}

void warn_damaged(const std::string& path, const Error& error) {
  log_warn(fmt::format("{}: {}; it is made again", path, error.message));
}

}  // namespace ke
