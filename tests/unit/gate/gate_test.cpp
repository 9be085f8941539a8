// SPDX-License-Identifier: MIT
#include "ke-ci/gate/gate.h"

#include "ke-ci/gate/summary.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ke {
namespace {

Speedup seen(const char* workload, double ratio, double low, double high) {
  Speedup speedup;
  speedup.workload = workload;
  speedup.ratio = ratio;
  speedup.low = low;
  speedup.high = high;
  speedup.baseline_s = 1e-3;
  speedup.candidate_s = 1e-3 / ratio;
  return speedup;
}

GateMeasurement measured(const char* op, std::vector<Speedup> first, std::vector<Speedup> confirmation = {}) {
  GateMeasurement measurement;
  measurement.op = op;
  measurement.outcome = Outcome::equal;
  measurement.first = std::move(first);
  measurement.confirmation = std::move(confirmation);
  return measurement;
}

GateVerdict only_verdict(const GateMeasurement& measurement, const GatePolicy& policy = {}) {
  const GateDecision decision = gate({measurement}, policy);
  EXPECT_EQ(decision.rows.size(), 1u);
  return decision.rows.at(0).verdict;
}

TEST(Gate, PassesWhatIsProvedNotSlower) {
  EXPECT_EQ(only_verdict(measured("a", {seen("w", 1.0, 0.98, 1.02)})), GateVerdict::unchanged);
  EXPECT_EQ(only_verdict(measured("a", {seen("w", 2.0, 1.9, 2.1)})), GateVerdict::improved);
  EXPECT_EQ(gate({measured("a", {seen("w", 1.0, 0.98, 1.02)})}, {}).exit_code, 0);
}

TEST(Gate, NeedsASecondMeasurementToCallARegression) {
  const Speedup slow = seen("w", 0.8, 0.75, 0.85);
  EXPECT_EQ(only_verdict(measured("a", {slow})), GateVerdict::inconclusive);
  EXPECT_EQ(only_verdict(measured("a", {slow}, {slow})), GateVerdict::regressed);
  EXPECT_EQ(only_verdict(measured("a", {slow}, {seen("w", 1.0, 0.98, 1.02)})), GateVerdict::unchanged);
  EXPECT_EQ(only_verdict(measured("a", {slow}, {seen("w", 0.97, 0.8, 1.2)})), GateVerdict::inconclusive);
  EXPECT_EQ(only_verdict(measured("a", {slow}, {seen("another", 0.8, 0.75, 0.85)})),
            GateVerdict::inconclusive);
  EXPECT_EQ(gate({measured("a", {slow}, {slow})}, {}).exit_code, 1);
  GateMeasurement unfit = measured("a", {slow});
  unfit.reason = "confirm: the machine is unfit";
  EXPECT_EQ(gate({unfit}, {}).rows.at(0).note,
            "looked slower, but there was no second measurement: confirm: the machine is unfit");
}

TEST(Gate, AcceptsSlowdownsWithinTheMargin) {
  EXPECT_EQ(only_verdict(measured("a", {seen("w", 0.96, 0.955, 0.965)}), {0.05, OnInconclusive::neutral}),
            GateVerdict::unchanged);
  EXPECT_EQ(only_verdict(measured("a", {seen("w", 0.96, 0.955, 0.965)}, {seen("w", 0.96, 0.955, 0.965)}),
                         {0.01, OnInconclusive::neutral}),
            GateVerdict::regressed);
}

TEST(Gate, SaysInconclusiveAndLeavesTheConsequenceToThePolicy) {
  const auto wide = measured("a", {seen("w", 1.0, 0.7, 1.4)});
  EXPECT_EQ(only_verdict(wide), GateVerdict::inconclusive);
  EXPECT_EQ(gate({wide}, {0.03, OnInconclusive::neutral}).exit_code, 6);
  EXPECT_EQ(gate({wide}, {0.03, OnInconclusive::pass}).exit_code, 0);
  EXPECT_EQ(gate({wide}, {0.03, OnInconclusive::fail}).exit_code, 1);
  EXPECT_EQ(only_verdict(measured("a", {seen("w", 1.0, 0, 0)})), GateVerdict::inconclusive)
      << "no interval, no verdict";
}

TEST(Gate, CallsAHeadThatBrokeARegression) {
  GateMeasurement wrong = measured("a", {});
  wrong.outcome = Outcome::wrong;
  wrong.reason = "element 3 differs";
  const GateDecision decision = gate({wrong}, {});
  EXPECT_EQ(decision.exit_code, 1);
  EXPECT_NE(decision.rows.at(0).note.find("element 3 differs"), std::string::npos);
}

// A corrected table is no regression, and no improvement either: the two compute different things.
TEST(Gate, DoesNotCallAChangeOfResultsARegression) {
  GateMeasurement meant = measured("a", {});
  meant.outcome = Outcome::wrong;
  meant.not_comparable = true;
  meant.reason = "element 3 differs";
  const GateDecision decision = gate({meant}, {});
  EXPECT_EQ(decision.exit_code, 6);
  EXPECT_NE(decision.rows.at(0).note.find("not compared: element 3 differs"), std::string::npos);
}

TEST(Gate, DoesNotFailForWhatItCouldNotMeasure) {
  GateMeasurement failed = measured("a", {});
  failed.outcome = Outcome::noisy;
  failed.note = "the base disagrees with the reference";
  EXPECT_EQ(gate({failed}, {}).exit_code, 6);
  GateMeasurement fresh = measured("b", {});
  fresh.has_baseline = false;
  fresh.note = "new";
  EXPECT_EQ(gate({fresh}, {}).exit_code, 0);
  GateMeasurement same = measured("c", {});
  same.identical = true;
  EXPECT_EQ(gate({same}, {}).rows.at(0).note, "not measured: identical machine code");
  EXPECT_EQ(gate({same}, {}).exit_code, 0);
  EXPECT_EQ(gate({}, {}).exit_code, 0);
}

TEST(Gate, ShowsTheWorstFirstNotTheAlphabet) {
  const Speedup slow = seen("w", 0.8, 0.75, 0.85), slower = seen("w", 0.5, 0.45, 0.55);
  const GateDecision decision =
      gate({measured("a", {seen("w", 1, 0.99, 1.01)}), measured("b", {seen("w", 1, 0.5, 2)}),
            measured("c", {slow}, {slow}), measured("d", {slower}, {slower})},
           {});
  ASSERT_EQ(decision.rows.size(), 4u);
  EXPECT_EQ(decision.rows[0].op, "d");
  EXPECT_EQ(decision.rows[1].op, "c");
  EXPECT_EQ(decision.rows[2].op, "b");
  EXPECT_EQ(decision.rows[3].op, "a");
  EXPECT_EQ(decision.regressed, 2);
  EXPECT_EQ(decision.inconclusive, 1);
}

TEST(GateSummary, TellsStaleEvidenceEverywhere) {
  GateMeasurement stale = measured("softmax", {seen("w", 1, 0.99, 1.01)});
  stale.stale_evidence = true;
  const GateDecision decision = gate({stale}, {});
  EXPECT_EQ(decision.exit_code, 0);
  EXPECT_NE(gate_text(decision).find("stale        softmax"), std::string::npos);
  EXPECT_NE(gate_markdown(decision, {}).find("is stale"), std::string::npos);
  EXPECT_EQ(gate_json(decision, {}, {})["stale"][0], "softmax");
}

TEST(GateSummary, NeutralisesNamesInMarkdown) {
  const GateDecision decision = gate({measured("<img src=x> @team", {seen("a|b", 1, 0.99, 1.01)})}, {});
  const std::string text = gate_markdown(decision, {});
  EXPECT_EQ(text.find("<img"), std::string::npos);
  EXPECT_EQ(text.find("@team"), std::string::npos);
  EXPECT_EQ(text.find("a|b"), std::string::npos);
}

TEST(GateSummary, IsOneVersionedDocument) {
  const Speedup slow = seen("w", 0.8, 0.75, 0.85);
  const Json json = gate_json(gate({measured("a", {slow}, {slow})}, {}), {}, {});
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["verdict"], "regressed");
  EXPECT_EQ(json["exit_code"], 1);
  EXPECT_EQ(json["rows"][0]["operator"], "a");
  EXPECT_DOUBLE_EQ(json["rows"][0]["ratio"], 0.8);
}

}  // namespace
}  // namespace ke
