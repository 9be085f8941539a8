// SPDX-License-Identifier: MIT
// Attention: scores, weights and weighed values of a block of queries come from a kernel that keeps queries
// in the lanes of its vectors; what the user's loops do with the results stays as it is.
#include "ke-build/base/text.h"
#include "ke-build/search/templates/attention_site.h"
#include "ke-build/search/templates/family.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

// Coefficients of 2^f, from the highest power down: ln(2)^k / k!.
std::string power_polynomial(int degree, bool leading) {
  std::string out;
  for (int k = degree; k >= 0; --k) {
    const std::string text = fmt::format("{:.17g}", std::pow(std::log(2.0), k) / std::tgamma(k + 1.0));
    if (leading) return text;
    if (k < degree) out += (out.empty() ? "" : "\n") + fmt::format("  p = p * f + (@CT@){};", text);
  }
  return out;
}

Holes attention_holes(const AttentionSite& site, const std::string& id) {
  const bool wide = site.type == "double";
  const int degree = wide ? 13 : 7;
  Holes holes;
  holes.text = type_holes(site.type);
  holes.text["ID"] = id;
  holes.text["SCORE"] = site.score;
  holes.text["EXTRAS"] = std::to_string(site.extras.size());
  holes.text["FIRST"] = power_polynomial(degree, true);
  holes.text["POLYNOMIAL"] = replace_all(power_polynomial(degree, false), "@CT@", site.type);
  // Below and above, the result is 0 and infinity; 1.5 * 2^52 and 1.5 * 2^23 round to integers.
  holes.text["LEAST"] = wide ? "-1100" : "-160";
  holes.text["MOST"] = wide ? "1030" : "130";
  holes.text["ROUND"] = wide ? "6755399441055744.0" : "12582912.0f";
  holes.text["ROUND_BITS"] = wide ? "0x4338000000000000" : "0x4b400000";
  holes.text["BIAS_OF_EXPONENT"] = wide ? "1023" : "127";
  holes.text["MANTISSA"] = wide ? "52" : "23";
  if (!site.extras.empty()) holes.flags.insert("EXTRA");
  if (site.bias) holes.flags.insert("BIAS");
  return holes;
}

// The statements with some of them replaced.
Stmts with_replacements(const Stmts& list, const std::map<const Stmt*, Stmts>& replacements) {
  Stmts out;
  for (const Stmt& s : list) {
    if (const auto found = replacements.find(&s); found != replacements.end()) {
      out.insert(out.end(), found->second.begin(), found->second.end());
      continue;
    }
    Stmt copy = s;
    copy.body = with_replacements(s.body, replacements);
    copy.otherwise = with_replacements(s.otherwise, replacements);
    out.push_back(std::move(copy));
  }
  return out;
}

// Removes what only sets a variable that nobody reads any more.
void drop_settings(Stmts& statements, const std::string& name) {
  std::erase_if(statements, [&](const Stmt& s) {
    const bool declared = s.is(Stmt::Kind::declare) && s.name == name;
    return declared || (s.is(Stmt::Kind::expression) && s.value.is(Expr::Kind::assign, "=") &&
                        bare(s.value.kids[0]).is(Expr::Kind::name, name));
  });
  for (Stmt& s : statements) {
    drop_settings(s.body, name);
    drop_settings(s.otherwise, name);
  }
}

class AttentionWriter {
 public:
  AttentionWriter(const AttentionSite& site, std::string id)
      : site_(site), symbols_(*site.region.symbols), query_(site.region.loop()), id_(std::move(id)) {}

  Stmts replacement() const {
    Stmt block;
    block.kind = Stmt::Kind::block;
    Stmts& out = block.body;
    out.push_back(make_declare("const long", "ke_queries__KE_N__", raw(extent_text(query_))));
    out.push_back(verbatim(id_ + "_task ke_task__KE_N__;"));
    task(out);
    Stmts run;
    if (site_.ends_differ) run.push_back(verbatim("long ke_ends__KE_N__[32];"));
    run.push_back(blocks());
    run.push_back(line("free(ke_task__KE_N__.memory)"));
    out.push_back(make_branch(raw(id_ + "_begin(&ke_task__KE_N__, ke_queries__KE_N__)"), run, {query_}));
    return {block};
  }

 private:
  // The element where all variables have their first values.
  std::string start(const Element& element, const std::vector<const Stmt*>& loops) const {
    Poly index = element.index;
    for (const Stmt* loop : loops) index = index.replaced(loop->name, *poly_of(loop->lower, symbols_));
    const std::string base = pointer_text(element.base, symbols_);
    return index.is_zero() ? base : base + " + (" + offset_text(index) + ")";
  }

  static std::string step(const Element& element, const Stmt& loop) {
    return offset_text(*element.index.coefficient(loop.name));
  }

  void set(Stmts& out, const std::string& field, const std::string& value) const {
    out.push_back(line("ke_task__KE_N__." + field + " = " + value));
  }

  void task(Stmts& out) const {
    set(out, "q", start(site_.q, {&query_, site_.depth}));
    set(out, "q_row", step(site_.q, query_));
    set(out, "q_step", step(site_.q, *site_.depth));
    set(out, "k", start(site_.k, {site_.key, site_.depth}));
    set(out, "k_row", step(site_.k, *site_.key));
    set(out, "k_step", step(site_.k, *site_.depth));
    set(out, "v", start(site_.v, {site_.key, site_.width}));
    set(out, "v_row", step(site_.v, *site_.key));
    set(out, "depth", extent_text(*site_.depth));
    set(out, "width", extent_text(*site_.width));
    set(out, "start", "(" + site_.type + ")(" + to_text(site_.start) + ")");
    for (size_t i = 0; i < site_.extras.size(); ++i)
      set(out, fmt::format("extra[{}]", i), "(" + site_.type + ")(" + site_.extras[i] + ")");
    if (site_.bias) {
      set(out, "bias", start(*site_.bias, {&query_, site_.key}));
      set(out, "bias_row", step(*site_.bias, query_));
      set(out, "bias_step", step(*site_.bias, *site_.key));
    }
    if (!site_.ends_differ) {
      set(out, "keys", keys_text());
      return;
    }
    set(out, "keys", "0");
    Stmt all = query_;
    all.body = {
        verbatim(fmt::format("if ({0} > ke_task__KE_N__.keys) ke_task__KE_N__.keys = {0};", keys_text()))};
    out.push_back(all);
  }

  // How many keys the query sees.
  std::string keys_text() const {
    const std::string end = "(long)(" + to_text(site_.end) + ")";
    return bare(site_.key->lower).is(Expr::Kind::number, "0")
               ? end
               : "(" + end + " - (long)(" + to_text(site_.key->lower) + "))";
  }

  std::string place() const {
    const bool zero = bare(query_.lower).is(Expr::Kind::number, "0");
    return "(long)" + query_.name + (zero ? "" : " - (long)(" + to_text(query_.lower) + ")") +
           " - ke_first__KE_N__";
  }

  Stmt part(Stmts body) const {
    const std::string type = counter_type(query_);
    const std::string lower =
        bare(query_.lower).is(Expr::Kind::number, "0") ? "" : "(" + to_text(query_.lower) + ") + ";
    Stmt made = query_;
    made.lower = raw(fmt::format("{}({})ke_first__KE_N__", lower, type));
    made.upper = raw(fmt::format("{}({})(ke_first__KE_N__ + ke_count__KE_N__)", lower, type));
    made.text = "<";
    made.body = std::move(body);
    return made;
  }

  Stmts users_body() const {
    std::map<const Stmt*, Stmts> instead;
    for (const Stmt* s : site_.dropped) instead[s] = {};
    instead[site_.most_made] = {};
    instead[site_.total_made] = {line(fmt::format("{} += ke_task__KE_N__.total[{}]", site_.total, place()))};
    const bool zero = bare(site_.width->lower).is(Expr::Kind::number, "0");
    const std::string column =
        "(long)" + site_.width->name + (zero ? "" : " - (long)(" + to_text(site_.width->lower) + ")");
    const std::string result = fmt::format("ke_task__KE_N__.out[({}) * ke_task__KE_N__.out_row + {}]{}",
                                           place(), column, site_.normalised);
    Stmt add = make_expression(Expr::assign(site_.target, "+=", raw(result)));
    if (site_.rows_inside) {
      Stmt around = *site_.width;
      Stmts inside;
      walk(site_.weighed->body, [&](const Stmt& s) {
        if (s.is(Stmt::Kind::declare) && mentions(site_.target, s.name)) inside.push_back(s);
      });
      inside.push_back(add);
      around.body = inside;
      add = around;
    }
    instead[site_.weighed] = {add};
    Stmts body = with_replacements(query_.body, instead);
    const Effects effects = effects_of(body, symbols_.pure);
    if (effects.scalar_reads.count(site_.most) || !effects.declared.count(site_.most)) {
      instead[site_.most_made] = {line(fmt::format("{} = ke_task__KE_N__.most[{}]", site_.most, place()))};
      body = with_replacements(query_.body, instead);
    } else {
      drop_settings(body, site_.most);
    }
    drop_unused(body);
    return body;
  }

  Stmt blocks() const {
    Stmt loop;
    loop.kind = Stmt::Kind::wild;
    loop.text =
        "for (long ke_first__KE_N__ = 0; ke_first__KE_N__ < ke_queries__KE_N__; ke_first__KE_N__ += "
        "ke_task__KE_N__.block)";
    loop.body.push_back(verbatim(
        "const long ke_count__KE_N__ = ke_queries__KE_N__ - ke_first__KE_N__ < ke_task__KE_N__.block ? "
        "ke_queries__KE_N__ - ke_first__KE_N__ : ke_task__KE_N__.block;"));
    if (site_.ends_differ) {
      loop.body.push_back(
          verbatim("for (int ke_lane__KE_N__ = 0; ke_lane__KE_N__ < 32; ++ke_lane__KE_N__) "
                   "ke_ends__KE_N__[ke_lane__KE_N__] = 0;"));
      loop.body.push_back(part({line(fmt::format("ke_ends__KE_N__[{}] = {}", place(), keys_text()))}));
    }
    loop.body.push_back(line(fmt::format("{}(&ke_task__KE_N__, ke_first__KE_N__, ke_count__KE_N__, {})", id_,
                                         site_.ends_differ ? "ke_ends__KE_N__" : "0")));
    loop.body.push_back(part(users_body()));
    return loop;
  }

  const AttentionSite& site_;
  const Symbols& symbols_;
  const Stmt& query_;
  const std::string id_;
};

}  // namespace

std::vector<Rewritten> attention_template(const Unit& unit, const RewriteRules& rules, int) {
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.fresh()) {
    const auto found = read_attention(site);
    if (!found) continue;
    const std::string id = fresh_kernel_name(unit, "attention");
    auto made = with_kernel(
        found->region, AttentionWriter(*found, id).replacement(), found->independence, "attention",
        attention_holes(*found, id), "Weights and weighed values of a block of queries come from one kernel.",
        fmt::format("queries over {}, keys over {}", found->region.loop().name, found->key->name));
    if (!made.empty()) return made;
  }
  return {};
}

}  // namespace ke
