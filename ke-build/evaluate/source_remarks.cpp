// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/source_remarks.h"

#include "ke-build/base/text.h"
#include "ke-build/evaluate/legality.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

namespace ke {
namespace {

using Kind = Token::Kind;

constexpr const char* kHiding = "can hide words from whoever reads the source; spell it out without";
constexpr const char* kQuestion =
    "asks who compiles it; the repository's build and the judge must see the same program: leave the "
    "question "
    "out";

/// Words that mean something to the compiler without being part of an attribute, where macros are seen
/// anyway.
constexpr const char* kPastable[] = {"__attribute__",
                                     "__attribute",
                                     "_Pragma",
                                     "__pragma",
                                     "__declspec",
                                     "__asm__",
                                     "__INCLUDE_LEVEL__",
                                     "__FILE__",
                                     "__BASE_FILE__",
                                     "__FILE_NAME__",
                                     "__builtin_FILE",
                                     "__DATE__",
                                     "__TIME__",
                                     "__TIMESTAMP__",
                                     "__OPTIMIZE__",
                                     "__NO_OPTIMIZE__",
                                     "__SANITIZE_ADDRESS__",
                                     "__has_feature",
                                     "__has_include",
                                     "source_location",
                                     "ke_call",
                                     "ke_evaluate",
                                     "ke_arguments",
                                     "__builtin_cpu_supports",
                                     "__builtin_cpu_is",
                                     "__builtin_cpu_init",
                                     "KE_CLONES",
                                     "target_clones"};

/// Can `word` be cut into at least two pieces, each a token of the source?
bool can_be_pasted(std::string_view word, const std::set<std::string_view>& pieces) {
  std::vector<bool> reachable(word.size() + 1, false);
  reachable[0] = true;
  for (size_t at = 0; at < word.size(); ++at) {
    if (!reachable[at]) continue;
    for (size_t end = at + 1; end <= word.size(); ++end) {
      if (end - at < word.size() && pieces.contains(word.substr(at, end - at))) reachable[end] = true;
    }
  }
  return reachable[word.size()];
}

void remark_pasting(const TokenList& list, Remarks& remarks) {
  std::set<std::string_view> pieces;
  int pastes = 0;
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    const Kind kind = list.tokens[i].kind;
    if (kind == Kind::identifier || kind == Kind::number) pieces.insert(list.text_of(i));
    pastes += list.text_of(i) == "##";
  }
  if (pastes == 0) return;
  for (const char* word : kPastable) {
    if (can_be_pasted(word, pieces)) remarks.add(std::string("## that can make ") + word, kHiding);
  }
}

/// `_Pragma(#x)`, `_Pragma(TEXT)`, or the word alone.
bool makes_pragmas(const TokenList& list) {
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    const std::string_view word = list.text_of(i);
    if (list.tokens[i].kind != Kind::identifier || (word != "_Pragma" && word != "__pragma")) continue;
    if (i + 2 >= list.tokens.size() || list.tokens[i + 2].kind != Kind::text) return true;
  }
  return false;
}

/// The identifier behind `# word`, or "".
std::string_view directive_argument(const TokenList& list, size_t hash, std::string_view word) {
  if (hash + 2 >= list.tokens.size() || list.text_of(hash + 1) != word) return "";
  return list.tokens[hash + 2].kind == Kind::identifier ? list.text_of(hash + 2) : std::string_view();
}

size_t end_of(const TokenList& list, size_t hash) {
  while (hash < list.tokens.size() && list.tokens[hash].kind != Kind::end_of_directive) ++hash;
  return hash;
}

// `#ifndef KE_CLONES` around nothing but definitions of KE_CLONES is how a source names its variants: whoever
// defines the macro sees no other difference.
bool only_defines_clones(const TokenList& list, size_t hash) {
  int depth = 0;
  for (size_t i = hash; i < list.tokens.size();) {
    if (list.tokens[i].kind != Kind::hash) return false;
    const std::string_view word = i + 1 < list.tokens.size() ? list.text_of(i + 1) : std::string_view();
    if (word == "define" && directive_argument(list, i, "define") != "KE_CLONES") return false;
    if (word == "undef" || word == "include" || word == "pragma") return false;
    depth += starts_with(word, "if") ? 1 : word == "endif" ? -1 : 0;
    i = end_of(list, i) + 1;
    if (depth == 0) return true;
  }
  return false;
}

// Where a quote ends depends on the language: `"a"R"(` is a suffix or the start of a raw string, `0'a'` a
// number with separators or a number and a letter.
void remark_quotes(const TokenList& list, Remarks& remarks) {
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    const std::string_view text = list.text_of(i);
    if (list.tokens[i].kind == Kind::text && !text.empty() && text.back() == 'R')
      remarks.add("R right behind a literal", kHiding);
    if (list.tokens[i].kind != Kind::number) continue;
    for (size_t at = text.find('\''); at != std::string_view::npos; at = text.find('\'', at + 1)) {
      const size_t next = text.find('\'', at + 1),
                   digits = (next == std::string_view::npos ? text.size() : next) - at - 1;
      if (digits < 2) remarks.add("apostrophes around one character in a number", kHiding);
    }
  }
}

}  // namespace

void remark_hiding(const std::string& source, const TokenList& list, Remarks& remarks) {
  if (list.splice_in_raw_string) remarks.add("a line splice in a raw string", kHiding);
  // A backslash by trigraph splices lines even in comments and strings; the others count where code is.
  if (source.find("?\?/") != std::string::npos) remarks.add("a trigraph", kHiding);
  for (size_t i = 0; i + 2 < list.tokens.size(); ++i) {
    if (list.text_of(i) == "?" && list.text_of(i + 1) == "?" && list.tokens[i + 1].glued &&
        list.tokens[i + 2].glued)
      remarks.add("a trigraph", kHiding);
  }
  for (size_t at = source.find('\n'); at != std::string::npos; at = source.find('\n', at + 1)) {
    size_t end = at;
    while (end > 0 && (source[end - 1] == ' ' || source[end - 1] == '\t' || source[end - 1] == '\r' ||
                       source[end - 1] == '\v' || source[end - 1] == '\f'))
      --end;
    const bool space = at - end > (end < at && source[end] == '\r' ? 1 : 0);
    if (space && end > 0 && source[end - 1] == '\\') remarks.add("a backslash before white space", kHiding);
  }
  for (size_t i = 0; i + 1 < list.tokens.size(); ++i) {
    const bool digraph = ends_with(list.text_of(i), "%") && list.tokens[i].kind == Kind::punctuation &&
                         list.tokens[i + 1].glued && starts_with(list.text_of(i + 1), ":");
    if (digraph || list.text_of(i) == "%:" || list.text_of(i) == "%:%:")
      remarks.add("the digraph %:", kHiding);
  }
  remark_quotes(list, remarks);
  remark_pasting(list, remarks);
}

void remark_made_pragmas(const TokenList& list, const std::vector<int>& depths, Remarks& remarks) {
  if (!makes_pragmas(list)) return;
  const auto remark = [&](std::string_view word) {
    remarks.add(
        std::string(word) + " beside a pragma that a macro makes",
        "is not spelled plainly, so that nobody can say what it orders; write pragmas out, or give what is "
        "no order another name");
  };
  std::set<std::string_view> pieces;
  bool pastes = false;
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    // What a directive orders by itself is looked at there.
    if (list.tokens[i].kind == Kind::hash && i + 1 < list.tokens.size() && list.text_of(i + 1) == "pragma")
      i = end_of(list, i);
    if (i == list.tokens.size()) break;
    const std::string_view text = list.text_of(i);
    const Kind kind = list.tokens[i].kind;
    pastes = pastes || text == "##";
    if (kind == Kind::identifier || kind == Kind::number) pieces.insert(text);
    if (kind == Kind::identifier && depths[i] != 2 && is_word_of_orders(text)) remark(text);
    if (kind != Kind::text) continue;
    const TokenList inside = tokenize(std::string(text.substr(text.find_first_of("\"'") + 1)));
    for (size_t k = 0; k < inside.tokens.size(); ++k) {
      if (is_word_of_orders(inside.text_of(k))) remark(inside.text_of(k));
    }
  }
  for (const std::string_view word : kWordsOfOrders) {
    if (pastes && can_be_pasted(word, pieces)) remark(word);
  }
}

void remark_macros(const TokenList& list, const std::string& adapter_words, Remarks& remarks) {
  const TokenList adapter = tokenize(adapter_words);
  std::set<std::string_view> words;
  for (size_t i = 0; i < adapter.tokens.size(); ++i) {
    if (adapter.tokens[i].kind == Kind::identifier) words.insert(adapter.text_of(i));
  }
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    if (list.tokens[i].kind != Kind::hash) continue;
    const std::string_view name = directive_argument(list, i, "define");
    if (words.contains(name)) {
      remarks.add(
          "#define " + std::string(name),
          "changes what the code behind this source calls, such as the judge's adapter; give the macro "
          "another name");
    }
  }
}

namespace {

/// `<system/header>`; not one that is named by its place in the file system.
bool is_system_header(std::string_view name) {
  return starts_with(name, "<") && !starts_with(name, "</") && name.find("..") == std::string_view::npos;
}

/// `__has_attribute(NAME)`, `__has_cpp_attribute(gnu::NAME)`, `__has_builtin(NAME)`: what the compiler knows
/// is the same in all builds of the judge, whose macros have parameters.
bool is_asked_of_compiler(const TokenList& list, size_t at) {
  if (at + 1 >= list.tokens.size() || list.text_of(at + 1) != ")") return false;
  const size_t open = list.text_of(at - 1) == "::" ? at - 3 : at - 1;
  if (open == 0 || open >= at || list.text_of(open) != "(") return false;
  const std::string_view asks = list.text_of(open - 1);
  return asks == "__has_attribute" || asks == "__has_cpp_attribute" || asks == "__has_c_attribute" ||
         asks == "__has_builtin";
}

/// `std::max<float>(`: the qualified name at `at` is what is declared, and no type on the way to it.
bool name_follows(const TokenList& list, size_t at) {
  int depth = 0;
  for (size_t i = at + 2; i < list.tokens.size(); ++i) {
    const std::string_view text = list.text_of(i);
    if (text == "(" && depth == 0) return true;
    if (text == "{" || text == ";") return false;
    depth += text == "<" ? 1 : text == ">" ? -1 : text == ">>" ? -2 : 0;
    const bool next_word =
        list.tokens[i].kind == Kind::identifier && depth == 0 && i > at + 2 && list.text_of(i - 1) != "::";
    if (next_word || (depth == 0 && (text == "&" || text == "*"))) return false;
  }
  return false;
}

/// Macros with which the judge answers for other machines.
bool is_judges_macro(std::string_view word) {
  return word == "KE_CLONES" || word == "target_clones" || word == "__target_clones__" ||
         starts_with(word, "__builtin_cpu_");
}

}  // namespace

void remark_specialisations(const TokenList& list, Remarks& remarks) {
  bool in_std = false;  // the braces of `namespace std` are seldom left before the end of what is specialised
  for (size_t i = 0; i + 2 < list.tokens.size(); ++i) {
    if (list.text_of(i) == "namespace") in_std = list.text_of(i + 1) == "std";
    if (list.text_of(i) != "template" || list.text_of(i + 1) != "<" || list.text_of(i + 2) != ">") continue;
    bool of_library = in_std, is_class = false;
    for (size_t at = i + 3; at + 1 < list.tokens.size(); ++at) {
      const std::string_view text = list.text_of(at);
      if (text == "{" || text == ";" || text == "(") break;
      is_class = is_class || text == "struct" || text == "class" || text == "union";
      of_library = of_library ||
                   (text == "std" && list.text_of(at + 1) == "::" && !is_class && name_follows(list, at));
    }
    if (of_library && !is_class)
      remarks.add("template <> of a function of namespace std",
                  "takes the place of a library's function in the whole program");
  }
}

void remark_questions(const TokenList& list, Remarks& remarks) {
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    const std::string_view text = list.text_of(i);
    if (list.tokens[i].kind == Kind::identifier && starts_with(text, "__has_include") &&
        i + 2 < list.tokens.size() && list.text_of(i + 1) == "(" &&
        (list.tokens[i + 2].kind != Kind::header_name || !is_system_header(list.text_of(i + 2)))) {
      remarks.add(std::string(text) + " of a file that is no system header", kQuestion);
    }
    // Macros answer for other machines, and a macro with parameters needs its bracket.
    const bool of_processor = text == "__builtin_cpu_supports" || text == "__builtin_cpu_is";
    if (of_processor && list.tokens[i].kind == Kind::identifier &&
        (i + 1 >= list.tokens.size() || list.text_of(i + 1) != "(") && !is_asked_of_compiler(list, i))
      remarks.add(std::string(text) + " without ( behind it",
                  "is a question that the judge cannot answer for other machines; write " +
                      std::string(text) + "(\"name\")");
    if (list.tokens[i].kind != Kind::hash || i + 1 >= list.tokens.size()) continue;
    const std::string_view word = list.text_of(i + 1);
    const std::string_view changed = directive_argument(list, i, word == "define" ? "define" : "undef");
    if (is_judges_macro(changed) && (word == "undef" || changed != "KE_CLONES"))
      remarks.add("#" + std::string(word) + " " + std::string(changed), kQuestion);
    if (!starts_with(word, "if") && word != "elif") continue;
    const size_t end = end_of(list, i);
    for (size_t at = i + 2; at < end; ++at) {
      const std::string_view asked = list.text_of(at);
      if (!is_judges_macro(asked) || (asked != "KE_CLONES" && is_asked_of_compiler(list, at))) continue;
      if (word == "ifndef" && asked == "KE_CLONES" && only_defines_clones(list, i)) continue;
      remarks.add("#" + std::string(word) + " " + std::string(asked), kQuestion);
    }
  }
}

}  // namespace ke
