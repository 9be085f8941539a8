// SPDX-License-Identifier: MIT
// Answers from what earlier runs kept are the answers of a first run, whatever happened in between.
#include "ke-build/detect/footprints.h"

#include "ke-build/base/random.h"
#include "ke-build/detect/binary.h"
#include "tests/unit/detect/detect_project.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

using testing::DetectProject;

class Kept {
 public:
  explicit Kept(DetectProject& project) : project_(project), path_(project.build() + "/ke/test.cache") {}
  Change changes(const std::string& base, bool worktree = false) {
    return project_.changes(worktree, base, path_);
  }
  bool exists() const { return ke::exists(path_ + ".footprints"); }
  std::string reason(const std::string& base, const std::string& op) {
    return DetectProject::reason(changes(base), op);
  }

 private:
  DetectProject& project_;
  std::string path_;
};

TEST(Footprints, AreKeptAndStillSeeWhatChangesLater) {
  DetectProject project;
  project.start();
  Kept kept(project);
  project.write("other.h", "inline int other() { return 2; }\n");
  project.commit("nobody reads it");
  EXPECT_EQ(kept.reason(project.base(), "softmax"), "unchanged");
  EXPECT_TRUE(kept.exists());
  const std::string second = trim(project.git({"rev-parse", "HEAD"}));
  project.write("helper.cpp", "#include \"other.h\"\nfloat fast_exp(float x) { return x * other(); }\n");
  const std::string third = project.commit("now helper.cpp reads it");
  EXPECT_EQ(kept.reason(second, "softmax"), "softmax <- helper.cpp <- changed function fast_exp");
  project.write("other.h", "inline int other() { return 3; }\n");
  project.commit("and it changes again");
  EXPECT_EQ(kept.reason(third, "softmax"), "softmax <- helper.cpp <- other.h <- changed function other");
  EXPECT_EQ(kept.reason(third, "gelu"), "unchanged");
}

TEST(Footprints, NewDefinitionInASourceThatWasNotCalledCounts) {
  DetectProject project("target_sources(ops PRIVATE extra.cpp)\n");
  project.write("softmax.cpp",
                "float fast_exp(float);\nfloat plain(float);\nvoid softmax(const float* x, float* y, "
                "long n) { for (long i = 0; i < n; ++i) y[i] = fast_exp(plain(x[i])); }\n");
  project.write("extra.cpp", "int something() { return 1; }\n");
  project.start();
  Kept kept(project);
  project.write("extra.cpp", "int something() { return 2; }\n");
  const std::string second = project.commit("not called");
  EXPECT_EQ(kept.reason(project.base(), "softmax"), "unchanged");
  project.write("extra.cpp", "int something() { return 2; }\nfloat plain(float x) { return x; }\n");
  project.commit("called from now on");
  EXPECT_EQ(kept.reason(second, "softmax"), "softmax <- extra.cpp <- added function plain");
}

TEST(Footprints, HeaderThatAppearsBeforeAnotherCounts) {
  DetectProject project("target_include_directories(ops PRIVATE first second)\n");
  project.write("second/deep.h", "inline int deep() { return 1; }\n");
  project.write("first/keep.h", "\n");
  project.write("helper.cpp", "#include <deep.h>\nfloat fast_exp(float x) { return x * deep(); }\n");
  project.start();
  Kept kept(project);
  project.write("other.h", "inline int other() { return 2; }\n");
  const std::string second = project.commit("nobody reads it");
  EXPECT_EQ(kept.reason(project.base(), "softmax"), "unchanged");
  project.write("first/deep.h", "inline int deep() { return 2; }\n");
  project.commit("shadows");
  EXPECT_EQ(kept.reason(second, "softmax"), "softmax <- helper.cpp <- first/deep.h <- new file");
}

TEST(Footprints, FileThatCmakeWritesIsReadAgain) {
  DetectProject project(
      "configure_file(config.h.in ${CMAKE_CURRENT_BINARY_DIR}/config.h)\n"
      "target_include_directories(ops PRIVATE ${CMAKE_CURRENT_BINARY_DIR} ${CMAKE_CURRENT_SOURCE_DIR})\n");
  project.write("config.h.in", "#define CONFIG 1\n");
  project.write("helper.cpp", "#include \"config.h\"\nfloat fast_exp(float x) { return x * CONFIG; }\n");
  project.start();
  Kept kept(project);
  project.write("other.h", "inline int other() { return 2; }\n");
  const std::string second = project.commit("nobody reads it");
  EXPECT_EQ(kept.reason(project.base(), "softmax"), "unchanged");
  project.write("other.h", "inline int other() { return 3; }\n");
  project.commit("again");
  ASSERT_TRUE(write_file(project.build() + "/config.h", "#include \"other.h\"\n#define CONFIG 1\n"));
  EXPECT_NE(kept.reason(second, "softmax"), "unchanged");
}

TEST(Footprints, AgreeWithAFirstRunAlongARandomHistory) {
  DetectProject project(
      "target_sources(ops PRIVATE a.cpp b.cpp)\ntarget_include_directories(ops PRIVATE sub)\n");
  const std::vector<std::string> headers{"vec.h", "other.h", "sub/deep.h"};
  const std::vector<std::string> sources{"softmax.cpp", "gelu.cpp", "helper.cpp", "a.cpp", "b.cpp"};
  Random random(20261122);
  const auto pick = [&](const std::vector<std::string>& from) { return from[random.below(from.size())]; };
  const auto text = [&](const std::string& file, int version) {
    std::string body = "// " + std::to_string(random.below(1000)) + "\n";
    for (const std::string& header : headers) {
      if (header != file && random.below(3) == 0)
        body += "#include \"" + header.substr(header.rfind('/') + 1) + "\"\n";
    }
    const std::string name = file.substr(file.rfind('/') + 1, file.rfind('.') - file.rfind('/') - 1);
    for (const std::string& callee : sources) {
      if (random.below(4) == 0) body += "float call_" + callee.substr(0, callee.find('.')) + "(float);\n";
    }
    const std::string kind = random.below(2) ? "call_" : "fast_";
    return body + (ends_with(file, ".h") ? "inline " : "") + "float " + kind + name +
           "(float x) { return x * " + std::to_string(version) + "; }\n";
  };
  for (const auto* list : {&headers, &sources}) {
    for (const std::string& file : *list) project.write(file, text(file, 0));
  }
  project.start(false);
  Kept kept(project);
  std::vector<std::string> commits{project.base()};
  int affected = 0, unaffected = 0;
  for (int step = 1; step <= 40; ++step) {
    const std::string file = random.below(2) ? pick(headers) : pick(sources);
    project.write(file, text(file, static_cast<int>(random.below(3))));
    const bool worktree = random.below(4) == 0;
    if (!worktree) commits.push_back(project.commit("step"));
    const std::string& base = commits[commits.size() - 1 - random.below(std::min<size_t>(3, commits.size()))];
    const Change fresh = project.changes(worktree, base);
    const Change quick = kept.changes(base, worktree);
    for (const char* op : {"softmax", "gelu"}) {
      const std::string expected = DetectProject::reason(fresh, op);
      EXPECT_EQ(DetectProject::reason(quick, op), expected) << "step " << step << ", " << file;
      (expected == "unchanged" ? unaffected : affected) += 1;
    }
  }
  EXPECT_GT(affected, 10);
  EXPECT_GT(unaffected, 10);
}

TEST(Footprints, EveryDamagedByteIsNoticed) {
  BinaryWriter out;
  for (const char* text : {"configuration", "commit"}) out.text(text);
  out.texts({"a.cpp", "b.cpp"});
  out.number(1);
  out.text("softmax");
  out.numbers({0, 1});
  out.numbers({});
  out.numbers({});
  const std::string good = sealed("ke detect footprints 1\n", out.take());
  ASSERT_TRUE(Footprints::parse(good));
  EXPECT_EQ(Footprints::parse(good)->serialize(), good);
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] ^= 0x20;
    EXPECT_FALSE(Footprints::parse(bad)) << i;
    EXPECT_FALSE(Footprints::parse(good.substr(0, i))) << i;
  }
}

TEST(Footprints, IdsOutsideOfTheListAreRefused) {
  BinaryWriter out;
  for (const char* text : {"configuration", "commit"}) out.text(text);
  out.texts({"a.cpp"});
  out.number(1);
  out.text("softmax");
  out.numbers({7});
  out.numbers({});
  out.numbers({});
  EXPECT_FALSE(Footprints::parse(sealed("ke detect footprints 1\n", out.take())));
}

}  // namespace
}  // namespace ke
