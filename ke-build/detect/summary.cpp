// SPDX-License-Identifier: MIT
#include "ke-build/detect/summary.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/detect/detect.h"
#include "ke-build/detect/outline.h"

#include <algorithm>
#include <set>

namespace ke {
namespace {

bool has_extension(std::string_view path, const std::set<std::string_view>& extensions) {
  const size_t dot = path.rfind('.');
  return dot != std::string_view::npos && extensions.contains(path.substr(dot + 1));
}

/// Reads the directives of one file.
class Directives {
 public:
  Directives(const TokenList& list, FileSummary& summary) : list_(list), summary_(summary) {}

  void run() {
    const auto& tokens = list_.tokens;
    guard_ = guard_name();
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].kind == Token::Kind::hash && i + 1 < tokens.size()) {
        directive(i + 1);
      } else if (tokens[i].kind == Token::Kind::identifier) {
        if (starts_with(list_.text_of(i), "__has_include")) has_include(i);
        if (list_.text_of(i) == "import" && imports_module(i)) summary_.opaque = true;
      }
    }
  }

 private:
  /// The macro of an include guard: the file begins with `#ifndef X`, `#define X`.
  std::string_view guard_name() const {
    const auto& tokens = list_.tokens;
    if (tokens.size() < 7 || tokens[0].kind != Token::Kind::hash || list_.text_of(1) != "ifndef") return {};
    if (tokens[3].kind != Token::Kind::end_of_directive || tokens[4].kind != Token::Kind::hash) return {};
    return list_.text_of(5) == "define" && list_.text_of(6) == list_.text_of(2) ? list_.text_of(2)
                                                                                : std::string_view();
  }

  /// `import a.b;`, `import :part;`, `export import <c>;`: no scan lists what a module interface reads.
  bool imports_module(size_t at) const {
    const auto& tokens = list_.tokens;
    const std::string_view before = at > 0 ? list_.text_of(at - 1) : ";";
    const bool starts =
        before == ";" || before == "}" || before == "export" || (at > 0 && tokens[at - 1].size == 0);
    if (!starts || at + 1 >= tokens.size()) return false;
    const std::string_view next = list_.text_of(at + 1);
    return tokens[at + 1].kind == Token::Kind::identifier || tokens[at + 1].kind == Token::Kind::text ||
           next == "<" || next == ":";
  }

  void directive(size_t at) {
    const std::string_view word = list_.text_of(at);
    if (starts_with(word, "if")) {
      const bool is_guard = depth_ == 0 && !guard_.empty() && at == 1;
      guarded_ |= is_guard;
      ++depth_;
    } else if (word == "endif") {
      if (--depth_ <= 0) guarded_ = false;
      depth_ = std::max(depth_, 0);
    } else if (word == "else" || word == "elif") {
      if (guarded_ && depth_ == 1) guarded_ = false;  // not a mere guard after all
    } else if (word == "include" || word == "include_next" || word == "import" || word == "embed") {
      include(at, word == "include_next");
    }
  }

  void include(size_t at, bool next) {
    if (at + 1 >= list_.tokens.size() || list_.tokens[at + 1].kind != Token::Kind::header_name) {
      summary_.computed = true;
      return;
    }
    const bool conditional = depth_ > (guarded_ ? 1 : 0);
    add(list_.text_of(at + 1), IncludeSpec::Kind::quote, IncludeSpec::Kind::angle, next, conditional);
  }

  void has_include(size_t at) {
    const auto& tokens = list_.tokens;
    if (at + 1 >= tokens.size() || list_.text_of(at + 1) != "(") return;  // defined(__has_include)
    if (at + 2 < tokens.size() && tokens[at + 2].kind == Token::Kind::header_name) {
      add(list_.text_of(at + 2), IncludeSpec::Kind::has_quote, IncludeSpec::Kind::has_angle, false, true);
    } else {
      summary_.computed = true;
    }
  }

  void add(std::string_view operand, IncludeSpec::Kind quote, IncludeSpec::Kind angle, bool next,
           bool conditional) {
    if (operand.size() < 3) return;
    summary_.includes.push_back({operand[0] == '"' ? quote : angle, next, conditional,
                                 std::string(operand.substr(1, operand.size() - 2))});
  }

  const TokenList& list_;
  FileSummary& summary_;
  std::string_view guard_;
  int depth_ = 0;
  bool guarded_ = false;
};

void sort_unique(std::vector<uint32_t>& hashes) {
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

/// The name in `asm("name")` and `alias("name")`, which the linker reads; "" for other texts.
std::string_view linker_name(const TokenList& list, size_t at) {
  static const std::set<std::string_view> words = {"asm",       "__asm__", "__asm",   "alias",
                                                   "__alias__", "ifunc",   "weakref", "__weakref__"};
  const std::string_view text = list.text_of(at);
  if (at < 2 || text.size() < 3 || text.front() != '"' || list.text_of(at - 1) != "(" ||
      !words.contains(list.text_of(at - 2))) {
    return {};
  }
  return text.substr(1, text.size() - 2);
}

void read_names(const TokenList& list, FileSummary& summary) {
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    const Token& token = list.tokens[i];
    if (token.kind == Token::Kind::identifier) summary.mentions.push_back(name_hash(list.text_of(i)));
    if (token.kind != Token::Kind::text) continue;
    if (list.text_of(i).find("incbin") != std::string_view::npos) summary.opaque = true;
    const std::string_view name = linker_name(list, i);
    if (!name.empty()) summary.mentions.push_back(name_hash(name));
  }
  sort_unique(summary.mentions);
}

/// The body of one `#define`, [begin, end): every chain a ## b ## c becomes a pattern.
void read_pasted(const TokenList& list, size_t begin, size_t end,
                 const std::set<std::string_view>& parameters, std::set<std::string>& patterns) {
  for (size_t i = begin + 1; i + 1 < end; ++i) {
    if (list.text_of(i) != "##") continue;
    const std::string_view first = list.text_of(i - 1);
    while (i + 2 < end && list.text_of(i + 2) == "##") i += 2;
    const std::string_view last = list.text_of(i + 1);
    patterns.insert(std::string(parameters.contains(first) ? "" : first) + "*" +
                    std::string(parameters.contains(last) ? "" : last));
  }
}

void read_macros(const TokenList& list, FileSummary& summary) {
  std::set<std::string> patterns;
  for (size_t i = 0; i + 3 < list.tokens.size(); ++i) {
    if (list.tokens[i].kind != Token::Kind::hash || list.text_of(i + 1) != "define") continue;
    size_t at = i + 3;
    std::set<std::string_view> parameters;
    if (list.text_of(at) == "(" && list.tokens[at].glued) {
      for (; at < list.tokens.size() && list.text_of(at) != ")"; ++at) parameters.insert(list.text_of(at));
      parameters.insert("__VA_ARGS__");
    }
    size_t end = at;
    while (end < list.tokens.size() && list.tokens[end].kind != Token::Kind::end_of_directive) ++end;
    read_pasted(list, at, end, parameters, patterns);
    i = end;
  }
  summary.pasted.assign(patterns.begin(), patterns.end());
}

bool holds(const TokenList& list, const OutlineItem& unit, std::string_view word) {
  for (size_t i = unit.begin; i < unit.end; ++i) {
    if (list.text_of(i) == word) return true;
  }
  return false;
}

/// Can other files change what it holds? A function counts by its static variables.
bool is_state(const TokenList& list, const OutlineItem& unit) {
  if (unit.internal && unit.kind == OutlineItem::Kind::variable) return false;
  if (holds(list, unit, "constexpr")) return false;
  if (unit.kind == OutlineItem::Kind::function) return holds(list, unit, "static") && holds(list, unit, "{");
  const bool constant = list.text_of(unit.begin) == "const" ||
                        (unit.begin + 1 < unit.end && list.text_of(unit.begin + 1) == "const");
  return unit.kind == OutlineItem::Kind::variable && (!constant || holds(list, unit, "*"));
}

bool is_plain_type(std::string_view word) {
  static const std::set<std::string_view> words = {
      "static",    "const", "volatile", "extern", "inline",      "unsigned", "signed",
      "char",      "short", "int",      "long",   "float",       "double",   "bool",
      "constexpr", "_Bool", "void",     "auto",   "thread_local"};
  return words.contains(word) || ends_with(word, "_t");
}

/// May it run code before main()? Widened where tokens alone cannot tell.
bool runs_at_start(const TokenList& list, const OutlineItem& unit) {
  if (holds(list, unit, "constructor") || holds(list, unit, "init_priority")) return true;
  const bool statement = unit.end > unit.begin + 1 && list.text_of(unit.end - 1) == ";";
  if (unit.kind == OutlineItem::Kind::variable && unit.defines) {
    if (holds(list, unit, "=") || holds(list, unit, "{")) return holds(list, unit, "(");
    size_t at = unit.begin;
    while (at < unit.end && is_plain_type(list.text_of(at))) ++at;
    return at + 2 < unit.end;  // a type of its own: it may have a constructor
  }
  if (unit.kind != OutlineItem::Kind::function || holds(list, unit, "{") || !statement) return false;
  if (unit.made) return true;                           // REGISTER(fast);
  for (size_t i = unit.begin + 1; i < unit.end; ++i) {  // Registrar r("fast", &fast);
    const bool first = list.text_of(i - 1) == "(" || list.text_of(i - 1) == ",";
    const Token::Kind kind = list.tokens[i].kind;
    if (first && (kind == Token::Kind::text || kind == Token::Kind::number || list.text_of(i) == "&"))
      return true;
  }
  return false;
}

/// `float twice(float) __attribute__((alias("twice_impl")));` defines twice.
bool is_alias(const TokenList& list, const OutlineItem& unit) {
  return holds(list, unit, "alias") || holds(list, unit, "__alias__") || holds(list, unit, "ifunc");
}

/// `float twice(float) asm("lib_twice");` gives a function that is defined here another name.
void add_linker_names(const TokenList& list, const Outline& outline, std::set<std::string>& names) {
  const std::set<std::string> defined = names;
  for (const OutlineItem& unit : outline.units) {
    const bool here = std::any_of(unit.names.begin(), unit.names.end(),
                                  [&](const std::string& name) { return defined.contains(name); });
    for (size_t i = unit.begin; i < unit.end; ++i) {
      if (list.tokens[i].kind != Token::Kind::text) continue;
      const std::string_view name = linker_name(list, i);
      if (!name.empty() && here) names.emplace(name);
    }
    if (!is_alias(list, unit)) continue;
    names.insert(unit.names.begin(), unit.names.end());
  }
}

void read_definitions(const TokenList& list, FileSummary& summary) {
  const Outline outline = outline_of(list);
  std::set<std::string> names;
  for (const OutlineItem& unit : outline.units) {
    if (unit.kind == OutlineItem::Kind::macro || unit.kind == OutlineItem::Kind::directive) continue;
    summary.startup |= runs_at_start(list, unit);
    if (is_state(list, unit)) {
      for (const std::string& name : unit.names) summary.state.push_back(name_hash(name));
    }
    if (unit.internal) continue;
    if (unit.made) summary.made.insert(summary.made.end(), unit.names.begin(), unit.names.end());
    if (unit.defines) names.insert(unit.names.begin(), unit.names.end());
  }
  add_linker_names(list, outline, names);
  // `#define twice lib_twice` before `float twice(float x) {`: other files call lib_twice.
  for (const OutlineItem& unit : outline.units) {
    const bool renames =
        unit.kind == OutlineItem::Kind::macro && unit.end == unit.begin + 5 && names.contains(unit.name);
    if (renames && list.tokens[unit.begin + 3].kind == Token::Kind::identifier)
      names.emplace(list.text_of(unit.begin + 3));
  }
  sort_unique(summary.state);
  // Where braces do not match, every called name may be a definition.
  for (size_t i = 0; !outline.balanced && i + 1 < list.tokens.size(); ++i) {
    if (list.tokens[i].kind == Token::Kind::identifier && list.text_of(i + 1) == "(")
      names.emplace(list.text_of(i));
  }
  names.erase("main");
  summary.definitions.assign(names.begin(), names.end());
}

std::string hash_of(const TokenList& list, const std::string& source) {
  // A splice inside of a raw string counts; to be safe every byte does then.
  return sha256(list.splice_in_raw_string ? "bytes" + source : canonical_text(list, 0, list.tokens.size()));
}

}  // namespace

FileSummary summarize(std::string source) {
  FileSummary summary;
  const TokenList list = tokenize(source);
  summary.token_hash = hash_of(list, source);
  Directives(list, summary).run();
  read_names(list, summary);
  read_macros(list, summary);
  read_definitions(list, summary);
  return summary;
}

std::string token_hash(const std::string& source) { return hash_of(tokenize(source), source); }

uint32_t name_hash(std::string_view name) {
  uint32_t hash = 2166136261u;  // FNV-1a; a collision widens the answer, it never narrows it
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

bool mentions(const FileSummary& summary, std::string_view name) {
  return std::binary_search(summary.mentions.begin(), summary.mentions.end(), name_hash(name));
}

bool is_c_source(std::string_view path) {
  static const std::set<std::string_view> extensions = {"c", "cc", "cpp", "cxx", "c++",
                                                        "C", "cu", "hip", "m",   "mm"};
  return has_extension(path, extensions);
}

bool is_c_family(std::string_view path) {
  static const std::set<std::string_view> extensions = {
      "h", "hh", "hpp", "hxx", "h++", "H", "cuh", "inl", "inc", "ipp", "tpp", "txx", "def", "ixx", "cppm"};
  return is_c_source(path) || has_extension(path, extensions);
}

}  // namespace ke
