// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/jumps.h"

#include "ke-build/base/text.h"
#include "ke-build/search/syntax/facts.h"

#include <algorithm>

namespace ke {
namespace {

bool is_leaving(const Stmt& s) {
  return s.is(Stmt::Kind::jump) &&
         (starts_with(s.text, "return") || starts_with(s.text, "continue") || starts_with(s.text, "break"));
}

bool jumps_in(const Stmt& s, const std::string& jump) {
  switch (s.kind) {
    case Stmt::Kind::loop:
    case Stmt::Kind::wild:
      return false;
    case Stmt::Kind::jump:
      return starts_with(s.text, jump);
    case Stmt::Kind::opaque:
      return identifiers(s.text).count(jump) != 0;
    default:
      return jumps(s.body, jump) || jumps(s.otherwise, jump);
  }
}

// In the scope of `around`, would the statements mean other things by their names?
bool shadows(const Stmts& around, const Stmts& statements) {
  return std::any_of(around.begin(), around.end(), [&](const Stmt& s) {
    return s.is(Stmt::Kind::opaque) || (s.is(Stmt::Kind::declare) && mentions(statements, s.name));
  });
}

// What comes behind a branch goes into the side that reaches it.
bool take_rest(Stmt& branch, const Stmts& rest, const std::string& jump) {
  const bool yes = !never_ends(branch.body, jump), no = !never_ends(branch.otherwise, jump);
  if (rest.empty() || (!yes && !no)) return true;
  if (yes && no) return false;
  Stmts& side = yes ? branch.body : branch.otherwise;
  if (shadows(side, rest)) return false;
  side.insert(side.end(), rest.begin(), rest.end());
  return true;
}

std::optional<Stmt> structured_branch(Stmt branch, const Stmts& rest, const std::string& jump) {
  if (!take_rest(branch, rest, jump)) return std::nullopt;
  auto yes = without_jumps(branch.body, jump), no = without_jumps(branch.otherwise, jump);
  if (!yes || !no) return std::nullopt;
  if (yes->empty()) return make_branch(negated(branch.value), *std::move(no));
  branch.body = *std::move(yes);
  branch.otherwise = *std::move(no);
  return branch;
}

}  // namespace

bool jumps(const Stmts& body, const std::string& jump) {
  return std::any_of(body.begin(), body.end(), [&](const Stmt& s) { return jumps_in(s, jump); });
}

bool never_ends(const Stmts& body, const std::string& jump) {
  return std::any_of(body.begin(), body.end(), [&](const Stmt& s) {
    if (s.is(Stmt::Kind::branch)) return never_ends(s.body, jump) && never_ends(s.otherwise, jump);
    return is_leaving(s) || (s.is(Stmt::Kind::block) && never_ends(s.body, jump));
  });
}

std::optional<Stmts> without_jumps(const Stmts& body, const std::string& jump) {
  Stmts out;
  for (size_t i = 0; i < body.size(); ++i) {
    const Stmt& s = body[i];
    if (s.is(Stmt::Kind::jump) && starts_with(s.text, jump)) return out;
    if (!jumps_in(s, jump)) {
      out.push_back(s);
      if (is_leaving(s)) return out;
      continue;
    }
    const Stmts rest(body.begin() + static_cast<std::ptrdiff_t>(i) + 1, body.end());
    if (s.is(Stmt::Kind::branch)) {
      auto made = structured_branch(s, rest, jump);
      if (!made) return std::nullopt;
      const Effects test = effects_of(made->value);
      const bool kept =
          test.unknown || !test.scalar_writes.empty() ||
          std::any_of(test.accesses.begin(), test.accesses.end(), [](const Access& a) { return a.write; });
      if (kept || !made->body.empty() || !made->otherwise.empty()) out.push_back(*std::move(made));
      return out;
    }
    if (!s.is(Stmt::Kind::block) || !(rest.empty() || never_ends(s.body, jump))) return std::nullopt;
    auto made = without_jumps(s.body, jump);
    if (!made) return std::nullopt;
    Stmt block = s;
    block.body = *std::move(made);
    out.push_back(std::move(block));
    return out;
  }
  return out;
}

std::optional<Stmts> without_returns(const Stmts& body) {
  const auto any = [](const Stmts& statements, const std::string& beside) {
    bool found = false;
    walk(statements, [&](const Stmt& s) {
      const bool leaves = s.is(Stmt::Kind::jump) && starts_with(s.text, "return");
      found = found || s.is(Stmt::Kind::opaque) || (leaves && s.text != beside);
    });
    return found;
  };
  if (any(body, "return;")) return std::nullopt;
  auto made = without_jumps(body, "return");
  return made && !any(*made, "") ? made : std::nullopt;
}

Expr negated(const Expr& condition) {
  const Expr& e = bare(condition);
  if (e.is(Expr::Kind::unary, "!")) return bare(e.kids[0]);
  const bool equality = e.is(Expr::Kind::binary, "==") || e.is(Expr::Kind::binary, "!=");
  if (equality && (bare(e.kids[0]).is(Expr::Kind::number) || bare(e.kids[1]).is(Expr::Kind::number)))
    return Expr::binary(e.kids[0], e.text == "==" ? "!=" : "==", e.kids[1]);
  return Expr::unary("!", e.kids.empty() ? e : Expr{Expr::Kind::group, "", {e}});
}

}  // namespace ke
