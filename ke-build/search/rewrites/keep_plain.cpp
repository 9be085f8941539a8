// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/keep_plain.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/preamble.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>
#include <set>

namespace ke {
namespace {

constexpr const char* kMark = "KE_CLONES";

std::string text_of(const Unit& unit, const Function& f) {
  const uint32_t begin = f.template_begin != 0 ? f.template_begin : f.begin;
  return unit.text.substr(begin, f.end - begin);
}

// Where the mark stands that belongs to the function; npos for functions without one.
size_t mark_of(const Unit& unit, const Function& f) {
  const size_t at = unit.text.rfind(kMark, f.begin);
  if (at == std::string::npos || at >= f.begin) return std::string::npos;
  const std::string between = unit.text.substr(at, f.begin - at);
  return between.find_first_of(";{}#\"") == std::string::npos ? at : std::string::npos;
}

const Function* marked(const Unit& unit) {
  for (const Function& f : unit.functions)
    if (mark_of(unit, f) != std::string::npos) return &f;
  return nullptr;
}

// The plain function or template behind the marked one: specialize_template() calls f<float> f_float.
const Function* original_of(const Unit& plain, const std::string& name) {
  if (const Function* same = plain.find(name)) return same;
  const Function& entry = plain.functions.front();
  return !entry.template_parameters.empty() && starts_with(name, entry.name + "_") ? &entry : nullptr;
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

std::string copies(const Unit& plain, const std::vector<const Function*>& functions) {
  std::string text;
  for (auto f = functions.rbegin(); f != functions.rend(); ++f)
    text += (is_local(plain, **f) ? "" : "static ") + renamed(text_of(plain, **f), functions) + "\n\n";
  return text;
}

std::string early_return(const Function& f, const std::string& original) {
  std::vector<std::string> names;
  for (const Parameter& parameter : f.parameters) names.push_back(parameter.name);
  const std::string call = original + "_plain(" + join_texts(names, ", ") + ");";
  return "\n  // Machines with narrow registers keep the plain kernel.\n  if (!KE_WIDE) " +
         (f.return_type == "void" ? "{\n    " + call + "\n    return;\n  }" : "return " + call);
}

}  // namespace

std::optional<Rewritten> keep_plain(const Unit& plain, const Unit& unit) {
  const Function* wide = marked(unit);
  if (wide == nullptr || unit.text.find("KE_WIDE") != std::string::npos) return std::nullopt;
  const Function* original = original_of(plain, wide->name);
  if (original == nullptr || original->parameters.size() != wide->parameters.size()) return std::nullopt;
  if (std::any_of(wide->parameters.begin(), wide->parameters.end(),
                  [](const Parameter& parameter) { return parameter.name.empty(); })) {
    return std::nullopt;
  }
  const std::vector<const Function*> copied = to_copy(plain, unit, *original);
  for (const Function* f : copied)
    if (unit.text.find(f->name + "_plain") != std::string::npos) return std::nullopt;
  const size_t mark = mark_of(unit, *wide), line = unit.text.rfind('\n', mark) + 1;
  // `extern "C" KE_CLONES void f()`, or a definition in the middle of a line: no room for another one.
  if (trim(unit.text.substr(line, mark - line)) != "") return std::nullopt;
  std::string text = unit.text;
  text.insert(wide->body_begin + 1, early_return(*wide, original->name));
  text.insert(line, copies(plain, copied));
  text = with_preamble(text, unit.preamble_at, "define KE_WIDE", kWideMacro);
  if (!parses_as_well(unit, text)) return std::nullopt;
  return Rewritten{text, "machines without AVX2 run the plain kernel"};
}

}  // namespace ke
