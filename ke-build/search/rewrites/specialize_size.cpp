// SPDX-License-Identifier: MIT
// A size that is often the same as a constant: for that value the compiler sees how often the inner loops run
// and unrolls or vectorises them whole; for every other value the kernel runs as it was.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

void inner_bounds(const Stmts& statements, int depth, std::set<std::string>& names) {
  for (const Stmt& s : statements) {
    const bool loop = s.is(Stmt::Kind::loop) || s.is(Stmt::Kind::wild);
    if (s.is(Stmt::Kind::loop) && depth > 0) {
      const Expr& upper = bare(s.upper);
      if (upper.is(Expr::Kind::name)) names.insert(upper.text);
    }
    inner_bounds(s.body, depth + loop, names);
    inner_bounds(s.otherwise, depth + loop, names);
  }
}

// By value, an integer, bound of a loop inside of another one, and never written.
std::vector<std::string> sizes_of(const Unit& unit, const Function& f) {
  std::set<std::string> bounds;
  inner_bounds(f.body, 0, bounds);
  const Effects effects = effects_of(f.body, pure_functions(unit));
  std::vector<std::string> sizes;
  for (const Parameter& p : f.parameters)
    if (bounds.count(p.name) && is_integer_type(p.type) && effects.scalar_writes.count(p.name) == 0)
      sizes.push_back(p.name);
  return sizes;
}

std::string call_of(const Function& f, const std::string& callee, const std::string& size,
                    const std::string& value) {
  std::vector<std::string> arguments;
  for (const Parameter& p : f.parameters) arguments.push_back(p.name == size ? value : p.name);
  return callee + "(" + join_texts(arguments, ", ") + ");";
}

std::optional<Rewritten> rewrite_size(const Unit& unit, const Function& f, const std::string& size,
                                      int value) {
  const std::string callee = f.name + "_sized", head = unit.text.substr(f.begin, f.body_begin - f.begin);
  const size_t at = head.find(f.name);
  const bool named = std::none_of(f.parameters.begin(), f.parameters.end(),
                                  [](const Parameter& p) { return p.name.empty(); });
  if (unit.text.find(callee) != std::string::npos || at == std::string::npos || !named ||
      head.find('=') != std::string::npos || head.find("noexcept") != std::string::npos ||
      head.find('"') != std::string::npos || head.find("::", at) == at - 2)
    return std::nullopt;
  std::string helper = head;
  helper.replace(at, f.name.size(), callee);
  if (starts_with(helper, "static ")) helper = helper.substr(7);
  const std::string body = unit.text.substr(f.body_begin, f.end - f.body_begin),
                    number = std::to_string(value);
  const std::string result = f.return_type == "void" ? "" : "return ",
                    leave = f.return_type == "void" ? " return;" : "";
  const std::string made = "// The inner loops with " + size + " as it often is, " + number +
                           ", and as it may be.\n" + "static inline __attribute__((always_inline)) " +
                           helper + body + "\n\n" + head + "{\n  if (" + size + " == " + number +
                           ") {\n    " + result + call_of(f, callee, size, number) + leave + "\n  }\n  " +
                           result + call_of(f, callee, "", "") + "\n}";
  std::string text = unit.text.substr(0, f.begin) + made + unit.text.substr(f.end);
  if (!parses_as_well(unit, text)) return std::nullopt;
  return Rewritten{text, size + "=" + number};
}

}  // namespace

std::vector<Rewritten> specialize_size(const Unit& unit, const RewriteRules&, int value) {
  std::vector<Rewritten> out;
  const Function& entry = unit.functions.front();
  if (!entry.clonable || entry.body_begin <= entry.begin) return out;
  for (const std::string& size : sizes_of(unit, entry))
    if (auto made = rewrite_size(unit, entry, size, value)) out.push_back(*made);
  return out;
}

}  // namespace ke
