// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/keep_plain.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/plain_copy.h"
#include "ke-build/search/rewrites/preamble.h"
#include "ke-build/search/rewrites/support.h"

namespace ke {
namespace {

constexpr const char* kMark = "KE_CLONES";

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

}  // namespace

std::optional<Rewritten> keep_plain(const Unit& plain, const Unit& unit) {
  const Function* wide = marked(unit);
  if (wide == nullptr || unit.text.find("KE_WIDE") != std::string::npos) return std::nullopt;
  const Function* original = original_of(plain, wide->name);
  if (original == nullptr || original->parameters.size() != wide->parameters.size()) return std::nullopt;
  if (!has_names(*wide)) return std::nullopt;
  const auto copy = plain_copy(plain, unit, *original);
  if (!copy) return std::nullopt;
  const size_t mark = mark_of(unit, *wide), line = unit.text.rfind('\n', mark) + 1;
  // `extern "C" KE_CLONES void f()`, or a definition in the middle of a line: no room for another one.
  if (trim(unit.text.substr(line, mark - line)) != "") return std::nullopt;
  std::string text = unit.text;
  text.insert(wide->body_begin + 1, "\n  // Machines with narrow registers keep the plain kernel.\n  " +
                                        plain_when("!KE_WIDE", *wide, original->name));
  text.insert(line, *copy);
  text = with_preamble(text, unit.preamble_at, "define KE_WIDE", kWideMacro);
  if (!parses_as_well(unit, text)) return std::nullopt;
  return Rewritten{text, "machines without AVX2 run the plain kernel"};
}

}  // namespace ke
