// SPDX-License-Identifier: MIT
#include "ke-build/detect/macro_proof.h"

#include "ke-build/base/files.h"
#include "ke-build/base/lexer.h"

namespace ke {
namespace {

struct Words {
  std::set<std::string> all;
  bool pastes = false;
};

/// The token after `#define` or `#undef`.
bool is_own_line(const TokenList& list, size_t index) {
  if (index < 2 || list.tokens[index - 2].kind != Token::Kind::hash) return false;
  const std::string_view word = list.text_of(index - 1);
  return word == "define" || word == "undef";
}

bool uses(const std::set<std::string>& names, const std::string& text, Words& words, std::string& name) {
  const TokenList list = tokenize(text);
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    const Token& token = list.tokens[i];
    const std::string_view word = list.text_of(i);
    if (word == "##" || word == "%:") words.pastes = true;
    if (token.kind != Token::Kind::identifier && token.kind != Token::Kind::number) continue;
    const std::string copy(word);
    if (names.contains(copy)) {
      if (is_own_line(list, i)) continue;
      name = copy;
      return true;
    }
    if (copy.size() <= 64) words.all.insert(copy);
  }
  return false;
}

}  // namespace

bool can_be_pasted(const std::string& name, const std::set<std::string>& words) {
  std::vector<bool> reachable(name.size() + 1);
  reachable[0] = true;
  for (size_t from = 0; from < name.size(); ++from) {
    if (!reachable[from]) continue;
    for (size_t size = 1; from + size <= name.size(); ++size) {
      if (words.contains(name.substr(from, size))) reachable[from + size] = true;
    }
  }
  return reachable[name.size()];
}

MacroUse find_macro_use(const std::set<std::string>& names, const std::vector<std::string>& files,
                        const std::vector<std::string>& arguments) {
  Words words;
  std::string name;
  for (const std::string& argument : arguments) {
    if (uses(names, argument, words, name)) return {name, argument};
  }
  for (const std::string& file : files) {
    const auto text = read_file(file, 64u << 20);
    if (!text) return {*names.begin(), file};  // what cannot be read cannot be proved
    if (uses(names, *text, words, name)) return {name, file};
  }
  for (const std::string& each : names) {
    if (words.pastes && can_be_pasted(each, words.all)) return {each, "##"};
  }
  return {};
}

}  // namespace ke
