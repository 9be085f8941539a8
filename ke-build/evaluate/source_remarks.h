// SPDX-License-Identifier: MIT
// What a reader of a source may object to, counted, so that a candidate is only blamed for what its baseline
// does not say as often.
#pragma once

#include "ke-build/base/lexer.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ke {

/// What the source says -> how often, and why that may not be new.
struct Remarks {
  std::map<std::string, std::pair<int, std::string>> all;
  void add(const std::string& what, const std::string& why) {
    auto& entry = all[what];
    ++entry.first;
    entry.second = why;
  }
};

/// Spellings behind which words that the rules know can hide: digraphs, trigraphs, splices in raw strings and
/// before white space, words that token pasting can put together out of pieces of this source.
void remark_hiding(const std::string& source, const TokenList& list, Remarks& remarks);

/// Brackets that begin an attribute without looking like it: digraphs, pieces of macros, pairs that a macro
/// parts.
void remark_brackets(const TokenList& list, Remarks& remarks);

/// Words of orders where a macro makes pragmas of its arguments: nobody can say which of them it makes one
/// of. `depths`: how deep each token stands in attributes, where 2 is an attribute's own name.
void remark_made_pragmas(const TokenList& list, const std::vector<int>& depths, Remarks& remarks);

/// Macros that change the words of `adapter_words` for the code behind this source.
void remark_macros(const TokenList& list, const std::string& adapter_words, Remarks& remarks);

/// Text that reviewers see as other code than the compiler does: marks of direction, characters that are not
/// shown, names in other alphabets, code far to the right.
void remark_disguise(const std::string& source, const TokenList& list, Remarks& remarks);

/// String literals that ask the assembler or the linker what the preprocessor may not be asked.
void remark_texts(const TokenList& list, Remarks& remarks);

/// Explicit specialisations of the standard library's functions, which the linker gives to the whole program.
void remark_specialisations(const TokenList& list, Remarks& remarks);

/// `target("...")` with extensions of x86 that no `__builtin_cpu_supports` of the source asks for, nor for a
/// higher level.
void remark_extensions(const TokenList& list, Remarks& remarks);

/// Questions by the preprocessor that the judge's builds answer in another way than the repository's.
void remark_questions(const TokenList& list, Remarks& remarks);

}  // namespace ke
