// SPDX-License-Identifier: MIT
// Algorithms of the standard library over contiguous numbers (std::transform, std::accumulate,
// std::inner_product, ...) as the loops that they are, in their order and in the types of their accumulators.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/call_order.h"
#include "ke-build/search/rewrites/contiguous_range.h"
#include "ke-build/search/rewrites/function_objects.h"
#include "ke-build/search/rewrites/inline_method.h"
#include "ke-build/search/rewrites/plain_type.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

struct LoopOf {
  Stmts statements;
  std::optional<Expr> value;  // of the call; nothing where only what it does is known
};

class AlgorithmLoops {
 public:
  AlgorithmLoops(const Unit& unit, const Function& function, bool noalias)
      : unit_(unit), function_(function), symbols_(symbols_of(unit, function)) {
    site_.unit = &unit;
    site_.function = &function;
    site_.symbols = &symbols_;
    site_.noalias = noalias;
  }
  const Symbols& symbols() const { return symbols_; }

  /// The same without taking names: may the call be such a loop, and with a value?
  bool is_loop(const Expr& call, bool valued) {
    const std::set<std::string> kept = taken_;
    const auto loop = loop_of(call);
    taken_ = kept;
    return loop && (loop->value || !valued);
  }

  std::optional<LoopOf> loop_of(const Expr& call) {
    if (!call.is(Expr::Kind::call) || !starts_with(call.text, "std::")) return std::nullopt;
    const std::string name = call.text.substr(5);
    const std::vector<Expr>& a = call.kids;
    if (name == "transform")
      return a.size() == 4 ? transform(a, 0) : a.size() == 5 ? transform(a, 1) : std::nullopt;
    if (name == "accumulate" && (a.size() == 3 || a.size() == 4)) return accumulate(a);
    if (name == "inner_product" || name == "transform_reduce")
      return inner_product(a, name == "transform_reduce");
    if (name == "reduce" && a.size() >= 2 && a.size() <= 4) return reduce(a);
    if (name == "fill" && a.size() == 3) return fill(read_span(a[0], a[1], symbols_), a[2]);
    if (name == "fill_n" && a.size() == 3) return fill(counted_span(a[0], a[1], symbols_), a[2]);
    if (name == "copy" && a.size() == 3) return copy(read_span(a[0], a[1], symbols_), a[2]);
    if (name == "copy_n" && a.size() == 3) return copy(counted_span(a[0], a[1], symbols_), a[2]);
    if (name == "for_each" && a.size() == 3) return for_each(a);
    if ((name == "max_element" || name == "min_element") && a.size() == 2) return extreme(a, name[1] == 'a');
    if (name == "partial_sum" && a.size() == 3) return partial_sum(a);
    return std::nullopt;
  }

 private:
  std::string fresh(const std::string& wanted) {
    std::string name = fresh_name(function_, wanted);
    const auto taken = [&](const std::string& n) {
      return taken_.count(n) != 0 || std::count(function_.calls.begin(), function_.calls.end(), n) != 0;
    };
    for (int i = 2; taken(name); ++i) name = fresh_name(function_, wanted + std::to_string(i));
    taken_.insert(name);
    return name;
  }

  std::optional<FunctionObject> object(const Expr& given, const std::vector<std::string>& types) {
    return read_function_object(given, types, unit_, function_, symbols_,
                                [this](const std::string& wanted) { return fresh(wanted); });
  }

  // The algorithm keeps what it was given; the loop looks again at each step.
  bool stays(const FunctionObject& f, const std::vector<const Start*>& starts, const Span& span) const {
    std::set<std::string> names = names_in(span.length);
    walk(span.length, [&](const Expr& e) {
      if (e.is(Expr::Kind::call)) names.insert(e.text.substr(0, e.text.find('.')));
    });
    for (const Start* start : starts) {
      names.insert(start->base);
      if (start->offset) names.merge(names_in(*start->offset));
    }
    return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
      const bool seen = symbols_.types.count(name) != 0 && is_never_handed_out(function_, name);
      return f.writes.count(name) == 0 && (!f.unknown || seen);
    });
  }

  static Stmts joined(const FunctionObject& f, Stmts rest) {
    rest.insert(rest.begin(), f.before.begin(), f.before.end());
    return rest;
  }

  Stmt counted(const Span& span, const std::string& at, Stmts body, int64_t from = 0) const {
    return make_loop(span.counter, at, Expr::number(from), span.length, 1, std::move(body));
  }

  std::optional<LoopOf> transform(const std::vector<Expr>& a, size_t more) {
    const auto span = read_span(a[0], a[1], symbols_);
    const auto second = more ? read_start(a[2], symbols_) : std::nullopt;
    const auto out = read_start(a[2 + more], symbols_);
    if (!span || !out || (more && !second)) return std::nullopt;
    std::vector<std::string> types{span->first.element};
    std::vector<const Start*> starts{&span->first, &*out};
    if (second) types.push_back(second->element), starts.push_back(&*second);
    const auto f = object(a[3 + more], types);
    if (!f || !stays(*f, starts, *span)) return std::nullopt;
    const std::string at = fresh("at");
    std::vector<Expr> arguments{span->first.at(Expr::name(at))};
    if (second) arguments.push_back(second->at(Expr::name(at)));
    const Stmt step = make_expression(Expr::assign(out->at(Expr::name(at)), "=", f->applied(arguments)));
    return LoopOf{joined(*f, {counted(*span, at, {step})}), std::nullopt};
  }

  // total = f(total, e), in the type that the algorithm was started with.
  static Stmt folded_step(const FunctionObject* f, const std::string& total, const Expr& e) {
    if (!f) return make_expression(Expr::assign(Expr::name(total), "+=", e));
    if (f->operation == "+" || f->operation == "*")
      return make_expression(Expr::assign(Expr::name(total), f->operation + "=", e));
    return make_expression(Expr::assign(Expr::name(total), "=", f->applied({Expr::name(total), e})));
  }

  std::optional<LoopOf> accumulate(const std::vector<Expr>& a) {
    const auto span = read_span(a[0], a[1], symbols_);
    const std::string type = plain_type_of(a[2], symbols_);
    if (!span || type.empty()) return std::nullopt;
    const auto f = a.size() == 4 ? object(a[3], {type, span->first.element}) : FunctionObject{};
    if (!f || !stays(*f, {&span->first}, *span)) return std::nullopt;
    const std::string at = fresh("at"), total = fresh("total");
    const Stmt step = folded_step(a.size() == 4 ? &*f : nullptr, total, span->first.at(Expr::name(at)));
    Stmts made = joined(*f, {make_declare(type, total, bare(a[2])), counted(*span, at, {step})});
    return LoopOf{made, Expr::name(total)};
  }

  // In any order, so in this one; of other functions than sums nobody knows that they allow it.
  std::optional<LoopOf> reduce(std::vector<Expr> a) {
    const auto span = read_span(a[0], a[1], symbols_);
    if (!span) return std::nullopt;
    if (a.size() == 2) a.push_back(Expr{Expr::Kind::cast, span->first.element, {Expr::number(0)}});
    const auto f =
        a.size() == 4 ? object(a[3], {span->first.element, span->first.element}) : FunctionObject{};
    if (!f || (a.size() == 4 && f->operation != "+")) return std::nullopt;
    return accumulate({a[0], a[1], a[2]});
  }

  std::optional<LoopOf> inner_product(const std::vector<Expr>& a, bool any_order) {
    // transform_reduce(first, last, init, reduce, transform) has one range.
    const bool single = any_order && a.size() == 5;
    if (a.size() != 4 && a.size() != 6 && !single) return std::nullopt;
    const auto span = read_span(a[0], a[1], symbols_);
    const auto second = single ? std::nullopt : read_start(a[2], symbols_);
    const Expr& start = a[single ? 2 : 3];
    const std::string type = plain_type_of(start, symbols_);
    if (!span || type.empty() || (!single && !second)) return std::nullopt;
    std::vector<std::string> types{span->first.element};
    std::vector<const Start*> starts{&span->first};
    if (second) types.push_back(second->element), starts.push_back(&*second);
    FunctionObject product;
    product.operation = "*";
    const bool given = a.size() > 4;
    const auto each = given ? object(a.back(), types) : product;
    std::string element = types.back();
    if (second) element = common_number(types[0], types[1]);
    if (!each || element.empty() || !stays(*each, starts, *span)) return std::nullopt;
    // What a function gives has a type that is not known here: only std::plus<>() asks for none.
    const auto sum =
        given ? object(a[a.size() - 2], {type, each->operation.empty() ? type : element}) : FunctionObject{};
    if (!sum || !stays(*sum, starts, *span)) return std::nullopt;
    if (given && !sum->operation.empty() && each->operation.empty() &&
        to_text(a[a.size() - 2]).find("<>") == std::string::npos)
      return std::nullopt;
    if (any_order && given && sum->operation != "+") return std::nullopt;
    const std::string at = fresh("at"), total = fresh("total");
    std::vector<Expr> arguments{span->first.at(Expr::name(at))};
    if (second) arguments.push_back(second->at(Expr::name(at)));
    const Stmt step = folded_step(given ? &*sum : nullptr, total, each->applied(arguments));
    Stmts made = joined(*each, {make_declare(type, total, bare(start)), counted(*span, at, {step})});
    return LoopOf{joined(*sum, made), Expr::name(total)};
  }

  std::optional<LoopOf> fill(const std::optional<Span>& span, const Expr& raw) {
    const std::string type = plain_type_of(raw, symbols_);
    if (!span || type.empty()) return std::nullopt;
    const std::string at = fresh("at");
    Stmts made;
    Expr value = bare(raw);
    if (!value.is(Expr::Kind::number)) {  // it is read once
      made.push_back(make_declare("const " + type, fresh("value"), value));
      value = Expr::name(made[0].name);
    }
    made.push_back(
        counted(*span, at, {make_expression(Expr::assign(span->first.at(Expr::name(at)), "=", value))}));
    return LoopOf{made, std::nullopt};
  }

  // Elements of one type are moved at once, as if the source had been read first.
  std::optional<LoopOf> copy(const std::optional<Span>& span, const Expr& to) {
    const auto out = read_start(to, symbols_);
    if (!span || !out || out->base == span->first.base || !is_separate(site_, out->base, span->first.base))
      return std::nullopt;
    const std::string at = fresh("at");
    const Expr element = span->first.at(Expr::name(at));
    return LoopOf{
        {counted(*span, at, {make_expression(Expr::assign(out->at(Expr::name(at)), "=", element))})},
        std::nullopt};
  }

  std::optional<LoopOf> for_each(const std::vector<Expr>& a) {
    const auto span = read_span(a[0], a[1], symbols_);
    const auto f = span ? object(a[2], {span->first.element}) : std::nullopt;
    if (!f || !stays(*f, {&span->first}, *span)) return std::nullopt;
    const std::string at = fresh("at");
    return LoopOf{
        joined(*f, {counted(*span, at, {make_expression(f->applied({span->first.at(Expr::name(at))}))})}),
        std::nullopt};
  }

  // An iterator again; `*` and `- first` make an element and a place of it.
  std::optional<LoopOf> extreme(const std::vector<Expr>& a, bool greatest) {
    const auto span = read_span(a[0], a[1], symbols_);
    if (!span) return std::nullopt;
    const std::string at = fresh("at"), best = fresh("best");
    const Expr kept = span->first.at(Expr::name(best)), seen = span->first.at(Expr::name(at));
    const Stmt step = make_branch(greatest ? Expr::binary(kept, "<", seen) : Expr::binary(seen, "<", kept),
                                  {make_expression(Expr::assign(Expr::name(best), "=", Expr::name(at)))});
    Span signed_span = *span;
    if (span->counter == "std::size_t") {
      signed_span.counter = "long";
      signed_span.length = Expr{Expr::Kind::cast, "long", {span->length}};
    }
    return LoopOf{{make_declare("long", best, Expr::number(0)), counted(signed_span, at, {step}, 1)},
                  Expr::binary(bare(a[0]), "+", Expr::name(best))};
  }

  std::optional<LoopOf> partial_sum(const std::vector<Expr>& a) {
    const auto span = read_span(a[0], a[1], symbols_);
    const auto out = read_start(a[2], symbols_);
    if (!span || !out) return std::nullopt;
    const std::string at = fresh("at"), total = fresh("total");
    const Stmt add = make_expression(Expr::assign(Expr::name(total), "+=", span->first.at(Expr::name(at))));
    const Stmt put = make_expression(Expr::assign(out->at(Expr::name(at)), "=", Expr::name(total)));
    return LoopOf{{make_declare(span->first.element, total, Expr::number(0)), counted(*span, at, {add, put})},
                  std::nullopt};
  }

  const Unit& unit_;
  const Function& function_;
  const Symbols symbols_;
  Site site_;
  std::set<std::string> taken_;
};

// `*(x + best)` as `x[best]`, `(x + best) - x` as `best`.
void shorten_iterators(Expr& e, const Symbols& symbols) {
  for (Expr& kid : e.kids) shorten_iterators(kid, symbols);
  const auto place = [&](const Expr& it) {
    return bare(it).is(Expr::Kind::binary, "+") ? read_start(bare(it).kids[0], symbols) : std::nullopt;
  };
  if (e.is(Expr::Kind::unary, "*"))
    if (const auto start = place(e.kids[0])) e = start->at(bare(e.kids[0]).kids[1]);
  const bool between =
      e.is(Expr::Kind::binary, "-") || (e.is(Expr::Kind::call, "std::distance") && e.kids.size() == 2);
  if (!between) return;
  const bool minus = e.is(Expr::Kind::binary);
  const Expr to = bare(e.kids[minus ? 0 : 1]), from = bare(e.kids[minus ? 1 : 0]);
  if (place(to) && same(bare(to.kids[0]), from)) e = to.kids[1];
}

// The statements that a list's statement becomes, those inside of it left as they are.
std::optional<Stmts> without_algorithm(const Stmt& s, AlgorithmLoops& loops) {
  Stmt own = s;
  own.body.clear();
  own.otherwise.clear();
  const bool alone = s.is(Stmt::Kind::expression) && bare(s.value).is(Expr::Kind::call);
  const auto is_call = [&](const Expr& e) { return loops.is_loop(e, true); };
  if (alone && loops.is_loop(bare(s.value), false)) return loops.loop_of(bare(s.value))->statements;
  const Order order = order_of_calls(own, is_call, loops.symbols().pure);
  if (order != Order::any && order != Order::reads) return std::nullopt;
  size_t made_here = 0;
  bool reads = true;
  auto made = replace_calls(Stmts{own}, is_call, [&](const Expr& e, Stmts* before) -> std::optional<Expr> {
    const auto loop = loops.loop_of(e);
    if (!loop || !loop->value || !before) return std::nullopt;
    for (const Stmt& part : loop->statements) {
      const Effects effects = effects_of(Stmts{part}, loops.symbols().pure);
      for (const Access& access : effects.accesses) reads = reads && !access.write;
      const bool lambda = part.is(Stmt::Kind::declare) && starts_with(part.type, "const auto");
      reads = reads && (lambda || !effects.unknown);
    }
    before->insert(before->end(), loop->statements.begin(), loop->statements.end());
    ++made_here;
    return *loop->value;
  });
  if (!made || made_here == 0 || (order == Order::reads && made_here > 1 && !reads)) return std::nullopt;
  Stmt& last = made->back();
  shorten_iterators(last.value, loops.symbols());
  if (last.is(Stmt::Kind::jump)) {
    Expr value = parse_expression(last.text.substr(7, last.text.rfind(';') - 7));
    shorten_iterators(value, loops.symbols());
    last.text = "return " + to_text(bare(value)) + ";";
  }
  last.body = s.body;
  last.otherwise = s.otherwise;
  return made;
}

void visit_algorithms(const Unit& unit, const Function& function, const RewriteRules& rules,
                      const Stmts& list, std::vector<Rewritten>& out) {
  for (size_t i = 0; i < list.size(); ++i) {
    visit_algorithms(unit, function, rules, list[i].body, out);
    visit_algorithms(unit, function, rules, list[i].otherwise, out);
    // Declared in one statement: `float a = 1, b = std::accumulate(x, x + n, a);`
    const bool shares = (i > 0 && list[i - 1].begin == list[i].begin) ||
                        (i + 1 < list.size() && list[i + 1].begin == list[i].begin);
    if (shares) continue;
    AlgorithmLoops loops(unit, function, rules.noalias);
    const auto made = without_algorithm(list[i], loops);
    if (!made) continue;
    const std::string text = replace_statement(unit, list[i], *made);
    if (parses_as_well(unit, text))
      out.push_back({text, "an algorithm, line " + std::to_string(list[i].line)});
  }
}

}  // namespace

std::vector<Rewritten> algorithm_loops(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (!rules.cpp || unit.text.find("std::") == std::string::npos) return out;
  for (const Function& function : unit.functions)
    if (!starts_with(function.name, "ke_")) visit_algorithms(unit, function, rules, function.body, out);
  return out;
}

}  // namespace ke
