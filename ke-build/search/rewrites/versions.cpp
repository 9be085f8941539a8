// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/versions.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

std::string call_of_version(const Function& f, const std::string& callee, const Version& version) {
  std::vector<std::string> arguments;
  for (const Parameter& p : f.parameters) {
    const auto value = version.values.find(p.name);
    arguments.push_back(value == version.values.end() ? p.name : value->second);
  }
  const std::string call = callee + "(" + join_texts(arguments, ", ") + ");";
  const bool returns = f.return_type != "void";
  if (version.condition.empty()) return (returns ? "  return " : "  ") + call + "\n";
  return "  if (" + version.condition + ") " +
         (returns ? "return " + call : "{\n    " + call + "\n    return;\n  }") + "\n";
}

// Where the function's name stands in its head: the type may have the same letters.
size_t place_of_name(const std::string& head, const std::string& name) {
  const auto in_word = [&](size_t i) { return i < head.size() && is_word_character(head[i]); };
  for (size_t at = head.find(name); at != std::string::npos; at = head.find(name, at + 1)) {
    const size_t next = head.find_first_not_of(" \t\n", at + name.size());
    if ((at == 0 || !in_word(at - 1)) && next != std::string::npos && head[next] == '(') return at;
  }
  return std::string::npos;
}

bool head_may_stand_twice(const Function& f, const std::string& head, size_t name) {
  const bool named = std::none_of(f.parameters.begin(), f.parameters.end(),
                                  [](const Parameter& p) { return p.name.empty(); });
  return named && name != std::string::npos && head.find('=') == std::string::npos &&
         head.find("noexcept") == std::string::npos && head.find('"') == std::string::npos &&
         (name < 2 || head.compare(name - 2, 2, "::") != 0);
}

}  // namespace

std::optional<std::string> with_versions(const Unit& unit, const Function& f, const std::string& suffix,
                                         const std::string& comment, const std::vector<Version>& versions) {
  const std::string callee = f.name + suffix, head = unit.text.substr(f.begin, f.body_begin - f.begin);
  const size_t at = place_of_name(head, f.name);
  if (unit.text.find(callee) != std::string::npos || !head_may_stand_twice(f, head, at)) return std::nullopt;
  std::string helper = head;
  helper.replace(at, f.name.size(), callee);
  if (starts_with(helper, "static ")) helper = helper.substr(7);
  std::string made = "// " + comment + "\nstatic inline __attribute__((always_inline)) " + helper +
                     unit.text.substr(f.body_begin, f.end - f.body_begin) + "\n\n" + head + "{\n";
  bool always = false;
  for (const Version& version : versions) {
    made += call_of_version(f, callee, version);
    always = always || version.condition.empty();
  }
  if (!always) made += call_of_version(f, callee, {});
  made += "}";
  std::string text = unit.text.substr(0, f.begin) + made + unit.text.substr(f.end);
  return parses_as_well(unit, text) ? std::optional(text) : std::nullopt;
}

}  // namespace ke
