// SPDX-License-Identifier: MIT
// Text for humans, safe in the language it goes into. Everything that comes from repositories, compilers or
// candidates passes one of the escapes.
#pragma once

#include "ke-build/model/evaluation.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ke {

/// For HTML text and double-quoted attributes; control characters and bidi overrides become visible code
/// points.
std::string escape_html(std::string_view text);
/// Neither bidi overrides nor invisible or control characters, and valid UTF-8.
bool is_honest(std::string_view text);
/// For running Markdown on one line: no markup, no mentions, no issue links, no images.
std::string escape_markdown(std::string_view text);
/// `text` as inline code, whatever backticks it holds; pipes are escaped, so that it may stand in a table.
std::string markdown_code(std::string_view text);
/// A fenced block whose fence is longer than any in `text`.
std::string markdown_fence(std::string_view text, const std::string& language);

/// Replaces every {{name}}; values are not looked into again. An unknown name is a bug in a template:
/// KE_CHECK.
std::string render(std::string_view text, const std::map<std::string, std::string>& values);

std::string format_seconds(double seconds);                    // 1.23 ms
std::string format_ratio(double ratio);                        // 3.42x
std::string left_text(const Diagnosis& diagnosis);             // 3.42x still to gain
std::string format_rate(double per_second, const char* unit);  // 12.3 GB/s
std::string format_percent(double share);                      // 87 %
/// At most `limit` characters (not bytes) with an ellipsis at the end.
std::string shorten(const std::string& text, size_t limit);

}  // namespace ke
