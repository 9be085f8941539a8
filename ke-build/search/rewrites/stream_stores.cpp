// SPDX-License-Identifier: MIT
// Results larger than a core's own cache go past it: a block is made on the stack and written with
// non-temporal stores, which fetch no line that is about to be overwritten and push out none that is still
// read. Smaller results stay in the cache, where whoever reads them next finds them.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

constexpr long kLarge = 1 << 20;  // bytes: the second-level cache of one core
constexpr int kBlockBytes = 4096;

constexpr const char* kStreamHelper =
    R"(// Copies past the caches; ke_stream_end() orders the stores before everything that follows.
#ifndef KE_STREAM
#define KE_STREAM
#if defined(__SSE2__) && defined(__GNUC__)
typedef float ke_line __attribute__((vector_size(16), may_alias));
typedef float ke_part __attribute__((vector_size(16), aligned(1), may_alias));
static inline void ke_stream(void* to, const void* from, long bytes) {
  char* y = (char*)to;
  const char* x = (const char*)from;
  long head = (long)(-(unsigned long long)y & 15);
  head = head < bytes ? head : bytes;
  __builtin_memcpy(y, x, (unsigned long)head);
  for (; head + 16 <= bytes; head += 16) {
#if defined(__clang__)
    __builtin_nontemporal_store(*(const ke_part*)(x + head), (ke_line*)(y + head));
#else
    __builtin_ia32_movntps((float*)(y + head), *(const ke_part*)(x + head));
#endif
  }
  __builtin_memcpy(y + head, x + head, (unsigned long)(bytes - head));
}
static inline void ke_stream_end(void) { __builtin_ia32_sfence(); }
#else
static inline void ke_stream(void* to, const void* from, long bytes) { __builtin_memcpy(to, from, (unsigned long)bytes); }
static inline void ke_stream_end(void) {}
#endif
#endif  // KE_STREAM
)";

int bytes_of(const std::string& type) {
  static const std::map<std::string, int> known = {
      {"float", 4}, {"double", 8}, {"int", 4}, {"int32_t", 4}, {"std::int32_t", 4}};
  const auto at = known.find(type);
  return at == known.end() ? 0 : at->second;
}

struct Output {
  Expr element;  // as the loop writes it
  std::string type;
  Independence independence;
};

// The one array that the loop writes, an element per iteration, side by side and whatever the data.
std::optional<Output> output_of(const Site& site) {
  const Stmt& loop = site.loop();
  const Symbols& symbols = *site.symbols;
  std::optional<Output> found;
  for (const Stmt& s : loop.body) {
    const bool stores = s.is(Stmt::Kind::expression) && s.value.is(Expr::Kind::assign, "=") &&
                        bare(s.value.kids[0]).is(Expr::Kind::subscript);
    if (!stores) continue;
    if (found) return std::nullopt;
    found = Output{bare(s.value.kids[0]), "", {true, {}, {}}};
  }
  if (!found || !bare(found->element.kids[0]).is(Expr::Kind::name)) return std::nullopt;
  const auto type = symbols.types.find(bare(found->element.kids[0]).text);
  found->type = type == symbols.types.end() ? "" : element_type(type->second);
  const std::vector<Trace> own = traces_of({make_expression(found->element)}, symbols);
  if (bytes_of(found->type) == 0 || own.size() != 1 || !own[0].known_base || !own[0].index)
    return std::nullopt;
  const auto stride = own[0].index->coefficient(loop.name);
  if (!stride || stride->constant() != 1) return std::nullopt;
  size_t writes = 0;
  std::set<NamePair> unchecked, may_equal;
  for (const Trace& t : traces_of(loop.body, symbols)) {
    writes += t.write;
    if (t.write) continue;
    if (!t.known_base || t.base == own[0].base) return std::nullopt;
    if (is_separate(site, t.base, own[0].base)) continue;
    const NamePair pair = std::minmax(t.base, own[0].base);
    const bool same_place =
        t.index && *t.index == *own[0].index && (unchecked.count(pair) == 0 || may_equal.count(pair));
    unchecked.insert(pair);
    same_place ? (void)may_equal.insert(pair) : (void)may_equal.erase(pair);
  }
  if (writes != 1) return std::nullopt;
  found->independence.unchecked.assign(unchecked.begin(), unchecked.end());
  found->independence.may_equal.assign(may_equal.begin(), may_equal.end());
  return found;
}

void replace_element(Expr& e, const Expr& element, const Expr& by) {
  if (same(e, element)) {
    e = by;
    return;
  }
  for (Expr& kid : e.kids) replace_element(kid, element, by);
}

// Bytes of the nest, before it runs; "" when its bounds are not known there.
std::string total_of(const Site& site, const Effects& nest, const std::string& type) {
  std::string total = fmt::format("(double)sizeof({})", type);
  for (size_t i = site.path.size(); i-- > 0;) {
    const Stmt& s = *site.path[i];
    if (s.is(Stmt::Kind::loop)) {
      std::set<std::string> names = names_in(s.lower);
      names.merge(names_in(s.upper));
      for (const std::string& name : names)
        if (nest.declared.count(name) || nest.scalar_writes.count(name)) return "";
      const Effects bounds =
          effects_of({make_expression(s.lower), make_expression(s.upper)}, site.symbols->pure);
      if (bounds.unknown || !bounds.accesses.empty()) return "";
      const bool zero = bare(s.lower).is(Expr::Kind::number, "0");
      total += fmt::format(" * ((double)({}){})", to_text(exclusive_upper(s)),
                           zero ? "" : " - (double)(" + to_text(s.lower) + ")");
      if (s.step != 1) total += fmt::format(" / {}", s.step);
    }
    if (&s == &site.nest()) return total;
  }
  return "";
}

Stmts in_blocks(const Site& site, const Output& output) {
  const Stmt& loop = site.loop();
  const std::string type = counter_type(loop), first = fresh_name(*site.function, "ke_from"),
                    end = fresh_name(*site.function, "ke_end"), made = fresh_name(*site.function, "ke_made");
  const int size = kBlockBytes / bytes_of(output.type);
  Stmt block = loop;
  block.lower = Expr::name(first);
  block.upper = Expr::name(end);
  block.text = "<";
  const Expr here =
      Expr::subscript(Expr::name(made), Expr::binary(Expr::name(loop.name), "-", Expr::name(first)));
  for (Stmt& s : block.body)
    for (Expr* e : {&s.value}) replace_element(*e, output.element, here);
  Expr start = output.element;
  substitute(start, loop.name, Expr::name(first));
  const Expr upper = exclusive_upper(loop), left = difference(upper, Expr::name(first)),
             full = Expr::number(size);
  Stmt store;
  store.kind = Stmt::Kind::expression;
  store.value = Expr::call("ke_stream",
                           {Expr::unary("&", start), Expr::name(made),
                            Expr{Expr::Kind::opaque,
                                 fmt::format("(long)({} - {}) * (long)sizeof({})", end, first, output.type),
                                 {}}});
  return {make_loop(
      type, first, loop.lower, upper, size,
      {make_declare(
           "const " + type, end,
           Expr::binary(
               Expr::name(first), "+",
               Expr{Expr::Kind::group, "", {Expr::conditional(Expr::binary(left, "<", full), left, full)}})),
       make_array(output.type, made, full), block, store})};
}

std::optional<Rewritten> rewrite_stores(const Site& site) {
  const Stmt& loop = site.loop();
  const Effects body = effects_of(loop.body, site.symbols->pure);
  if (loop.step != 1 || body.unknown || body.leaves || body.continues || has_inner_loop(loop.body) ||
      has_opaque(loop.body) || counter_type(loop).empty() || starts_with(loop.name, "ke_"))
    return std::nullopt;
  for (const Stmt* s : site.path)
    if (starts_with(s->name, "ke_from")) return std::nullopt;
  const auto output = output_of(site);
  const Effects nest = effects_of(Stmts{site.nest()}, site.symbols->pure);
  if (!output || nest.leaves || nest.unknown) return std::nullopt;
  const std::string total = total_of(site, nest, output->type);
  if (total.empty()) return std::nullopt;
  Site whole = site;
  while (&whole.loop() != &site.nest()) whole.path.pop_back();
  Stmts streamed = rebuilt(site.nest(), &loop, in_blocks(site, *output));
  streamed.push_back(make_expression(Expr::call("ke_stream_end", {})));
  const Expr large{Expr::Kind::opaque, fmt::format("{} > {}", total, kLarge), {}};
  auto text = commit(whole, {make_branch(large, streamed, {site.nest()})}, output->independence,
                     "Large results go past the cache, block by block.");
  if (!text) return std::nullopt;
  *text = with_preamble(*text, site.unit->preamble_at, "define KE_STREAM", kStreamHelper);
  if (!parses_as_well(*site.unit, *text)) return std::nullopt;
  return Rewritten{*text, to_text(output->element) + " in " + where(site)};
}

}  // namespace

std::vector<Rewritten> stream_stores(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (unit.text.find("KE_STREAM") != std::string::npos) return out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_stores(site)) out.push_back(*made);
  return out;
}

}  // namespace ke
