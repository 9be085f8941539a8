// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/constants.h"

#include "ke-build/base/text.h"
#include "ke-build/search/syntax/cst.h"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace ke {
namespace {

constexpr int kDeepest = 40;

// Decimal numbers, signs and plain characters.
std::optional<int64_t> number_in(const Expr& raw) {
  const Expr& e = bare(raw);
  if (e.is(Expr::Kind::unary, "-")) {
    const auto value = number_in(e.kids[0]);
    return value ? std::optional(-*value) : std::nullopt;
  }
  if (!e.is(Expr::Kind::number) || e.text.empty() || e.text.size() > 9) return std::nullopt;
  if (e.text.size() == 3 && e.text[0] == '\'' && e.text[1] != '\\') return e.text[1];
  const bool digits =
      std::all_of(e.text.begin(), e.text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  return digits && (e.text[0] != '0' || e.text.size() == 1) ? std::optional<int64_t>(std::stoll(e.text))
                                                            : std::nullopt;
}

std::vector<TSNode> enums_in(TSNode node, int depth = 0) {
  std::vector<TSNode> out;
  if (cst::is(node, "enumerator_list")) return {node};
  if (depth > kDeepest) return out;
  for (TSNode child : cst::named_children(node))
    for (TSNode found : enums_in(child, depth + 1)) out.push_back(found);
  return out;
}

bool is_word_at(const std::string& text, size_t at, size_t length) {
  const auto in_word = [&](size_t i) { return i < text.size() && is_word_character(text[i]); };
  return (at == 0 || !in_word(at - 1)) && !in_word(at + length);
}

// `constexpr int kMax = 2;`, `const int kMax{2};`, `#define MAX 2`
bool defines_constant(const std::string& text, const std::string& name) {
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    if (!is_word_at(text, at, name.size())) continue;
    const size_t line = text.find_last_of("\n;{}", at);
    const std::string head = text.substr(line == std::string::npos ? 0 : line + 1, at - (line + 1));
    const std::set<std::string> words = identifiers(head);
    if (trim(head) == "#define") return true;
    const size_t next = text.find_first_not_of(" \t", at + name.size());
    const bool begins = next != std::string::npos && (text[next] == '=' || text[next] == '{') &&
                        text.compare(next, 2, "==") != 0;
    if (begins && head.find_first_of("*&(") == std::string::npos && words.count("volatile") == 0 &&
        (words.count("constexpr") || words.count("const")))
      return true;
  }
  return false;
}

std::pair<std::string, std::string> last_two(const std::string& name) {
  const size_t colon = name.rfind("::");
  if (colon == std::string::npos) return {"", name};
  const std::string front = name.substr(0, colon);
  const size_t before = front.rfind("::");
  return {before == std::string::npos ? front : front.substr(before + 2), name.substr(colon + 2)};
}

// `enum Unit { ... }`, `typedef enum { ... } Unit;`
std::string enumeration_name(const cst::Source& source, TSNode list) {
  const TSNode specifier = ts_node_parent(list), name = cst::field(specifier, "name");
  if (!ts_node_is_null(name)) return source.of(name);
  const TSNode outer = ts_node_parent(specifier);
  if (ts_node_is_null(outer) || !cst::is(outer, "type_definition")) return "";
  const TSNode declared = cst::field(outer, "declarator");
  return ts_node_is_null(declared) || !cst::is(declared, "type_identifier") ? "" : source.of(declared);
}

}  // namespace

Constants::Constants(const Unit& unit, const RewriteRules& rules) : unit_(unit), rules_(rules) {
  read_enumerators(unit.text);
  read_enumerators(rules.headers);
}

void Constants::read_enumerators(const std::string& text) {
  if (text.find("enum") == std::string::npos) return;
  const auto tree = cst::parsed(text);
  if (!tree->valid()) return;
  const cst::Source source{text};
  for (TSNode list : enums_in(tree->root())) {
    const std::string of = enumeration_name(source, list);
    std::optional<int64_t> next = 0;
    std::vector<std::string> members;
    bool whole = true;
    for (TSNode one : cst::named_children(list)) {
      if (cst::is(one, "comment")) continue;
      if (!cst::is(one, "enumerator")) {
        next.reset();  // lines of the preprocessor
        whole = false;
        continue;
      }
      const TSNode value = cst::field(one, "value");
      if (!ts_node_is_null(value)) next = number_in(cst::lower_expression(source, value));
      members.push_back(source.of(cst::field(one, "name")));
      enumerators_.emplace(members.back(), Enumerator{of, next});
      if (next) ++*next;
    }
    if (!of.empty()) enumerations_.emplace(of, whole ? std::move(members) : std::vector<std::string>{});
  }
}

std::vector<std::string> Constants::enumerators_of(const std::string& type) const {
  const auto [begin, end] = enumerations_.equal_range(last_two(type).second);
  return begin != end && std::next(begin) == end ? begin->second : std::vector<std::string>{};
}

const Constants::Enumerator* Constants::find(const std::string& name) const {
  const auto [of, last] = last_two(name);
  const auto [begin, end] = enumerators_.equal_range(last);
  const Enumerator *found = nullptr, *any = nullptr;
  size_t owned = 0, all = 0;
  for (auto at = begin; at != end; ++at, ++all) {
    any = &at->second;
    if (of.empty() || at->second.of != of) continue;
    found = &at->second;
    ++owned;
  }
  if (owned > 0) return owned == 1 ? found : nullptr;
  return all == 1 ? any : nullptr;
}

std::optional<int64_t> Constants::value_of(const Expr& e) const {
  if (!bare(e).is(Expr::Kind::name)) return number_in(e);
  const Enumerator* one = find(bare(e).text);
  return one ? one->value : std::nullopt;
}

bool Constants::is_constant(const Expr& raw, const Symbols& symbols) const {
  const Expr& e = bare(raw);
  if (e.is(Expr::Kind::unary, "-")) return is_constant(e.kids[0], symbols);
  if (e.is(Expr::Kind::number)) return true;
  if (!e.is(Expr::Kind::name) || symbols.types.count(e.text)) return false;
  const std::string last = last_two(e.text).second;
  return enumerators_.count(last) || defines_constant(unit_.text, last) ||
         defines_constant(rules_.headers, last);
}

bool Constants::differ(const Expr& a, const Expr& b) const {
  const auto one = value_of(a), other = value_of(b);
  return one && other && *one != *other;
}

}  // namespace ke
