// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/expr.h"

#include "ke-build/base/text.h"
#include "ke-build/search/syntax/facts.h"

#include <cctype>
#include <map>

namespace ke {
namespace {

// Larger binds tighter (C++ operator precedence, cppreference's table turned round).
int precedence_of(const std::string& op) {
  static const std::map<std::string, int> table = {
      {"||", 4},  {"or", 4},  {"&&", 5}, {"and", 5}, {"|", 6},  {"^", 7},   {"&", 8},
      {"==", 9},  {"!=", 9},  {"<", 10}, {"<=", 10}, {">", 10}, {">=", 10}, {"<=>", 11},
      {"<<", 12}, {">>", 12}, {"+", 13}, {"-", 13},  {"*", 14}, {"/", 14},  {"%", 14}};
  auto found = table.find(op);
  return found == table.end() ? 1 : found->second;
}

int precedence(const Expr& e) {
  switch (e.kind) {
    case Expr::Kind::assign:
      return 2;
    case Expr::Kind::conditional:
      return 3;
    case Expr::Kind::binary:
      return precedence_of(e.text);
    case Expr::Kind::cast:
    case Expr::Kind::unary:
      return 16;
    case Expr::Kind::opaque:
      return 1;
    default:
      return 18;
  }
}

std::string wrapped(const Expr& e, int at_least) {
  std::string text = to_text(e);
  return precedence(e) < at_least ? "(" + text + ")" : text;
}

constexpr int kShift = 12;  // binds tighter than comparisons

// `x < a || x >= b`: the parser may take it for `x<a || x> = b`.
bool reads_like_template(const std::string& op, const std::string& left, const std::string& right) {
  const bool joins = op == "||" || op == "&&";
  return joins && left.find(" < ") != std::string::npos && right.find(" >") != std::string::npos;
}

std::string arguments_text(const Expr& e) {
  std::string text;
  for (const Expr& kid : e.kids) {
    if (!text.empty()) text += ", ";
    text += kid.is(Expr::Kind::opaque) ? kid.text : wrapped(kid, 2);
  }
  return text;
}

std::string unary_text(const Expr& e) {
  std::string operand = wrapped(e.kids[0], 16);
  // `- -x` must not become `--x`.
  bool clash = !operand.empty() && (operand[0] == e.text.back()) &&
               (operand[0] == '-' || operand[0] == '+' || operand[0] == '&');
  bool word = std::isalpha(static_cast<unsigned char>(e.text.back())) != 0;
  return e.text + (clash || word ? " " : "") + operand;
}

std::string replace_word(const std::string& text, const std::string& word, const std::string& replacement) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && is_word_character(text[end])) ++end;
    if (end == i) {
      out += text[i++];
    } else {
      out += text.compare(i, end - i, word) == 0 ? replacement : text.substr(i, end - i);
      i = end;
    }
  }
  return out;
}

bool is_integer(const Expr& e, int64_t& value) {
  if (e.is(Expr::Kind::unary, "-") && is_integer(e.kids[0], value)) {
    value = -value;
    return true;
  }
  if (!e.is(Expr::Kind::number) || e.text.empty() || e.text.size() > 15) return false;
  for (char c : e.text)
    if (!std::isdigit(static_cast<unsigned char>(c))) return false;
  if (e.text.size() > 1 && e.text[0] == '0') return false;  // octal
  value = std::stoll(e.text);
  return true;
}

}  // namespace

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

Expr Expr::number(int64_t value) {
  if (value < 0) return unary("-", {Kind::number, std::to_string(-value), {}});
  return {Kind::number, std::to_string(value), {}};
}
Expr Expr::binary(Expr left, std::string op, Expr right) {
  return {Kind::binary, std::move(op), {std::move(left), std::move(right)}};
}
Expr Expr::assign(Expr left, std::string op, Expr right) {
  return {Kind::assign, std::move(op), {std::move(left), std::move(right)}};
}
Expr Expr::subscript(Expr base, Expr index) {
  return {Kind::subscript, "", {std::move(base), std::move(index)}};
}
Expr Expr::call(std::string callee, std::vector<Expr> arguments) {
  return {Kind::call, std::move(callee), std::move(arguments)};
}
Expr Expr::conditional(Expr condition, Expr yes, Expr no) {
  return {Kind::conditional, "?", {std::move(condition), std::move(yes), std::move(no)}};
}

std::string to_text(const Expr& e) {
  switch (e.kind) {
    case Expr::Kind::name:
    case Expr::Kind::number:
    case Expr::Kind::opaque:
      return e.text;
    case Expr::Kind::unary:
      return unary_text(e);
    case Expr::Kind::postfix:
      return wrapped(e.kids[0], 17) + e.text;
    case Expr::Kind::binary: {
      int level = precedence_of(e.text);
      const std::string left = wrapped(e.kids[0], level), right = wrapped(e.kids[1], level + 1);
      if (reads_like_template(e.text, left, right))
        return wrapped(e.kids[0], kShift) + " " + e.text + " " + wrapped(e.kids[1], kShift);
      return left + " " + e.text + " " + right;
    }
    case Expr::Kind::assign:
      return wrapped(e.kids[0], 3) + " " + e.text + " " + wrapped(e.kids[1], 2);
    case Expr::Kind::conditional:
      return wrapped(e.kids[0], 4) + " ? " + wrapped(e.kids[1], 2) + " : " + wrapped(e.kids[2], 2);
    case Expr::Kind::call:
      return e.text + "(" + arguments_text(e) + ")";
    case Expr::Kind::subscript:
      return wrapped(e.kids[0], 17) + "[" + to_text(e.kids[1]) + "]";
    case Expr::Kind::member:
      return wrapped(e.kids[0], 17) + e.text;
    case Expr::Kind::cast:
      return "(" + e.text + ")" + wrapped(e.kids[0], 16);
    case Expr::Kind::group: {
      // A substitution may have put a name or a group inside: one pair of parentheses is enough.
      const Expr& inner = bare(e);
      return precedence(inner) >= 18 ? to_text(inner) : "(" + to_text(inner) + ")";
    }
  }
  return e.text;
}

bool same(const Expr& a, const Expr& b) { return to_text(bare(a)) == to_text(bare(b)); }

const Expr& bare(const Expr& expr) {
  const Expr* e = &expr;
  while (e->is(Expr::Kind::group)) e = &e->kids[0];
  return *e;
}

Expr sum(Expr a, Expr b) {
  int64_t x = 0, y = 0;
  bool left = is_integer(bare(a), x), right = is_integer(bare(b), y);
  if (left && right) return Expr::number(x + y);
  if (left && x == 0) return b;
  if (right && y == 0) return a;
  if (right && y < 0) return difference(std::move(a), Expr::number(-y));
  // a - 1 + 1 and a + 3 + 1 fold into one constant.
  int64_t inner = 0;
  if (right && a.is(Expr::Kind::binary) && (a.text == "+" || a.text == "-") && is_integer(a.kids[1], inner))
    return sum(a.kids[0], Expr::number((a.text == "+" ? inner : -inner) + y));
  return Expr::binary(std::move(a), "+", std::move(b));
}

Expr difference(Expr a, Expr b) {
  int64_t x = 0, y = 0;
  bool left = is_integer(bare(a), x), right = is_integer(bare(b), y);
  if (left && right) return Expr::number(x - y);
  if (right && y == 0) return a;
  if (right && y < 0) return sum(std::move(a), Expr::number(-y));
  if (left && x == 0) return Expr::unary("-", std::move(b));
  int64_t inner = 0;
  if (right && a.is(Expr::Kind::binary) && (a.text == "+" || a.text == "-") && is_integer(a.kids[1], inner))
    return sum(a.kids[0], Expr::number((a.text == "+" ? inner : -inner) - y));
  if (same(a, b)) return Expr::number(0);
  return Expr::binary(std::move(a), "-", std::move(b));
}

std::set<std::string> identifiers(std::string_view text) {
  std::set<std::string> words;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && is_word_character(text[end])) ++end;
    if (end > i && !std::isdigit(static_cast<unsigned char>(text[i]))) words.emplace(text.substr(i, end - i));
    i = end == i ? i + 1 : end;
  }
  return words;
}

void walk(const Expr& expr, const std::function<void(const Expr&)>& visit) {
  visit(expr);
  for (const Expr& kid : expr.kids) walk(kid, visit);
}

namespace {

// static_cast<int>(x): a cast in the words of C++, which names nothing.
bool is_number_cast(const Expr& call) {
  constexpr size_t kHead = sizeof("static_cast<") - 1;
  if (!starts_with(call.text, "static_cast<") || call.text.back() != '>') return false;
  const std::string type = trim(call.text.substr(kHead, call.text.size() - kHead - 1));
  return is_floating_type(type) || is_integer_type(type);
}

}  // namespace

std::set<std::string> names_in(const Expr& expr) {
  std::set<std::string> names;
  walk(expr, [&](const Expr& e) {
    if (e.is(Expr::Kind::name)) names.insert(e.text);
    // `v.size` and `f<T>`: the object and template arguments count as used.
    if (e.is(Expr::Kind::opaque) ||
        (e.is(Expr::Kind::call) && e.text.find_first_of(".>") != std::string::npos && !is_number_cast(e)))
      names.merge(identifiers(e.text));
  });
  return names;
}

bool mentions(const Expr& expr, const std::string& name) { return names_in(expr).count(name) != 0; }

void substitute(Expr& expr, const std::string& name, const Expr& replacement) {
  if (expr.is(Expr::Kind::name) && expr.text == name) {
    expr = replacement;
    return;
  }
  bool verbatim = expr.is(Expr::Kind::opaque);
  bool atom = replacement.is(Expr::Kind::name) || replacement.is(Expr::Kind::number);
  std::string word = atom ? replacement.text : "(" + to_text(replacement) + ")";
  if (verbatim) expr.text = replace_word(expr.text, name, word);
  if (expr.is(Expr::Kind::call) && expr.text.find('.') != std::string::npos &&
      replacement.is(Expr::Kind::name))
    expr.text = replace_word(expr.text, name, replacement.text);
  for (Expr& kid : expr.kids) substitute(kid, name, replacement);
}

}  // namespace ke
