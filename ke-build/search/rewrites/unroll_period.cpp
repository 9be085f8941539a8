// SPDX-License-Identifier: MIT
// A loop whose body asks for remainders of its counter (`y % 2` in a mosaic, a checkerboard, interleaved
// channels) runs through a whole period in each trip: compilers know the last bits of a counter that starts
// at a constant and steps by two, so that each copy of the body has its own answers. The order of everything
// stays, tests of the loop included: nothing has to be understood of what lies between.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/syntax/cst.h"

#include <algorithm>
#include <functional>

namespace ke {
namespace {

constexpr int kMostPeriod = 4;
constexpr int kDeepestCallee = 3;
constexpr size_t kMostPeriodText = 12288;

bool is_iteration(TSNode node) {
  return cst::is(node, "for_statement") || cst::is(node, "while_statement") ||
         cst::is(node, "do_statement") || cst::is(node, "for_range_loop");
}

class Periods {
 public:
  Periods(const Unit& unit, const cst::SyntaxTree& tree) : unit_(unit), tree_(tree), source_{unit.text} {}

  /// After how many steps of the name the remainders repeat that the node asks for; 1 where it asks for none.
  int of(TSNode node, const std::string& name, int depth = 0) const {
    const std::set<std::string> names = made_of(node, name);
    int period = 1;
    cst::each_node(node, [&](TSNode part) {
      if (cst::is(part, "binary_expression")) period = together(period, asked(part, names));
      if (cst::is(part, "call_expression")) period = together(period, asked_by_callee(part, names, depth));
    });
    return period;
  }

  TSNode definition(const Function& f) const { return cst::definition_at(tree_, f.begin, f.end); }

 private:
  static int together(int a, int b) {
    int both = a;
    while (both % b != 0) both += a;
    return both <= kMostPeriod ? both : a;
  }

  // The name, and variables whose first value says it.
  std::set<std::string> made_of(TSNode node, const std::string& name) const {
    std::set<std::string> names{name};
    for (size_t before = 0; before != names.size();) {
      before = names.size();
      cst::each_node(node, [&](TSNode part) {
        if (!cst::is(part, "init_declarator")) return;
        const TSNode declared = cst::field(part, "declarator"), value = cst::field(part, "value");
        if (cst::is(declared, "identifier") && !cst::is(value, "lambda_expression") && says(value, names))
          names.insert(source_.of(declared));
      });
    }
    return names;
  }

  bool says(TSNode node, const std::set<std::string>& names) const {
    if (ts_node_is_null(node)) return false;
    const std::set<std::string> words = identifiers(source_.of(node));
    return std::any_of(names.begin(), names.end(), [&](const std::string& n) { return words.count(n) != 0; });
  }

  // `(y + dy) % 2`, `x & 1`
  int asked(TSNode node, const std::set<std::string>& names) const {
    const TSNode left = cst::field(node, "left"), right = cst::field(node, "right");
    if (ts_node_is_null(right) || !cst::is(right, "number_literal") || !says(left, names)) return 1;
    const std::string op = source_.of(cst::field(node, "operator")), number = source_.of(right);
    if (number.size() != 1 || number < "1" || number > "4") return 1;
    if (op == "%") return number[0] - '0';
    return op != "&" || number == "2" || number == "4" ? 1 : number[0] - '0' + 1;
  }

  int asked_by_callee(TSNode call, const std::set<std::string>& names, int depth) const {
    const TSNode callee = cst::field(call, "function"), list = cst::field(call, "arguments");
    if (ts_node_is_null(list) || !cst::is(callee, "identifier") || depth >= kDeepestCallee) return 1;
    const Function* found = nullptr;
    size_t times = 0;
    for (const Function& f : unit_.functions)
      if (f.name == source_.of(callee)) found = &f, ++times;
    if (times != 1) return 1;
    const TSNode definition_node = definition(*found);
    int period = 1;
    size_t i = 0;
    for (TSNode argument : cst::named_children(list)) {
      if (cst::is(argument, "comment")) continue;
      const bool asks =
          i < found->parameters.size() && !found->parameters[i].name.empty() && says(argument, names);
      if (asks && !ts_node_is_null(definition_node))
        period =
            together(period, of(cst::field(definition_node, "body"), found->parameters[i].name, depth + 1));
      ++i;
    }
    return period;
  }

  const Unit& unit_;
  const cst::SyntaxTree& tree_;
  const cst::Source source_;
};

// The counter of `for (T v = first; test; ++v)`; "" for other loops.
std::string counter_of(const cst::Source& source, TSNode loop) {
  const TSNode init = cst::field(loop, "initializer"), update = cst::field(loop, "update");
  if (ts_node_is_null(init) || ts_node_is_null(update) || ts_node_is_null(cst::field(loop, "condition")) ||
      !cst::is(init, "declaration"))
    return "";
  const TSNode declarator = cst::field(init, "declarator"), type = cst::field(init, "type");
  if (ts_node_is_null(declarator) || ts_node_is_null(type) || !cst::is(declarator, "init_declarator") ||
      source.of(init).find(',') != std::string::npos || !is_integer_type(source.of(type)))
    return "";
  const TSNode name = cst::field(declarator, "declarator");
  if (!cst::is(name, "identifier")) return "";
  const std::string v = source.of(name), step = source.of(update);
  return step == "++" + v || step == v + "++" || step == v + " += 1" ? v : "";
}

bool continues(TSNode node) {
  if (cst::is(node, "continue_statement")) return true;
  if (is_iteration(node) || cst::is(node, "lambda_expression")) return false;
  const std::vector<TSNode> children = cst::named_children(node);
  return std::any_of(children.begin(), children.end(), continues);
}

// Few iterations: borders that other rewrites set apart, and windows of a constant size, which compilers
// unroll.
bool is_short(const cst::Source& source, TSNode loop) {
  const TSNode init = cst::field(loop, "initializer"), test = cst::field(loop, "condition");
  const TSNode value = cst::field(cst::field(init, "declarator"), "value");
  const std::string from = ts_node_is_null(value) ? "" : source.of(value), until = source.of(test);
  if (from.find("_tail") != std::string::npos || until.find("_inner") != std::string::npos) return true;
  const auto is_number = [](const std::string& text) {
    return !text.empty() && text.find_first_not_of("-0123456789") == std::string::npos;
  };
  const TSNode bound = cst::is(test, "binary_expression") ? cst::field(test, "right") : TSNode{};
  if (!ts_node_is_null(bound) && is_number(from) && is_number(source.of(bound))) return true;
  for (TSNode up = loop; !ts_node_is_null(ts_node_parent(up)); up = ts_node_parent(up)) {
    if (!cst::is(up, "else_clause")) continue;
    const TSNode asked = cst::field(ts_node_parent(up), "condition");
    if (!ts_node_is_null(asked) && source.of(asked).find("_interior") != std::string::npos) return true;
  }
  return false;
}

// Does it change the counter itself?
bool changes(const cst::Source& source, TSNode body, const std::string& v) {
  bool found = false;
  cst::each_node(body, [&](TSNode part) {
    TSNode place = {};
    if (cst::is(part, "update_expression"))
      place = cst::field(part, "argument");
    else if (cst::is(part, "assignment_expression"))
      place = cst::field(part, "left");
    else
      return;
    found = found || (!ts_node_is_null(place) && source.of(place) == v);
  });
  return found;
}

// Text that must not stand twice: labels, variables that outlive a call, lines and macros that may hold such.
bool may_stand_twice(const Unit& unit, const RewriteRules& rules, const std::string& text) {
  if (text.find('#') != std::string::npos) return false;
  const std::set<std::string> words = identifiers(text);
  for (const char* word :
       {"static", "thread_local", "goto", "asm", "__asm__", "__asm", "__COUNTER__", "__LINE__"})
    if (words.count(word)) return false;
  for (const std::string& word : words)
    for (const std::string* file : {&unit.text, &rules.headers})
      for (size_t at = file->find("define " + word); at != std::string::npos;
           at = file->find("define " + word, at + 1)) {
        const size_t end = at + 7 + word.size();
        if (end < file->size() && (*file)[end] == '(') return false;  // a macro with arguments
        const std::string line = file->substr(end, file->find('\n', end) - end);
        if (identifiers(line).size() > 1 || line.find_first_of(";{\\") != std::string::npos) return false;
      }
  return true;
}

bool follows_pragma(const std::string& text, uint32_t at) {
  const std::string before = trim(text.substr(0, at));
  const size_t line = before.rfind('\n');
  return starts_with(trim(before.substr(line == std::string::npos ? 0 : line + 1)), "#");
}

std::optional<Rewritten> whole_periods(const Unit& unit, const RewriteRules& rules, const Periods& periods,
                                       TSNode loop) {
  const cst::Source source{unit.text};
  const TSNode body = cst::field(loop, "body");
  const std::string v = counter_of(source, loop);
  if (v.empty() || ts_node_is_null(body) || ts_node_has_error(loop) || continues(body) ||
      changes(source, body, v) || is_short(source, loop))
    return std::nullopt;
  const uint32_t begin = ts_node_start_byte(loop), end = ts_node_end_byte(loop);
  const std::string text = source.of(body),
                    copy = cst::is(body, "compound_statement") ? text : "{ " + text + " }";
  const int period = periods.of(body, v);
  if (period < 2 || text.size() * static_cast<size_t>(period) > kMostPeriodText ||
      follows_pragma(unit.text, begin))
    return std::nullopt;
  bool label = false;
  cst::each_node(body, [&](TSNode part) { label = label || cst::is(part, "labeled_statement"); });
  if (label || !may_stand_twice(unit, rules, source.between(begin, end))) return std::nullopt;
  std::string made = source.between(begin, ts_node_start_byte(body)) + "{\n// " + std::to_string(period) +
                     " iterations: what is asked for remainders of " + v + " is known in each.\n" + copy;
  for (int i = 1; i < period; ++i)
    made += "\n" + source.of(cst::field(loop, "update")) + ";\nif (!(" +
            source.of(cst::field(loop, "condition")) + ")) break;\n" + copy;
  made += "\n}";
  std::string whole = unit.text.substr(0, begin) + made + unit.text.substr(end);
  if (!parses_as_well(unit, whole)) return std::nullopt;
  const auto line = std::count(unit.text.begin(), unit.text.begin() + begin, '\n') + 1;
  return Rewritten{
      whole, std::to_string(period) + " iterations of the loop over " + v + ", line " + std::to_string(line)};
}

}  // namespace

std::vector<Rewritten> unroll_period(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (unit.text.find_first_of("%&") == std::string::npos) return out;
  const auto tree = cst::parsed(unit.text);
  if (!tree->valid()) return out;
  const Periods periods(unit, *tree);
  for (const Function& f : unit.functions) {
    const TSNode definition = starts_with(f.name, "ke_") ? TSNode{} : periods.definition(f);
    if (ts_node_is_null(definition)) continue;
    std::vector<TSNode> loops;
    cst::each_node(definition, [&](TSNode node) {
      if (cst::is(node, "for_statement")) loops.push_back(node);
    });
    // Innermost first: the copies of an outer body have those of the inner one.
    for (size_t i = loops.size(); i-- > 0;)
      if (auto made = whole_periods(unit, rules, periods, loops[i])) out.push_back(*std::move(made));
  }
  return out;
}

}  // namespace ke
