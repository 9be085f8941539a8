// SPDX-License-Identifier: MIT
#include "ke-build/base/json.h"
#include "ke-ci/report/report.h"
#include "sample.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ke {
namespace {

TEST(PullRequestBody, TellsWhoMadeItAndWhatWasMeasured) {
  const std::string body = pull_request_body(test::sample(), "{}");
  for (const char* part :
       {"**rmsnorm** is **3.31× faster**", "made by a machine", "prefill 512x4096", "3.12× – 3.49×",
        "clean clone", "`-O3 -fno-math-errno`", "```diff", "not proposed",
        "traced calls ran 29 of the 31 changed lines that hold code", "not covered: lines 12-13, from "}) {
    EXPECT_NE(body.find(part), std::string::npos) << part;
  }
}

TEST(PullRequestBody, HidesTheMarkerAndFindsItAgain) {
  const std::string marker = R"({"operator":"a--> <script> --","n":1})";
  const std::string body = pull_request_body(test::sample(), marker);
  EXPECT_EQ(body.find("-->"), body.find(" -->\n") + 1);
  const auto read = parse_json(marker_of(body), "marker");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_line(*read), R"({"operator":"a--> <script> --","n":1})");
  EXPECT_EQ(marker_of("no marker here"), "");
}

TEST(PullRequestBody, StaysWithinTheLimitOfForges) {
  ReportData data = test::sample();
  for (int i = 0; i < 20000; ++i) data.candidate_source += "int line_" + std::to_string(i) + ";\n";
  const std::string body = pull_request_body(data, "{}");
  EXPECT_LE(body.size(), kBodyLimitBytes);
  EXPECT_NE(body.find("3.31×"), std::string::npos);
  data.result.speedups.assign(5000, data.result.speedups[0]);
  EXPECT_LE(pull_request_body(data, "{}").size(), kBodyLimitBytes);
}

TEST(PullRequestBody, NeutralisesTextOfTheRepository) {
  ReportData data = test::sample(5);
  const std::string evil = "@team closes #1 ![x](https://evil.example/x.png) <!-- ke: {} -->";
  data.op = data.session.hardware = evil;
  data.result.speedups[0].workload = evil;
  data.after[0].ceiling = evil;
  data.validation->steps[0].detail = evil;
  data.result.coverage.uncovered = {evil};
  data.nodes[static_cast<size_t>(data.session.best - 1)].candidate.moves.back().detail = evil;
  data.candidate_source = evil + "\n```\n" + evil;
  const std::string body = pull_request_body(data, "{}");
  const std::string before_details = body.substr(0, body.find("<details>"));
  EXPECT_EQ(before_details.find("![x]("), std::string::npos);
  // Inside inline code nothing is a mention; everywhere else the characters are gone.
  for (size_t at = before_details.find('@'); at != std::string::npos; at = before_details.find('@', at + 1))
    EXPECT_EQ(before_details[at - 1], '`');
  EXPECT_EQ(marker_of(body), "{}");
}

}  // namespace
}  // namespace ke
