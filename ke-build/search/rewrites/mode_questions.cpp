// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/mode_questions.h"

#include "ke-build/base/text.h"

#include <algorithm>
#include <cctype>

namespace ke {
namespace {

constexpr int kDeepestHelper = 4;

std::string spaced_before(const std::string& text, size_t at) { return trim(text.substr(0, at)); }

// `7`, `-1`, `'N'`, `UNIT_DAY`, `Bayer::rggb` at the beginning of a text; "" for anything else.
std::string word_at_front(const std::string& text) {
  if (text.size() > 2 && text[0] == '\'' && text[1] != '\\' && text[2] == '\'') return text.substr(0, 3);
  size_t end = !text.empty() && text[0] == '-' ? 1 : 0;
  const size_t begin = end;
  while (end < text.size() && (is_word_character(text[end]) || text[end] == ':')) ++end;
  const bool label = end > begin && text[end - 1] == ':';  // of a switch
  std::string word = text.substr(0, end - (label ? 1 : 0));
  const bool whole =
      label || end == text.size() || std::string("().,;{}[ \n").find(text[end]) != std::string::npos;
  return whole && word.size() > begin && text.compare(end, 1, "(") != 0 ? word : "";
}

std::string word_at_back(const std::string& text) {
  if (text.size() > 2 && text.back() == '\'' && text[text.size() - 3] == '\'')
    return text.substr(text.size() - 3);
  size_t begin = text.size();
  while (begin > 0 && (is_word_character(text[begin - 1]) || text[begin - 1] == ':')) --begin;
  const std::string before = trim(text.substr(0, begin));
  // A field, or an operand of something else.
  const bool alone = before.empty() || ends_with(before, "return") ||
                     std::string("(,;{}&|!?:=+-*/").find(before.back()) != std::string::npos;
  return alone ? text.substr(begin) : "";
}

bool is_loop(const Stmt& s) { return s.is(Stmt::Kind::loop) || s.is(Stmt::Kind::wild); }

}  // namespace

ModeQuestions::ModeQuestions(const Unit& unit, const Function& f, const std::string& parameter, bool in_loop,
                             int depth)
    : unit_(unit), function_(f), name_(parameter), own_(effects_of(f.body).declared), depth_(depth) {
  for (const Parameter& p : f.parameters) own_.insert(p.name);
  visit(f.body, in_loop);
}

void ModeQuestions::visit(const Stmts& list, bool in_loop) {
  for (const Stmt& s : list) {
    // Text that nobody reads may hold loops, algorithms and lambdas that loops call.
    const bool here = in_loop || s.is(Stmt::Kind::opaque) || is_loop(s);
    std::string text = s.is(Stmt::Kind::branch) ? "if (" + to_text(s.value) + ")" : to_text(s.value);
    if (s.is(Stmt::Kind::opaque) || s.is(Stmt::Kind::jump) || is_loop(s)) text = s.text + " ; " + text;
    text = to_text(s.lower) + " ; " + to_text(s.upper) + " ; " + text;
    look(text, here || text.find("](") != std::string::npos || text.find("] (") != std::string::npos);
    visit(s.body, here);
    visit(s.otherwise, here);
  }
}

void ModeQuestions::look(const std::string& text, bool in_loop) {
  for (size_t at = text.find(name_); at != std::string::npos; at = text.find(name_, at + 1)) {
    const size_t end = at + name_.size();
    if ((at > 0 && is_word_character(text[at - 1])) || (end < text.size() && is_word_character(text[end])))
      continue;
    const std::string before = spaced_before(text, at);
    if (ends_with(before, ".") || ends_with(before, "->") || ends_with(before, "::")) continue;
    look_at(text, at, in_loop);
  }
}

void ModeQuestions::look_at(const std::string& text, size_t at, bool in_loop) {
  const std::string before = spaced_before(text, at), after = trim(text.substr(at + name_.size()));
  mentioned_ = mentioned_ || in_loop;
  const bool equals = starts_with(after, "==") || starts_with(after, "!=");
  if (equals || ends_with(before, "==") || ends_with(before, "!=")) {
    if (!in_loop) return;
    asked_ = true;
    add_constant(equals ? word_at_front(trim(after.substr(2)))
                        : word_at_back(trim(before.substr(0, before.size() - 2))));
  } else if (ends_with(before, "(") && starts_with(after, ")") &&
             ends_with(trim(before.substr(0, before.size() - 1)), "switch")) {
    if (!in_loop) return;
    asked_ = true;
    for (size_t label = text.find("case ", at); label != std::string::npos;
         label = text.find("case ", label + 1))
      add_constant(word_at_front(trim(text.substr(label + 5))));
  } else {
    follow(text, at, in_loop);
  }
}

void ModeQuestions::add_constant(const std::string& word) {
  if (word.empty()) return;
  const bool literal = word[0] == '-' || word[0] == '\'' || std::isdigit(static_cast<unsigned char>(word[0]));
  // What is the function's own, or its class's, is nothing to the caller.
  if (!literal && (own_.count(word) != 0 || (depth_ > 0 && function_.member))) return;
  if (std::find(constants_.begin(), constants_.end(), word) == constants_.end()) constants_.push_back(word);
}

void ModeQuestions::follow(const std::string& text, size_t at, bool in_loop) {
  const std::string after = trim(text.substr(at + name_.size()));
  if (after.empty() || (after[0] != ',' && after[0] != ')')) return;
  const std::string before = spaced_before(text, at);
  if (before.empty() || (before.back() != ',' && before.back() != '(')) return;
  size_t index = 0, open = before.size();
  for (int depth = 0; open-- > 0;) {
    const char c = before[open];
    if (c == ')' || c == ']' || c == '}') ++depth;
    if ((c == '(' || c == '[' || c == '{') && depth-- == 0) break;
    index += c == ',' && depth == 0;
  }
  if (open == std::string::npos || before[open] != '(') return;
  const std::string callee = word_at_back(before.substr(0, open));
  const Function* helper = nullptr;
  for (const std::vector<Function>* list : {&unit_.functions, &unit_.others})
    for (const Function& f : *list)
      if (f.name == callee.substr(callee.rfind(':') + 1) && f.parameters.size() > index)
        helper = helper ? &function_ : &f;  // overloaded: none
  if (!helper) handed_on_ = handed_on_ || (!callee.empty() && !starts_with(callee, "std::"));
  if (!helper || helper == &function_ || depth_ >= kDeepestHelper || helper->parameters[index].name.empty())
    return;
  const ModeQuestions inner(unit_, *helper, helper->parameters[index].name, in_loop, depth_ + 1);
  asked_ = asked_ || inner.asked_;
  mentioned_ = mentioned_ || inner.mentioned_;
  handed_on_ = handed_on_ || inner.handed_on_;
  for (const std::string& word : inner.constants_) add_constant(word);
}

}  // namespace ke
