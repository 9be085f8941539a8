// SPDX-License-Identifier: MIT
#include "ke-ci/propose/content.h"

#include "ke-build/base/text.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string_view>

namespace ke {
namespace {

const std::set<std::string> kSuspicious = {
    "asm",      "__asm",      "__asm__",     "constructor", "destructor", "init_priority",  "ifunc",
    "cleanup",  "section",    "incbin",      "plugin",      "dependency", "system",         "popen",
    "fork",     "vfork",      "clone",       "execl",       "execle",     "execlp",         "execv",
    "execve",   "execvp",     "posix_spawn", "syscall",     "ptrace",     "dlopen",         "dlsym",
    "dlmopen",  "socket",     "connect",     "mmap",        "mprotect",   "getenv",         "secure_getenv",
    "setenv",   "signal",     "sigaction",   "fopen",       "freopen",    "fstream",        "ifstream",
    "ofstream", "filesystem", "remove_all",  "unlink",      "__DATE__",   "__TIME__",       "__TIMESTAMP__",
    "_exit",    "abort",      "longjmp",     "setjmp",      "atexit",     "pthread_create", "thread",
    "jthread",  "async",      "exit",        "_Exit",       "quick_exit", "at_quick_exit",  "putenv",
    "clearenv", "mkstemp",    "mkostemp",    "mkdtemp",     "mktemp",     "realpath"};

const std::set<std::string> kHeaders = {
    "cmath", "math.h", "cstdint", "stdint.h", "cstddef", "stddef.h", "cstring", "string.h", "algorithm",
    "limits", "climits", "limits.h", "cfloat", "float.h", "type_traits", "utility", "array", "vector",
    "numeric", "functional", "bit", "concepts", "tuple", "memory", "new", "complex", "span", "immintrin.h",
    "x86intrin.h", "emmintrin.h", "xmmintrin.h", "arm_neon.h", "arm_sve.h", "omp.h",
    // For malloc() and free(); what else is in there is refused by its name.
    "cstdlib", "stdlib.h"};

std::map<std::string, int> words_of(const std::string& text) {
  std::map<std::string, int> words;
  std::string word;
  for (const char c : text + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
      word += c;
    } else if (!word.empty()) {
      ++words[word];
      word.clear();
    }
  }
  return words;
}

/// Names of the included headers, `<cmath>` and `"vec.h"` with their delimiters; others, such as macros, as
/// they stand.
std::set<std::string> includes_of(const std::string& text) {
  std::set<std::string> includes;
  // A directive may be spliced over lines.
  for (const std::string& raw : split(replace_all(replace_all(text, "\r", ""), "\\\n", ""), '\n')) {
    std::string line = trim(raw);
    if (line.empty() || (line[0] != '#' && !starts_with(line, "%:") && !starts_with(line, "\?\?="))) continue;
    line = trim(line.substr(line[0] == '#' ? 1 : line[0] == '%' ? 2 : 3));
    for (const char* directive : {"include_next", "include", "import", "embed"}) {
      if (!starts_with(line, directive)) continue;
      includes.insert(trim(line.substr(std::string_view(directive).size())));
      break;
    }
  }
  return includes;
}

std::string header_name(const std::string& include) {
  const size_t close = include.find('>');
  return starts_with(include, "<") && close != std::string::npos ? include.substr(1, close - 1) : "";
}

}  // namespace

std::string refuse_source(const std::string& base, const std::string& candidate) {
  if (candidate.size() > kSourceLimitBytes)
    return fmt::format("the source has {} bytes, the limit is {}", candidate.size(), kSourceLimitBytes);
  if (candidate.find('\0') != std::string::npos) return "the source holds a NUL byte";
  if (!is_honest(candidate) && is_honest(base))
    return "the source holds bidirectional overrides, invisible or control characters, or broken UTF-8";
  const auto known = words_of(base);
  for (const auto& [word, count] : words_of(candidate)) {
    const auto before = known.find(word);
    if (kSuspicious.count(word) && count > (before == known.end() ? 0 : before->second)) {
      return fmt::format("the source newly uses '{}', which a kernel has no need for", word);
    }
  }
  const auto included = includes_of(base);
  for (const std::string& include : includes_of(candidate)) {
    if (!included.count(include) && !kHeaders.count(header_name(include))) {
      return fmt::format("the source newly includes {}", shorten(include, 80));
    }
  }
  return "";
}

std::string refuse_skill(const std::string& text) {
  if (text.size() > kSkillLimitBytes)
    return fmt::format("the skill has {} bytes, the limit is {}", text.size(), kSkillLimitBytes);
  if (!is_honest(text)) return "the skill holds invisible or control characters, or broken UTF-8";
  return "";
}

}  // namespace ke
