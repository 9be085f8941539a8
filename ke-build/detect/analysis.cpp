// SPDX-License-Identifier: MIT
#include "ke-build/detect/analysis.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/detect/declared.h"
#include "ke-build/detect/macro_proof.h"
#include "ke-build/detect/named.h"
#include "ke-build/model/spec.h"
#include "ke-build/project/recipe.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

OperatorAnalysis::OperatorAnalysis(DetectContext& context, const Registration& registration)
    : context_(context), registration_(registration) {
  change_ = unaffected(registration);
}

OperatorChange unaffected(const Registration& registration) {
  OperatorChange change;
  change.name = registration.name;
  change.target = registration.target;
  change.spec = registration.spec;
  change.affected = false;
  change.reason = {"unchanged"};
  return change;
}

void OperatorAnalysis::affected(std::vector<std::string> path, bool unknown) {
  decided_ = true;
  change_.affected = true;
  change_.unknown = unknown;
  change_.reason = joined({registration_.name}, path);
  change_.depth = static_cast<int>(change_.reason.size()) - 1;
}

void OperatorAnalysis::affected_by(const OperatorFinding& finding) {
  const bool unknown = starts_with(finding.what, "unknown:");
  affected(joined(finding.chain, {finding.what}), unknown);
}

void OperatorAnalysis::begin() {
  if (context_.snapshot.deltas().empty() || declared_changed() || !prepare_recipe() || named_changed()) {
    return;
  }
  walk_sources();
  add_recorded();
  decide_or_ask();
}

bool OperatorAnalysis::declared_changed() {
  const DeclaredChange spec = spec_change(context_.snapshot, registration_);
  const DeclaredChange lock = lock_change(context_.snapshot, context_.repo, context_.project, registration_);
  for (const DeclaredChange& change : {spec, lock}) {
    if (!change.what.empty()) {
      affected({change.file, change.what}, change.unknown);
      return true;
    }
  }
  if (!context_.cmake) return false;
  const CmakeChanges& cmake = *context_.cmake;
  const std::string file = join_texts(cmake.files, ", ");
  if (!cmake.failure.empty()) {
    affected({file, "unknown: base and head cannot both be configured: " + cmake.failure}, true);
  } else if (const auto reason = cmake.reasons.find(registration_.name); reason != cmake.reasons.end()) {
    affected({file, reason->second});
  } else if (const auto unknown = cmake.unknown.find(registration_.name); unknown != cmake.unknown.end()) {
    affected({file, "unknown: " + unknown->second}, true);
  }
  return decided_;
}

/// Recipe, include folders and roots. False when they cannot be known, which decides the answer.
bool OperatorAnalysis::prepare_recipe() {
  const auto target = context_.targets.find(registration_.target);
  const Error* error = target ? nullptr : &target.error();
  if (target) {
    auto recipe = compile_recipe(context_.targets.model(), **target, registration_.sources[0],
                                 context_.targets.configuration());
    if (recipe) {
      recipe_ = *std::move(recipe);
    } else {
      affected({registration_.sources[0], "unknown: " + recipe.error().message}, true);
      return false;
    }
  }
  if (error) {
    affected({registration_.target, "unknown: " + error->message}, true);
    return false;
  }
  environment_ = environment_of(recipe_);
  for (const std::string& source : registration_.sources) roots_.push_back(canonical(source));
  const auto op = read_spec(registration_);
  if (!op) {
    affected({registration_.spec, "unknown: " + op.error().message}, true);
    return false;
  }
  for (const std::string& header : op->kernel.headers) {
    const bool wrapped = header.size() > 2 && (header[0] == '<' || header[0] == '"');
    environment_.forced.push_back(wrapped ? header.substr(1, header.size() - 2) : header);
  }
  if (op->reference.kind == Reference::Kind::source) roots_.push_back(canonical(op->reference.source));
  return true;
}

/// Files that the command line names and no include leads to: response files, links in search paths.
bool OperatorAnalysis::named_changed() {
  std::vector<std::string> words = registration_.sources;
  for (const auto* list : {&recipe_.flags, &recipe_.defines, &recipe_.includes})
    words.insert(words.end(), list->begin(), list->end());
  if (const GitDelta* delta = named_on(words, context_.snapshot, context_.project)) {
    affected({delta->path, "changed; the command line names it"});
  } else if (const GitDelta* binary = named_binary(context_.snapshot, context_.targets.model())) {
    affected({binary->path, "unknown: changed, and CMake names it; it may be linked"}, true);
  }
  return decided_;
}

void OperatorAnalysis::walk_sources() {
  walk_ = context_.graph.walk(roots_, environment_);
  const std::vector<std::string> own(roots_.begin(),
                                     roots_.begin() + static_cast<long>(registration_.sources.size()));
  add_findings(walk_, {}, own, findings_);
}

/// Holds without asking a compiler: no condition on the way, or an earlier build took it too. Changes of
/// macros alone are never confirmed here, because they may be proved harmless.
bool OperatorAnalysis::is_confirmed(const OperatorFinding& finding) {
  const GitDelta* delta = finding.delta;
  const bool modified = delta && delta->kind == GitDelta::Kind::modified && !delta->submodule;
  if (modified && !context_.snapshot.change(*delta).only_macros.empty()) return false;
  if (finding.certain) return true;
  return finding.in_text && delta && context_.generators.recorded(finding.file, registration_.target, roots_);
}

void OperatorAnalysis::decide_or_ask() {
  std::stable_sort(findings_.begin(), findings_.end(),
                   [](const OperatorFinding& a, const OperatorFinding& b) {
                     return a.certain != b.certain ? a.certain : a.chain.size() < b.chain.size();
                   });
  for (const OperatorFinding& finding : findings_) {
    if (is_confirmed(finding)) return affected_by(finding);
  }
  if (context_.nothing_relevant() && findings_.empty()) return;
  if (!walk_.opaque.empty()) {
    return affected(
        {walk_.opaque.front(),
         "unknown: it reads files in another way than #include (.incbin, import), or cannot be read"},
        true);
  }
  if (!findings_.empty() || (walk_.computed && !context_.relevant.empty())) return ask();
  if (!walk_.unbuilt.empty() && !context_.relevant.empty()) {
    return affected({walk_.unbuilt.front(),
                     "unknown: it is generated and not built yet, so what it includes is not known"},
                    true);
  }
  follow_calls();
}

std::string OperatorAnalysis::scan_key(const std::string& source) const {
  std::string key = source + "\n" + recipe_.compiler + recipe_.compiler_version;
  for (const auto* list : {&recipe_.flags, &recipe_.defines, &recipe_.includes}) {
    for (const std::string& word : *list) key += "\n" + word;
  }
  std::set<std::string> contents;
  for (const Reached& item : walk_.reached) {
    contents.insert(context_.snapshot.content_key(item.file));
  }
  for (const std::string& content : contents) key += "\n" + content;
  return sha256(key);
}

/// Asks the compiler, unless it answered for the same content before or the disk does not hold what is
/// analysed.
void OperatorAnalysis::ask() {
  for (const Reached& item : walk_.reached) {
    const bool tracked = item.kind == Reached::Kind::tracked;
    if (tracked && context_.snapshot.on_disk(item.file)) continue;
    if (!tracked) continue;
    if (!findings_.empty()) return affected_by(findings_.front());
    return affected(
        {item.file, "unknown: the work tree is not at the compared revision, and an include is computed"},
        true);
  }
  // Opaque to content keys: generated files and macros as operands; those are scanned every time.
  const bool keyed =
      !walk_.computed && std::none_of(walk_.reached.begin(), walk_.reached.end(), [](const Reached& item) {
        return item.kind == Reached::Kind::generated || item.kind == Reached::Kind::passage;
      });
  for (const std::string& root : roots_) {
    const auto* known = keyed ? context_.cache.find_scan(scan_key(root)) : nullptr;
    if (known) {
      scanned_.insert(scanned_.end(), known->begin(), known->end());
    } else if (exists(root)) {
      requests_.push_back({recipe_, root});
    }
  }
  if (requests_.empty()) judge({scanned_.begin(), scanned_.end()});
}

void OperatorAnalysis::finish(const std::vector<Scan>& scans) {
  std::set<std::string> files(scanned_.begin(), scanned_.end());
  for (size_t i = 0; i < scans.size(); ++i) {
    if (!scans[i].ok) {
      const std::string why = "unknown: the compiler cannot list the headers: " + scans[i].error;
      const std::string source =
          context_.snapshot.relative_path(requests_[i].source).value_or(requests_[i].source);
      if (findings_.empty()) return affected({source, why}, true);
      OperatorFinding finding = findings_.front();
      return affected(joined(finding.chain, {finding.what, why}), true);
    }
    files.insert(scans[i].files.begin(), scans[i].files.end());
    context_.cache.put_scan(scan_key(requests_[i].source), scans[i].files);
  }
  judge(files);
}

/// Does a finding hold, now that the compiler's list is known?
bool OperatorAnalysis::judge_finding(const OperatorFinding& finding, const std::set<std::string>& files) {
  if (finding.checkable && !finding.certain && !files.contains(finding.file) &&
      !files.contains(canonical(finding.file))) {
    return false;
  }
  if (!finding.delta || finding.delta->kind != GitDelta::Kind::modified || finding.delta->submodule)
    return true;
  const auto& macros = context_.snapshot.change(*finding.delta).only_macros;
  if (macros.empty()) return true;
  std::vector<std::string> arguments = recipe_.flags;
  for (const std::string& define : recipe_.defines) arguments.push_back(define);
  for (const Reached& item : walk_.reached) {
    // Calls may lead to other compilations; within this one the proof reads everything.
    if (item.kind == Reached::Kind::generated && !files.contains(canonical(item.file))) return true;
  }
  return !find_macro_use(macros, {files.begin(), files.end()}, arguments).name.empty();
}

void OperatorAnalysis::judge(const std::set<std::string>& files) {
  for (const OperatorFinding& finding : findings_) {
    if (judge_finding(finding, files)) return affected_by(finding);
  }
  for (const GitDelta* delta : context_.relevant) {
    const std::string file = context_.snapshot.root() + "/" + delta->path;
    const bool known = std::any_of(findings_.begin(), findings_.end(),
                                   [&](const OperatorFinding& f) { return f.file == file; });
    if (!known && files.contains(file)) return affected({delta->path, what_changed(*delta)});
  }
  follow_calls();
}

/// Changes behind functions that the kernel calls in other sources; at file level, which is a superset.
void OperatorAnalysis::follow_calls() {
  if (context_.nothing_relevant()) return;
  std::vector<std::string> files;
  std::set<std::string> own;
  for (const Reached& item : walk_.reached) {
    if (item.kind == Reached::Kind::tracked) files.push_back(item.file);
  }
  for (size_t i = 0; i < registration_.sources.size(); ++i) {
    if (const auto file = context_.snapshot.relative_path(roots_[i])) own.insert(*file);
  }
  const auto reached = context_.calls.reached(registration_.target, files, own);
  if (!reached) return affected({registration_.target, "unknown: " + reached.error().message}, true);
  settled_ = !walk_.computed;
  for (size_t i = 0; i < reached->size() && !decided_; ++i) follow_call(*reached, static_cast<int>(i));
}

std::optional<Footprint> OperatorAnalysis::footprint() const {
  if (decided_ || !settled_ || !requests_.empty()) return std::nullopt;
  Footprint result;
  const auto add_configured = [&](const std::string& path) {
    const auto content = read_file(path);
    if (content) result.configured[path] = sha256(*content);
    return content.has_value();
  };
  if (const auto spec = context_.snapshot.relative_path(canonical(registration_.spec)))
    result.reads.insert(*spec);
  for (const Reached& item : walk_.reached) {
    if (item.kind == Reached::Kind::tracked) {
      result.reads.insert(item.file);
    } else if (item.kind != Reached::Kind::generated || !context_.graph.configured(item.file) ||
               !add_configured(item.file)) {
      return std::nullopt;
    }
  }
  for (const IncludeEnvironment* environment : called_environments_) {
    for (const std::string& file : context_.graph.settled_files(*environment)) {
      if (file[0] != '/') {
        result.reads.insert(file);
      } else if (!add_configured(file)) {
        return std::nullopt;
      }
    }
  }
  for (const std::string& file : context_.calls.special_reads(registration_.target))
    result.reads.insert(file);
  for (const std::string& file : context_.calls.sources(registration_.target)) {
    if (!result.reads.contains(file)) result.sources.insert(file);
  }
  return result;
}

void OperatorAnalysis::follow_call(const std::vector<Called>& reached, int index) {
  const Called& called = reached[static_cast<size_t>(index)];
  Snapshot& snapshot = context_.snapshot;
  // Chains are long and hardly ever asked for.
  const auto chain = [&] {
    std::vector<std::string> files;
    for (int at = index; at >= 0; at = reached[static_cast<size_t>(at)].parent) {
      const std::string& file = reached[static_cast<size_t>(at)].file;
      const bool built = starts_with(file, context_.project.build_dir + "/");
      files.push_back(built ? file.substr(context_.project.build_dir.size() + 1) : file);
    }
    std::reverse(files.begin(), files.end());
    return files;
  };
  const auto relative = snapshot.relative_path(called.file);
  const GitDelta* passage = snapshot.passage_of(relative ? *relative : called.file);
  if (passage) return affected(joined(chain(), {what_passage(*passage)}));
  const GitDelta* delta = snapshot.delta(called.file);
  const bool same = delta && is_c_source(called.file) && snapshot.same_tokens(*delta);
  if (delta && !same) {
    const std::string what =
        delta->kind == GitDelta::Kind::modified
            ? describe(snapshot.change(*delta), context_.calls.names_between(called.caller, called.file))
            : what_changed(*delta);
    return affected(joined(chain(), {what}));
  }
  if (context_.cmake) {
    const auto flags = context_.cmake->sources.find(called.file);
    if (flags != context_.cmake->sources.end())
      return affected(joined(chain(), {join_texts(context_.cmake->files, ", "), flags->second}));
  }
  const IncludeEnvironment* known = context_.calls.environment_of(called);
  const IncludeEnvironment& environment = known ? *known : environment_;
  const bool tracked = called.file[0] != '/' && snapshot.tracked(called.file);
  if (tracked && context_.graph.settled(context_.calls.absolute(called.file), environment)) {
    called_environments_.insert(&environment);
    return;
  }
  settled_ = false;
  if (tracked || called.file[0] == '/') follow_includes(called, chain(), environment);
}

/// A called source whose headers are not all known and unchanged.
void OperatorAnalysis::follow_includes(const Called& called, const std::vector<std::string>& chain,
                                       const IncludeEnvironment& environment) {
  Snapshot& snapshot = context_.snapshot;
  const std::string source = context_.calls.absolute(called.file);
  const Walk walk = context_.graph.walk({source}, environment);
  std::vector<OperatorFinding> findings;
  const bool tracked = called.file[0] != '/';  // other roots are the first finding themselves
  add_findings(walk, {chain.begin(), tracked ? chain.end() : chain.end() - 1}, {source}, findings);
  if (!findings.empty()) return affected_by(findings.front());
  for (const GitDelta* changed : context_.relevant) {
    if (context_.generators.recorded(snapshot.root() + "/" + changed->path, called.target->name, {source})) {
      return affected(joined(chain, {changed->path, what_changed(*changed)}));
    }
  }
  const bool built = context_.generators.recorded(source, called.target->name, {source});
  if (!walk.opaque.empty() || (!built && (walk.computed || !walk.unbuilt.empty()))) {
    affected(
        joined(chain, {"unknown: it reads files that its text does not name, and no build recorded them"}),
        true);
  }
}

}  // namespace ke
