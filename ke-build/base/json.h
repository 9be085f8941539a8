// SPDX-License-Identifier: MIT
// The border of the JSON library: its exceptions stop in json.cpp.
#pragma once

#include "ke-build/base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ke {

using Json = nlohmann::ordered_json;

/// Parses JSON; `//` and `/* */` comments are allowed. ERRORS: usage, with `origin:line:column`.
Result<Json> parse_json(std::string_view text, const std::string& origin);
Result<Json> read_json(const std::string& path);
/// Pretty text with two spaces and a final newline; invalid UTF-8 is replaced, never thrown.
std::string to_text(const Json& value);
/// One line, for JSON lines and stdout of --json when compact output is wanted.
std::string to_line(const Json& value);

/// Reads one JSON object strictly. Every error names origin, JSON path, what was found and what was expected;
/// `finish()` refuses keys that nobody asked for and suggests the nearest valid one.
class ObjectReader {
 public:
  /// `path` is a JSON path such as `$.ke.kernel`. `value` must outlive the reader.
  ObjectReader(const Json& value, std::string origin, std::string path);

  Result<> require_object() const;
  bool has(const std::string& key) const;
  Result<std::string> text(const std::string& key);
  Result<std::string> text_or(const std::string& key, std::string fallback);
  Result<double> number(const std::string& key);
  Result<double> number_or(const std::string& key, double fallback);
  Result<int64_t> integer(const std::string& key);
  Result<int64_t> integer_or(const std::string& key, int64_t fallback);
  Result<bool> boolean_or(const std::string& key, bool fallback);
  Result<std::vector<std::string>> texts_or_empty(const std::string& key);
  /// The raw value, or nullptr when absent; marks the key as known.
  const Json* get(const std::string& key);
  /// A key that is legal but not used by this program.
  void ignore(const std::string& key);
  Result<> finish() const;

  /// " (is 'x' meant to be it?)" where a key that is there is spelled like the missing `key`, else "".
  std::string meant(const std::string& key) const;
  Error error_at(const std::string& key, const std::string& found_and_expected) const;
  const std::string& origin() const { return origin_; }
  std::string path_of(const std::string& key) const { return path_ + "." + key; }
  /// "a string", "an object", ... for messages.
  static std::string kind_of(const Json& value);

 private:
  const Json* value_;
  std::string origin_, path_;
  mutable std::set<std::string> known_;
};

}  // namespace ke
