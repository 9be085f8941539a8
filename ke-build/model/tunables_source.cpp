// SPDX-License-Identifier: MIT
// Reads `// ke: tunable NAME in {VALUE, ...} [default VALUE] [where CONDITION]` from a source text.
#include "ke-build/base/lexer.h"
#include "ke-build/base/text.h"
#include "ke-build/model/spec_parts.h"
#include "ke-build/model/tunables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace ke {
namespace {

constexpr size_t kMostValues = 256, kMostTunables = 64;
constexpr const char* kForm = "// ke: tunable TILE in {8, 16, 32} where TILE * LANES <= 256";

bool is_plain(const std::string& value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) {
    return c < 128 && (std::isalnum(c) != 0 ||
                       std::string_view("_.:()<>*+-").find(static_cast<char>(c)) != std::string_view::npos);
  });
}

/// `#define NAME VALUE` lines of the file: whether -DNAME=... wins over them.
struct Definition {
  std::string value;
  uint32_t line = 0;
  bool guarded = false;  // inside `#ifndef NAME` or `#if !defined(NAME)`
};

class Directives {
 public:
  explicit Directives(const std::string& source) : list_(tokenize(source)) {
    for (size_t i = 0; i < list_.tokens.size(); ++i) {
      if (list_.tokens[i].kind == Token::Kind::hash) i = read(i + 1);
    }
  }
  const Definition* find(const std::string& name) const {
    const auto found = definitions_.find(name);
    return found == definitions_.end() ? nullptr : &found->second;
  }

 private:
  std::string word(size_t i) const { return i < list_.tokens.size() ? std::string(list_.text_of(i)) : ""; }
  bool ends(size_t i) const {
    return i >= list_.tokens.size() || list_.tokens[i].kind == Token::Kind::end_of_directive;
  }

  // Reads the directive behind the hash; answers its end.
  size_t read(size_t i) {
    const std::string what = word(i);
    size_t end = i;
    while (!ends(end)) ++end;
    if (what == "ifndef") open_.push_back(word(i + 1));
    if (what == "ifdef") open_.push_back("");
    if (what == "if") open_.push_back(undefined_name(i + 1));
    if ((what == "else" || starts_with(what, "elif")) && !open_.empty()) open_.back().clear();
    if (what == "endif" && !open_.empty()) open_.pop_back();
    if (what == "define" && i + 1 < end) define(i + 1, end);
    return end;
  }

  // X of `!defined(X)` and `!defined X`.
  std::string undefined_name(size_t i) const {
    if (word(i) != "!" || word(i + 1) != "defined") return "";
    return word(i + 2) == "(" ? word(i + 3) : word(i + 2);
  }

  void define(size_t i, size_t end) {
    const std::string name = word(i);
    Definition definition;
    for (size_t k = i + 1; k < end; ++k) definition.value += word(k);
    definition.line = list_.tokens[i].line;
    definition.guarded = std::find(open_.begin(), open_.end(), name) != open_.end();
    definitions_.emplace(name, definition);  // the first one decides: a later one would be a redefinition
  }

  TokenList list_;
  std::vector<std::string> open_;  // per open conditional the name that it found undefined, or ""
  std::map<std::string, Definition> definitions_;
};

/// One declaration, from behind `ke:`.
class Declaration {
 public:
  Declaration(std::string text, std::string place) : text_(std::move(text)), place_(std::move(place)) {}

  Result<> read(Tunable& tunable, std::string& condition) {
    take_word();  // "tunable"
    tunable.name = take_word();
    if (!spec::is_identifier(tunable.name)) return fail("the name of a macro", rest());
    if (starts_with(tunable.name, "KE_") || starts_with(tunable.name, "__"))
      return fail("a name that is not reserved (KE_..., __...)", tunable.name);
    if (const std::string word = take_word(); word != "in")
      return fail("'in' behind the name", word + rest());
    KE_DO(read_values(tunable));
    std::string word = take_word();
    if (word == "default") {
      skip_space();
      const size_t end = std::min(text_.find_first_of(" \t", at_), text_.size());
      tunable.initial = text_.substr(at_, end - at_);
      at_ = end;
      word = take_word();
    }
    if (word == "where") {
      condition = trim(rest());
      return condition.empty() ? fail("a condition behind 'where'", "nothing") : ok();
    }
    if (!word.empty() || !trim(rest()).empty())
      return fail("'default VALUE', 'where CONDITION' or the end of the line", word + rest());
    return ok();
  }

  Error fail(const std::string& expected, const std::string& found) const {
    const std::string shown = trim(found);
    return {ErrorCode::usage,
            fmt::format("{}: found {}, expected {}; write for example `{}`", place_,
                        shown.empty() ? "nothing" : "'" + shown.substr(0, 40) + "'", expected, kForm)};
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  std::string take_word() {
    skip_space();
    const size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_'))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }
  std::string rest() const { return text_.substr(at_); }

  Result<> read_values(Tunable& tunable) {
    skip_space();
    const size_t end = text_.find('}', at_);
    if (at_ >= text_.size() || text_[at_] != '{' || end == std::string::npos)
      return fail("a list of values in braces", rest());
    std::set<std::string> seen;
    for (const std::string& part : split(text_.substr(at_ + 1, end - at_ - 1), ',')) {
      const std::string value = trim(part);
      if (!is_plain(value))
        return fail("values of one plain token each, separated by commas", "{" + part + "}");
      if (!seen.insert(value).second) return fail("each value once", value);
      tunable.values.push_back(value);
    }
    if (tunable.values.size() < 2 || tunable.values.size() > kMostValues)
      return fail(fmt::format("2 to {} values", kMostValues), text_.substr(at_, end + 1 - at_));
    at_ = end + 1;
    return ok();
  }

  std::string text_, place_;
  size_t at_ = 0;
};

/// What stands behind `// ke:`, or nothing. A comment about kinetic energy is no declaration.
std::optional<std::string> declared_in(const std::string& line) {
  const size_t slashes = line.find("//");
  if (slashes == std::string::npos || line.find('"') < slashes) return std::nullopt;
  const std::string comment = trim(std::string_view(line).substr(slashes + 2));
  if (!starts_with(comment, "ke:")) return std::nullopt;
  std::string text = trim(std::string_view(comment).substr(3));
  const bool about_values = text.find(" in {") != std::string::npos || text.find(" in{") != std::string::npos;
  return starts_with(text, "tunable ") || about_values ? std::optional(text) : std::nullopt;
}

// The source's own value is the default; a second place for it would go stale.
Result<> settle_default(Tunable& tunable, const Directives& directives, const std::string& path,
                        const std::string& place) {
  const Definition* defined = directives.find(tunable.name);
  if (defined && !defined->guarded) {
    return Error{
        ErrorCode::usage,
        fmt::format(
            "{}:{}: '#define {} {}' would override the values that are tried; put it between '#ifndef {}' "
            "and '#endif'",
            path, defined->line, tunable.name, defined->value, tunable.name)};
  }
  if (!defined && tunable.initial.empty()) {
    return Error{
        ErrorCode::usage,
        fmt::format(
            "{}: the tunable {} has no default; expected '#ifndef {}', '#define {} {}', '#endif' in this "
            "file, or 'default {}' behind the values where a header defines it",
            place, tunable.name, tunable.name, tunable.name, tunable.values.front(), tunable.values.front())};
  }
  if (defined && !tunable.initial.empty() && tunable.initial != defined->value) {
    return Error{ErrorCode::usage,
                 fmt::format("{}: the default of {} is {} here, but line {} defines it as {}; drop 'default'",
                             place, tunable.name, tunable.initial, defined->line, defined->value)};
  }
  if (defined) tunable.initial = defined->value;
  if (std::count(tunable.values.begin(), tunable.values.end(), tunable.initial)) return ok();
  return Error{ErrorCode::usage,
               fmt::format("{}: the default of {} is {}, which is not one of its values {{{}}}; add it",
                           place, tunable.name, tunable.initial, join_texts(tunable.values, ", "))};
}

}  // namespace

Result<> add_source_tunables(Operator& op, const std::string& source, const std::string& path) {
  std::optional<Directives> directives;
  size_t number = 0;
  for (const std::string& line : split(source, '\n')) {
    ++number;
    const auto text = declared_in(line);
    if (!text) continue;
    const std::string place = fmt::format("{}:{}", path, number);
    const std::string word = text->substr(0, text->find(' '));
    Declaration declaration(*text, place);
    if (word != "tunable") {
      const std::string hint = suggestion(word, {"tunable"});
      if (hint.empty()) continue;
      return declaration.fail("'tunable'", word);
    }
    Tunable tunable;
    std::string condition;
    KE_DO(declaration.read(tunable, condition));
    if (!directives) directives.emplace(source);
    KE_DO(settle_default(tunable, *directives, path, place));
    for (const Tunable& other : op.kernel.tunables) {
      if (other.name != tunable.name) continue;
      return Error{ErrorCode::usage,
                   fmt::format("{}: the tunable {} is declared twice, here and in {}; keep one of them",
                               place, tunable.name, other.where)};
    }
    if (op.kernel.tunables.size() >= kMostTunables)
      return declaration.fail(fmt::format("at most {} tunables", kMostTunables), tunable.name);
    tunable.where = place;
    op.kernel.tunables.push_back(std::move(tunable));
    if (!condition.empty()) op.kernel.constraints.push_back({condition, place});
  }
  return ok();
}

bool reads_tunable(const std::string& source, const std::string& baseline, const std::string& name) {
  const auto uses = [&name](const std::string& text) {
    const TokenList list = tokenize(text);
    size_t count = 0;
    bool taken = false;
    for (size_t i = 0; i < list.tokens.size(); ++i) {
      if (list.tokens[i].kind == Token::Kind::hash) {
        const std::string_view what = i + 1 < list.tokens.size() ? list.text_of(i + 1) : "";
        const bool about = i + 2 < list.tokens.size() && list.text_of(i + 2) == name;
        taken = taken || (what == "undef" && about);
        // Its own default is no use of it; `#if TILE > 8` and another macro's definition are.
        if (about && (what == "define" || what == "ifndef" || what == "undef")) i += 2;
      } else if (list.tokens[i].kind == Token::Kind::identifier && list.text_of(i) == name) {
        ++count;
      }
    }
    return taken ? -1 : static_cast<int>(count);
  };
  if (source == baseline && source.find("undef") == std::string::npos) return true;
  const int here = uses(source);
  // A header may read what the file never names.
  return here > 0 || (here == 0 && uses(baseline) == 0);
}

}  // namespace ke
