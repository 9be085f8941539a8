// SPDX-License-Identifier: MIT
#include "ke-build/project/project.h"
#include "tests/unit/project/sample_project.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ke {
namespace {

using testing::SampleProject;

bool holds(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// softmax lives in `target`, whose CMake code is `rules`.
void write_project(SampleProject& sample, const std::string& rules) {
  sample.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(P LANGUAGES C CXX)\n" +
                                     rules +
                                     SampleProject::registering({{"softmax", {"ops", "softmax.cpp"}}}));
  sample.write("softmax.ke.json", SampleProject::spec("softmax"));
  sample.write("softmax.cpp", "int helper();\nint softmax() { return helper(); }\n");
  sample.write("helper.cpp", "int deep();\nint helper() { return deep(); }\n");
  sample.write("deep.cpp", "int deep() { return 42; }\n");
  sample.write("main.cpp", "int softmax();\nint main() { return softmax() != 42; }\n");
}

/// Compiles the kernel's source with a main() of our own as the evaluation does, links and runs it.
void expect_links(const SampleProject& sample, const Recipe& recipe) {
  const std::string adapter = sample.build() + "/adapter.cpp", program = sample.build() + "/adapter";
  ASSERT_TRUE(write_file(
      adapter, "#include \"" + recipe.source + "\"\nint main() { return softmax() == 42 ? 0 : 1; }\n"));
  Command command{.argv = {recipe.compiler}, .directory = recipe.directory};
  command.argv.insert(command.argv.end(), recipe.flags.begin(), recipe.flags.end());
  for (const auto& define : recipe.defines) command.argv.push_back("-D" + define);
  command.argv.insert(command.argv.end(), recipe.includes.begin(), recipe.includes.end());
  command.argv.insert(command.argv.end(), {adapter, "-o", program});
  command.argv.insert(command.argv.end(), recipe.link.begin(), recipe.link.end());
  const auto linked = run_or_fail(command);
  ASSERT_TRUE(linked) << shell_line(command.argv) << "\n" << linked.error().message;
  EXPECT_TRUE(run_or_fail({.argv = {program}}));
}

Result<Recipe> recipe_of(SampleProject& sample, const std::string& configuration = "") {
  KE_TRY(const auto project, open_project(sample.build(), configuration));
  KE_TRY(const auto registration, find_registration(project, "softmax"));
  KE_DO(build_target(project, registration.target, 60));
  return recipe_for(project, registration);
}

TEST(Recipe, HoldsFlagsDefinesAndIncludesAsTheRepositoryCompiles) {
  SampleProject sample;
  write_project(sample, R"(set(CMAKE_CXX_STANDARD 17)
add_library(ops STATIC softmax.cpp helper.cpp deep.cpp)
target_include_directories(ops PRIVATE inc)
target_include_directories(ops SYSTEM PRIVATE sysinc)
target_compile_definitions(ops PRIVATE "TEXT=\"a b\"" N=1)
set_source_files_properties(softmax.cpp PROPERTIES COMPILE_OPTIONS "-O2;-funroll-loops")
)");
  sample.configure();
  const auto recipe = recipe_of(sample);
  ASSERT_TRUE(recipe) << recipe.error().message;
  EXPECT_EQ(recipe->compiler_id, "GNU");
  EXPECT_TRUE(exists(recipe->compiler));
  EXPECT_EQ(recipe->language, "CXX");
  EXPECT_EQ(recipe->configuration, "Release");
  EXPECT_EQ(recipe->source, sample.path("softmax.cpp"));
  for (const char* flag : {"-O3", "-DNDEBUG", "-std=gnu++17", "-O2", "-funroll-loops"})
    EXPECT_TRUE(holds(recipe->flags, flag)) << flag;
  EXPECT_TRUE(holds(recipe->defines, "TEXT=\"a b\""));
  EXPECT_TRUE(holds(recipe->includes, "-I" + sample.path("inc")));
  const auto system = std::find(recipe->includes.begin(), recipe->includes.end(), "-isystem");
  ASSERT_NE(system, recipe->includes.end());
  EXPECT_EQ(*(system + 1), sample.path("sysinc"));
  EXPECT_EQ(recipe->link, std::vector<std::string>{sample.build() + "/libops.a"});
  expect_links(sample, *recipe);
}

TEST(Recipe, StaticLibraryBringsItsLibrariesFromALinkLineThatHoldsIt) {
  SampleProject sample;
  write_project(sample, R"(find_package(Threads REQUIRED)
add_library(deep SHARED deep.cpp)
add_library(base STATIC helper.cpp)
target_link_libraries(base PUBLIC deep m)
add_library(ops STATIC softmax.cpp)
target_link_libraries(ops PUBLIC base)
add_executable(app main.cpp)
target_link_libraries(app PRIVATE ops)
)");
  sample.configure();
  const auto recipe = recipe_of(sample);
  ASSERT_TRUE(recipe) << recipe.error().message;
  EXPECT_TRUE(holds(recipe->link, sample.build() + "/libbase.a"));
  EXPECT_TRUE(holds(recipe->link, "-lm"));
  expect_links(sample, *recipe);
}

TEST(Recipe, StaticLibraryWithoutAConsumerStillLinksItsDependencies) {
  SampleProject sample;
  write_project(sample, R"(add_library(deep SHARED deep.cpp)
add_library(base STATIC helper.cpp)
target_link_libraries(base PUBLIC deep)
add_library(ops STATIC softmax.cpp)
target_link_libraries(ops PUBLIC base)
)");
  sample.configure();
  const auto recipe = recipe_of(sample);
  ASSERT_TRUE(recipe) << recipe.error().message;
  expect_links(sample, *recipe);
}

TEST(Recipe, ExecutableBringsItsOtherObjectsButNotTheOneWithMain) {
  SampleProject sample;
  write_project(sample,
                "add_library(deep STATIC deep.cpp)\nadd_executable(ops softmax.cpp helper.cpp main.cpp)\n"
                "target_link_libraries(ops PRIVATE deep)\n");
  for (const char* generator : {"Ninja", "Unix Makefiles"}) {
    ASSERT_TRUE(remove_tree(sample.build()));
    sample.configure({}, generator);
    const auto recipe = recipe_of(sample);
    ASSERT_TRUE(recipe) << recipe.error().message;
    ASSERT_EQ(recipe->link.size(), 2u) << join_texts(recipe->link, " ");
    EXPECT_TRUE(ends_with(recipe->link[0], "/helper.cpp.o"));
    expect_links(sample, *recipe);
  }
}

TEST(Recipe, SharedLibraryReachesHiddenFunctionsOfItsOtherObjects) {
  SampleProject sample;
  write_project(sample,
                "set(CMAKE_CXX_VISIBILITY_PRESET hidden)\nadd_library(objects OBJECT deep.cpp)\n"
                "set_target_properties(objects PROPERTIES POSITION_INDEPENDENT_CODE ON)\n"
                "add_library(ops SHARED softmax.cpp sub/../helper.cpp $<TARGET_OBJECTS:objects>)\n");
  sample.configure();
  const auto recipe = recipe_of(sample);
  ASSERT_TRUE(recipe) << recipe.error().message;
  expect_links(sample, *recipe);
}

TEST(Recipe, SourceInAUnityFileHasTheFlagsOfThatFile) {
  SampleProject sample;
  write_project(sample,
                "add_library(ops STATIC softmax.cpp helper.cpp deep.cpp)\n"
                "set_target_properties(ops PROPERTIES UNITY_BUILD ON)\ntarget_compile_options(ops PRIVATE "
                "-fno-math-errno)\n");
  sample.configure();
  const auto recipe = recipe_of(sample);
  ASSERT_TRUE(recipe) << recipe.error().message;
  EXPECT_TRUE(holds(recipe->flags, "-fno-math-errno"));
  EXPECT_EQ(recipe->source, sample.path("softmax.cpp"));
}

TEST(Recipe, MultiConfigUsesTheChosenConfiguration) {
  SampleProject sample;
  write_project(sample, "add_executable(ops softmax.cpp helper.cpp deep.cpp main.cpp)\n");
  sample.configure({}, "Ninja Multi-Config");
  const auto standard = recipe_of(sample);
  ASSERT_TRUE(standard) << standard.error().message;
  EXPECT_EQ(standard->configuration, "Release");
  expect_links(sample, *standard);
  const auto debug = recipe_of(sample, "Debug");
  ASSERT_TRUE(debug) << debug.error().message;
  EXPECT_TRUE(holds(debug->flags, "-g"));
  EXPECT_NE(debug->link[0].find("/Debug/"), std::string::npos);
  const auto unknown = recipe_of(sample, "Relase");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("did you mean 'Release'"), std::string::npos)
      << unknown.error().message;
}

TEST(Recipe, PrecompiledHeaderStaysAForcedInclude) {
  SampleProject sample;
  write_project(sample,
                "add_library(ops STATIC softmax.cpp helper.cpp deep.cpp)\ntarget_precompile_headers(ops "
                "PRIVATE <vector>)\n");
  sample.configure();
  const auto recipe = recipe_of(sample);
  ASSERT_TRUE(recipe) << recipe.error().message;
  EXPECT_TRUE(holds(recipe->flags, "-include"));
  EXPECT_FALSE(holds(recipe->flags, "-Winvalid-pch"));
  expect_links(sample, *recipe);
}

TEST(Recipe, SourceOutsideTheTargetIsNamedWithItsNearestOne) {
  SampleProject sample;
  write_project(sample, "add_library(ops STATIC softmax.cpp helper.cpp deep.cpp)\n");
  sample.configure();
  const auto project = open_project(sample.build());
  ASSERT_TRUE(project);
  Registration registration = project->registrations[0];
  registration.sources = {sample.path("sofmax.cpp")};
  const auto recipe = recipe_for(*project, registration);
  ASSERT_FALSE(recipe);
  EXPECT_NE(recipe.error().message.find("did you mean '" + sample.path("softmax.cpp")), std::string::npos)
      << recipe.error().message;
  registration.target = "opps";
  const auto target = recipe_for(*project, registration);
  ASSERT_FALSE(target);
  EXPECT_NE(target.error().message.find("did you mean 'ops'"), std::string::npos) << target.error().message;
}

}  // namespace
}  // namespace ke
