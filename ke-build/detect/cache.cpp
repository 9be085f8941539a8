// SPDX-License-Identifier: MIT
#include "ke-build/detect/cache.h"

#include "ke-build/detect/binary.h"

#include <optional>

namespace ke {
namespace {

constexpr std::string_view kCacheMagic = "ke detect cache 3\n";
constexpr size_t kScanLimit = 2000;

std::string encode(const FileSummary& summary) {
  BinaryWriter out;
  out.text(summary.token_hash);
  out.number(static_cast<uint32_t>(summary.computed) | static_cast<uint32_t>(summary.opaque) << 1 |
             static_cast<uint32_t>(summary.startup) << 2);
  out.number(static_cast<uint32_t>(summary.includes.size()));
  for (const IncludeSpec& include : summary.includes) {
    out.number(static_cast<uint32_t>(include.kind) | static_cast<uint32_t>(include.next) << 8 |
               static_cast<uint32_t>(include.conditional) << 9);
    out.text(include.name);
  }
  out.texts(summary.definitions);
  out.numbers(summary.mentions);
  out.numbers(summary.state);
  out.texts(summary.pasted);
  out.texts(summary.made);
  return out.take();
}

std::optional<FileSummary> decode(std::string_view record) {
  BinaryReader in(record);
  FileSummary summary;
  summary.token_hash = in.text();
  const uint32_t flags = in.number();
  summary.computed = flags & 1;
  summary.opaque = flags & 2;
  summary.startup = flags & 4;
  summary.includes.resize(in.count());
  for (IncludeSpec& include : summary.includes) {
    const uint32_t bits = in.number();
    include.kind = static_cast<IncludeSpec::Kind>(bits & 3);
    include.next = bits >> 8 & 1;
    include.conditional = bits >> 9 & 1;
    include.name = in.text();
  }
  summary.definitions = in.texts();
  summary.mentions = in.numbers();
  summary.state = in.numbers();
  summary.pasted = in.texts();
  summary.made = in.texts();
  return in.ok() ? std::optional(std::move(summary)) : std::nullopt;
}

}  // namespace

void DetectCache::read() {
  if (read_) return;
  read_ = true;
  std::string content = read_kept(path_);
  if (content.empty()) return;
  if (const auto done = read_payload(std::move(content)); !done) {
    warn_damaged(path_, done.error());
    *this = DetectCache(path_);
    read_ = true;
  }
}

Result<> DetectCache::read_payload(std::string content) {
  content_ = std::make_unique<const std::string>(std::move(content));
  KE_TRY(const std::string_view payload, unsealed(kCacheMagic, *content_));
  BinaryReader in(payload);
  const uint32_t summaries = in.count();
  stored_.reserve(summaries);
  for (uint32_t i = 0; i < summaries && in.ok(); ++i) {
    const std::string_view blob = in.text();
    stored_.emplace(blob, in.text());
  }
  for (uint32_t i = 0, scans = in.count(); i < scans && in.ok(); ++i) {
    std::string key(in.text());
    scans_.emplace(std::move(key), in.texts());
  }
  if (!in.ok()) return Error{ErrorCode::usage, "damaged, or of another version"};
  return ok();
}

Result<DetectCache> DetectCache::parse(std::string content) {
  DetectCache cache;
  KE_DO(cache.read_payload(std::move(content)));
  return cache;
}

std::string DetectCache::serialize() const {
  size_t count = summaries_.size();
  for (const auto& [blob, record] : stored_) count += !summaries_.contains(std::string(blob));
  BinaryWriter out;
  out.number(static_cast<uint32_t>(count));
  for (const auto& [blob, summary] : summaries_) {
    out.text(blob);
    out.text(encode(summary));
  }
  for (const auto& [blob, record] : stored_) {
    if (summaries_.contains(std::string(blob))) continue;
    out.text(blob);
    out.text(record);
  }
  out.number(static_cast<uint32_t>(scans_.size()));
  for (const auto& [key, files] : scans_) {
    out.text(key);
    out.texts(files);
  }
  return sealed(kCacheMagic, out.take());
}

void DetectCache::save() const {
  if (changed_) write_kept(path_, serialize());
}

const FileSummary* DetectCache::find(const std::string& blob) {
  read();
  const auto found = summaries_.find(blob);
  if (found != summaries_.end()) return &found->second;
  const auto record = stored_.find(blob);
  if (record == stored_.end()) return nullptr;
  auto summary = decode(record->second);
  return summary ? &summaries_.emplace(blob, *std::move(summary)).first->second : nullptr;
}

const FileSummary* DetectCache::put(const std::string& blob, FileSummary summary) {
  read();
  changed_ = true;
  return &summaries_.insert_or_assign(blob, std::move(summary)).first->second;
}

const std::vector<std::string>* DetectCache::find_scan(const std::string& key) {
  read();
  const auto found = scans_.find(key);
  return found == scans_.end() ? nullptr : &found->second;
}

void DetectCache::put_scan(const std::string& key, std::vector<std::string> files) {
  read();
  if (scans_.size() >= kScanLimit) scans_.clear();
  scans_.insert_or_assign(key, std::move(files));
  changed_ = true;
}

}  // namespace ke
