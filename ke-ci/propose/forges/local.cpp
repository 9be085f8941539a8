// SPDX-License-Identifier: MIT
// A bare repository as forge: branches are pushed into it, and each pull request is three files below
// <bare>/ke-proposals/. Declining one is setting its state to "closed" there; merging its branch is merging.
#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/json.h"
#include "ke-build/base/text.h"
#include "ke-ci/propose/forge.h"
#include "ke-ci/propose/git.h"
#include "ke-ci/propose/paths.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace ke {
namespace {

constexpr uint64_t kRequestLimitBytes = 1u << 20;

Json to_json(const PullRequest& request, const std::string& updated, const Json& comments) {
  return {{"version", 1},
          {"id", request.id},
          {"operator", request.op},
          {"branch", request.branch},
          {"base_branch", request.base_branch},
          {"title", request.title},
          {"state", request.state},
          {"head", request.head},
          {"draft", request.draft},
          {"updated", updated},
          {"comments", comments}};
}

class LocalForge : public Forge {
 public:
  explicit LocalForge(std::string path)
      : path_(std::move(path)), folder_(join(path_, "ke-proposals")), git_(path_) {}

  std::string remote() const override { return path_; }

  Result<std::vector<PullRequest>> find(const std::string& prefix) override {
    std::vector<std::pair<std::string, PullRequest>> dated;
    for (const std::string& file : list_files(folder_)) {
      if (!ends_with(file, ".json")) continue;
      std::string updated;
      KE_TRY(auto request, read(file.substr(0, file.size() - 5), &updated));
      if (starts_with(request.branch, prefix)) dated.emplace_back(updated, std::move(request));
    }
    std::stable_sort(dated.begin(), dated.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<PullRequest> requests;
    for (auto& [updated, request] : dated) requests.push_back(std::move(request));
    return requests;
  }

  Result<PullRequest> open(const PullRequest& wanted) override {
    if (!is_plain_name(wanted.op))
      return Error{ErrorCode::usage, "'" + wanted.op + "' cannot name a pull request"};
    PullRequest request = wanted;
    request.id = wanted.op;
    if (exists(file_of(request.id, "json"))) {
      KE_TRY(const auto earlier, read(request.id, nullptr));
      if (earlier.state == "open") {
        return Error{ErrorCode::conflict,
                     fmt::format("a pull request for {} is open already", request.branch)};
      }
      KE_DO(archive(request.id));
    }
    request.state = "open";
    KE_DO(write(request, Json::array()));
    KE_TRY(auto opened, read(request.id, nullptr));
    return opened;
  }

  Result<> update(const PullRequest& request) override {
    KE_TRY(const auto comments, comments_of(request.id));
    return write(request, comments);
  }

  Result<> comment(const std::string& id, const std::string& text) override {
    KE_TRY(auto comments, comments_of(id));
    const Json said = {{"text", text}};
    if (!comments.empty() && comments.back().is_object() && comments.back().contains("text") &&
        comments.back()["text"] == said["text"]) {
      return ok();  // said already
    }
    comments.push_back({{"at", utc_now()}, {"text", text}});
    KE_TRY(auto request, read(id, nullptr));
    return write(request, comments);
  }

 private:
  std::string file_of(const std::string& id, const char* kind) const {
    return join(folder_, id + "." + kind);
  }

  Result<PullRequest> read(const std::string& id, std::string* updated) {
    const std::string path = file_of(id, "json");
    KE_TRY(const auto text, read_file(path, kRequestLimitBytes));
    KE_TRY(const auto json, parse_json(text, path));
    ObjectReader reader(json, path, "$");
    KE_DO(reader.require_object());
    PullRequest request;
    request.id = id;
    KE_TRY(request.op, reader.text("operator"));
    KE_TRY(request.branch, reader.text("branch"));
    KE_TRY(request.base_branch, reader.text_or("base_branch", ""));
    KE_TRY(request.title, reader.text_or("title", ""));
    KE_TRY(request.state, reader.text("state"));
    KE_TRY(request.head, reader.text_or("head", ""));
    KE_TRY(request.draft, reader.boolean_or("draft", true));
    KE_TRY(const auto when, reader.text_or("updated", ""));
    if (updated) *updated = when;
    request.url = file_of(id, "html");
    request.body = read_file(file_of(id, "md"), kRequestLimitBytes).value_or("");
    request.html = read_file(request.url, 64u << 20).value_or("");
    if (request.state == "open" && is_merged(request)) request.state = "merged";
    return request;
  }

  bool is_merged(const PullRequest& request) const {
    if (request.head.empty() || request.base_branch.empty()) return false;
    return git_({"merge-base", "--is-ancestor", request.head, "refs/heads/" + request.base_branch})
        .has_value();
  }

  Result<Json> comments_of(const std::string& id) {
    if (!is_plain_name(id)) return Error{ErrorCode::not_found, "there is no pull request '" + id + "'"};
    KE_TRY(const auto json, read_json(file_of(id, "json")));
    if (!json.is_object() || !json.contains("comments") || !json["comments"].is_array()) return Json::array();
    return json["comments"];
  }

  Result<> write(const PullRequest& request, const Json& comments) {
    KE_DO(write_file(file_of(request.id, "md"), request.body));
    KE_DO(write_file(file_of(request.id, "html"), request.html));
    return write_file(file_of(request.id, "json"), to_text(to_json(request, utc_now(), comments)));
  }

  /// Keeps a request that was closed or merged as <id>.1, <id>.2, ...
  Result<> archive(const std::string& id) {
    int number = 1;
    while (exists(file_of(fmt::format("{}.{}", id, number), "json"))) ++number;
    for (const char* kind : {"md", "html", "json"}) {
      KE_TRY(const auto text, read_file(file_of(id, kind)));
      KE_DO(write_file(file_of(fmt::format("{}.{}", id, number), kind), text));
    }
    return ok();
  }

  std::string path_, folder_;
  Git git_;
};

}  // namespace

Result<std::unique_ptr<Forge>> make_forge_local(const std::string& path) {
  if (!exists(join(path, "objects")) || !exists(join(path, "HEAD"))) {
    return Error{
        ErrorCode::not_found,
        fmt::format("'{}' is not a bare git repository (make one with: git init --bare {})", path, path)};
  }
  return std::unique_ptr<Forge>(std::make_unique<LocalForge>(canonical(path)));
}

}  // namespace ke
