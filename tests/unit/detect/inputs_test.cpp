// SPDX-License-Identifier: MIT
// Changed files that no include leads to: what CMake reads, what a command line names, how sources that the
// kernel calls are compiled and linked, and links that lead elsewhere.
#include "tests/unit/detect/detect_project.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

using testing::DetectProject;

const char* kUsesScale = "void gelu(const float* x, float* y, long) { y[0] = x[0] * SCALE; }\n";

TEST(DetectInputs, FlagsOfACalledSourceCount) {
  for (const char* change :
       {"set_source_files_properties(helper.cpp PROPERTIES COMPILE_OPTIONS -fno-math-errno)\n",
        "add_library(low STATIC low.cpp)\ntarget_compile_definitions(low PRIVATE LEVEL=2)\n"
        "target_link_libraries(ops PRIVATE low)\n"}) {
    const bool library = std::string(change).find("low") != std::string::npos;
    DetectProject project(library ? replace_all(change, "=2", "=1") : "");
    project.write("low.cpp", "float low(float x) { return x * LEVEL; }\n");
    project.write("helper.cpp", "float low(float);\nfloat fast_exp(float x) { return " +
                                    std::string(library ? "low(x)" : "x") + "; }\n");
    project.start(false);
    project.write_rules(change);
    project.commit("flags");
    const Change found = project.changes();
    EXPECT_EQ(project.reason(found, "softmax"),
              library
                  ? "softmax <- helper.cpp <- low.cpp <- CMakeLists.txt <- changed flags: added -DLEVEL=2, "
                    "removed -DLEVEL=1"
                  : "softmax <- helper.cpp <- CMakeLists.txt <- changed flags: added -fno-math-errno");
    EXPECT_EQ(project.reason(found, "gelu"), "unchanged");
  }
}

TEST(DetectInputs, CalledSourceThatAnotherOneReplacesCounts) {
  DetectProject project("target_sources(ops PRIVATE slow.cpp)\n");
  project.write("slow.cpp", "float speed(float x) { return x; }\n");
  project.write("fast.cpp", "float speed(float x) { return x + 1; }\n");
  project.write("gelu.cpp",
                "float speed(float);\nvoid gelu(const float* x, float* y, long) { y[0] = speed(x[0]); }\n");
  project.start(false);
  project.write_rules("target_sources(ops PRIVATE fast.cpp)\n");
  project.commit("no file of the two changed");
  const Change change = project.changes();
  EXPECT_NE(project.reason(change, "gelu").find("a target"), std::string::npos)
      << project.reason(change, "gelu");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

TEST(DetectInputs, OrderOfTheLibrariesBehindAStaticOneCounts) {
  const std::string rules =
      "add_library(one STATIC helper.cpp)\nadd_library(two STATIC helper.cpp)\n"
      "target_link_libraries(ops PRIVATE one two)\nadd_executable(program main.cpp)\n"
      "target_link_libraries(program ops)\n";
  DetectProject project(rules);
  project.write("main.cpp", "int main() {}\n");
  project.start(false);
  project.write_rules(replace_all(rules, "one two)", "two one)"));
  project.commit("order");
  EXPECT_NE(project.reason(project.changes(), "gelu").find("changed link line"), std::string::npos)
      << project.reason(project.changes(), "gelu");
}

TEST(DetectInputs, FileThatCMakeReadsWhileItConfiguresCounts) {
  for (const char* read :
       {"file(STRINGS scale.txt SCALE)\n",
        "execute_process(COMMAND cat ${CMAKE_CURRENT_SOURCE_DIR}/scale.txt OUTPUT_VARIABLE SCALE "
        "OUTPUT_STRIP_TRAILING_WHITESPACE)\n",
        "execute_process(COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/read.sh OUTPUT_VARIABLE SCALE "
        "OUTPUT_STRIP_TRAILING_WHITESPACE)\n"}) {
    DetectProject project(
        std::string(read) +
        "set_source_files_properties(gelu.cpp PROPERTIES COMPILE_DEFINITIONS SCALE=${SCALE})\n");
    project.write("gelu.cpp", kUsesScale);
    project.write("scale.txt", "2\n");
    project.write("read.sh", "cat \"$(dirname \"$0\")/scale.txt\"\n");
    project.start(false);
    project.write("scale.txt", "3\n");
    project.commit("scale");
    const Change change = project.changes();
    EXPECT_EQ(project.reason(change, "gelu"),
              "gelu <- scale.txt <- changed flags: added -DSCALE=3, removed -DSCALE=2")
        << read;
    EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
  }
}

TEST(DetectInputs, HeaderThatCMakeReadsCountsAsBoth) {
  DetectProject project(
      "file(STRINGS version.h LINE REGEX VERSION)\nstring(REGEX MATCH \"[0-9]+\" LEVEL \"${LINE}\")\n"
      "set_source_files_properties(gelu.cpp PROPERTIES COMPILE_DEFINITIONS SCALE=${LEVEL})\n");
  project.write("gelu.cpp", kUsesScale);
  project.write("version.h", "#define VERSION 2\n");
  project.start(false);
  project.write("version.h", "#define VERSION 3\n");
  project.commit("version");
  EXPECT_NE(project.reason(project.changes(), "gelu").find("changed flags"), std::string::npos);
}

TEST(DetectInputs, ResponseFileCounts) {
  for (const bool header : {false, true}) {
    DetectProject project(
        "set_source_files_properties(gelu.cpp PROPERTIES COMPILE_OPTIONS "
        "@${CMAKE_CURRENT_SOURCE_DIR}/gelu.rsp)\n");
    project.write("gelu.cpp", std::string(header ? "#include <scale.h>\n" : "") + kUsesScale);
    project.write("inc/scale.h", "#define SCALE 2\n");
    project.write("gelu.rsp", header ? "-I" + project.path("inc") + "\n" : "-DSCALE=2\n");
    project.start(false);
    project.write(header ? "inc/scale.h" : "gelu.rsp", header ? "#define SCALE 3\n" : "-DSCALE=3\n");
    project.commit("response file");
    const Change change = project.changes();
    EXPECT_EQ(project.reason(change, "gelu"), header
                                                  ? "gelu <- inc/scale.h <- changed macro SCALE"
                                                  : "gelu <- gelu.rsp <- changed; the command line names it");
    EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
  }
}

TEST(DetectInputs, LinkedFileOfTheRepositoryIsUnknown) {
  DetectProject project("target_link_libraries(ops PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/prebuilt/liblow.a)\n");
  project.write("prebuilt/liblow.a", "one");
  project.start(false);
  project.write("prebuilt/liblow.a", "two");
  project.commit("archive");
  EXPECT_TRUE(project.unknown(project.changes(), "gelu"));
}

TEST(DetectInputs, ScriptThatACommandRunsWithoutDependingOnItCounts) {
  DetectProject project(
      "add_custom_command(OUTPUT scale.h COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/scale.sh > scale.h)\n"
      "target_sources(ops PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/scale.h)\n"
      "target_include_directories(ops PRIVATE ${CMAKE_CURRENT_BINARY_DIR})\n");
  project.write("gelu.cpp", "#include \"scale.h\"\n" + std::string(kUsesScale));
  project.write("scale.sh", "echo '#define SCALE 2'\n");
  project.start();
  project.write("scale.sh", "echo '#define SCALE 3'\n");
  project.commit("script");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"),
            "gelu <- scale.h <- scale.sh <- changed; the command that makes it names it");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

TEST(DetectInputs, LinkToAnotherFolderCounts) {
  for (const char* rules : {"", "target_include_directories(ops PRIVATE current)\n"}) {
    DetectProject project(rules);
    project.write("one/scale.h", "#define SCALE 1\n");
    project.write("two/scale.h", "#define SCALE 2\n");
    project.write("gelu.cpp", (*rules ? "#include <scale.h>\n" : "#include \"current/scale.h\"\n") +
                                  std::string(kUsesScale));
    ASSERT_TRUE(run_or_fail({.argv = {"ln", "-s", "one", project.path("current")}}));
    project.start(false);
    ASSERT_TRUE(run_or_fail({.argv = {"ln", "-sfn", "two", project.path("current")}}));
    project.commit("link");
    EXPECT_NE(project.reason(project.changes(), "gelu").find("current"), std::string::npos) << rules;
  }
}

TEST(DetectInputs, ToolchainFileAndIncludedPresetsNeedANewConfigure) {
  DetectProject project;
  project.write("toolchain.cmake", "set(CMAKE_CXX_FLAGS_INIT -DLEVEL=1)\n");
  project.write("CMakePresets.json", R"({"version": 4, "include": ["presets/base.json"]})");
  project.write("presets/base.json", R"({"version": 4, "configurePresets": [{"name": "a"}]})");
  const std::string base = project.commit("base");
  project.configure({"-DCMAKE_TOOLCHAIN_FILE=" + project.path("toolchain.cmake")});
  project.write("toolchain.cmake", "set(CMAKE_CXX_FLAGS_INIT -DLEVEL=2)\n");
  const std::string middle = project.commit("toolchain");
  EXPECT_TRUE(project.unknown(project.changes(false, base), "gelu"));
  project.write("presets/base.json", R"({"version": 4, "configurePresets": [{"name": "b"}]})");
  project.commit("presets");
  EXPECT_TRUE(project.unknown(project.changes(false, middle), "gelu"));
}

TEST(DetectInputs, BuildFolderThatGitDoesNotIgnoreIsNoChange) {
  DetectProject project;
  project.start();
  ASSERT_TRUE(run_or_fail({.argv = {"cmake", "-S", project.root(), "-B", project.path("b")}}));
  const Change change = project.changes(true);
  EXPECT_TRUE(change.changed_files.empty()) << change.changed_files.front();
  EXPECT_TRUE(change.notes.empty()) << change.notes.front();
}

}  // namespace
}  // namespace ke
