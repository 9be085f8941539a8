// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/coverage_lines.h"

#include "ke-build/base/diff.h"
#include "ke-build/base/lexer.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace ke {
namespace {

constexpr size_t kMostPlaces = 8, kTextBytes = 72;

/// Of the blocks with code of one line of one function, in the order of their addresses.
using Flags = std::vector<bool>;
/// By line.
using Lines = std::map<int, Flags>;

size_t missed(const Flags& flags) {
  return static_cast<size_t>(std::count(flags.begin(), flags.end(), false));
}

/// Of two builds or instances the better one; of equal ones what either entered.
void merge(Flags& into, const Flags& other) {
  if (into.size() == other.size()) {
    for (size_t i = 0; i < into.size(); ++i) into[i] = into[i] || other[i];
  } else if (into.empty() || (!other.empty() && missed(other) < missed(into))) {
    into = other;
  }
}

std::map<std::string, Lines> functions_of(std::vector<Block> blocks, const std::set<int>& changed) {
  std::stable_sort(blocks.begin(), blocks.end(),
                   [](const Block& a, const Block& b) { return a.address < b.address; });
  std::map<std::string, std::map<size_t, Lines>> programs;
  for (const Block& block : blocks) {
    if (block.fails) continue;
    for (const int line : block.lines)
      if (changed.count(line) != 0) programs[block.function][block.program][line].push_back(block.entered);
  }
  std::map<std::string, Lines> functions;
  for (const auto& [function, builds] : programs)
    for (const auto& [program, lines] : builds)
      for (const auto& [line, flags] : lines) merge(functions[function][line], flags);
  return functions;
}

bool is_entered(const Lines& lines) {
  return std::any_of(lines.begin(), lines.end(),
                     [](const auto& line) { return missed(line.second) < line.second.size(); });
}

std::map<std::string, Lines> families_of(const std::map<std::string, Lines>& functions) {
  std::map<std::string, Lines> families;
  for (const auto& [function, lines] : functions) {
    Lines& family = families[is_entered(lines) ? family_of(function) : function];
    for (const auto& [line, flags] : lines) merge(family[line], flags);
  }
  return families;
}

struct State {
  bool entered = false, missed = false;
};

std::string quoted(const std::vector<std::string>& texts, int line) {
  const auto at = static_cast<size_t>(line) - 1;
  std::string text = at < texts.size() ? printable(trim(texts[at])) : "";
  if (text.size() > kTextBytes) {
    size_t cut = kTextBytes - 3;
    while (cut > 0 && (text[cut] & 0xc0) == 0x80) --cut;  // within a letter of UTF-8
    text = text.substr(0, cut) + "...";
  }
  return "\"" + text + "\"";
}

/// Lines of which nothing was entered and that follow each other are one place.
std::vector<std::string> places_of(const std::map<int, State>& lines, const std::vector<std::string>& texts) {
  std::vector<std::string> places;
  for (auto line = lines.begin(); line != lines.end();) {
    const auto [first, state] = *line;
    ++line;
    if (!state.missed) continue;
    int last = first;
    for (; !state.entered && line != lines.end() && line->second.missed && !line->second.entered; ++line)
      last = line->first;
    places.push_back(first == last ? fmt::format("line {}{}: {}", first, state.entered ? " in part" : "",
                                                 quoted(texts, first))
                                   : fmt::format("lines {}-{}, from {}", first, last, quoted(texts, first)));
  }
  if (places.size() > kMostPlaces) {
    const size_t more = places.size() - (kMostPlaces - 1);
    places.resize(kMostPlaces - 1);
    places.push_back(fmt::format("{} places more", more));
  }
  return places;
}

}  // namespace

std::set<int> changed_lines(const std::string& baseline, const std::string& source) {
  std::set<int> changed;
  bool macros = false;
  for (const DiffLine& line : diff_lines(baseline, source)) {
    if (line.kind == DiffLine::Kind::added) changed.insert(line.after);
    macros |= line.kind != DiffLine::Kind::same && line.text.find("define") != std::string::npos;
  }
  // Where it is used, nothing is changed to the eye.
  const auto lines = static_cast<int>(std::count(source.begin(), source.end(), '\n'));
  for (int line = 1; macros && line <= lines + 1; ++line) changed.insert(line);
  return changed;
}

bool renumbers_lines(const std::string& source) {
  const TokenList list = tokenize(source);
  for (size_t i = 0; i + 1 < list.tokens.size(); ++i) {
    const Token& next = list.tokens[i + 1];
    if (list.tokens[i].kind == Token::Kind::hash &&
        (next.kind == Token::Kind::number || list.text_of(next) == "line"))
      return true;
  }
  return false;
}

Coverage coverage_of_lines(const std::vector<Block>& blocks, const std::set<int>& changed,
                           const std::string& source) {
  Coverage coverage;
  std::map<int, State> states;
  for (const auto& [family, lines] : families_of(functions_of(blocks, changed))) {
    for (const auto& [line, flags] : lines) {
      const size_t out = missed(flags);
      states[line].entered |= out < flags.size();
      states[line].missed |= out > 0;
    }
  }
  coverage.lines = static_cast<int64_t>(states.size());
  coverage.run =
      std::count_if(states.begin(), states.end(), [](const auto& state) { return !state.second.missed; });
  coverage.uncovered = places_of(states, split(source, '\n'));
  return coverage;
}

// Itanium C++ ABI, 5.1: nested names are lengths with identifiers, arguments of templates begin with I. Local
// names (_ZZ), lambdas among them, stay what they are.
std::string family_of(const std::string& symbol) {
  size_t at = starts_with(symbol, "_ZN") ? 3 : starts_with(symbol, "_Z") ? 2 : symbol.size();
  const size_t first = at;
  while (at < symbol.size()) {
    if (symbol[at] == 'K' || symbol[at] == 'V' || symbol[at] == 'L') {
      ++at;
      continue;
    }
    size_t length = 0, digits = at;
    for (; digits < symbol.size() && std::isdigit(static_cast<unsigned char>(symbol[digits])) != 0 &&
           length < symbol.size();
         ++digits)
      length = 10 * length + static_cast<size_t>(symbol[digits] - '0');
    if (digits == at || length > symbol.size() - digits) break;
    at = digits + length;
  }
  return at > first && at < symbol.size() && symbol[at] == 'I' ? symbol.substr(first, at - first) : symbol;
}

}  // namespace ke
