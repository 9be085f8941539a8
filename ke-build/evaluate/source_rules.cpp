// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/source_rules.h"

#include "ke-build/base/lexer.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/legality.h"
#include "ke-build/evaluate/source_remarks.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

namespace ke {
namespace {

struct WordRule {
  const char* word;
  bool whole;  // the identifier is `word`, not only begins with it
  const char* why;
};

constexpr const char* kAsks =
    "asks who compiles it; the repository's build and the judge must see the same program: leave the "
    "question "
    "out (names of compilers, instruction sets, headers, __LINE__ and __func__ are free)";
constexpr const char* kAsksWhen =
    "asks when it is compiled; the repository's build and the judge must make the same program: leave the "
    "question out";
constexpr const char* kAsksCaller =
    "asks who calls it; every caller must get the same: leave the question out";
constexpr const char* kOfAdapter = "is a name of the judge's adapter";
constexpr const char* kOfRunner = "is a name of the judge's runner";
constexpr const char* kHides = "hides code from the sanitizers; leave it out, and mend what they find";
constexpr const char* kHardening = "removes hardening; leave it out";
constexpr const char* kOrders =
    "gives the compiler orders that the contract's flags do not allow; leave it out, or add a flag that they "
    "do";
constexpr const char* kLoads =
    "loads code at run time that the repository does not link; call only what it links";
constexpr const char* kUnchecked =
    "chooses code by the machine in a way that cannot be checked here for other machines; "
    "__builtin_cpu_supports() and target_clones can be";

constexpr const char* kOdd =
    "is not spelled plainly, so that nobody can say what it orders; write it where it counts, in one plain "
    "text";

constexpr WordRule kWords[] = {
    {"__INCLUDE_LEVEL__", true, kAsks},
    {"__BASE_FILE__", true, kAsks},
    {"__FILE__", true, kAsks},
    {"__FILE_NAME__", true, kAsks},
    {"__builtin_FILE", true, kAsks},
    {"source_location", true, kAsks},
    {"__DATE__", true, kAsksWhen},
    {"__TIME__", true, kAsksWhen},
    {"__TIMESTAMP__", true, kAsksWhen},
    {"__OPTIMIZE__", true, kAsks},
    {"__NO_OPTIMIZE__", true, kAsks},
    {"__OPTIMIZE_SIZE__", true, kAsks},
    {"__NO_INLINE__", true, kAsks},
    {"__SSP_", false, kAsks},
    {"__CET__", true, kAsks},
    {"_FORTIFY_SOURCE", true, kAsks},
    {"__USE_FORTIFY_LEVEL", true, kAsks},
    {"__PIE__", true, kAsks},
    {"__pie__", true, kAsks},
    {"__PIC__", true, kAsks},
    {"__pic__", true, kAsks},
    {"__builtin_return_address", true, kAsksCaller},
    {"__builtin_extract_return_addr", true, kAsksCaller},
    {"__builtin_frame_address", true, kAsksCaller},
    {"__builtin_dwarf_cfa", true, kAsksCaller},
    {"__SANITIZE_", false, kAsks},
    {"__has_feature", true, kAsks},
    {"__builtin_constant_p", true, kAsks},
    {"__builtin_object_size", true, kAsks},
    {"__builtin_dynamic_object_size", true, kAsks},
    {"ke_call", true, kOfAdapter},
    {"ke_evaluate", true, kOfAdapter},
    {"ke_arguments", true, kOfAdapter},
    {"ke_runner", true, kOfRunner},
    {"__asan_", false, kHides},
    {"__ubsan_", false, kHides},
    {"__lsan_", false, kHides},
    {"__tsan_", false, kHides},
    {"__msan_", false, kHides},
    {"__sanitizer_", false, kHides},
    {"no_sanitize", false, kHides},
    {"no_address_safety_analysis", true, kHides},
    {"__no_address_safety_analysis__", true, kHides},
    {"no_stack_protector", true, kHardening},
    {"__no_stack_protector__", true, kHardening},
    {"nocf_check", true, kHardening},
    {"__nocf_check__", true, kHardening},
    {"zero_call_used_regs", true, kHardening},
    {"__zero_call_used_regs__", true, kHardening},
    {"__no_sanitize", false, kHides},
    {"disable_sanitizer_instrumentation", true, kHides},
    {"dlopen", true, kLoads},
    {"dlmopen", true, kLoads},
    {"dlsym", true, kLoads},
    {"ifunc", true, kUnchecked},
    {"__ifunc__", true, kUnchecked},
    {"__cpuid", false, kUnchecked},
    {"__get_cpuid", false, kUnchecked},
    {"_xgetbv", true, kUnchecked},
    {"__builtin_ia32_xgetbv", true, kUnchecked},
    {"__cpu_model", true, kUnchecked},
    {"__cpu_features2", true, kUnchecked},
    {"__cpu_indicator_init", true, kUnchecked},
    {"getauxval", true, kUnchecked},
};

const WordRule* rule_of(std::string_view word) {
  for (const WordRule& rule : kWords) {
    if (rule.whole ? word == rule.word : starts_with(word, rule.word)) return &rule;
  }
  return nullptr;
}

std::string unquoted(std::string_view literal) {
  std::string text(literal.substr(std::min(literal.size(), literal.find('"') + 1)));
  if (ends_with(text, "\"")) text.pop_back();
  return replace_all(text, "\\\"", "\"");
}

/// What an order says: its strings, `target("avx2,fma", "bmi")` has three; `odd` when it is not spelled
/// plainly: a macro, pieces, escapes, raw strings.
struct Order {
  std::vector<std::string> values;
  bool odd = false;
};

Order order_behind(const TokenList& list, size_t at) {
  Order order;
  bool after_text = false;
  for (size_t i = at + 1; i < list.tokens.size(); ++i) {
    const Token& token = list.tokens[i];
    const std::string_view text = list.text_of(i);
    if (token.kind == Token::Kind::text) {
      const bool plain = text.front() == '"' && text.find('\\') == std::string_view::npos;
      order.odd = order.odd || after_text || !plain;
      for (const std::string& value : split(unquoted(text), ',')) order.values.push_back(trim(value));
    } else if (token.kind == Token::Kind::number) {
      order.values.push_back("O" + std::string(text));
    } else if (text != "(" && text != ",") {
      order.odd = order.odd || text != ")" || i == at + 1;
      break;
    }
    after_text = token.kind == Token::Kind::text;
  }
  return order;
}

/// Orders count like the flags that they stand for.
void remark_flags(const Operator& op, const std::string& shown, const std::string& kind, const Order& order,
                  Remarks& remarks) {
  if (order.odd) remarks.add(shown, kOdd);
  for (const std::string& value : order.values) {
    const bool level = starts_with(value, "O");
    const std::string flag = starts_with(value, "-") ? value
                                                     : (level              ? "-"
                                                        : kind == "target" ? "-m"
                                                                           : "-f") +
                                                           value;
    if (const std::string why = illegal_flag(op, flag); !why.empty()) {
      const char* instead =
          kind == "target" ? "; put __attribute__((target(...))) at functions behind __builtin_cpu_supports()"
                           : "";
      remarks.add(shown + "(\"" + value + "\")", "not legal under the contract: " + why + instead);
    }
  }
}

/// `contract(fast) reassociate(on)`: what legal flags say too (-ffp-contract, -fassociative-math).
bool only_reorders(const TokenList& list, size_t at) {
  constexpr std::string_view kFree[] = {"contract", "reassociate", "reciprocal", "on", "off", "fast"};
  for (; at < list.tokens.size() && list.tokens[at].kind != Token::Kind::end_of_directive; ++at) {
    const bool word = list.tokens[at].kind == Token::Kind::identifier;
    if (word && std::find(std::begin(kFree), std::end(kFree), list.text_of(at)) == std::end(kFree))
      return false;
  }
  return true;
}

/// `GCC optimize ("x")` behind #pragma, or inside of _Pragma("...").
void remark_pragma(const Operator& op, const TokenList& list, size_t at, Remarks& remarks) {
  if (at + 1 >= list.tokens.size()) return;
  const std::string family(list.text_of(at)), word(list.text_of(at + 1));
  const std::string shown = "#pragma " + family + " " + word;
  if (family == "GCC" && (word == "optimize" || word == "target")) {
    remark_flags(op, shown, word, order_behind(list, at + 1), remarks);
    return;
  }
  const bool free = family == "STDC"    ? word == "FP_CONTRACT" || word == "FENV_ACCESS"
                    : family == "clang" ? word == "fp" ? only_reorders(list, at + 2) : word != "attribute"
                                        : family != "float_control";
  if (!free) remarks.add(shown, kOrders);
}

/// Marks the tokens inside of `__attribute__((...))` and `[[...]]` with how deep they are nested there; 0:
/// outside.
std::vector<int> attribute_depths(const TokenList& list) {
  std::vector<int> depths(list.tokens.size(), 0);
  int depth = 0;
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    const std::string_view text = list.text_of(i);
    if (depth == 0) {
      const bool named =
          i > 0 && (list.text_of(i - 1) == "__attribute__" || list.text_of(i - 1) == "__attribute");
      const bool brackets = text == "[" && i + 1 < list.tokens.size() && list.text_of(i + 1) == "[";
      if ((named && text == "(") || brackets) depth = 1;
    } else if (text == "(" || text == "[") {
      ++depth;
    } else if (text == ")" || text == "]") {
      --depth;
    }
    depths[i] = depth;
  }
  return depths;
}

std::set<std::string_view> macros_of(const TokenList& list) {
  std::set<std::string_view> names;
  for (size_t i = 0; i + 2 < list.tokens.size(); ++i) {
    if (list.tokens[i].kind == Token::Kind::hash && list.text_of(i + 1) == "define")
      names.insert(list.text_of(i + 2));
  }
  return names;
}

/// Inside of attributes orders stand; in a macro these words may as well be the name of a parameter, a
/// member or an array.
bool is_name(const TokenList& list, size_t at, const std::set<std::string_view>& parameters) {
  const std::string_view word = list.text_of(at);
  const bool member = list.text_of(at - 1) == "." || list.text_of(at - 1) == "->";
  const bool called = at + 1 < list.tokens.size() && list.text_of(at + 1) == "(";
  return parameters.contains(word) || member || (!called && (word == "target" || word == "__target__"));
}

/// Targets that name no instructions but say how to compute with those that are there.
bool changes_arithmetic(std::string_view target) {
  constexpr std::string_view kArithmetic[] = {"ieee-fp", "fpmath", "recip", "fused-madd", "fancy-math-387"};
  if (starts_with(target, "no-")) target.remove_prefix(3);
  target = target.substr(0, target.find('='));
  return std::find(std::begin(kArithmetic), std::end(kArithmetic), target) != std::end(kArithmetic);
}

void remark_order(const Operator& op, const TokenList& list, size_t at, Remarks& remarks) {
  const std::string_view word = list.text_of(at);
  if (word == "optimize" || word == "__optimize__")
    remark_flags(op, "optimize", "optimize", order_behind(list, at), remarks);
  if (word != "target" && word != "__target__") return;
  const Order order = order_behind(list, at);
  if (order.odd) remarks.add("target", kOdd);
  for (const std::string& value : order.values) {
    if (value == "default") remarks.add("target(\"default\")", kUnchecked);
    if (changes_arithmetic(value)) remarks.add("target(\"" + value + "\")", kOrders);
  }
}

/// The parameters of the macro that the directive at `hash` defines.
std::set<std::string_view> parameters_of(const TokenList& list, size_t hash) {
  std::set<std::string_view> names = {"__VA_ARGS__"};
  const size_t open = hash + 3;
  if (open >= list.tokens.size() || list.text_of(open) != "(" || !list.tokens[open].glued) return names;
  for (size_t i = open + 1; i < list.tokens.size() && list.text_of(i) != ")"; ++i)
    names.insert(list.text_of(i));
  return names;
}

/// `__attribute__` and anything but `((`.
bool lacks_attributes(const TokenList& list, size_t at) {
  if (list.text_of(at) != "__attribute__" && list.text_of(at) != "__attribute") return false;
  return at + 2 >= list.tokens.size() || list.text_of(at + 1) != "(" || list.text_of(at + 2) != "(";
}

// An order counts inside of attributes and of macros, which may be used there; elsewhere the words are free.
void remark_attributes(const Operator& op, const TokenList& list, const std::vector<int>& depths,
                       Remarks& remarks) {
  const std::set<std::string_view> macros = macros_of(list);
  std::set<std::string_view> parameters;
  bool in_directive = false, in_define = false;
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    const Token::Kind kind = list.tokens[i].kind;
    if (kind == Token::Kind::hash) {
      in_directive = true;
      in_define = i + 1 < list.tokens.size() && list.text_of(i + 1) == "define";
      parameters = in_define ? parameters_of(list, i) : std::set<std::string_view>();
    }
    if (kind == Token::Kind::end_of_directive) in_directive = in_define = false;
    if (kind != Token::Kind::identifier) continue;
    if (lacks_attributes(list, i) && (in_define ? list.text_of(i - 1) != "define" : !in_directive))
      remarks.add("the word " + std::string(list.text_of(i)) + " without its attributes", kOdd);
    if (depths[i] == 0 && !in_define) continue;
    if (depths[i] > 0 || !is_name(list, i, parameters)) remark_order(op, list, i, remarks);
    const std::string_view word = list.text_of(i);
    const bool in_place = depths[i] == 1 || depths[i] == 2;
    if (in_place && (macros.contains(word) || parameters.contains(word)))
      remarks.add("the macro " + std::string(word) + " as an attribute", kOdd);
  }
}

std::string words_of_adapter(const Operator& op) {
  std::string words = op.kernel.call +
                      " __attribute__ visibility static inline void const extern static_cast return std "
                      "int64_t bool float double int";
  for (const Argument& argument : op.arguments)
    words += " " + argument.name + " " + cpp_type_of(argument.dtype);
  for (const std::string& name : op.axis_names) words += " " + name;
  return words;
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
    if ((word == "_Pragma" || word == "__pragma") && i + 2 < list.tokens.size())
      remark_pragma(op, tokenize(unquoted(list.text_of(i + 2))), 0, remarks);
  }
  const std::vector<int> depths = attribute_depths(list);
  remark_attributes(op, list, depths, remarks);
  remark_made_pragmas(list, depths, remarks);
  remark_brackets(list, remarks);
  remark_hiding(source, list, remarks);
  remark_disguise(source, list, remarks);
  remark_texts(list, remarks);
  remark_questions(list, remarks);
  remark_specialisations(list, remarks);
  if (op.isa != Isa::native) remark_extensions(list, remarks);
  remark_macros(list, words_of_adapter(op), remarks);
  return remarks;
}

}  // namespace

std::vector<std::string> refused_words() {
  std::vector<std::string> words;
  for (const WordRule& rule : kWords) {
    if (rule.why != kOfAdapter && rule.why != kOfRunner)
      words.push_back(rule.whole ? rule.word : std::string(rule.word) + "*");
  }
  return words;
}

std::string illegal_source(const Operator& op, const std::string& baseline, const std::string& candidate) {
  const Remarks before = remarks_on(op, baseline), after = remarks_on(op, candidate);
  for (const auto& [what, remark] : after.all) {
    const auto known = before.all.find(what);
    if (known == before.all.end() || known->second.first < remark.first) return what + ": " + remark.second;
  }
  return "";
}

}  // namespace ke
