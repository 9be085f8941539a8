// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/subject_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ke {
namespace {

TEST(SubjectJson, ReadsWhatItWrote) {
  SubjectFile file;
  file.registration = {"op", "ops", "/r/op.ke.json", {"/r/op.cpp"}, "CMakeLists.txt:3"};
  file.spec_text = "{}";
  file.state_dir = "/b/ke";
  file.subject.recipe.compiler = "/usr/bin/g++";
  file.subject.recipe.source = "/r/op.cpp";
  file.subject.recipe.flags = {"-O2", "-DX=\"a b\""};
  file.subject.candidate.flags = {"-O3"};
  file.subject.candidate.tunables = {{"TILE", "32"}};
  file.baseline = file.subject;
  auto read = subject_from(subject_json(file), "subject.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_text(subject_json(*read)), to_text(subject_json(file)));
}

TEST(SubjectJson, NamesWhatIsMissing) {
  Json json = subject_json({});
  json.erase("baseline");
  auto read = subject_from(json, "subject.json");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("baseline"), std::string::npos) << read.error().message;
}

}  // namespace
}  // namespace ke
