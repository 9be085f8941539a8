// SPDX-License-Identifier: MIT
// Running moments (Welford, Technometrics 1962): every element waits for the division of the one before. Two
// passes, the mean first and then the squares around it, are at least as exact (Chan, Golub, LeVeque, The
// American Statistician 1983) and wait for nothing.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>
#include <map>

namespace ke {
namespace {

struct Moments {
  std::string mean, squares, count, type;  // squares and count may be empty
  Expr element;                            // x[i], or the name of a local
  Stmts locals;                            // that make it
};

// `++n`, `n++`, `n += 1`: the name.
std::string counted(const Expr& raw) {
  const Expr& e = bare(raw);
  const bool steps = e.is(Expr::Kind::unary, "++") || e.is(Expr::Kind::postfix, "++") ||
                     (e.is(Expr::Kind::assign, "+=") && bare(e.kids[1]).is(Expr::Kind::number, "1"));
  return steps && bare(e.kids[0]).is(Expr::Kind::name) ? bare(e.kids[0]).text : "";
}

// The value behind parentheses and conversions.
const Expr& unconverted(const Expr& raw) {
  const Expr& e = bare(raw);
  if (e.is(Expr::Kind::cast)) return unconverted(e.kids[0]);
  const bool cast =
      e.is(Expr::Kind::call) && e.kids.size() == 1 &&
      (starts_with(e.text, "static_cast<") || is_floating_type(e.text) || is_integer_type(e.text));
  return cast ? unconverted(e.kids[0]) : e;
}

bool is_zero(const Expr& raw) {
  const Expr& e = unconverted(raw);
  return e.is(Expr::Kind::number) && e.text.find_first_not_of("0.fF") == std::string::npos &&
         e.text[0] == '0';
}

class MomentsReader {
 public:
  explicit MomentsReader(const Site& site) : site_(site), loop_(site.loop()), symbols_(*site.symbols) {}

  std::optional<Moments> read() {
    for (const Stmt& s : loop_.body) {
      const bool understood = s.is(Stmt::Kind::comment) || (s.is(Stmt::Kind::declare) && declared(s)) ||
                              (s.is(Stmt::Kind::expression) && updated(s.value));
      if (!understood) return std::nullopt;
    }
    if (made_.mean.empty() || made_.type.empty() || !divisor_counts()) return std::nullopt;
    return made_;
  }

 private:
  // What a name of this body stands for.
  Expr meaning(const Expr& raw) const {
    const Expr& e = bare(raw);
    const auto known = e.is(Expr::Kind::name) ? named_.find(e.text) : named_.end();
    return known == named_.end() ? e : known->second;
  }

  // x - mean, before or behind the mean's update
  std::optional<Expr> distance(const Expr& raw) const {
    const Expr e = meaning(raw);
    if (!e.is(Expr::Kind::binary, "-") || !bare(e.kids[1]).is(Expr::Kind::name)) return std::nullopt;
    return e;
  }

  bool declared(const Stmt& s) {
    if (!s.has_init || !s.dims.empty()) return false;
    const auto around = distance(s.value);
    const bool of_mean = around && symbols_.types.count(bare(around->kids[1]).text) &&
                         !named_.count(bare(around->kids[1]).text) &&
                         !mentions(site_.loop().lower, bare(around->kids[1]).text) &&
                         changes(bare(around->kids[1]).text);
    if (of_mean) {
      const bool behind = !made_.mean.empty();
      if (!behind) before_.insert(s.name);
      named_[s.name] = *around;
      return behind ? bare(around->kids[1]).text == made_.mean : true;
    }
    const Effects effects = effects_of(s.value, symbols_.pure);
    if (effects.unknown || !effects.scalar_writes.empty()) return false;
    if (changing(s.value)) {  // 1 / count
      named_[s.name] = bare(s.value);
      return true;
    }
    made_.locals.push_back(s);
    return true;
  }

  bool changes(const std::string& name) const {
    const Effects effects = effects_of(loop_.body, symbols_.pure);
    return effects.scalar_writes.count(name) != 0 && effects.declared.count(name) == 0;
  }

  bool changing(const Expr& e) const {
    const auto names = names_in(e);
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& n) { return changes(n) || named_.count(n); });
  }

  bool updated(const Expr& e) {
    if (const std::string count = counted(e); !count.empty() && made_.count.empty() && made_.mean.empty()) {
      made_.count = count;
      return true;
    }
    if (!e.is(Expr::Kind::assign) || !e.kids[0].is(Expr::Kind::name)) return false;
    const std::string& name = e.kids[0].text;
    Expr added = e.kids[1];
    if (e.text == "=") {
      const Expr& sum = bare(e.kids[1]);
      if (!sum.is(Expr::Kind::binary, "+") || !bare(sum.kids[0]).is(Expr::Kind::name, name)) return false;
      added = sum.kids[1];
    } else if (e.text != "+=") {
      return false;
    }
    return made_.mean.empty() ? is_mean(name, added) : is_squares(name, added);
  }

  // mean += (x - mean) / n, or times what 1 / n was kept as
  bool is_mean(const std::string& name, const Expr& added) {
    const Expr& e = bare(added);
    if (!e.is(Expr::Kind::binary)) return false;
    if (e.text == "/") {
      divisor_ = e.kids[1];
    } else if (const Expr inverse = meaning(e.kids[1]);
               e.text == "*" && inverse.is(Expr::Kind::binary, "/") &&
               unconverted(inverse.kids[0]).text.substr(0, 1) == "1") {
      divisor_ = inverse.kids[1];
    } else {
      return false;
    }
    const auto around = distance(e.kids[0]);
    if (!around || !bare(around->kids[1]).is(Expr::Kind::name, name)) return false;
    made_.mean = name;
    made_.element = around->kids[0];
    const auto type = symbols_.types.find(name);
    made_.type = type == symbols_.types.end() ? "" : value_type(type->second);
    return is_floating_type(made_.type) && !changing(made_.element);
  }

  // squares += (x - mean before) * (x - mean behind)
  bool is_squares(const std::string& name, const Expr& added) {
    const Expr& e = bare(added);
    if (!made_.squares.empty() || !e.is(Expr::Kind::binary, "*")) return false;
    int before = 0, behind = 0;
    for (const Expr& kid : e.kids) {
      const auto around = distance(kid);
      if (!around || !bare(around->kids[1]).is(Expr::Kind::name, made_.mean) ||
          !same(bare(around->kids[0]), bare(made_.element)))
        return false;
      (bare(kid).is(Expr::Kind::name) && before_.count(bare(kid).text) ? before : behind) += 1;
    }
    made_.squares = name;
    const auto type = symbols_.types.find(name);
    return before == 1 && behind == 1 && type != symbols_.types.end() &&
           value_type(type->second) == made_.type;
  }

  // The elements so far: the counter, or the place in the loop plus one.
  bool divisor_counts() const {
    const Expr& e = unconverted(divisor_);
    if (!made_.count.empty()) return e.is(Expr::Kind::name, made_.count);
    const auto form = poly_of(e, symbols_), lower = poly_of(loop_.lower, symbols_);
    return form && lower && *form == Poly::name(loop_.name) - *lower + Poly(1);
  }

  const Site& site_;
  const Stmt& loop_;
  const Symbols& symbols_;
  Moments made_;
  Expr divisor_;
  std::map<std::string, Expr> named_;
  std::set<std::string> before_;  // names of distances that the old mean was taken for
};

// In the list that holds the loop, right in front of it but for what does not touch it: `T name = 0;`
bool starts_at_zero(const Site& site, const std::string& name) {
  const Stmt* parent = site.path.size() > 1 ? site.path[site.path.size() - 2] : nullptr;
  const Stmts& list = parent ? parent->body : site.function->body;
  bool zero = false;
  for (const Stmt& s : list) {
    if (&s == &site.loop()) return zero;
    if (s.is(Stmt::Kind::declare) && s.name == name)
      zero = s.has_init && s.dims.empty() && is_zero(s.value) && s.type.find('&') == std::string::npos;
    else if (mentions(s, name) || s.is(Stmt::Kind::opaque) || s.is(Stmt::Kind::wild))
      zero = false;
  }
  return false;
}

Stmts passes(const Site& site, const Moments& m) {
  const Stmt& loop = site.loop();
  const std::string sum_name = fresh_name(*site.function, m.mean + "_sum");
  const Expr upper = exclusive_upper(loop), length{Expr::Kind::group, "", {difference(upper, loop.lower)}};
  Stmt first = loop;
  first.body = m.locals;
  first.body.push_back(make_expression(Expr::assign(Expr::name(sum_name), "+=", m.element)));
  Stmts ends{make_expression(
      Expr::assign(Expr::name(m.mean), "=",
                   Expr::binary(Expr::name(sum_name), "/", {Expr::Kind::cast, m.type, {length}})))};
  if (!m.count.empty()) ends.push_back(make_expression(Expr::assign(Expr::name(m.count), "=", bare(length))));
  if (!m.squares.empty()) {
    const std::string delta = fresh_name(*site.function, m.mean + "_distance");
    Stmt second = loop;
    second.body = m.locals;
    second.body.push_back(
        make_declare("const " + m.type, delta, Expr::binary(m.element, "-", Expr::name(m.mean))));
    second.body.push_back(make_expression(
        Expr::assign(Expr::name(m.squares), "+=", Expr::binary(Expr::name(delta), "*", Expr::name(delta)))));
    ends.push_back(std::move(second));
  }
  return {make_declare(m.type, sum_name, Expr::number(0)), first,
          make_branch(Expr::binary(loop.lower, "<", upper), ends)};
}

std::optional<Rewritten> rewrite_moments(const Site& site) {
  const Stmt& loop = site.loop();
  const Effects effects = effects_of(loop.body, site.symbols->pure);
  const bool writes =
      std::any_of(effects.accesses.begin(), effects.accesses.end(), [](const Access& a) { return a.write; });
  if (loop.step != 1 || counter_type(loop).empty() || effects.unknown || effects.leaves ||
      effects.continues || writes || has_inner_loop(loop.body) || has_opaque(loop.body))
    return std::nullopt;
  const auto found = MomentsReader(site).read();
  if (!found) return std::nullopt;
  for (const std::string& name : {found->mean, found->squares, found->count})
    if (!name.empty() && !starts_at_zero(site, name)) return std::nullopt;
  const auto text =
      commit(site, passes(site, *found), {true, {}, {}},
             "The mean first, then the squares around it: no element waits for the one before.");
  if (!text) return std::nullopt;
  return Rewritten{*text, found->mean + " in " + where(site)};
}

}  // namespace

std::vector<Rewritten> two_pass_moments(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = rewrite_moments(site)) out.push_back(*std::move(made));
  return out;
}

}  // namespace ke
