// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/contraction_padding.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace ke {
namespace {

constexpr size_t kMostDims = 6;

bool is_one(const Poly& poly) { return poly.constant() == 1; }

// Of a polynomial by one term; nothing when something is left over.
std::optional<Poly> quotient(const Poly& poly, const Poly& term) {
  const auto& [factors, scale] = *term.terms().begin();
  Poly out;
  for (const auto& [those, many] : poly.terms()) {
    if (many % scale != 0 || !std::includes(those.begin(), those.end(), factors.begin(), factors.end()))
      return std::nullopt;
    Poly one(many / scale);
    std::vector<std::string> left;
    std::set_difference(those.begin(), those.end(), factors.begin(), factors.end(), std::back_inserter(left));
    for (const std::string& name : left) one = one * Poly::name(name);
    out = out + one;
  }
  return out;
}

class PaddingReader {
 public:
  explicit PaddingReader(const ContractionSite& site)
      : places_(site.guard_rows ? site.rows : site.cols),
        depth_(site.depth),
        element_(site.guard_rows ? site.row : site.col),
        rest_(element_.index) {
    variables_ = names_of(places_);
    variables_.merge(names_of(depth_));
  }

  std::optional<Padding> read(const ContractionSite& site) {
    for (const Poly& form : site.forms)
      if (!tested(form)) return std::nullopt;
    for (const auto* loops : {&places_, &depth_})
      for (const Stmt* loop : *loops)
        if (rest_.mentions(loop->name) && !whole(*loop)) return std::nullopt;
    if (!terms_with(rest_, variables_).is_zero() || dims_.size() > kMostDims) return std::nullopt;
    order();
    Padding out;
    for (size_t d = 0; d < dims_.size(); ++d)
      out.index = out.index + (values_[d] - Poly::name(Padding::from(d))) * Poly::name(Padding::pad(d));
    out.dims = dims_;
    if (!site.guard_rows) out.widened = widened();
    out.base = rest_;
    return out;
  }

 private:
  // A test `coordinate + number >= 0` or `number - coordinate >= 0`.
  bool tested(const Poly& form) {
    Poly value = terms_with(form, variables_);
    const Poly number = form - value;
    if (value.is_zero()) return false;
    for (size_t d = 0; d < dims_.size(); ++d) {
      if (value == values_[d]) return bound(dims_[d].low, Poly() - number);
      if (value == Poly() - values_[d]) return bound(dims_[d].high, number);
    }
    const std::string name = *variables_in(value).begin();
    const auto factor = value.coefficient(name), whole = rest_.coefficient(name);
    if (!factor || factor->terms().size() != 1 || !whole) return false;
    const bool flipped = factor->terms().begin()->second < 0;
    if (flipped) value = Poly() - value;
    const auto step = quotient(*whole, flipped ? Poly() - *factor : *factor);
    PaddedDim dim;
    if (!step || step->is_zero() || !read_loops(value, dim)) return false;
    dim.step = *step;
    if (flipped)
      dim.high = number;
    else
      dim.low = Poly() - number;
    return take(dim, value);
  }

  std::set<std::string> variables_in(const Poly& value) const {
    std::set<std::string> found;
    for (const std::string& name : variables_)
      if (value.mentions(name)) found.insert(name);
    return found;
  }

  static bool bound(std::optional<Poly>& side, const Poly& value) {
    if (side && !(*side == value)) return false;
    side = value;
    return true;
  }

  bool read_loops(const Poly& value, PaddedDim& dim) const {
    Poly left = value;
    for (const bool place : {true, false})
      for (const Stmt* loop : place ? places_ : depth_) {
        const auto factor = value.coefficient(loop->name);
        if (!factor) return false;
        if (factor->is_zero()) continue;
        if ((place ? dim.place : dim.depth) != nullptr) return false;
        (place ? dim.place : dim.depth) = loop;
        (place ? dim.place_factor : dim.depth_factor) = *factor;
        left = left - *factor * Poly::name(loop->name);
      }
    return left.is_zero();
  }

  bool take(const PaddedDim& dim, const Poly& value) {
    const Poly left = rest_ - dim.step * value;
    for (const Stmt* loop : {dim.place, dim.depth})
      if (loop && left.mentions(loop->name)) return false;
    rest_ = left;
    dims_.push_back(dim);
    values_.push_back(value);
    return true;
  }

  // A loop whose values are all of them inside: channels, images of a batch.
  bool whole(const Stmt& loop) {
    const Poly value = Poly::name(loop.name);
    const auto step = rest_.coefficient(loop.name);
    PaddedDim dim;
    if (!step || step->is_zero() || !read_loops(value, dim)) return false;
    dim.step = *step;
    return take(dim, value);
  }

  // Untested coordinates first, then the tested ones as their loops are nested, neighbours in memory last.
  void order() {
    std::vector<size_t> at(dims_.size());
    for (size_t d = 0; d < at.size(); ++d) at[d] = d;
    const auto rank = [&](size_t d) {
      const PaddedDim& dim = dims_[d];
      const auto& loops = dim.place ? places_ : depth_;
      const auto place = std::find(loops.begin(), loops.end(), dim.place ? dim.place : dim.depth);
      return std::make_tuple(is_one(dim.step), dim.low || dim.high, dim.place != nullptr,
                             place - loops.begin());
    };
    std::stable_sort(at.begin(), at.end(), [&](size_t a, size_t b) { return rank(a) < rank(b); });
    std::vector<PaddedDim> dims;
    std::vector<Poly> values;
    for (const size_t d : at) dims.push_back(dims_[d]), values.push_back(values_[d]);
    dims_ = dims, values_ = values;
  }

  // Where the last two loops over columns are steps of one along the last two coordinates.
  const Stmt* widened() const {
    if (places_.size() < 2 || dims_.size() < 2) return nullptr;
    const PaddedDim &line = dims_.back(), &lines = dims_[dims_.size() - 2];
    const bool fits = line.place == places_.back() && lines.place == places_[places_.size() - 2] &&
                      is_one(line.place_factor) && is_one(lines.place_factor);
    return fits ? line.place : nullptr;
  }

  const std::vector<const Stmt*>&places_, &depth_;
  const Element& element_;
  Poly rest_;  // of the subscript, without the coordinates found so far
  std::set<std::string> variables_;
  std::vector<PaddedDim> dims_;
  std::vector<Poly> values_;
};

}  // namespace

std::string Padding::pad(size_t dim) { return "ke_pad" + std::to_string(dim) + "__KE_N__"; }
std::string Padding::from(size_t dim) { return "ke_from" + std::to_string(dim) + "__KE_N__"; }

std::optional<Padding> read_padding(const ContractionSite& site) {
  if (site.forms.empty()) return std::nullopt;
  return PaddingReader(site).read(site);
}

}  // namespace ke
