// SPDX-License-Identifier: MIT
// Results larger than a core's own cache go past it: a block is made on the stack and written with
// non-temporal stores, which fetch no line that is about to be overwritten and push out none that is still
// read. Smaller results stay in the cache, where whoever reads them next finds them.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

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
  Expr place;    // the same without names that the loop's body declares
  std::string type;
  Independence independence;
};

// `y[at]` as the surroundings of the body can say it; nothing where a local is no plain name of a value.
std::optional<Expr> without_locals(Expr e, const Stmts& body, const Symbols& symbols) {
  const Effects own = effects_of(body, symbols.pure);
  for (size_t i = body.size(); i-- > 0;) {
    const Stmt& s = body[i];
    if (!s.is(Stmt::Kind::declare) || !s.has_init || !s.dims.empty() || names_in(e).count(s.name) == 0)
      continue;
    const Effects start = effects_of(s.value, symbols.pure);
    if (own.scalar_writes.count(s.name) || start.unknown || !start.accesses.empty()) return std::nullopt;
    substitute(e, s.name, Expr{Expr::Kind::group, "", {s.value}});
  }
  for (const std::string& name : names_in(e))
    if (own.declared.count(name) || own.scalar_writes.count(name)) return std::nullopt;
  return e;
}

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
    found = Output{bare(s.value.kids[0]), {}, "", {true, {}, {}}};
  }
  const auto place = found ? without_locals(found->element, loop.body, symbols) : std::nullopt;
  if (!place) return std::nullopt;
  found->place = *place;
  if (!bare(found->element.kids[0]).is(Expr::Kind::name)) return std::nullopt;
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
    const auto other = symbols.types.find(t.base);
    const bool same_place = other != symbols.types.end() && element_type(other->second) == found->type &&
                            t.index && *t.index == *own[0].index &&
                            (unchecked.count(pair) == 0 || may_equal.count(pair));
    for (const std::string& name : {pair.first, pair.second})
      if (const auto known = symbols.types.find(name);
          known != symbols.types.end() && known->second.find("vector<") != std::string::npos)
        return std::nullopt;  // the test at run time compares pointers
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

// The bound as it is known before the nest runs; that of a split loop is the bound that it had.
std::optional<Expr> known_before(const Expr& bound, const Effects& nest, const Symbols& symbols) {
  const auto split = symbols.tails.find(to_text(bare(bound)));
  const Expr& e =
      split != symbols.tails.end() && !split->second.upper.text.empty() ? split->second.upper : bound;
  for (const std::string& name : names_in(e))
    if (nest.declared.count(name) || nest.scalar_writes.count(name)) return std::nullopt;
  const Effects reads = effects_of(e, symbols.pure);
  return reads.unknown || !reads.accesses.empty() ? std::nullopt : std::optional(e);
}

// About how many bytes the nest writes, before it runs; "" when nothing is known of that.
std::string total_of(const Site& site, const Effects& nest, const std::string& type) {
  std::string total = fmt::format("(double)sizeof({})", type);
  for (size_t i = site.path.size(); i-- > 0;) {
    const Stmt& s = *site.path[i];
    if (s.is(Stmt::Kind::loop)) {
      const auto upper = known_before(exclusive_upper(s), nest, *site.symbols),
                 lower = known_before(s.lower, nest, *site.symbols);
      if (!upper) return "";
      const bool from_zero = !lower || bare(*lower).is(Expr::Kind::number, "0");
      total += fmt::format(" * ((double)({}){})", to_text(*upper),
                           from_zero ? "" : " - (double)(" + to_text(*lower) + ")");
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
  Expr start = output.place;
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

// An inner loop of the nest whose stores may go past the cache.
struct Streamed {
  Site site;
  Output output;
};

std::optional<Streamed> streamed_loop(const Site& site) {
  const Stmt& loop = site.loop();
  const Effects body = effects_of(loop.body, site.symbols->pure);
  if (loop.step != 1 || body.unknown || body.leaves || body.continues || has_inner_loop(loop.body) ||
      has_opaque(loop.body) || counter_type(loop).empty() || starts_with(loop.name, "ke_"))
    return std::nullopt;
  auto output = output_of(site);
  return output ? std::optional(Streamed{site, *output}) : std::nullopt;
}

Stmts replaced(const Stmts& list, const std::vector<Streamed>& loops) {
  Stmts out;
  for (const Stmt& s : list) {
    const auto at =
        std::find_if(loops.begin(), loops.end(), [&](const Streamed& l) { return &l.site.loop() == &s; });
    if (at != loops.end()) {
      for (Stmt& made : in_blocks(at->site, at->output)) out.push_back(std::move(made));
      continue;
    }
    out.push_back(s);
    out.back().body = replaced(s.body, loops);
    out.back().otherwise = replaced(s.otherwise, loops);
  }
  return out;
}

Independence all_of(const std::vector<Streamed>& loops) {
  std::set<NamePair> unchecked, differ;
  for (const Streamed& l : loops)
    for (const NamePair& pair : l.output.independence.unchecked) {
      unchecked.insert(pair);
      const auto& equal = l.output.independence.may_equal;
      if (std::find(equal.begin(), equal.end(), pair) == equal.end()) differ.insert(pair);
    }
  Independence all{true, {unchecked.begin(), unchecked.end()}, {}};
  std::set_difference(unchecked.begin(), unchecked.end(), differ.begin(), differ.end(),
                      std::back_inserter(all.may_equal));
  return all;
}

// Kernels of templates always return; they stand between the loops that are streamed, never inside of them.
std::set<std::string> harmless(const Site& site) {
  std::set<std::string> names = site.symbols->pure;
  for (const std::vector<Function>* all : {&site.unit->functions, &site.unit->others})
    for (const Function& f : *all)
      if (starts_with(f.name, "ke_")) names.insert(f.name);
  return names;
}

std::optional<Rewritten> rewrite_nest(const std::vector<Streamed>& loops) {
  const Site& site = loops.back().site;
  const Effects nest = effects_of(Stmts{site.nest()}, harmless(site));
  const std::string total = total_of(site, nest, loops.back().output.type);
  if (nest.leaves || nest.unknown || total.empty()) return std::nullopt;
  Site whole = site;
  while (&whole.loop() != &site.nest()) whole.path.pop_back();
  Stmts streamed;
  if (&site.nest() == &site.loop()) {
    streamed = in_blocks(site, loops.back().output);
  } else {
    streamed.push_back(site.nest());
    streamed[0].body = replaced(site.nest().body, loops);
  }
  streamed.push_back(make_expression(Expr::call("ke_stream_end", {})));
  const Expr large{Expr::Kind::opaque, fmt::format("{} > {}", total, kLarge), {}};
  auto text = commit(whole, {make_branch(large, streamed, {site.nest()})}, all_of(loops),
                     "Large results go past the cache, block by block.");
  if (!text) return std::nullopt;
  *text = with_preamble(*text, site.unit->preamble_at, "define KE_STREAM", kStreamHelper);
  if (!parses_as_well(*site.unit, *text)) return std::nullopt;
  return Rewritten{*text, to_text(loops.back().output.element) + " in " + where(site)};
}

}  // namespace

std::vector<Rewritten> stream_stores(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (unit.text.find("KE_STREAM") != std::string::npos) return out;
  const Sites sites(unit, rules.noalias);
  std::vector<std::vector<Streamed>> nests;
  for (const Site& site : sites.all()) {
    const auto loop = streamed_loop(site);
    if (!loop) continue;
    if (nests.empty() || &nests.back()[0].site.nest() != &site.nest()) nests.emplace_back();
    nests.back().push_back(*loop);
  }
  for (const std::vector<Streamed>& loops : nests)
    if (auto made = rewrite_nest(loops)) out.push_back(*made);
  return out;
}

}  // namespace ke
