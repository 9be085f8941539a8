// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/traces.h"

#include "ke-build/base/text.h"
#include "ke-build/search/syntax/extremes.h"

#include <algorithm>

namespace ke {
namespace {

// What a pointer expression points to: `x + i * n`, `&x[i * n]`, `row`.
bool trace_pointer(const Expr& raw, const Symbols& symbols, Trace& trace, Poly& offset, int depth) {
  const Expr& e = bare(raw);
  if (depth > 8) return false;
  if (e.is(Expr::Kind::binary) && (e.text == "+" || e.text == "-")) {
    auto step = poly_of(e.kids[1], symbols);
    if (!step) return false;
    offset = e.text == "+" ? offset + *step : offset - *step;
    return trace_pointer(e.kids[0], symbols, trace, offset, depth + 1);
  }
  if (e.is(Expr::Kind::unary, "&") && bare(e.kids[0]).is(Expr::Kind::subscript)) {
    const Expr& element = bare(e.kids[0]);
    auto step = poly_of(element.kids[1], symbols);
    if (!step) return false;
    offset = offset + *step;
    return trace_pointer(element.kids[0], symbols, trace, offset, depth + 1);
  }
  if (e.is(Expr::Kind::call) && ends_with(e.text, ".data") && e.kids.empty()) {
    trace.base = e.text.substr(0, e.text.size() - 5);
    return true;
  }
  if (!e.is(Expr::Kind::name) && !e.is(Expr::Kind::member)) return false;
  std::string name = to_text(e);
  const bool points = symbols.locals.count(name) && !is_own_storage(name, symbols);
  auto value = symbols.values.find(name);
  if (points && value != symbols.values.end())
    return trace_pointer(value->second, symbols, trace, offset, depth + 1);
  trace.base = name;
  return !points;
}

Trace traced(const Access& access, const Symbols& symbols, const std::vector<const Stmt*>& loops) {
  Trace trace;
  trace.write = access.write;
  trace.loops = loops;
  Poly offset;
  trace.known_base = trace_pointer(Expr::name(access.base), symbols, trace, offset, 0);
  if (!trace.known_base) trace.base = access.base;
  if (access.index.size() == 1) {
    auto index = poly_of(access.index[0], symbols);
    if (index) trace.index = offset + *index;
  }
  return trace;
}

// Walks the statements with the loops and the tests that stand around them.
class TraceCollector {
 public:
  TraceCollector(const Symbols& symbols, std::vector<Trace>& out) : symbols_(symbols), out_(out) {}

  void collect(const Stmts& statements) {
    const size_t known = ranges_.size();
    for (const Stmt& s : statements) {
      if (s.is(Stmt::Kind::loop)) {
        add(effects_of(s.lower, symbols_.pure));
        add(effects_of(s.upper, symbols_.pure));
        loops_.push_back(&s);
        collect(s.body);
        loops_.pop_back();
      } else if (s.is(Stmt::Kind::branch)) {
        branch(s);
      } else if (s.is(Stmt::Kind::block) || s.is(Stmt::Kind::wild)) {
        collect(s.body);
      } else {
        add(effects_of(Stmts{s}, symbols_.pure));
      }
    }
    ranges_.resize(known);
  }

 private:
  void add(const Effects& effects) {
    for (const Access& a : effects.accesses) {
      out_.push_back(traced(a, symbols_, loops_));
      out_.back().ranges = ranges_;
    }
  }

  void branch(const Stmt& s) {
    add(effects_of(s.value, symbols_.pure));
    const size_t known = ranges_.size();
    push(ranges_of(s.value, false, symbols_));
    collect(s.body);
    ranges_.resize(known);
    push(ranges_of(s.value, true, symbols_));
    collect(s.otherwise);
    // Behind `if (outside) continue;` the opposite holds, to the end of the list.
    const bool skips = s.body.size() == 1 && s.body[0].is(Stmt::Kind::jump) && s.otherwise.empty();
    if (!skips) ranges_.resize(known);
  }

  void push(const std::vector<Range>& ranges) { ranges_.insert(ranges_.end(), ranges.begin(), ranges.end()); }

  const Symbols& symbols_;
  std::vector<Trace>& out_;
  std::vector<const Stmt*> loops_;
  std::vector<Range> ranges_;
};

// row * w + column with row = y + dy known to lie in [0, h): what the test guarantees replaces the loops
// behind it.
void use_ranges(Poly& p, const Trace& trace, int sign, const Symbols& symbols) {
  for (const Range& range : trace.ranges) {
    std::set<std::string> variables;
    for (const std::string& name : range.form.names())
      if (symbols.loop_variables.count(name)) variables.insert(name);
    for (const std::string& v : variables) {
      const auto c = range.form.coefficient(v);
      const auto unit = c ? c->constant() : std::nullopt;
      if (!unit || (*unit != 1 && *unit != -1) || !p.mentions(v)) continue;
      // v = unit * (row - rest): the other variables of the form must vanish along with it.
      const Poly row = Poly::name("ke_row");
      const Poly tried = p.replaced(v, Poly(*unit) * (row - range.form.without(v)));
      const bool vanished = std::none_of(variables.begin(), variables.end(),
                                         [&](const std::string& w) { return tried.mentions(w); });
      const auto factor = tried.coefficient("ke_row");
      if (!vanished || !factor) continue;
      const bool up = factor->all_positive(), down = (Poly() - *factor).all_positive();
      if (!up && !down) continue;
      p = tried.replaced("ke_row", up == (sign > 0) ? range.high : range.low);
      break;
    }
  }
}

// Extreme values over the loops, innermost replaced first. `sign` +1: largest, -1: smallest.
std::optional<Poly> extreme(Poly p, const Trace& trace, int sign, const Symbols& symbols) {
  const std::vector<const Stmt*>& loops = trace.loops;
  use_ranges(p, trace, sign, symbols);
  for (size_t i = loops.size(); i-- > 0;) {
    const Stmt& loop = *loops[i];
    if (!p.mentions(loop.name)) continue;
    auto factor = p.coefficient(loop.name);
    if (!factor) return std::nullopt;
    for (const std::string& name : factor->names())
      if (symbols.loop_variables.count(name)) return std::nullopt;
    const auto grows = [&](const Poly& f) {
      return f.all_positive() || f.is_nonnegative(symbols.loop_variables);
    };
    bool up = grows(*factor), down = grows(Poly() - *factor);
    if (!up && !down) return std::nullopt;
    bool at_upper = up == (sign > 0);
    auto bound = at_upper ? last_value(loop, symbols) : first_value(loop, symbols);
    if (!bound || bound->mentions(loop.name)) return std::nullopt;
    p = p.replaced(loop.name, *bound);
  }
  return p;
}

// Of `std::max(y - r, 0)` the part that stands, and bounds the loop as well.
std::optional<Poly> limit_of(const Expr& bound, bool upper, const Symbols& symbols) {
  const auto forms = extremes_of(bound, upper, symbols);
  if (forms && forms->size() > 1)
    for (const Poly& form : *forms) {
      const auto names = form.names();
      if (std::none_of(names.begin(), names.end(),
                       [&](const std::string& name) { return symbols.loop_variables.count(name) != 0; }))
        return form;
    }
  return poly_of(bound, symbols);
}

}  // namespace

bool is_own_room(const Expr& value) {
  const Expr* e = &bare(value);
  if (e->is(Expr::Kind::cast)) e = &bare(e->kids[0]);
  return e->is(Expr::Kind::call, "ke_room");
}

bool is_own_storage(const std::string& name, const Symbols& symbols) {
  if (!symbols.locals.count(name)) return false;
  const auto value = symbols.values.find(name);
  return !symbols.pointing.count(name) || (value != symbols.values.end() && is_own_room(value->second));
}

std::optional<Poly> first_value(const Stmt& loop, const Symbols& symbols) {
  auto split = loop.lower.is(Expr::Kind::name) ? symbols.tails.find(loop.lower.text) : symbols.tails.end();
  return limit_of(split != symbols.tails.end() ? split->second.lower : loop.lower, false, symbols);
}

std::optional<Poly> last_value(const Stmt& loop, const Symbols& symbols) {
  auto split = loop.upper.is(Expr::Kind::name) ? symbols.tails.find(loop.upper.text) : symbols.tails.end();
  bool whole = split != symbols.tails.end();  // whole strips only: the last one starts `step` before the end
  auto end = limit_of(whole ? split->second.upper : exclusive_upper(loop), true, symbols);
  if (!end) return std::nullopt;
  return *end - Poly(whole ? loop.step : 1);
}

std::optional<Poly> smallest(const Poly& form, const Trace& trace, const Symbols& symbols) {
  return extreme(form, trace, -1, symbols);
}
std::optional<Poly> largest(const Poly& form, const Trace& trace, const Symbols& symbols) {
  return extreme(form, trace, +1, symbols);
}

std::vector<Trace> traces_of(const Stmts& statements, const Symbols& symbols) {
  std::vector<Trace> out;
  TraceCollector(symbols, out).collect(statements);
  return out;
}

}  // namespace ke
