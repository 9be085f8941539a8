// SPDX-License-Identifier: MIT
#include "ke-ci/propose/policy.h"

#include "ke-ci/report/report.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

using Kind = PolicyAnswer::Kind;

PolicyQuestion question() {
  PolicyQuestion question;
  question.wanted = {"softmax", "base1", "hash1", "candidate1", "session1"};
  question.branch = "ke/softmax";
  question.max_open = 2;
  return question;
}

PullRequest request(const std::string& op, const std::string& state, const Marker& marker) {
  PullRequest request;
  request.id = request.op = op;
  request.branch = "ke/" + op;
  request.state = state;
  request.body = "<!-- ke: " + marker_text(marker) + " -->\ntext";
  return request;
}

TEST(Policy, AllowsWhenNothingIsSaid) {
  const auto policy = parse_policy(std::nullopt, "x");
  ASSERT_TRUE(policy);
  EXPECT_FALSE(policy->forbidden);
  EXPECT_TRUE(policy->draft);
  EXPECT_EQ(ask_policy(question(), {}).kind, Kind::go);
}

TEST(Policy, RespectsAProjectThatForbids) {
  const auto policy = parse_policy(R"({"proposals": "forbid", "reason": "we write by hand"})", "x");
  ASSERT_TRUE(policy);
  auto asked = question();
  asked.policy = *policy;
  const auto answer = ask_policy(asked, {});
  EXPECT_EQ(answer.kind, Kind::held_back);
  EXPECT_NE(answer.reason.find("we write by hand"), std::string::npos);
}

TEST(Policy, IsNeverReadAsAPermissionWhenItIsBroken) {
  for (const char* text :
       {"{", "[]", R"({"proposals": "no"})", R"({"proposal": "forbid"})", R"({"max_open": -1})"})
    EXPECT_FALSE(parse_policy(text, "x")) << text;
}

TEST(Policy, RemembersWhatWasDeclinedUntilTheSourceChanges) {
  auto asked = question();
  Marker other_candidate = asked.wanted;
  other_candidate.candidate = "candidate0";
  const std::vector<PullRequest> declined = {request("softmax", "closed", other_candidate)};
  EXPECT_EQ(ask_policy(asked, declined).kind, Kind::held_back);
  asked.retry_declined = true;
  EXPECT_EQ(ask_policy(asked, declined).kind, Kind::go);
  asked.retry_declined = false;
  asked.wanted.source_token_hash = "hash2";
  EXPECT_EQ(ask_policy(asked, declined).kind, Kind::go);
}

TEST(Policy, LooksAtTheNewestRequestOfTheBranch) {
  const auto asked = question();
  Marker older = asked.wanted;
  older.source_token_hash = "hash0";
  EXPECT_EQ(
      ask_policy(asked, {request("softmax", "closed", older), request("softmax", "closed", asked.wanted)})
          .kind,
      Kind::go);
}

TEST(Policy, LeavesAnOpenRequestAloneThatHoldsThisAlready) {
  auto asked = question();
  EXPECT_EQ(ask_policy(asked, {request("softmax", "open", asked.wanted)}).kind, Kind::unchanged);
  Marker earlier = asked.wanted;
  asked.wanted.base = "base2";
  const auto answer = ask_policy(asked, {request("softmax", "open", earlier)});
  EXPECT_EQ(answer.kind, Kind::go);  // a new base wants a new validation
  ASSERT_TRUE(answer.existing);
}

TEST(Policy, ReplacesAnOpenRequestOnlyByWhatIsFasterBeyondDoubt) {
  auto asked = question();
  Marker earlier = asked.wanted;
  earlier.candidate = "candidate0";
  earlier.low = 2.0;
  earlier.high = 3.0;
  asked.wanted.low = 2.9;
  asked.wanted.high = 4.0;
  EXPECT_EQ(ask_policy(asked, {request("softmax", "open", earlier)}).kind, Kind::unchanged);
  asked.wanted.low = 3.1;
  EXPECT_EQ(ask_policy(asked, {request("softmax", "open", earlier)}).kind, Kind::go);
  earlier.source_token_hash = "hash0";
  asked.wanted.low = 2.9;
  EXPECT_EQ(ask_policy(asked, {request("softmax", "open", earlier)}).kind, Kind::go)
      << "it changes another source";
}

TEST(Policy, CountsOpenRequestsOfOtherOperators) {
  auto asked = question();
  const Marker marker = asked.wanted;
  const std::vector<PullRequest> two = {request("a", "open", marker), request("b", "open", marker),
                                        request("c", "merged", marker)};
  EXPECT_EQ(ask_policy(asked, two).kind, Kind::held_back);
  asked.max_open = 0;
  EXPECT_EQ(ask_policy(asked, two).kind, Kind::go);
  asked.policy.max_open = 1;  // the repository's limit counts although the command has none
  EXPECT_EQ(ask_policy(asked, two).kind, Kind::held_back);
  Marker earlier = marker;
  earlier.candidate = "candidate0";
  EXPECT_EQ(ask_policy(asked, {request("a", "open", marker), request("softmax", "open", earlier)}).kind,
            Kind::go)
      << "an update opens nothing";
}

TEST(Marker, SurvivesHostileBodies) {
  const Marker marker{"a--><b>", "b", "h", "c", "s"};
  const auto read = parse_marker("x <!-- ke: " + marker_text({"op", "b", "h", "c", "s"}) + " -->");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->op, "op");
  for (const char* body : {"", "<!-- ke: ", "<!-- ke: {} -->", "<!-- ke: [1] -->",
                           "<!-- ke: {\"operator\":1} -->", "<!-- ke: \xff -->"})
    parse_marker(body);
  EXPECT_FALSE(parse_marker("<!-- ke: {\"operator\":1} -->"));
}

}  // namespace
}  // namespace ke
