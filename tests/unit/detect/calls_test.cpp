// SPDX-License-Identifier: MIT
// What a kernel calls in other sources, where no name in plain sight leads there.
#include "tests/unit/detect/detect_project.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

using testing::DetectProject;

/// gelu calls `callee`, softmax does not.
void write_caller(DetectProject& project, const std::string& declarations, const std::string& callee) {
  project.write("gelu.cpp", declarations +
                                "\nvoid gelu(const float* x, float* y, long n) {\n  for (long i = 0; "
                                "i < n; ++i) y[i] = " +
                                callee + "(x[i]);\n}\n");
}

void expect_gelu_only(DetectProject& project, const std::string& reason) {
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"), reason);
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

TEST(DetectCalls, InlineFunctionInTheHeaderOfACalledSourceCallsFurther) {
  for (const bool build : {true, false}) {
    DetectProject project("target_sources(ops PRIVATE middle.cpp far.cpp)\n");
    write_caller(project, "float middle(float);", "middle");
    project.write("middle.h",
                  "float far_away(float);\ninline float through(float x) { return far_away(x); }\n");
    project.write("middle.cpp", "#include \"middle.h\"\nfloat middle(float x) { return through(x); }\n");
    project.write("far.cpp", "float far_away(float x) { return x; }\n");
    project.start(build);
    project.write("far.cpp", "float far_away(float x) { return x + 1; }\n");
    project.commit("far");
    expect_gelu_only(project, "gelu <- middle.cpp <- far.cpp <- changed function far_away");
  }
}

TEST(DetectCalls, NameThatAMacroPastesTogetherIsFoundOnEitherSide) {
  const std::string plain = "float scale_f32(float x) { return x * 2; }\n";
  const std::string pasted = "#define DEFINE(T) float scale_##T(float x) { return x * 2; }\nDEFINE(f32)\n";
  const std::string call =
      "#define DECLARE(f) float f##_f32(float);\n#define CALL(f) f##_f32\nDECLARE(scale)\n";
  for (const auto& [caller, callee, defined] :
       {std::tuple("float scale_f32(float);", "scale_f32", pasted),
        std::tuple(call.c_str(), "CALL(scale)", plain), std::tuple(call.c_str(), "CALL(scale)", pasted)}) {
    DetectProject project("target_sources(ops PRIVATE far.cpp)\n");
    write_caller(project, caller, callee);
    project.write("far.cpp", defined);
    project.start(false);
    project.write("far.cpp", replace_all(defined, "x * 2", "x * 3"));
    project.commit("far");
    const Change change = project.changes();
    EXPECT_NE(project.reason(change, "gelu").find("gelu <- far.cpp <- changed"), std::string::npos)
        << callee << project.reason(change, "gelu");
  }
}

TEST(DetectCalls, FunctionPointerThatIsSetBeforeMainCounts) {
  DetectProject project("target_sources(ops PRIVATE hook.cpp fast.cpp)\n");
  write_caller(project, "#include \"hook.h\"", "hook");
  project.write("hook.h", "#pragma once\nextern float (*hook)(float);\n");
  project.write("hook.cpp", "static float slow(float x) { return x; }\nfloat (*hook)(float) = slow;\n");
  project.write("fast.cpp",
                "#include \"hook.h\"\nstatic float fast(float x) { return x * 2; }\n"
                "__attribute__((constructor)) static void choose() { hook = fast; }\n");
  project.start(false);
  const std::string base = project.base();
  project.write("hook.cpp", "static float slow(float x) { return x + 1; }\nfloat (*hook)(float) = slow;\n");
  const std::string middle = project.commit("the pointer's own source");
  EXPECT_EQ(project.reason(project.changes(false, base), "gelu"),
            "gelu <- hook.cpp <- changed function slow");
  project.write("fast.cpp", replace_all(*read_file(project.path("fast.cpp")), "x * 2", "x * 3"));
  project.commit("what is put into it");
  const Change change = project.changes(false, middle);
  EXPECT_EQ(project.reason(change, "gelu"), "gelu <- fast.cpp <- changed function fast");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

TEST(DetectCalls, SourceThatRunsBeforeMainButTouchesNothingOfTheKernelIsHarmless) {
  DetectProject project("target_sources(ops PRIVATE other.cpp)\n");
  project.write("other.cpp",
                "int made(int);\nstatic int seed = made(3);\nint made(int x) { return x + seed; }\n");
  project.start(false);
  project.write("other.cpp",
                "int made(int);\nstatic int seed = made(4);\nint made(int x) { return x + seed; }\n");
  project.commit("other");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"), "unchanged");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

TEST(DetectCalls, NameThatOnlyTheLinkerReadsCounts) {
  DetectProject project("target_sources(ops PRIVATE far.cpp)\n");
  write_caller(project, "float twice(float) __asm__(\"real_twice\");", "twice");
  project.write("far.cpp", "extern \"C\" float real_twice(float x) { return x * 2; }\n");
  project.start(false);
  project.write("far.cpp", "extern \"C\" float real_twice(float x) { return x + x + x; }\n");
  project.commit("far");
  expect_gelu_only(project, "gelu <- far.cpp <- changed function real_twice");
}

TEST(DetectCalls, FunctionThatAMacroRenamesAtItsDefinitionCounts) {
  for (const bool in_text : {false, true}) {
    DetectProject project("target_sources(ops PRIVATE far.cpp)\n" +
                          std::string(in_text ? ""
                                              : "set_source_files_properties(far.cpp PROPERTIES "
                                                "COMPILE_DEFINITIONS twice=lib_twice)\n"));
    write_caller(project, "float lib_twice(float);", "lib_twice");
    const std::string rename = in_text ? "#define twice lib_twice\n" : "";
    project.write("far.cpp", rename + "float twice(float x) { return x * 2; }\n");
    project.start(false);
    project.write("far.cpp", rename + "float twice(float x) { return x * 3; }\n");
    project.commit("far");
    expect_gelu_only(project, "gelu <- far.cpp <- changed function twice");
  }
}

TEST(DetectCalls, AssemblerSourceCountsByItsLabels) {
  DetectProject project("enable_language(ASM)\ntarget_sources(ops PRIVATE low.S)\n");
  write_caller(project, "extern \"C\" float low(float);", "low");
  project.write("low.S", ".globl low\nlow:\n  addss %xmm0, %xmm0\n  ret\n");
  project.start(false);
  project.write("low.S", ".globl low\nlow:\n  mulss %xmm0, %xmm0\n  ret\n");
  project.commit("low");
  const Change change = project.changes();
  EXPECT_NE(project.reason(change, "gelu").find("gelu <- low.S <- changed"), std::string::npos)
      << project.reason(change, "gelu");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

TEST(DetectCalls, InputOfAGeneratedSourceCounts) {
  for (const bool build : {true, false}) {
    DetectProject project(
        "add_custom_command(OUTPUT far.cpp COMMAND ${CMAKE_COMMAND} -E copy "
        "${CMAKE_CURRENT_SOURCE_DIR}/far.in "
        "far.cpp DEPENDS far.in)\ntarget_sources(ops PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/far.cpp)\n");
    write_caller(project, "float far_away(float);", "far_away");
    project.write("far.in", "float far_away(float x) { return x; }\n");
    project.start(build);
    project.write("far.in", "float far_away(float x) { return x + 1; }\n");
    project.commit("far");
    EXPECT_EQ(project.reason(project.changes(), "gelu"),
              "gelu <- far.cpp <- far.in <- changed input of the command that makes it")
        << build;
  }
}

TEST(DetectCalls, SourceInAChangedSubmoduleCounts) {
  DetectProject library;
  library.write("CMakeLists.txt", "add_library(far STATIC far.cpp)\n");
  library.write("far.cpp", "float far_away(float x) { return x; }\n");
  const std::string first = library.commit("one");
  library.write("far.cpp", "float far_away(float x) { return x + 1; }\n");
  const std::string second = library.commit("two");
  DetectProject project("add_subdirectory(module)\ntarget_link_libraries(ops PRIVATE far)\n");
  write_caller(project, "float far_away(float);", "far_away");
  project.git({"-c", "protocol.file.allow=always", "submodule", "add", "-q", library.root(), "module"});
  project.git({"-C", "module", "checkout", "-q", first});
  project.start(false);
  project.write("other.h", "inline int other() { return 2; }\n");
  const std::string unrelated = project.commit("unrelated");
  EXPECT_EQ(project.reason(project.changes(), "gelu"), "unchanged");
  project.git({"-C", "module", "checkout", "-q", second});
  project.commit("module");
  const Change change = project.changes(false, unrelated);
  EXPECT_NE(project.reason(change, "gelu").find("changed submodule module"), std::string::npos)
      << project.reason(change, "gelu");
}

}  // namespace
}  // namespace ke
