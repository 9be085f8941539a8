// SPDX-License-Identifier: MIT
// The traps of build systems: precompiled headers, unity builds, generated files, changed flags and
// registrations.
#include "tests/unit/detect/detect_project.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

using testing::DetectProject;

const char* kOtherChanged = "inline int other() { return 2; }\n";

TEST(DetectBuild, HeaderInsideAPrecompiledHeaderCounts) {
  for (const bool build : {true, false}) {
    DetectProject project("target_precompile_headers(ops PRIVATE other.h)\n");
    project.start(build);
    project.write("other.h", kOtherChanged);
    project.commit("pch");
    const Change change = project.changes();
    EXPECT_NE(project.reason(change, "gelu").find("other.h <- changed function other"), std::string::npos)
        << project.reason(change, "gelu");
    EXPECT_NE(project.reason(change, "softmax"), "unchanged");
  }
}

TEST(DetectBuild, HeaderThatThePrecompiledHeaderIncludesConditionallyIsChecked) {
  DetectProject project("target_precompile_headers(ops PRIVATE pch.h)\n");
  project.write("pch.h", "#ifdef NEVER\n#include \"other.h\"\n#else\n#include \"used.h\"\n#endif\n");
  project.write("used.h", "inline int used() { return 1; }\n");
  project.start();
  project.write("other.h", kOtherChanged);
  project.commit("not read");
  EXPECT_EQ(project.reason(project.changes(), "gelu"), "unchanged");
  const std::string before = project.git({"rev-parse", "HEAD"});
  project.write("used.h", "inline int used() { return 2; }\n");
  project.commit("read");
  EXPECT_NE(project.reason(project.changes(false, trim(before)), "gelu"), "unchanged");
}

TEST(DetectBuild, UnityBuildKeepsTheSourcesApart) {
  DetectProject project("set_target_properties(ops PROPERTIES UNITY_BUILD ON)\n");
  project.start();
  project.write("vec.h",
                "#define VEC_WIDTH 2\n#define VEC_NAME 7\ninline float lane(float x) { return x; }\n");
  project.commit("header of softmax only");
  const Change change = project.changes();
  EXPECT_NE(project.reason(change, "softmax").find("changed macro VEC_WIDTH"), std::string::npos);
  EXPECT_EQ(project.reason(change, "gelu"), "unchanged");
}

const char* kGenerated =
    R"(add_custom_command(OUTPUT table.h COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_SOURCE_DIR}/table.in table.h
  DEPENDS table.in)
target_sources(ops PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/table.h)
target_include_directories(ops PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
)";

void write_generated(DetectProject& project) {
  project.write("table.in", "const int table = 1;\n");
  project.write("gelu.cpp",
                "#include \"table.h\"\nvoid gelu(const float*, float* y, long) { y[0] = table; }\n");
}

TEST(DetectBuild, InputOfAGeneratedHeaderCounts) {
  for (const char* generator : {"Ninja", "Unix Makefiles"}) {
    for (const bool build : {true, false}) {
      DetectProject project(kGenerated);
      write_generated(project);
      project.start(build, generator);
      project.write("table.in", "const int table = 2;\n");
      project.commit("table");
      const Change change = project.changes();
      EXPECT_EQ(project.reason(change, "gelu"),
                "gelu <- table.h <- table.in <- changed input of the command that makes it")
          << generator << build;
      EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
    }
  }
}

TEST(DetectBuild, SourceOfTheProgramThatGeneratesAHeaderCounts) {
  DetectProject project(R"(add_executable(maker maker.cpp)
add_custom_command(OUTPUT table.h COMMAND maker > table.h DEPENDS maker)
target_sources(ops PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/table.h)
target_include_directories(ops PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
)");
  write_generated(project);
  project.write("maker.cpp",
                "#include \"other.h\"\n#include <cstdio>\nint main() { printf(\"const int table = %d;\\n\", "
                "other()); }\n");
  project.start();
  project.write("other.h", kOtherChanged);
  project.commit("header of the generator");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"),
            "gelu <- table.h <- maker.cpp <- other.h <- changed function other");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

TEST(DetectBuild, UnbuiltGeneratedHeaderMakesOtherHeadersUnknown) {
  DetectProject project(kGenerated);
  write_generated(project);
  project.start(false);
  project.write("other.h", kOtherChanged);
  project.commit("could be included by table.h");
  const Change change = project.changes();
  EXPECT_TRUE(project.unknown(change, "gelu")) << project.reason(change, "gelu");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

TEST(DetectBuild, ChangedFlagsOfOneSourceAffectItsOperatorOnly) {
  DetectProject project;
  project.start();
  project.write_rules("set_source_files_properties(gelu.cpp PROPERTIES COMPILE_OPTIONS -fno-math-errno)\n");
  project.commit("flags");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"), "gelu <- CMakeLists.txt <- changed flags: added -fno-math-errno");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

TEST(DetectBuild, ChangedDefaultOfAnOptionIsSeenThroughTheCache) {
  DetectProject project(
      "option(FAST \"\" OFF)\nif(FAST)\ntarget_compile_definitions(ops PRIVATE FAST)\nendif()\n");
  project.start();
  project.write_rules(
      "option(FAST \"\" ON)\nif(FAST)\ntarget_compile_definitions(ops PRIVATE FAST)\nendif()\n");
  project.commit("on by default");
  EXPECT_EQ(project.reason(project.changes(), "gelu"),
            "gelu <- CMakeLists.txt <- changed flags: added -DFAST");
}

TEST(DetectBuild, CommentsInCMakeFilesAreHarmlessAndUnrelatedTargetsToo) {
  DetectProject project;
  project.start();
  project.write_rules("# a comment\n");
  project.commit("comment");
  const Change comment = project.changes();
  EXPECT_EQ(comment.harmless_files, std::vector<std::string>{"CMakeLists.txt"});
  EXPECT_TRUE(comment.notes.empty());
  project.write_rules("add_library(more STATIC helper.cpp)\n");
  project.commit("another target");
  const Change target = project.changes();
  EXPECT_EQ(project.reason(target, "gelu"), "unchanged");
  EXPECT_EQ(project.reason(target, "softmax"), "unchanged");
  EXPECT_FALSE(target.notes.empty());
}

TEST(DetectBuild, HeaderThatCMakeConfiguresCounts) {
  const std::string rules =
      "configure_file(config.h.in config.h)\ntarget_include_directories(ops PRIVATE "
      "${CMAKE_CURRENT_BINARY_DIR})\n";
  DetectProject project("set(LEVEL 1)\n" + rules);
  project.write("config.h.in", "#define LEVEL @LEVEL@\n");
  project.write("gelu.cpp",
                "#include \"config.h\"\nvoid gelu(const float*, float* y, long) { y[0] = LEVEL; }\n");
  project.start();
  project.write_rules("set(LEVEL 2)\n" + rules);
  project.commit("level");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"),
            "gelu <- config.h <- CMakeLists.txt <- changed what cmake writes into it");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

TEST(DetectBuild, ChangedCommandOfAGeneratedHeaderCounts) {
  DetectProject project(kGenerated);
  write_generated(project);
  project.start();
  project.write_rules(replace_all(kGenerated, "-E copy ", "-E copy_if_different "));
  project.commit("command");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"),
            "gelu <- table.h <- CMakeLists.txt <- changed command that makes it");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

TEST(DetectBuild, NewAndDeletedRegistrationsAreAffected) {
  DetectProject project;
  project.start();
  project.write_rules("", {{"softmax", {"ops", "softmax.cpp"}}});
  project.commit("gelu is no operator any more");
  const Change deleted = project.changes();
  EXPECT_EQ(project.reason(deleted, "gelu"), "gelu <- CMakeLists.txt <- deleted registration");
  EXPECT_EQ(project.reason(deleted, "softmax"), "unchanged");
  const std::string before = trim(project.git({"rev-parse", "HEAD"}));
  project.write_rules("", {{"softmax", {"ops", "softmax.cpp"}}, {"gelu", {"ops", "gelu.cpp"}}});
  project.commit("again");
  EXPECT_EQ(project.reason(project.changes(false, before), "gelu"),
            "gelu <- CMakeLists.txt <- new registration");
}

TEST(DetectBuild, MovedPinOfADownloadedDependencyIsUnknown) {
  const std::string fetch =
      "include(FetchContent)\nset(FETCHCONTENT_FULLY_DISCONNECTED ON)\n"
      "FetchContent_Declare(lib GIT_REPOSITORY nowhere GIT_TAG v1)\nFetchContent_MakeAvailable(lib)\n";
  DetectProject project(fetch);
  ASSERT_TRUE(make_dirs(project.build() + "/_deps/lib-src"));
  project.start(false);
  project.write_rules(replace_all(fetch, "v1", "v2"));
  project.commit("pin");
  const Change change = project.changes();
  EXPECT_TRUE(project.unknown(change, "gelu")) << project.reason(change, "gelu");
}

TEST(DetectBuild, OnlyPresetsThatConfigureMatter) {
  DetectProject project;
  project.write("CMakePresets.json",
                R"({"version": 3, "configurePresets": [{"name": "a"}], "buildPresets": []})");
  project.start(false);
  project.write("CMakePresets.json",
                R"({"version": 3, "configurePresets": [{"name": "a"}], "buildPresets": [{"name": "b"}]})");
  const std::string harmless = project.commit("build preset");
  EXPECT_EQ(project.reason(project.changes(), "gelu"), "unchanged");
  project.write(
      "CMakePresets.json",
      R"({"version": 3, "configurePresets": [{"name": "a", "cacheVariables": {"X": "1"}}], "buildPresets": []})");
  project.commit("configure preset");
  EXPECT_TRUE(project.unknown(project.changes(false, harmless), "gelu"));
}

TEST(DetectBuild, BaseThatCannotBeConfiguredMakesEverythingUnknown) {
  DetectProject project("message(FATAL_ERROR \"broken\")\n");
  const std::string broken = project.commit("broken");
  project.write_rules("");
  project.start();
  const Change change = project.changes(false, broken);
  EXPECT_TRUE(project.unknown(change, "gelu"));
  EXPECT_NE(project.reason(change, "gelu").find("unknown: base and head cannot both be configured"),
            std::string::npos);
}

TEST(DetectBuild, MultiConfigBuildIsReadForItsConfiguration) {
  DetectProject project(kGenerated);
  write_generated(project);
  project.start(false, "Ninja Multi-Config");
  project.write("table.in", "const int table = 2;\n");
  project.write("vec.h",
                "#define VEC_WIDTH 2\n#define VEC_NAME 7\ninline float lane(float x) { return x; }\n");
  project.commit("two");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"),
            "gelu <- table.h <- table.in <- changed input of the command that makes it");
  EXPECT_NE(project.reason(change, "softmax").find("changed macro VEC_WIDTH"), std::string::npos);
}

}  // namespace
}  // namespace ke
