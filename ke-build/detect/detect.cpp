// SPDX-License-Identifier: MIT
#include "ke-build/detect/detect.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/detect/analysis.h"
#include "ke-build/detect/declared.h"
#include "ke-build/detect/shortcut.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

constexpr double kScanTimeout_s = 60;

bool is_text_for_people(const std::string& path) { return ends_with(path, ".md") || ends_with(path, ".rst"); }

/// Changed in comments or white space only, by what kind of file it is.
bool is_harmless(Snapshot& snapshot, const GitDelta& delta, const std::vector<std::string>& cmake_files) {
  if (delta.kind != GitDelta::Kind::modified || delta.submodule) return false;
  if (is_c_family(delta.path)) return snapshot.same_tokens(delta);
  if (ends_with(delta.path, ".ke.json")) return same_json(snapshot, delta);
  const std::string name = delta.path.substr(delta.path.rfind('/') + 1);
  return (name == "CMakeLists.txt" || ends_with(name, ".cmake")) &&
         std::find(cmake_files.begin(), cmake_files.end(), delta.path) == cmake_files.end();
}

void sort_files(Snapshot& snapshot, const std::vector<std::string>& cmake_files, Change& change,
                std::vector<const GitDelta*>& relevant) {
  for (const GitDelta& delta : snapshot.deltas()) {
    const bool harmless = is_harmless(snapshot, delta, cmake_files);
    (harmless ? change.harmless_files : change.changed_files).push_back(delta.path);
    const std::string name = delta.path.substr(delta.path.rfind('/') + 1);
    const bool described = name == "CMakeLists.txt" || ends_with(name, ".cmake") ||
                           ends_with(name, ".ke.json") || name == "ke.lock.json";
    if (!harmless && !described && !is_text_for_people(delta.path)) relevant.push_back(&delta);
  }
}

OperatorChange declared(const Registration& registration, const std::string& file, const std::string& what) {
  OperatorChange change;
  change.name = registration.name;
  change.target = registration.target;
  change.spec = registration.spec;
  change.reason = {registration.name, file, what};
  change.depth = 2;
  return change;
}

/// Runs the compilers of all operators side by side between the two steps of each analysis.
void analyse(DetectContext& context, const std::vector<Registration>& registrations, Shortcut& shortcut,
             Change& change) {
  std::vector<OperatorAnalysis> analyses;
  analyses.reserve(registrations.size());
  for (const Registration& registration : registrations) {
    if (shortcut.unaffected(registration.name)) {
      change.operators.push_back(unaffected(registration));
    } else {
      analyses.emplace_back(context, registration);
    }
  }
  std::vector<ScanRequest> requests;
  for (OperatorAnalysis& analysis : analyses) {
    analysis.begin();
    requests.insert(requests.end(), analysis.requests().begin(), analysis.requests().end());
  }
  const std::vector<Scan> scans = scan_all(requests, kScanTimeout_s);
  size_t at = 0;
  for (OperatorAnalysis& analysis : analyses) {
    const size_t count = analysis.requests().size();
    if (count > 0)
      analysis.finish({scans.begin() + static_cast<long>(at), scans.begin() + static_cast<long>(at + count)});
    at += count;
    change.operators.push_back(analysis.result());
    if (auto footprint = analysis.footprint()) shortcut.learn(analysis.result().name, *std::move(footprint));
  }
  if (!requests.empty())
    change.notes.push_back(fmt::format("asked the compiler for the headers of {} sources", requests.size()));
}

void add_declarations(const CmakeChanges& cmake, Change& change) {
  for (const Registration& registration : cmake.added) {
    std::erase_if(change.operators, [&](const OperatorChange& op) { return op.name == registration.name; });
    change.operators.push_back(declared(registration, cmake.files.front(), "new registration"));
  }
  for (const Registration& registration : cmake.removed) {
    std::erase_if(change.operators, [&](const OperatorChange& op) { return op.name == registration.name; });
    change.operators.push_back(declared(registration, cmake.files.front(), "deleted registration"));
  }
}

struct Range {
  std::string base, head;  // head: empty for the work tree
};

Result<Range> range_of(const Repo& repo, const DetectOptions& options) {
  Range range;
  KE_TRY(const std::string base, repo.resolve(options.base));
  KE_TRY(const std::string head, repo.resolve(options.head.empty() ? "HEAD" : options.head));
  KE_TRY(range.base, repo.merge_base(base, head));
  if (!options.head.empty()) range.head = head;
  return range;
}

}  // namespace

Result<Change> detect(const Project& project, const DetectOptions& options) {
  const double start = now_s();
  // 1. What differs, by content?
  KE_TRY(const Repo repo, Repo::open(project.source_dir));
  KE_TRY(const Range range, range_of(repo, options));
  DetectCache cache(options.cache_path);
  KE_TRY(Snapshot snapshot, Snapshot::make(repo, cache, range.base, range.head));
  Change change;
  change.base = range.base;
  change.head = range.head.empty() ? "worktree" : range.head;

  // 2. Did the build system's own description change? Then both revisions are configured and compared.
  KE_TRY(Targets targets, Targets::open(project));
  const auto cmake_files = changed_cmake_files(snapshot, targets.model());
  std::optional<CmakeChanges> cmake;
  if (!cmake_files.empty()) {
    KE_TRY(cmake, compare_configurations(project, snapshot, repo, cmake_files));
    change.notes.push_back(cmake->failure.empty()
                               ? "CMake files changed: base and head were configured and compared"
                               : "CMake files changed: " + cmake->failure);
  }

  // 3. Which ways lead from every operator to a changed file?
  Generators generators(project);
  IncludeGraph graph(snapshot, project.build_dir, generators);
  std::vector<std::string> compiled_otherwise;
  for (const auto& [file, what] : cmake ? cmake->sources : std::map<std::string, std::string>())
    compiled_otherwise.push_back(file);
  Calls calls(snapshot, targets, graph, std::move(compiled_otherwise));
  DetectContext context{
      project, repo, snapshot, cache, targets, generators, graph, calls, cmake ? &*cmake : nullptr, {}};
  sort_files(snapshot, cmake_files, change, context.relevant);
  Shortcut shortcut(project, repo, targets, snapshot, options.cache_path, cmake.has_value());
  analyse(context, project.registrations, shortcut, change);
  if (cmake) add_declarations(*cmake, change);
  std::sort(change.operators.begin(), change.operators.end(),
            [](const OperatorChange& a, const OperatorChange& b) { return a.name < b.name; });
  if (!generators.note().empty()) change.notes.push_back(generators.note());

  cache.save();
  shortcut.save();
  change.seconds = now_s() - start;
  return change;
}

}  // namespace ke
