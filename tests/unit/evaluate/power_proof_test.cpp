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
  const auto state = open_judge(repository.op(), repository.baseline(), repository.options());
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
