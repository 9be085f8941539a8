// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/per_class.h"

#include "ke-build/base/lexer.h"
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

constexpr const char* kSuffix = "_at";
constexpr const char* kClassMark = "KE_CLONES";

}  // namespace

std::string size_text(const std::vector<std::string>& axes) {
  if (axes.size() == 1) return axes.front();
  std::vector<std::string> factors;
  for (const std::string& axis : axes) factors.push_back("(long long)(" + axis + ")");
  return join_texts(factors, " * ");
}

size_t line_of(const Unit& unit, const Function& entry) {
  size_t line = entry.begin == 0 ? 0 : unit.text.rfind('\n', entry.begin - 1) + 1;
  const auto marks_only = [&](size_t from, size_t to) {
    std::string text = unit.text.substr(from, to - from);
    text = replace_all(replace_all(text, kClassMark, ""), "__attribute__((flatten))", "");
    return trim(text).empty();
  };
  if (!marks_only(line, entry.begin)) return std::string::npos;
  while (line > 0) {
    const size_t before = line < 2 ? 0 : unit.text.rfind('\n', line - 2) + 1;
    const std::string text = unit.text.substr(before, line - before);
    if (text.find(kClassMark) == std::string::npos || !marks_only(before, line)) break;
    line = before;
  }
  return line;
}

namespace {

bool is_plain(const Unit& unit, const Function& entry) {
  const std::string head = unit.text.substr(entry.begin, entry.body_begin - entry.begin);
  const auto words = identifiers(head);
  const bool named = std::none_of(entry.parameters.begin(), entry.parameters.end(),
                                  [](const Parameter& p) { return p.name.empty(); });
  return named && entry.template_begin == 0 && !entry.specialization && !words.count("constexpr") &&
         !words.count("auto") && head.find("::" + entry.name) == std::string::npos &&
         head.find(entry.name + "(") != std::string::npos;
}

std::string instance(const Function& entry, const ClassPlan& plan, size_t i) {
  std::vector<std::string> values, arguments;
  for (const auto& [name, value] : plan.values[i]) values.push_back(value);
  for (const Parameter& p : entry.parameters) arguments.push_back(p.name);
  return entry.name + kSuffix + "<" + join_texts(values, ", ") + ">(" + join_texts(arguments, ", ") + ")";
}

// "8 up to 512, 32 beyond"
std::string choice_text(const ClassPlan& plan, const std::string& name) {
  std::string text;
  for (size_t i = 0; i < plan.values.size(); ++i) {
    text += i == 0 ? "" : ", ";
    text += plan.values[i].at(name);
    text += i < plan.limits.size() ? fmt::format(" up to {}", plan.limits[i]) : " beyond";
  }
  return text;
}

std::string plan_text(const ClassPlan& plan) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : plan.values.front())
    parts.push_back(name + " is " + choice_text(plan, name));
  return join_texts(parts, "; ") + " (" + join_texts(plan.axes, " * ") + ")";
}

}  // namespace

bool only_entry_reads(const Unit& unit, const std::string& name) {
  const Function& entry = unit.functions.front();
  if (unit.text.find("\\\n") != std::string::npos || unit.text.find("\\\r") != std::string::npos)
    return false;
  const TokenList list = tokenize(unit.text);
  bool read = false;
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    if (list.tokens[i].kind == Token::Kind::hash) {
      const std::string_view what = i + 1 < list.tokens.size() ? list.text_of(i + 1) : "";
      const bool own =
          i + 2 < list.tokens.size() && list.text_of(i + 2) == name && (what == "define" || what == "ifndef");
      if (own) i += 3;  // its default
      for (; i < list.tokens.size() && list.tokens[i].kind != Token::Kind::end_of_directive; ++i) {
        if (list.text_of(i) == name) return false;  // a template parameter means nothing to the preprocessor
      }
    } else if (list.tokens[i].kind == Token::Kind::identifier && list.text_of(i) == name) {
      if (list.tokens[i].begin < entry.body_begin || list.tokens[i].begin >= entry.end) return false;
      read = true;
    }
  }
  return read;
}

std::optional<Rewritten> per_class(const Unit& unit, const ClassPlan& plan) {
  const Function& entry = unit.functions.front();
  const size_t line = line_of(unit, entry);
  if (line == std::string::npos || !is_plain(unit, entry) ||
      unit.text.find(entry.name + kSuffix) != std::string::npos)
    return std::nullopt;
  std::vector<std::string> parameters;
  std::string undefined;
  for (const auto& [name, value] : plan.values.front()) {
    if (!only_entry_reads(unit, name)) return std::nullopt;
    parameters.push_back("int " + name);
    undefined += "#undef " + name + "\n";
  }
  std::string copy = unit.text.substr(entry.begin, entry.end - entry.begin);
  const bool local = identifiers(copy.substr(0, entry.body_begin - entry.begin)).count("static") != 0;
  copy.insert(copy.find(entry.name + "(") + entry.name.size(), kSuffix);
  // Every variant that the dispatcher has needs the instances compiled for itself. Elsewhere they stay apart,
  // as they were measured: inlined into one function they may get fewer registers each.
  const bool cloned = unit.text.substr(line, entry.begin - line).find(kClassMark) != std::string::npos;
  const std::string made =
      "// Each workload was measured with each value: " + plan_text(plan) + ".\n" + undefined + "template <" +
      join_texts(parameters, ", ") + ">\n" +
      (cloned ? "__attribute__((always_inline)) inline " : "__attribute__((noinline)) ") +
      (local ? "" : "static ") + copy + "\n\n";
  std::string body = "{\n";
  for (size_t i = 0; i < plan.limits.size(); ++i)
    body += fmt::format("  if ({} <= {}) return {};\n", size_text(plan.axes), plan.limits[i],
                        instance(entry, plan, i));
  body += "  return " + instance(entry, plan, plan.limits.size()) + ";\n}";
  std::string text = unit.text;
  text.replace(entry.body_begin, entry.end - entry.body_begin, body);
  text.insert(line, made);
  if (!parses_as_well(unit, text)) return std::nullopt;
  return Rewritten{text, plan_text(plan)};
}

}  // namespace ke
