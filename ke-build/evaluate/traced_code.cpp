// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/traced_code.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>

namespace ke {
namespace {

constexpr size_t kLongName = 200;
constexpr std::string_view kNotes = "__sanitizer_cov_trace_pc";

struct Line {
  uint64_t address = 0;
  std::string_view text;  // `je     1012 <_init+0x12>`
  int source_line = 0;
};

struct Function {
  std::string name;
  std::vector<Line> lines;
};

/// The hexadecimal number in front; what is behind it comes back.
std::optional<std::pair<uint64_t, std::string_view>> number_in_front(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return std::pair{number, text.substr(static_cast<size_t>(end - text.data()))};
}

std::string_view without_blanks(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

/// `call   1140 <_Unwind_Resume@plt>` -> `_Unwind_Resume`; what is behind a + means a place within.
std::string_view target_name(std::string_view text) {
  const size_t open = text.find('<'), close = text.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return "";
  const std::string_view name = text.substr(open + 1, close - open - 1);
  return name.substr(0, name.find('@'));
}

std::string_view mnemonic_of(std::string_view text) {
  for (const std::string_view prefix : {"notrack ", "bnd "})
    if (text.substr(0, prefix.size()) == prefix) text.remove_prefix(prefix.size());
  return text.substr(0, text.find_first_of(" \t"));
}

bool calls(std::string_view text, std::string_view name) {
  const std::string_view mnemonic = mnemonic_of(text);
  return (mnemonic == "call" || mnemonic == "bl") && target_name(text) == name;
}

class Reader {
 public:
  explicit Reader(const std::string& source) : source_(source) {}

  std::vector<Function> functions(std::string_view text) {
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      take(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(functions_);
  }

 private:
  void take(std::string_view line) {
    if (line.empty()) return;
    if (const auto number = number_in_front(without_blanks(line))) {
      const auto& [address, rest] = *number;
      if (line[0] == ' ' && rest.substr(0, 2) == ":\t") {
        if (!functions_.empty()) functions_.back().lines.push_back({address, rest.substr(2), line_});
        return;
      }
      if (rest.substr(0, 2) == " <" && rest.size() > 4 && rest.substr(rest.size() - 2) == ">:") {
        functions_.push_back({std::string(rest.substr(2, rest.size() - 4)), {}});
        line_ = 0;
        return;
      }
    }
    const std::string_view place = line.substr(0, line.find(" (discriminator"));
    const size_t colon = place.rfind(':');
    if (colon == std::string_view::npos || colon + 1 == place.size()) return;
    int found = 0;
    const auto [end, error] = std::from_chars(place.data() + colon + 1, place.data() + place.size(), found);
    if (error != std::errc() || end != place.data() + place.size()) return;
    line_ = place.substr(0, colon) == source_ ? std::max(found, 0) : 0;
  }

  const std::string& source_;
  std::vector<Function> functions_;
  int line_ = 0;
};

bool is_instrumented(const Function& function) {
  return std::any_of(function.lines.begin(), function.lines.end(),
                     [](const Line& line) { return calls(line.text, kNotes); });
}

/// x86-64.
bool is_jump(std::string_view mnemonic) {
  return !mnemonic.empty() && (mnemonic[0] == 'j' || mnemonic.substr(0, 4) == "loop");
}
bool is_computed_jump(const Line& line) {
  return is_jump(mnemonic_of(line.text)) && line.text.find('*') != std::string_view::npos;
}
/// Of a library: one of the program's own has no entry in its table.
bool calls_library(std::string_view text, std::string_view name) {
  return calls(text, name) && text.find("@plt>") != std::string_view::npos;
}
bool comes_back(std::string_view text) {
  for (const char* name :
       {"_Unwind_Resume", "__cxa_throw", "__cxa_rethrow", "__assert_fail", "abort", "exit", "_Exit",
        "_ZSt9terminatev", "__stack_chk_fail", "__cxa_throw_bad_array_new_length", "__cxa_bad_cast"})
    if (calls_library(text, name)) return false;
  return true;
}

/// Where direct jumps go.
std::optional<uint64_t> jump_target(const Line& line) {
  const std::string_view text = line.text.substr(0, line.text.find('<'));
  const size_t blank = text.find_last_not_of(" \t");
  if (!is_jump(mnemonic_of(line.text)) || blank == std::string_view::npos) return std::nullopt;
  const size_t start = text.find_last_of(" \t", blank);
  if (start == std::string_view::npos) return std::nullopt;
  const auto number = number_in_front(text.substr(start + 1));
  return number ? std::optional(number->first) : std::nullopt;
}

/// The flow of control of one function, by instructions.
class Flow {
 public:
  Flow(const Function& function, const std::set<uint64_t>& entries) : lines_(function.lines) {
    for (size_t i = 0; i < lines_.size(); ++i) at_[lines_[i].address] = i;
    next_.resize(lines_.size());
    before_.resize(lines_.size());
    for (size_t i = 0; i < lines_.size(); ++i) add_ways(i);
    std::vector<size_t> first = {0}, caught;
    for (const uint64_t entry : entries)
      if (const auto found = at_.find(entry); found != at_.end()) first.push_back(found->second);
    for (size_t i = 0; i < lines_.size(); ++i)
      if (calls(lines_[i].text, "__cxa_begin_catch")) caught.push_back(i);
    reached_ = walk(first, next_);
    catches_ = walk(caught, before_);
  }
  bool unwinds(size_t i) const { return !reached_[i] && !catches_[i]; }

 private:
  using Ways = std::vector<std::vector<size_t>>;

  void add_way(size_t from, size_t to) {
    next_[from].push_back(to);
    before_[to].push_back(from);
  }
  void add_ways(size_t i) {
    const std::string_view text = lines_[i].text, mnemonic = mnemonic_of(text);
    if (const auto target = jump_target(lines_[i]))
      if (const auto found = at_.find(*target); found != at_.end()) add_way(i, found->second);
    const bool ends = mnemonic == "jmp" || mnemonic.substr(0, 3) == "ret" || mnemonic == "ud2" ||
                      mnemonic == "hlt" || !comes_back(text);
    if (!ends && i + 1 < lines_.size()) add_way(i, i + 1);
  }
  static std::vector<bool> walk(std::vector<size_t> from, const Ways& ways) {
    std::vector<bool> seen(ways.size());
    while (!from.empty()) {
      const size_t i = from.back();
      from.pop_back();
      if (seen[i]) continue;
      seen[i] = true;
      from.insert(from.end(), ways[i].begin(), ways[i].end());
    }
    return seen;
  }

  const std::vector<Line>& lines_;
  std::map<uint64_t, size_t> at_;
  Ways next_, before_;
  std::vector<bool> reached_, catches_;
};

void add_blocks(const Function& function, const Flow* flow, std::vector<Block>& blocks) {
  Block* open = nullptr;
  for (size_t i = 0; i < function.lines.size(); ++i) {
    const Line& line = function.lines[i];
    if (calls(line.text, kNotes)) {
      open = nullptr;
      if (i + 1 == function.lines.size()) break;
      open = &blocks.emplace_back();
      open->address = function.lines[i + 1].address;
      open->function = function.name.size() > kLongName ? short_hash(function.name) : function.name;
      open->fails = flow != nullptr && flow->unwinds(i);
    }
    if (open == nullptr) continue;
    if (line.source_line > 0) open->lines.insert(line.source_line);
    open->fails |= calls_library(line.text, "__assert_fail");
  }
}

}  // namespace

std::vector<Block> traced_blocks(std::string_view disassembly, const std::string& source) {
  std::vector<Function> functions = Reader(source).functions(disassembly);
  std::set<uint64_t> entries;  // for other functions
  for (const Function& function : functions)
    for (const Line& line : function.lines)
      if (const auto target = jump_target(line)) {
        const bool own =
            *target >= function.lines.front().address && *target <= function.lines.back().address;
        if (!own) entries.insert(*target);
      }
  std::erase_if(functions, [](const Function& function) { return !is_instrumented(function); });
  const bool known = disassembly.find("file format elf64-x86-64") != std::string_view::npos &&
                     std::none_of(functions.begin(), functions.end(), [](const Function& function) {
                       return std::any_of(function.lines.begin(), function.lines.end(), is_computed_jump);
                     });
  std::vector<Block> blocks;
  for (const Function& function : functions) {
    if (known) {
      const Flow flow(function, entries);
      add_blocks(function, &flow, blocks);
    } else {
      add_blocks(function, nullptr, blocks);
    }
  }
  return blocks;
}

}  // namespace ke
