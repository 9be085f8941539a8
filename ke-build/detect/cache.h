// SPDX-License-Identifier: MIT
// What detect keeps between runs, all of it keyed by content: summaries of files by blob id, and the
// compiler's header lists by a hash of everything that went into them. Losing the file costs time, never an
// answer.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/detect/summary.h"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ke {

class DetectCache {
 public:
  /// Of a file that is read when it is first needed; one that is damaged or of another version counts as
  /// empty, with a warning.
  explicit DetectCache(std::string path = "") : path_(std::move(path)), read_(path_.empty()) {}
  /// The pure part. ERRORS: usage.
  static Result<DetectCache> parse(std::string content);
  std::string serialize() const;
  /// Writes only when something was added.
  void save() const;

  const FileSummary* find(const std::string& blob);
  const FileSummary* put(const std::string& blob, FileSummary summary);
  const std::vector<std::string>* find_scan(const std::string& key);
  void put_scan(const std::string& key, std::vector<std::string> files);

 private:
  void read();
  Result<> read_payload(std::string content);

  std::string path_;
  std::unique_ptr<const std::string> content_;
  bool read_, changed_ = false;
  // Records inside *content_, decoded when they are asked for.
  std::unordered_map<std::string_view, std::string_view> stored_;
  std::unordered_map<std::string, FileSummary> summaries_;
  std::unordered_map<std::string, std::vector<std::string>> scans_;
};

}  // namespace ke
