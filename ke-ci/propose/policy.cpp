// SPDX-License-Identifier: MIT
#include "ke-ci/propose/policy.h"

#include "ke-build/base/json.h"
#include "ke-build/base/text.h"
#include "ke-ci/report/report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ke {

Result<Policy> parse_policy(const std::optional<std::string>& text, const std::string& origin) {
  Policy policy;
  if (!text) return policy;
  KE_TRY(const auto json, parse_json(*text, origin));
  ObjectReader reader(json, origin, "$");
  KE_TRY(const auto proposals, reader.text_or("proposals", "allow"));
  if (proposals != "allow" && proposals != "forbid") {
    return reader.error_at("proposals",
                           fmt::format("found \"{}\", expected \"allow\" or \"forbid\"", proposals));
  }
  policy.forbidden = proposals == "forbid";
  KE_TRY(policy.draft, reader.boolean_or("draft", true));
  KE_TRY(policy.reason, reader.text_or("reason", ""));
  if (reader.has("max_open")) {
    KE_TRY(const auto limit, reader.integer("max_open"));
    if (limit < 0 || limit > 1000) return reader.error_at("max_open", "expected a number from 0 to 1000");
    policy.max_open = static_cast<int>(limit);
  }
  KE_DO(reader.finish());
  return policy;
}

std::string marker_text(const Marker& marker) {
  return to_line(Json{{"version", 1},
                      {"operator", marker.op},
                      {"base", marker.base},
                      {"source_token_hash", marker.source_token_hash},
                      {"candidate", marker.candidate},
                      {"session", marker.session},
                      {"low", marker.low},
                      {"high", marker.high}});
}

std::optional<Marker> parse_marker(const std::string& body) {
  const std::string text = marker_of(body);
  if (text.empty()) return std::nullopt;
  const auto json = parse_json(text, "marker");
  if (!json || !json->is_object()) return std::nullopt;
  Marker marker;
  ObjectReader reader(*json, "marker", "$");
  for (const auto& [key, field] : {std::pair{"operator", &marker.op},
                                   {"base", &marker.base},
                                   {"source_token_hash", &marker.source_token_hash},
                                   {"candidate", &marker.candidate},
                                   {"session", &marker.session}}) {
    auto value = reader.text_or(key, "");
    if (!value) return std::nullopt;
    *field = *value;
  }
  for (const auto& [key, field] : {std::pair{"low", &marker.low}, {"high", &marker.high}}) {
    if (!reader.has(key)) continue;
    auto value = reader.number(key);
    if (!value) return std::nullopt;
    *field = *value;
  }
  return marker;
}

PolicyAnswer ask_policy(const PolicyQuestion& question, const std::vector<PullRequest>& requests) {
  using Kind = PolicyAnswer::Kind;
  PolicyAnswer answer;
  const auto held = [&](std::string reason) {
    answer.kind = Kind::held_back;
    answer.reason = std::move(reason);
    return answer;
  };
  if (question.policy.forbidden) {
    return held(fmt::format("{} forbids proposals{}", kPolicyFile,
                            question.policy.reason.empty() ? "" : ": " + question.policy.reason));
  }
  int open = 0;
  for (const PullRequest& request : requests) {
    if (request.branch == question.branch && !answer.existing) answer.existing = request;
    open += request.state == "open" && request.branch != question.branch;
  }
  if (answer.existing) {
    const auto marker = parse_marker(answer.existing->body);
    const bool same_source = marker && marker->source_token_hash == question.wanted.source_token_hash;
    if (answer.existing->state == "closed" && same_source && !question.retry_declined) {
      return held(
          "its request was declined for this very source; it is proposed again when the source changes, or "
          "with --retry-declined");
    }
    if (answer.existing->state == "open" && same_source && marker->base == question.wanted.base) {
      const bool identical = marker->candidate == question.wanted.candidate;
      // Reviewers are not sent back to the start for what may be noise.
      const bool no_better = marker->high > 0 && question.wanted.low <= marker->high;
      if (identical || no_better) {
        answer.kind = Kind::unchanged;
        answer.reason = identical ? "the open request holds exactly this change"
                                  : "the open request holds a change that may be just as fast";
        return answer;
      }
    }
  }
  int limit = question.max_open;
  if (question.policy.max_open && (limit == 0 || *question.policy.max_open < limit))
    limit = *question.policy.max_open;
  const bool unlimited = limit == 0 && !question.policy.max_open;
  const bool updates = answer.existing && answer.existing->state == "open";
  if (!unlimited && !updates && open >= limit) {
    return held(fmt::format("{} requests are open already, the limit is {} (--max-open, or max_open in {})",
                            open, limit, kPolicyFile));
  }
  return answer;
}

}  // namespace ke
