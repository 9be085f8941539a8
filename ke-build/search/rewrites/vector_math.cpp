// SPDX-License-Identifier: MIT
// Loops around functions of libm become vectors without -ffast-math: exp and tanh as arithmetic in the loop
// itself, the others, and with value 1 all of them, as calls of glibc's libmvec (at most 4 ulp). NaN and Inf
// come out as from the scalar functions.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/call_names.h"
#include "ke-build/search/rewrites/inline_math.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>
#include <map>

namespace ke {
namespace {

// Functions with vector variants in glibc >= 2.35's libmvec, in both precisions.
const std::set<std::string>& known() {
  static const std::set<std::string> names = {"exp",   "exp2", "exp10", "expm1", "log",   "log2",  "log10",
                                              "log1p", "sin",  "cos",   "tan",   "asin",  "acos",  "atan",
                                              "atan2", "sinh", "cosh",  "tanh",  "asinh", "acosh", "atanh",
                                              "erf",   "erfc", "cbrt",  "pow",   "hypot"};
  return names;
}

// What the file's functions call, and the helpers of the project's headers: `exp` for std::exp.
std::set<std::string> called(const Unit& unit) {
  std::set<std::string> names;
  auto add = [&](const Function& f) { names.insert(f.calls.begin(), f.calls.end()); };
  for (const Function& f : unit.functions) add(f);
  for (const Function& f : unit.functions)
    for (const std::string& callee : f.calls)
      if (const Function* helper = unit.find(callee)) add(*helper);
  return names;
}

std::string declaration(const std::string& type, const std::string& name, bool binary) {
  return "__attribute__((simd(\"notinbranch\"))) " + type + " " + name + "(" + type +
         (binary ? ", " + type : "") + ") KE_NOEXCEPT;\n";
}

// Declarations of the vector variants; `listed` gets the functions.
std::string libmvec_block(const std::set<std::string>& names, const RewriteRules& rules,
                          std::string& listed) {
  std::string declarations;
  for (const std::string& name : known()) {
    bool binary = name == "atan2" || name == "pow" || name == "hypot";
    if (!names.count(name) && !names.count(name + "f")) continue;
    declarations += declaration("float", name + "f", binary);
    // std::exp(float) is expf; only a C source means the double function by the bare name for certain.
    if (names.count(name)) declarations += declaration("double", name, binary);
    listed += (listed.empty() ? "vector " : ", ") + name;
  }
  if (declarations.empty()) return "";
  std::string block =
      "// Vector variants of libm functions (libmvec): loops around these calls vectorise without "
      "-ffast-math.\n"
      "#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)\n";
  block += rules.cpp ? replace_all("extern \"C\" {\n" + declarations + "}\n", "KE_NOEXCEPT", "noexcept")
                     : replace_all(declarations, " KE_NOEXCEPT", "");
  return block + "#endif\n";
}

// Puts ke_exp and ke_tanh in the place of exp and tanh, in the file's functions and in copies of the helpers
// that they call.
class Inlining {
 public:
  Inlining(const Unit& unit, const RewriteRules& rules) : unit_(unit), rules_(rules) {
    const bool opened = unit.text.find("using namespace std") != std::string::npos;
    bare_is_std_ = rules.cpp && opened;
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
      const std::string body = unit_.text.substr(f->body_begin, f->end - f->body_begin),
                        made = renamed_calls(body, [&](const std::string&qualifier, const std::string&name) {
                          const std::string math = replacement(qualifier, name);
                          if (!math.empty() || !f->clonable) return math;
                          const std::string helper = copied(name);
                          copy = copy || !helper.empty();
                          return helper;
                        });
      out.replace(f->body_begin, body.size(), made);
      if (copy) first_ = f;
    }
    if (used_.empty()) return "";
    // In front of the first function that calls them: every replaced body stands behind.
    if (first_ != nullptr) out.insert(line_start(out, first_->begin), all_copies());
    return out;
  }

  std::string definitions() const {
    std::string block =
        "// exp and tanh without calls (ke_inline_math): loops around them become vectors of any width.\n";
    const auto both = [&](const std::string& name, const char* single, const char* wide) {
      const bool overloaded = used_.count("ke_" + name) != 0 && rules_.cpp;
      if (used_.count("ke_" + name + "f") != 0 || overloaded) block += single;
      if (used_.count("ke_" + name) != 0) block += wide;
      if (!overloaded) return;
      block += "static inline float ke_" + name + "(float x) { return ke_" + name + "f(x); }\n" +
               "template <class T>\nstatic inline auto ke_" + name + "(T x) -> decltype(std::" + name +
               "(x)) {\n  return std::" + name + "(x);\n}\n";
    };
    both("exp", kInlineExpf, kInlineExp);
    both("tanh", kInlineTanhf, kInlineTanh);
    return replace_all(block, "\n\nstatic", "\nstatic");
  }

  std::string listed() const {
    std::string names;
    for (const std::string& name : used_) names += (names.empty() ? "" : ", ") + name.substr(3);
    return names + " without calls";
  }

 private:
  // std::exp is overloaded; a bare exp in C++ may or may not be.
  std::string replacement(const std::string& qualifier, const std::string& name) {
    const bool single = name == "expf" || name == "tanhf", wide = name == "exp" || name == "tanh";
    const bool standard = qualifier == "std::" || (qualifier.empty() && bare_is_std_);
    const bool known_meaning = single ? qualifier.empty() || qualifier == "::" || qualifier == "std::"
                                      : wide && (rules_.cpp ? standard : qualifier.empty());
    if (!known_meaning || unit_.find(name) != nullptr) return "";
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
    const std::string body = to_text(helper->body, 2),
                      made = renamed_calls(body, [&](const std::string&qualifier, const std::string&n) {
                        return replacement(qualifier, n);
                      });
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
  bool bare_is_std_ = false;
  std::set<std::string> used_;                                         // ke_exp, ke_expf, ...
  std::map<std::string, std::pair<std::string, std::string>> copies_;  // helper: its copy's name and text
  const Function* first_ = nullptr;
};

}  // namespace

std::vector<Rewritten> vector_math(const Unit& unit, const RewriteRules& rules, int value) {
  if (unit.text.find("(libmvec)") != std::string::npos ||
      unit.text.find("(ke_inline_math)") != std::string::npos)
    return {};
  std::string text, definitions, listed;
  if (value == 0) {
    Inlining inlining(unit, rules);
    text = inlining.text();
    if (!text.empty()) definitions = inlining.definitions(), listed = inlining.listed();
  }
  std::set<std::string> names = called(unit);
  if (!text.empty()) {
    // What is left to the library: what the changed file and its headers still call.
    const auto changed = read_unit(text, unit.functions.front().name, rules.headers);
    if (!changed) return {};
    names = called(*changed);
  } else {
    text = unit.text;
  }
  std::string calls;
  const std::string vectors = libmvec_block(names, rules, calls);
  if (definitions.empty() && vectors.empty()) return {};
  const std::string block = definitions + (definitions.empty() || vectors.empty() ? "" : "\n") + vectors;
  listed += (listed.empty() || calls.empty() ? "" : "; ") + calls;
  text = with_preamble(text, unit.preamble_at, "(ke math block)", block);
  if (!parses_as_well(unit, text)) return {};
  return {{text, listed}};
}

}  // namespace ke
