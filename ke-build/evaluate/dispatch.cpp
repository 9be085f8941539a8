// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/dispatch.h"

#include "ke-build/base/lexer.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

constexpr std::string_view kAttribute = "target_clones";
constexpr std::string_view kAsksForLevel4 =
    "  if (__builtin_cpu_supports(\"avx512f\")";  // in templates/kernels/levels.h.in

struct CloneList {
  size_t begin = 0, end = 0;         // of the text between the parentheses
  std::vector<std::string> entries;  // without quotes: arch=x86-64-v3, default
};

std::vector<CloneList> lists_of(const std::string& source) {
  std::vector<CloneList> lists;
  for (size_t at = source.find(kAttribute); at != std::string::npos; at = source.find(kAttribute, at + 1)) {
    CloneList list;
    const size_t open = source.find_first_not_of(" \t\r\n_\\", at + kAttribute.size());
    if (open == std::string::npos || source[open] != '(') continue;
    list.begin = open + 1;
    list.end = source.find_first_of("()", list.begin);
    if (list.end == std::string::npos) break;
    if (source[list.end] == '(') continue;  // no list; what is inside may be one
    const auto parts = split(source.substr(list.begin, list.end - list.begin), '"');
    for (size_t i = 1; i < parts.size(); i += 2) {
      for (const std::string& entry : split(parts[i], ',')) list.entries.push_back(trim(entry));
    }
    lists.push_back(std::move(list));
  }
  return lists;
}

std::string isa_of(const std::string& entry) { return starts_with(entry, "arch=") ? entry.substr(5) : entry; }

/// `__attribute__((target_clones(...)))` around a list, when it holds nothing else; else the empty range.
std::pair<size_t, size_t> attribute_around(const std::string& source, const CloneList& list) {
  const std::string open = "__attribute__((" + std::string(kAttribute) + "(";
  if (list.begin < open.size() || source.compare(list.begin - open.size(), open.size(), open) != 0)
    return {0, 0};
  if (source.compare(list.end, 3, ")))") != 0) return {0, 0};
  return {list.begin - open.size(), list.end + 3};
}

}  // namespace

std::vector<std::string> variants_of(const std::string& base, const std::string& candidate) {
  std::vector<std::string> before, variants;
  for (const CloneList& list : lists_of(base))
    before.insert(before.end(), list.entries.begin(), list.entries.end());
  for (const CloneList& list : lists_of(candidate)) {
    for (const std::string& entry : list.entries) {
      if (std::find(before.begin(), before.end(), entry) != before.end()) continue;
      if (std::find(variants.begin(), variants.end(), isa_of(entry)) == variants.end())
        variants.push_back(isa_of(entry));
    }
  }
  return variants;
}

bool has_clones_macro(const std::string& source) {
  return source.find("#ifndef KE_CLONES") != std::string::npos &&
         source.find("define KE_CLONES") != std::string::npos;
}

bool runs_here(const std::string& isa) {
  if (isa == "default") return true;
#if defined(__x86_64__)
  const auto has_v2 = [] {
    return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt") &&
           __builtin_cpu_supports("ssse3");
  };
  const auto has_v3 = [&] {
    return has_v2() && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  };
  const auto has_v4 = [&] {
    return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
  };
  if (isa == "x86-64") return true;
  if (isa == "x86-64-v2") return has_v2();
  if (isa == "x86-64-v3") return has_v3();
  if (isa == "x86-64-v4") return has_v4();
#endif
  return false;
}

std::string without_variant(const std::string& source, const std::string& isa) {
  std::string out = source;
  // The templates' own question: a machine that has AVX-512 then runs what was checked for level 3.
  if (const size_t asks = out.find(kAsksForLevel4); isa == "x86-64-v4" && asks != std::string::npos) {
    const size_t end = out.find("return 2;\n", asks);
    if (end != std::string::npos) out.erase(asks, end + 10 - asks);
  }
  auto lists = lists_of(out);
  for (auto list = lists.rbegin(); list != lists.rend();
       ++list) {  // from the end, so that positions stay true
    std::string kept;
    size_t others = 0;
    for (const std::string& entry : list->entries) {
      if (isa_of(entry) == isa) continue;
      kept += fmt::format("{}\"{}\"", kept.empty() ? "" : ", ", entry);
      others += entry != "default";
    }
    const bool holds = std::any_of(list->entries.begin(), list->entries.end(),
                                   [&](const std::string& entry) { return isa_of(entry) == isa; });
    if (kept.empty() || !holds) continue;
    const auto [from, to] = attribute_around(out, *list);
    if (others == 0 && to > from) {
      out.erase(from, to - from);
    } else {
      out.replace(list->begin, list->end - list->begin, kept);
    }
  }
  return out;
}

namespace {

/// A definition of __builtin_cpu_supports that says yes to these names alone.
std::string answers(std::initializer_list<const char*> names) {
  std::string any;
  for (const char* name : names)
    any += fmt::format("{}!__builtin_strcmp(x,\"{}\")", any.empty() ? "" : "||", name);
  return "__builtin_cpu_supports(x)=(" + any + ")";
}

/// Is there a question about what level 2 has, or AVX, which alone lies between the second and the third?
bool asks_for_level_2(const std::string& source) {
  constexpr std::string_view kNames[] = {"\"sse3\"",   "\"ssse3\"", "\"sse4.1\"",   "\"sse4.2\"",
                                         "\"popcnt\"", "\"avx\"",   "\"x86-64-v2\""};
  const TokenList list = tokenize(source);
  for (size_t i = 0; i + 2 < list.tokens.size(); ++i) {
    if (list.text_of(i) != "__builtin_cpu_supports" || list.text_of(i + 1) != "(") continue;
    if (std::find(std::begin(kNames), std::end(kNames), list.text_of(i + 2)) != std::end(kNames)) return true;
  }
  return false;
}

}  // namespace

Subject only_variant(Subject subject, const std::string& isa) {
  // Into the recipe: the repository is not asked to adopt these, they only reach one variant at a time. What
  // is no clone keeps the repository's own instructions: with others it would be fused and vectorised as no
  // build ever does it, and decide by other roundings.
  const bool plain = isa == "default" || isa == "x86-64";
  const bool asked = isa == "x86-64-v2" && subject.candidate.source.find(isa) == std::string::npos;
  const std::string only = plain || asked ? "unused" : "target(\"arch=" + isa + "\")";
  for (const char* attribute : {"target_clones", "__target_clones__"})
    subject.recipe.defines.push_back(std::string(attribute) + "(...)=" + only);
  subject.recipe.defines.push_back("KE_CLONES=__attribute__((" + only + "))");
  // A machine without extensions says no to every question but those about what all have.
  if (plain) {
    subject.recipe.defines.push_back(answers({"mmx", "sse", "sse2", "cmov", "fxsr", "x86-64"}));
    subject.recipe.defines.push_back("__builtin_cpu_is(...)=0");
  }
  if (isa == "x86-64-v2")
    subject.recipe.defines.push_back(answers({"mmx", "sse", "sse2", "cmov", "fxsr", "x86-64", "sse3", "ssse3",
                                              "sse4.1", "sse4.2", "popcnt", "cx16", "x86-64-v2"}));
  // A machine of level 3 says no where AVX-512 is asked for.
  if (isa == "x86-64-v3") {
    subject.recipe.defines.push_back(
        "__builtin_cpu_supports(x)=(__builtin_strncmp(x,\"avx512\",6)!=0&&__builtin_strcmp(x,\"x86-64-v4\")!="
        "0"
        "&&__builtin_cpu_supports(x))");
  }
  return subject;
}

bool asks_the_processor(const std::string& source) {
  const std::string text = tokenize(source).text;  // words on two lines, too
  return text.find("__builtin_cpu_") != std::string::npos || text.find(kAttribute) != std::string::npos ||
         text.find("KE_CLONES") != std::string::npos;
}

std::vector<std::string> hidden_variants(const std::string& base, const std::string& candidate) {
  std::vector<std::string> hidden = variants_of(base, candidate);
  // A source that asks the processor by itself has another way for those that say no.
  const auto asks = [](const std::string& source) {
    return source.find("__builtin_cpu_") != std::string::npos;
  };
  const bool asked = asks(tokenize(candidate).text) && !asks(tokenize(base).text);  // words on two lines, too
  if (asked) {
    // What it does for machines in between, too: with AVX-512 here, nothing else would run that code.
    const bool widest = candidate.find("\"avx512") != std::string::npos ||
                        candidate.find("\"x86-64-v4\"") != std::string::npos;
    const bool between = widest && runs_here("x86-64-v4");
    const bool older = asks_for_level_2(candidate) && runs_here("x86-64-v3");
    if (hidden.empty() && between) return {"x86-64-v3", "default"};
    if (hidden.empty() && older) return {"x86-64-v2", "default"};
    if (!hidden.empty()) std::erase(hidden, "default");
    hidden.push_back("default");
    if (hidden.size() == 1) return hidden;
  }
  std::erase_if(hidden, [](const std::string& isa) { return !runs_here(isa); });
  constexpr const char* kStrongestFirst[] = {"x86-64-v4", "x86-64-v3", "x86-64-v2", "x86-64", "default"};
  for (const char* isa : kStrongestFirst) {
    if (std::erase(hidden, isa) > 0) break;
  }
  return hidden;
}

}  // namespace ke
