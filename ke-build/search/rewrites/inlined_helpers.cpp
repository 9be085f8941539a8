// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/inlined_helpers.h"

#include "ke-build/base/text.h"
#include "ke-build/search/syntax/cst.h"

#include <algorithm>
#include <set>

namespace ke {
namespace {

constexpr const char* kAlwaysInline = "__attribute__((always_inline)) ";
constexpr uint32_t kMostInlinedText = 8000;

// Within `namespace { ... }`, outside of classes.
bool is_of_anonymous_namespace(TSNode node) {
  for (TSNode up = ts_node_parent(node); !ts_node_is_null(up); up = ts_node_parent(up)) {
    if (cst::is(up, "namespace_definition") && ts_node_is_null(cst::field(up, "name"))) return true;
    if (cst::is(up, "field_declaration_list") || cst::is(up, "function_definition")) return false;
  }
  return false;
}

// What stands between the previous declaration and the name: attributes and words of its own stay alone.
bool has_plain_head(const Unit& unit, const Function& f) {
  const std::string head = unit.text.substr(f.begin, f.body_begin - f.begin);
  const size_t before = unit.text.find_last_of(";}>", f.begin == 0 ? 0 : f.begin - 1);
  const size_t from = before == std::string::npos || before >= f.begin ? 0 : before + 1;
  const std::string above = unit.text.substr(from, f.begin - from);
  const size_t line = unit.text.find_last_of("\n;}{", f.begin == 0 ? 0 : f.begin - 1);
  const size_t margin = line == std::string::npos || line >= f.begin ? 0 : line + 1;
  if (!trim(unit.text.substr(margin, f.begin - margin)).empty()) return false;  // a macro, perhaps
  const std::set<std::string> words = identifiers(head);
  if (above.find("__attribute__") != std::string::npos || above.find("[[") != std::string::npos ||
      identifiers(above).count("KE_CLONES") || head.find("...") != std::string::npos)
    return false;
  return std::none_of(words.begin(), words.end(),
                      [](const std::string& word) {
                        return word == "__attribute__" || word == "virtual" || word == "extern" ||
                               word == "consteval" || word == "friend" || word == "__global__" ||
                               word == "__device__";
                      }) &&
         head.find("[[") == std::string::npos;
}

// What compilers refuse to inline, as an error.
bool may_be_inlined(const std::string& body) {
  const std::set<std::string> words = identifiers(body);
  return std::none_of(words.begin(), words.end(), [](const std::string& word) {
    return word.find("alloca") != std::string::npos || word.find("setjmp") != std::string::npos ||
           word == "va_start" || word == "__builtin_apply" || word == "goto" || word == "asm" ||
           word == "__asm__" || word == "co_await" || word == "co_yield" || word == "co_return";
  });
}

class HelperCalls {
 public:
  explicit HelperCalls(const Unit& unit) : unit_(unit) {}

  /// What the function reaches by calls within the file.
  std::set<std::string> reached_from(const Function& f) const {
    std::set<std::string> names;
    std::vector<const Function*> open{&f};
    while (!open.empty()) {
      const Function* at = open.back();
      open.pop_back();
      for (const std::string& callee : at->calls)
        for (const Function& g : unit_.functions)
          if (g.name == callee && names.insert(callee).second) open.push_back(&g);
    }
    return names;
  }

 private:
  const Unit& unit_;
};

}  // namespace

std::vector<std::pair<uint32_t, std::string>> inlined_helpers(const Unit& unit, const Function& entry) {
  std::vector<std::pair<uint32_t, std::string>> out;
  const auto tree = cst::parsed(unit.text);
  if (!tree->valid()) return out;
  const HelperCalls calls(unit);
  const std::set<std::string> reached = calls.reached_from(entry);
  for (const Function& f : unit.functions) {
    const bool helper = reached.count(f.name) && !f.entry && f.name != entry.name && !f.member &&
                        !f.specialization && f.template_parameters.empty() && f.template_begin == 0 &&
                        f.end - f.begin <= kMostInlinedText && f.body_begin > f.begin;
    if (!helper || calls.reached_from(f).count(f.name)) continue;
    const TSNode node = cst::definition_at(*tree, f.begin, f.end);
    if (ts_node_is_null(node) || ts_node_start_byte(node) != f.begin || ts_node_has_error(node)) continue;
    const std::set<std::string> words = identifiers(unit.text.substr(f.begin, f.body_begin - f.begin));
    const bool own = words.count("static") || is_of_anonymous_namespace(node);
    if (own && has_plain_head(unit, f) &&
        may_be_inlined(unit.text.substr(f.body_begin, f.end - f.body_begin)))
      out.emplace_back(f.begin, (words.count("inline") ? "" : "inline ") + std::string(kAlwaysInline));
  }
  return out;
}

}  // namespace ke
