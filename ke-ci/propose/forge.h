// SPDX-License-Identifier: MIT
// SEAM: where pull requests live. Members stand in forges/, one file each, listed by a generated table. A
// forge is used by one thread; it must outlive nothing. Replies of a forge are foreign data.
#pragma once

#include "ke-build/base/result.h"

#include <memory>
#include <string>
#include <vector>

namespace ke {

/// A pull request of ours, as the forge knows it.
struct PullRequest {
  std::string id;  // the forge's own name for it; empty before open()
  std::string op, branch, base_branch, title;
  std::string body;   // Markdown with the hidden marker
  std::string html;   // the report, where the forge can hold it
  std::string state;  // open, closed (declined), merged
  std::string head;   // commit that we pushed last
  std::string url;    // where a human looks at it
  bool draft = true;
};

class Forge {
 public:
  virtual ~Forge() = default;
  /// What `git push` and `git fetch` are given.
  virtual std::string remote() const = 0;
  /// All pull requests from branches below `prefix`, in every state, newest first. ERRORS: network, io.
  virtual Result<std::vector<PullRequest>> find(const std::string& prefix) = 0;
  /// Returns the request with id and url set. ERRORS: conflict when one is open for the branch; network, io.
  virtual Result<PullRequest> open(const PullRequest& request) = 0;
  /// Replaces title, body, report, state and head of the request with this id. ERRORS: not_found, network,
  /// io.
  virtual Result<> update(const PullRequest& request) = 0;
  /// Says something to the humans at a request. ERRORS: not_found, network, io.
  virtual Result<> comment(const std::string& id, const std::string& text) = 0;
};

/// `local:/path/to/bare.git`. ERRORS: usage for an unknown kind, with suggestion; not_found.
Result<std::unique_ptr<Forge>> make_forge(const std::string& address);
/// The kinds of the generated table, for help texts.
std::vector<std::string> forge_kinds();

}  // namespace ke
