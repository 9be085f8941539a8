// SPDX-License-Identifier: MIT
// What a repository allows: .ke/policy.json at the base commit, limits, and what its maintainers declined
// before.
#pragma once

#include "ke-ci/propose/forge.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

constexpr const char* kPolicyFile = ".ke/policy.json";
constexpr const char* kBranchPrefix = "ke/";

struct Policy {
  bool forbidden = false;       // {"proposals": "forbid"}
  bool draft = true;            // {"draft": false}
  std::optional<int> max_open;  // {"max_open": 3}
  std::string reason;           // shown when forbidden
};
/// Absent file: everything allowed. ERRORS: usage; a policy that cannot be read is never taken for a
/// permission.
Result<Policy> parse_policy(const std::optional<std::string>& text, const std::string& origin);

/// Hidden in every pull request: what it was made from.
struct Marker {
  std::string op, base, source_token_hash, candidate, session;
  double low = 0, high = 0;  // of the speed-up; 0 when unknown
};
std::string marker_text(const Marker& marker);
/// nullopt when the body holds none or a broken one.
std::optional<Marker> parse_marker(const std::string& body);

struct PolicyQuestion {
  Policy policy;
  Marker wanted;
  std::string branch;
  int max_open = 0;  // 0: no limit
  bool retry_declined = false;
};
struct PolicyAnswer {
  enum class Kind { go, unchanged, held_back } kind = Kind::go;
  std::string reason;
  std::optional<PullRequest> existing;  // the newest request for the branch, in any state
};
/// May this be proposed now? `requests`: all of ours, newest first.
PolicyAnswer ask_policy(const PolicyQuestion& question, const std::vector<PullRequest>& requests);

}  // namespace ke
