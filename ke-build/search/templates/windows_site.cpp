// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/windows_site.h"

#include "ke-build/base/text.h"
#include "ke-build/search/templates/summing_loops.h"

#include <algorithm>

namespace ke {
namespace {

// Does the step over `d` move the window the way the next pixel does?
bool moves_along(const Poly& step, const Poly& pixel) {
  if (step.is_zero() || step.constant() == 1) return false;
  if (step.constant() || pixel.constant()) return step.constant() && pixel.constant();
  return std::all_of(step.terms().begin(), step.terms().end(), [&](const auto& term) {
    return std::any_of(pixel.terms().begin(), pixel.terms().end(), [&](const auto& other) {
      const auto &step_factors = term.first, &pixel_factors = other.first;  // dilated; with a stride
      if (step_factors.empty() || pixel_factors.empty()) return false;
      return std::includes(pixel_factors.begin(), pixel_factors.end(), step_factors.begin(),
                           step_factors.end()) ||
             std::includes(step_factors.begin(), step_factors.end(), pixel_factors.begin(),
                           pixel_factors.end());
    });
  });
}

class WindowsReader {
 public:
  explicit WindowsReader(const Site& inner) : inner_(inner), symbols_(*inner.symbols) {}

  std::optional<WindowsSite> read() {
    if (!read_sums() || !find_loops() || !elements_fit() || !region_fits()) return std::nullopt;
    return made_;
  }

 private:
  ContractionSite& sums() { return made_.sums; }

  bool read_sums() {
    const auto chain = read_summing_loops(inner_.loop(), symbols_);
    auto read = chain ? sums_of(*chain, inner_) : std::nullopt;
    if (!read || read->kept.size() > 1) return false;
    ContractionSite& site = sums() = std::move(*read);
    const Effects effects = effects_of(Stmts{inner_.loop()}, symbols_.pure);
    std::set<std::string> changing = effects.declared;
    changing.insert(effects.scalar_writes.begin(), effects.scalar_writes.end());
    const auto summed = read_summed_form(chain->value, symbols_, changing, site.type);
    if (!summed) return false;
    site.single = summed->elements.size() == 1;
    site.row = summed->elements[0], site.col = summed->elements.back();
    site.product = summed->form;
    if (site.single) substitute(site.product, "@0", Expr::name("@1"));
    site.extras = summed->extras;
    site.factor = summed->factor;
    product_ = summed->product;
    return site.row.type == site.type && site.col.type == site.type;
  }

  // Loops around the sums, nearest first, as places in the path.
  std::vector<size_t> loops_around() const {
    std::vector<size_t> around;
    for (size_t at = inner_.path.size() - 1; at > 0 && around.size() < 6; --at) {
      const Stmt& s = *inner_.path[at - 1];
      if (s.is(Stmt::Kind::block)) continue;
      if (!s.is(Stmt::Kind::loop) || s.step != 1 || !runs_through(s, symbols_)) break;
      around.push_back(at - 1);
    }
    return around;
  }

  bool can_be_place(const Stmt& loop) const {
    const auto row = made_.sums.row.index.coefficient(loop.name),
               col = made_.sums.col.index.coefficient(loop.name);
    const auto fits = [](const std::optional<Poly>& c) { return c && (c->is_zero() || c->constant() == 1); };
    return fits(row) && fits(col) && !(row->is_zero() && col->is_zero());
  }

  bool find_loops() {
    const std::vector<size_t> around = loops_around();
    if (around.empty()) return false;
    const auto loop_at = [&](size_t i) { return inner_.path[around[i]]; };
    size_t outer = 0;  // of the loops around: the outermost that the kernel takes over
    if (!sums().kept.empty()) {
      made_.place = sums().kept[0];
      made_.pixel = loop_at(0);
    } else if (around.size() < 2) {
      return false;
    } else if (can_be_place(*loop_at(0))) {
      made_.place = loop_at(0);
      made_.pixel = loop_at(1);
      outer = 1;
    } else {
      made_.pixel = loop_at(0);
      for (outer = 1; outer < around.size() && !can_be_place(*loop_at(outer)); ++outer)
        made_.between.insert(made_.between.begin(), loop_at(outer));
      if (outer == around.size()) return false;
      made_.place = loop_at(outer);
    }
    sums().region = inner_;
    sums().region.path.resize(around[outer] + 1);
    for (size_t i = 0; i <= outer; ++i) taken_.push_back(around[i]);
    sums().block = made_.pixel;
    sums().cols = {made_.pixel, made_.place};
    sums().cols.insert(sums().cols.end(), made_.between.begin(), made_.between.end());
    return can_be_place(*made_.place);
  }

  bool elements_fit() {
    ContractionSite& site = sums();
    if (!site.single && site.col.index.coefficient(made_.pixel->name) == Poly()) {
      std::swap(site.row, site.col);
      substitute(site.product, "@0", Expr::name("@2"));
      substitute(site.product, "@1", Expr::name("@0"));
      substitute(site.product, "@2", Expr::name("@1"));
    }
    if (site.single) site.row = site.col;
    std::set<std::string> variables = names_of(site.depth);
    for (const Stmt* loop : site.cols) variables.insert(loop->name);
    for (const Element* element : {&site.row, &site.col})
      if (!element->tables.empty() || !is_separable(element->index, variables)) return false;
    const auto pixel = site.col.index.coefficient(made_.pixel->name);
    if (!pixel || pixel->is_zero() || site.col.index.coefficient(made_.place->name)->constant() != 1)
      return false;
    if (!site.single && site.row.index.mentions(made_.pixel->name)) return false;
    made_.row_vector = !site.single && site.row.index.mentions(made_.place->name);
    for (const Poly& form : site.forms) {
      const auto by_place = form.coefficient(made_.place->name),
                 by_pixel = form.coefficient(made_.pixel->name);
      if (!by_place || !by_pixel || !is_separable(form, variables)) return false;
      if (!by_place->is_zero() && !by_pixel->is_zero()) return false;
      made_.ranged = made_.ranged || !by_place->is_zero();
    }
    // Where a step does not count the kernel adds the product of two zeros.
    if (made_.ranged && (made_.row_vector || !product_)) return false;
    const auto inner_step = site.col.index.coefficient(site.depth.back()->name);
    made_.scattered = !inner_step || !(*inner_step == *pixel);
    for (const Stmt* loop : {made_.pixel, made_.place})
      if (!poly_of(loop->lower, symbols_)) return false;
    return std::any_of(site.depth.begin(), site.depth.end(), [&](const Stmt* loop) {
      const auto step = site.col.index.coefficient(loop->name);
      return step && moves_along(*step, *pixel);
    });
  }

  bool region_fits() {
    read_result();
    if (!made_.result && (!made_.between.empty() || made_.place == &sums().region.loop())) return false;
    return can_sum_ahead(sums());
  }

  // `result = sum` where nothing else happens in the loops that are taken over, which may then run in any
  // order.
  void read_result() {
    const ContractionSite& site = sums();
    if (!site.target.is(Expr::Kind::name) || site.subtract || site.factor || !site.kept.empty()) return;
    int sets = 0;
    const bool alone = only_sums(site.region.loop().body, sets) && sets == 1;
    if (!alone || !made_.result || !zeroed_) {
      made_.result.reset();
      return;
    }
    const Element& out = *made_.result;
    std::set<std::string> variables;
    for (const Stmt* loop : site.cols) variables.insert(loop->name);
    const auto place = out.index.coefficient(made_.place->name),
               pixel = out.index.coefficient(made_.pixel->name);
    bool fits = out.tables.empty() && kernel_type(out.type) == site.type &&
                is_separable(out.index, variables) && place && pixel && place->constant() == 1;
    const Effects effects = effects_of(Stmts{site.region.loop()}, symbols_.pure);
    for (const std::string& name : out.index.names())
      fits = fits &&
             (variables.count(name) || (!effects.declared.count(name) && !effects.scalar_writes.count(name)));
    for (const size_t at : taken_) {
      Site loop = inner_;
      loop.path.resize(at + 1);
      fits = fits && independence_of(loop).holds;
    }
    if (!fits) made_.result.reset();
  }

  bool only_sums(const Stmts& body, int& sets) {
    for (const Stmt& s : body) {
      if (s.is(Stmt::Kind::comment) || &s == sums().inner) continue;
      if (s.is(Stmt::Kind::block) || s.is(Stmt::Kind::loop)) {
        if (!only_sums(s.body, sets)) return false;
      } else if (s.is(Stmt::Kind::declare)) {
        const bool is_sum = s.name == sums().target.text;
        if (is_sum) zeroed_ = s.has_init && is_zero_literal(s.value);
        if (!is_sum && symbols_.values.count(s.name) == 0) return false;
      } else if (s.is(Stmt::Kind::expression) && s.value.is(Expr::Kind::assign, "=") &&
                 same(bare(s.value.kids[1]), sums().target)) {
        made_.result = element_of(s.value.kids[0], symbols_);
        ++sets;
      } else {
        return false;
      }
    }
    return true;
  }

  const Site& inner_;
  const Symbols& symbols_;
  WindowsSite made_;
  std::vector<size_t> taken_;  // loops that the kernel takes over, as places in the path
  bool zeroed_ = false;
  bool product_ = false;  // zero when an element is
};

}  // namespace

Stmt WindowsSite::plain() const {
  const Stmt& loop = sums.region.loop();
  if (&loop == pixel) return loop;
  // The loops in between stand around already; what they declare is told from their variables alone.
  Stmt outer = *place, inner = *pixel;
  Stmts declared;
  walk(loop.body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::declare) && s.begin < pixel->begin) declared.push_back(s);
  });
  inner.body.insert(inner.body.begin(), declared.begin(), declared.end());
  outer.body = {inner};
  return outer;
}

std::optional<WindowsSite> read_windows(const Site& inner) { return WindowsReader(inner).read(); }

}  // namespace ke
