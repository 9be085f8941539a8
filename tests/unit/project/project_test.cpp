// SPDX-License-Identifier: MIT
#include "ke-build/project/project.h"

#include "ke-build/project/cmake_cache.h"
#include "ke-build/project/registrations.h"
#include "tests/unit/project/sample_project.h"

#include <gtest/gtest.h>

#include <future>

namespace ke {
namespace {

using testing::SampleProject;

std::string rules(const std::string& more = "") {
  return "cmake_minimum_required(VERSION 3.20)\nproject(P LANGUAGES CXX)\nadd_library(ops STATIC "
         "softmax.cpp)\n" +
         more + SampleProject::registering({{"softmax", {"ops", "softmax.cpp"}}});
}

void write_softmax_project(SampleProject& sample, const std::string& more = "") {
  sample.write("softmax.cpp", "int softmax() { return 1; }\n");
  sample.write("CMakeLists.txt", rules(more));
}

TEST(Project, FirstOpenConfiguresOnceBecauseNoReplyIsThere) {
  SampleProject sample;
  write_softmax_project(sample);
  sample.configure();
  ASSERT_TRUE(remove_tree(sample.build() + "/.cmake"));
  const auto project = open_project(sample.build());
  ASSERT_TRUE(project) << project.error().message;
  EXPECT_EQ(project->source_dir, sample.root());
  EXPECT_EQ(project->repository, sample.root());
  EXPECT_EQ(project->generator, "Ninja");
  EXPECT_EQ(project->configuration, "Release");
  ASSERT_EQ(project->registrations.size(), 1u);
  EXPECT_EQ(project->registrations[0].sources[0], sample.path("softmax.cpp"));
}

TEST(Project, ChangedCMakeFileIsConfiguredAgainBeforeItIsRead) {
  SampleProject sample;
  write_softmax_project(sample);
  sample.configure();
  ASSERT_TRUE(open_project(sample.build()));
  sample.write("gelu.cpp", "int gelu() { return 1; }\n");
  sample.write("CMakeLists.txt", replace_all(rules(), "softmax.cpp)", "softmax.cpp gelu.cpp)"));
  ASSERT_TRUE(run_or_fail({.argv = {"touch", "-d", "+2 seconds", sample.path("CMakeLists.txt")}}));
  const auto project = open_project(sample.build());
  ASSERT_TRUE(project);
  Registration registration = project->registrations[0];
  registration.sources = {sample.path("gelu.cpp")};
  EXPECT_TRUE(recipe_for(*project, registration));
}

TEST(Project, ReplyThatLacksATargetIsWrittenAgain) {
  SampleProject sample;
  write_softmax_project(sample);
  sample.configure();
  const auto before = read_code_model(sample.build());
  ASSERT_TRUE(before) << before.error().message;
  const std::string lost = before->reply_dir + "/" + before->configurations[0].targets[0].json_file;
  ASSERT_TRUE(remove_tree(lost));
  const auto project = open_project(sample.build());
  ASSERT_TRUE(project) << project.error().message;
  EXPECT_TRUE(recipe_for(*project, project->registrations[0]));
}

// Several commands may start at once in a folder whose reply is missing: each must find a whole one.
TEST(Project, OpenedByManyProcessesAtOnceIsConfiguredByOne) {
  SampleProject sample;
  write_softmax_project(sample);
  sample.configure();
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(remove_tree(sample.build() + "/.cmake"));
    std::vector<std::future<std::string>> opened;
    for (int i = 0; i < 6; ++i) {
      opened.push_back(std::async(std::launch::async, [&] {
        const auto project = open_project(sample.build());
        if (!project) return project.error().message;
        const auto recipe = recipe_for(*project, project->registrations[0]);
        return recipe ? std::string() : recipe.error().message;
      }));
    }
    for (auto& result : opened) EXPECT_EQ(result.get(), "");
  }
}

TEST(Project, FolderThatIsNotConfiguredSaysHowTo) {
  const auto temp = TempDir::make("ke-empty");
  ASSERT_TRUE(temp);
  const auto project = open_project(temp->path());
  ASSERT_FALSE(project);
  EXPECT_EQ(project.error().code, ErrorCode::not_found);
  EXPECT_NE(project.error().message.find("cmake -S"), std::string::npos);
}

TEST(Project, WithoutOperatorsSaysHowToDeclareOne) {
  SampleProject sample;
  sample.write("softmax.cpp", "int softmax() { return 1; }\n");
  sample.write(
      "CMakeLists.txt",
      "cmake_minimum_required(VERSION 3.20)\nproject(P LANGUAGES CXX)\nadd_library(ops softmax.cpp)\n");
  sample.configure();
  const auto project = open_project(sample.build());
  ASSERT_FALSE(project);
  EXPECT_EQ(project.error().code, ErrorCode::usage);
  EXPECT_NE(project.error().message.find("ke_add_operator"), std::string::npos);
}

TEST(Project, UnknownOperatorGetsASuggestion) {
  SampleProject sample;
  write_softmax_project(sample);
  sample.configure();
  const auto project = open_project(sample.build());
  ASSERT_TRUE(project);
  const auto registration = find_registration(*project, "sofmax");
  ASSERT_FALSE(registration);
  EXPECT_NE(registration.error().message.find("did you mean 'softmax'"), std::string::npos);
}

TEST(Project, FailedBuildShowsTheCompilersMessage) {
  SampleProject sample;
  write_softmax_project(sample);
  sample.configure();
  const auto project = open_project(sample.build());
  ASSERT_TRUE(project);
  sample.write("softmax.cpp", "int softmax() { return undeclared_thing; }\n");
  const auto built = build_target(*project, "ops", 60);
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, ErrorCode::tool);
  EXPECT_NE(built.error().message.find("undeclared_thing"), std::string::npos);
}

TEST(Project, ConfigureLikeRepeatsWhatPeopleSetAndNothingElse) {
  SampleProject sample;
  write_softmax_project(
      sample,
      "option(FAST \"Fast\" OFF)\noption(SAFE \"Safe\" ON)\nset(HERE \"${CMAKE_BINARY_DIR}/x\" "
      "CACHE PATH \"\")\n");
  sample.configure({"-DFAST=ON", "-DUNDECLARED=7", "-DCMAKE_CXX_FLAGS=-fno-math-errno"});
  const auto project = open_project(sample.build());
  ASSERT_TRUE(project);
  const std::string other = sample.build() + "-other";
  const auto done = configure_like(*project, sample.root(), other, 120);
  ASSERT_TRUE(done) << done.error().message;
  const auto cache = read_cmake_cache(other);
  ASSERT_TRUE(cache);
  EXPECT_EQ(value_of(*cache, "FAST"), "ON");
  EXPECT_EQ(value_of(*cache, "SAFE"), "ON");
  EXPECT_EQ(value_of(*cache, "UNDECLARED"), "7");
  EXPECT_EQ(value_of(*cache, "CMAKE_CXX_FLAGS"), "-fno-math-errno");
  EXPECT_EQ(value_of(*cache, "CMAKE_BUILD_TYPE"), "Release");
  EXPECT_EQ(value_of(*cache, "CMAKE_GENERATOR"), "Ninja");
  EXPECT_EQ(value_of(*cache, "HERE"), other + "/x");
  EXPECT_TRUE(open_project(other));
}

TEST(Registrations, ErrorsNameTheJsonPath) {
  const std::string good = R"({"name": "a", "target": "t", "spec": "/s.json", "sources": ["/a.cpp"]})";
  const auto wrap = [](const std::string& items) {
    return R"({"version": 1, "operators": [)" + items + "]}";
  };
  EXPECT_TRUE(parse_registrations(wrap(good), "o.json"));
  const std::vector<std::pair<std::string, std::string>> bad = {
      {wrap(good + "," + good), "$.operators[1].name"},
      {wrap(replace_all(good, "[\"/a.cpp\"]", "[]")), "$.operators[0].sources"},
      {wrap(replace_all(good, "/a.cpp", "a.cpp")), "$.operators[0].sources"},
      {wrap(replace_all(good, "/s.json", "s.json")), "$.operators[0].spec"},
      {wrap("5"), "$.operators[0]"},
      {R"({"version": 2, "operators": []})", "$.version"},
      {R"({"version": 1, "operators": {}})", "$.operators"},
      {"[]", "$"}};
  for (const auto& [text, path] : bad) {
    const auto parsed = parse_registrations(text, "o.json");
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().message.find(path), std::string::npos) << parsed.error().message;
  }
}

TEST(CmakeCache, KnowsWhatCameFromTheCommandLine) {
  const auto cache = parse_cmake_cache(
      "# comment\n//A path\nA:PATH=/x=y\n\n//No help, variable specified on the command "
      "line.\nB:UNINITIALIZED=1\n\"quoted:name\":BOOL=ON\nnonsense\n");
  ASSERT_EQ(cache.size(), 3u);
  EXPECT_EQ(value_of(cache, "A"), "/x=y");
  EXPECT_FALSE(cache.at("A").from_command_line);
  EXPECT_TRUE(cache.at("B").from_command_line);
  EXPECT_EQ(value_of(cache, "quoted:name"), "ON");
}

}  // namespace
}  // namespace ke
