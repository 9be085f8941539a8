// SPDX-License-Identifier: MIT
// `std::array<int, 3> sums{};` of a function's own, of which nothing but elements and its size is asked, as
// `int sums[3] = {};`: other moves know such arrays.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/plain_type.h"
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/syntax/cst.h"

#include <algorithm>

namespace ke {
namespace {

struct OwnArray {
  TSNode declaration = {};
  std::string head, element, length, name, value;  // `static const `, `int`, `3`, `sums`, `{}`
};

// `std::array<int, 2 * 3>`: one number type, one length.
bool read_array_type(const std::string& raw, OwnArray& made) {
  const std::string type = trim(raw), front = "std::array<";
  const size_t comma = type.find(',');
  if (!starts_with(type, front) || type.back() != '>' || comma == std::string::npos) return false;
  made.element = trim(type.substr(front.size(), comma - front.size()));
  made.length = trim(type.substr(comma + 1, type.size() - comma - 2));
  const bool number = is_plain_number(made.element) || made.element == "bool";
  return number && !made.length.empty() && made.length != "0" &&
         made.length.find_first_of("<>,{}") == std::string::npos;
}

// One variable in a statement; a list of numbers without lists in it, or nothing.
std::optional<OwnArray> read_own_array(const cst::Source& source, TSNode node) {
  OwnArray made;
  const TSNode type = cst::field(node, "type"), declarator = cst::field(node, "declarator");
  if (!cst::is(node, "declaration") || ts_node_is_null(type) || ts_node_is_null(declarator) ||
      ts_node_has_error(node) || !read_array_type(cst::folded(source.of(type)), made))
    return std::nullopt;
  for (TSNode part : cst::named_children(node)) {
    const bool known = ts_node_eq(part, type) || ts_node_eq(part, declarator);
    const bool word = cst::is(part, "type_qualifier") || cst::is(part, "storage_class_specifier");
    if (!known && !word) return std::nullopt;
    if (word && ts_node_start_byte(part) > ts_node_start_byte(type)) return std::nullopt;
    if (word) made.head += source.of(part) + " ";
  }
  made.declaration = node;
  if (cst::is(declarator, "identifier")) {
    made.name = source.of(declarator);
    return made;
  }
  const TSNode name = cst::field(declarator, "declarator"), value = cst::field(declarator, "value");
  if (!cst::is(declarator, "init_declarator") || ts_node_is_null(name) || ts_node_is_null(value) ||
      !cst::is(name, "identifier") || !cst::is(value, "initializer_list"))
    return std::nullopt;
  for (TSNode part : cst::named_children(value))
    if (cst::is(part, "initializer_list") || cst::is(part, "comment") || cst::is(part, "initializer_pair"))
      return std::nullopt;
  made.name = source.of(name);
  made.value = source.of(value);
  return made;
}

// `a[i]`, and of `a.size()` the call.
enum class Use { element, size, other };

Use use_of(const cst::Source& source, TSNode name, TSNode& call) {
  const TSNode parent = ts_node_parent(name);
  if (ts_node_is_null(parent)) return Use::other;
  if (cst::is(parent, "subscript_expression") && ts_node_eq(cst::field(parent, "argument"), name))
    return Use::element;
  if (!cst::is(parent, "field_expression") || source.of(cst::field(parent, "field")) != "size" ||
      source.of(parent).find("->") != std::string::npos)
    return Use::other;
  call = ts_node_parent(parent);
  const bool calls = !ts_node_is_null(call) && cst::is(call, "call_expression") &&
                     ts_node_eq(cst::field(call, "function"), parent);
  return calls && cst::named_children(cst::field(call, "arguments")).empty() ? Use::size : Use::other;
}

std::optional<Rewritten> made_plain(const Unit& unit, const cst::Source& source, TSNode function,
                                    const OwnArray& array) {
  std::vector<std::pair<uint32_t, std::pair<uint32_t, std::string>>> edits;
  bool plain = true;
  cst::each_node(function, [&](TSNode node) {
    const bool word =
        cst::is(node, "identifier") || cst::is(node, "field_identifier") || cst::is(node, "type_identifier");
    if (!plain || !word || source.of(node) != array.name) return;
    if (!cst::is(node, "identifier")) {
      plain = cst::is(node, "field_identifier");  // of another object
      return;
    }
    const uint32_t at = ts_node_start_byte(node);
    if (at >= ts_node_start_byte(array.declaration) && at < ts_node_end_byte(array.declaration)) return;
    TSNode call = {};
    const Use use = use_of(source, node, call);
    plain = use != Use::other;
    if (use == Use::size)
      edits.push_back({ts_node_start_byte(call),
                       {ts_node_end_byte(call), "static_cast<std::size_t>(" + array.length + ")"}});
  });
  // Once by its declaration: within its own value it would mean itself.
  const std::string declared = source.of(array.declaration);
  if (!plain || identifiers(array.value).count(array.name) || identifiers(array.length).count(array.name))
    return std::nullopt;
  edits.push_back({ts_node_start_byte(array.declaration),
                   {ts_node_end_byte(array.declaration),
                    array.head + array.element + " " + array.name + "[" + array.length + "]" +
                        (array.value.empty() ? "" : " = " + array.value) + ";"}});
  std::sort(edits.rbegin(), edits.rend());
  std::string text = unit.text;
  for (const auto& [begin, edit] : edits) text.replace(begin, edit.first - begin, edit.second);
  const auto line =
      std::count(unit.text.begin(), unit.text.begin() + ts_node_start_byte(array.declaration), '\n');
  if (!parses_as_well(unit, text)) return std::nullopt;
  return Rewritten{text, array.name + ", line " + std::to_string(line + 1)};
}

}  // namespace

std::vector<Rewritten> plain_arrays(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (!rules.cpp || unit.text.find("std::array<") == std::string::npos) return out;
  const auto tree = cst::parsed(unit.text);
  if (!tree->valid()) return out;
  const cst::Source source{unit.text};
  for (const Function& f : unit.functions) {
    const TSNode function = starts_with(f.name, "ke_") ? TSNode{} : cst::definition_at(*tree, f.begin, f.end);
    if (ts_node_is_null(function) || f.member) continue;
    cst::each_node(function, [&](TSNode node) {
      if (!cst::is(node, "declaration")) return;
      const auto array = read_own_array(source, node);
      if (!array) return;
      if (auto made = made_plain(unit, source, function, *array)) out.push_back(*std::move(made));
    });
  }
  return out;
}

}  // namespace ke
