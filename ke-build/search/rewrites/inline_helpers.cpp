// SPDX-License-Identifier: MIT
// Puts the body of a helper with loops in the place of its call, where the loops around it can see its loops.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/instantiate.h"
#include "ke-build/search/rewrites/jumps.h"
#include "ke-build/search/rewrites/plain_type.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>
#include <map>

namespace ke {
namespace {

bool returns_value(const Function& f) {
  return !f.body.empty() && f.body.back().is(Stmt::Kind::jump) && starts_with(f.body.back().text, "return ");
}

constexpr size_t kMostWithoutLoop = 24;  // statements of a helper that other moves only want to look into

size_t statements_in(const Stmts& body) {
  size_t all = 0;
  walk(body, [&](const Stmt&) { ++all; });
  return all;
}

// The helper with its early `return;` as branches, where it has no value.
Function with_one_exit(Function f) {
  if (!returns_value(f) && f.return_type == "void")
    if (auto body = without_returns(f.body)) f.body = *std::move(body);
  return f;
}

// A helper whose only exit is `return value;` at its end, or its end. What gives a value without loops is
// understood where it stands.
bool is_inlinable(const Function& f) {
  const bool value = returns_value(f);
  if (f.body.size() < (value ? 2 : 1) || f.specialization || (!value && f.return_type != "void"))
    return false;
  if (has_opaque(f.body)) return false;
  if (!has_inner_loop(f.body) && (value || f.member || statements_in(f.body) > kMostWithoutLoop))
    return false;
  size_t returns = 0;
  walk(f.body, [&](const Stmt& s) { returns += s.is(Stmt::Kind::jump) && starts_with(s.text, "return"); });
  bool recursive = std::count(f.calls.begin(), f.calls.end(), f.name) != 0;
  bool plain = std::all_of(f.parameters.begin(), f.parameters.end(), [](const Parameter& p) {
    return !p.name.empty() && p.type.find("&&") == std::string::npos &&
           p.type.find("volatile") == std::string::npos;
  });
  return returns == (value ? 1 : 0) && !recursive && plain;
}

class Inliner {
 public:
  Inliner(const Unit& unit, const Function& caller) : unit_(unit), caller_(caller) {}

  // Rebuilds the statements with calls replaced.
  Stmts statements(const Stmts& list) {
    Stmts out;
    for (const Stmt& s : list) {
      const Expr* call = called(s);
      if (call) {
        Expr result;
        Stmts body = expand(*call, result);
        out.insert(out.end(), body.begin(), body.end());
        ++count_;
        if (!returns_value(*helper(call->text))) continue;
        Stmt rest = s;
        rest.value = with_part(s.value, call, result);
        out.push_back(rest);
        continue;
      }
      Stmt copy = s;
      copy.body = statements(s.body);
      copy.otherwise = statements(s.otherwise);
      out.push_back(copy);
    }
    return out;
  }
  int count() const { return count_; }

 private:
  // `x = f(...)`, `T x = c * f(...)` and `f(...)`
  const Expr* called(const Stmt& s) const {
    const Expr* value = nullptr;
    const bool alone = s.is(Stmt::Kind::expression) && bare(s.value).is(Expr::Kind::call);
    if (alone) value = &bare(s.value);
    if (s.is(Stmt::Kind::declare) && s.has_init) value = call_in(s.value);
    if (s.is(Stmt::Kind::expression) && s.value.is(Expr::Kind::assign)) value = call_in(s.value.kids[1]);
    if (!value || !value->is(Expr::Kind::call)) return nullptr;
    for (const Expr& argument : value->kids) {
      Effects effects = effects_of(argument);
      if (effects.unknown || !effects.scalar_writes.empty()) return nullptr;
    }
    const Function* f = helper(value->text);
    if (!f || f->parameters.size() != value->kids.size() || !is_inlinable(with_one_exit(*f))) return nullptr;
    const auto instance = instantiated(*f, value->kids, types_);
    const bool fits = instance && binds(*instance, value->kids) && means_the_same(*instance);
    return fits && returns_value(*f) != alone ? value : nullptr;
  }

  // A reference to what the caller has under a name is that name.
  bool binds(const Function& f, const std::vector<Expr>& arguments) const {
    for (size_t i = 0; i < arguments.size(); ++i) {
      const std::string& type = f.parameters[i].type;
      if (type.find('&') == std::string::npos) continue;
      const Expr& argument = bare(arguments[i]);
      const auto known = types_.find(argument.text);
      if (!argument.is(Expr::Kind::name) || known == types_.end() ||
          type_without_reference(known->second) != type_without_reference(type))
        return false;
    }
    return true;
  }

  // What the helper has from the file must not meet the caller's variables.
  bool means_the_same(const Function& f) const {
    std::set<std::string> names;
    walk_expressions(f.body, [&](const Expr& e) {
      if (e.is(Expr::Kind::name) || e.is(Expr::Kind::call)) names.insert(e.text.substr(0, e.text.find('.')));
    });
    for (const Parameter& p : f.parameters) names.erase(p.name);
    for (const std::string& own : effects_of(f.body).declared) names.erase(own);
    return std::none_of(names.begin(), names.end(),
                        [&](const std::string& name) { return types_.count(name) != 0; });
  }

  // The call of a helper that an arithmetic expression is made of; other operands may be read after it only
  // if it writes nothing.
  const Expr* call_in(const Expr& value) const {
    const Expr& e = bare(value);
    if (e.is(Expr::Kind::call)) {
      if (helper(e.text) || e.kids.size() != 1) return &e;
      return starts_with(e.text, "static_cast<") ? call_in(e.kids[0]) : &e;
    }
    const bool arithmetic =
        (e.is(Expr::Kind::binary) && (e.text == "+" || e.text == "-" || e.text == "*" || e.text == "/")) ||
        e.is(Expr::Kind::unary, "-") || e.is(Expr::Kind::cast);
    if (!arithmetic) return nullptr;
    for (const Expr& kid : e.kids) {
      const Expr* found = call_in(kid);
      const Function* f = found && found->is(Expr::Kind::call) ? helper(found->text) : nullptr;
      if (!f) continue;
      const std::vector<Access> accesses = effects_of(f->body).accesses;
      const bool writes =
          std::any_of(accesses.begin(), accesses.end(), [](const Access& access) { return access.write; });
      const bool changes = std::any_of(f->parameters.begin(), f->parameters.end(), [](const Parameter& p) {
        return p.type.find('&') != std::string::npos && !starts_with(p.type, "const ");
      });
      return writes || changes || !is_floating_type(f->return_type) ? nullptr
                                                                    : found;  // no conversion is lost
    }
    return nullptr;
  }

  static Expr with_part(const Expr& e, const Expr* part, const Expr& instead) {
    if (&e == part) return instead.kids.empty() ? instead : Expr{Expr::Kind::group, "", {instead}};
    Expr copy = e;
    for (size_t i = 0; i < e.kids.size(); ++i) copy.kids[i] = with_part(e.kids[i], part, instead);
    return copy;
  }

  const Function* helper(const std::string& name) const {
    const Function* found = nullptr;
    for (const Function& f : unit_.functions)
      if (f.name == name && !f.entry && f.name != caller_.name) {
        if (found) return nullptr;  // overloaded
        found = &f;
      }
    return found;
  }

  std::string fresh(const std::string& wanted) {
    std::string name = fresh_name(caller_, wanted);
    for (int i = 2; !taken_.insert(name).second; ++i) name = fresh_name(caller_, wanted + std::to_string(i));
    return name;
  }

  Stmts expand(const Expr& call, Expr& result) {
    const Function f = with_one_exit(*instantiated(*helper(call.text), call.kids, types_));
    Stmts body(f.body.begin(), f.body.end() - (returns_value(f) ? 1 : 0));
    const std::string returned = returns_value(f) ? f.body.back().text.substr(7) : "0;";
    result = parse_expression(returned.substr(0, returned.rfind(';')));
    const std::string type = plain_type_of(result, symbols_of(unit_, f)), own = value_type(f.return_type);
    if (returns_value(f) && !type.empty() && type != own)
      result = Expr::call("static_cast<" + own + ">", {result});
    Stmts carrier{make_expression(result)};  // renamed along with the body
    std::set<std::string> written = effects_of(f.body).scalar_writes, names = effects_of(f.body).declared;
    const std::set<std::string> shared = shared_arguments(f, call.kids);
    for (Stmt& s : body) separate_counters(s, declarations_of(body));
    for (const std::string& local : names) {
      std::string name = fresh(local);
      rename(body, local, name);
      rename(carrier, local, name);
    }
    Stmts head;
    for (size_t i = 0; i < call.kids.size(); ++i) {
      const Parameter& p = f.parameters[i];
      const Expr& argument = bare(call.kids[i]);
      Expr stands_for = argument;
      bool simple =
          (argument.is(Expr::Kind::name) && !shared.count(argument.text)) || argument.is(Expr::Kind::number);
      const bool reference = p.type.find('&') != std::string::npos;
      // A converted or changed argument needs a variable of its own.
      auto type = types_.find(argument.text);
      bool same_type = type != types_.end() ? value_type(type->second) == value_type(p.type) ||
                                                  p.type.find('*') != std::string::npos
                                            : false;
      if (reference) {
      } else if (!simple || written.count(p.name) || (argument.is(Expr::Kind::name) && !same_type) ||
                 argument.is(Expr::Kind::number)) {
        std::string name = fresh(p.name);
        head.push_back(make_declare(
            (written.count(p.name) || starts_with(p.type, "const") || p.type.find('*') != std::string::npos
                 ? ""
                 : "const ") +
                p.type,
            name, argument));
        stands_for = Expr::name(name);
      }
      std::string marker = "ke_argument_" + std::to_string(i);
      rename(body, p.name, marker);
      rename(carrier, p.name, marker);
      markers_[marker] = stands_for;
    }
    for (const auto& [marker, value] : markers_) {
      substitute(body, marker, value);
      substitute(carrier, marker, value);
    }
    markers_.clear();
    result = carrier[0].value;
    head.insert(head.end(), body.begin(), body.end());
    return head;
  }

  // What the helper changes through a reference while a parameter of its own keeps the value.
  static std::set<std::string> shared_arguments(const Function& f, const std::vector<Expr>& arguments) {
    std::set<std::string> shared;
    for (size_t i = 0; i < arguments.size(); ++i)
      if (f.parameters[i].type.find('&') != std::string::npos) shared.insert(bare(arguments[i]).text);
    return shared;
  }

  static std::map<std::string, int> declarations_of(const Stmts& body) {
    std::map<std::string, int> times;
    walk(body, [&](const Stmt& s) {
      if ((s.is(Stmt::Kind::loop) && !s.type.empty()) || s.is(Stmt::Kind::declare)) ++times[s.name];
    });
    return times;
  }

  // `for (size_t i = 1; ...)` beside `size_t i = n - 1;`: one name for two variables says little about
  // either.
  void separate_counters(Stmt& s, const std::map<std::string, int>& times) {
    for (Stmts* part : {&s.body, &s.otherwise})
      for (Stmt& kid : *part) separate_counters(kid, times);
    const auto known = times.find(s.name);
    if (!s.is(Stmt::Kind::loop) || s.type.empty() || known == times.end() || known->second < 2) return;
    Stmts one{s};
    rename(one, s.name, fresh(s.name + "_each"));
    s = one[0];
  }

  const Unit& unit_;
  const Function& caller_;
  std::set<std::string> taken_;
  std::map<std::string, Expr> markers_;
  std::map<std::string, std::string> types_ = symbols_of(unit_, caller_).types;
  int count_ = 0;
};

}  // namespace

std::vector<Rewritten> inline_helpers(const Unit& unit, const RewriteRules&, int) {
  std::vector<Rewritten> out;
  for (const Function& caller : unit.functions) {
    for (const Stmt& s : caller.body) {
      if (!s.is(Stmt::Kind::loop)) continue;
      Inliner inliner(unit, caller);
      Stmts made = inliner.statements({s});
      if (inliner.count() == 0) continue;
      std::string text = replace_statement(unit, s, made);
      if (parses_as_well(unit, text))
        out.push_back({text, std::to_string(inliner.count()) + " calls in the loop over " + s.name +
                                 ", line " + std::to_string(s.line)});
    }
  }
  return out;
}

}  // namespace ke
