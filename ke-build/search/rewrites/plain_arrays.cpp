// SPDX-License-Identifier: MIT
// `std::array<int, 3> sums{};` of a function's own, of which nothing but elements and its size is asked, as
// `int sums[3] = {};`: other moves know such arrays.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/plain_type.h"
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/syntax/cst.h"
#include "ke-build/search/syntax/facts.h"

#include <algorithm>

namespace ke {
namespace {

struct OwnArray {
  TSNode declaration = {};
  std::string head, element, length, name, value;  // `static const `, `int`, `3`, `sums`, `{}`
};

// What lengths are, where they are numbers, constants of the file or of its headers, and what is made of
// such.
class Lengths {
 public:
  Lengths(const std::string& text, const std::string& headers) : texts_{text, headers} {}

  /// Arrays of the language have an element or more.
  bool is_positive(const std::string& length) const {
    const auto value = value_of(parse_expression(length), 0);
    return value && *value > 0;
  }

 private:
  static constexpr int64_t kLargest = 1 << 24;
  static constexpr int kDeepest = 8;

  std::optional<int64_t> value_of(const Expr& raw, int depth) const {
    const Expr& e = bare(raw);
    if (depth > kDeepest) return std::nullopt;
    if (e.is(Expr::Kind::number)) {
      const size_t digits = std::min(e.text.find_first_not_of("0123456789"), e.text.size());
      const bool plain = digits > 0 && digits < 9 && (digits == 1 || e.text[0] != '0') &&
                         e.text.find_first_not_of("uUlL", digits) == std::string::npos;
      return plain ? std::optional<int64_t>(std::stoll(e.text.substr(0, digits))) : std::nullopt;
    }
    if (e.is(Expr::Kind::name)) return constant(e.text, depth + 1);
    if (!e.is(Expr::Kind::binary)) return std::nullopt;
    const auto a = value_of(e.kids[0], depth + 1), b = value_of(e.kids[1], depth + 1);
    if (!a || !b || *a > kLargest || *b > kLargest) return std::nullopt;
    const auto value = e.text == "+"             ? std::optional(*a + *b)
                       : e.text == "-"           ? std::optional(*a - *b)
                       : e.text == "*"           ? std::optional(*a * *b)
                       : e.text == "/" && *b > 0 ? std::optional(*a / *b)
                                                 : std::nullopt;
    return value && *value >= 0 ? value : std::nullopt;
  }

  // The one thing of the name that the texts declare, or nothing.
  std::optional<int64_t> constant(const std::string& name, int depth) const {
    std::vector<std::string> values;
    for (const std::string& text : texts_) {
      const auto tree = text.find(name) == std::string::npos ? nullptr : cst::parsed(text);
      if (!tree || !tree->valid()) continue;
      const cst::Source source{text};
      cst::each_node(tree->root(), [&](TSNode node) {
        if (!cst::is(node, "identifier") && !cst::is(node, "type_identifier")) return;
        if (source.of(node) == name) read_declaration(source, node, values);
      });
    }
    return values.size() == 1 && !values[0].empty() ? value_of(parse_expression(values[0]), depth)
                                                    : std::nullopt;
  }

  // "" for what is declared, but no constant that is the same for everybody.
  static void read_declaration(const cst::Source& source, TSNode name, std::vector<std::string>& values) {
    const TSNode parent = ts_node_parent(name);
    if (cst::is(parent, "preproc_def") && ts_node_eq(cst::field(parent, "name"), name)) {
      const TSNode value = cst::field(parent, "value");
      const bool always = std::string(cst::type(ts_node_parent(parent))).rfind("preproc_", 0) != 0;
      values.push_back(always && !ts_node_is_null(value) ? trim(source.of(value)) : "");
    } else if (cst::is(parent, "init_declarator") && ts_node_eq(cst::field(parent, "declarator"), name)) {
      const TSNode declaration = ts_node_parent(parent), value = cst::field(parent, "value");
      const std::string head = source.between(ts_node_start_byte(declaration), ts_node_start_byte(parent));
      const auto words = identifiers(head);
      const std::string type =
          ts_node_is_null(cst::field(declaration, "type")) ? "" : source.of(cst::field(declaration, "type"));
      const bool fixed = (words.count("const") || words.count("constexpr")) && !words.count("volatile") &&
                         integer_bytes(type) > 1;
      std::string text = fixed ? trim(source.of(value)) : "";
      if (text.size() > 2 && text.front() == '{') text = text.substr(1, text.size() - 2);
      values.push_back(text);
    } else if (ends_with(std::string(cst::type(parent)), "declarator") ||
               ends_with(std::string(cst::type(parent)), "declaration") || cst::is(parent, "enumerator") ||
               cst::is(parent, "preproc_function_def") || cst::is(parent, "preproc_params")) {
      values.push_back("");
    }
  }

  std::vector<std::string> texts_;
};

// `std::array<int, 2 * 3>`: one number type, one length.
bool read_array_type(const std::string& raw, OwnArray& made) {
  const std::string type = trim(raw), front = "std::array<";
  const size_t comma = type.find(',');
  if (!starts_with(type, front) || type.back() != '>' || comma == std::string::npos) return false;
  made.element = trim(type.substr(front.size(), comma - front.size()));
  made.length = trim(type.substr(comma + 1, type.size() - comma - 2));
  const bool number = is_plain_number(made.element) || made.element == "bool";
  return number && !made.length.empty() && made.length.find_first_of("<>,{}") == std::string::npos;
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
  const Lengths lengths(unit.text, rules.headers);
  for (const Function& f : unit.functions) {
    const TSNode function = starts_with(f.name, "ke_") ? TSNode{} : cst::definition_at(*tree, f.begin, f.end);
    if (ts_node_is_null(function) || f.member) continue;
    cst::each_node(function, [&](TSNode node) {
      if (!cst::is(node, "declaration")) return;
      const auto array = read_own_array(source, node);
      if (!array || !lengths.is_positive(array->length)) return;
      if (auto made = made_plain(unit, source, function, *array)) out.push_back(*std::move(made));
    });
  }
  return out;
}

}  // namespace ke
