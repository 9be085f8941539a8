// SPDX-License-Identifier: MIT
#include "ke-build/base/json.h"
#include "ke-build/base/text.h"
#include "ke-ci/report/diff.h"
#include "ke-ci/report/report.h"
#include "ke-ci/report/sections.h"
#include "ke-ci/report/templates.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ke {
namespace {

constexpr const char* kMarkerOpen = "<!-- ke: ";
constexpr const char* kMarkerClose = " -->";

/// JSON in which nothing can end the comment that hides it.
std::string hidden(const std::string& marker) {
  std::string out;
  for (const char c : marker) {
    if (c == '<' || c == '>')
      out += fmt::format("\\u{:04x}", static_cast<int>(c));
    else if (c == '-' && !out.empty() && out.back() == '-')
      out += "\\u002d";
    else
      out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string workload_rows(const ReportData& data) {
  std::string out;
  for (const Speedup& row : data.result.speedups) {
    std::string ceiling = "–";
    for (const Diagnosis& after : data.after) {
      if (after.workload == row.workload && after.efficiency > 0)
        ceiling = format_percent(after.efficiency) + " (" + name_of(after.bound) + ")";
    }
    out += fmt::format("| {} | {} | {} | **{}** | {} – {} | {} |\n", escape_markdown(row.workload),
                       format_seconds(row.baseline_s), format_seconds(row.candidate_s),
                       format_ratio(row.ratio), format_ratio(row.low), format_ratio(row.high), ceiling);
  }
  return out;
}

std::string change_text(const ReportData& data) {
  std::string out;
  for (const std::string& move : winner_moves(data)) out += "- " + escape_markdown(move) + "\n";
  out += fmt::format("- file: {}; evidence in `ke.lock.json`", markdown_code(data.source_path));
  if (!data.skill_text.empty() && data.skill)
    out += fmt::format("; skill in {}", markdown_code(".ke/skills/" + data.skill->name + "/SKILL.md"));
  out += "\n";
  if (!data.flags.empty())
    out +=
        "- flags for this file, applied by `ke_add_operator`: " + markdown_code(join_texts(data.flags, " ")) +
        "\n";
  for (const auto& [name, value] : data.tunables)
    out += "- macro for this file: " + markdown_code(name + "=" + value) + "\n";
  return out;
}

std::string why_text(const ReportData& data) {
  std::string out;
  for (const Diagnosis& after : data.after) {
    out += fmt::format("- {}: {}, {} of {}; {}", escape_markdown(after.workload),
                       escape_markdown(bound_text(after)), format_percent(after.efficiency),
                       escape_markdown(after.ceiling), left_text(after));
    for (const Diagnosis& before : data.before) {
      if (before.workload == after.workload && before.efficiency > 0)
        out += fmt::format(" (was {} at {})", escape_markdown(bound_text(before)),
                           format_percent(before.efficiency));
    }
    out += "\n";
  }
  return out.empty() ? "No diagnosis was recorded.\n" : out;
}

std::string validation_text(const ReportData& data) {
  if (!data.validation) return "Not validated in a clean clone.\n";
  std::string out;
  for (const ValidationStep& step : data.validation->steps) {
    out += fmt::format("- {} {}: {}\n", step.passed ? "✅" : "❌", escape_markdown(step.name),
                       escape_markdown(step.detail));
  }
  for (const VariantResult& variant : data.validation->variants) {
    out += fmt::format("- variant {}: {}\n", markdown_code(variant.isa),
                       variant.runs_here ? fmt::format("{}, {}", name_of(variant.evaluation.outcome),
                                                       format_ratio(variant.evaluation.speedup))
                                         : "not proposed; " + escape_markdown(variant.detail));
  }
  std::string layers;
  for (const std::string& layer : data.result.sandbox)
    layers += (layers.empty() ? "" : ", ") + escape_markdown(layer);
  if (!layers.empty())
    out += fmt::format("- level {}; sandbox: {}\n", escape_markdown(level_text(data.result)), layers);
  for (const std::string& one : data.result.left_out) out += "- left out: " + escape_markdown(one) + "\n";
  if (const std::string text = coverage_text(data.result.coverage); !text.empty()) out += "- " + text + "\n";
  for (const std::string& place : data.result.coverage.uncovered)
    out += "  - not covered: " + escape_markdown(place) + "\n";
  return out;
}

std::string details_text(const ReportData& data, size_t room) {
  const auto block = [](const std::string& title, const std::string& content) {
    return fmt::format("\n<details><summary>{}</summary>\n\n{}\n</details>\n", title, content);
  };
  std::string out =
      "<details><summary>What was tried</summary>\n\n| move | tried | best | outcomes "
      "|\n|---|---:|---:|---|\n";
  for (const TriedRow& row : tried_rows(data)) {
    std::string outcomes;
    for (const auto& [name, count] : row.outcomes)
      outcomes += (outcomes.empty() ? "" : ", ") + fmt::format("{} {}", count, escape_markdown(name));
    out += fmt::format("| {} | {} | {} | {} |\n", escape_markdown(row.move), row.count,
                       format_ratio(row.best), outcomes);
  }
  out += "\n</details>\n";
  const std::string skill =
      data.skill_text.empty() ? "" : block("Skill", markdown_fence(data.skill_text, "markdown"));
  const std::string diff = block(
      "Diff",
      markdown_fence(unified_diff(data.baseline_source, data.candidate_source, data.source_path), "diff"));
  for (const std::string& part : {skill, diff}) {
    if (out.size() + part.size() <= room) out += part;
  }
  return out.size() <= room ? out : "";
}

}  // namespace

std::string pull_request_body(const ReportData& data, const std::string& marker) {
  const Evaluation& result = data.result;
  const double confidence = result.speedups.empty() ? 0.99 : result.speedups.front().confidence;
  std::map<std::string, std::string> values = {
      {"marker", hidden(marker)},
      {"op", escape_markdown(data.op)},
      {"ratio", format_ratio(result.speedup)},
      {"low", format_ratio(result.low)},
      {"high", format_ratio(result.high)},
      {"hardware", escape_markdown(data.session.hardware.empty() ? "this machine" : data.session.hardware)},
      {"disclosure",
       fmt::format("> This change was made by a machine (KernelEvolve {}, session {}). No human has reviewed "
                   "it yet: please do.",
                   escape_markdown(data.session.engine_version), markdown_code(data.session.id))},
      {"workloads", workload_rows(data)},
      {"confidence", format_percent(confidence)},
      {"source_of_figures",
       data.validation
           ? ", measured on the build of a clean clone of this repository with this change applied"
           : ""},
      {"change", change_text(data)},
      {"why", why_text(data)},
      {"validation", validation_text(data)},
      {"reproduce",
       data.reproduce.empty() ? "See the report.\n" : markdown_fence(join_texts(data.reproduce, "\n"), "sh")},
      {"details", ""}};
  const std::string body = render(kPullRequestBody, values);
  if (body.size() + 100 < kBodyLimitBytes) {
    values["details"] = details_text(data, kBodyLimitBytes - body.size() - 100);
    return render(kPullRequestBody, values);
  }
  // Only hostile or enormous specs get here: the figures stay, the lists go.
  for (const char* part : {"why", "validation", "reproduce", "change", "workloads"}) {
    values[part] = "Too long for this page; see the report.\n";
    std::string shorter = render(kPullRequestBody, values);
    if (shorter.size() <= kBodyLimitBytes) return shorter;
  }
  return fmt::format("{}{}{}\nSee the report.\n", kMarkerOpen, hidden(marker), kMarkerClose);
}

std::string marker_of(const std::string& body) {
  const size_t open = body.find(kMarkerOpen);
  if (open == std::string::npos) return "";
  const size_t from = open + std::string_view(kMarkerOpen).size(), close = body.find(kMarkerClose, from);
  if (close == std::string::npos) return "";
  return body.substr(from, close - from);
}

}  // namespace ke
