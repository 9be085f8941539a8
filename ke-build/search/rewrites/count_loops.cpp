// SPDX-License-Identifier: MIT
// `while (n--)`, loops over pointers and iterators, range loops and `while (i < n) { ...; ++i; }` as loops
// that count: the form in which all other rewrites and templates see subscripts. A `do` loop is one of them
// where its first test would hold, too, or where its first iteration is counted apart.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/loop_forms.h"
#include "ke-build/search/rewrites/made_span.h"
#include "ke-build/search/syntax/known.h"

#include <algorithm>

namespace ke {
namespace {

class Counter {
 public:
  explicit Counter(const Site& site)
      : site_(site),
        loop_(site.loop()),
        symbols_(*site.symbols),
        effects_(effects_of(loop_.body, symbols_.pure)) {}

  /// The file with the loop counted.
  std::optional<std::string> counted() {
    if (has_verbatim()) return std::nullopt;
    if (loop_.is(Stmt::Kind::loop))
      return put(iterator_loop(bare(loop_.lower), bare(loop_.upper), loop_.name, loop_.step));
    if (starts_with(loop_.text, "do while ")) return do_loop(bare(parse_expression(loop_.text.substr(9))));
    const auto header = header_of(loop_.text);
    if (!header) return std::nullopt;
    if (header->test.empty()) return without_span(put(range_loop(header->init)));
    if (!header->init.empty()) {
      if (auto made = put(pointer_loop(*header))) return made;
      const auto falling = falling_header(site_);
      return falling ? count_up_instead(site_, *falling, loop_.body, {}) : std::nullopt;
    }
    const Expr test = parse_expression(header->test);
    if (!header->update.empty()) return while_loop(test, loop_.body, parse_expression(header->update));
    return while_loop(test, loop_.body, std::nullopt);
  }

 private:
  std::optional<std::string> put(const std::optional<Stmts>& made) const {
    return made ? commit(site_, *made, {true, {}, {}}, "The same loop, counted.") : std::nullopt;
  }
  bool has_verbatim() const {
    bool found = false;
    walk(loop_.body, [&](const Stmt& s) { found = found || s.is(Stmt::Kind::opaque); });
    return found;
  }
  std::string type_of(const std::string& name) const {
    const auto type = symbols_.types.find(name);
    return type == symbols_.types.end() ? "" : type->second;
  }
  bool is_changed(const Expr& e) const { return is_changed_in(e, effects_); }
  static bool is_changed_in(const Expr& e, const Effects& effects) {
    const std::set<std::string> names = names_in(e);
    return std::any_of(names.begin(), names.end(), [&](const std::string& n) {
      return effects.scalar_writes.count(n) || effects.declared.count(n);
    });
  }
  // Declared around a loop that holds this one: it would start where it ended.
  bool starts_outside(const std::string& name) const {
    bool fresh = !in_loop();
    for (size_t i = site_.path.size(); i-- > 1 && !fresh;) {
      const Stmt& around = *site_.path[i - 1];
      for (const Stmts* list : {&around.body, &around.otherwise})
        for (const Stmt& s : *list) fresh = fresh || (s.is(Stmt::Kind::declare) && s.name == name);
      if (around.is(Stmt::Kind::loop) || around.is(Stmt::Kind::wild)) break;
    }
    return !fresh;
  }
  std::string counter(const std::string& stem) const { return fresh_name(*site_.function, stem + "_at"); }

  // for (float v : x), over a vector, or a span that the function has made
  std::optional<Stmts> range_loop(const std::string& text) {
    const size_t colon = text.find(" : ");
    if (colon == std::string::npos) return std::nullopt;
    const std::string array = trim(text.substr(colon + 3));
    std::string type = trim(text.substr(0, colon)), name;
    while (!type.empty() && is_word_character(type.back())) {
      name.insert(name.begin(), type.back());
      type.pop_back();
    }
    type = trim(type);
    const bool vector = type_of(array).find("vector<") != std::string::npos;
    const auto span = vector ? std::nullopt : made_span(site_, array);
    const std::string element = element_type(type_of(span ? span->pointer : array));
    if ((!vector && !span) || element.empty() || element == "bool" || name.empty() || type.empty())
      return std::nullopt;
    const std::string at = counter(name);
    const Expr value = span ? span->at(at) : Expr::subscript(Expr::name(array), Expr::name(at));
    Stmts body = loop_.body;
    const bool number = is_floating_type(element) || is_integer_type(element);
    // Another variable of that name would become the element, too.
    const bool hides = effects_.declared.count(name) != 0 || is_in_text(loop_.body, name);
    if (ends_with(type, "&") && (vector || (number && !hides))) {
      substitute(body, name, value);
    } else {
      const bool deduced = number && type.find("auto") != std::string::npos && !ends_with(type, "&");
      const std::string own = !deduced ? type : starts_with(type, "const") ? "const " + element : element;
      body.insert(body.begin(), make_declare(own, name, value));
    }
    if (span) span_ = span->declaration;
    if (span) return Stmts{make_loop(span->counter, at, Expr::number(0), span->length, 1, body)};
    return Stmts{make_loop("std::size_t", at, Expr::number(0), Expr::call(array + ".size", {}), 1, body)};
  }

  // The span that was ranged over says nothing any more when nobody else asks it.
  std::optional<std::string> without_span(std::optional<std::string> text) const {
    if (!text || span_ == nullptr) return text;
    const std::string rest = text->substr(0, span_->begin) + text->substr(span_->end);
    const auto colon = loop_.text.rfind(" : ");
    const std::string name = trim(loop_.text.substr(colon + 3, loop_.text.rfind(')') - colon - 3));
    const size_t end = rest.size() - (site_.unit->text.size() - site_.function->end);
    const bool asked =
        identifiers(std::string_view(rest).substr(span_->begin, end - span_->begin)).count(name);
    return asked ? text : rest;
  }

  // for (const float* p = x; p != x + n; ++p)
  std::optional<Stmts> pointer_loop(const LoopHeader& header) {
    const size_t equals = header.init.find(" = ");
    if (equals == std::string::npos || header.init.find(',') != std::string::npos) return std::nullopt;
    std::string type = trim(header.init.substr(0, equals)), name;
    while (!type.empty() && is_word_character(type.back())) {
      name.insert(name.begin(), type.back());
      type.pop_back();
    }
    type = trim(type);
    const Expr first = parse_expression(header.init.substr(equals + 3)), test = parse_expression(header.test);
    const auto step = step_of(parse_expression(header.update), name, "+");
    const bool bounded = test.is(Expr::Kind::binary) && test.kids[0].is(Expr::Kind::name, name) &&
                         (test.text == "<" || (test.text == "!=" && step == 1));
    if (!step || !bounded || type.empty() || effects_.scalar_writes.count(name) || is_changed(first) ||
        is_changed(test.kids[1]) || mentions(test.kids[1], name))
      return std::nullopt;
    const Effects start = effects_of(first, symbols_.pure);
    if (type.find('*') == std::string::npos || start.unknown || !start.scalar_writes.empty())
      return std::nullopt;
    Stmts out, body = loop_.body;
    Expr base = bare(first);
    if (!base.is(Expr::Kind::name)) {
      base = Expr::name(fresh_name(*site_.function, name + "_first"));
      out.push_back(make_declare(type, base.text, first));
    }
    const std::string at = counter(name);
    std::string counts = "long";
    Expr length = Expr{Expr::Kind::group, "", {Expr::binary(test.kids[1], "-", base)}};
    const Expr& end = bare(test.kids[1]);
    if (end.is(Expr::Kind::binary, "+") && same(bare(end.kids[0]), bare(first))) {
      length = end.kids[1];
      const std::string known = length.is(Expr::Kind::name) ? value_type(type_of(length.text)) : "";
      if (is_integer_type(known))
        counts = known;
      else
        length = Expr{Expr::Kind::cast, "long", {Expr{Expr::Kind::group, "", {length}}}};
    }
    substitute(body, name, Expr{Expr::Kind::group, "", {Expr::binary(base, "+", Expr::name(at))}});
    as_subscripts(body);
    out.push_back(make_loop(counts, at, Expr::number(0), length, *step, body));
    return out;
  }

  // for (auto it = v.begin(); it != v.end(); ++it)
  std::optional<Stmts> iterator_loop(const Expr& first, const Expr& end, const std::string& name,
                                     int64_t step) {
    if (!first.is(Expr::Kind::call)) return std::nullopt;
    const std::string array = first.text.substr(0, first.text.rfind('.'));
    const bool all = step == 1 && first.kids.empty() &&
                     (first.text == array + ".begin" || first.text == array + ".cbegin") &&
                     (end.is(Expr::Kind::call, array + ".end") || end.is(Expr::Kind::call, array + ".cend"));
    if (!all || type_of(array).find("vector<") == std::string::npos) return std::nullopt;
    const std::string at = counter(name);
    Stmts body = loop_.body;
    substitute(body, name,
               Expr{Expr::Kind::group, "", {Expr::binary(Expr::name(array), "+", Expr::name(at))}});
    as_subscripts(body);
    // An iterator that is more than read through would now be a sum with a vector.
    size_t uses = 0, elements = 0;
    walk_expressions(body, [&](const Expr& e) {
      uses += e.is(Expr::Kind::name, at);
      elements +=
          e.is(Expr::Kind::subscript) && e.kids[0].is(Expr::Kind::name, array) && mentions(e.kids[1], at);
    });
    if (uses != elements) return std::nullopt;
    return Stmts{make_loop("std::size_t", at, Expr::number(0), Expr::call(array + ".size", {}), 1, body)};
  }

  // `update`: the step of a `for`; without one the last statement of the body, or the test, steps.
  std::optional<std::string> while_loop(const Expr& test, Stmts body, const std::optional<Expr>& update) {
    const Expr& t = bare(test);
    const Expr& left = t.kids.empty() ? t : bare(t.kids[0]);
    const bool against_zero = t.is(Expr::Kind::binary) && (t.text == ">" || t.text == "!=") &&
                              bare(t.kids[1]).is(Expr::Kind::number, "0");
    // while (n--), while (n-- > 0)
    const Expr& falling = against_zero ? left : t;
    if (!update && falling.is(Expr::Kind::postfix, "--") && falling.kids[0].is(Expr::Kind::name))
      return count_down(falling.kids[0].text, body, "-1", t.text == ">");
    // while (--n >= 0)
    if (!update && t.is(Expr::Kind::binary, ">=") && left.is(Expr::Kind::unary, "--") &&
        bare(left.kids[0]).is(Expr::Kind::name) && bare(t.kids[1]).is(Expr::Kind::number, "0") &&
        !is_unsigned_type(type_of(bare(left.kids[0]).text)))
      return count_down(bare(left.kids[0]).text, body, "-1", true);
    // while (n > 0) { ...; --n; }, while (i < n) { ...; ++i; }
    const Expr& counter_name = t.is(Expr::Kind::name) ? t : left;
    if (!counter_name.is(Expr::Kind::name)) return std::nullopt;
    const std::string name = counter_name.text;
    Expr change = update.value_or(Expr{});
    if (!update) {
      if (body.empty() || !body.back().is(Stmt::Kind::expression) || effects_.continues) return std::nullopt;
      change = body.back().value;
      body.pop_back();
    }
    if (t.is(Expr::Kind::name) || against_zero)
      return step_of(change, name, "-") == 1 ? count_down(name, body, "0", t.text == ">") : std::nullopt;
    if (type_of(name).find('*') != std::string::npos) return put(walk_to(t, name, body, change));
    return put(count_up(t, name, body, change, t.kids[1], {}));
  }

  // do { ...; ++i; } while (i < n); with the step in the test, too: while (++i < n), while (--n)
  std::optional<std::string> do_loop(Expr test) {
    Stmts body = loop_.body;
    Expr* stepped = test.kids.empty() || test.is(Expr::Kind::unary) ? &test : &test.kids[0];
    const Expr change = bare(*stepped);
    if (change.is(Expr::Kind::unary, "++") || change.is(Expr::Kind::unary, "--")) {
      if (effects_.continues) return std::nullopt;
      body.push_back(make_expression(change));
      *stepped = bare(change.kids[0]);
    }
    const Effects tested = effects_of(test, symbols_.pure);
    if (tested.unknown || !tested.scalar_writes.empty() || !tested.accesses.empty()) return std::nullopt;
    if (holds_on_entry(site_, test)) return while_loop(test, body, std::nullopt);
    // One iteration is certain: while (i < n) with a later end.
    const bool compared = test.is(Expr::Kind::binary) && bare(test.kids[0]).is(Expr::Kind::name);
    if (!compared || body.empty() || !body.back().is(Stmt::Kind::expression) || effects_.continues)
      return std::nullopt;
    const std::string name = bare(test.kids[0]).text;
    const Expr last = body.back().value;
    body.pop_back();
    if (test.text == "<" && type_of(name).find('*') == std::string::npos) {
      const std::string end = fresh_name(*site_.function, name + "_end");
      const Expr one = Expr::binary(Expr::name(name), "+", Expr::number(1));
      const Stmt bound =
          make_declare("const " + value_type(type_of(name)), end, Expr::conditional(test, test.kids[1], one));
      return put(count_up(test, name, body, last, Expr::name(end), {bound}));
    }
    const bool falls =
        test.text == ">" && bare(test.kids[1]).is(Expr::Kind::number, "0") && step_of(last, name, "-") == 1;
    const std::string type = value_type(type_of(name));
    if (!falls || !is_integer_type(type) || is_unsigned_type(type) || mentions(body, name) ||
        is_read_later(site_, name) || in_loop())
      return std::nullopt;
    const Expr count = Expr::conditional(test, Expr::name(name), Expr::number(1));
    const std::string runs = fresh_name(*site_.function, name + "_runs");
    return put(Stmts{make_declare("const " + type, runs, count),
                     make_loop(type, counter(name), Expr::number(0), Expr::name(runs), 1, body)});
  }

  // while (p != end) { ...; ++p; }
  std::optional<Stmts> walk_to(const Expr& test, const std::string& name, Stmts body, const Expr& change) {
    const auto step = step_of(change, name, "+");
    const bool bounded = test.is(Expr::Kind::binary) && (test.text == "<" || test.text == "!=") && step == 1;
    const Effects inside = effects_of(body, symbols_.pure);
    if (!bounded || inside.scalar_writes.count(name) || mentions(test.kids[1], name) ||
        is_changed_in(test.kids[1], inside) || type_of(name).find('&') != std::string::npos ||
        !effects_of(test.kids[1], symbols_.pure).scalar_writes.empty())
      return std::nullopt;
    const bool needed = used_outside(site_, name) || in_loop();
    if (needed && (inside.leaves || test.text != "!=")) return std::nullopt;
    const std::string at = counter(name);
    substitute(body, name,
               Expr{Expr::Kind::group, "", {Expr::binary(Expr::name(name), "+", Expr::name(at))}});
    as_subscripts(body);
    const Expr length{Expr::Kind::group, "", {Expr::binary(test.kids[1], "-", Expr::name(name))}};
    Stmts out{make_loop("long", at, Expr::number(0), length, 1, body)};
    if (needed) out.push_back(make_expression(Expr::assign(Expr::name(name), "=", test.kids[1])));
    return out;
  }

  bool in_loop() const {
    return std::any_of(site_.path.begin(), site_.path.end() - 1,
                       [](const Stmt* s) { return s->is(Stmt::Kind::loop) || s->is(Stmt::Kind::wild); });
  }

  // `left`: what remains of the counter, 0 or, behind `while (n--)`, one less; `ordered`: tested by `>`.
  std::optional<std::string> count_down(const std::string& name, const Stmts& body, const std::string& left,
                                        bool ordered) {
    const std::string type = value_type(type_of(name));
    if (!is_integer_type(type)) return std::nullopt;
    Stmts after;
    if ((is_read_later(site_, name) || in_loop()) && !dies_with_iteration(site_, name)) {
      // Of a negative counter something else is left.
      if (effects_.leaves || (!is_unsigned_type(type) && (ordered || left == "0"))) return std::nullopt;
      after.push_back(make_expression(Expr::assign(
          Expr::name(name), "=", Expr{Expr::Kind::cast, type, {Expr{Expr::Kind::opaque, left, {}}}})));
    }
    if (!mentions(body, name)) {
      Stmts out{make_loop(type, counter(name), Expr::number(0), Expr::name(name), 1, body)};
      out.insert(out.end(), after.begin(), after.end());
      return put(out);
    }
    const Expr n = Expr::name(name), one = Expr::number(1);
    const bool tested_first = left == "0";  // the body sees what was tested, else one less
    return count_up_instead(
        site_, {name, type, tested_first ? n : difference(n, one), tested_first ? one : Expr::number(0), n},
        body, after);
  }

  // `upper`: the bound of the test, or what stands for it; `before` declares it.
  std::optional<Stmts> count_up(const Expr& test, const std::string& name, Stmts body, const Expr& change,
                                const Expr& upper, Stmts before) {
    const std::string type = value_type(type_of(name));
    const auto step = step_of(change, name, "+");
    const bool bounded = test.is(Expr::Kind::binary) && (test.text == "<" || test.text == "<=");
    const Effects inside = effects_of(body, symbols_.pure);
    if (!bounded || !step || !is_integer_type(type) || inside.scalar_writes.count(name) ||
        is_changed(test.kids[1]) || symbols_.locals.count(name) == 0 || used_outside(site_, name) ||
        starts_outside(name) || is_in_text(body, name) || is_handed_on(body, name, symbols_))
      return std::nullopt;
    if (!before.empty() && (step != 1 || test.text != "<")) return std::nullopt;
    const std::string at = counter(name);
    substitute(body, name, Expr::name(at));
    Stmt loop = make_loop(type, at, Expr::name(name), upper, *step, body);
    loop.text = test.text;
    before.push_back(loop);
    return before;
  }

  const Site& site_;
  const Stmt& loop_;
  const Symbols& symbols_;
  const Effects effects_;
  const Stmt* span_ = nullptr;  // that a range loop was over
};

void visit(const Stmts& statements, Site& site, std::vector<Rewritten>& out) {
  for (const Stmt& s : statements) {
    site.path.push_back(&s);
    visit(s.body, site, out);
    // Behind a test at run time stand the plain loops.
    if (!is_overlap_guard(s)) visit(s.otherwise, site, out);
    const bool iterates =
        s.is(Stmt::Kind::loop) && bare(s.lower).is(Expr::Kind::call) && value_type(s.type).empty();
    if ((s.is(Stmt::Kind::wild) || iterates) && out.empty()) {
      if (auto text = Counter(site).counted())
        out.push_back({*text, "a loop, line " + std::to_string(s.line)});
    }
    site.path.pop_back();
  }
}

}  // namespace

std::optional<LoopHeader> header_of(const std::string& text) {
  const size_t open = text.find('('), close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return std::nullopt;
  const std::string inner = text.substr(open + 1, close - open - 1);
  if (starts_with(text, "while")) return LoopHeader{"", trim(inner), ""};
  if (!starts_with(text, "for")) return std::nullopt;
  const std::vector<std::string> parts = split(inner, ';');
  if (parts.size() == 1) return LoopHeader{trim(inner), "", ""};
  if (parts.size() != 3) return std::nullopt;
  return LoopHeader{trim(parts[0]), trim(parts[1]), trim(parts[2])};
}

std::optional<int64_t> step_of(const Expr& raw, const std::string& name, const char* op) {
  const Expr& e = bare(raw);
  const std::string twice = std::string(op) + op;
  if ((e.is(Expr::Kind::unary, twice) || e.is(Expr::Kind::postfix, twice)) &&
      bare(e.kids[0]).is(Expr::Kind::name, name))
    return 1;
  const bool assigned = e.is(Expr::Kind::assign, std::string(op) + "=") &&
                        e.kids[0].is(Expr::Kind::name, name) && bare(e.kids[1]).is(Expr::Kind::number);
  if (!assigned) return std::nullopt;
  const std::string& digits = bare(e.kids[1]).text;
  const bool plain = digits.size() < 6 && digits.find_first_not_of("0123456789") == std::string::npos;
  return plain && digits != "0" ? std::optional<int64_t>(std::stoll(digits)) : std::nullopt;
}

std::vector<Rewritten> count_loops(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  for (const Function& function : unit.functions) {
    if (starts_with(function.name, "ke_")) continue;  // generated, and finished
    const Symbols symbols = symbols_of(unit, function);
    Site site;
    site.unit = &unit;
    site.function = &function;
    site.symbols = &symbols;
    site.noalias = rules.noalias;
    visit(function.body, site, out);
  }
  return out;
}

}  // namespace ke
