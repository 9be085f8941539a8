// SPDX-License-Identifier: MIT
#include "profilers/mca/loops.h"

#include "ke-build/base/text.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace ke::mca {
namespace {

constexpr size_t kLongestLoop = 2000;

std::optional<uint64_t> hex_of(const std::string& word) {
  if (word.empty() || word.size() > 16) return std::nullopt;
  uint64_t value = 0;
  for (const char c : word) {
    if (!std::isxdigit(static_cast<unsigned char>(c))) return std::nullopt;
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value * 16 + static_cast<uint64_t>(digit);
  }
  return value;
}

std::string mnemonic_of(const std::string& text) {
  const size_t end = text.find_first_of(" \t");
  return text.substr(0, end);
}

bool is_jump(const std::string& mnemonic) {
  static const std::vector<std::string> kArm = {"b", "cbz", "cbnz", "tbz", "tbnz"};
  if (std::find(kArm.begin(), kArm.end(), mnemonic) != kArm.end() || starts_with(mnemonic, "b.")) return true;
  return mnemonic[0] == 'j';
}

bool is_call(const std::string& mnemonic) {
  return starts_with(mnemonic, "call") || mnemonic == "bl" || mnemonic == "blr";
}

/// Works on floating-point or vector registers, and does not only move them.
bool is_arithmetic(const std::string& text) {
  const std::string mnemonic = mnemonic_of(text);
  const bool vector = text.find("%xmm") != std::string::npos || text.find("%ymm") != std::string::npos ||
                      text.find("%zmm") != std::string::npos || (mnemonic[0] == 'f' && mnemonic != "fmov");
  return vector && mnemonic.find("mov") == std::string::npos &&
         mnemonic.find("broadcast") == std::string::npos;
}

/// `  30:	movups (%rcx,%rax,1),%xmm0   # comment`
bool read_instruction(const std::string& line, Instruction& instruction) {
  const size_t colon = line.find(':');
  if (colon == std::string::npos) return false;
  const auto address = hex_of(trim(line.substr(0, colon)));
  std::string text = trim(line.substr(colon + 1));
  if (!address || text.empty()) return false;
  if (const size_t comment = text.find(" #"); comment != std::string::npos)
    text = trim(text.substr(0, comment));
  if (const size_t comment = text.find("\t//"); comment != std::string::npos)
    text = trim(text.substr(0, comment));
  if (const size_t open = text.find(" <"); open != std::string::npos) text = text.substr(0, open);
  instruction.address = *address;
  instruction.text = text;
  const std::string mnemonic = mnemonic_of(text);
  if (mnemonic.empty()) return false;
  const size_t last = text.find_last_of(" \t,");
  const auto target = last == std::string::npos ? std::nullopt : hex_of(text.substr(last + 1));
  instruction.branch = is_jump(mnemonic) && target.has_value();
  if (instruction.branch) instruction.target = *target;
  return true;
}

void add_loops(const std::string& function, const std::vector<Instruction>& body, std::vector<Loop>& loops) {
  struct Span {
    size_t first, last;
  };
  std::vector<Span> spans;
  for (size_t i = 0; i < body.size(); ++i) {
    if (!body[i].branch || body[i].target > body[i].address) continue;
    const auto first =
        std::lower_bound(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(i) + 1, body[i].target,
                         [](const Instruction& a, uint64_t at) { return a.address < at; });
    const auto begin = static_cast<size_t>(first - body.begin());
    if (begin > i || body[begin].address != body[i].target || i - begin >= kLongestLoop) continue;
    // A loop that holds an earlier backward jump completely is no innermost one; a second jump to the same
    // head is the same loop, entered by `continue`.
    const bool outer = std::any_of(spans.begin(), spans.end(),
                                   [&](const Span& span) { return span.first > begin && span.last < i; });
    if (outer) continue;
    if (!spans.empty() && spans.back().first == begin) spans.pop_back();
    spans.push_back({begin, i});
  }
  for (const Span& span : spans) {
    Loop loop;
    loop.function = function;
    for (size_t i = span.first; i <= span.last; ++i) {
      loop.body.push_back(body[i]);
      loop.arithmetic += is_arithmetic(body[i].text);
      loop.calls |= is_call(mnemonic_of(body[i].text));
    }
    loops.push_back(std::move(loop));
  }
}

}  // namespace

std::vector<Loop> innermost_loops(const std::string& disassembly, size_t most) {
  std::vector<Loop> loops;
  std::string function;
  std::vector<Instruction> body;
  for (const std::string& line : split(disassembly, '\n')) {
    const size_t open = line.find(" <");
    if (open != std::string::npos && ends_with(trim(line), ">:") && hex_of(line.substr(0, open))) {
      add_loops(function, body, loops);
      body.clear();
      function = trim(line).substr(open + 2);
      function = function.substr(0, function.size() - 2);
      continue;
    }
    Instruction instruction;
    if (read_instruction(line, instruction) && (body.empty() || instruction.address > body.back().address))
      body.push_back(std::move(instruction));
  }
  add_loops(function, body, loops);
  std::stable_sort(loops.begin(), loops.end(), [](const Loop& a, const Loop& b) {
    if (a.calls != b.calls) return b.calls;
    if (a.arithmetic != b.arithmetic) return a.arithmetic > b.arithmetic;
    return a.body.size() > b.body.size();
  });
  if (loops.size() > most) loops.resize(most);
  return loops;
}

std::string assembly_of(const Loop& loop) {
  std::string text = ".Lke_loop:\n";
  for (const Instruction& instruction : loop.body) {
    if (!instruction.branch) {
      text += "\t" + instruction.text + "\n";
      continue;
    }
    const size_t last = instruction.text.find_last_of(" \t,");
    text += "\t" + instruction.text.substr(0, last + 1) + ".Lke_loop\n";
  }
  return text;
}

}  // namespace ke::mca
