// SPDX-License-Identifier: MIT
// Counts of bytes: private tables break the chain of equal neighbours; the user's table gets the totals.
#include "ke-build/base/text.h"
#include "ke-build/search/templates/family.h"
#include "ke-build/search/templates/nest.h"

namespace ke {
namespace {

constexpr const char* kChunk = "1073741824";  // elements per call: the kernel counts in 32 bits

struct CountLoop {
  Expr table;  // counts
  Element byte;
};

// counts[x[i]]++, ++counts[x[i]], counts[x[i]] += 1
std::optional<CountLoop> read_count(const Site& site) {
  const Stmt& loop = site.loop();
  const Stmt* only = nullptr;
  std::map<std::string, Expr> locals;
  for (const Stmt& s : loop.body) {
    if (s.is(Stmt::Kind::comment)) continue;
    if (only) return std::nullopt;
    if (s.is(Stmt::Kind::declare) && s.has_init && s.dims.empty() && !s.constructed)
      locals.emplace(s.name, s.value);
    else
      only = &s;
  }
  if (!only || loop.step != 1 || !only->is(Stmt::Kind::expression)) return std::nullopt;
  const Expr& e = only->value;
  const bool steps = (e.is(Expr::Kind::postfix, "++") || e.is(Expr::Kind::unary, "++")) ||
                     (e.is(Expr::Kind::assign, "+=") && bare(e.kids[1]).is(Expr::Kind::number, "1"));
  if (!steps || !bare(e.kids[0]).is(Expr::Kind::subscript)) return std::nullopt;
  const Expr& target = bare(e.kids[0]);
  Expr place = bare(target.kids[1]);
  if (place.is(Expr::Kind::name) && locals.count(place.text)) place = bare(locals.at(place.text));
  const auto byte = element_of(place, *site.symbols);
  const bool bytes = byte && (byte->type == "uint8_t" || byte->type == "unsigned char");
  if (!bytes || !bare(target.kids[0]).is(Expr::Kind::name)) return std::nullopt;
  const auto stride = byte->index.coefficient(loop.name);
  if (!stride || stride->constant() != 1) return std::nullopt;
  return CountLoop{bare(target.kids[0]), *byte};
}

// A table of floating counts stops growing at 2^24: that is another result.
bool counts_integers(const std::string& table, const Symbols& symbols) {
  const auto type = symbols.types.find(table);
  if (type == symbols.types.end()) return false;
  return is_integer_type(element_type(type->second));
}

}  // namespace

std::vector<Rewritten> histogram_template(const Unit& unit, const RewriteRules& rules, int) {
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.fresh()) {
    const auto found = read_count(site);
    if (!found) continue;
    const Symbols& symbols = *site.symbols;
    const Stmt& loop = site.loop();
    Effects effects = effects_of(Stmts{loop}, symbols.pure);
    const bool member = symbols.types.count(found->table.text) == 0 && ends_with(found->table.text, "_");
    if (!(member || counts_integers(found->table.text, symbols)) || found->table.text == found->byte.base ||
        !stands_still(loop, found->byte, effects))
      continue;
    const std::string id = fresh_kernel_name(unit, "histogram");
    Holes holes;
    holes.text = {{"ID", id}};
    const std::string table = pointer_text(found->table.text, symbols),
                      first = start_text(found->byte, loop, symbols);
    Stmt add =
        make_loop("int", "ke_value__KE_N__", Expr::number(0), Expr::number(256), 1,
                  {make_branch(raw("ke_totals__KE_N__[ke_value__KE_N__] != 0"),
                               {line(table + "[ke_value__KE_N__] += ke_totals__KE_N__[ke_value__KE_N__]")})});
    Stmt chunks;
    chunks.kind = Stmt::Kind::wild;
    chunks.text =
        std::string(
            "for (long ke_first__KE_N__ = 0; ke_first__KE_N__ < ke_count__KE_N__; ke_first__KE_N__ += ") +
        kChunk + ")";
    chunks.body = {verbatim("unsigned ke_totals__KE_N__[256];"),
                   make_declare("const long", "ke_part__KE_N__",
                                raw(std::string("ke_count__KE_N__ - ke_first__KE_N__ < ") + kChunk +
                                    " ? ke_count__KE_N__ - ke_first__KE_N__ : " + kChunk)),
                   line(id + "(" + first + " + ke_first__KE_N__, ke_part__KE_N__, ke_totals__KE_N__)"), add};
    // Bytes may lie in any object, also in the table: then the plain loop runs.
    Stmt block;
    block.kind = Stmt::Kind::block;
    block.body = {make_declare("const long", "ke_count__KE_N__", raw(extent_text(loop)))};
    const std::string apart = "(const char*)(" + first + " + ke_count__KE_N__) <= (const char*)(" + table +
                              ") || (const char*)(" + table + " + 256) <= (const char*)(" + first + ")";
    const std::string enough = "ke_count__KE_N__ >= 1024";
    block.body.push_back(make_branch(raw(site.noalias && !member ? enough : enough + " && (" + apart + ")"),
                                     {chunks}, {loop}));
    Independence free;
    free.holds = true;
    auto made = with_kernel(site, {block}, free, "histogram", holes, "Bytes are counted in private tables.",
                            "counts over " + loop.name);
    if (!made.empty()) return made;
  }
  return {};
}

}  // namespace ke
