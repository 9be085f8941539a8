// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/instantiate.h"

#include "ke-build/base/text.h"
#include "ke-build/search/syntax/facts.h"

namespace ke {
namespace {

std::string with_type(const std::string& text, const std::string& name, const std::string& type) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const bool begins = is_word_character(text[at]) && (at == 0 || !is_word_character(text[at - 1]));
    size_t end = at;
    while (begins && end < text.size() && is_word_character(text[end])) ++end;
    if (begins && text.compare(at, end - at, name) == 0 && end - at == name.size()) {
      out += type;
      at = end;
    } else {
      out += text[at++];
    }
  }
  return out;
}

void set_type(Expr& e, const std::string& name, const std::string& type) {
  if (!e.is(Expr::Kind::name) && !e.is(Expr::Kind::number)) e.text = with_type(e.text, name, type);
  for (Expr& kid : e.kids) set_type(kid, name, type);
}

void set_type(Stmts& statements, const std::string& name, const std::string& type) {
  for (Stmt& s : statements) {
    s.type = with_type(s.type, name, type);
    s.text = with_type(s.text, name, type);
    for (Expr* e : {&s.lower, &s.upper, &s.value}) set_type(*e, name, type);
    for (Expr& size : s.dims) set_type(size, name, type);
    set_type(s.body, name, type);
    set_type(s.otherwise, name, type);
  }
}

// The type that stands in `known` where `pattern` has the name: "double" of `vector<Real>`, `vector<double>`.
std::string matched(const std::string& pattern, const std::string& name, const std::string& known) {
  size_t at = pattern.find(name);
  while (at != std::string::npos &&
         ((at > 0 && is_word_character(pattern[at - 1])) ||
          (at + name.size() < pattern.size() && is_word_character(pattern[at + name.size()]))))
    at = pattern.find(name, at + 1);
  if (at == std::string::npos) return "";
  const std::string head = pattern.substr(0, at), tail = pattern.substr(at + name.size());
  const bool fits =
      known.size() > head.size() + tail.size() && starts_with(known, head) && ends_with(known, tail);
  const std::string found = fits ? known.substr(head.size(), known.size() - head.size() - tail.size()) : "";
  return is_floating_type(found) || is_integer_type(found) ? found : "";
}

}  // namespace

std::string type_without_reference(const std::string& type) {
  std::string plain = trim(type);
  for (bool again = true; again;) {
    again = false;
    for (const char* word : {"const ", "constexpr "})
      if (starts_with(plain, word)) plain = trim(plain.substr(std::string(word).size())), again = true;
    for (const char* word : {"&", " const"})
      if (ends_with(plain, word))
        plain = trim(plain.substr(0, plain.size() - std::string(word).size())), again = true;
  }
  // `unsigned int` keeps the space between its words.
  std::string out;
  for (size_t i = 0; i < plain.size(); ++i)
    if (plain[i] != ' ' ||
        (i > 0 && i + 1 < plain.size() && is_word_character(plain[i - 1]) && is_word_character(plain[i + 1])))
      out += plain[i];
  return out;
}

std::optional<Function> instantiated(const Function& f, const std::vector<Expr>& arguments,
                                     const std::map<std::string, std::string>& types) {
  Function made = f;
  for (const std::string& name : f.template_parameters) {
    if (name.empty()) return std::nullopt;  // a number, or several
    std::string type;
    for (size_t i = 0; i < arguments.size() && i < f.parameters.size(); ++i) {
      if (identifiers(f.parameters[i].type).count(name) == 0) continue;
      const auto known =
          bare(arguments[i]).is(Expr::Kind::name) ? types.find(bare(arguments[i]).text) : types.end();
      if (known == types.end()) return std::nullopt;
      const std::string found =
          matched(type_without_reference(f.parameters[i].type), name, type_without_reference(known->second));
      if (found.empty() || (!type.empty() && type != found)) return std::nullopt;
      type = found;
    }
    if (type.empty()) return std::nullopt;
    made.return_type = with_type(made.return_type, name, type);
    for (Parameter& p : made.parameters) p.type = with_type(p.type, name, type);
    set_type(made.body, name, type);
  }
  made.template_parameters.clear();
  return made;
}

}  // namespace ke
