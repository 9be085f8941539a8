// SPDX-License-Identifier: MIT
// Outputs as compilers and linkers have written them.
#include "backends/cpu/build_errors.h"

#include <gtest/gtest.h>

#include <string>

namespace ke::cpu {
namespace {

const std::string kCollect = "collect2: error: ld returned 1 exit status\n";
const std::string kClang =
    "clang: error: linker command failed with exit code 1 (use -v to see invocation)\n";

TEST(BuildErrors, AreTheFirstThreeOnly) {
  EXPECT_EQ(
      first_errors("x.cpp: In function:\nx.cpp:1: error: a\nnote\nx.cpp:2: error: b\nx.cpp:3: error: c\n"
                   "x.cpp:4: error: d\n"),
      "x.cpp:1: error: a\nx.cpp:2: error: b\nx.cpp:3: error: c");
}

TEST(BuildErrors, OfGnuLd) {
  const std::string twice =
      "/usr/bin/ld: b.o:(.data+0x0): multiple definition of `twice'; a.o:(.data+0x0): first defined here";
  const std::string missing = "a.cpp:(.text+0x14): undefined reference to `ops::helper(float*)'";
  const std::string said = twice + "\n/usr/bin/ld: a.o: in function `ops::scale(float*)':\n" + missing + "\n";
  EXPECT_EQ(first_errors(said + kCollect), twice + "\n" + missing);
  EXPECT_EQ(first_errors(said + kClang), twice + "\n" + missing);
  EXPECT_EQ(first_errors("/usr/bin/ld.bfd: cannot find -lnothere: No such file or directory\n" + kCollect),
            "/usr/bin/ld.bfd: cannot find -lnothere: No such file or directory");
  EXPECT_EQ(
      first_errors("/usr/bin/x86_64-linux-gnu-ld: a.o: relocation R_X86_64_32 against `.rodata' can not be "
                   "used when making a PIE object; recompile with -fPIE\n"
                   "/usr/bin/x86_64-linux-gnu-ld: final link failed: bad value\n" +
                   kCollect),
      "/usr/bin/x86_64-linux-gnu-ld: a.o: relocation R_X86_64_32 against `.rodata' can not be used when "
      "making a PIE object; recompile with -fPIE");
  EXPECT_EQ(
      first_errors("/usr/bin/ld: warning: a.o: missing .note.GNU-stack section implies executable stack\n"
                   "/usr/bin/ld: NOTE: This behaviour is deprecated\n" +
                   missing + "\n" + kCollect),
      missing);
}

TEST(BuildErrors, OfGold) {
  const std::string twice = "/usr/bin/ld.gold: error: b.o: multiple definition of 'twice'";
  const std::string missing =
      "a.o:a.cpp:function ops::scale(float*): error: undefined reference to 'ops::helper(float*)'";
  const std::string said = twice + "\n/usr/bin/ld.gold: a.o: previous definition here\n" + missing + "\n";
  EXPECT_EQ(first_errors(said + kCollect), twice + "\n" + missing);
  EXPECT_EQ(first_errors(said + kClang), twice + "\n" + missing);
}

TEST(BuildErrors, OfLld) {
  const std::string said =
      "ld.lld: error: duplicate symbol: twice\n>>> defined at a.cpp\n>>>            a.o:(twice)\n"
      ">>> defined at b.cpp\n\nld.lld: error: undefined symbol: ops::helper(float*)\n"
      ">>> referenced by a.cpp\n>>>               a.o:(ops::scale(float*))\n";
  const std::string expected =
      "ld.lld: error: duplicate symbol: twice\nld.lld: error: undefined symbol: ops::helper(float*)";
  EXPECT_EQ(first_errors(said + kCollect), expected);
  EXPECT_EQ(first_errors(said + kClang), expected);
}

TEST(BuildErrors, OfCompilersLeaveOutWhatOnlyRepeats) {
  EXPECT_EQ(
      first_errors("k.cpp:1:5: error: unused variable 'x' [-Werror,-Wunused-variable]\n1 error generated.\n"),
      "k.cpp:1:5: error: unused variable 'x' [-Werror,-Wunused-variable]");
  EXPECT_EQ(first_errors("cc1plus: all warnings being treated as errors\nk.cpp:1:5: error: unused\n"),
            "k.cpp:1:5: error: unused");
  EXPECT_EQ(
      first_errors("k.cpp:1:10: fatal error: none.h: No such file or directory\ncompilation terminated.\n"),
      "k.cpp:1:10: fatal error: none.h: No such file or directory");
  EXPECT_EQ(first_errors("k.s: Assembler messages:\nk.s:12: Error: no such instruction: `vfoo'\n"),
            "k.s:12: Error: no such instruction: `vfoo'");
  EXPECT_EQ(first_errors(kCollect), "collect2: error: ld returned 1 exit status") << "better than nothing";
  EXPECT_EQ(first_errors("error_code.h:3: note: here\nKilled\n"), "error_code.h:3: note: here\nKilled");
  EXPECT_EQ(first_errors(""), "");
}

TEST(BuildErrors, AreSafeToShow) {
  EXPECT_EQ(first_errors("\x1b[01m\x1b[Kk.cpp:1:\x1b[m\x1b[K \x1b[01;31m\x1b[Kerror: \x1b[m\x1b[Kbad\n"),
            "k.cpp:1: error: bad");
  const std::string odd = first_errors("error: a\rb\x07\x1b]0;title\x07\x1b[\nerror: next\x1b[31\n");
  EXPECT_EQ(odd, "error: a?b??]0;title?\nerror: next");
  // A letter of two bytes lies across the limit.
  const std::string cut = first_errors("error: " + std::string(292, 'x') + "\xc3\xa4 and more\n");
  EXPECT_EQ(cut, "error: " + std::string(292, 'x'));
  const std::string endless = "error: " + std::string(5 << 20, 'y');
  EXPECT_EQ(first_errors(endless).size(), 300u);
  EXPECT_LE(first_errors(std::string(100000, 'z') + "\n" + std::string(100000, 'z')).size(), 601u);
}

}  // namespace
}  // namespace ke::cpu
