// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/overlap.h"

#include "ke-build/base/text.h"

#include <algorithm>

namespace ke {
namespace {

constexpr size_t kMostExtents = 3;

// Smallest and largest element index (inclusive).
struct Extent {
  Poly first, last;
};

// A subscript that is itself read from an array: its extremes are looked up before the nest runs.
struct Lookup {
  std::string element;  // indices[i]
  const Stmt* loop;     // over i
  std::string low, high;
};

class Extents {
 public:
  Extents(const Site& site, const Stmt& region)
      : symbols_(*site.symbols),
        function_(*site.function),
        region_{region},
        traces_(traces_of(region_, symbols_)) {
    const Effects effects = effects_of(region_, symbols_.pure);
    changing_ = effects.declared;
    changing_.insert(effects.scalar_writes.begin(), effects.scalar_writes.end());
    for (const Access& a : effects.accesses)
      if (a.write) changing_.insert(a.base);
  }

  /// One or a few that cover all accesses together; none where they are not known. `x[0]` beside `x[n - 1]`
  /// are two: which of them comes first nobody knows.
  std::vector<Extent> all_of(const std::string& base) {
    std::vector<Extent> all;
    for (const Trace& t : traces_) {
      if (t.base != base) continue;
      if (!t.index || !t.known_base) return {};
      auto one = reach(t);
      if (!one || changes(one->first) || changes(one->last)) return {};
      const bool covered =
          std::any_of(all.begin(), all.end(), [&](Extent& known) { return widened(known, *one); });
      if (!covered) all.push_back(*one);
      if (all.size() > kMostExtents) return {};
    }
    return all;
  }

  std::optional<Extent> of(const std::string& base) {
    const std::vector<Extent> all = all_of(base);
    return all.size() == 1 ? std::optional(all[0]) : std::nullopt;
  }

  /// Strides such as `n - 1`, whose sign only sizes of at least one tell.
  const std::set<std::string>& strides() const { return strides_; }

  Stmts lookups() const {
    Stmts out;
    for (const Lookup& l : lookups_) {
      const Expr element = parse_expression(l.element), low = Expr::name(l.low), high = Expr::name(l.high);
      const Expr start = Expr::binary(Expr::name(l.loop->name), "==", l.loop->lower);
      auto keep = [&](const Expr& into, const char* op) {
        return make_branch(Expr::binary(start, "||", Expr::binary(element, op, into)),
                           {make_expression(Expr::assign(into, "=", element))});
      };
      Stmt loop = *l.loop;
      loop.body = {keep(low, "<"), keep(high, ">")};
      out.push_back(make_declare("long long", l.low, Expr::number(0)));
      out.push_back(make_declare("long long", l.high, Expr::number(-1)));
      out.push_back(loop);
    }
    return out;
  }

 private:
  bool changes(const Poly& p) const {
    for (const std::string& name : p.names())
      if (changing_.count(name)) return true;
    return false;
  }

  std::optional<Extent> reach(const Trace& t) {
    Poly low = *t.index, high = *t.index;
    if (!look_up(t, low, high)) return std::nullopt;
    auto first = smallest(low, t, symbols_), last = largest(high, t, symbols_);
    if (!first || !last) return std::nullopt;
    for (const Stmt* loop : t.loops) {
      const auto stride = t.index->coefficient(loop->name);
      if (!stride || stride->all_positive() || (Poly() - *stride).all_positive()) continue;
      if (changes(*stride) || may_wrap(*stride, symbols_)) return std::nullopt;
      const bool up = stride->is_nonnegative(symbols_.loop_variables);
      strides_.insert((up ? *stride : Poly() - *stride).text());
    }
    return Extent{*first, *last};
  }

  // Replaces factors such as indices[i] by the names of their extremes.
  bool look_up(const Trace& t, Poly& low, Poly& high) {
    std::set<std::string> elements;
    for (const auto& [factors, scale] : low.terms())
      for (const std::string& factor : factors)
        if (parse_expression(factor).is(Expr::Kind::subscript)) elements.insert(factor);
    for (const std::string& element : elements) {
      const Lookup* found = lookup_of(element, t);
      if (!found) continue;
      const auto factor = low.coefficient(element);
      if (!factor || !factor->all_positive()) return false;
      low = low.replaced(element, Poly::name(found->low));
      high = high.replaced(element, Poly::name(found->high));
    }
    return true;
  }

  const Lookup* lookup_of(const std::string& element, const Trace& t) {
    for (const Lookup& known : lookups_)
      if (known.element == element) return &known;
    const Expr e = parse_expression(element);
    const std::string array = to_text(e.kids[0]);
    const Stmt* loop = nullptr;
    for (const Stmt* l : t.loops)
      if (mentions(e.kids[1], l->name)) {
        if (loop) return nullptr;  // two loops: the table would take a nest of its own
        loop = l;
      }
    // Only an array that nobody writes, over bounds that stand before the region begins.
    if (!loop || loop->step != 1 || changing_.count(array)) return nullptr;
    for (const Expr* bound : {&loop->lower, &loop->upper})
      for (const std::string& name : names_in(*bound))
        if (changing_.count(name)) return nullptr;
    for (const std::string& name : names_in(e))
      if (name != loop->name && changing_.count(name)) return nullptr;
    const std::string low = fresh_name(function_, array + "_low"),
                      high = fresh_name(function_, array + "_high");
    if (identifiers(array).count(array) == 0) return nullptr;
    for (const Lookup& known : lookups_)
      if (known.low == low) return nullptr;
    lookups_.reserve(8);
    if (lookups_.size() == 8) return nullptr;
    lookups_.push_back({element, loop, low, high});
    return &lookups_.back();
  }

  bool widened(Extent& extent, const Extent& other) const {
    Extent both = extent;
    if (!widen(both, other)) return false;
    extent = both;
    return true;
  }

  bool widen(Extent& extent, const Extent& other) const {
    const std::set<std::string>& variables = symbols_.loop_variables;
    if (!(other.first - extent.first).is_nonnegative(variables)) {
      if (!(extent.first - other.first).is_nonnegative(variables)) return false;
      extent.first = other.first;
    }
    if (!(extent.last - other.last).is_nonnegative(variables)) {
      if (!(other.last - extent.last).is_nonnegative(variables)) return false;
      extent.last = other.last;
    }
    return true;
  }

  const Symbols& symbols_;
  const Function& function_;
  const Stmts region_;  // the traces point into it
  const std::vector<Trace> traces_;
  std::set<std::string> changing_;
  std::vector<Lookup> lookups_;
  std::set<std::string> strides_;
};

Expr pointer(const std::string& base, const Poly& offset, const Symbols& symbols) {
  auto type = symbols.types.find(base);
  const bool vector = type != symbols.types.end() && type->second.find("vector<") != std::string::npos;
  const std::string text = vector ? base + ".data()" : base;
  if (offset.is_zero()) return Expr{Expr::Kind::name, text, {}};
  const std::string shift = offset.text();
  if (!starts_with(shift, "-")) return Expr{Expr::Kind::opaque, text + " + " + shift, {}};
  return Expr{Expr::Kind::opaque, text + " - (" + (Poly() - offset).text() + ")", {}};
}

std::optional<OverlapTest> test_before(const Site& site, const Stmt& region,
                                       const Independence& independence) {
  const Symbols& symbols = *site.symbols;
  Extents extents(site, region);
  std::optional<Expr> all;
  for (const NamePair& pair : independence.unchecked) {
    std::optional<Expr> apart;
    for (const Extent& a : extents.all_of(pair.first))
      for (const Extent& b : extents.all_of(pair.second)) {
        const Expr two = Expr::call(
            "ke_disjoint",
            {pointer(pair.first, a.first, symbols), pointer(pair.first, a.last + Poly(1), symbols),
             pointer(pair.second, b.first, symbols), pointer(pair.second, b.last + Poly(1), symbols)});
        apart = apart ? Expr::binary(*apart, "&&", two) : two;
      }
    if (!apart) return std::nullopt;
    Expr one = *apart;
    if (std::count(independence.may_equal.begin(), independence.may_equal.end(), pair) != 0) {
      const Expr equal =
          Expr::binary(pointer(pair.first, Poly(), symbols), "==", pointer(pair.second, Poly(), symbols));
      one = Expr{Expr::Kind::group, "", {Expr::binary(equal, "||", one)}};
    }
    all = all ? Expr::binary(*all, "&&", one) : one;
  }
  if (!all) return std::nullopt;
  for (const std::string& stride : extents.strides())
    all = Expr::binary(Expr{Expr::Kind::opaque, stride + " >= 0", {}}, "&&", *all);
  return OverlapTest{*all, extents.lookups(), &region};
}

}  // namespace

std::optional<OverlapTest> overlap_test(const Site& site, const Independence& independence) {
  auto test = test_before(site, site.nest(), independence);
  if (!test && &site.nest() != &site.loop()) test = test_before(site, site.loop(), independence);
  return test;
}

std::optional<std::pair<Expr, Expr>> reach_of(const Site& site, const Stmt& region, const std::string& base) {
  Extents extents(site, region);
  const auto reach = extents.of(base);
  if (!reach || !extents.lookups().empty() || !extents.strides().empty()) return std::nullopt;
  return std::pair(pointer(base, reach->first, *site.symbols),
                   pointer(base, reach->last + Poly(1), *site.symbols));
}

}  // namespace ke
