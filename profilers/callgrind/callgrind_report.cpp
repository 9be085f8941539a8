// SPDX-License-Identifier: MIT
#include "profilers/callgrind/callgrind_report.h"

#include "ke-build/base/text.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

namespace ke::callgrind {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (const std::string& word : split(text, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

std::optional<uint64_t> number_of(const std::string& word) {
  if (word.empty() || word.size() > 19) return std::nullopt;
  uint64_t value = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  return value;
}

class Reader {
 public:
  Result<Counts> read(const std::string& text) {
    for (const std::string& raw : split(text, '\n')) KE_DO(line(trim(raw)));
    if (!total_) return Error{ErrorCode::tool, "its file has no total of instructions"};
    Counts counts;
    counts.instructions = *total_;
    for (const auto& [name, own] : own_) counts.functions.emplace_back(name, own);
    std::stable_sort(counts.functions.begin(), counts.functions.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    return counts;
  }

 private:
  Result<> line(const std::string& text) {
    if (text.empty() || text[0] == '#') return ok();
    if (const char c = text[0];
        std::isdigit(static_cast<unsigned char>(c)) || c == '+' || c == '-' || c == '*')
      return cost(text);
    const size_t colon = text.find(':'), equals = text.find('=');
    if (equals != std::string::npos && (colon == std::string::npos || equals < colon)) {
      assign(text.substr(0, equals), text.substr(equals + 1));
      return ok();
    }
    if (colon == std::string::npos) return ok();
    return header(text.substr(0, colon), words_of(text.substr(colon + 1)));
  }

  Result<> header(const std::string& key, const std::vector<std::string>& words) {
    if (key == "version" && (words.size() != 1 || words[0] != "1"))
      return Error{ErrorCode::tool, "its file is not of format version 1"};
    if (key == "positions") positions_ = std::clamp<size_t>(words.size(), 1, 2);
    if (key == "events") {
      const auto found = std::find(words.begin(), words.end(), "Ir");
      if (found == words.end()) return Error{ErrorCode::tool, "its file counts no instructions (Ir)"};
      column_ = static_cast<size_t>(found - words.begin());
    }
    const bool sum = key == "totals" || (key == "summary" && !total_);
    if (sum && column_ < words.size()) {
      if (const auto value = number_of(words[column_])) total_ = *value;
    }
    return ok();
  }

  // `fn=(3) name` defines, `fn=(3)` refers.
  void assign(const std::string& key, const std::string& value) {
    if (key == "calls") next_is_callee_ = true;
    if (key != "fn" && key != "cfn") return;
    const size_t close = value.find(')');
    std::string name = value;
    if (value.size() > 1 && value[0] == '(' && close != std::string::npos) {
      const std::string id = value.substr(0, close + 1);
      name = trim(value.substr(close + 1));
      if (name.empty()) {
        name = names_[id];
      } else {
        names_[id] = name;
      }
    }
    if (key == "fn") function_ = name;
  }

  // The line behind `calls=` holds what the callee cost, which its own lines hold too.
  Result<> cost(const std::string& text) {
    if (next_is_callee_) {
      next_is_callee_ = false;
      return ok();
    }
    const std::vector<std::string> words = words_of(text);
    if (words.size() <= positions_ + column_ || function_.empty()) return ok();
    if (const auto value = number_of(words[positions_ + column_])) own_[function_] += *value;
    return ok();
  }

  size_t positions_ = 1, column_ = 0;
  bool next_is_callee_ = false;
  std::optional<uint64_t> total_;
  std::string function_;
  std::map<std::string, std::string> names_;
  std::map<std::string, uint64_t> own_;
};

}  // namespace

Result<Counts> parse_counts(const std::string& text) { return Reader().read(text); }

}  // namespace ke::callgrind
