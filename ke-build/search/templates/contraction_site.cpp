// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/contraction_site.h"

#include "ke-build/search/templates/summing_loops.h"

#include <algorithm>

namespace ke {
namespace {

bool within(const std::set<std::string>& names, const std::set<std::string>& allowed) {
  return std::includes(allowed.begin(), allowed.end(), names.begin(), names.end());
}

std::set<std::string> those_in(const Poly& poly, const std::set<std::string>& variables) {
  std::set<std::string> out;
  for (const std::string& name : poly.names())
    if (variables.count(name)) out.insert(name);
  return out;
}

// Collects the loops around the sums whose variable is one side's only.
class Surroundings {
 public:
  Surroundings(const Site& inner, const SummingLoops& chain, ContractionSite& site)
      : inner_(inner), chain_(chain), site_(site) {}

  bool grow() {
    const std::set<std::string> row = site_.row.index.names(), col = site_.col.index.names();
    std::vector<const Stmt*> rows, cols;
    for (const Stmt* loop : site_.kept) {
      if (row.count(loop->name) == col.count(loop->name)) return false;
      (row.count(loop->name) ? rows : cols).push_back(loop);
    }
    std::vector<const Stmt*> around;
    size_t at = inner_.path.size() - 1;
    for (; at > 0; --at) {
      const Stmt& outer = *inner_.path[at - 1];
      if (outer.is(Stmt::Kind::block)) continue;
      const bool one_side = row.count(outer.name) != col.count(outer.name);
      if (!outer.is(Stmt::Kind::loop) || outer.step != 1 || !one_side || bounds_depend(outer.name, around) ||
          !runs_through(outer, *inner_.symbols))
        break;
      around.insert(around.begin(), &outer);
      top_ = at - 1;
    }
    for (auto loop = around.rbegin(); loop != around.rend(); ++loop) {
      auto& side = row.count((*loop)->name) ? rows : cols;
      side.insert(side.begin(), *loop);
    }
    if (rows.empty() && cols.empty()) return false;
    site_.block = around.empty() ? site_.kept.front() : around.front();
    site_.rows = rows, site_.cols = cols;
    // Blocks are blocks of rows; a single row has blocks of columns.
    if (cols.empty() || (!rows.empty() && site_.block == cols.front())) {
      std::swap(site_.rows, site_.cols);
      std::swap(site_.row, site_.col);
      substitute(site_.product, "@0", Expr::name("@2"));
      substitute(site_.product, "@1", Expr::name("@0"));
      substitute(site_.product, "@2", Expr::name("@1"));
    }
    site_.region = inner_;
    if (!around.empty()) site_.region.path.resize(top_ + 1);
    return true;
  }

 private:
  bool bounds_depend(const std::string& name, const std::vector<const Stmt*>& around) const {
    const auto depends = [&](const Stmt* loop) {
      return mentions(loop->lower, name) || mentions(loop->upper, name);
    };
    return std::any_of(around.begin(), around.end(), depends) ||
           std::any_of(chain_.loops.begin(), chain_.loops.end(), depends);
  }

  const Site& inner_;
  const SummingLoops& chain_;
  ContractionSite& site_;
  size_t top_ = 0;
};

std::vector<const Stmt*> all_loops(const ContractionSite& site) {
  std::vector<const Stmt*> loops = site.rows;
  loops.insert(loops.end(), site.cols.begin(), site.cols.end());
  loops.insert(loops.end(), site.depth.begin(), site.depth.end());
  return loops;
}

// Bounds and offsets must have their values before the region starts and keep them to its end.
bool stands_still(const ContractionSite& site, const Effects& effects) {
  std::set<std::string> used;
  const std::vector<const Stmt*> loops = all_loops(site);
  for (const Stmt* loop : loops) {
    if (counter_type(*loop).empty()) return false;
    for (const Expr* bound : {&loop->lower, &loop->upper}) {
      const Effects reads = effects_of(*bound, site.region.symbols->pure);
      if (reads.unknown || !reads.scalar_writes.empty()) return false;
      for (const Stmt* other : loops)
        if (mentions(*bound, other->name)) return false;
      used.merge(names_in(*bound));
    }
  }
  used.merge(site.row.index.names());
  used.merge(site.col.index.names());
  for (const Poly& form : site.forms) used.merge(form.names());
  used.insert(site.row.base);
  used.insert(site.col.base);
  if (site.factor) used.merge(names_in(*site.factor));
  used.insert(site.extras.begin(), site.extras.end());
  const std::set<std::string> variables = names_of(loops);
  if (variables.size() != loops.size()) return false;
  return std::all_of(used.begin(), used.end(), [&](const std::string& name) {
    if (variables.count(name)) return true;
    return effects.declared.count(name) == 0 && effects.scalar_writes.count(name) == 0;
  });
}

// Nothing in the region may write what the sums read; what is not known is checked at run time.
bool inputs_stand(ContractionSite& site, const Effects& effects) {
  std::set<NamePair> unchecked;
  for (const Trace& trace : traces_of(Stmts{site.region.loop()}, *site.region.symbols)) {
    if (!trace.write) continue;
    if (!trace.known_base) return false;
    if (effects.declared.count(trace.base)) continue;
    std::vector<std::string> read{site.row.base, site.col.base};
    for (const Element* element : {&site.row, &site.col})
      read.insert(read.end(), element->tables.begin(), element->tables.end());
    for (const Stmt* loop : all_loops(site))
      for (const Expr* bound : {&loop->lower, &loop->upper})
        for (const Access& access : effects_of(*bound).accesses) read.push_back(access.base);
    for (const std::string& base : read) {
      if (base == trace.base) return false;
      if (!is_separate(site.region, base, trace.base)) unchecked.insert(std::minmax(base, trace.base));
    }
  }
  site.independence.holds = true;
  site.independence.unchecked.assign(unchecked.begin(), unchecked.end());
  return true;
}

bool guards_fit(ContractionSite& site) {
  if (site.forms.empty()) return true;
  const std::set<std::string> rows = names_of(site.rows), cols = names_of(site.cols),
                              depth = names_of(site.depth);
  std::set<std::string> all = rows, used;
  all.insert(cols.begin(), cols.end());
  all.insert(depth.begin(), depth.end());
  for (const Poly& form : site.forms) {
    if (!is_separable(form, all)) return false;
    used.merge(those_in(form, all));
  }
  std::set<std::string> row_side = rows, col_side = cols;
  row_side.insert(depth.begin(), depth.end());
  col_side.insert(depth.begin(), depth.end());
  site.guard_rows = !within(used, col_side);
  return within(used, site.guard_rows ? row_side : col_side);
}

}  // namespace

bool type_fits_sum(const std::string& element, const std::string& sum) {
  if (element == sum) return true;
  if (is_integer_type(element))
    return element.find("64") == std::string::npos && element.find("long") == std::string::npos &&
           element.find("size") == std::string::npos && element != "unsigned" && element != "unsigned int" &&
           element != "uint32_t" && (sum == "int" || element != "int");
  return sum == "double" && element == "float";
}

std::string type_of_sum(const Expr& target, const Symbols& symbols) {
  std::string type;
  if (target.is(Expr::Kind::name)) {
    const auto found = symbols.types.find(target.text);
    if (found != symbols.types.end()) type = kernel_type(found->second);
  } else if (auto element = element_of(target, symbols)) {
    type = kernel_type(element->type);
  }
  return type == "float" || type == "double" || type == "int" ? type : "";
}

bool can_sum_ahead(ContractionSite& site) {
  const Effects effects = effects_of(Stmts{site.region.loop()}, site.region.symbols->pure);
  return !effects.unknown && !effects.leaves && stands_still(site, effects) && inputs_stand(site, effects);
}

std::optional<ContractionSite> sums_of(const SummingLoops& chain, const Site& inner) {
  const Symbols& symbols = *inner.symbols;
  ContractionSite site;
  site.inner = &inner.loop();
  site.target = chain.target;
  site.subtract = chain.subtract;
  site.forms = chain.forms;
  site.type = type_of_sum(site.target, symbols);
  std::set<std::string> names = names_in(site.target);
  if (!site.target.is(Expr::Kind::name)) {
    const auto element = element_of(site.target, symbols);
    if (!element) return std::nullopt;
    names.merge(element->index.names());
  }
  for (const Stmt* loop : chain.loops) (names.count(loop->name) ? site.kept : site.depth).push_back(loop);
  if (site.type.empty() || site.depth.empty()) return std::nullopt;
  return site;
}

std::optional<ContractionSite> read_contraction(const Site& inner) {
  const Symbols& symbols = *inner.symbols;
  const auto chain = read_summing_loops(inner.loop(), symbols);
  std::optional<ContractionSite> read = chain ? sums_of(*chain, inner) : std::nullopt;
  if (!read) return std::nullopt;
  ContractionSite& site = *read;
  const Effects around = effects_of(Stmts{inner.loop()}, symbols.pure);
  std::set<std::string> changing = around.declared;
  changing.insert(around.scalar_writes.begin(), around.scalar_writes.end());
  const auto summed = read_summed_form(chain->value, symbols, changing, site.type);
  if (!summed) return std::nullopt;
  site.single = summed->elements.size() == 1;
  site.row = summed->elements[0], site.col = summed->elements.back();
  site.product = summed->form;
  site.extras = summed->extras;
  site.factor = summed->factor;
  if (site.single) {
    site.row.index = Poly();
    substitute(site.product, "@0", Expr::name("@1"));
  }
  if (!type_fits_sum(site.row.type, site.type) || !type_fits_sum(site.col.type, site.type))
    return std::nullopt;
  if (!site.forms.empty() && !summed->product) return std::nullopt;
  if (!Surroundings(inner, *chain, site).grow()) return std::nullopt;
  const std::set<std::string> variables = names_of(all_loops(site));
  if (!is_separable(site.row.index, variables) || !is_separable(site.col.index, variables))
    return std::nullopt;
  for (const Stmt* loop : site.rows)
    if (site.col.index.mentions(loop->name)) return std::nullopt;
  for (const Stmt* loop : site.cols)
    if (site.row.index.mentions(loop->name)) return std::nullopt;
  if (!can_sum_ahead(site) || !guards_fit(site)) return std::nullopt;
  return site;
}

}  // namespace ke
