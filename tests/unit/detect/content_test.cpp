// SPDX-License-Identifier: MIT
// Which edits count.
#include "tests/unit/detect/detect_project.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

using testing::DetectProject;

TEST(Detect, NothingChangedMeansNothingAffected) {
  DetectProject project;
  project.start();
  const Change change = project.changes();
  ASSERT_EQ(change.operators.size(), 2u);
  for (const auto& op : change.operators) {
    EXPECT_FALSE(op.affected);
    EXPECT_EQ(op.reason, std::vector<std::string>{"unchanged"});
  }
  EXPECT_TRUE(change.changed_files.empty());
}

TEST(Detect, ChangedKernelNamesTheFunction) {
  DetectProject project;
  project.start();
  project.write(
      "gelu.cpp",
      "void gelu(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) y[i] = x[i] * 0.6f; }\n");
  project.commit("faster gelu");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"), "gelu <- gelu.cpp <- changed function gelu");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
  EXPECT_EQ(change.operators[0].depth, 2);
}

TEST(Detect, CommentsAreHarmless) {
  DetectProject project;
  project.start();
  project.write("gelu.cpp",
                "// the gelu\nvoid gelu(const float* x, float* y, long n) { /* slow */ for (long i = 0; i < "
                "n; ++i) y[i] = x[i] * 0.5f; }\n");
  project.commit("comments");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"), "unchanged");
  EXPECT_EQ(change.harmless_files, std::vector<std::string>{"gelu.cpp"});
}

TEST(Detect, WhiteSpaceAndLineEndsAreHarmless) {
  DetectProject project;
  project.start();
  project.write("gelu.cpp",
                "void gelu(const float* x,\r\n          float* y, long n)\r\n{\r\n  for (long i = 0; i < n; "
                "++i) \\\r\n    y[i] = x[i] * 0.5f;\r\n}\r\n");
  project.commit("formatting and CRLF");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"), "unchanged");
  EXPECT_EQ(change.harmless_files, std::vector<std::string>{"gelu.cpp"});
}

TEST(Detect, CommentInsideAStringCounts) {
  DetectProject project;
  project.write("gelu.cpp",
                "const char* gelu_name() { return \"// a\"; }\nvoid gelu(const float*, float*, long) {}\n");
  project.start();
  project.write("gelu.cpp",
                "const char* gelu_name() { return \"// b\"; }\nvoid gelu(const float*, float*, long) {}\n");
  project.commit("a string");
  EXPECT_EQ(project.reason(project.changes(), "gelu"), "gelu <- gelu.cpp <- changed function gelu_name");
}

TEST(Detect, RenameOfAnUnrelatedFileIsHarmless) {
  DetectProject project;
  project.start();
  project.git({"mv", "other.h", "another.h"});
  project.commit("rename");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"), "unchanged");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
  EXPECT_EQ(change.changed_files, (std::vector<std::string>{"another.h", "other.h"}));
}

TEST(Detect, RenameOfAnUnusedMacroInASharedHeaderIsHarmless) {
  DetectProject project;
  project.start();
  project.write("vec.h",
                "#ifndef VEC_H\n#define VEC_H\n#define VEC_WIDTH 1\n#define VEC_TITLE 7\ninline float "
                "lane(float x) { return x; }\n#endif\n");
  project.commit("rename of a macro that nobody uses");
  EXPECT_EQ(project.reason(project.changes(), "softmax"), "unchanged");
}

TEST(Detect, ChangedMacroIsNamed) {
  DetectProject project;
  project.start();
  project.write("vec.h",
                "#ifndef VEC_H\n#define VEC_H\n#define VEC_WIDTH 4\n#define VEC_NAME 7\ninline float "
                "lane(float x) { return x; }\n#endif\n");
  project.commit("wider");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "softmax"), "softmax <- vec.h <- changed macro VEC_WIDTH");
  EXPECT_EQ(project.reason(change, "gelu"), "unchanged");
}

TEST(Detect, UnusedMacroThatCouldBePastedIsAffected) {
  DetectProject project;
  project.write("softmax.cpp",
                "#include \"vec.h\"\n#define GLUE(a, b) a##b\nint softmax_name() { return GLUE(VEC_, NAME); "
                "}\nvoid softmax(const float*, float*, long) {}\n");
  project.start();
  project.write("vec.h",
                "#ifndef VEC_H\n#define VEC_H\n#define VEC_WIDTH 1\n#define VEC_NAME 8\ninline float "
                "lane(float x) { return x; }\n#endif\n");
  project.commit("a macro that only ## can reach");
  EXPECT_EQ(project.reason(project.changes(), "softmax"), "softmax <- vec.h <- changed macro VEC_NAME");
}

TEST(Detect, ChangedFunctionAndTypeInAHeaderAreNamed) {
  DetectProject project;
  project.start();
  project.write("vec.h",
                "#ifndef VEC_H\n#define VEC_H\n#define VEC_WIDTH 1\n#define VEC_NAME 7\nstruct Lane { float "
                "x; };\ninline float lane(float x) { return x + 1; }\n#endif\n");
  project.commit("lane");
  EXPECT_EQ(project.reason(project.changes(), "softmax"),
            "softmax <- vec.h <- added type Lane, changed function lane");
}

TEST(Detect, CalledFunctionInAnotherSourceOfTheTargetCounts) {
  DetectProject project;
  project.start();
  project.write("helper.cpp",
                "float fast_exp(float x) { return x * x * x; }\nfloat unrelated(float x) { return x; }\n");
  project.commit("fast_exp");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "softmax"), "softmax <- helper.cpp <- changed function fast_exp");
  EXPECT_EQ(project.reason(change, "gelu"), "unchanged");
}

TEST(Detect, CallsAreFollowedThroughSourcesAndTheirHeaders) {
  DetectProject project("target_sources(ops PRIVATE deep.cpp)\n");
  project.write("helper.cpp", "float deep(float);\nfloat fast_exp(float x) { return deep(x); }\n");
  project.write("deep.cpp", "#include \"other.h\"\nfloat deep(float x) { return x * other(); }\n");
  project.start();
  project.write("other.h", "inline int other() { return 2; }\n");
  project.commit("other");
  EXPECT_EQ(project.reason(project.changes(), "softmax"),
            "softmax <- helper.cpp <- deep.cpp <- other.h <- changed function other");
}

TEST(Detect, HeaderThatACalledSourceNamesWithAMacroCounts) {
  for (const bool build : {true, false}) {
    DetectProject project;
    project.write("lonely.h", "inline int lonely() { return 1; }\n");
    project.write(
        "helper.cpp",
        "#define OTHER \"other.h\"\n#include OTHER\nfloat fast_exp(float x) { return x * other(); }\n");
    project.start(build);
    project.write("lonely.h", "inline int lonely() { return 2; }\n");
    project.commit("a header that nobody reads");
    EXPECT_EQ(project.unknown(project.changes(), "softmax"), !build);
    EXPECT_EQ(project.reason(project.changes(), "gelu"), "unchanged");
    project.write("other.h", "inline int other() { return 2; }\n");
    project.commit("other");
    const std::string reason = project.reason(project.changes(), "softmax");
    EXPECT_EQ(reason,
              build ? "softmax <- helper.cpp <- other.h <- changed function other"
                    : "softmax <- helper.cpp <- unknown: it reads files that its text does not name, and "
                      "no build recorded them");
  }
}

TEST(Detect, SpecChangeNamesTheMemberAndSpecCommentsAreHarmless) {
  DetectProject project;
  project.start();
  project.write("gelu.ke.json", replace_all(project.spec("gelu"), "// spec", "// the spec"));
  project.write("softmax.ke.json", replace_all(project.spec("softmax"), "\"n\": 100", "\"n\": 200"));
  project.commit("specs");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"), "unchanged");
  EXPECT_EQ(project.reason(change, "softmax"), "softmax <- softmax.ke.json <- changed $.ke.workloads");
}

TEST(Detect, ReferenceSourceAndItsHeadersCount) {
  DetectProject project;
  project.write("gelu.ke.json", replace_all(project.spec("gelu"), "\"ke\": {",
                                            "\"ke\": {\"reference\": {\"source\": \"reference.cpp\", "
                                            "\"call\": \"gelu_reference(x, y, n)\"}, "));
  project.write("reference.cpp",
                "#include \"other.h\"\nvoid gelu_reference(const double*, double*, long) {}\n");
  project.start();
  project.write("other.h", "inline int other() { return 3; }\n");
  project.commit("other");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"), "gelu <- reference.cpp <- other.h <- changed function other");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
}

TEST(Detect, LockEntryCountsForItsOperatorOnly) {
  DetectProject project;
  project.write(
      "ke.lock.json",
      R"({"operators": {"gelu": {"source": "gelu.cpp", "flags": ["-O2"]}, "softmax": {"source": "softmax.cpp"}}})");
  project.start();
  project.write(
      "ke.lock.json",
      R"({"operators": {"gelu": {"source": "gelu.cpp", "flags": ["-O3"]}, "softmax": {"source": "softmax.cpp"}}})");
  project.commit("lock");
  const Change change = project.changes();
  EXPECT_EQ(project.reason(change, "gelu"), "gelu <- ke.lock.json <- changed entry operators.gelu");
  EXPECT_EQ(project.reason(change, "softmax"), "unchanged");
  project.write("ke.lock.json", "{ not json");
  project.commit("broken lock");
  EXPECT_TRUE(project.unknown(project.changes(), "softmax"));
}

TEST(Detect, WorkTreeCountsUncommittedAndUntrackedFiles) {
  DetectProject project;
  project.start();
  project.write("vec.h",
                "#include \"fresh.h\"\n#define VEC_WIDTH 1\n#define VEC_NAME 7\ninline float lane(float x) { "
                "return x; }\n");
  project.write("fresh.h", "inline int fresh() { return 1; }\n");
  const Change change = project.changes(true);
  EXPECT_EQ(change.head, "worktree");
  EXPECT_EQ(change.changed_files, (std::vector<std::string>{"fresh.h", "vec.h"}));
  EXPECT_NE(project.reason(change, "softmax"), "unchanged");
  EXPECT_EQ(project.reason(change, "gelu"), "unchanged");
  EXPECT_EQ(project.reason(project.changes(), "softmax"), "unchanged");
}

}  // namespace
}  // namespace ke
