// SPDX-License-Identifier: MIT
#include "ke-build/base/lexer.h"

#include <algorithm>
#include <array>

namespace ke {
namespace {

bool is_identifier_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_identifier(char c) { return is_identifier_start(c) || is_digit(c); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

/// Removes backslash-newline pairs; `lines` gets the offsets (in the result) after which one line was
/// removed.
std::string without_splices(const std::string& source, std::vector<size_t>& removed_at) {
  std::string result;
  result.reserve(source.size());
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\\') {
      size_t next = i + 1;
      if (next < source.size() && source[next] == '\r') ++next;
      if (next < source.size() && source[next] == '\n') {
        removed_at.push_back(result.size());
        i = next;
        continue;
      }
    }
    result += source[i];
  }
  return result;
}

class Lexer {
 public:
  Lexer(std::string_view text, const std::vector<size_t>& removed, std::vector<Token>& tokens)
      : text_(text), removed_(removed), tokens_(tokens) {}

  void run() {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
    while (at_ < text_.size()) step();
    end_directive();
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '\n') {
      end_directive();
      ++line_;
      ++at_;
      glue_ = false;
      line_start_ = true;
    } else if (is_space(c)) {
      ++at_;
      glue_ = false;
    } else if (c == '/' && peek(1) == '/') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '/' && peek(1) == '*') {
      block_comment();
    } else {
      token(c);
      line_start_ = false;
      glue_ = true;
    }
  }

  void block_comment() {
    size_t end = text_.find("*/", at_ + 2);
    end = end == std::string_view::npos ? text_.size() : end + 2;
    for (size_t i = at_; i < end; ++i) line_ += text_[i] == '\n';
    at_ = end;
    glue_ = false;
  }

  void token(char c) {
    if (wants_header_ && header_name()) return;
    if (c == '#' && line_start_ && !in_directive_) {
      in_directive_ = true;
      directive_word_ = true;
      emit(Token::Kind::hash, 1);
    } else if (is_identifier_start(c)) {
      identifier();
    } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      number();
    } else if (c == '"' || c == '\'') {
      literal(at_);
    } else {
      const bool opens = after_has_include_ && c == '(';
      after_has_include_ = false;
      emit(Token::Kind::punctuation, punctuation_length());
      wants_header_ = opens;
    }
  }

  void identifier() {
    size_t end = at_;
    while (end < text_.size() && is_identifier(text_[end])) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    const char next = end < text_.size() ? text_[end] : '\0';
    if (next == '"' && (word == "R" || word == "LR" || word == "uR" || word == "UR" || word == "u8R")) {
      raw_string(end);
    } else if ((next == '"' || next == '\'') && (word == "L" || word == "u" || word == "U" || word == "u8")) {
      literal(end);
    } else {
      emit(Token::Kind::identifier, end - at_);
      if (directive_word_) {
        wants_header_ = word == "include" || word == "include_next" || word == "import" || word == "embed";
      }
      after_has_include_ = word == "__has_include" || word == "__has_include_next" || word == "__has_embed";
    }
    directive_word_ = false;
  }

  bool header_name() {
    wants_header_ = false;
    const char open = text_[at_];
    const char close = open == '<' ? '>' : '"';
    if (open != '<' && open != '"') return false;
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != close && text_[end] != '\n') ++end;
    if (end >= text_.size() || text_[end] != close) return false;
    emit(Token::Kind::header_name, end + 1 - at_);
    return true;
  }

  void number() {  // a preprocessing number
    size_t end = at_ + 1;
    while (end < text_.size()) {
      const char c = text_[end], before = text_[end - 1];
      const bool exponent =
          (c == '+' || c == '-') && (before == 'e' || before == 'E' || before == 'p' || before == 'P');
      const bool separator = c == '\'' && end + 1 < text_.size() && is_identifier(text_[end + 1]);
      if (!is_identifier(c) && c != '.' && !exponent && !separator) break;
      ++end;
    }
    emit(Token::Kind::number, end - at_);
  }

  void literal(size_t quote_at) {
    const char quote = text_[quote_at];
    size_t end = quote_at + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') end += text_[end] == '\\' ? 2 : 1;
    if (end < text_.size() && text_[end] == quote) {
      ++end;
      // A suffix of the user's (`"a"_s`) belongs to the literal, even where it reads like the prefix of
      // another one.
      while (end < text_.size() && is_identifier(text_[end])) ++end;
    }
    emit(Token::Kind::text, std::min(end, text_.size()) - at_);
  }

  void raw_string(size_t quote_at) {
    const size_t open = text_.find('(', quote_at);
    if (open == std::string_view::npos || open - quote_at > 17) return literal(quote_at);
    const std::string close = ")" + std::string(text_.substr(quote_at + 1, open - quote_at - 1)) + "\"";
    size_t end = text_.find(close, open);
    end = end == std::string_view::npos ? text_.size() : end + close.size();
    const size_t begin = at_;
    emit(Token::Kind::text, end - at_);
    for (size_t i = begin; i < end; ++i) line_ += text_[i] == '\n';
  }

  size_t punctuation_length() const {
    static constexpr std::array<std::string_view, 22> kLong = {
        "<<=", ">>=", "...", "<=>", "->*", "::", "##", "->", "++", "--", "<<",
        ">>",  "<=",  ">=",  "==",  "!=",  "&&", "||", "+=", "-=", "*=", "/="};
    for (const std::string_view word : kLong) {
      if (text_.substr(at_, word.size()) == word) return word.size();
    }
    return 1;
  }

  void emit(Token::Kind kind, size_t length) {
    while (removed_index_ < removed_.size() && removed_[removed_index_] <= at_) ++removed_index_;
    const auto line = static_cast<uint32_t>(line_ + removed_index_);
    tokens_.push_back({kind, glue_, line, static_cast<uint32_t>(at_), static_cast<uint32_t>(length)});
    at_ += length;
  }

  void end_directive() {
    if (in_directive_) tokens_.push_back({Token::Kind::end_of_directive, false, line_now(), 0, 0});
    in_directive_ = wants_header_ = directive_word_ = after_has_include_ = false;
  }

  uint32_t line_now() const { return static_cast<uint32_t>(line_ + removed_index_); }
  char peek(size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  std::string_view text_;
  const std::vector<size_t>& removed_;
  std::vector<Token>& tokens_;
  size_t at_ = 0, line_ = 1, removed_index_ = 0;
  bool line_start_ = true, glue_ = false;
  bool in_directive_ = false, directive_word_ = false, wants_header_ = false, after_has_include_ = false;
};

}  // namespace

namespace {

/// Was a splice removed between the quotes of a raw string, where none may be? Up to the first such string
/// nothing is cut wrongly, so that all are found.
bool splices_raw_string(const TokenList& list, const std::vector<size_t>& removed) {
  for (const Token& token : list.tokens) {
    const std::string_view text = list.text_of(token);
    const size_t quote = token.kind == Token::Kind::text ? text.find('"') : std::string_view::npos;
    if (quote == std::string_view::npos || quote == 0 || text[quote - 1] != 'R') continue;
    const auto first = std::upper_bound(removed.begin(), removed.end(), token.begin);
    if (first != removed.end() && *first < token.begin + token.size) return true;
  }
  return false;
}

}  // namespace

TokenList tokenize(std::string source) {
  TokenList list;
  std::vector<size_t> removed;
  if (source.find("\\\n") != std::string::npos || source.find("\\\r\n") != std::string::npos) {
    list.text = without_splices(source, removed);
  } else {
    list.text = std::move(source);
  }
  list.tokens.reserve(list.text.size() / 5);
  Lexer(list.text, removed, list.tokens).run();
  list.splice_in_raw_string = splices_raw_string(list, removed);
  return list;
}

}  // namespace ke
