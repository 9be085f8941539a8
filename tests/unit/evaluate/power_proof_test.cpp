// SPDX-License-Identifier: MIT
// Large workloads: the power of the test is shown on smaller ones of their kind.
#include "ke-build/evaluate/power_proof.h"

#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "tests/unit/evaluate/ladder_fixture.h"

namespace ke {
namespace {

const std::string kDerived = "\"kind\": \"derived\", \"reduction\": \"cols\"";
const std::string kAnything = "\"kind\": \"absolute\", \"atol\": 1e6";

struct Asked {
  std::string powerless, notes;
};

Asked asked_of(const std::string& spec) {
  const SmallRepository repository(spec, rmsnorm_source(kPlainBody));
  EvaluateOptions options = repository.options();
  options.pool_s = 0;  // the proof takes the first sets
  options.pool_bytes = 0;
  const auto state = open_judge(repository.op(), repository.baseline(), options);
  EXPECT_TRUE(state) << (state ? "" : state.error().message);
  return state ? Asked{(*state)->powerless, join_texts((*state)->notes, "; ")} : Asked();
}

/// 2000 rows of 700 elements take 28 MB.
const std::string kLarge = replace_all(kRmsnormSpec, "\"rows\": 48", "\"rows\": 2000");

TEST(PowerProof, OfALargeWorkloadIsMadeOnASmallerOneWithTheSameSums) {
  const Asked asked = asked_of(kLarge);
  EXPECT_EQ(asked.powerless, "");
  EXPECT_NE(asked.notes.find("power on workload small was tried on smaller ones, at cols=700 rows=1000"),
            std::string::npos)
      << asked.notes;
}

TEST(PowerProof, ALargeWorkloadWithoutPowerIsFoundToo) {
  const Asked asked = asked_of(replace_all(kLarge, kDerived, kAnything));
  EXPECT_EQ(asked.powerless.rfind("workload small at cols=700 rows=1000: ", 0), 0u) << asked.powerless;
  EXPECT_NE(asked.powerless.find("zeros"), std::string::npos) << asked.powerless;
}

// Neither operations that are counted nor sizes of zero may shorten a sum or keep it from ending.
TEST(PowerProof, KeepsSumsAndEndsWhateverTheContractSays) {
  const auto shape = [](const std::string& axes, const std::string& hidden, const std::string& more,
                        const std::string& workload) {
    const std::string spec = R"json({"name": "sums", "op_type": "sums", "axes": )json" + axes + R"json(,
      "inputs": {"a": {"shape": ["rows", "cols"], "dtype": "float32"}, "x": {"shape": ["cols"], "dtype": "float32"}},
      "outputs": {"y": {"shape": ["rows"], "dtype": "float32"}},
      "ke": {"kernel": {"call": "sums(a, x, y, rows, cols)"}, "tolerance": {"reduction": "cols"})json" +
                             more + R"json(, "workloads": [{"name": "w", "axes": )json" + workload +
                             R"json(}], "hidden": )json" + hidden + "}}";
    const auto op = parse_spec(spec, "sums.ke.json");
    EXPECT_TRUE(op) << (op ? "" : op.error().message);
    return smaller_axes(*op, op->workloads.at(0).axes);
  };
  const std::string free = R"json({"rows": {"type": "var"}, "cols": {"type": "var"}})json";
  const auto flops =
      shape(free, R"json({"rows": [1, 9], "cols": [1, 9]})json",
            R"json(, "cost": {"flops": "2*rows*cols*1000"})json", R"json({"rows": 8192, "cols": 16384})json");
  ASSERT_TRUE(flops);
  EXPECT_EQ(flops->at("cols"), 16384);
  EXPECT_EQ(flops->at("rows"), 128);
  const auto zero = shape(free, R"json({"rows": [0, 67], "cols": [0, 67]})json", "",
                          R"json({"rows": 4, "cols": 8000000})json");
  ASSERT_TRUE(zero);
  EXPECT_GE(zero->at("rows"), 1);
  EXPECT_GE(zero->at("cols"), 1000000);
  const auto fixed = shape(free, R"json({"rows": [1, 9], "cols": [9000000, 9000000]})json", "",
                           R"json({"rows": 1, "cols": 9000000})json");
  EXPECT_FALSE(fixed) << "no other size is legal";
}

// 6 millions of 7: in a smaller shape that place does not exist, and a kernel that is called with it crashes.
TEST(PowerProof, ScalarsThatNameAPlaceFollowTheSmallerShape) {
  const std::string spec = R"json({"name": "shift", "op_type": "shift", "axes": {"n": {"type": "var"}},
    "inputs": {"x": {"shape": ["n"], "dtype": "float32"}, "from": {"shape": null, "dtype": "int64"}},
    "outputs": {"y": {"shape": ["n"], "dtype": "float32"}},
    "ke": {"kernel": {"call": "shift(x, from, y, n)"}, "domains": {"from": {"kind": "index", "axis": "n"}},
           "workloads": [{"name": "w", "axes": {"n": 7000000}, "inputs": {"from": 6000000}}], "hidden": {"n": [1, 90]}}})json";
  const SmallRepository repository(spec,
                                   "#include <cstdint>\n#include <cstdlib>\nvoid shift(const float* x, "
                                   "std::int64_t from, float* y, std::int64_t n) {\n"
                                   "  if (from < 0 || from >= n) std::abort();\n"
                                   "  for (std::int64_t i = 0; i < n; ++i) y[i] = x[(i + from) % n];\n}\n");
  EvaluateOptions options = repository.options();
  options.pool_s = 0;
  options.pool_bytes = 0;
  const auto state = open_judge(repository.op(), repository.baseline(), options);
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ((*state)->powerless, "");
  EXPECT_NE(join_texts((*state)->notes, "; ").find("was tried on smaller ones, at n="), std::string::npos);
}

TEST(PowerProof, OfTheOnlySizeThatThereIsIsMadeOnIt) {
  const std::string fixed =
      "{\"rows\": {\"type\": \"const\", \"value\": 2000}, \"cols\": {\"type\": \"const\", \"value\": 700}}";
  std::string spec =
      replace_all(kRmsnormSpec, "{\"rows\": {\"type\": \"var\"}, \"cols\": {\"type\": \"var\"}}", fixed);
  spec = replace_all(spec, "\"axes\": {\"rows\": 48, \"cols\": 700}", "\"axes\": {}");
  spec = replace_all(spec, ",\n    \"hidden\": {\"rows\": [1, 9], \"cols\": [1, 130]}", "");
  EXPECT_EQ(asked_of(spec).powerless, "");
  const Asked idle = asked_of(replace_all(spec, kDerived, kAnything));
  EXPECT_EQ(idle.powerless.rfind("workload small: ", 0), 0u) << idle.powerless;
}

}  // namespace
}  // namespace ke
