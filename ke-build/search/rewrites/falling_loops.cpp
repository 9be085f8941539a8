// SPDX-License-Identifier: MIT
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/call_order.h"
#include "ke-build/search/rewrites/loop_forms.h"
#include "ke-build/search/rewrites/preamble.h"
#include "ke-build/search/syntax/overlap.h"

#include <algorithm>

namespace ke {
namespace {

// Types that are not promoted: a sum of them wraps where the source's would.
bool is_wide_integer(const std::string& type) {
  return is_integer_type(type) && type.find("char") == std::string::npos &&
         type.find("short") == std::string::npos && type.find("int8") == std::string::npos &&
         type.find("int16") == std::string::npos;
}

bool is_plain_value(const Expr& e, const Site& site) {
  const Effects effects = effects_of(e, site.symbols->pure);
  const Effects body = effects_of(site.loop().body, site.symbols->pure);
  const std::set<std::string> names = names_in(e);
  return !effects.unknown && effects.scalar_writes.empty() && effects.accesses.empty() &&
         std::none_of(names.begin(), names.end(), [&](const std::string& n) {
           return body.scalar_writes.count(n) || body.declared.count(n);
         });
}

bool has_type(const Expr& e, const std::string& type, const Symbols& symbols) {
  bool all = true;
  walk(e, [&](const Expr& part) {
    if (!part.is(Expr::Kind::name)) return;
    const auto known = symbols.types.find(part.text);
    all = all && known != symbols.types.end() && value_type(known->second) == type;
  });
  return all;
}

// The counter is a variable of the loop, or one that nothing reads before it is set again.
bool ends_with_loop(const Site& site, const std::string& name) {
  if (site.symbols->locals.count(name) == 0) return false;
  Stmts rest;
  for (const Stmt& s : site.function->body)
    for (Stmt& kept : rebuilt(s, &site.loop(), {})) rest.push_back(std::move(kept));
  const std::string sets = "for (" + name + " = ";
  const auto read = [&](const Stmts& list, const auto& self) -> bool {
    return std::any_of(list.begin(), list.end(), [&](const Stmt& s) {
      if (s.is(Stmt::Kind::loop) && s.name == name) return mentions(s.lower, name);
      if (s.is(Stmt::Kind::wild) && starts_with(s.text, sets))
        return identifiers(s.text.substr(sets.size(), s.text.find(';') - sets.size())).count(name) != 0;
      Stmt alone = s;
      alone.body.clear();
      alone.otherwise.clear();
      if (s.is(Stmt::Kind::declare) && s.name == name) alone.name.clear();
      return mentions(alone, name) || self(s.body, self) || self(s.otherwise, self);
    });
  };
  return !read(rest, read);
}

// Literals may carry their sign.
std::optional<int64_t> literal(const Expr& raw, const Symbols& symbols) {
  const auto value = poly_of(raw, symbols);
  return value ? value->constant() : std::nullopt;
}

Expr from_zero(const Expr& last, const std::string& at, const Symbols& symbols) {
  if (literal(last, symbols) == 0) return Expr::name(at);
  return Expr{Expr::Kind::group, "", {Expr::binary(Expr::name(at), "+", last)}};
}

struct Tested {
  Expr first, last, count;
};

// `i >= low`, `low <= i`, `i > low`, `i != low`, `i`, with `--i` as the update.
std::optional<Tested> tested(const Expr& raw, const std::string& name, const std::string& type,
                             const Expr& first, const Symbols& symbols) {
  Expr test = bare(raw);
  const Expr zero = Expr::number(0), one = Expr::number(1);
  if (test.is(Expr::Kind::name, name)) test = Expr::binary(test, "!=", zero);
  if (!test.is(Expr::Kind::binary)) return std::nullopt;
  if (!bare(test.kids[0]).is(Expr::Kind::name, name)) {
    const std::string mirrored = test.text == "<"    ? ">"
                                 : test.text == "<=" ? ">="
                                 : test.text == "!=" ? "!="
                                                     : "";
    if (mirrored.empty()) return std::nullopt;
    test = Expr::binary(test.kids[1], mirrored, test.kids[0]);
  }
  const auto bound = literal(test.kids[1], symbols);
  const Expr low = bound ? Expr::number(*bound) : bare(test.kids[1]);
  if (!bare(test.kids[0]).is(Expr::Kind::name, name) || mentions(low, name)) return std::nullopt;
  const bool is_unsigned = is_unsigned_type(type);
  // for (size_t i = n - 1; i < n; --i): it ends by wrapping.
  if (test.text == "<" && is_unsigned && first.is(Expr::Kind::binary, "-") && same(first.kids[0], low) &&
      literal(first.kids[1], symbols) == 1)
    return Tested{first, zero, low};
  if (test.text == ">=" && !is_unsigned) return Tested{first, low, sum(difference(first, low), one)};
  if (test.text != ">" && test.text != "!=") return std::nullopt;
  // Of an unsigned counter only zero is below whatever it starts with.
  if (is_unsigned && bound != 0) return std::nullopt;
  return Tested{first, sum(low, one), difference(first, low)};
}

}  // namespace

bool is_in_text(const Stmts& statements, const std::string& name) {
  bool found = false;
  walk(statements, [&](const Stmt& s) {
    const bool text = s.is(Stmt::Kind::wild) || s.is(Stmt::Kind::opaque) || s.is(Stmt::Kind::jump);
    found = found || (text && identifiers(s.text).count(name) != 0);
  });
  return found;
}

bool is_handed_on(const Stmts& statements, const std::string& name, const Symbols& symbols) {
  bool found = false;
  walk_expressions(statements, [&](const Expr& e) {
    if (!e.is(Expr::Kind::call) || is_pure_call(e.text, symbols.pure)) return;
    for (const Expr& argument : e.kids) found = found || bare(argument).is(Expr::Kind::name, name);
  });
  return found;
}

bool is_read_later(const Site& site, const std::string& name) {
  const Stmts* list = &site.function->body;
  for (size_t i = 0; i < site.path.size(); ++i) {
    const Stmt* step = site.path[i];
    bool behind = false;
    for (const Stmt& s : *list) {
      if (behind && mentions(s, name)) return true;
      behind = behind || &s == step;
    }
    if (i + 1 == site.path.size()) return false;
    // What stands in front of it in a loop comes again.
    if (step->is(Stmt::Kind::loop) || step->is(Stmt::Kind::wild)) return used_outside(site, name);
    const bool otherwise = std::any_of(step->otherwise.begin(), step->otherwise.end(),
                                       [&](const Stmt& s) { return &s == site.path[i + 1]; });
    list = otherwise ? &step->otherwise : &step->body;
  }
  return true;
}

bool dies_with_iteration(const Site& site, const std::string& name) {
  if (!is_never_handed_out(*site.function, name)) return false;
  for (size_t i = site.path.size(); i-- > 1;) {
    const Stmt& outer = *site.path[i - 1];
    const auto holds = [&](const Stmts& list) {
      return std::any_of(list.begin(), list.end(), [&](const Stmt& s) { return &s == site.path[i]; });
    };
    const Stmts& list = holds(outer.body) ? outer.body : outer.otherwise;
    bool declared = false, behind = false;
    for (const Stmt& s : list) {
      if (behind && mentions(s, name)) return false;
      behind = behind || &s == site.path[i];
      declared = declared || (!behind && s.is(Stmt::Kind::declare) && s.name == name);
    }
    if (declared) return true;
    if (outer.is(Stmt::Kind::loop) || outer.is(Stmt::Kind::wild)) return false;
  }
  return false;
}

std::optional<Falling> falling_header(const Site& site) {
  const Symbols& symbols = *site.symbols;
  const auto header = header_of(site.loop().text);
  if (!header || header->test.empty()) return std::nullopt;
  const size_t equals = header->init.find(" = ");
  if (equals == std::string::npos || header->init.find(',') != std::string::npos) return std::nullopt;
  Falling falling;
  std::string type = trim(header->init.substr(0, equals));
  while (!type.empty() && is_word_character(type.back())) {
    falling.name.insert(falling.name.begin(), type.back());
    type.pop_back();
  }
  const bool own = !trim(type).empty();
  const auto declared = symbols.types.find(falling.name);
  if (!own && declared == symbols.types.end()) return std::nullopt;
  falling.type = value_type(own ? trim(type) : declared->second);
  Expr first = bare(parse_expression(header->init.substr(equals + 3)));
  const Expr test = bare(parse_expression(header->test));
  if (!is_wide_integer(falling.type) || !is_plain_value(first, site) ||
      (!own && !ends_with_loop(site, falling.name)))
    return std::nullopt;
  if (!has_type(first, falling.type, symbols)) {
    const std::string converted = fresh_name(*site.function, falling.name + "_first");
    falling.before = {make_declare("const " + falling.type, converted, first)};
    first = Expr::name(converted);
  }
  if (header->update.empty()) {
    // for (T i = n; i-- > 0;)
    const bool against_zero = test.is(Expr::Kind::binary) && (test.text == ">" || test.text == "!=") &&
                              literal(test.kids[1], symbols) == 0;
    const Expr& counter = against_zero ? bare(test.kids[0]) : test;
    if (!counter.is(Expr::Kind::postfix, "--") || !counter.kids[0].is(Expr::Kind::name, falling.name))
      return std::nullopt;
    falling.first = difference(first, Expr::number(1));
    falling.last = Expr::number(0);
    falling.count = first;
    return falling;
  }
  if (step_of(parse_expression(header->update), falling.name, "-") != 1) return std::nullopt;
  const auto found = tested(test, falling.name, falling.type, first, symbols);
  if (!found || !is_plain_value(found->last, site)) return std::nullopt;
  falling.first = found->first;
  falling.last = found->last;
  falling.count = found->count;
  return falling;
}

std::optional<std::string> count_up_instead(const Site& site, const Falling& falling, const Stmts& body,
                                            const Stmts& after) {
  const Effects effects = effects_of(body, site.symbols->pure);
  bool addressed = false;
  walk_expressions(body, [&](const Expr& e) {
    addressed =
        addressed || (e.is(Expr::Kind::unary, "&") && bare(e.kids[0]).is(Expr::Kind::name, falling.name));
  });
  if (addressed || effects.scalar_writes.count(falling.name) || is_in_text(body, falling.name) ||
      is_handed_on(body, falling.name, *site.symbols) || !is_wide_integer(falling.type))
    return std::nullopt;
  // Bounds of another type would be compared in that one.
  Symbols symbols = *site.symbols;
  for (const Stmt& s : falling.before) symbols.types[s.name] = s.type;
  const bool plain = has_type(falling.first, falling.type, symbols) &&
                     has_type(falling.last, falling.type, symbols) &&
                     has_type(falling.count, falling.type, symbols);
  if (!plain) return std::nullopt;
  const std::string at = fresh_name(*site.function, falling.name + "_at");
  Stmts upward_body = body, downward_body = body;
  substitute(upward_body, falling.name, from_zero(falling.last, at, *site.symbols));
  substitute(downward_body, falling.name,
             Expr{Expr::Kind::group, "", {Expr::binary(falling.first, "-", Expr::name(at))}});
  const auto loop = [&](const Stmts& inside) {
    return make_loop(falling.type, at, Expr::number(0), falling.count, 1, inside);
  };
  const auto with_after = [&](Stmts list) {
    list.insert(list.end(), after.begin(), after.end());
    return list;
  };
  const auto whole = [&](const Stmt& counted) {
    Stmts list = falling.before;
    list.push_back(counted);
    return with_after(list);
  };
  const Stmt upward = loop(upward_body);
  symbols.loop_variables.insert(at);
  symbols.locals.insert(at);
  symbols.types[at] = falling.type;
  Site made = site;
  made.symbols = &symbols;
  made.path = {&upward};
  const Independence order = independence_of(made);
  const std::string why = "The same loop, counted upwards.";
  if (order.holds && order.unchecked.empty()) return commit(site, whole(upward), {true, {}, {}}, why);
  // A test in an inner loop would leave the plain loop there, which no analysis of the outer one understands.
  const bool inner = std::any_of(site.path.begin(), site.path.end() - 1, [](const Stmt* s) {
    return s->is(Stmt::Kind::loop) || s->is(Stmt::Kind::wild);
  });
  const auto test = order.holds && !inner ? overlap_test(made, order) : std::nullopt;
  if (!test)
    return commit(site, whole(loop(downward_body)), {true, {}, {}},
                  "The same loop in the same order, counted upwards.");
  Stmts guarded{make_comment("Where the buffers do not overlap the order does not matter.")};
  guarded.insert(guarded.end(), falling.before.begin(), falling.before.end());
  guarded.insert(guarded.end(), test->before.begin(), test->before.end());
  guarded.push_back(make_branch(test->condition, with_after({upward}), {site.loop()}));
  std::string text = replace_statement(*site.unit, site.loop(), guarded);
  text = with_preamble(text, site.unit->preamble_at, "ke_disjoint(const void", kDisjointHelper);
  if (!parses_as_well(*site.unit, text)) return std::nullopt;
  return text;
}

}  // namespace ke
