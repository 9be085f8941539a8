// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/softmax_site.h"

#include "ke-build/search/templates/attention_parts.h"
#include "ke-build/search/templates/contraction_site.h"
#include "ke-build/search/templates/summing_loops.h"

#include <algorithm>

namespace ke {
namespace {

bool is_one(const Expr& e) {
  return e.is(Expr::Kind::number) &&
         (e.text == "1" || e.text == "1.0" || e.text == "1.0f" || e.text == "1." || e.text == "1.f");
}

bool is_side_by_side(const Element& element, const Stmt& loop, const std::string& type) {
  const auto stride = element.index.coefficient(loop.name);
  return element.tables.empty() && kernel_type(element.type) == type && stride && stride->constant() == 1;
}

// Bounds that are no loads: nothing that is stored can change them.
bool bounds_stand(const Stmt& loop) {
  for (const Expr& bound : {loop.lower, exclusive_upper(loop)}) {
    const Effects effects = effects_of(bound);
    if (effects.unknown || !effects.accesses.empty() || !effects.scalar_writes.empty()) return false;
  }
  return !counter_type(loop).empty();
}

class SoftmaxReader {
 public:
  explicit SoftmaxReader(const Site& site) : symbols_(*site.symbols) { made_.site = site; }

  std::optional<SoftmaxSite> read() {
    if (!raising()) return std::nullopt;
    SoftmaxSite alone = made_;
    return made_.y && neighbours() && searching() && scaling() ? made_ : alone;
  }

 private:
  const Stmt& loop() const { return made_.site.loop(); }

  // y = exp(form of x), total += y
  bool raising() {
    KeyLoop body(loop(), symbols_);
    if (!bounds_stand(loop()) || !body.read() || body.product || body.most_value || !body.total_value)
      return false;
    const Expr& power = without_number_casts(body.stored ? body.stored_value : *body.total_value);
    if (body.stored && !same(without_number_casts(*body.total_value), power)) return false;
    static const std::set<std::string> exps = {"exp", "std::exp", "expf", "std::expf"};
    if (!power.is(Expr::Kind::call) || exps.count(power.text) == 0 || power.kids.size() != 1 ||
        made_.site.unit->find("exp") || made_.site.unit->find("expf"))
      return false;
    made_.total = body.total;
    made_.type = type_of_sum(Expr::name(body.total), symbols_);
    if (made_.type != "float" && made_.type != "double") return false;
    const Effects effects = effects_of(Stmts{loop()}, symbols_.pure);
    if (effects.unknown || effects.leaves || effects.continues) return false;
    return exponent(power.kids[0], effects) && stored(body.stored, effects);
  }

  bool exponent(const Expr& value, const Effects& effects) {
    std::set<std::string> changing = effects.declared;
    changing.insert(effects.scalar_writes.begin(), effects.scalar_writes.end());
    const auto summed = read_summed_form(value, symbols_, changing, made_.type);
    if (!summed || summed->elements.size() != 1) return false;
    made_.x = summed->elements[0];
    made_.exponent = summed->form;
    made_.extras = summed->extras;
    if (summed->factor) {
      made_.exponent = Expr::binary(Expr::name("@e" + std::to_string(made_.extras.size())), "*",
                                    Expr{Expr::Kind::group, "", {made_.exponent}});
      made_.extras.push_back(to_text(*summed->factor));
    }
    return is_side_by_side(made_.x, loop(), made_.type) && keeps(made_.x, effects);
  }

  // Locals of the loop are written out in the elements already.
  bool keeps(const Element& element, Effects effects) const {
    for (const Stmt& s : loop().body)
      if (s.is(Stmt::Kind::declare)) effects.declared.erase(s.name);
    return stands_still(loop(), element, effects);
  }

  bool stored(const std::optional<Element>& element, const Effects& effects) {
    made_.y = element;
    if (!element) return true;
    const bool in_step = element->base != made_.x.base || element->index == made_.x.index;
    return in_step && is_side_by_side(*element, loop(), made_.type) && keeps(*element, effects);
  }

  // The statements beside the loop.
  bool neighbours() {
    const auto& path = made_.site.path;
    const Stmt* around = path.size() > 1 ? path[path.size() - 2] : nullptr;
    const auto holds = [&](const Stmts& list) {
      for (at_ = 0; at_ < list.size(); ++at_)
        if (&list[at_] == &loop()) return true;
      return false;
    };
    for (const Stmts* list : {around ? &around->body : &made_.site.function->body,
                              around ? &around->otherwise : &made_.site.function->body})
      if (holds(*list)) {
        list_ = list;
        used_ = names_in(loop().lower);
        used_.merge(names_in(exclusive_upper(loop())));
        used_.merge(made_.x.index.names());
        used_.merge(made_.y->index.names());
        used_.insert({made_.x.base, made_.y->base});
        used_.insert(made_.extras.begin(), made_.extras.end());
        used_.erase(loop().name);
        return true;
      }
    return false;
  }

  // Nothing but settings of scalars that no loop of the row needs.
  bool is_calm(const Stmt& s, const std::string& taboo) const {
    if (s.is(Stmt::Kind::comment)) return true;
    const bool declares = s.is(Stmt::Kind::declare) && s.has_init && s.dims.empty() && !s.constructed;
    const bool assigns = s.is(Stmt::Kind::expression) && s.value.is(Expr::Kind::assign) &&
                         bare(s.value.kids[0]).is(Expr::Kind::name);
    if (!declares && !assigns) return false;
    const Effects effects = effects_of(Stmts{s}, symbols_.pure);
    if (effects.unknown || !effects.accesses.empty() || mentions(s, taboo)) return false;
    const auto changes = [&](const std::string& n) {
      return effects.scalar_writes.count(n) != 0 || effects.declared.count(n) != 0;
    };
    return std::none_of(used_.begin(), used_.end(), changes);
  }

  bool has_bounds(const Stmt& other, bool from_second) const {
    const auto low = poly_of(other.lower, symbols_), first = poly_of(loop().lower, symbols_);
    const auto high = poly_of(exclusive_upper(other), symbols_),
               end = poly_of(exclusive_upper(loop()), symbols_);
    if (!low || !first || !high || !end || !(*high == *end) || !bounds_stand(other)) return false;
    return *low == *first || (from_second && *low == *first + Poly(1));
  }

  bool is_element(const Expr& e, const Element& wanted, const Poly& place) const {
    const Expr& inner = without_number_casts(e);
    if (!inner.is(Expr::Kind::subscript) && !inner.is(Expr::Kind::unary, "*")) return false;
    const auto element = element_of(inner, symbols_);
    return element && element->base == wanted.base &&
           element->index == wanted.index.replaced(loop().name, place);
  }

  bool searching() {
    size_t i = at_;
    while (i > 0 && !(*list_)[i - 1].is(Stmt::Kind::loop)) --i;
    if (i == 0) return false;
    const Stmt& search = (*list_)[i - 1];
    KeyLoop body(search, symbols_);
    if (!body.read() || !body.most_value || body.stored || body.product || body.total_value) return false;
    const std::string& most = body.most;
    const auto known = std::find(made_.extras.begin(), made_.extras.end(), most);
    const bool first = starts_with_first(i - 1, most);
    if (known == made_.extras.end() || type_of_sum(Expr::name(most), symbols_) != made_.type ||
        !has_bounds(search, first) || !is_element(*body.most_value, made_.x, Poly::name(search.name)) ||
        effects_of(Stmts{search}, symbols_.pure).leaves)
      return false;
    for (size_t k = i; k < at_; ++k)
      if (!is_calm((*list_)[k], most)) return false;
    // Whatever became of NaN in the search: nobody else looks.
    bool own = false;
    for (size_t k = 0; k + 1 < i; ++k)
      own = own || ((*list_)[k].is(Stmt::Kind::declare) && (*list_)[k].name == most);
    for (size_t k = at_ + 1; k < list_->size(); ++k)
      if (mentions((*list_)[k], most)) return false;
    if (!own) return false;
    const size_t place = static_cast<size_t>(known - made_.extras.begin());
    substitute(made_.exponent, "@e" + std::to_string(place), Expr::name("@most"));
    for (size_t k = place + 1; k < made_.extras.size(); ++k)
      substitute(made_.exponent, "@e" + std::to_string(k), Expr::name("@e" + std::to_string(k - 1)));
    made_.extras.erase(known);
    made_.most = most;
    made_.search = &search;
    return true;
  }

  // Was the largest element last set to the first one?
  bool starts_with_first(size_t before, const std::string& most) const {
    const auto first = poly_of(loop().lower, symbols_);
    for (size_t k = before; first && k-- > 0;) {
      const Stmt& s = (*list_)[k];
      if (!mentions(s, most) && !(s.is(Stmt::Kind::declare) && s.name == most)) continue;
      if (s.is(Stmt::Kind::declare) && s.has_init) return is_element(s.value, made_.x, *first);
      return s.is(Stmt::Kind::expression) && s.value.is(Expr::Kind::assign, "=") &&
             bare(s.value.kids[0]).is(Expr::Kind::name, most) && is_element(s.value.kids[1], made_.x, *first);
    }
    return false;
  }

  bool is_total(const Expr& e) const { return without_number_casts(e).is(Expr::Kind::name, made_.total); }

  // 1 / total, or what was declared as that behind the loop.
  bool is_inverse(const Expr& raw, size_t scale) const {
    const Expr& e = without_number_casts(raw);
    if (e.is(Expr::Kind::binary, "/")) return is_one(without_number_casts(e.kids[0])) && is_total(e.kids[1]);
    if (!e.is(Expr::Kind::name)) return false;
    bool found = false;
    for (size_t k = at_ + 1; k < scale; ++k) {
      const Stmt& s = (*list_)[k];
      if (effects_of(Stmts{s}, symbols_.pure).scalar_writes.count(e.text) && !s.is(Stmt::Kind::declare))
        return false;
      if (!s.is(Stmt::Kind::declare) || s.name != e.text) continue;
      const Expr& value = without_number_casts(s.value);
      found = value.is(Expr::Kind::binary, "/") && is_one(without_number_casts(value.kids[0])) &&
              is_total(value.kids[1]);
    }
    return found;
  }

  bool scaling() {
    size_t i = at_ + 1;
    while (i < list_->size() && !(*list_)[i].is(Stmt::Kind::loop)) ++i;
    if (i == list_->size()) return false;
    const Stmt& scale = (*list_)[i];
    KeyLoop body(scale, symbols_);
    if (!body.read() || !body.stored || body.product || body.most_value || body.total_value ||
        !has_bounds(scale, false) || effects_of(Stmts{scale}, symbols_.pure).leaves)
      return false;
    const Poly place = Poly::name(scale.name);
    const Expr& value = without_number_casts(body.stored_value);
    if (!is_element(body.stored_place, *made_.y, place) || !value.is(Expr::Kind::binary)) return false;
    const bool divides =
        value.text == "/" && is_element(value.kids[0], *made_.y, place) && is_total(value.kids[1]);
    const bool multiplies =
        value.text == "*" && ((is_element(value.kids[0], *made_.y, place) && is_inverse(value.kids[1], i)) ||
                              (is_element(value.kids[1], *made_.y, place) && is_inverse(value.kids[0], i)));
    if (!divides && !multiplies) return false;
    for (size_t k = at_ + 1; k < i; ++k) {
      if (!is_calm((*list_)[k], made_.most)) return false;
      const Effects effects = effects_of(Stmts{(*list_)[k]}, symbols_.pure);
      if (effects.scalar_writes.count(made_.total) || effects.declared.count(made_.total)) return false;
    }
    made_.scale = &scale;
    return true;
  }

  const Symbols& symbols_;
  SoftmaxSite made_;
  const Stmts* list_ = nullptr;
  size_t at_ = 0;  // of the loop in the list
  std::set<std::string> used_;
};

}  // namespace

std::optional<SoftmaxSite> read_softmax(const Site& site) { return SoftmaxReader(site).read(); }

}  // namespace ke
