// SPDX-License-Identifier: MIT
#include "ke-build/detect/calls_search.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <algorithm>

namespace ke {
namespace {

/// "prefix*suffix", as FileSummary::pasted has it.
struct Pattern {
  std::string_view prefix, suffix;
  explicit Pattern(std::string_view text)
      : prefix(text.substr(0, text.find('*'))), suffix(text.substr(text.find('*') + 1)) {}
  bool open() const { return prefix.empty() && suffix.empty(); }
};

bool is_number(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Calls::Search::Search(Calls& calls, const Index& index, const std::set<std::string>& own)
    : calls_(calls), index_(index), seen_(own) {
  for (const std::string& file : own) {
    const FileSummary* summary = calls_.summary_of(file);
    for (size_t i = 0; summary && i < summary->definitions.size(); ++i)
      hidden_.insert(name_hash(summary->definitions[i]));
  }
}

std::vector<Called> Calls::Search::run(const std::vector<std::string>& files) {
  for (const std::string& file : files) follow(file, -1);
  do {
    follow_called();
    collect();
  } while (take_special() || take_pasted());
  return std::move(result_);
}

void Calls::Search::take(uint32_t id, const std::string& from, int parent) {
  const Called& source = index_.sources[id];
  if (source.file == from || !seen_.insert(source.file).second) return;
  result_.push_back(source);
  result_.back().caller = from;
  result_.back().parent = parent;
}

void Calls::Search::follow(const std::string& file, int parent) {
  const FileSummary* summary = closure_.insert(file).second ? calls_.summary_of(file) : nullptr;
  if (!summary) return;
  for (const uint32_t name : summary->mentions) {
    if (parent < 0 && hidden_.contains(name)) continue;
    const auto [begin, end] = index_.by_name.equal_range(name);
    for (auto it = begin; it != end; ++it) take(it->second, file, parent);
  }
}

/// A called source passes on what the inline functions and macros of its headers mention.
void Calls::Search::follow_called() {
  for (; next_ < result_.size(); ++next_) {
    const Called source = result_[next_];
    follow(source.file, static_cast<int>(next_));
    for (const std::string& header : calls_.headers_of(source)) follow(header, static_cast<int>(next_));
  }
}

void Calls::Search::collect() {
  for (const std::string& file : closure_) {
    const FileSummary* summary = calls_.summary_of(file);
    if (!summary) continue;
    patterns_.insert(summary->pasted.begin(), summary->pasted.end());
    state_.insert(summary->state.begin(), summary->state.end());
  }
  if (patterns_.empty() && index_.special.empty()) return;
  for (const std::string& file : closure_) {
    if (const FileSummary* summary = calls_.summary_of(file))
      mentions_.insert(summary->mentions.begin(), summary->mentions.end());
  }
}

bool Calls::Search::mentioned(std::string_view name) const { return mentions_.contains(name_hash(name)); }

/// Could a macro of the closure put this name together from words that the closure holds?
bool Calls::Search::is_pasted(const std::string& definition) const {
  const std::string_view name = definition;
  const auto is_word = [&](std::string_view part) { return mentioned(part) || is_number(part); };
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& text) {
    const Pattern pattern(text);
    if (pattern.open()) {
      for (size_t cut = 1; cut < name.size(); ++cut) {
        if (is_word(name.substr(0, cut)) && is_word(name.substr(cut))) return true;
      }
      return false;
    }
    const size_t both = pattern.prefix.size() + pattern.suffix.size();
    return name.size() > both && starts_with(name, pattern.prefix) && ends_with(name, pattern.suffix) &&
           is_word(name.substr(pattern.prefix.size(), name.size() - both));
  });
}

bool Calls::Search::take_pasted() {
  const size_t before = result_.size();
  if (patterns_.empty()) return false;
  for (uint32_t id = 0; id < index_.sources.size(); ++id) {
    const Called& source = index_.sources[id];
    const FileSummary* summary = seen_.contains(source.file) ? nullptr : calls_.summary_of(source.file);
    const auto pasted = [&](const std::string& name) { return is_pasted(name); };
    if (summary && std::any_of(summary->definitions.begin(), summary->definitions.end(), pasted))
      take(id, "", -1);
  }
  return result_.size() > before;
}

bool Calls::Search::writes_state(const FileSummary& summary) const {
  return std::any_of(summary.mentions.begin(), summary.mentions.end(),
                     [&](uint32_t name) { return state_.contains(name); });
}

/// Definitions whose names macros make: are they what the closure mentions?
bool Calls::Search::may_define_mentioned(const Called& source) {
  std::set<std::string> patterns;
  const auto add = [&](const std::string& file) {
    if (const FileSummary* summary = calls_.summary_of(file))
      patterns.insert(summary->pasted.begin(), summary->pasted.end());
  };
  add(source.file);
  for (const std::string& header : calls_.headers_of(source)) add(header);
  for (const std::string& text : patterns) {
    const Pattern pattern(text);
    if (pattern.open()) return true;
    for (const std::string& name : calls_.summary_of(source.file)->made) {
      const std::string made = std::string(pattern.prefix) + name + std::string(pattern.suffix);
      if (mentioned(made) || is_pasted(made)) return true;
    }
  }
  return false;
}

bool Calls::Search::connects(const Called& source) {
  const FileSummary* summary = calls_.summary_of(source.file);
  if (!summary) return source.file[0] == '/';  // not generated yet: any name may be in it
  if (!summary->made.empty() && may_define_mentioned(source)) return true;
  if (!summary->startup) return false;
  if (writes_state(*summary)) return true;
  const auto& headers = calls_.headers_of(source);
  return std::any_of(headers.begin(), headers.end(), [&](const std::string& header) {
    const FileSummary* text = calls_.summary_of(header);
    return text && writes_state(*text);
  });
}

bool Calls::Search::take_special() {
  const size_t before = result_.size();
  for (const uint32_t id : index_.special) {
    const Called& source = index_.sources[id];
    if (!seen_.contains(source.file) && connects(source)) take(id, "", -1);
  }
  return result_.size() > before;
}

}  // namespace ke
