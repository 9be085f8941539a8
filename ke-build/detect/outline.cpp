// SPDX-License-Identifier: MIT
#include "ke-build/detect/outline.h"

#include "ke-build/base/files.h"

namespace ke {
namespace {

bool is_type_keyword(std::string_view word) {
  return word == "class" || word == "struct" || word == "union" || word == "enum";
}

/// Words that stand before a '(' without being the name of what is declared.
bool is_decoration(std::string_view word) {
  static constexpr std::string_view kWords[] = {
      "__attribute__", "__declspec",        "alignas",        "decltype", "noexcept", "requires",
      "explicit",      "__launch_bounds__", "sizeof",         "alignof",  "typeof",   "__typeof__",
      "throw",         "static_assert",     "_Static_assert", "__asm__",  "asm"};
  for (const auto known : kWords) {
    if (word == known) return true;
  }
  return false;
}

class Outliner {
 public:
  explicit Outliner(const TokenList& list) : list_(list), tokens_(list.tokens) {}

  Outline run() {
    while (at_ < tokens_.size()) {
      if (tokens_[at_].kind == Token::Kind::hash) {
        directive();
      } else if (is("}")) {
        close_scope();
      } else if (!open_scope()) {
        declaration();
      }
    }
    if (!scopes_.empty()) outline_.balanced = false;
    return std::move(outline_);
  }

 private:
  std::string_view text(size_t index) const { return list_.text_of(index); }
  bool is(std::string_view word) const { return at_ < tokens_.size() && text(at_) == word; }
  bool is_at(size_t index, std::string_view word) const {
    return index < tokens_.size() && text(index) == word;
  }
  bool is_word(size_t index) const {
    return index < tokens_.size() && tokens_[index].kind == Token::Kind::identifier;
  }

  void add(OutlineItem unit) {
    unit.hash = sha256(canonical_text(list_, unit.begin, unit.end));
    outline_.units.push_back(std::move(unit));
  }

  size_t directive_end(size_t at) const {
    while (at < tokens_.size() && tokens_[at].kind != Token::Kind::end_of_directive) ++at;
    return std::min(at + 1, tokens_.size());
  }

  void directive() {
    OutlineItem unit;
    unit.kind = OutlineItem::Kind::directive;
    unit.begin = at_;
    unit.end = directive_end(at_);
    if (is_word(at_ + 1)) unit.name = text(at_ + 1);
    if ((unit.name == "define" || unit.name == "undef") && is_word(at_ + 2)) {
      unit.kind = OutlineItem::Kind::macro;
      unit.name = text(at_ + 2);
      unit.defines = true;
    }
    at_ = unit.end;
    add(std::move(unit));
  }

  /// `namespace a::b {`, `inline namespace c {`, `namespace {` and `extern "C" {` are looked into.
  bool open_scope() {
    size_t at = at_;
    bool anonymous = false;
    if (is_at(at, "inline")) ++at;
    if (is_at(at, "namespace")) {
      ++at;
      anonymous = is_at(at, "{");
      while (at < tokens_.size() && !is_at(at, "{") && !is_at(at, ";") && !is_at(at, "=") && text(at) != "}")
        ++at;
    } else if (is_at(at_, "extern") && at_ + 1 < tokens_.size() &&
               tokens_[at_ + 1].kind == Token::Kind::text) {
      at = at_ + 2;
    } else {
      return false;
    }
    if (!is_at(at, "{")) return false;
    OutlineItem unit;
    unit.begin = at_;
    unit.end = at + 1;
    add(std::move(unit));
    scopes_.push_back(anonymous);
    at_ = at + 1;
    return true;
  }

  void close_scope() {
    OutlineItem unit;
    unit.begin = at_;
    unit.end = ++at_;
    add(std::move(unit));
    if (scopes_.empty()) {
      outline_.balanced = false;
    } else {
      scopes_.pop_back();
    }
  }

  /// Skips a balanced (), [] or {} that starts at `at`; the first branch of conditional code counts.
  size_t skip_group(size_t at) {
    std::vector<int> at_condition;
    int depth = 0;
    while (at < tokens_.size()) {
      if (tokens_[at].kind == Token::Kind::hash) {
        const std::string_view word = is_word(at + 1) ? text(at + 1) : std::string_view();
        if (word.substr(0, 2) == "if") at_condition.push_back(depth);
        if (word.substr(0, 2) == "el" && !at_condition.empty()) depth = at_condition.back();
        if (word == "endif" && !at_condition.empty()) at_condition.pop_back();
        at = directive_end(at);
        if (depth == 0) return at;
        continue;
      }
      const std::string_view word = text(at++);
      if (word == "(" || word == "[" || word == "{") ++depth;
      if (word == ")" || word == "]" || word == "}") --depth;
      if (depth == 0) return at;
    }
    outline_.balanced = false;
    return at;
  }

  size_t skip_template(size_t at) const {  // at the '<' after `template`
    int depth = 0;
    for (; at < tokens_.size() && tokens_[at].kind != Token::Kind::hash; ++at) {
      const std::string_view word = text(at);
      if (word == "<") ++depth;
      if (word == ">") --depth;
      if (word == ">>") depth -= 2;
      if (word == ";" || word == "{") return at;
      if (depth <= 0) return at + 1;
    }
    return at;
  }

  /// What is known of the declaration that is being read.
  struct Draft {
    OutlineItem unit;
    std::string type_name, last_word;
    bool type = false, arguments = false, assigned = false, external = false;
    bool pointer = false;  // float (*hook)(float): a variable, though parentheses follow
  };

  void declaration() {
    Draft draft;
    draft.unit.begin = at_;
    for (const bool anonymous : scopes_) draft.unit.internal |= anonymous;
    bool more = true;
    while (more && at_ < tokens_.size()) {
      if (tokens_[at_].kind == Token::Kind::hash) {
        at_ = directive_end(at_);  // conditional code inside of a declaration belongs to it
      } else if (is(";")) {
        ++at_;
        more = false;
      } else if (is("}")) {
        more = false;  // the scope's own
      } else {
        more = part(draft);
      }
    }
    finish(std::move(draft));
  }

  /// Reads one part of a declaration; false when its body was the end of it.
  bool part(Draft& draft) {
    const std::string_view word = text(at_);
    if (word == "template") return template_part(draft);
    if (word == "(" || word == "[") return group_part(draft, word == "(");
    if (word == "{") return body_part(draft);
    if (word == "<" && !draft.assigned && !draft.last_word.empty()) {  // vector<int>, f<float>
      at_ = skip_template(at_);
      return true;
    }
    if (is_type_keyword(word) && !draft.arguments && draft.last_word.empty()) draft.type = true;
    if (word == "static") draft.unit.internal = true;
    if (word == "extern") draft.external = true;
    if (word == "=" && !draft.arguments) {
      if (!draft.last_word.empty()) draft.unit.names.push_back(draft.last_word);
      draft.assigned = draft.unit.defines = true;
    }
    if (is_word(at_) && !draft.assigned && !is_type_keyword(word)) {
      if (draft.type && draft.type_name.empty() && word != "alignas" && word != "__attribute__")
        draft.type_name = word;
      draft.last_word = word;
    }
    ++at_;
    return true;
  }

  bool template_part(Draft& draft) {
    if (is_at(at_ + 1, "<")) {
      at_ = skip_template(at_ + 1);
    } else {
      draft.unit.defines = true;  // an explicit instantiation makes code
      ++at_;
    }
    return true;
  }

  bool group_part(Draft& draft, bool parentheses) {
    const size_t begin = at_;
    at_ = skip_group(at_);
    if (parentheses && !draft.assigned && !draft.arguments && pointer_group(draft, begin)) return true;
    if (!draft.assigned && !draft.last_word.empty() && !is_decoration(draft.last_word)) {
      draft.unit.names.push_back(draft.last_word);
      draft.arguments |= parentheses && !draft.pointer;
      // MAKE_FUNCTION(fast_exp), float NAME(fast_exp)(float x): a macro may define what its arguments name.
      if (parentheses && !draft.pointer && (begin == draft.unit.begin + 1 || is("("))) {
        draft.unit.made = true;
        for (size_t i = begin; i < at_; ++i) {
          if (is_word(i)) draft.unit.names.emplace_back(text(i));
        }
      }
    }
    draft.last_word.clear();
    return true;
  }

  /// `(*hook)`, `(*table[])`, `(&f)`: what is declared stands inside of the parentheses.
  bool pointer_group(Draft& draft, size_t begin) {
    if (!is_at(begin + 1, "*") && !is_at(begin + 1, "&")) return false;
    size_t at = begin + 1;
    while (at < at_ && !is_word(at)) ++at;
    if (at >= at_) return false;
    draft.pointer = true;
    draft.last_word = text(at);
    return true;
  }

  /// A function's body ends its declaration; after a type's body or an initialiser a ';' follows.
  bool body_part(Draft& draft) {
    if (!draft.last_word.empty() && !draft.type && !draft.arguments)
      draft.unit.names.push_back(draft.last_word);
    at_ = skip_group(at_);
    draft.unit.defines = true;
    if (draft.type && !draft.arguments)
      draft.last_word.clear();  // a word behind the body is an object of that type
    if (draft.assigned || (draft.type && !draft.arguments)) return true;
    return is("{") || is(",") || is(";");
  }

  void finish(Draft draft) {
    OutlineItem& unit = draft.unit;
    if (at_ == unit.begin) ++at_;
    unit.end = at_;
    const std::string_view first = text(unit.begin);
    if (first == "using" || first == "typedef" || (draft.type && !draft.arguments && !draft.assigned)) {
      unit.kind = OutlineItem::Kind::type;
      unit.names.clear();
      if (draft.type && unit.defines && !draft.last_word.empty() && first != "typedef")
        unit.names = {draft.last_word};
      unit.name = first == "using" && is_word(unit.begin + 1) ? std::string(text(unit.begin + 1))
                  : first == "typedef"                        ? draft.last_word
                                                              : draft.type_name;
    } else if (draft.arguments) {
      unit.kind = OutlineItem::Kind::function;
      const bool macro_first =
          unit.names[0] == first && unit.names.size() > 1 && unit.defines && is_at(unit.begin + 1, "(");
      unit.name = macro_first ? unit.names.back() : unit.names[0];
    } else if (!unit.names.empty() || !draft.last_word.empty()) {
      unit.kind = OutlineItem::Kind::variable;
      if (unit.names.empty()) unit.names.push_back(draft.last_word);
      unit.name = unit.names[0];
      unit.defines |= !draft.external;
    }
    add(std::move(unit));
  }

  const TokenList& list_;
  const std::vector<Token>& tokens_;
  size_t at_ = 0;
  std::vector<bool> scopes_;  // is it an anonymous namespace?
  Outline outline_;
};

}  // namespace

const char* name_of(OutlineItem::Kind kind) {
  switch (kind) {
    case OutlineItem::Kind::macro:
      return "macro";
    case OutlineItem::Kind::directive:
      return "directive";
    case OutlineItem::Kind::function:
      return "function";
    case OutlineItem::Kind::type:
      return "type";
    case OutlineItem::Kind::variable:
      return "variable";
    case OutlineItem::Kind::other:
      break;
  }
  return "declaration";
}

Outline outline_of(const TokenList& list) { return Outliner(list).run(); }

std::string canonical_text(const TokenList& list, size_t begin, size_t end) {
  std::string text;
  for (size_t i = begin; i < end; ++i) {
    const Token& token = list.tokens[i];
    // `#define F(x)` takes arguments, `#define F (x)` does not.
    const bool macro_arguments = token.glued && i >= begin + 3 && list.text_of(i) == "(" &&
                                 list.text_of(i - 2) == "define" &&
                                 list.tokens[i - 3].kind == Token::Kind::hash;
    if (macro_arguments) text += '\x02';
    text += list.text_of(token);
    text += token.kind == Token::Kind::end_of_directive ? '\n' : '\0';
  }
  return text;
}

}  // namespace ke
