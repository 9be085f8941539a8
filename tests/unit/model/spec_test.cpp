// SPDX-License-Identifier: MIT
#include "ke-build/model/spec.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

const std::string kSpec = R"json({
  "name": "rmsnorm", "op_type": "rmsnorm",
  "axes": { "rows": {"type": "var"}, "cols": {"type": "var"}, "taps": {"type": "const", "value": 3} },
  "inputs": { "x": {"shape": ["rows", "cols"], "dtype": "float32"}, "eps": {"shape": null, "dtype": "float32"} },
  "outputs": { "y": {"shape": ["rows", "cols"], "dtype": "float32"} },
  "ke": {
    "kernel": { "call": "ops::rmsnorm(x, y, rows, cols, eps)",
                "tunables": { "TILE": {"values": [16, 32], "default": 32} } },
    "domains": { "x": {"kind": "range", "low": -2, "high": 2} },
    "tolerance": { "kind": "derived", "reduction": "cols" },
    "workloads": [ {"name": "a", "axes": {"rows": 2, "cols": 8}, "inputs": {"eps": 1e-5}} ],
    "hidden": { "rows": [1, 9], "cols": [1, 65] },
    "contract": { "align": {"x": 64} }
  }
})json";

std::string error_of(const std::string& from, const std::string& to) {
  const auto spec = parse_spec(replace_all(kSpec, from, to), "s.json");
  return spec ? "no error" : spec.error().message;
}

TEST(Spec, ReadsEveryPart) {
  const auto op = parse_spec(kSpec, "s.json");
  ASSERT_TRUE(op) << op.error().message;
  EXPECT_EQ(op->kernel.entry, "rmsnorm");
  EXPECT_EQ(op->constants.at("taps"), 3);
  ASSERT_EQ(op->arguments.size(), 3u);
  EXPECT_TRUE(op->arguments[1].scalar);
  EXPECT_TRUE(op->arguments[2].output);
  EXPECT_EQ(op->arguments[0].align_bytes, 64);
  EXPECT_EQ(op->arguments[0].domain.kind, Domain::Kind::range);
  EXPECT_EQ(op->kernel.tunables[0].initial, "32");
  EXPECT_EQ(op->hidden.at("cols").high, 65);
  EXPECT_EQ(op->workloads[0].scalars.at("eps"), 1e-5);
}

TEST(Spec, ReadsLevelAndWorkspace) {
  EXPECT_EQ(parse_spec(kSpec, "s.json")->level, Level::hosted);
  const auto with = [](const std::string& more) {
    return parse_spec(replace_all(kSpec, "\"contract\":", more + "\"contract\":"), "s.json");
  };
  const auto pure =
      with(R"("level": "pure", "workspace": {"room": {"shape": ["cols * 2"], "dtype": "float32"}}, )");
  ASSERT_TRUE(pure) << pure.error().message;
  EXPECT_EQ(pure->level, Level::pure);
  ASSERT_EQ(pure->arguments.size(), 4u);
  EXPECT_TRUE(pure->arguments[3].workspace && !pure->arguments[3].input && !pure->arguments[3].output);
  EXPECT_NE(with(R"("level": "pur", )").error().message.find("\"pur\""), std::string::npos);
  EXPECT_NE(
      with(R"("workspace": {"x": {"shape": [4], "dtype": "int8"}}, )").error().message.find("also an input"),
      std::string::npos);
  EXPECT_NE(error_of("\"contract\": {", "\"level\": \"pure\", \"contract\": {\"threads\": 2, ")
                .find("$.ke.level: \"pure\" has no threads"),
            std::string::npos);
}

TEST(Spec, ExplainsThatTf32IsNoStorageFormat) {
  EXPECT_NE(error_of("\"dtype\": \"float32\"", "\"dtype\": \"tf32\"").find("$.ke.tolerance.products"),
            std::string::npos);
}

TEST(Spec, UnknownKeyNamesPathAndNearest) {
  EXPECT_EQ(error_of("\"workloads\"", "\"worklods\"").find("s.json: $.ke.workloads: is missing"), 0u);
  EXPECT_NE(error_of("\"tolerance\"", "\"tolerence\"").find("did you mean 'tolerance'"), std::string::npos);
}

TEST(Spec, WrongTypeNamesFoundAndExpected) {
  EXPECT_NE(error_of("\"rows\": 2", "\"rows\": \"two\"")
                .find("$.ke.workloads[0].axes.rows: found the string \"two\", expected an integer"),
            std::string::npos);
}

TEST(Spec, UnknownDtypeListsTheKnownOnes) {
  EXPECT_NE(error_of("\"dtype\": \"float32\"", "\"dtype\": \"float23\"").find("did you mean 'float32'"),
            std::string::npos);
}

TEST(Spec, IntegersHaveDefaultDomains) {
  for (const auto& [dtype, low] :
       {std::pair("int32", -100), std::pair("uint32", 0), std::pair("uint16", 0), std::pair("uint8", 0)}) {
    std::string text =
        replace_all(kSpec, "\"dtype\": \"float32\"", "\"dtype\": \"" + std::string(dtype) + "\"");
    text = replace_all(text, "\"domains\": { \"x\": {\"kind\": \"range\", \"low\": -2, \"high\": 2} },", "");
    text = replace_all(text, "\"eps\": 1e-5", "\"eps\": 1");
    const auto op = parse_spec(text, "s.json");
    ASSERT_TRUE(op) << op.error().message;
    EXPECT_EQ(op->arguments[0].domain.kind, Domain::Kind::range);
    EXPECT_EQ(op->arguments[0].domain.low, low) << dtype;
    EXPECT_EQ(op->arguments[0].domain.high, 100);
  }
}

TEST(Spec, MissingCallSaysSo) {
  EXPECT_NE(error_of("\"call\"", "\"calls\"").find("$.ke.kernel.call: is missing"), std::string::npos);
}

TEST(Spec, UnknownAxisInAShapeSuggests) {
  EXPECT_NE(error_of("[\"rows\", \"cols\"]", "[\"rows\", \"clos\"]").find("did you mean 'cols'"),
            std::string::npos);
}

// Outputs of a window are shorter than small sizes allow; what a workload has no room for is said there.
TEST(Spec, WindowsMayBeLongerThanSmallSizes) {
  const std::string output = R"("y": {"shape": ["rows", "cols"])";
  EXPECT_EQ(error_of(output, R"("y": {"shape": ["rows", "cols - 5"])"), "no error");
  EXPECT_NE(error_of(output, R"("y": {"shape": ["rows", "cols - 15"])").find("$.ke.workloads[0].axes"),
            std::string::npos);
  EXPECT_EQ(error_of(output, R"("y": {"shape": ["rows", "cols - 2 * rows"])"), "no error");
  EXPECT_NE(error_of(output, R"("y": {"shape": ["rows", "cols - 4 * colls"])").find("did you mean 'cols'"),
            std::string::npos);
}

TEST(Spec, AWorkloadHasSomethingToWrite) {
  EXPECT_NE(error_of("\"rows\": 2, ", "\"rows\": 0, ").find("$.ke.workloads[0].axes: leave nothing to write"),
            std::string::npos);
  EXPECT_EQ(error_of("\"rows\": [1, 9]", "\"rows\": [0, 9]"), "no error");
}

TEST(Spec, DomainOfAnUnknownArgumentSuggests) {
  EXPECT_NE(error_of("\"x\": {\"kind\"", "\"xx\": {\"kind\"").find("is not an argument"), std::string::npos);
}

TEST(Spec, TunableValuesCannotSmuggleFlags) {
  EXPECT_NE(error_of("[16, 32]", "[\"1 -include /etc/passwd\", 32]").find("one plain token"),
            std::string::npos);
}

TEST(Spec, ArgumentAndAxisNamesMayNotClash) {
  EXPECT_NE(error_of("\"taps\"", "\"x\"").find("also the name of an axis"), std::string::npos);
}

TEST(Spec, InPlaceArgumentsAppearOnce) {
  const auto op = parse_spec(
      replace_all(replace_all(kSpec, "\"y\": {\"shape\"", "\"x\": {\"shape\""), "(x, y,", "(x,"), "s");
  ASSERT_TRUE(op) << op.error().message;
  EXPECT_EQ(op->arguments.size(), 2u);
  EXPECT_TRUE(op->arguments[0].input && op->arguments[0].output);
}

TEST(Spec, MissingReferenceFileNamesIt) {
  EXPECT_NE(error_of("\"domains\"", "\"reference\": {\"source\": \"no.cpp\", \"call\": \"f()\"}, \"domains\"")
                .find("no.cpp does not exist"),
            std::string::npos);
}

TEST(Spec, NameInTheRulesMustMatch) {
  const Result<TempDir> folder = TempDir::make("ke-spec");
  ASSERT_TRUE(folder) << folder.error().message;
  const std::string path = join(folder->path(), "other.ke.json");
  ASSERT_TRUE(write_file(path, replace_all(kSpec, "\"name\": \"rmsnorm\"", "\"name\": \"other\"")));
  const auto read = read_spec({"rmsnorm", "ops", path, {}, "CMakeLists.txt:3"});
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("expected \"rmsnorm\", the name in ke_add_operator()"),
            std::string::npos)
      << read.error().message;
}

TEST(Spec, MissingAndEmptyFilesNameWhoAsksForThem) {
  const auto missing = read_spec({"rmsnorm", "ops", "/nonexistent.json", {}, "CMakeLists.txt:3"});
  ASSERT_FALSE(missing);
  const std::string& said = missing.error().message;
  EXPECT_NE(said.find("the spec of ke_add_operator(rmsnorm) at CMakeLists.txt:3"), std::string::npos) << said;
  EXPECT_NE(said.find("/nonexistent.json"), std::string::npos) << said;
  const Result<TempDir> folder = TempDir::make("ke-spec");
  ASSERT_TRUE(folder) << folder.error().message;
  const std::string path = join(folder->path(), "empty.ke.json");
  ASSERT_TRUE(write_file(path, "\n"));
  const auto empty = read_spec({"rmsnorm", "ops", path, {}, "CMakeLists.txt:3"});
  ASSERT_FALSE(empty);
  EXPECT_NE(empty.error().message.find(path + ": is empty"), std::string::npos) << empty.error().message;
  EXPECT_NE(empty.error().message.find("docs/spec.md"), std::string::npos);
}

}  // namespace
}  // namespace ke
