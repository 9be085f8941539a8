// SPDX-License-Identifier: MIT
// The traps of header search: shadowed and vanished headers, __has_include, conditions, macros as operands,
// stale records.
#include "tests/unit/detect/detect_project.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

using testing::DetectProject;

void write_gelu(DetectProject& project, const std::string& before) {
  project.write("gelu.cpp", before + "void gelu(const float* x, float* y, long) { y[0] = x[0]; }\n");
}

TEST(DetectIncludes, WorkWithoutAnyBuild) {
  DetectProject project;
  project.start(false);
  project.write("vec.h",
                "#define VEC_WIDTH 2\n#define VEC_NAME 7\ninline float lane(float x) { return x; }\n");
  project.write("helper.cpp", "float fast_exp(float x) { return x + x; }\n");
  project.commit("both");
  const Change change = project.changes();
  EXPECT_NE(project.reason(change, "softmax"), "unchanged");
  EXPECT_EQ(project.reason(change, "gelu"), "unchanged");
}

TEST(DetectIncludes, NewHeaderThatShadowsAnotherCounts) {
  for (const bool build : {true, false}) {
    DetectProject project("target_include_directories(ops PRIVATE inc2 inc1)\n");
    project.write("inc1/common.h", "#define COMMON 1\n");
    project.write("inc2/readme", "");
    write_gelu(project, "#include <common.h>\n");
    project.start(build);
    project.write("inc2/common.h", "#define COMMON 2\n");
    project.commit("shadow");
    const Change change = project.changes();
    EXPECT_EQ(project.reason(change, "gelu"), "gelu <- inc2/common.h <- new file");
    EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
  }
}

TEST(DetectIncludes, NewHeaderBehindTheOneThatIsFoundIsHarmless) {
  DetectProject project("target_include_directories(ops PRIVATE inc1 inc2)\n");
  project.write("inc1/common.h", "#define COMMON 1\n");
  write_gelu(project, "#include <common.h>\n");
  project.start();
  project.write("inc2/common.h", "#define COMMON 2\n");
  project.commit("shadowed");
  EXPECT_EQ(project.reason(project.changes(), "gelu"), "unchanged");
}

TEST(DetectIncludes, DeletedHeaderThatShadowedAnotherCounts) {
  DetectProject project("target_include_directories(ops PRIVATE inc2 inc1)\n");
  project.write("inc1/common.h", "#define COMMON 1\n");
  project.write("inc2/common.h", "#define COMMON 2\n");
  write_gelu(project, "#include <common.h>\n");
  project.start();
  project.remove("inc2/common.h");
  project.commit("unshadow");
  EXPECT_EQ(project.reason(project.changes(), "gelu"), "gelu <- inc2/common.h <- deleted file");
}

TEST(DetectIncludes, HeaderThatHasIncludeAsksForCountsWhenItAppearsAndWhenItVanishes) {
  DetectProject project;
  write_gelu(project, "#if __has_include(\"optional.h\")\n#define FAST 1\n#endif\n");
  project.start();
  project.write("optional.h", "\n");
  project.commit("appears");
  EXPECT_EQ(project.reason(project.changes(), "gelu"),
            "gelu <- optional.h <- new file, which __has_include asks for");
  const std::string before = trim(project.git({"rev-parse", "HEAD"}));
  project.remove("optional.h");
  project.commit("vanishes");
  EXPECT_EQ(project.reason(project.changes(false, before), "gelu"),
            "gelu <- optional.h <- deleted file, which __has_include asks for");
}

TEST(DetectIncludes, ConditionThatIsNotMetIsCheckedByTheCompiler) {
  for (const bool build : {true, false}) {
    DetectProject project;
    write_gelu(project, "#ifdef NEVER\n#include \"other.h\"\n#endif\n");
    project.start(build);
    project.write("other.h", "inline int other() { return 2; }\n");
    project.commit("other");
    EXPECT_EQ(project.reason(project.changes(), "gelu"), "unchanged");
  }
}

TEST(DetectIncludes, ConditionThatIsMetCounts) {
  DetectProject project("target_compile_definitions(ops PRIVATE ALWAYS)\n");
  write_gelu(project, "#ifdef ALWAYS\n#include \"other.h\"\n#endif\n");
  project.start(false);
  project.write("other.h", "inline int other() { return 2; }\n");
  project.commit("other");
  EXPECT_EQ(project.reason(project.changes(), "gelu"), "gelu <- other.h <- changed function other");
}

TEST(DetectIncludes, OperandThatIsAMacroIsResolvedByTheCompiler) {
  for (const bool build : {true, false}) {
    DetectProject project;
    write_gelu(project, "#define OPERAND \"other.h\"\n#include OPERAND\n");
    project.start(build);
    project.write("other.h", "inline int other() { return 2; }\n");
    project.commit("other");
    const Change change = project.changes();
    EXPECT_EQ(project.reason(change, "gelu"), "gelu <- other.h <- changed function other") << build;
    EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
  }
}

TEST(DetectIncludes, StaleRecordsOfAnOlderBuildHideNothing) {
  DetectProject project;
  project.start();  // gelu does not include anything yet
  write_gelu(project, "#include \"other.h\"\n");
  const std::string middle = project.commit("includes it now, not built");
  project.write("other.h", "inline int other() { return 2; }\n");
  project.commit("other");
  EXPECT_EQ(project.reason(project.changes(false, middle), "gelu"),
            "gelu <- other.h <- changed function other");
}

TEST(DetectIncludes, StaleRecordsOfAnOlderBuildAddNothing) {
  DetectProject project;
  write_gelu(project, "#include \"other.h\"\n");
  project.start();  // the build records other.h
  write_gelu(project, "");
  const std::string middle = project.commit("does not include it any more");
  project.write("other.h", "inline int other() { return 2; }\n");
  project.commit("other");
  EXPECT_EQ(project.reason(project.changes(false, middle), "gelu"), "unchanged");
}

TEST(DetectIncludes, WayThroughSeveralHeadersIsShown) {
  DetectProject project;
  write_gelu(project, "#include \"a.h\"\n");
  project.write("a.h", "#pragma once\n#include \"sub/b.h\"\n");
  project.write("sub/b.h", "#pragma once\n#include \"../other.h\"\n");
  project.start();
  project.write("other.h", "inline int other() { return 2; }\n");
  project.commit("other");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"), "gelu <- a.h <- sub/b.h <- other.h <- changed function other");
}

TEST(DetectIncludes, SymbolicLinkToAHeaderIsFollowed) {
  DetectProject project;
  write_gelu(project, "#include \"link.h\"\n");
  project.start();
  ASSERT_TRUE(run_or_fail({.argv = {"ln", "-s", "other.h", project.path("link.h")}}));
  const std::string before = project.commit("link");
  project.write("other.h", "inline int other() { return 2; }\n");
  project.commit("other");
  EXPECT_EQ(project.reason(project.changes(false, before), "gelu"),
            "gelu <- link.h <- other.h <- changed function other");
}

TEST(DetectIncludes, BrokenSourceThatNeedsTheCompilerIsUnknown) {
  DetectProject project;
  write_gelu(project, "#include \"does_not_exist.h\"\n#ifdef NEVER\n#include \"other.h\"\n#endif\n");
  project.start(false);
  project.write("other.h", "inline int other() { return 2; }\n");
  project.commit("other");
  const Change change = project.changes();
  EXPECT_TRUE(project.unknown(change, "gelu"));
  EXPECT_NE(project.reason(change, "gelu").find("does_not_exist.h"), std::string::npos)
      << project.reason(change, "gelu");
}

TEST(DetectIncludes, AssemblerIncludesAreUnknown) {
  DetectProject project;
  write_gelu(project, "__asm__(\".incbin \\\"data.bin\\\"\");\n");
  project.write("data.bin", "1");
  project.start(false);
  project.write("data.bin", "2");
  project.commit("data");
  EXPECT_TRUE(project.unknown(project.changes(), "gelu"));
}

}  // namespace
}  // namespace ke
