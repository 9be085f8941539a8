// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/machine_code.h"

#include "ke-build/evaluate/lesser_machine.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>

namespace ke {
namespace {

int level(std::initializer_list<int> bytes) {
  std::string text;
  for (const int byte : bytes) text += static_cast<char>(byte);
  return level_of_instruction(text);
}

TEST(MachineCode, KnowsTheLevelOfAnInstructionByItsBytes) {
  EXPECT_EQ(level({0x0f, 0x10, 0x07}), 1) << "movups (%rdi), %xmm0";
  EXPECT_EQ(level({0x66, 0x0f, 0xfe, 0xc1}), 1) << "paddd";
  EXPECT_EQ(level({0xf3, 0x0f, 0xbc, 0xc7}), 1) << "tzcnt, which is bsf elsewhere";
  EXPECT_EQ(level({0xf3, 0x0f, 0x1e, 0xfa}), 1) << "endbr64";
  EXPECT_EQ(level({0x0f, 0xa2}), 1) << "cpuid";
  EXPECT_EQ(level({0xc3}), 1);
  EXPECT_EQ(level({}), 1);
  EXPECT_EQ(level({0xf2, 0x0f, 0x12, 0xc1}), 2) << "movddup";
  EXPECT_EQ(level({0x66, 0x0f, 0x12, 0x07}), 1) << "movlpd";
  EXPECT_EQ(level({0xf2, 0x0f, 0x7c, 0xc0}), 2) << "haddps";
  EXPECT_EQ(level({0x66, 0x0f, 0x38, 0x00, 0xc1}), 2) << "pshufb";
  EXPECT_EQ(level({0x66, 0x44, 0x0f, 0x3a, 0x0f, 0xc1, 0x04}), 2) << "palignr behind a REX prefix";
  EXPECT_EQ(level({0xf3, 0x48, 0x0f, 0xb8, 0xc7}), 2) << "popcnt";
  EXPECT_EQ(level({0xf2, 0x0f, 0x38, 0xf1, 0xc7}), 2) << "crc32";
  EXPECT_EQ(level({0xf3, 0x0f, 0xbd, 0xc7}), 3) << "lzcnt";
  EXPECT_EQ(level({0xc5, 0xfc, 0x10, 0x07}), 3) << "vmovups";
  EXPECT_EQ(level({0xc4, 0xe2, 0x75, 0xb8, 0xc1}), 3) << "vfmadd231ps";
  EXPECT_EQ(level({0xc5, 0xf8, 0x92, 0xc8}), 4) << "kmovw";
  EXPECT_EQ(level({0x62, 0xf1, 0x7c, 0x48, 0x10, 0x07}), 4) << "vmovups of 64 bytes";
  EXPECT_EQ(level({0x66, 0x0f, 0x38, 0xdc, 0xc1}), 5) << "aesenc";
}

TEST(MachineCode, SeesQuestionsToTheProcessor) {
  EXPECT_TRUE(asks_processor("\x0f\xa2"));
  EXPECT_TRUE(asks_processor(std::string_view("\x0f\x01\xd0", 3)));
  EXPECT_FALSE(asks_processor("\x0f\x10\x07"));
  EXPECT_FALSE(asks_processor(""));
}

TEST(MachineCode, SaysWhatIsNotCheckedWithoutADisassembler) {
#if defined(__x86_64__)
  EXPECT_EQ(missing_disassembler(), "");
#endif
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  const std::string missing = missing_disassembler();
  setenv("PATH", path.c_str(), 1);
  EXPECT_NE(missing.find("not checked in machine code"), std::string::npos) << missing;
}

constexpr const char* kListing =
    "\n/tmp/kernel.o:     file format elf64-x86-64\n\n\nDisassembly of section .text:\n\n"
    "0000000000000000 <f>:\n"
    "   0:\teb 02                   \tjmp    4 <f+0x4>\n"
    "   2:\t89 c0                   \tmov    %eax,%eax\n"
    "   4:\tc5 fc 10 07             \tvmovups (%rdi),%ymm0\n"
    "   8:\tc3                      \tret\n"
    "\nDisassembly of section .text.g:\n\n0000000000000000 <g>:\n"
    "   0:\te8 00 00 00 00          \tcall   5 <g+0x5>\n\t...\n";

TEST(MachineCode, IsReadFromAListing) {
  const MachineCode code = parse_disassembly(kListing);
  EXPECT_EQ(code.sections, (std::vector<std::string>{".text", ".text.g"}));
  ASSERT_EQ(code.instructions.size(), 5u);
  EXPECT_EQ(code.instructions[2].address, 4u);
  EXPECT_EQ(code.instructions[2].bytes, "\xc5\xfc\x10\x07");
  EXPECT_EQ(code.instructions[2].text, "vmovups (%rdi),%ymm0");
  EXPECT_EQ(code.instructions[4].section, 1u);
  EXPECT_TRUE(parse_disassembly("").instructions.empty());
  EXPECT_TRUE(parse_disassembly("objdump: nothing\n\t\t\n :\n").instructions.empty());
}

TEST(MachineCode, SeesAJumpIntoAnotherInstruction) {
  EXPECT_EQ(hidden_landing(parse_disassembly(kListing)), "");
  std::string hiding = kListing;
  hiding.replace(hiding.find("eb 02"), 5, "eb 03");
  EXPECT_NE(hidden_landing(parse_disassembly(hiding)).find("at 0x0"), std::string::npos);
  hiding.replace(hiding.find("eb 03"), 5, "eb 30");
  EXPECT_EQ(hidden_landing(parse_disassembly(hiding)), "") << "behind the section";
}

TEST(MachineCode, KnowsTheLevelThatFlagsAllow) {
  EXPECT_EQ(level_of_flags({}), 1);
  EXPECT_EQ(level_of_flags({"-O2", "-mtune=native"}), 1);
  EXPECT_EQ(level_of_flags({"-march=x86-64"}), 1);
  EXPECT_EQ(level_of_flags({"-march=x86-64-v3"}), 3);
  EXPECT_EQ(level_of_flags({"-msse4.2", "-O3"}), 2);
  EXPECT_EQ(level_of_flags({"-mavx2", "-mfma"}), 3);
  EXPECT_EQ(level_of_flags({"-march=native"}), 5);
}

}  // namespace
}  // namespace ke
