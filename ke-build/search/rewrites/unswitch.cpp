// SPDX-License-Identifier: MIT
// Loop unswitching (Allen, Cocke 1971): a test whose outcome is the same in all iterations is asked once in
// front of the outermost loop for which it is, and each outcome has loops of its own. Compilers do so for
// small innermost loops; other rewrites see plain loops then.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/constants.h"
#include "ke-build/search/rewrites/decided_tests.h"
#include "ke-build/search/rewrites/plain_tests.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

constexpr size_t kMostCopies = 8;
constexpr size_t kMostText = 24000;  // of all copies

/// One test, or a value that is compared with constants.
struct Question {
  Expr subject;             // mode, or the test itself
  std::vector<Expr> tests;  // mode == a, mode == b
};

// `mode == kMax`, either way round, or `!=`
bool is_equality(const Expr& e) { return e.is(Expr::Kind::binary, "==") || e.is(Expr::Kind::binary, "!="); }

// The tests that a condition is made of.
void parts_of(const Expr& raw, std::vector<Expr>& out) {
  const Expr& e = bare(raw);
  if (e.is(Expr::Kind::binary, "&&") || e.is(Expr::Kind::binary, "||") || e.is(Expr::Kind::unary, "!")) {
    for (const Expr& kid : e.kids) parts_of(kid, out);
    return;
  }
  out.push_back(e);
}

void tests_in(const Expr& e, std::vector<Expr>& out) {
  walk(e, [&](const Expr& part) {
    if (part.is(Expr::Kind::conditional)) parts_of(part.kids[0], out);
  });
}

/// Tests where they cost: in innermost loops, and around loops. With `all`, the others too.
void collect_tests(const Stmts& list, bool innermost, bool all, std::vector<Expr>& out) {
  for (const Stmt& s : list) {
    const bool loop = s.is(Stmt::Kind::loop) || s.is(Stmt::Kind::wild);
    const bool here = innermost || all;
    if (s.is(Stmt::Kind::branch) && (here || has_inner_loop(s.body) || has_inner_loop(s.otherwise)))
      parts_of(s.value, out);
    if (here)
      for (const Expr* e : {&s.lower, &s.upper, &s.value}) tests_in(*e, out);
    const bool inside = loop ? !has_inner_loop(s.body) : innermost;
    collect_tests(s.body, inside, all, out);
    collect_tests(s.otherwise, inside, all, out);
  }
}

bool is_plain_number(const std::string& type) {
  const std::string t = value_type(type);
  return is_integer_type(t) || is_floating_type(t) || t == "bool" || t == "char" ||
         type.find('*') != std::string::npos;
}

/// Variables of a function that nothing but their own name reaches.
class Variables {
 public:
  Variables(const Unit& unit, const Function& function, const Symbols& symbols) : symbols_(symbols) {
    const auto reach = [&](const Expr& e) {
      const std::set<std::string> names = names_in(e);
      reached_.insert(names.begin(), names.end());
    };
    walk(function.body, [&](const Stmt& s) {
      const bool text = s.is(Stmt::Kind::opaque) || s.is(Stmt::Kind::wild);
      if (text) reached_.merge(identifiers(s.text));
      if (s.is(Stmt::Kind::declare) && s.type.find('&') != std::string::npos) reach(s.value);
      if (s.is(Stmt::Kind::declare) && s.constructed) reach(s.value);
      if (s.is(Stmt::Kind::declare) && !s.has_init) reached_.insert(s.name);
    });
    walk_expressions(function.body, [&](const Expr& e) {
      if (e.is(Expr::Kind::opaque) || e.is(Expr::Kind::unary, "&")) reach(e);
      if (!e.is(Expr::Kind::call) || is_pure_call(e.text, symbols.pure)) return;
      const Function* callee = unit.find(e.text);
      for (size_t i = 0; i < e.kids.size(); ++i)
        if (!callee || i >= callee->parameters.size() ||
            callee->parameters[i].type.find('&') != std::string::npos)
          reach(e.kids[i]);
    });
  }

  /// A number, pointer or enumerator by value.
  bool is_plain(const std::string& name) const {
    const auto known = symbols_.types.find(name);
    if (known == symbols_.types.end() || reached_.count(name)) return false;
    const std::string& type = known->second;
    return !type.empty() && type.find_first_of("&<[") == std::string::npos &&
           identifiers(type).count("auto") == 0 && type.find("volatile") == std::string::npos &&
           type.find("atomic") == std::string::npos;
  }

 private:
  const Symbols& symbols_;
  std::set<std::string> reached_;
};

class Unswitching {
 public:
  Unswitching(const Unit& unit, const RewriteRules& rules, const Site& site, const Constants& constants,
              const Variables& variables)
      : unit_(unit),
        rules_(rules),
        site_(site),
        constants_(constants),
        variables_(variables),
        body_(effects_of(Stmts{site.loop()}, site.symbols->pure)) {}

  std::optional<Question> question() const {
    if (!may_be_copied({site_.loop()}) || follows_pragma()) return std::nullopt;
    std::vector<Expr> tests, all;
    const Stmts& body = site_.loop().body;
    collect_tests(body, !has_inner_loop(body), false, tests);
    for (const Expr& test : tests) {
      const auto subject = subject_of(test);
      if (!subject || is_decided(*subject)) continue;
      collect_tests(body, false, true, all);
      return asked(test, *subject, all);
    }
    return std::nullopt;
  }

  std::optional<Rewritten> rewritten(const Question& question) const {
    const size_t copies = question.tests.size() + 1;
    if (copies > kMostCopies || copies * to_text(Stmts{site_.loop()}, 0).size() > kMostText)
      return std::nullopt;
    std::set<std::string> taken;
    std::vector<Stmts> made;
    for (size_t i = 0; i < copies; ++i) {
      made.push_back(copy_for(question, i));
      if (i > 0) rename_locals(made.back(), taken);
    }
    Stmts chain = std::move(made.back());
    for (size_t i = question.tests.size(); i-- > 0;)
      chain = {make_branch(question.tests[i], std::move(made[i]), std::move(chain))};
    const auto text =
        commit(site_, chain, {true, {}, {}}, "Asked once: " + to_text(question.subject) + " stands still.");
    if (!text) return std::nullopt;
    return Rewritten{*text, to_text(question.subject) + " in " + where(site_)};
  }

 private:
  bool follows_pragma() const {
    const std::string before = trim(unit_.text.substr(0, site_.loop().begin));
    const size_t line = before.rfind('\n');
    return starts_with(trim(before.substr(line == std::string::npos ? 0 : line + 1)), "#");
  }

  bool stands(const std::string& name) const {
    return variables_.is_plain(name) && !body_.scalar_writes.count(name) && !body_.declared.count(name) &&
           !is_place(name);
  }

  // Tests of places belong to other rewrites (borders): not what is worked out from the loops around.
  bool is_place(const std::string& name, int depth = 0) const {
    constexpr int kDeep = 16;
    for (const Stmt* around : site_.path) {
      if (!around->is(Stmt::Kind::loop) || around == &site_.loop()) continue;
      bool place = around->name == name || depth > kDeep;
      walk(around->body, [&](const Stmt& s) {
        if (!place && s.is(Stmt::Kind::declare) && s.name == name) place = is_place(s.value, depth);
      });
      if (place || effects_of(around->body, site_.symbols->pure).scalar_writes.count(name)) return true;
    }
    return false;
  }

  bool is_place(const Expr& value, int depth) const {
    bool data = false;
    walk(value, [&](const Expr& e) {
      data = data || e.is(Expr::Kind::subscript) || e.is(Expr::Kind::member) || e.is(Expr::Kind::unary, "*");
    });
    const std::set<std::string> names = names_in(value);
    return !data && std::any_of(names.begin(), names.end(),
                                [&](const std::string& name) { return is_place(name, depth + 1); });
  }

  // What the test asks about; nothing when that may change in the loop or must not be asked in front of it.
  std::optional<Expr> subject_of(const Expr& test) const {
    if (is_equality(test))
      for (size_t side : {0, 1}) {
        const Expr& name = bare(test.kids[side]);
        if (name.is(Expr::Kind::name) && stands(name.text) &&
            constants_.is_constant(test.kids[1 - side], *site_.symbols))
          return is_number_like(name.text) || !overloads_equality(unit_, rules_) ? std::optional(name)
                                                                                 : std::nullopt;
      }
    return is_steady(test) && !bare(test).is(Expr::Kind::number) && names_in(test).size() > 0
               ? std::optional(test)
               : std::nullopt;
  }

  bool is_number_like(const std::string& name) const {
    const auto known = site_.symbols->types.find(name);
    return known != site_.symbols->types.end() && is_plain_number(known->second);
  }

  bool is_steady(const Expr& raw) const {
    static const std::set<std::string> harmless = {"==", "!=", "<", ">", "<=", ">=", "&", "|", "^"};
    const Expr& e = bare(raw);
    if (e.is(Expr::Kind::number)) return true;
    if (e.is(Expr::Kind::name))
      return e.text == "nullptr" || e.text == "NULL" || (stands(e.text) && is_number_like(e.text));
    return e.is(Expr::Kind::binary) && harmless.count(e.text) && is_steady(e.kids[0]) && is_steady(e.kids[1]);
  }

  // In the loops of one case nothing more is to be asked.
  bool is_decided(const Expr& subject) const {
    for (size_t i = 0; i + 1 < site_.path.size(); ++i) {
      const Stmt& s = *site_.path[i];
      if (!s.is(Stmt::Kind::branch)) continue;
      const Expr& test = bare(s.value);
      if (same(test, subject)) return true;
      const bool about =
          is_equality(test) && (same(bare(test.kids[0]), subject) || same(bare(test.kids[1]), subject));
      const bool inside = std::any_of(s.body.begin(), s.body.end(),
                                      [&](const Stmt& inner) { return &inner == site_.path[i + 1]; });
      if (about && inside && test.text == "==") return true;
    }
    return false;
  }

  Question asked(const Expr& test, const Expr& subject, const std::vector<Expr>& all) const {
    if (!is_equality(test) || same(test, subject)) {
      Expr positive = test;
      if (is_equality(test)) positive.text = "==";
      return {test, {positive}};
    }
    Question question{subject, {}};
    for (const Expr& other : all) {
      if (!is_equality(other)) continue;
      const auto about = subject_of(other);
      if (!about || !same(*about, subject)) continue;
      const Expr& left = bare(other.kids[0]);
      const Expr equal = Expr::binary(subject, "==", same(left, subject) ? other.kids[1] : other.kids[0]);
      const bool known = std::any_of(question.tests.begin(), question.tests.end(),
                                     [&](const Expr& t) { return same(t, equal); });
      if (!known) question.tests.push_back(equal);
    }
    return question;
  }

  // Each copy has names of its own: what is known about a variable is known by its name. A scope is the rest
  // of the list.
  void rename_locals(Stmts& list, std::set<std::string>& taken) const {
    for (size_t i = 0; i < list.size(); ++i) {
      if (list[i].is(Stmt::Kind::declare)) {
        const std::string from = list[i].name;
        std::string to = fresh_name(*site_.function, from + "_2");
        for (int k = 3; !taken.insert(to).second; ++k)
          to = fresh_name(*site_.function, from + "_" + std::to_string(k));
        Stmts rest(list.begin() + static_cast<std::ptrdiff_t>(i) + 1, list.end());
        rename(rest, from, to);
        list.resize(i + 1);
        list[i].name = to;
        list.insert(list.end(), rest.begin(), rest.end());
      }
      rename_locals(list[i].body, taken);
      rename_locals(list[i].otherwise, taken);
    }
  }

  // The loops where the test at `at` is the first that holds; none where it is behind the last one.
  Stmts copy_for(const Question& question, size_t at) const {
    std::vector<Decided> decided;
    for (size_t i = 0; i < question.tests.size(); ++i) {
      const bool equalities = is_equality(question.tests[i]);
      if (i <= at)
        decided.push_back({question.tests[i], i == at});
      else if (equalities && constants_.differ(question.tests[at].kids[1], question.tests[i].kids[1]))
        decided.push_back({question.tests[i], false});
    }
    Stmts copy = with_decided({site_.loop()}, decided, *site_.symbols);
    if (unit_.text.find("volatile") == std::string::npos) drop_unread(copy, *site_.symbols);
    return copy;
  }

  const Unit& unit_;
  const RewriteRules& rules_;
  const Site& site_;
  const Constants& constants_;
  const Variables& variables_;
  const Effects body_;
};

bool is_generated(const Site& site) {
  return site.declined ||
         std::any_of(site.path.begin(), site.path.end(), [](const Stmt* s) { return is_overlap_guard(*s); });
}

}  // namespace

std::vector<Rewritten> unswitch(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  const Constants constants(unit, rules);
  const Sites sites(unit, rules.noalias);
  std::optional<Variables> variables;
  const Function* function = nullptr;                  // whose they are
  std::set<std::pair<const Stmt*, std::string>> done;  // what is asked in front of an outer loop
  for (const Site& site : sites.all()) {
    if (is_generated(site) || has_labels(*site.function)) continue;
    if (!variables || function != site.function) variables.emplace(unit, *site.function, *site.symbols);
    function = site.function;
    const Unswitching here(unit, rules, site, constants, *variables);
    const auto question = here.question();
    if (!question) continue;
    const std::string subject = to_text(question->subject);
    const bool outer = std::any_of(site.path.begin(), site.path.end(), [&](const Stmt* s) {
      return done.count({s, subject}) != 0;
    });
    if (outer) continue;
    done.insert({&site.loop(), subject});
    if (auto made = here.rewritten(*question)) out.push_back(*std::move(made));
  }
  return out;
}

}  // namespace ke
