// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/source_rules.h"

#include "ke-build/base/elf.h"
#include "ke-build/base/files.h"
#include "ke-build/base/lexer.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/legality.h"

#include <fmt/format.h>

#include <map>

#include <dlfcn.h>

namespace ke {
namespace {

struct WordRule {
  const char* word;
  bool whole;  // the identifier is `word`, not only begins with it
  const char* why;
};

constexpr const char* kAsks =
    "asks who compiles it; the repository's build and the judge must see the same program";
constexpr const char* kHides = "hides code from the sanitizers";
constexpr const char* kOrders = "gives the compiler orders that the contract's flags do not allow";
constexpr const char* kLoads = "loads code at run time that the repository does not link";
constexpr const char* kUnchecked =
    "chooses code by the machine in a way that cannot be checked here for other machines";

constexpr WordRule kWords[] = {
    {"__INCLUDE_LEVEL__", true, kAsks},
    {"__BASE_FILE__", true, kAsks},
    {"__FILE__", true, kAsks},
    {"__FILE_NAME__", true, kAsks},
    {"__builtin_FILE", true, kAsks},
    {"source_location", true, kAsks},
    {"__DATE__", true, kAsks},
    {"__TIME__", true, kAsks},
    {"__TIMESTAMP__", true, kAsks},
    {"__OPTIMIZE__", true, kAsks},
    {"__NO_OPTIMIZE__", true, kAsks},
    {"__SANITIZE_", false, kAsks},
    {"__has_feature", true, kAsks},
    {"ke_call", true, "is a name of the judge's adapter"},
    {"ke_runner", true, "is a name of the judge's runner"},
    {"__asan_", false, kHides},
    {"__ubsan_", false, kHides},
    {"__lsan_", false, kHides},
    {"__tsan_", false, kHides},
    {"__msan_", false, kHides},
    {"__sanitizer_", false, kHides},
    {"no_sanitize", false, kHides},
    {"__no_sanitize", false, kHides},
    {"disable_sanitizer_instrumentation", true, kHides},
    {"dlopen", true, kLoads},
    {"dlmopen", true, kLoads},
    {"dlsym", true, kLoads},
    {"ifunc", true, kUnchecked},
    {"__ifunc__", true, kUnchecked},
};

const WordRule* rule_of(std::string_view word) {
  for (const WordRule& rule : kWords) {
    if (rule.whole ? word == rule.word : starts_with(word, rule.word)) return &rule;
  }
  return nullptr;
}

// Findings of one source: what it says -> how often and why that may not be new.
struct Remarks {
  std::map<std::string, std::pair<int, std::string>> all;
  void add(const std::string& what, const std::string& why) {
    auto& entry = all[what];
    ++entry.first;
    entry.second = why;
  }
};

std::string unquoted(std::string_view literal) {
  std::string text(literal.substr(std::min(literal.size(), literal.find('"') + 1)));
  if (ends_with(text, "\"")) text.pop_back();
  return replace_all(text, "\\\"", "\"");
}

/// The strings behind a word: `target("avx2,fma", "bmi")` has three.
std::vector<std::string> values_behind(const TokenList& list, size_t at) {
  std::vector<std::string> values;
  for (size_t i = at + 1; i < list.tokens.size(); ++i) {
    const std::string_view text = list.text_of(i);
    if (list.tokens[i].kind == Token::Kind::text) {
      for (const std::string& value : split(unquoted(text), ',')) values.push_back(trim(value));
    } else if (text != "(" && text != ",") {
      break;
    }
  }
  return values;
}

/// Orders count like the flags that they stand for.
void remark_flags(const Operator& op, const std::string& shown, const std::string& kind,
                  const std::vector<std::string>& values, Remarks& remarks) {
  for (const std::string& value : values) {
    const bool level = starts_with(value, "O");
    const std::string flag = starts_with(value, "-") ? value
                                                     : (level              ? "-"
                                                        : kind == "target" ? "-m"
                                                                           : "-f") +
                                                           value;
    if (const std::string why = illegal_flag(op, flag); !why.empty())
      remarks.add(shown + "(\"" + value + "\")", "not legal under the contract: " + why);
  }
}

/// `GCC optimize ("x")` behind #pragma, or inside of _Pragma("...").
void remark_pragma(const Operator& op, const TokenList& list, size_t at, Remarks& remarks) {
  if (at + 1 >= list.tokens.size()) return;
  const std::string family(list.text_of(at)), word(list.text_of(at + 1));
  const std::string shown = "#pragma " + family + " " + word;
  if (family == "GCC" && (word == "optimize" || word == "target")) {
    remark_flags(op, shown, word, values_behind(list, at + 1), remarks);
  } else if ((family == "clang" && (word == "fp" || word == "attribute")) ||
             (family == "STDC" && word != "FP_CONTRACT")) {
    remarks.add(shown, kOrders);
  }
}

Remarks remarks_on(const Operator& op, const std::string& source) {
  const TokenList list = tokenize(source);
  Remarks remarks;
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    const Token& token = list.tokens[i];
    if (token.kind != Token::Kind::identifier) continue;
    const std::string_view word = list.text_of(i);
    if (const WordRule* rule = rule_of(word)) remarks.add(std::string(word), rule->why);
    if (word == "pragma" && i > 0 && list.tokens[i - 1].kind == Token::Kind::hash)
      remark_pragma(op, list, i + 1, remarks);
    if ((word == "_Pragma" || word == "__pragma") && i + 2 < list.tokens.size()) {
      remark_pragma(op, tokenize(unquoted(list.text_of(i + 2))), 0, remarks);
    }
    if (word == "optimize" || word == "__optimize__")
      remark_flags(op, "optimize", "optimize", values_behind(list, i), remarks);
    if (word == "target" || word == "__target__") {
      for (const std::string& value : values_behind(list, i)) {
        if (value == "default") remarks.add("target(\"default\")", kUnchecked);
      }
    }
  }
  return remarks;
}

/// Does a library that every program here is linked to define it?
bool in_a_library(const std::string& name) {
  return dlsym(RTLD_DEFAULT, name.c_str()) != nullptr || starts_with(name, "GOMP_") ||
         starts_with(name, "omp_");
}

std::string objection_to(const std::string& symbol) {
  if (symbol == "?dlopen" || symbol == "?dlmopen" || symbol == "?dlsym")
    return "calls " + symbol.substr(1) + ": it " + kLoads;
  if (starts_with(symbol, "?")) return "";
  const bool strong = ends_with(symbol, "!");
  const std::string name = strong ? symbol.substr(0, symbol.size() - 1) : symbol;
  for (const char* prefix : {"__asan_", "__ubsan_", "__lsan_", "__tsan_", "__msan_", "__sanitizer_", "ke_"}) {
    if (starts_with(name, prefix)) return "defines " + name + ", a name of the sanitizers or of the judge";
  }
  // Templates of the standard library are weak in every program that uses them.
  if (strong && in_a_library(name))
    return "defines " + name + ", and so takes the place of a library's function";
  return "";
}

}  // namespace

std::string illegal_source(const Operator& op, const std::string& baseline, const std::string& candidate) {
  const Remarks before = remarks_on(op, baseline), after = remarks_on(op, candidate);
  for (const auto& [what, remark] : after.all) {
    const auto known = before.all.find(what);
    if (known == before.all.end() || known->second.first < remark.first) return what + ": " + remark.second;
  }
  return "";
}

Result<std::string> illegal_symbols(const std::string& baseline_program, const std::string& program) {
  KE_TRY(const std::string before_bytes, read_file(baseline_program));
  KE_TRY(const std::string after_bytes, read_file(program));
  KE_TRY(const std::set<std::string> before, shared_symbols(before_bytes, baseline_program));
  KE_TRY(const std::set<std::string> after, shared_symbols(after_bytes, program));
  for (const std::string& symbol : after) {
    if (before.contains(symbol)) continue;
    if (std::string why = objection_to(symbol); !why.empty()) return why;
  }
  return std::string();
}

}  // namespace ke
