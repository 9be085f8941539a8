// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/decided_tests.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/value_range.h"

#include <algorithm>
#include <cctype>

namespace ke {
namespace {

bool is_number(const Expr& e, const char* text) { return bare(e).is(Expr::Kind::number, text); }

bool only_reads(const Expr& e, const Symbols& symbols) {
  const Effects effects = effects_of(e, symbols.pure);
  return !effects.unknown && effects.scalar_writes.empty() &&
         std::none_of(effects.accesses.begin(), effects.accesses.end(),
                      [](const Access& a) { return a.write; });
}

// Integers that keep their value in every type that they may be converted to.
bool is_signed_value(const Expr& raw, const Symbols& symbols) {
  const Expr& e = bare(raw);
  static const std::set<std::string> arithmetic = {"+", "-", "*"};
  if (e.is(Expr::Kind::number))
    return std::all_of(e.text.begin(), e.text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  if (e.is(Expr::Kind::unary, "-") || (e.is(Expr::Kind::binary) && arithmetic.count(e.text)))
    return std::all_of(e.kids.begin(), e.kids.end(),
                       [&](const Expr& kid) { return is_signed_value(kid, symbols); });
  const auto known = e.is(Expr::Kind::name) ? symbols.types.find(e.text) : symbols.types.end();
  return known != symbols.types.end() && is_integer_type(known->second) && !is_unsigned_type(known->second);
}

// Is it an `int`? Narrower types are, as `operand` of arithmetic.
bool is_int(const Expr& raw, const Symbols& symbols, bool operand = false) {
  static const std::set<std::string> arithmetic = {"+", "-", "*", "/", "%"};
  static const std::set<std::string> narrow = {"uint8_t", "int8_t", "uint16_t", "int16_t", "short"};
  const Expr& e = bare(raw);
  const auto is_type = [&](const std::string& type) {
    return type == "int" || type == "int32_t" || type == "std::int32_t" ||
           (operand && narrow.count(unqualified(type)) != 0);
  };
  const Expr& named = e.is(Expr::Kind::subscript) ? bare(e.kids[0]) : e;
  const auto known = named.is(Expr::Kind::name) ? symbols.types.find(named.text) : symbols.types.end();
  const auto all_from = [&](size_t first, bool operands) {
    return std::all_of(e.kids.begin() + static_cast<std::ptrdiff_t>(first), e.kids.end(),
                       [&](const Expr& kid) { return is_int(kid, symbols, operands); });
  };
  constexpr size_t kShort = 9;  // digits
  switch (e.kind) {
    case Expr::Kind::number:
      return e.text.size() <= kShort &&
             std::all_of(e.text.begin(), e.text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    case Expr::Kind::name:
      return known != symbols.types.end() && is_type(value_type(known->second));
    case Expr::Kind::subscript:
      return known != symbols.types.end() && is_type(element_type(known->second));
    case Expr::Kind::cast:
      return is_type(e.text);
    case Expr::Kind::unary:
      return e.text == "-" && all_from(0, true);
    case Expr::Kind::binary:
      return arithmetic.count(e.text) != 0 && all_from(0, true);
    case Expr::Kind::conditional:
      return all_from(1, operand);
    default:
      return false;
  }
}

class Decider {
 public:
  Decider(const std::vector<Decided>& decided, const Symbols& symbols)
      : decided_(decided), symbols_(symbols) {}

  Stmts statements(const Stmts& list) const {
    Stmts out;
    for (const Stmt& s : list) {
      if (s.is(Stmt::Kind::branch))
        branch(s, out);
      else
        out.push_back(other(s));
      const bool leaves = !out.empty() && out.back().is(Stmt::Kind::jump);
      if (leaves) break;  // what follows is never reached
    }
    return out;
  }

 private:
  bool is_touched(const Expr& e) const {
    bool found = false;
    walk(e, [&](const Expr& part) { found = found || outcome_of(part, decided_); });
    return found;
  }

  // The expression as a condition: nothing matters but whether it is zero.
  Expr condition(const Expr& raw) const {
    if (!is_touched(raw)) return raw;
    const Expr& e = bare(raw);
    if (const auto outcome = outcome_of(e, decided_)) return Expr::number(*outcome ? 1 : 0);
    if (e.is(Expr::Kind::unary, "!")) {
      const Expr kid = condition(e.kids[0]);
      if (is_number(kid, "0") || is_number(kid, "1")) return Expr::number(is_number(kid, "0") ? 1 : 0);
      return Expr::unary("!", kid);
    }
    if (!e.is(Expr::Kind::binary, "&&") && !e.is(Expr::Kind::binary, "||")) return value(e);
    const Expr left = condition(e.kids[0]), right = condition(e.kids[1]);
    const char *neutral = e.text == "&&" ? "1" : "0", *final = e.text == "&&" ? "0" : "1";
    if (is_number(left, neutral)) return right;
    if (is_number(right, neutral)) return left;
    if (is_number(left, final) || (is_number(right, final) && only_reads(left, symbols_)))
      return Expr::number(final[0] - '0');
    return Expr::binary(left, e.text, right);
  }

  Expr value(const Expr& e) const {
    if (!is_touched(e)) return e;
    Expr copy = e;
    const bool logic =
        e.is(Expr::Kind::binary, "&&") || e.is(Expr::Kind::binary, "||") || e.is(Expr::Kind::unary, "!");
    for (Expr& kid : copy.kids) kid = logic ? condition(kid) : value(kid);
    const bool again = e.is(Expr::Kind::cast) && bare(copy.kids[0]).is(Expr::Kind::cast, e.text);
    if (again) return bare(copy.kids[0]);
    if (!e.is(Expr::Kind::conditional)) return copy;
    copy.kids[0] = condition(e.kids[0]);
    const bool yes = is_number(copy.kids[0], "1"), no = is_number(copy.kids[0], "0");
    return (yes || no) && same_type(copy.kids[1], copy.kids[2]) ? copy.kids[yes ? 1 : 2] : copy;
  }

  // Does it make no difference that the other side of `? :` is gone?
  bool same_type(const Expr& a, const Expr& b) const {
    const Expr &one = bare(a), &other = bare(b);
    const std::string floating = floating_type_of(one, symbols_);
    if (!floating.empty()) return floating == floating_type_of(other, symbols_);
    if (is_int(one, symbols_) && is_int(other, symbols_)) return true;
    return one.is(Expr::Kind::cast) && other.is(Expr::Kind::cast, one.text);
  }

  // The whole of what is stored: integers that keep their values may lose a conversion.
  Expr stored(const Expr& raw) const {
    Expr made = value(raw);
    const Expr& e = bare(made);
    if (!e.is(Expr::Kind::conditional) || !bare(e.kids[0]).is(Expr::Kind::number)) return made;
    const bool plain = is_signed_value(e.kids[1], symbols_) && is_signed_value(e.kids[2], symbols_);
    const Expr chosen = bare(e.kids[is_number(e.kids[0], "1") ? 1 : 2]);
    return plain ? chosen : made;
  }

  void branch(const Stmt& s, Stmts& out) const {
    const Expr test = condition(s.value);
    const bool yes = is_number(test, "1"), no = is_number(test, "0");
    if (!yes && !no) {
      Stmt copy = s;
      copy.value = test;
      copy.body = statements(s.body);
      copy.otherwise = statements(s.otherwise);
      if (copy.body.empty() && copy.otherwise.empty() && only_reads(test, symbols_)) return;
      out.push_back(std::move(copy));
      return;
    }
    Stmts taken = statements(yes ? s.body : s.otherwise);
    if (taken.size() == 1 && taken[0].is(Stmt::Kind::block)) taken = Stmts(std::move(taken[0].body));
    const bool scoped = std::any_of(taken.begin(), taken.end(), [](const Stmt& inner) {
      return inner.is(Stmt::Kind::declare) || inner.is(Stmt::Kind::opaque);
    });
    if (!scoped) {
      out.insert(out.end(), taken.begin(), taken.end());
      return;
    }
    Stmt block;
    block.kind = Stmt::Kind::block;
    block.body = std::move(taken);
    out.push_back(std::move(block));
  }

  Stmt other(const Stmt& s) const {
    Stmt copy = s;
    copy.lower = value(s.lower);
    copy.upper = value(s.upper);
    if (s.is(Stmt::Kind::expression) && s.value.is(Expr::Kind::assign)) {
      copy.value.kids[0] = value(s.value.kids[0]);
      copy.value.kids[1] = stored(s.value.kids[1]);
    } else {
      copy.value = s.is(Stmt::Kind::declare) && !s.constructed ? stored(s.value) : value(s.value);
    }
    copy.body = statements(s.body);
    copy.otherwise = statements(s.otherwise);
    return copy;
  }

  const std::vector<Decided>& decided_;
  const Symbols& symbols_;
};

// `name = e`, `name += e`, `++name`
bool only_sets(const Stmt& s, const std::string& name, const Symbols& symbols) {
  if (!s.is(Stmt::Kind::expression)) return false;
  const Expr& e = bare(s.value);
  const bool steps = (e.is(Expr::Kind::unary) || e.is(Expr::Kind::postfix)) &&
                     (e.text == "++" || e.text == "--") && bare(e.kids[0]).is(Expr::Kind::name, name);
  return steps || (e.is(Expr::Kind::assign) && bare(e.kids[0]).is(Expr::Kind::name, name) &&
                   only_reads(e.kids[1], symbols));
}

// What of the statement itself (not of those inside) speaks of the name otherwise than to set it.
bool reads_it(const Stmt& s, const std::string& name, const Symbols& symbols) {
  if (only_sets(s, name, symbols)) return false;
  const bool text = s.is(Stmt::Kind::wild) || s.is(Stmt::Kind::opaque) || s.is(Stmt::Kind::jump);
  if (s.name == name || (text && identifiers(s.text).count(name))) return true;
  std::vector<const Expr*> parts{&s.lower, &s.upper, &s.value};
  for (const Expr& size : s.dims) parts.push_back(&size);
  bool found = false;
  for (const Expr* part : parts)
    walk(*part, [&](const Expr& e) {
      const bool leaf = e.kids.empty() || e.is(Expr::Kind::call);
      found = found || (leaf && identifiers(e.text).count(name) != 0);
    });
  return found;
}

bool is_number_variable(const Stmt& s, const Symbols& symbols) {
  const std::string type = value_type(s.type);
  const bool number = is_floating_type(type) || is_integer_type(type) || type == "bool";
  return s.is(Stmt::Kind::declare) && s.dims.empty() && number && !s.constructed &&
         (!s.has_init || only_reads(s.value, symbols));
}

// Without the statements that set the name.
Stmts without(const Stmts& statements, const std::string& name, const Symbols& symbols) {
  Stmts out;
  for (const Stmt& s : statements) {
    if (only_sets(s, name, symbols)) continue;
    Stmt copy = s;
    copy.body = without(s.body, name, symbols);
    copy.otherwise = without(s.otherwise, name, symbols);
    out.push_back(std::move(copy));
  }
  return out;
}

// `float result = best; result = sum / count;` begins with its second value.
bool begin_later(Stmts& list, size_t i, const Symbols& symbols) {
  size_t next = i + 1;
  while (next < list.size() && list[next].is(Stmt::Kind::comment)) ++next;
  if (!list[i].has_init || next == list.size() || !list[next].is(Stmt::Kind::expression)) return false;
  const Expr& set = list[next].value;
  if (!set.is(Expr::Kind::assign, "=") || !bare(set.kids[0]).is(Expr::Kind::name, list[i].name) ||
      mentions(set.kids[1], list[i].name) || !only_reads(set.kids[1], symbols))
    return false;
  list[i].value = set.kids[1];
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(next));
  return true;
}

// One variable less, if there is one: its scope is the rest of the list that it is declared in.
bool drop_one(Stmts& list, const Symbols& symbols) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (is_number_variable(list[i], symbols)) {
      if (begin_later(list, i, symbols)) return true;
      const std::string name = list[i].name;
      const Stmts rest(list.begin() + static_cast<std::ptrdiff_t>(i) + 1, list.end());
      bool unread = true;
      walk(rest, [&](const Stmt& s) { unread = unread && !reads_it(s, name, symbols); });
      if (unread) {
        list.resize(i);
        for (Stmt& s : without(rest, name, symbols)) list.push_back(std::move(s));
        return true;
      }
    }
    if (drop_one(list[i].body, symbols) || drop_one(list[i].otherwise, symbols)) return true;
  }
  return false;
}

}  // namespace

std::optional<bool> outcome_of(const Expr& raw, const std::vector<Decided>& decided) {
  const Expr& e = bare(raw);
  const bool equal = e.is(Expr::Kind::binary, "=="), unequal = e.is(Expr::Kind::binary, "!=");
  for (const Decided& d : decided) {
    const Expr& test = bare(d.test);
    if (same(e, test)) return d.holds;
    if ((!equal && !unequal) || !test.is(Expr::Kind::binary, "==")) continue;
    const auto pairs = [&](size_t first) {
      return same(bare(e.kids[0]), bare(test.kids[first])) &&
             same(bare(e.kids[1]), bare(test.kids[1 - first]));
    };
    if (pairs(0) || pairs(1)) return equal == d.holds;
  }
  return std::nullopt;
}

Stmts with_decided(const Stmts& statements, const std::vector<Decided>& decided, const Symbols& symbols) {
  return Decider(decided, symbols).statements(statements);
}

void drop_unread(Stmts& statements, const Symbols& symbols) {
  while (drop_one(statements, symbols)) {
  }
}

}  // namespace ke
