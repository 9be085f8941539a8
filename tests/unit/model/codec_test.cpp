// SPDX-License-Identifier: MIT
#include "ke-build/model/codec.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ke {
namespace {

TEST(Codec, EvaluationsSurviveARoundTrip) {
  Evaluation evaluation;
  evaluation.candidate = "abc";
  evaluation.outcome = Outcome::faster;
  evaluation.speedups = {{"w", 2, 1.9, 2.1, 0.99, 1e-3, 5e-4, 40, 10, Outcome::faster, 1}};
  evaluation.diagnoses.resize(1);
  evaluation.diagnoses[0].bound = Bound::memory;
  evaluation.diagnoses[0].advice = {"stop"};
  evaluation.level_asked = "pure";
  evaluation.level = "none";
  evaluation.left_out = {"inputs: no time"};
  evaluation.coverage = {9, 7, {"line 3: \"x\""}};
  evaluation.ledger.timed_s = 3;
  const auto back = evaluation_from(to_json(evaluation), "x");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(to_text(to_json(*back)), to_text(to_json(evaluation)));
}

TEST(Codec, RecipesAndCandidatesSurviveARoundTrip) {
  Recipe recipe{"/usr/bin/c++", "GNU",    "12.2", "CXX",   {"-O3"},  {"N=1"},
                {"-I/x"},       "/s.cpp", "/b",   {"l.a"}, "Release"};
  EXPECT_EQ(to_text(to_json(*recipe_from(to_json(recipe), "x"))), to_text(to_json(recipe)));
  Candidate candidate{"int f();", {"-O2"}, {{"T", "4"}}, {{"flags", "O2", ""}}};
  EXPECT_EQ(to_text(to_json(*candidate_from(to_json(candidate), "x"))), to_text(to_json(candidate)));
}

TEST(Codec, WrongTypesAreErrorsAndUnknownOutcomesToo) {
  EXPECT_FALSE(evaluation_from(*parse_json(R"({"speedup": "fast"})", "x"), "x"));
  EXPECT_FALSE(evaluation_from(*parse_json(R"({"outcome": "great"})", "x"), "x"));
  EXPECT_FALSE(evaluation_from(*parse_json(R"({"coverage": {"lines": "all"}})", "x"), "x"));
  EXPECT_FALSE(evaluation_from(*parse_json("[]", "x"), "x"));
}

TEST(Codec, CandidateHashIgnoresHowItWasFound) {
  Candidate a{"x", {"-O2"}, {}, {{"flags", "O2", ""}}}, b{"x", {"-O2"}, {}, {}};
  EXPECT_EQ(candidate_hash(a), candidate_hash(b));
  b.flags = {"-O3"};
  EXPECT_NE(candidate_hash(a), candidate_hash(b));
}

}  // namespace
}  // namespace ke
