// SPDX-License-Identifier: MIT
#include "ke-build/project/file_api.h"

#include "ke-build/base/files.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ke {
namespace {

/// A build folder with hand-written replies.
class Replies {
 public:
  Replies() : temp_(*TempDir::make("ke-replies")) {}
  const std::string& build() const { return temp_.path(); }
  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(write_file(build() + "/.cmake/api/v1/reply/" + name, text));
  }
  void write_index(const std::string& name, const std::string& codemodel) {
    write(
        name,
        R"({"cmake": {"generator": {"multiConfig": false, "name": "Ninja"}, "version": {"string": "3.25.1"}},
      "reply": {"client-ke": {"query.json": {"responses": [{"kind": "codemodel", "jsonFile": ")" +
            codemodel + R"("}]}}}})");
  }
  void write_model(const std::string& name, const std::string& configuration) {
    write(name, R"({"paths": {"source": "/src", "build": "/build"}, "configurations": [{"name": ")" +
                    configuration +
                    R"(", "targets": [{"name": "ops", "id": "ops::1", "jsonFile": "target-ops.json"}]}]})");
    write("target-ops.json", "{}");
  }

 private:
  TempDir temp_;
};

TEST(FileApi, ReadsTheIndexWithTheLargestName) {
  Replies replies;
  replies.write_index("index-2026-01-01T00-00-00-0000.json", "codemodel-old.json");
  replies.write_index("index-2026-01-02T00-00-00-0000.json", "codemodel-new.json");
  replies.write("error-2027.json", "{}");
  replies.write_model("codemodel-old.json", "Old");
  replies.write_model("codemodel-new.json", "New");
  const auto model = read_code_model(replies.build());
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->configurations[0].name, "New");
  EXPECT_EQ(model->source_dir, "/src");
}

TEST(FileApi, ReplyThatPromisesMoreThanThereIsIsNotFound) {
  Replies replies;
  replies.write_index("index-1.json", "codemodel-1.json");
  replies.write_model("codemodel-1.json", "Release");
  ASSERT_TRUE(read_code_model(replies.build()));
  ASSERT_TRUE(remove_tree(replies.build() + "/.cmake/api/v1/reply/target-ops.json"));
  const auto model = read_code_model(replies.build());
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::not_found);
}

TEST(FileApi, VanishedReplyIsNotFoundAfterSomeAttempts) {
  Replies replies;
  replies.write_index("index-1.json", "codemodel-gone.json");
  const auto model = read_code_model(replies.build());
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::not_found);
}

TEST(FileApi, IndexWithoutOurAnswerIsNotFound) {
  Replies replies;
  replies.write("index-1.json",
                R"({"cmake": {"generator": {"name": "Ninja"}}, "reply": {"client-other": {}}})");
  const auto model = read_code_model(replies.build());
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::not_found);
}

TEST(FileApi, JsonFileOutsideOfTheReplyFolderIsRefused) {
  for (const char* file : {"../../../../secret.json", "/etc/passwd", ".hidden"}) {
    Replies replies;
    replies.write_index("index-1.json", file);
    const auto model = read_code_model(replies.build());
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::usage) << model.error().message;
  }
}

TEST(FileApi, RepliesOfOtherShapesAreErrorsNotCrashes) {
  for (
      const char* text :
      {"[]", "{}", "17", "{\"cmake\": []}", "{\"cmake\": {\"generator\": 3}}", "not json",
       R"({"cmake": {"generator": {"name": 7}}, "reply": {"client-ke": {"query.json": {"responses": [1, {"kind": []}]}}}})"}) {
    Replies replies;
    replies.write("index-1.json", text);
    EXPECT_FALSE(read_code_model(replies.build())) << text;
  }
}

TEST(FileApi, TargetWithForeignIndicesKeepsItsSources) {
  const auto reply = parse_json(R"({"name": "ops", "type": "EXECUTABLE", "sources": [
      {"path": "a.cpp", "compileGroupIndex": 0}, {"path": "/b.cpp", "compileGroupIndex": 99}, {"path": "c.cpp", "compileGroupIndex": -1},
      {"path": "d.cpp", "compileGroupIndex": "0"}, 5], "compileGroups": [{"language": "CXX", "includes": [{"path": "/i", "isSystem": true}]}],
      "futureMember": {"x": 1}})",
                                "test");
  ASSERT_TRUE(reply);
  const auto target = parse_target(*reply, "test", "/src", "/build");
  ASSERT_TRUE(target);
  ASSERT_EQ(target->sources.size(), 5u);
  EXPECT_EQ(target->sources[0].path, "/src/a.cpp");
  EXPECT_EQ(target->sources[0].group, 0);
  for (size_t i = 1; i < 5; ++i) EXPECT_EQ(target->sources[i].group, -1);
  EXPECT_TRUE(target->groups[0].includes[0].system);
}

}  // namespace
}  // namespace ke
