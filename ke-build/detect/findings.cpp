// SPDX-License-Identifier: MIT
// The first half of an analysis: every changed file on a way from the operator, and what changed in it.
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/detect/analysis.h"
#include "ke-build/detect/named.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

/// Names of the files from a root to `index`; an operator's own source is left out when it is not the end of
/// the way.
std::vector<std::string> chain_to(const Walk& walk, int index, const std::set<std::string>& silent) {
  std::vector<std::string> chain;
  for (int at = index; at >= 0; at = walk.reached[static_cast<size_t>(at)].parent) {
    const Reached& item = walk.reached[static_cast<size_t>(at)];
    const bool root = item.parent < 0 && at != index;
    if (!root || !silent.contains(item.file)) chain.push_back(item.file);
    if (chain.size() > walk.reached.size()) break;
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

}  // namespace

std::string OperatorAnalysis::what_changed(const GitDelta& delta) const {
  if (delta.kind == GitDelta::Kind::added) return "new file";
  if (delta.kind == GitDelta::Kind::deleted) return "deleted file";
  const TextChange& change = context_.snapshot.change(delta);
  std::vector<std::string> relevant;
  for (const Reached& item : walk_.reached) {
    if (item.kind != Reached::Kind::tracked || item.file == delta.path) continue;
    const FileSummary* summary = context_.snapshot.head_summary(item.file);
    for (size_t i = 0; summary && i < change.names.size(); ++i) {
      if (!change.names[i].empty() && mentions(*summary, change.names[i]))
        relevant.push_back(change.names[i]);
    }
  }
  return describe(change, relevant);
}

void OperatorAnalysis::add_findings(const Walk& walk, const std::vector<std::string>& prefix,
                                    const std::vector<std::string>& roots,
                                    std::vector<OperatorFinding>& findings) {
  Snapshot& snapshot = context_.snapshot;
  std::set<std::string> silent;
  for (const std::string& root : roots) silent.insert(snapshot.relative_path(root).value_or(root));
  for (size_t i = 0; i < walk.reached.size(); ++i) {
    const Reached& item = walk.reached[i];
    std::vector<std::string> chain = joined(prefix, chain_to(walk, static_cast<int>(i), silent));
    if (item.kind == Reached::Kind::generated) {
      add_generated(item, std::move(chain), findings);
      continue;
    }
    const std::string file = snapshot.root() + "/" + item.file;
    if (item.kind == Reached::Kind::passage) {
      const GitDelta* passage = snapshot.passage_of(item.file);
      const bool checkable = passage->submodule;  // the compiler's list holds the file, not the link
      findings.push_back({chain, what_passage(*passage), file, passage, item.certain, checkable});
      continue;
    }
    const GitDelta* delta = snapshot.delta(item.file);
    if (!delta || snapshot.same_tokens(*delta)) continue;
    if (item.kind == Reached::Kind::probe) {
      const bool gone = delta->kind == GitDelta::Kind::deleted;
      findings.push_back(
          {chain,
           gone ? "deleted file, which __has_include asks for" : "new file, which __has_include asks for",
           file, delta, item.certain, false});
      continue;
    }
    findings.push_back(
        {chain, what_changed(*delta), file, delta, item.certain, item.kind == Reached::Kind::tracked});
  }
}

/// A generated file changes with what it is made from, or with the way it is made.
void OperatorAnalysis::add_generated(const Reached& item, std::vector<std::string> chain,
                                     std::vector<OperatorFinding>& findings) {
  Snapshot& snapshot = context_.snapshot;
  const std::string& build_dir = context_.project.build_dir;
  const bool in_build = starts_with(item.file, build_dir + "/");
  const std::string shown = in_build ? item.file.substr(build_dir.size() + 1) : item.file;
  if (!chain.empty()) chain.back() = shown;
  const auto add = [&](std::vector<std::string> more, std::string what) {
    findings.push_back({joined(chain, more), std::move(what), item.file, nullptr, item.certain, true});
  };
  const Ingredients& made = context_.generators.of(item.file);
  if (!made.unknown.empty()) return add({}, "unknown: how it is generated: " + made.unknown);
  if (made.configured && !in_build && snapshot.in_submodule(item.file)) return;  // as the commit id has it
  if (made.configured && !in_build)
    return add({}, "unknown: not in git, and no command of the build makes it");
  if (context_.cmake && made.configured && context_.cmake->configured_files.contains(shown)) {
    add({join_texts(context_.cmake->files, ", ")}, "changed what cmake writes into it");
  }
  if (context_.cmake && context_.cmake->changed_commands.contains("<build>/" + shown)) {
    add({join_texts(context_.cmake->files, ", ")}, "changed command that makes it");
  }
  for (const std::string& input : made.inputs) {
    const auto file = snapshot.relative_path(canonical(input));
    if (file && snapshot.delta(*file)) add({*file}, "changed input of the command that makes it");
  }
  for (const GitDelta& delta : snapshot.deltas()) {
    const auto named = [&](const std::string& command) {
      return command.find(snapshot.root() + "/" + delta.path) != std::string::npos;
    };
    if (std::any_of(made.commands.begin(), made.commands.end(), named))
      add({delta.path}, "changed; the command that makes it names it");
  }
  for (const Ingredients::Compiled& compiled : made.compiled) {
    std::vector<OperatorFinding> inner;
    const auto source = snapshot.relative_path(canonical(compiled.source));
    const Walk walk = context_.graph.walk({compiled.source}, environment_of(compiled.words, build_dir));
    add_findings(walk, chain, {}, inner);
    for (OperatorFinding& finding : inner) {
      finding.file = item.file;
      finding.certain = item.certain;
      finding.delta = nullptr;
      findings.push_back(std::move(finding));
    }
    for (const std::string& input : compiled.recorded) {
      const auto file = snapshot.relative_path(canonical(input));
      const GitDelta* delta = file ? snapshot.delta(*file) : nullptr;
      if (delta && inner.empty() && !snapshot.same_tokens(*delta))
        add({source.value_or(compiled.source), *file}, what_changed(*delta));
    }
  }
}

/// Files that a past build read for this operator although no include names them (macros as operands, stale
/// builds).
void OperatorAnalysis::add_recorded() {
  for (const GitDelta* delta : context_.relevant) {
    const std::string file = context_.snapshot.root() + "/" + delta->path;
    const bool known = std::any_of(findings_.begin(), findings_.end(),
                                   [&](const OperatorFinding& f) { return f.file == file; });
    if (known || !context_.generators.recorded(file, registration_.target, roots_)) continue;
    findings_.push_back({{delta->path},
                         what_changed(*delta),
                         file,
                         delta,
                         false,
                         delta->kind == GitDelta::Kind::modified,
                         false});
  }
}

}  // namespace ke
