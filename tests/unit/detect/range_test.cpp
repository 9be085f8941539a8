// SPDX-License-Identifier: MIT
// Revisions, repositories and the cache.
#include "tests/unit/detect/detect_project.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

using testing::DetectProject;
using testing::SampleProject;

std::string error_of(const DetectProject& project, const std::string& base,
                     const std::string& head = "HEAD") {
  const auto opened = open_project(project.build());
  if (!opened) return opened.error().message;
  const auto change = detect(*opened, {base, head, ""});
  return change ? "" : change.error().message;
}

TEST(DetectRange, ComparesWithTheMergeBase) {
  DetectProject project;
  project.start();
  project.git({"checkout", "-q", "-b", "topic"});
  project.write("vec.h", "#define VEC_WIDTH 2\n#define VEC_NAME 7\n");
  project.commit("topic");
  project.git({"checkout", "-q", "main"});
  project.write("gelu.cpp", "void gelu(const float*, float*, long) {}\n");
  project.commit("main moved on");
  project.git({"checkout", "-q", "topic"});
  const Change change = project.changes(false, "main");
  EXPECT_EQ(change.base, project.base());
  EXPECT_EQ(project.reason(change, "gelu"), "unchanged");
  EXPECT_NE(project.reason(change, "softmax"), "unchanged");
}

TEST(DetectRange, UnknownRevisionIsAClearError) {
  DetectProject project;
  project.start(false);
  EXPECT_NE(error_of(project, "no-such-branch").find("unknown revision 'no-such-branch'"), std::string::npos);
}

TEST(DetectRange, ShallowCloneWithoutTheBaseSaysWhatToDo) {
  DetectProject project;
  project.start(false);
  project.write("other.h", "\n");
  project.commit("second");
  const std::string clone = project.build() + "-clone";
  ASSERT_TRUE(
      run_or_fail({.argv = {"git", "clone", "-q", "--depth", "1", "file://" + project.root(), clone}}));
  const auto opened = open_project(project.build());
  ASSERT_TRUE(opened);
  Project shallow = *opened;
  shallow.source_dir = shallow.repository = clone;
  const auto change = detect(shallow, {project.base(), "HEAD", ""});
  ASSERT_FALSE(change);
  EXPECT_EQ(change.error().code, ErrorCode::usage);
  EXPECT_NE(change.error().message.find("git fetch --unshallow"), std::string::npos)
      << change.error().message;
}

TEST(DetectRange, FolderWithoutGitIsAClearError) {
  DetectProject project;
  project.start(false);
  project.remove(".git");
  EXPECT_NE(error_of(project, "HEAD~1").find("not in a git repository"), std::string::npos);
}

TEST(DetectRange, RevisionOtherThanTheWorkTreeIsAnalysedFromGit) {
  DetectProject project;
  project.start();
  project.write("vec.h", "#define VEC_WIDTH 2\n#define VEC_NAME 7\n");
  const std::string head = project.commit("vec");
  project.git({"checkout", "-q", project.base()});
  const auto opened = open_project(project.build());
  ASSERT_TRUE(opened);
  const auto change = detect(*opened, {project.base(), head, ""});
  ASSERT_TRUE(change);
  EXPECT_NE(project.reason(*change, "softmax"), "unchanged");
  EXPECT_EQ(project.reason(*change, "gelu"), "unchanged");
}

TEST(DetectRange, CacheChangesNoAnswerAndADamagedOneIsIgnored) {
  DetectProject project;
  project.start();
  project.write("helper.cpp", "float fast_exp(float x) { return x + x; }\n");
  project.commit("helper");
  const std::string cache = project.build() + "/ke/detect.cache";
  const std::string without = project.reason(project.changes(), "softmax");
  EXPECT_EQ(project.reason(project.changes(false, "", cache), "softmax"), without);
  ASSERT_TRUE(exists(cache));
  EXPECT_EQ(project.reason(project.changes(false, "", cache), "softmax"), without);
  auto content = read_file(cache);
  ASSERT_TRUE(content);
  (*content)[content->size() / 2] ^= 1;
  ASSERT_TRUE(write_file(cache, *content));
  EXPECT_EQ(project.reason(project.changes(false, "", cache), "softmax"), without);
  ASSERT_TRUE(write_file(cache, content->substr(0, content->size() / 3)));
  EXPECT_EQ(project.reason(project.changes(false, "", cache), "softmax"), without);
}

TEST(DetectRange, BrokenSpecIsUnknownNotAnError) {
  DetectProject project;
  project.start(false);
  project.write("other.h", "\n");
  project.write("gelu.ke.json", "{ broken");
  project.commit("broken spec");
  const std::string base = trim(project.git({"rev-parse", "HEAD"}));
  project.write("other.h", "inline int x;\n");
  project.commit("anything");
  const Change change = project.changes(false, base);
  EXPECT_TRUE(project.unknown(change, "gelu"));
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

TEST(DetectRange, ChangedSubmoduleCountsForFilesInside) {
  SampleProject library;
  library.write("lib.h", "#define LIB 1\n");
  library.commit("one");
  DetectProject project("target_include_directories(ops PRIVATE third_party/lib)\n");
  project.write("gelu.cpp", "#include <lib.h>\nvoid gelu(const float*, float*, long) {}\n");
  project.git(
      {"-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.root(), "third_party/lib"});
  project.start(false);
  library.write("lib.h", "#define LIB 2\n");
  library.commit("two");
  ASSERT_TRUE(run_or_fail({.argv = {"git", "-C", project.path("third_party/lib"), "pull", "-q"}}));
  project.commit("update");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"),
            "gelu <- third_party/lib/lib.h <- changed submodule third_party/lib");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

}  // namespace
}  // namespace ke
