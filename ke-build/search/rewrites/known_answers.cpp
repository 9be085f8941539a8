// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/known_answers.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/call_order.h"
#include "ke-build/search/rewrites/plain_type.h"
#include "ke-build/search/syntax/poly.h"
#include "ke-build/search/syntax/traces.h"

#include <algorithm>

namespace ke {
namespace {

constexpr int64_t kMostBorder = 32;
constexpr int kBytesOfInt = 4, kMostBytes = 8;

class InteriorAnswers {
 public:
  explicit InteriorAnswers(const Site& site)
      : site_(site),
        loop_(site.loop()),
        symbols_(*site.symbols),
        effects_(effects_of(loop_.body, symbols_.pure)) {
    lower_ = poly_of(loop_.lower, symbols_);
    upper_ = poly_of(exclusive_upper(loop_), symbols_);
  }

  std::optional<KnownAnswers> run() {
    if (!lower_ || !upper_) return std::nullopt;
    out_.body = loop_.body;
    statements(out_.body);
    return decided_ > 0 ? std::optional(std::move(out_)) : std::nullopt;
  }

 private:
  void statements(Stmts& list) {
    Stmts made;
    for (Stmt& s : list) {
      if (s.is(Stmt::Kind::wild)) {  // how often it runs, and over what, is text
        made.push_back(std::move(s));
        continue;
      }
      expression(s.value);
      if (s.is(Stmt::Kind::loop)) inner_.push_back(s);  // its bounds are read, its body changes
      statements(s.body);
      statements(s.otherwise);
      if (s.is(Stmt::Kind::loop)) inner_.pop_back();
      const auto answer = s.is(Stmt::Kind::branch) ? as_bool(s.value) : std::nullopt;
      if (!answer) {
        made.push_back(std::move(s));
        continue;
      }
      Stmts& arm = *answer ? s.body : s.otherwise;
      // A name of the arm must not meet one around it.
      const bool declares =
          std::any_of(arm.begin(), arm.end(), [](const Stmt& kid) { return kid.is(Stmt::Kind::declare); });
      if (declares) {
        Stmt block;
        block.kind = Stmt::Kind::block;
        block.body = std::move(arm);
        made.push_back(std::move(block));
      } else {
        std::move(arm.begin(), arm.end(), std::back_inserter(made));
      }
      // What follows a jump does not run; it is cut off, so that nobody takes it for a border test.
      if (!made.empty() && made.back().is(Stmt::Kind::jump)) break;
    }
    list = std::move(made);
  }

  static std::optional<bool> as_bool(const Expr& raw) {
    const Expr& e = bare(raw);
    if (e.is(Expr::Kind::number, "true")) return true;
    if (e.is(Expr::Kind::number, "false")) return false;
    return std::nullopt;
  }

  bool does_nothing(const Expr& e) const {
    const Effects effects = effects_of(e, symbols_.pure);
    return !effects.unknown && effects.scalar_writes.empty() &&
           std::none_of(effects.accesses.begin(), effects.accesses.end(),
                        [](const Access& a) { return a.write; });
  }

  // Replaces what is known; children first.
  void expression(Expr& e) {
    // `inside(y + dy, x + dx)`: where its meaning is known in part, that part is gone.
    if (const auto meaning = means_its_text(e) ? expanded(e, symbols_) : std::nullopt) {
      Expr tried = *meaning;
      const int before = decided_;
      const KnownAnswers kept{out_.front, out_.rest, {}};
      expression(tried);
      const bool logical = bare(*meaning).is(Expr::Kind::binary) || bare(*meaning).is(Expr::Kind::unary, "!");
      if (decided_ > before && logical) {
        e = Expr{Expr::Kind::group, "", {tried}};
        if (const auto answer = as_bool(tried)) e = truth(*answer);
        return;
      }
      decided_ = before, out_.front = kept.front, out_.rest = kept.rest;
    }
    for (Expr& kid : e.kids) expression(kid);
    if (e.is(Expr::Kind::group)) {
      if (const auto answer = as_bool(e)) e = truth(*answer);
    } else if (e.is(Expr::Kind::unary, "!")) {
      if (const auto answer = as_bool(e.kids[0])) e = truth(!*answer);
    } else if (e.is(Expr::Kind::binary, "&&") || e.is(Expr::Kind::binary, "||")) {
      join(e, e.text == "||");
    } else if (e.is(Expr::Kind::conditional)) {
      choose(e);
    } else if (e.is(Expr::Kind::call)) {
      clamp(e);
    } else if (e.is(Expr::Kind::binary)) {
      if (const auto answer = comparison(e)) e = truth(*answer), ++decided_;
    }
  }

  // A macro, or a helper whose parameters take signed numbers as they are; its arguments may stand twice.
  bool means_its_text(const Expr& e) const {
    if (!e.is(Expr::Kind::call) || !std::all_of(e.kids.begin(), e.kids.end(), [&](const Expr& kid) {
          return does_nothing(kid) && effects_of(kid, symbols_.pure).accesses.empty();
        }))
      return false;
    const std::string name = unqualified(e.text);
    bool found = false, plain = true;
    for (const auto* functions : {&site_.unit->functions, &site_.unit->others})
      for (const Function& f : *functions) {
        if (f.name != name) continue;
        found = true;
        plain = plain && f.parameters.size() == e.kids.size();
        for (size_t i = 0; plain && i < f.parameters.size(); ++i)
          plain = holds(f.parameters[i].type, e.kids[i]);
      }
    return found ? plain : site_.unit->text.find("define " + name + "(") != std::string::npos;
  }

  // Does the type take the value as it is? Fields have types that nobody knows here.
  bool holds(const std::string& type, const Expr& value) const {
    if (!is_signed_type(type)) return false;
    int bytes = signed_bytes(with_plain_numbers(value));
    if (bytes == 0) {
      const std::string own = plain_type_of(value, symbols_);
      if (own.empty()) return bare(value).is(Expr::Kind::member);
      bytes = is_signed_type(own) ? integer_bytes(own) : kMostBytes + 1;
    }
    return bytes <= integer_bytes(type);
  }

  static Expr truth(bool answer) { return Expr{Expr::Kind::number, answer ? "true" : "false", {}}; }

  // `decisive`: the answer of one side that is the answer of both.
  void join(Expr& e, bool decisive) const {
    const auto left = as_bool(e.kids[0]), right = as_bool(e.kids[1]);
    const auto other = [](const Expr& kid) {
      // A number becomes 0 or 1 only beside an operator.
      const Expr& plain = bare(kid);
      const bool boolean = plain.is(Expr::Kind::binary) || plain.is(Expr::Kind::unary, "!");
      return boolean ? kid : Expr::unary("!", Expr::unary("!", Expr{Expr::Kind::group, "", {kid}}));
    };
    if (left) {
      e = *left == decisive ? truth(decisive) : as_bool(e.kids[1]) ? truth(*right) : Expr(other(e.kids[1]));
    } else if (right && *right != decisive) {
      e = other(Expr(e.kids[0]));
    } else if (right && does_nothing(e.kids[0])) {
      e = truth(decisive);
    }
  }

  // `std::max(x + dx, 0)`, `std::min<long>(x + dx, w - 1)`: one of them, in their type, is what comes of it.
  void clamp(Expr& e) {
    const size_t open = e.text.find('<');
    const std::string callee = e.text.substr(0, open);
    const bool larger = callee == "std::max", smaller = callee == "std::min", both = callee == "std::clamp";
    if (!(larger || smaller || both) || e.kids.size() != (both ? 3u : 2u)) return;
    const std::string type =
        open == std::string::npos ? "" : e.text.substr(open + 1, e.text.size() - open - 2);
    std::vector<Poly> values;
    for (const Expr& kid : e.kids) {
      const Expr plain = with_plain_numbers(kid);
      const auto value = is_signed(plain) ? poly_of(plain, symbols_) : std::nullopt;
      if (!value || (!type.empty() && !holds(type, plain))) return;
      values.push_back(*value);
    }
    const int64_t front = out_.front, rest = out_.rest;
    size_t chosen = e.kids.size();
    if (both && is_known_at_least(values[0] - values[1], 0) && is_known_at_least(values[2] - values[0], 0))
      chosen = 0;
    else if (!both && is_known_at_least(values[0] - values[1], 0))
      chosen = larger ? 0 : 1;
    else if (!both && is_known_at_least(values[1] - values[0], 0))
      chosen = larger ? 1 : 0;
    if (chosen == e.kids.size()) {
      out_.front = front, out_.rest = rest;
      return;
    }
    const Expr value{Expr::Kind::group, "", {Expr(e.kids[chosen])}};
    e = type.empty() ? value : Expr{Expr::Kind::cast, type, {value}};
    ++decided_;
  }

  // `0L` and `std::int64_t{0}` as `0`.
  static Expr with_plain_numbers(Expr e) {
    for (Expr& kid : e.kids) kid = with_plain_numbers(std::move(kid));
    const bool number = e.is(Expr::Kind::number), listed = e.is(Expr::Kind::opaque) && ends_with(e.text, "}");
    const size_t open = e.text.find('{');
    if (listed && open != std::string::npos && is_signed_type(trim(e.text.substr(0, open)))) {
      const std::string inside = trim(e.text.substr(open + 1, e.text.size() - open - 2));
      const bool digits = !inside.empty() && inside.find_first_not_of("0123456789") == std::string::npos;
      return digits ? Expr{Expr::Kind::number, inside, {}} : e;
    }
    while (number && e.text.size() > 1 && (e.text.back() == 'l' || e.text.back() == 'L')) e.text.pop_back();
    return e;
  }

  // A selection has the type of both sides.
  void choose(Expr& e) const {
    const auto answer = as_bool(e.kids[0]);
    if (!answer) return;
    const std::string yes = plain_type_of(e.kids[1], symbols_), no = plain_type_of(e.kids[2], symbols_);
    if (yes.empty() || yes != no) return;
    e = Expr{Expr::Kind::group, "", {Expr(e.kids[*answer ? 1 : 2])}};
  }

  std::optional<bool> comparison(const Expr& e) {
    static const std::set<std::string> kComparisons = {"<", "<=", ">", ">=", "==", "!="};
    const std::string& op = e.text;
    if (!kComparisons.count(op)) return std::nullopt;
    const Expr first = with_plain_numbers(e.kids[0]), second = with_plain_numbers(e.kids[1]);
    if (!is_signed(first) || !is_signed(second)) return std::nullopt;
    const auto left = poly_of(first, symbols_), right = poly_of(second, symbols_);
    if (!left || !right) return std::nullopt;
    const Poly gap = op[0] == '<' ? *right - *left : *left - *right;
    if (op == "==" || op == "!=") {
      if (is_known_at_least(gap, 1) || is_known_at_least(Poly() - gap, 1)) return op == "!=";
      return std::nullopt;
    }
    const int64_t least = op.size() == 1;
    if (is_known_at_least(gap, least)) return true;
    if (is_known_at_least(Poly() - gap, 1 - least)) return false;
    return std::nullopt;
  }

  // In the interior, whatever the counters of inner loops are?
  bool is_known_at_least(const Poly& gap, int64_t least) {
    const auto smallest = over_inner_loops(gap);
    return smallest && holds_inside(*smallest - Poly(least));
  }

  static bool is_signed_type(const std::string& type) {
    const std::string plain = value_type(type);
    return integer_bytes(plain) >= kBytesOfInt && !is_unsigned_type(plain);
  }

  bool is_signed(const Expr& e) const { return signed_bytes(e) != 0; }

  // Sums and products of signed integers are what they seem, and so are names that stand for such. How wide
  // they are; 0 for others, among them what a narrower type may have cut off.
  int signed_bytes(const Expr& raw, int depth = 0) const {
    constexpr int kDeepestValue = 8;
    constexpr size_t kMostDigits = 9;  // of an int
    const Expr& e = bare(raw);
    if (depth > kDeepestValue) return 0;
    if (e.is(Expr::Kind::number)) {
      const bool digits = std::all_of(e.text.begin() + (e.text[0] == '-'), e.text.end(),
                                      [](char c) { return c >= '0' && c <= '9'; });
      return !digits ? 0 : e.text.size() <= kMostDigits ? kBytesOfInt : kMostBytes;
    }
    if (e.is(Expr::Kind::name)) {
      const auto type = symbols_.types.find(e.text);
      const auto value = symbols_.values.find(e.text);
      if (type == symbols_.types.end() || !is_signed_type(type->second)) return 0;
      const int bytes = integer_bytes(type->second);
      const int of = value == symbols_.values.end() ? bytes : signed_bytes(value->second, depth + 1);
      return of <= bytes && of != 0 ? bytes : 0;
    }
    const bool named = e.is(Expr::Kind::call) && e.kids.size() == 1 && starts_with(e.text, "static_cast<");
    const std::string type = e.is(Expr::Kind::cast) ? e.text
                             : named                ? e.text.substr(12, e.text.size() - 13)
                                                    : "";
    const bool arithmetic = e.is(Expr::Kind::unary, "-") || e.is(Expr::Kind::binary, "+") ||
                            e.is(Expr::Kind::binary, "-") || e.is(Expr::Kind::binary, "*");
    if (!arithmetic && !is_signed_type(type)) return 0;
    int widest = 0;
    for (const Expr& kid : e.kids) {
      const int bytes = signed_bytes(kid, depth + 1);
      if (bytes == 0) return 0;
      widest = std::max(widest, bytes);
    }
    if (arithmetic) return widest;
    return widest <= integer_bytes(type) ? integer_bytes(type) : 0;
  }

  // The smallest value.
  std::optional<Poly> over_inner_loops(Poly form) const {
    for (size_t i = inner_.size(); i-- > 0;) {
      const Stmt& loop = inner_[i];
      const auto factor = form.coefficient(loop.name);
      if (!factor) return std::nullopt;
      if (factor->is_zero()) continue;
      const auto constant = factor->constant();
      if (!constant || !holds(loop.type, loop.lower) || !is_signed(loop.lower) || !is_signed(loop.upper))
        return std::nullopt;
      const auto bound = *constant > 0 ? first_value(loop, symbols_) : last_value(loop, symbols_);
      if (!bound || bound->mentions(loop.name)) return std::nullopt;
      form = form.replaced(loop.name, *bound);
    }
    return form;
  }

  // Does `form >= 0` hold in all iterations but a few at one end? Notes how many.
  bool holds_inside(const Poly& form) {
    const auto factor = form.coefficient(loop_.name);
    const auto constant = factor ? factor->constant() : std::nullopt;
    if (!constant || (*constant != 1 && *constant != -1)) return false;
    const Poly others = form.without(loop_.name);
    for (const std::string& name : others.names())
      if (!keeps_still(name, effects_, site_)) return false;
    // counter >= -others, or counter < others + 1
    const Poly border = *constant == 1 ? Poly() - others - *lower_ : *upper_ - others - Poly(1);
    const auto length = border.constant();
    if (!length || *length < -kMostBorder || *length > kMostBorder) return false;
    int64_t& end = *constant == 1 ? out_.front : out_.rest;
    end = std::max(end, *length);
    return true;
  }

  const Site& site_;
  const Stmt& loop_;
  const Symbols& symbols_;
  const Effects effects_;
  std::optional<Poly> lower_, upper_;
  std::vector<Stmt> inner_;  // loops between the site's and the statement
  KnownAnswers out_;
  int decided_ = 0;
};

}  // namespace

bool keeps_still(const std::string& name, const Effects& body, const Site& site) {
  const auto type = site.symbols->types.find(name);
  if (type == site.symbols->types.end() || !is_integer_type(value_type(type->second)) ||
      type->second.find_first_of("&*") != std::string::npos || identifiers(type->second).count("volatile"))
    return false;
  if (name == site.loop().name || body.declared.count(name) != 0 || body.scalar_writes.count(name) != 0)
    return false;
  return starts_with(type->second, "const ") || is_never_handed_out(*site.function, name);
}

std::optional<KnownAnswers> known_inside(const Site& site) { return InteriorAnswers(site).run(); }

}  // namespace ke
