// SPDX-License-Identifier: MIT
// Helpers that choose among values by a mode, `combine(mode, a, b)`, in the place of their calls: the choice
// is the same in all iterations, and a rewrite of the loop has to see that (see unswitch).
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/inline_method.h"
#include "ke-build/search/rewrites/plain_tests.h"
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/rewrites/value_range.h"

#include <algorithm>

namespace ke {
namespace {

constexpr const char* kName = "ke_choice";
constexpr size_t kMostHelperText = 2000;

// `return e;` with the conversion that the function does, each on its own: a selection converts all of its
// values to one type.
bool convert_returns(Stmts& body, const std::string& type, const Symbols& symbols) {
  for (Stmt& s : body) {
    if (!convert_returns(s.body, type, symbols) || !convert_returns(s.otherwise, type, symbols)) return false;
    if (!s.is(Stmt::Kind::jump) || !starts_with(s.text, "return")) continue;
    Expr value = parse_expression(trim(s.text.substr(6, s.text.rfind(';') - 6)));
    if (value.is(Expr::Kind::opaque)) return false;
    if (floating_type_of(value, symbols) == type) continue;
    s.text = "return " + to_text(Expr{Expr::Kind::cast, type, {Expr{Expr::Kind::group, "", {value}}}}) + ";";
  }
  return true;
}

// Names that conditions of the body ask about.
std::set<std::string> asked_names(const Stmts& body) {
  std::set<std::string> names;
  walk(body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::branch)) names.merge(names_in(s.value));
    if (!s.is(Stmt::Kind::jump) || !starts_with(s.text, "return ")) return;
    const Expr value = parse_expression(s.text.substr(7, s.text.rfind(';') - 7));
    walk(value, [&](const Expr& e) {
      if (e.is(Expr::Kind::conditional)) names.merge(names_in(e.kids[0]));
    });
  });
  return names;
}

class ChoiceInliner {
 public:
  ChoiceInliner(const Unit& unit, const Function& caller)
      : unit_(unit), caller_(caller), symbols_(symbols_of(unit, caller)) {}

  /// The calls in a loop whose choice is the same in all of its iterations, or in all of an inner loop.
  std::optional<Stmts> rewritten(const Stmt& loop) {
    count_ = 0;
    loop_ = effects_of(Stmts{loop}, symbols_.pure);
    bool plain = true;
    walk({loop}, [&](const Stmt& s) { plain = plain && calls_stand_alone(s); });
    if (!plain) return std::nullopt;
    auto made = replace_calls(
        Stmts{loop}, [&](const Expr& e) { return chosen_by(e) != nullptr; },
        [&](const Expr& call, Stmts* before) { return inlined(call, before); });
    return count_ > 0 ? made : std::nullopt;
  }
  size_t count() const { return count_; }

 private:
  const Function* helper(const std::string& name) const {
    const Function* found = nullptr;
    for (const std::vector<Function>* list : {&unit_.functions, &unit_.others})
      for (const Function& f : *list) {
        if (f.name != name) continue;
        if (found || list == &unit_.others) return nullptr;  // overloaded, or of another file
        found = &f;
      }
    const bool plain = found && !found->entry && found->name != caller_.name &&
                       symbols_.pure.count(name) != 0 && found->template_parameters.empty() &&
                       !found->specialization && !has_labels(*found) &&
                       std::count(found->calls.begin(), found->calls.end(), found->name) == 0 &&
                       found->end - found->begin < kMostHelperText;
    return plain && means_the_same(*found) ? found : nullptr;
  }

  // The names of a file must not meet variables of the caller.
  bool means_the_same(const Function& f) const {
    std::set<std::string> names = identifiers(unit_.text.substr(f.body_begin, f.end - f.body_begin));
    for (const Parameter& p : f.parameters) names.erase(p.name);
    for (const std::string& own : effects_of(f.body).declared) names.erase(own);
    return std::none_of(names.begin(), names.end(),
                        [&](const std::string& name) { return symbols_.types.count(name) != 0; });
  }

  bool is_steady(const Expr& raw) const {
    const Expr& e = bare(raw);
    const auto type = e.is(Expr::Kind::name) ? symbols_.types.find(e.text) : symbols_.types.end();
    if (type == symbols_.types.end() || value_type(type->second).empty()) return false;
    return !loop_.scalar_writes.count(e.text) &&
           (!loop_.declared.count(e.text) || identifiers(type->second).count("const"));
  }

  // The parameter by which the callee chooses, where that stands still.
  const Parameter* chosen_by(const Expr& call) const {
    const Function* f = call.is(Expr::Kind::call) ? helper(call.text) : nullptr;
    if (!f || f->parameters.size() != call.kids.size()) return nullptr;
    const std::set<std::string> asked = asked_names(f->body);
    for (size_t i = 0; i < call.kids.size(); ++i)
      if (asked.count(f->parameters[i].name) && is_steady(call.kids[i])) return &f->parameters[i];
    return nullptr;
  }

  // Arguments are worked out in front of the statement: nothing else in it may change them.
  bool calls_stand_alone(const Stmt& s) const {
    bool calls = false, changes = false;
    const bool whole = s.is(Stmt::Kind::expression) && s.value.is(Expr::Kind::assign);
    for (const Expr* e : {&s.lower, &s.upper, &s.value})
      walk(*e, [&](const Expr& part) {
        calls = calls || chosen_by(part) != nullptr;
        changes = changes || part.text == "++" || part.text == "--" ||
                  (part.is(Expr::Kind::assign) && !(whole && &part == &s.value));
      });
    return !calls || !changes;
  }

  // Variables under their own names, so that tests and sums are about them.
  bool bind_names(const Function& f, std::vector<Expr>& arguments, Method& method) const {
    const Effects own = effects_of(f.body);
    std::vector<Expr> others;
    std::vector<std::pair<std::string, std::string>> renamed;
    for (size_t i = 0; i < arguments.size(); ++i) {
      const Parameter& p = f.parameters[i];
      const std::string type = value_type(p.type), &name = bare(arguments[i]).text;
      if (p.name.empty() || type.empty() || own.declared.count(p.name)) return false;
      const auto known = symbols_.types.find(name);
      const bool alike = bare(arguments[i]).is(Expr::Kind::name) && known != symbols_.types.end() &&
                         value_type(known->second) == type;
      if (!alike || own.scalar_writes.count(p.name)) {
        method.parameters.push_back(p);
        others.push_back(arguments[i]);
        continue;
      }
      if (own.declared.count(name)) return false;
      const std::string marker = "ke_argument_" + std::to_string(i);  // names may be each other's parameters
      rename(method.body, p.name, marker);
      renamed.emplace_back(marker, name);
      method.callers.insert(name);
    }
    for (const Parameter& p : method.parameters)
      for (const auto& [marker, name] : renamed)
        if (p.name == name) return false;
    for (const auto& [marker, name] : renamed) rename(method.body, marker, name);
    arguments = std::move(others);
    return true;
  }

  std::optional<Expr> inlined(const Expr& call, Stmts* before) {
    const Function& f = *helper(call.text);
    Method method;
    method.name = kName;
    method.return_type = f.return_type;
    method.body = f.body;
    std::vector<Expr> arguments = call.kids;
    const std::string type = value_type(f.return_type);
    if (type.empty() || !convert_returns(method.body, type, symbols_of(unit_, f)) ||
        !bind_names(f, arguments, method))
      return std::nullopt;
    Class owner;
    owner.methods.push_back(std::move(method));
    MethodInliner inliner(owner, {}, symbols_, [this](const std::string& wanted) { return fresh(wanted); });
    auto made = inliner.call(kName, arguments);
    if (!made || !made->value || (!made->before.empty() && !before)) return std::nullopt;
    if (before) before->insert(before->end(), made->before.begin(), made->before.end());
    ++count_;
    // What is chosen has the type already.
    const bool twice = is_floating_type(type) && made->value->is(Expr::Kind::cast, type);
    return twice ? made->value->kids[0] : *made->value;
  }

  std::string fresh(const std::string& wanted) {
    std::string name = fresh_name(caller_, wanted);
    for (int i = 2; !taken_.insert(name).second; ++i) name = fresh_name(caller_, wanted + std::to_string(i));
    return name;
  }

  const Unit& unit_;
  const Function& caller_;
  const Symbols symbols_;
  Effects loop_;
  std::set<std::string> taken_;
  size_t count_ = 0;
};

void visit_loops(const Stmts& list, const std::function<void(const Stmt&)>& visit) {
  for (const Stmt& s : list) {
    if (s.is(Stmt::Kind::loop) || s.is(Stmt::Kind::wild)) {
      visit(s);
      continue;
    }
    visit_loops(s.body, visit);
    visit_loops(s.otherwise, visit);
  }
}

}  // namespace

std::vector<Rewritten> inline_choices(const Unit& unit, const RewriteRules&, int) {
  std::vector<Rewritten> out;
  for (const Function& caller : unit.functions) {
    ChoiceInliner inliner(unit, caller);
    visit_loops(caller.body, [&](const Stmt& s) {
      const auto made = inliner.rewritten(s);
      if (!made) return;
      std::string text = replace_statement(unit, s, *made);
      if (parses_as_well(unit, text))
        out.push_back({std::move(text), std::to_string(inliner.count()) + " calls in the loop, line " +
                                            std::to_string(s.line)});
    });
  }
  return out;
}

}  // namespace ke
