// SPDX-License-Identifier: MIT
#include "ke-build/learn/learn.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace ke {
namespace {

using Tokens = std::vector<std::string>;

constexpr size_t kMaxTokens = 50000;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

size_t skip_blank(const std::string& source, size_t i) {
  if (std::isspace(static_cast<unsigned char>(source[i])) != 0) return i + 1;
  const auto end_of = [&](const char* mark, size_t from, size_t length) {
    const size_t end = source.find(mark, from);
    return end == std::string::npos ? source.size() : end + length;
  };
  if (source.compare(i, 2, "//") == 0) return end_of("\n", i, 1);
  if (source.compare(i, 2, "/*") == 0) return end_of("*/", i + 2, 2);
  if (source[i] == '#') return end_of("\n", i, 1);
  if (source[i] == '"' || source[i] == '\'') {
    size_t end = i + 1;
    while (end < source.size() && source[end] != source[i] && source[end] != '\n')
      end += source[end] == '\\' ? 2 : 1;
    return std::min(end + 1, source.size());
  }
  return i;
}

Tokens tokens_of(const std::string& source) {
  Tokens tokens;
  for (size_t i = 0; i < source.size() && tokens.size() < kMaxTokens;) {
    if (const size_t next = skip_blank(source, i); next != i) {
      i = next;
      continue;
    }
    size_t end = i + 1;
    if (is_word(source[i])) {
      while (end < source.size() && (is_word(source[end]) || source[end] == '.')) ++end;
    } else {
      static const char* const kPairs[] = {
          "+=", "-=", "*=", "/=", "++", "--", "<=", ">=", "==", "!=", "&&", "||", "->", "::"};
      for (const char* pair : kPairs) {
        if (source.compare(i, 2, pair) == 0) end = i + 2;
      }
    }
    tokens.push_back(source.substr(i, end - i));
    i = end;
  }
  return tokens;
}

// The body of the function `entry`, or everything when it is not found.
Tokens body_of(const Tokens& all, const std::string& entry) {
  for (size_t i = 0; i + 1 < all.size(); ++i) {
    if (all[i] != entry || all[i + 1] != "(") continue;
    size_t at = i + 1;
    for (int depth = 0; at < all.size(); ++at) {
      depth += all[at] == "(" ? 1 : all[at] == ")" ? -1 : 0;
      if (depth == 0) break;
    }
    while (at < all.size() && all[at] != "{" && all[at] != ";") ++at;
    if (at >= all.size() || all[at] != "{") continue;  // a declaration or a call
    const size_t begin = at;
    for (int depth = 0; at < all.size(); ++at) {
      depth += all[at] == "{" ? 1 : all[at] == "}" ? -1 : 0;
      if (depth == 0) break;
    }
    return Tokens(all.begin() + static_cast<std::ptrdiff_t>(begin),
                  all.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return all;
}

bool is_name(const std::string& token) {
  return std::isalpha(static_cast<unsigned char>(token[0])) != 0 || token[0] == '_';
}

// Walks the body once; loops are followed by their braces or by the single statement that ends at the next
// semicolon.
class Walk {
 public:
  explicit Walk(const Tokens& tokens) : tokens_(tokens) {
    for (size_t i = 0; i < tokens_.size(); ++i) look(i);
  }
  std::set<std::string> tags;
  int deepest = 0;

 private:
  struct Loop {
    std::string variable;
    int braces;  // depth outside of it
    bool braced;
  };

  const std::string& at(size_t i) const {
    static const std::string kNone = " ";
    return i < tokens_.size() ? tokens_[i] : kNone;
  }

  void look(size_t i) {
    const std::string& token = tokens_[i];
    if (token == "for" || token == "while") enter(i);
    if (token == "(") ++parentheses_;
    if (token == ")") --parentheses_;
    if (token == "[") ++brackets_;
    if (token == "]") --brackets_;
    if (token == "{") {
      if (!loops_.empty() && loops_.back().braces == braces_) loops_.back().braced = true;
      ++braces_;
    }
    if (token == "}") {
      --braces_;
      leave(true);
    }
    if (token == ";" && parentheses_ == 0) leave(false);
    if (!loops_.empty()) look_inside(i);
  }

  void enter(size_t i) {
    Loop loop{"", braces_, false};
    for (size_t j = i; j < std::min(i + 12, tokens_.size()); ++j) {  // for ( type name = ...
      if (at(j + 1) == "=" && is_name(at(j))) {
        loop.variable = at(j);
        break;
      }
    }
    loops_.push_back(loop);
    deepest = std::max(deepest, static_cast<int>(loops_.size()));
  }

  // A statement or block has ended: so have the loops whose body it was.
  void leave(bool block) {
    while (!loops_.empty() && loops_.back().braces == braces_ && loops_.back().braced == block) {
      loops_.pop_back();
      block = loops_.empty() ? block : loops_.back().braced;
      if (!loops_.empty() && loops_.back().braced) break;
    }
  }

  void look_inside(size_t i) {
    const std::string& token = tokens_[i];
    if (token == "+=" && i > 0) {
      if (is_name(at(i - 1))) {
        tags.insert("reduction");
        sums_.insert(at(i - 1));
      } else if (at(i - 1) == "]") {
        tags.insert("accumulate-in-memory");
      }
    }
    if (token == "=" && i > 0 && at(i - 1) == "]" && sums_.count(at(i + 1)) != 0 && at(i + 2) == ";")
      tags.insert("scan");
    if ((token == "++" || token == "--") && i > 0 && at(i - 1) == "]") tags.insert("scatter");
    if (token == "++" && is_name(at(i + 1)) && at(i + 2) == "[") tags.insert("scatter");
    if (token == "/" || token == "/=") tags.insert("division");
    if (token == "%") tags.insert("modulo");
    if (token == "?") tags.insert("select");
    if (token == "if") look_at_condition(i);
    if (token == "[" && brackets_ > 1) tags.insert("indirect");
    if (brackets_ > 0 && token == "*") look_at_stride(i);
    if (at(i + 1) == "(") look_at_call(token);
  }

  void look_at_condition(size_t i) {
    int comparisons = 0, zeros = 0;
    for (size_t j = i + 1, depth = 0; j < tokens_.size(); ++j) {
      depth += at(j) == "(" ? 1 : 0;
      if (at(j) == "<" || at(j) == ">" || at(j) == "<=" || at(j) == ">=") {
        ++comparisons;
        zeros += at(j + 1) == "0" ? 1 : 0;
      }
      if (at(j) == ")" && --depth == 0) break;
    }
    if (zeros > 0 && comparisons > 1)
      tags.insert("border-test");
    else if (comparisons == 1)
      tags.insert("branch");
  }

  void look_at_stride(size_t i) {
    if (loops_.empty() || loops_.back().variable.empty()) return;
    const std::string& inner = loops_.back().variable;
    if (at(i - 1) == inner || at(i + 1) == inner) tags.insert("strided-inner");
  }

  void look_at_call(const std::string& token) {
    static const std::map<std::string, const char*> kCalls = {
        {"exp", "exp"},        {"expf", "exp"},  {"tanh", "tanh"},   {"tanhf", "tanh"},  {"sqrt", "sqrt"},
        {"sqrtf", "sqrt"},     {"log", "log"},   {"logf", "log"},    {"pow", "pow"},     {"powf", "pow"},
        {"erf", "erf"},        {"erff", "erf"},  {"sin", "trig"},    {"cos", "trig"},    {"sinf", "trig"},
        {"cosf", "trig"},      {"max", "max"},   {"fmax", "max"},    {"fmaxf", "max"},   {"min", "min"},
        {"fmin", "min"},       {"fminf", "min"}, {"round", "round"}, {"lrint", "round"}, {"lrintf", "round"},
        {"nearbyint", "round"}};
    if (const auto found = kCalls.find(token); found != kCalls.end()) tags.insert(found->second);
  }

  const Tokens& tokens_;
  std::vector<Loop> loops_;
  std::set<std::string> sums_;
  int parentheses_ = 0, brackets_ = 0, braces_ = 0;
};

}  // namespace

std::vector<std::string> features_of(const Operator& op, const std::string& source) {
  const Tokens body = body_of(tokens_of(source), op.kernel.entry);
  Walk walk(body);
  std::set<std::string> tags = std::move(walk.tags);
  if (walk.deepest > 0) tags.insert("loops-" + std::to_string(std::min(walk.deepest, 6)));
  bool single = false;
  for (const Argument& argument : op.arguments) {
    if (!argument.scalar) tags.insert(name_of(argument.dtype));
    if (argument.input && argument.output) tags.insert("in-place");
    single = single || argument.dtype == Dtype::f32;
  }
  if (single && std::find(body.begin(), body.end(), "double") != body.end()) tags.insert("double-in-single");
  return {tags.begin(), tags.end()};
}

}  // namespace ke
