// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-ci/report/drawings.h"
#include "ke-ci/report/report.h"
#include "sample.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>

namespace ke {
namespace {

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// For eyes: KE_REPORT_SAMPLES=<folder> keeps the pages.
void keep(const std::string& name, const std::string& page) {
  const char* folder = std::getenv("KE_REPORT_SAMPLES");
  if (folder) {
    ASSERT_TRUE(write_file(join(folder, name), page));
  }
}

TEST(HtmlReport, AsksForNothingFromOutside) {
  const std::string page = html_report(test::sample());
  keep("report.html", page);
  for (const char* part : {"src=", "<link", "<script", "url(", "@import", "http://", "https://"})
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(page.find("prefers-color-scheme: dark"), std::string::npos);
  EXPECT_NE(page.find("width=device-width"), std::string::npos);
}

TEST(HtmlReport, ShowsTheFiguresThatCount) {
  const std::string page = html_report(test::sample());
  for (const char* part : {"3.31×", "3.12× – 3.49×", "prefill 512x4096", "Intel Xeon",
                           "validated in a clean clone", "bubblewrap", "absent: landlock", "x86-64-v4",
                           "not proposed", "TILE=32", "sixteen lanes", "ninja -C build/ke/evaluations"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
}

TEST(HtmlReport, EscapesWhatComesFromTheRepository) {
  ReportData data = test::sample(5);
  const std::string evil = "</pre><script>alert(1)</script>";
  data.op = data.description = data.source_path = data.skill_text = data.session.hardware =
      data.session.flags = evil;
  data.candidate_source = evil + "\n" + data.candidate_source;
  data.flags = {evil};
  data.tunables = {{evil, evil}};
  data.nodes[1].candidate.moves.back() = {evil, evil, evil};
  data.nodes[1].evaluation.reason = evil;
  data.result.speedups[0].workload = data.after[0].workload = evil;
  data.after[0].evidence = data.after[0].advice = {evil};
  data.after[0].ceiling = evil;
  data.result.sandbox = data.result.coverage.uncovered = {evil};
  data.validation->steps[0].detail = evil;
  data.reproduce = {evil};
  EXPECT_EQ(html_report(data).find("<script"), std::string::npos);
}

TEST(HtmlReport, IsCompleteWithoutAWinnerAndWithoutAnything) {
  ReportData data;
  data.op = "softmax";
  const std::string page = html_report(data);
  EXPECT_NE(page.find("no winner"), std::string::npos);
  EXPECT_EQ(page.find("{{"), std::string::npos);
  EXPECT_EQ(page.find("nan"), std::string::npos);
}

TEST(HtmlReport, DrawsBandwidthWhenNoFlopsAreKnown) {
  const std::string page = html_report(test::sample(20, false));
  keep("bandwidth.html", page);
  EXPECT_NE(page.find("Bytes per second against the measured ceiling"), std::string::npos);
  EXPECT_EQ(page.find("arithmetic intensity"), std::string::npos);
}

TEST(HtmlReport, FoldsLargeTreesButKeepsTheWinnersPath) {
  const ReportData data = test::sample(1500);
  const std::string page = html_report(data);
  keep("large.html", page);
  EXPECT_NE(page.find("slower or failed nodes that are not drawn"), std::string::npos);
  const std::string tree = tree_svg(data, kWide);
  EXPECT_LE(count_of(tree, "<circle"), 110u);
  EXPECT_EQ(count_of(tree, "class=\"ring\""), 1u);
  EXPECT_EQ(count_of(tree, "edge-win"), winner_path(data).size() - 1);
}

TEST(HtmlReport, BoldLabelsOfTheTreeEndBeforeTheBars) {
  ReportData data = test::sample(20);
  for (Node& node : data.nodes) {
    if (!node.candidate.moves.empty()) node.candidate.moves.back().detail = std::string(300, 'x');
  }
  const std::string tree = tree_svg(data, kWide);
  const std::regex label("x=\"([0-9.]+)\"[^>]*class=\"label strong\"[^>]*>([^<]*)<");
  size_t found = 0;
  for (std::sregex_iterator it(tree.begin(), tree.end(), label), end; it != end; ++it, ++found) {
    const double right =
        std::stod((*it)[1]) + 7.5 * static_cast<double>((*it)[2].str().size() - 2);  // "..." is 3 bytes
    EXPECT_LE(right, kWide - 260) << (*it)[2];
  }
  EXPECT_GE(found, winner_path(data).size() - 1);
}

TEST(HtmlReport, EndsOnTreesWithCyclesAndForeignParents) {
  ReportData data = test::sample(4);
  data.nodes[1].parent = 3;
  data.nodes[2].parent = 2;
  data.nodes[3].parent = 99;
  data.session.best = 3;
  EXPECT_FALSE(html_report(data).empty());
}

TEST(HtmlIndex, LeadsToEveryReport) {
  IndexData index;
  index.repository = "example";
  index.base = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
  index.head = "worktree";
  index.hardware = "Intel Xeon, 2 cores";
  index.compiler = "GNU 12.2.0";
  index.geomean_speedup = 2.9;
  index.seconds = 130;
  index.ledger = {60, 30, 20, 2};
  index.rows = {
      {"rmsnorm", "proposed", "", "rmsnorm.html", "ke/rmsnorm", "s1", 3.3, 3.1, 3.5, 0.9, Bound::memory, 58},
      {"softmax", "proposed", "", "softmax.html", "ke/softmax", "s2", 2.5, 2.2, 2.8, 0.6, Bound::compute, 40},
      {"gemv", "no winner", "nothing faster was found", "gemv.html", "", "s3", 0, 0, 0, 0, Bound::memory,
       31}};
  const std::string page = html_index(index);
  keep("index.html", page);
  EXPECT_NE(page.find("2 of 3 changed operators got faster"), std::string::npos);
  for (const char* part :
       {"href=\"rmsnorm.html\"", "href=\"gemv.html\"", "ke/softmax", "nothing faster was found"})
    EXPECT_NE(page.find(part), std::string::npos) << part;
}

}  // namespace
}  // namespace ke
