// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/inline_math.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/call_names.h"
#include "ke-build/search/rewrites/inline_erf_text.h"
#include "ke-build/search/rewrites/inline_log_text.h"
#include "ke-build/search/rewrites/inline_math_text.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>
#include <map>
#include <set>

namespace ke {
namespace {

// What has a text: for float, and for double unless it is null.
struct MathTexts {
  const char *name, *single, *wide;
};
constexpr MathTexts kMathTexts[] = {{"exp", kInlineExpf, kInlineExp},
                                    {"tanh", kInlineTanhf, kInlineTanh},
                                    {"log", kInlineLogf, kInlineLog},
                                    {"erf", kInlineErff, nullptr},
                                    {"erfc", kInlineErfcf, nullptr}};

const MathTexts* math_texts(const std::string& name) {
  for (const MathTexts& known : kMathTexts)
    if (name == known.name) return &known;
  return nullptr;
}

// Puts ke_exp in the place of exp and so on, in the file's functions and in copies of the helpers that they
// call.
class Inlining {
 public:
  Inlining(const Unit& unit, const RewriteRules& rules) : unit_(unit), rules_(rules) {
    const bool opened = unit.text.find("using namespace std") != std::string::npos;
    bare_is_std_ = rules.cpp && opened;
    // Without the header a C source may have a log of its own.
    has_header_ = rules.cpp || unit.text.find("math.h>") != std::string::npos ||
                  rules.headers.find("math.h>") != std::string::npos;
  }

  // The changed text without the definitions; empty when nothing is called that could be replaced.
  std::string text() {
    std::string out = unit_.text;
    std::vector<const Function*> order;
    for (const Function& f : unit_.functions)
      if (f.body_begin < f.end) order.push_back(&f);
    std::sort(order.begin(), order.end(),
              [](const Function* a, const Function* b) { return a->begin > b->begin; });
    for (const Function* f : order) {
      bool copy = false;
      // A parameter or a local may be called exp, too.
      std::set<std::string> own = effects_of(f->body).declared;
      own.merge(identifiers(std::string_view(unit_.text).substr(f->begin, f->body_begin - f->begin)));
      const auto rename = [&](const std::string& qualifier, const std::string& name) {
        if (qualifier.empty() && own.count(name) != 0) return std::string();
        const std::string math = replacement(qualifier, name);
        if (!math.empty() || !f->clonable) return math;
        const std::string helper = copied(name);
        copy = copy || !helper.empty();
        return helper;
      };
      const size_t size = f->end - f->body_begin;
      out.replace(f->body_begin, size, renamed_calls(unit_.text.substr(f->body_begin, size), rename));
      if (copy) first_ = f;
    }
    if (used_.empty()) return "";
    // In front of the first function that calls them: every replaced body stands behind.
    if (first_ != nullptr) out.insert(line_start(out, first_->begin), all_copies());
    return out;
  }

  std::string definitions() const {
    std::string block =
        "// Functions of libm without calls (ke_inline_math): loops around them become vectors of any "
        "width.\n";
    for (const MathTexts& known : kMathTexts) {
      const std::string name = known.name;
      const bool overloaded = used_.count("ke_" + name) != 0 && rules_.cpp;
      if (used_.count("ke_" + name + "f") != 0 || overloaded) block += known.single;
      if (used_.count("ke_" + name) != 0 && known.wide != nullptr) block += known.wide;
      if (!overloaded) continue;
      block += "static inline float ke_" + name + "(float x) { return ke_" + name + "f(x); }\n" +
               "template <class T>\nstatic inline auto ke_" + name + "(T x) -> decltype(std::" + name +
               "(x)) {\n  return std::" + name + "(x);\n}\n";
    }
    return replace_all(block, "\n\nstatic", "\nstatic");
  }

  // Functions that may still be called through an overload for what has no text.
  std::set<std::string> called() const {
    std::set<std::string> names;
    for (const MathTexts& known : kMathTexts)
      if (known.wide == nullptr && rules_.cpp && used_.count(std::string("ke_") + known.name) != 0)
        names.insert(known.name);
    return names;
  }

  std::string listed() const {
    std::string names;
    for (const std::string& name : used_) names += (names.empty() ? "" : ", ") + name.substr(3);
    return names + " without calls";
  }

 private:
  // std::exp is overloaded; a bare exp in C++ may or may not be.
  std::string replacement(const std::string& qualifier, const std::string& name) {
    const MathTexts* wide_texts = math_texts(name);
    const bool wide = wide_texts != nullptr && (rules_.cpp || wide_texts->wide != nullptr);
    const bool single =
        ends_with(name, "f") && !wide && math_texts(name.substr(0, name.size() - 1)) != nullptr;
    const bool standard = qualifier == "std::" || (qualifier.empty() && bare_is_std_);
    const bool known_meaning = single ? qualifier.empty() || qualifier == "::" || qualifier == "std::"
                                      : wide && (rules_.cpp ? standard : qualifier.empty());
    if (!known_meaning || !has_header_ || unit_.find(name) != nullptr) return "";
    used_.insert("ke_" + name);
    return "ke_" + name;
  }

  // A helper of a header that computes with its own names alone, and calls what is replaced here.
  std::string copied(const std::string& name) {
    if (const auto known = copies_.find(name); known != copies_.end()) return known->second.first;
    const Function* helper = nullptr;
    for (const Function& f : unit_.functions)
      if (f.name == name) return "";
    for (const Function& f : unit_.others) {
      if (f.name != name) continue;
      if (helper != nullptr) return "";  // overloaded
      helper = &f;
    }
    if (helper == nullptr || !stands_alone(*helper)) return "";
    const std::set<std::string> before = used_;
    std::string parameters;
    for (const Parameter& p : helper->parameters)
      parameters += (parameters.empty() ? "" : ", ") + p.type + " " + p.name;
    const std::string body = to_text(helper->body, 2);
    const auto rename = [&](const std::string& qualifier, const std::string& n) {
      return replacement(qualifier, n);
    };
    const std::string made = renamed_calls(body, rename);
    if (made == body) {
      used_ = before;
      return "";
    }
    const std::string copy = "ke_" + name;
    if (unit_.text.find(copy) != std::string::npos) return "";
    copies_[name] = {copy, "static inline " + helper->return_type + " " + copy + "(" + parameters + ") {\n" +
                               made + "}\n\n"};
    return copy;
  }

  static bool stands_alone(const Function& f) {
    if (f.body.empty() || !f.template_parameters.empty() || has_opaque(f.body) || has_inner_loop(f.body))
      return false;
    std::set<std::string> own = effects_of(f.body).declared, used;
    for (const Parameter& p : f.parameters) {
      if (p.name.empty() || !is_floating(p.type)) return false;
      own.insert(p.name);
    }
    bool plain = is_floating(f.return_type);
    walk_expressions(f.body, [&](const Expr& e) {
      if (e.kids.empty() && e.is(Expr::Kind::name)) used.insert(e.text);
    });
    walk(f.body, [&](const Stmt& s) {
      plain = plain && !s.is(Stmt::Kind::comment) && !s.is(Stmt::Kind::pragma);
      if (!s.is(Stmt::Kind::jump) || !starts_with(s.text, "return")) return;
      const std::string value = s.text.substr(6);
      const Expr returned = parse_expression(value.substr(0, value.rfind(';')));
      walk(returned, [&](const Expr& e) {
        plain = plain && !e.is(Expr::Kind::opaque);
        if (e.kids.empty() && e.is(Expr::Kind::name)) used.insert(e.text);
      });
    });
    return plain && std::includes(own.begin(), own.end(), used.begin(), used.end()) &&
           std::all_of(f.calls.begin(), f.calls.end(), [&](const std::string& name) {
             return is_pure_call(name, {}) || own.count(name) != 0 || name == "return" || name == "std" ||
                    name == "f";
           });
  }
  static bool is_floating(const std::string& type) {
    const std::string plain = value_type(type);
    return plain == "float" || plain == "double";
  }

  std::string all_copies() const {
    std::string all;
    for (const auto& [name, copy] : copies_) all += copy.second;
    return all;
  }
  static size_t line_start(const std::string& text, size_t at) {
    const size_t line = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    return line == std::string::npos ? 0 : line + 1;
  }

  const Unit& unit_;
  const RewriteRules& rules_;
  bool bare_is_std_ = false, has_header_ = false;
  std::set<std::string> used_;                                         // ke_exp, ke_expf, ...
  std::map<std::string, std::pair<std::string, std::string>> copies_;  // helper: its copy's name and text
  const Function* first_ = nullptr;
};

}  // namespace

InlinedMath inlined_math(const Unit& unit, const RewriteRules& rules) {
  Inlining inlining(unit, rules);
  InlinedMath made;
  made.text = inlining.text();
  if (!made.text.empty()) {
    made.definitions = inlining.definitions(), made.listed = inlining.listed();
    made.called = inlining.called();
  }
  return made;
}

}  // namespace ke
