// SPDX-License-Identifier: MIT
// Vectorises an independent outer loop: a strip of its iterations moves into the innermost position, where
// accesses that are contiguous in it become vector loads, and reductions over inner loops need no
// reassociation at all. Covers the ijk matrix product, column sums, stencils, convolutions with border tests,
// pooling.
#include "ke-build/search/rewrites/distribute.h"

#include <algorithm>

namespace ke {
namespace {

/// Elements from one iteration of the loop to the next; 0 where they do not move, or by no constant.
int64_t step_of(const Trace& t, const std::string& v) {
  const auto factor = t.index ? t.index->coefficient(v) : std::nullopt;
  return factor ? factor->constant().value_or(0) : 0;
}

// Real and imaginary parts, coordinates, channels: compilers take both out of the same two vectors.
bool is_interleaved(const Trace& t, const std::vector<Trace>& all, const std::string& v) {
  constexpr int64_t kMostParts = 4;
  const int64_t step = step_of(t, v);
  if (step < 2 || step > kMostParts) return false;
  return std::any_of(all.begin(), all.end(), [&](const Trace& other) {
    if (other.base != t.base || step_of(other, v) != step) return false;
    const auto apart = (*other.index - *t.index).constant();
    return apart && *apart % step != 0;
  });
}

// At least one access must be contiguous in the loop, and none in an inner loop only: otherwise lanes gather.
bool is_contiguous_in(const Site& site) {
  const std::string& v = site.loop().name;
  int contiguous = 0, strided = 0;
  const std::vector<Trace> all = traces_of(site.loop().body, *site.symbols);
  for (const Trace& t : all) {
    if (!t.index) continue;
    const auto factor = t.index->coefficient(v);
    if (!factor || factor->is_zero()) continue;
    (step_of(t, v) == 1 || is_interleaved(t, all, v) ? contiguous : strided) += 1;
  }
  return contiguous > 0 && strided <= contiguous;
}

std::optional<Stmts> full_strips(const Site& site, int width, int& worth) {
  auto made = distribute(site, Expr::number(width), width);
  if (!made) return std::nullopt;
  worth = made->moved_loops + made->clamped;
  return strip_mine(site, width, made->body);
}

// Strips of at most `width` lanes, the last one shorter: for short rows that a remainder loop would dominate.
std::optional<Stmts> partial_strips(const Site& site, int width, int& worth) {
  const Stmt& loop = site.loop();
  std::string type = counter_type(loop), name = fresh_name(*site.function, "width");
  if (type.empty() || loop.step != 1) return std::nullopt;
  auto made = distribute(site, Expr::name(name), width);
  if (!made) return std::nullopt;
  worth = made->moved_loops + made->clamped;
  Expr left = difference(exclusive_upper(loop), Expr::name(loop.name)), full = Expr::number(width);
  Stmts body = made->body;
  body.insert(body.begin(), make_declare("const " + type, name,
                                         Expr::conditional(Expr::binary(left, "<", full), left, full)));
  return Stmts{make_loop(type, loop.name, loop.lower, exclusive_upper(loop), width, body)};
}

}  // namespace

// width > 0: full strips and a remainder loop; width < 0: strips of up to -width lanes.
std::vector<Rewritten> outer_vectorize(const Unit& unit, const RewriteRules& rules, int width) {
  std::vector<Rewritten> out;
  Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all()) {
    const Stmt& loop = site.loop();
    bool candidate =
        loop.step == 1 && is_contiguous_in(site) && !has_opaque(loop.body) && !leaves_inner_loop(loop.body);
    if (!candidate || mentions(loop, "lane")) continue;
    Independence independence = independence_of(site);
    if (!independence.holds) continue;
    int worth = 0;
    auto made = width > 0 ? full_strips(site, width, worth) : partial_strips(site, -width, worth);
    if (!made || worth == 0) continue;
    std::string lanes = std::to_string(std::abs(width));
    auto text = commit(site, *made, independence,
                       lanes + " iterations of the loop over " + loop.name +
                           " run side by side, innermost, where memory is contiguous.");
    if (text)
      out.push_back(
          {*text, "width=" + lanes + (width < 0 ? " (partial strips)" : "") + " on " + where(site)});
  }
  return out;
}

}  // namespace ke
