// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/plain_copy.h"

#include "ke-build/base/text.h"

#include <algorithm>
#include <set>
#include <vector>

namespace ke {
namespace {

std::string text_of(const Unit& unit, const Function& f) {
  const uint32_t begin = f.template_begin != 0 ? f.template_begin : f.begin;
  return unit.text.substr(begin, f.end - begin);
}

// The original and those of its callees that are no longer what they were; callees stand behind their
// callers.
std::vector<const Function*> to_copy(const Unit& plain, const Unit& unit, const Function& original) {
  std::set<std::string> changed{original.name};
  for (bool grown = true; grown;) {
    grown = false;
    for (const Function& f : plain.functions) {
      if (changed.count(f.name)) continue;
      const Function* now = unit.find(f.name);
      const bool calls_changed = std::any_of(f.calls.begin(), f.calls.end(),
                                             [&](const std::string& name) { return changed.count(name); });
      if (now != nullptr && !calls_changed && text_of(unit, *now) == text_of(plain, f)) continue;
      grown = changed.insert(f.name).second;
    }
  }
  std::vector<const Function*> copied;
  for (const Function& f : plain.functions)
    if (changed.count(f.name)) copied.push_back(&f);
  return copied;
}

std::string renamed(const std::string& text, const std::vector<const Function*>& functions) {
  Expr verbatim{Expr::Kind::opaque, text, {}};
  for (const Function* f : functions) substitute(verbatim, f->name, Expr::name(f->name + "_plain"));
  return verbatim.text;
}

bool is_local(const Unit& plain, const Function& f) {
  const auto words = identifiers(plain.text.substr(f.begin, f.body_begin - f.begin));
  return f.template_begin != 0 || words.count("static") || words.count("inline") || words.count("constexpr");
}

}  // namespace

std::optional<std::string> plain_copy(const Unit& plain, const Unit& unit, const Function& original) {
  const std::vector<const Function*> functions = to_copy(plain, unit, original);
  size_t there = 0;
  for (const Function* f : functions) {
    if (plain.text.find(f->name + "_plain") != std::string::npos) return std::nullopt;
    there += unit.text.find(f->name + "_plain") != std::string::npos;
  }
  if (there == functions.size()) return "";
  if (there != 0) return std::nullopt;  // of before a callee was changed
  std::string text;
  for (auto f = functions.rbegin(); f != functions.rend(); ++f)
    text += (is_local(plain, **f) ? "" : "static ") + renamed(text_of(plain, **f), functions) + "\n\n";
  return text;
}

std::string plain_when(const std::string& condition, const Function& f, const std::string& original) {
  std::vector<std::string> names;
  for (const Parameter& parameter : f.parameters) names.push_back(parameter.name);
  const std::string call = original + "_plain(" + join_texts(names, ", ") + ");";
  return "if (" + condition + ") " +
         (f.return_type == "void" ? "{\n    " + call + "\n    return;\n  }" : "return " + call);
}

bool has_names(const Function& f) {
  return std::none_of(f.parameters.begin(), f.parameters.end(),
                      [](const Parameter& parameter) { return parameter.name.empty(); });
}

}  // namespace ke
