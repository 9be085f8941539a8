// SPDX-License-Identifier: MIT
#include "ke-ci/propose/content.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

const char* const kBase =
    "#include <cmath>\n#include \"vec.h\"\nvoid f(float* x, int n) { for (int i = 0; i < n; ++i) x[i] = "
    "std::exp(x[i]); }\n";

TEST(RefuseSource, AcceptsAKernelThatOnlyComputes) {
  const std::string candidate =
      "#include <cmath>\n#include \"vec.h\"\n#include <immintrin.h>\n"
      "#ifndef KE_CLONES\n#define KE_CLONES "
      "__attribute__((target_clones(\"arch=x86-64-v3\",\"default\")))\n#endif\n"
      "extern \"C\" __attribute__((simd(\"notinbranch\"))) float expf(float);\n"
      "KE_CLONES void f(float* __restrict x, int n) {\n#pragma GCC ivdep\n for (int i = 0; i < n; ++i) x[i] "
      "= expf(x[i]); }\n";
  EXPECT_EQ(refuse_source(kBase, candidate), "");
}

TEST(RefuseSource, AcceptsAWorkspaceOfItsOwn) {
  EXPECT_EQ(refuse_source(kBase, "#include <stdlib.h>\n" + std::string(kBase) +
                                     "void g() { free(malloc(8)); free(aligned_alloc(64, 64)); }\n"),
            "");
}

TEST(RefuseSource, RefusesWhatAKernelHasNoNeedFor) {
  for (const char* extra : {"#include <stdlib.h>\nvoid g() { exit(0); }",
                            "void g() { quick_exit(0); }",
                            "void g() { putenv(0); }",
                            "__asm__(\"nop\");",
                            "asm volatile(\"\");",
                            "int r = system(\"id\");",
                            "__attribute__((constructor)) void g() {}",
                            "#include <fstream>",
                            "#include \"/proc/self/environ\"",
                            "#include <unistd.h>",
                            "# include <sys/mman.h>",
                            "#include MACRO",
                            "%:include <thread>",
                            "#inc\\\nlude <fstream>",
                            "#include_next <stdio.h>",
                            "auto h = dlopen(0, 0);",
                            "#embed \"/etc/passwd\"",
                            "const char* t = __TIME__;",
                            "std::thread t;",
                            "#pragma GCC plugin \"x\""}) {
    EXPECT_NE(refuse_source(kBase, std::string(kBase) + extra + "\n"), "") << extra;
  }
}

TEST(RefuseSource, LetsTheRepositoryKeepWhatItHas) {
  const std::string base = std::string(kBase) + "#include <fstream>\nvoid g() { asm(\"nop\"); }\n";
  EXPECT_EQ(refuse_source(base, base + "int more;\n"), "");
  EXPECT_NE(refuse_source(base, base + "void h() { asm(\"nop\"); }\n"), "");
}

TEST(RefuseSource, RefusesTextThatHidesItself) {
  EXPECT_NE(refuse_source(kBase, std::string(kBase) + "// \xe2\x80\xae reversed\n"), "");
  EXPECT_NE(refuse_source(kBase, std::string(kBase) + std::string(1, '\0')), "");
  EXPECT_NE(refuse_source(kBase, std::string(kBase) + "\x1b[2K"), "");
}

TEST(RefuseSource, RefusesEnormousSources) {
  EXPECT_NE(refuse_source(kBase, std::string(kSourceLimitBytes + 1, ' ')), "");
}

TEST(RefuseSkill, WantsShortHonestText) {
  EXPECT_EQ(refuse_skill("---\nname: x\n---\nUse sixteen lanes.\n"), "");
  EXPECT_NE(refuse_skill("a\xe2\x80\x8b"
                         "b"),
            "");
  EXPECT_NE(refuse_skill(std::string(kSkillLimitBytes + 1, 'a')), "");
}

}  // namespace
}  // namespace ke
