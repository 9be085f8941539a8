// SPDX-License-Identifier: MIT
// Encodings: Intel SDM volume 2, chapters 2 and appendix A (opcode maps).
#include "ke-build/evaluate/machine_code.h"

#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <cstring>
#include <set>
#include <utility>

namespace ke {
namespace {

constexpr int kNewer = 5;

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// "c5 fc 77" until something else comes.
std::string bytes_of_hex(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 3) {
    const int high = digit_of(text[i]), low = digit_of(text[i + 1]);
    if (high < 0 || low < 0 || (i + 2 < text.size() && text[i + 2] != ' ')) break;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

/// What stands before the opcode.
struct Prefixes {
  bool operand = false, repeat = false, not_equal = false, wide = false;  // 66, F3, F2, REX.W
  size_t length = 0;
};

uint8_t at(std::string_view bytes, size_t index) {
  return index < bytes.size() ? static_cast<uint8_t>(bytes[index]) : uint8_t{0};
}

Prefixes prefixes_of(std::string_view bytes) {
  Prefixes found;
  for (; found.length < bytes.size(); ++found.length) {
    const uint8_t byte = at(bytes, found.length);
    const bool legacy = byte == 0x66 || byte == 0xf2 || byte == 0xf3 || byte == 0xf0 || byte == 0x2e ||
                        byte == 0x36 || byte == 0x3e || byte == 0x26 || byte == 0x64 || byte == 0x65 ||
                        byte == 0x67;
    if (!legacy) break;
    found.operand |= byte == 0x66;
    found.repeat |= byte == 0xf3;
    found.not_equal |= byte == 0xf2;
  }
  if ((at(bytes, found.length) & 0xf0) == 0x40) found.wide = (at(bytes, found.length++) & 8) != 0;
  return found;
}

/// Opcodes behind 0F that came after SSE2.
int level_of_two_bytes(const Prefixes& prefixes, uint8_t opcode, uint8_t modrm) {
  switch (opcode) {
    case 0x12:  // movddup, movsldup
      return prefixes.repeat || prefixes.not_equal ? 2 : 1;
    case 0x16:  // movshdup
      return prefixes.repeat ? 2 : 1;
    case 0x7c:  // haddp
    case 0x7d:  // hsubp
    case 0xd0:  // addsubp
      return 2;
    case 0xf0:  // lddqu
      return 2;
    case 0xb8:  // popcnt
      return prefixes.repeat ? 2 : 1;
    case 0xbd:  // lzcnt; tzcnt (BC) is what compilers write for bsf
      return prefixes.repeat ? 3 : 1;
    case 0xc7:  // rdrand, rdseed, rdpid
      return modrm >= 0xf0 ? kNewer : 1;
    default:
      return 1;
  }
}

/// Opcodes behind 0F 38: most are SSSE3 and SSE4; AES, SHA, GFNI and ADX are no part of a level.
int level_of_map_38(const Prefixes& prefixes, uint8_t opcode) {
  if (opcode >= 0xc8 && opcode <= 0xdf) return kNewer;
  if (opcode == 0xf6 || opcode >= 0xf8) return kNewer;
  if (opcode == 0xf0 || opcode == 0xf1) return prefixes.not_equal ? 2 : 3;  // crc32; movbe
  return 2;
}

int level_of_map_3a(uint8_t opcode) {
  return opcode == 0x44 || opcode == 0xcc || opcode == 0xce || opcode == 0xcf || opcode == 0xdf ? kNewer : 2;
}

/// The address that a direct jump or call at this place leads to.
bool landing_of(const Instruction& instruction, uint64_t& target) {
  const Prefixes prefixes = prefixes_of(instruction.bytes);
  const uint8_t first = at(instruction.bytes, prefixes.length),
                second = at(instruction.bytes, prefixes.length + 1);
  const bool byte = (first >= 0x70 && first <= 0x7f) || first == 0xeb || (first >= 0xe0 && first <= 0xe3);
  const bool word = first == 0xe8 || first == 0xe9 || (first == 0x0f && second >= 0x80 && second <= 0x8f);
  const size_t size = instruction.bytes.size(), opcode = first == 0x0f ? 2 : 1;
  if ((!byte && !word) || size != prefixes.length + opcode + (byte ? 1 : 4)) return false;
  int32_t distance = static_cast<int8_t>(at(instruction.bytes, size - 1));
  if (word) std::memcpy(&distance, instruction.bytes.data() + size - 4, sizeof distance);
  target = instruction.address + size + static_cast<uint64_t>(static_cast<int64_t>(distance));
  return true;
}

}  // namespace

MachineCode parse_disassembly(std::string_view text) {
  constexpr std::string_view kSection = "Disassembly of section ";
  MachineCode code;
  for (const std::string& line : split(std::string(text), '\n')) {
    if (starts_with(line, kSection)) {
      code.sections.push_back(line.substr(kSection.size(), line.rfind(':') - kSection.size()));
      continue;
    }
    const std::vector<std::string> columns = split(line, '\t');
    if (columns.size() < 2 || code.sections.empty() || !ends_with(columns[0], ":")) continue;
    Instruction instruction;
    instruction.section = code.sections.size() - 1;
    instruction.address = std::strtoull(columns[0].c_str(), nullptr, 16);
    instruction.bytes = bytes_of_hex(columns[1]);
    if (columns.size() > 2) instruction.text = trim(columns[2]);
    if (!instruction.bytes.empty()) code.instructions.push_back(std::move(instruction));
  }
  return code;
}

int level_of_instruction(std::string_view bytes) {
  const Prefixes prefixes = prefixes_of(bytes);
  const size_t begin = prefixes.length;
  const uint8_t first = at(bytes, begin), second = at(bytes, begin + 1), third = at(bytes, begin + 2);
  if (first == 0xc4 || first == 0xc5) {
    // Opmask instructions (AVX-512) are in the same form: L or W with opcodes 41 to 4B and 90 to 99.
    const bool three = first == 0xc4;
    const uint8_t opcode = at(bytes, begin + (three ? 3 : 2));
    const bool map_0f = !three || (second & 0x1f) == 1;
    const bool mask = (opcode >= 0x41 && opcode <= 0x4b) || (opcode >= 0x90 && opcode <= 0x93) ||
                      opcode == 0x98 || opcode == 0x99;
    return map_0f && mask ? 4 : 3;
  }
  if (first == 0x62) return 4;
  if (first == 0x8f && (second & 0x38) != 0) return kNewer;  // XOP
  if (first != 0x0f) return 1;
  if (second == 0x38) return level_of_map_38(prefixes, third);
  if (second == 0x3a) return level_of_map_3a(third);
  return level_of_two_bytes(prefixes, second, third);
}

bool asks_processor(std::string_view bytes) {
  const size_t begin = prefixes_of(bytes).length;
  if (at(bytes, begin) != 0x0f) return false;
  return at(bytes, begin + 1) == 0xa2 || (at(bytes, begin + 1) == 0x01 && at(bytes, begin + 2) == 0xd0);
}

std::string hidden_landing(const MachineCode& code) {
  std::set<std::pair<size_t, uint64_t>> begins;
  for (const Instruction& one : code.instructions) begins.insert({one.section, one.address});
  for (const Instruction& one : code.instructions) {
    uint64_t target = 0;
    if (!landing_of(one, target) || begins.contains({one.section, target})) continue;
    // Behind the last instruction of a section, or before its first one, is another section after linking.
    const auto next = begins.lower_bound({one.section, target});
    const bool inside = next != begins.begin() && std::prev(next)->first == one.section &&
                        next != begins.end() && next->first == one.section;
    if (inside) return fmt::format("{} at {:#x}", one.text, one.address);
  }
  return "";
}

}  // namespace ke
