// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/coverage_lines.h"

#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>

namespace ke {
namespace {

constexpr size_t kMostPlaces = 8, kTextBytes = 72;
constexpr long kMostLines = 1L << 30;

/// Of the blocks that begin on one line of one function, in the order of their addresses.
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
  for (const Block& block : blocks)
    if (changed.count(block.line) != 0)
      programs[block.function][block.program][block.line].push_back(block.entered);
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
  if (text.size() > kTextBytes) text = text.substr(0, kTextBytes - 3) + "...";
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

void read_lines(const std::string& answer, const std::string& file, std::vector<Block>& blocks) {
  const std::vector<std::string> lines = split(answer, '\n');
  for (size_t i = 0; i < blocks.size() && i < lines.size(); ++i) {
    const size_t colon = lines[i].rfind(':');
    if (colon == std::string::npos) continue;
    const std::string path = lines[i].substr(0, colon);
    if (path == file || ends_with(path, "/" + file))
      blocks[i].line = static_cast<int>(
          std::clamp(std::strtol(lines[i].c_str() + colon + 1, nullptr, 10), 0L, kMostLines));
  }
}

Coverage coverage_of_lines(const std::vector<Block>& blocks, const std::set<int>& changed,
                           const std::string& source) {
  Coverage coverage;
  std::map<int, State> states;
  for (const auto& [family, lines] : families_of(functions_of(blocks, changed))) {
    for (const auto& [line, flags] : lines) {
      const size_t out = missed(flags);
      coverage.blocks += static_cast<int64_t>(flags.size());
      coverage.entered += static_cast<int64_t>(flags.size() - out);
      states[line].entered |= out < flags.size();
      states[line].missed |= out > 0;
    }
  }
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
