// SPDX-License-Identifier: MIT
// C, C++, CUDA and HIP as preprocessing tokens (C++20 [lex]). Comments, white space and line splices vanish;
// nothing else does. It never fails: whatever is not a token becomes one-character punctuation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ke {

struct Token {
  enum class Kind : uint8_t {
    identifier,
    number,
    text,
    punctuation,  // text: string and character literals
    hash,         // the # that starts a directive
    header_name,  // <...> or "..." after #include, #include_next, #import, #embed and in __has_include
    end_of_directive
  };
  Kind kind = Kind::punctuation;
  bool glued = false;            // no white space before it: `F(x)` and `F (x)` differ after #define
  uint32_t line = 1;             // in the file as written
  uint32_t begin = 0, size = 0;  // in TokenList::text
};

struct TokenList {
  std::string text;  // the source without splices
  std::vector<Token> tokens;
  bool splice_in_raw_string = false;  // a splice was removed that belongs to a raw string

  std::string_view text_of(const Token& token) const {
    return std::string_view(text).substr(token.begin, token.size);
  }
  std::string_view text_of(size_t index) const { return text_of(tokens[index]); }
};

/// `source` may hold any bytes.
TokenList tokenize(std::string source);

}  // namespace ke
