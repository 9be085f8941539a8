// SPDX-License-Identifier: MIT
// SKILL.md: front matter in a small, fixed part of YAML (`key: value`, lists of `- item`, one level of
// nesting), then Markdown. Read as hostile input: a skill may come from any repository.
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/text.h"
#include "ke-build/learn/learn.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>

namespace ke {
namespace {

constexpr size_t kMaxText_bytes = 64u << 10, kMaxLine_bytes = 2000;
constexpr size_t kMaxItems = 64, kMaxActions = 12, kMaxSkills = 500;

// Quoted always: no value can then be mistaken for another kind, and newlines cannot break out.
std::string in_quotes(const std::string& value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\')
      text += std::string("\\") + c;
    else if (c == '\n')
      text += "\\n";
    else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t')
      text += c;
  }
  return text + "\"";
}

std::string unquoted(const std::string& value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return value;
  std::string text;
  for (size_t i = 1; i + 1 < value.size(); ++i) {
    if (value[i] != '\\' || i + 2 >= value.size()) {
      text += value[i];
    } else {
      ++i;
      text += value[i] == 'n' ? '\n' : value[i];
    }
  }
  return text;
}

void append_list(std::string& text, const char* key, const std::vector<std::string>& items) {
  text += fmt::format("{}:\n", key);
  for (const std::string& item : items) text += fmt::format("  - {}\n", in_quotes(item));
}

// What the front matter says: scalars by `key` or `key.subkey`, lists by key.
struct FrontMatter {
  std::map<std::string, std::string> values;
  std::map<std::string, std::vector<std::string>> lists;
  size_t body = 0;  // offset of the Markdown
};

Error broken(const std::string& origin, size_t line, const std::string& why) {
  return {ErrorCode::usage, fmt::format("{}:{}: {}", origin, line, why)};
}

Result<> read_line(FrontMatter& matter, std::string& section, const std::string& line,
                   const std::string& origin, size_t number) {
  const std::string content = trim(line);
  if (content.empty() || content[0] == '#') return ok();
  const bool indented = line[0] == ' ' || line[0] == '\t';
  if (starts_with(content, "- ")) {
    std::vector<std::string>& list = matter.lists[section];
    if (section.empty()) return broken(origin, number, "a list item without a key above it");
    if (list.size() >= kMaxItems) return broken(origin, number, fmt::format("more than {} items", kMaxItems));
    list.push_back(unquoted(trim(content.substr(2))));
    return ok();
  }
  const size_t colon = content.find(':');
  if (colon == std::string::npos || colon == 0)
    return broken(origin, number, "expected `key: value` or `- item`");
  const std::string key = trim(content.substr(0, colon)), value = trim(content.substr(colon + 1));
  if (indented && section.empty()) return broken(origin, number, "indented, but no key above it");
  const std::string path = indented ? section + "." + key : key;
  if (!indented) section = value.empty() ? key : "";
  if (matter.values.size() >= kMaxItems)
    return broken(origin, number, fmt::format("more than {} keys", kMaxItems));
  matter.values[path] = unquoted(value);
  return ok();
}

Result<FrontMatter> front_matter_from(const std::string& text, const std::string& origin) {
  if (text.size() > kMaxText_bytes) {
    return broken(origin, 1, fmt::format("larger than {} KiB, which no skill needs", kMaxText_bytes >> 10));
  }
  FrontMatter matter;
  std::string section;
  size_t at = 0;
  for (size_t number = 1; at < text.size(); ++number) {
    size_t end = text.find('\n', at);
    if (end == std::string::npos) end = text.size();
    std::string line = text.substr(at, end - at);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    at = std::min(end + 1, text.size());
    if (line.size() > kMaxLine_bytes)
      return broken(origin, number, fmt::format("a line of more than {} bytes", kMaxLine_bytes));
    if (number == 1) {
      if (line != "---") return broken(origin, 1, "expected `---`, the begin of the front matter");
      continue;
    }
    if (line == "---") {
      matter.body = at;
      return matter;
    }
    if (line.find('\0') != std::string::npos) return broken(origin, number, "holds a zero byte");
    if (!line.empty()) KE_DO(read_line(matter, section, line, origin, number));
  }
  return broken(origin, 1, "the front matter has no closing `---`");
}

bool is_skill_name(const std::string& name) {
  if (name.empty() || name.size() > 64 || name[0] == '-') return false;
  for (const char c : name) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    if (!good) return false;
  }
  return true;
}

bool is_action(const std::string& action) {
  if (action.empty() || action.size() > 200 || action.find('/') == std::string::npos) return false;
  for (const char c : action) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 &&
        std::string("_-/=.,:+ ").find(c) == std::string::npos)
      return false;
  }
  return true;
}

double number_or(const FrontMatter& matter, const std::string& key, double fallback) {
  const auto found = matter.values.find(key);
  if (found == matter.values.end()) return fallback;
  double number = 0;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool good =
      error == std::errc() && end == text.data() + text.size() && std::isfinite(number) && number >= 0;
  return good ? std::min(number, 1e6) : fallback;
}

}  // namespace

std::string skill_text(const Skill& skill) {
  std::string text = "---\n";
  text += fmt::format("name: {}\n", skill.name);
  text +=
      fmt::format("description: {}\n", in_quotes(fmt::format("{:.2f}x on {} by {}", skill.speedup, skill.op,
                                                             join_texts(skill.actions, ", then "))));
  text += fmt::format("op_type: {}\npattern: {}\nprecondition: {}\n", in_quotes(skill.op_type),
                      in_quotes(skill.pattern), in_quotes(skill.precondition));
  append_list(text, "actions", skill.actions);
  append_list(text, "features", skill.features);
  text +=
      fmt::format("evidence:\n  session: {}\n  op: {}\n  speedup: {:.4g}\n  low: {:.4g}\n  high: {:.4g}\n",
                  in_quotes(skill.session), in_quotes(skill.op), skill.speedup, skill.low, skill.high);
  text += fmt::format("scope:\n  hardware: {}\n  compiler: {}\n---\n", in_quotes(skill.hardware),
                      in_quotes(skill.compiler));
  return text + skill.text;
}

Result<Skill> parse_skill(const std::string& text, const std::string& origin) {
  KE_TRY(auto matter, front_matter_from(text, origin));
  Skill skill;
  skill.name = matter.values["name"];
  if (!is_skill_name(skill.name)) {
    return broken(origin, 1,
                  fmt::format("name is {}, expected 1 to 64 of a-z, 0-9 and -", in_quotes(skill.name)));
  }
  skill.op_type = matter.values["op_type"];
  skill.pattern = matter.values["pattern"];
  skill.precondition = matter.values["precondition"];
  skill.actions = matter.lists["actions"];
  skill.features = matter.lists["features"];
  if (skill.actions.empty() || skill.actions.size() > kMaxActions) {
    return broken(origin, 1, fmt::format("{} actions, expected 1 to {}", skill.actions.size(), kMaxActions));
  }
  for (const std::string& action : skill.actions) {
    if (!is_action(action)) {
      return broken(origin, 1,
                    fmt::format("action {} is not like `rewrite/tile size=32`", in_quotes(action)));
    }
  }
  skill.session = matter.values["evidence.session"];
  skill.op = matter.values["evidence.op"];
  skill.speedup = number_or(matter, "evidence.speedup", 1);
  skill.low = number_or(matter, "evidence.low", skill.speedup);
  skill.high = number_or(matter, "evidence.high", skill.speedup);
  skill.hardware = matter.values["scope.hardware"];
  skill.compiler = matter.values["scope.compiler"];
  skill.text = text.substr(matter.body);
  return skill;
}

std::vector<Skill> load_skills(const std::string& folder) {
  std::vector<Skill> skills;
  std::error_code failed;
  std::vector<std::string> paths;
  for (auto entry = std::filesystem::directory_iterator(folder, failed);
       !failed && entry != std::filesystem::directory_iterator() && paths.size() < kMaxSkills;
       entry.increment(failed)) {
    const std::string path = join(entry->path().string(), "SKILL.md");
    if (std::error_code ignored; std::filesystem::is_regular_file(path, ignored)) paths.push_back(path);
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    auto text = read_file(path, kMaxText_bytes);
    auto skill = text ? parse_skill(*text, path) : Result<Skill>(text.error());
    if (skill)
      skills.push_back(*std::move(skill));
    else
      log_warn("skill skipped: " + skill.error().message);
  }
  return skills;
}

}  // namespace ke
