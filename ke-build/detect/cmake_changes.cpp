// SPDX-License-Identifier: MIT
#include "ke-build/detect/cmake_changes.h"

#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/text.h"
#include "ke-build/detect/detect.h"
#include "ke-build/detect/named.h"
#include "ke-build/project/cmake_cache.h"
#include "ke-build/project/file_api.h"
#include "ke-build/project/json_access.h"
#include "ke-build/project/ninja_manifest.h"
#include "ke-build/project/recipe.h"
#include "ke-build/project/registrations.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

constexpr double kConfigureTimeout_s = 300;

/// One revision, configured into a folder of its own.
struct Side {
  std::string source_dir, build_dir, root;  // root: of the exported repository
  CmakeCache cache;
  CodeModel model;
  std::map<std::string, Registration> registrations;
  ConfigurationModel chosen;
  std::map<std::string, TargetModel> targets;  // of operators, and those behind them

  /// Paths of the two sides become equal.
  std::string plain(const std::string& text) const {
    return replace_all(replace_all(text, build_dir, "<build>"), root, "<root>");
  }
};

Result<> read_side(Side& side, const std::string& configuration) {
  KE_TRY(side.model, read_code_model(side.build_dir));
  std::vector<Registration> registrations;
  if (exists(registrations_path(side.build_dir))) {
    KE_TRY(const auto text, read_file(registrations_path(side.build_dir)));
    KE_TRY(registrations, parse_registrations(text, registrations_path(side.build_dir)));
  }
  for (const Registration& registration : registrations) side.registrations[registration.name] = registration;
  KE_TRY(const ConfigurationModel* chosen,
         side.model.configuration(side.model.multi_config ? configuration : ""));
  side.chosen = *chosen;
  std::set<std::string> behind;  // ids
  for (const TargetRef& ref : chosen->targets) {
    const bool wanted = std::any_of(registrations.begin(), registrations.end(),
                                    [&](const Registration& one) { return one.target == ref.name; });
    if (!wanted) continue;
    KE_TRY(side.targets[ref.name], read_target(side.model, ref));
    const TargetModel& target = side.targets[ref.name];
    behind.insert(target.dependencies.begin(), target.dependencies.end());
  }
  for (const TargetRef& ref : chosen->targets) {
    if (!behind.contains(ref.id) || side.targets.contains(ref.name)) continue;
    KE_TRY(side.targets[ref.name], read_target(side.model, ref));
  }
  return ok();
}

/// Settings that name files of the repository (toolchains, configuration headers) name those of the side.
std::vector<std::string> moved(std::vector<std::string> settings, const Project& project, const Side& side) {
  for (std::string& setting : settings) {
    if (setting.find(project.build_dir) != std::string::npos) continue;
    for (const std::string& root : {project.repository, project.source_dir, canonical(project.source_dir)}) {
      const size_t at = root.empty() ? std::string::npos : setting.find(root + "/");
      if (at == std::string::npos) continue;
      const std::string end = setting.substr(at + root.size());
      const std::string& to = root == project.repository ? side.root : side.source_dir;
      if (exists(to + end.substr(0, end.find(';')))) setting.replace(at, root.size(), to);
      break;
    }
  }
  return settings;
}

/// Settings of people that neither side sets by itself; a changed default of the project stays a change.
Result<> configure_both(const Project& project, Side& base, Side& head) {
  KE_TRY(const auto like, read_cmake_cache(project.build_dir));
  const auto settings = basic_settings(like);
  for (Side* side : {&base, &head}) {
    KE_DO(run_configure(like, side->source_dir, side->build_dir, moved(settings, project, *side),
                        kConfigureTimeout_s));
    KE_TRY(side->cache, read_cmake_cache(side->build_dir));
  }
  const auto personal = personal_settings(like, {&base.cache, &head.cache});
  for (Side* side : {&base, &head}) {
    if (!personal.empty())
      KE_DO(run_configure(like, side->source_dir, side->build_dir, personal, kConfigureTimeout_s));
    KE_DO(read_side(*side, project.configuration));
  }
  if (head.registrations.empty()) {
    return Error{ErrorCode::tool,
                 fmt::format("a fresh configuration of {} declares no operator (is KernelEvolve_DIR set in "
                             "{}?)",
                             head.source_dir, project.build_dir)};
  }
  return ok();
}

std::vector<std::string> arguments_of(const Recipe& recipe, const Side& side) {
  std::vector<std::string> words{recipe.compiler + " " + recipe.compiler_version};
  for (const auto& flag : recipe.flags) words.push_back(side.plain(flag));
  for (const auto& define : recipe.defines) words.push_back("-D" + side.plain(define));
  for (const auto& include : recipe.includes) words.push_back(side.plain(include));
  return words;
}

/// Its own link line, and what an evaluation links: for a static library that is in another target's line.
std::vector<std::string> link_of(const Side& side, const TargetModel& target, const std::string& source) {
  std::vector<std::string> words;
  for (const LinkFragment& fragment : target.link) {
    if (!fragment.text.empty()) words.push_back(side.plain(fragment.text));
  }
  const auto inputs = link_inputs(side.model, side.chosen, target, source);
  for (size_t i = 0; inputs && i < inputs->size(); ++i) {
    if (!ends_with((*inputs)[i], ".o")) words.push_back(side.plain((*inputs)[i]));
  }
  return words;
}

/// How every source of the targets is compiled, by plain path.
std::map<std::string, std::vector<std::string>> compilations_of(const Side& side,
                                                                const std::string& configuration) {
  std::map<std::string, std::vector<std::string>> result;
  for (const auto& [name, target] : side.targets) {
    std::map<int, std::vector<std::string>> by_group;
    for (const SourceEntry& source : target.sources) {
      if (source.group < 0 && !is_c_source(source.path)) continue;
      auto [words, fresh] = by_group.try_emplace(source.group);
      if (fresh) {
        const auto recipe = compile_recipe(side.model, target, source.path, configuration);
        if (recipe) words->second = arguments_of(*recipe, side);
      }
      auto& known = result[side.plain(source.path)];  // two targets may compile the same source
      known.insert(known.end(), words->second.begin(), words->second.end());
    }
  }
  return result;
}

/// `+-O2 --O3`: words that only one of the lists has; for equal sets the order changed.
std::string difference(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  std::vector<std::string> words;
  for (const auto& word : after) {
    if (std::find(before.begin(), before.end(), word) == before.end()) words.push_back("added " + word);
  }
  for (const auto& word : before) {
    if (std::find(after.begin(), after.end(), word) == after.end()) words.push_back("removed " + word);
  }
  if (words.empty()) return "their order";
  if (words.size() > 4) words.resize(4);
  return join_texts(words, ", ");
}

/// "" when both sides compile and link the operator alike.
Result<std::string> compare_operator(const Side& base, const Side& head, const Registration& before,
                                     const Registration& after, const std::string& configuration) {
  if (before.target != after.target)
    return fmt::format("changed target {} to {}", before.target, after.target);
  if (base.plain(before.spec) != head.plain(after.spec))
    return std::string("changed registration: another spec file");
  if (before.sources.size() != after.sources.size())
    return std::string("changed registration: other sources");
  const auto old_target = base.targets.find(before.target), new_target = head.targets.find(after.target);
  if (old_target == base.targets.end() || new_target == head.targets.end()) {
    return Error{ErrorCode::not_found, fmt::format("target {} is missing", after.target)};
  }
  for (size_t i = 0; i < after.sources.size(); ++i) {
    if (base.plain(before.sources[i]) != head.plain(after.sources[i]))
      return std::string("changed registration: other sources");
    if (!exists(before.sources[i]) || !exists(after.sources[i])) continue;  // the source itself is reported
    KE_TRY(const auto old_recipe,
           compile_recipe(base.model, old_target->second, before.sources[i], configuration));
    KE_TRY(const auto new_recipe,
           compile_recipe(head.model, new_target->second, after.sources[i], configuration));
    const auto old_words = arguments_of(old_recipe, base), new_words = arguments_of(new_recipe, head);
    if (old_words != new_words) return fmt::format("changed flags: {}", difference(old_words, new_words));
  }
  const auto old_link = link_of(base, old_target->second, before.sources[0]);
  const auto new_link = link_of(head, new_target->second, after.sources[0]);
  if (old_link != new_link) return fmt::format("changed link line: {}", difference(old_link, new_link));
  return std::string();
}

/// Files below the build folder that cmake itself wrote, by content.
std::map<std::string, std::string> configured_files(const Side& side) {
  std::map<std::string, std::string> result;
  for (const std::string& file : list_files(side.build_dir)) {
    if (starts_with(file, ".cmake/") || file.find("CMakeFiles/3.") != std::string::npos ||
        !is_c_family(file)) {
      continue;
    }
    const auto text = read_file(join(side.build_dir, file), 16u << 20);
    if (text) result[file] = token_hash(side.plain(*text));
  }
  return result;
}

std::map<std::string, std::string> commands_of(const Side& side, const Project& project) {
  std::map<std::string, std::string> result;
  const auto manifest = starts_with(project.generator, "Ninja")
                            ? read_manifest(side.build_dir, project.configuration)
                            : read_make_rules(side.build_dir);
  if (!manifest) return result;
  for (const NinjaEdge& edge : manifest->edges) {
    if (edge.command.empty()) continue;
    std::string inputs;
    for (const uint32_t input : edge.inputs) inputs += "\n" + side.plain(manifest->paths[input]);
    for (const uint32_t output : edge.outputs) {
      result[side.plain(manifest->paths[output])] = side.plain(edge.command) + inputs;
    }
  }
  return result;
}

template <class Map>
std::set<std::string> differing(const Map& before, const Map& after) {
  std::set<std::string> keys;
  for (const auto& [key, value] : after) {
    const auto found = before.find(key);
    if (found == before.end() || found->second != value) keys.insert(key);
  }
  for (const auto& [key, value] : before) {
    if (!after.contains(key)) keys.insert(key);
  }
  return keys;
}

/// Lines that pin downloaded sources. Both sides are configured with the sources that are here, so a moved
/// pin would be missed.
std::string pins_of(const std::string& text) {
  std::string pins;
  for (const std::string& line : split(text, '\n')) {
    const std::string code = canonical_cmake(line);
    for (const char* word : {"GIT_TAG", "GIT_REPOSITORY", "URL"}) {
      if (code.find(word) != std::string::npos) pins += code + "\n";
    }
  }
  return pins;
}

bool pins_moved(const Project& project, const Snapshot& snapshot, const std::vector<std::string>& files) {
  if (!exists(join(project.build_dir, "_deps"))) return false;
  for (const std::string& file : files) {
    const GitDelta* delta = snapshot.delta(file);
    const auto before = snapshot.base_text(*delta), after = snapshot.head_text(file);
    if (pins_of(before ? *before : "") != pins_of(after ? *after : "")) return true;
  }
  return false;
}

void compare_sources(const Project& project, const Side& base, const Side& head, CmakeChanges& changes) {
  const auto before = compilations_of(base, project.configuration);
  const auto after = compilations_of(head, project.configuration);
  for (const std::string& source : differing(before, after)) {
    const auto old_words = before.find(source), new_words = after.find(source);
    const std::string what = old_words == before.end() ? "added to a target"
                             : new_words == after.end()
                                 ? "removed from a target"
                                 : "changed flags: " + difference(old_words->second, new_words->second);
    const bool in_tree = starts_with(source, "<root>/");
    const std::string file = in_tree ? source.substr(7) : replace_all(source, "<build>", project.build_dir);
    changes.sources.emplace(file, what);
  }
}

void compare_operators(const Project& project, const Side& base, const Side& head, CmakeChanges& changes) {
  for (const auto& [name, registration] : head.registrations) {
    const auto before = base.registrations.find(name);
    if (before == base.registrations.end()) {
      changes.added.push_back(registration);
      continue;
    }
    const auto reason = compare_operator(base, head, before->second, registration, project.configuration);
    if (!reason) changes.unknown[name] = reason.error().message;
    if (reason && !reason->empty()) changes.reasons[name] = *reason;
  }
  for (const auto& [name, registration] : base.registrations) {
    if (!head.registrations.contains(name)) changes.removed.push_back(registration);
  }
}

}  // namespace

Result<CmakeChanges> compare_configurations(const Project& project, Snapshot& snapshot, const Repo& repo,
                                            std::vector<std::string> files) {
  CmakeChanges changes;
  changes.files = std::move(files);
  KE_TRY(const auto temp, TempDir::make("ke-detect"));
  const std::string top = canonical(temp.path());
  const auto source_dir = snapshot.relative_path(canonical(project.source_dir)).value_or("");
  Side base, head;
  base.root = join(top, "base/source");
  head.root = snapshot.head().empty() ? repo.root() : join(top, "head/source");
  for (Side* side : {&base, &head}) side->source_dir = join(side->root, source_dir);
  base.build_dir = join(top, "base/build");
  head.build_dir = join(top, "head/build");
  KE_DO(repo.export_tree(snapshot.base(), base.root));
  if (!snapshot.head().empty()) KE_DO(repo.export_tree(snapshot.head(), head.root));
  log_progress("CMake files changed: configuring base and head");
  if (const auto done = configure_both(project, base, head); !done) {
    changes.failure = replace_all(done.error().message, top + "/", "");
    return changes;
  }
  compare_operators(project, base, head, changes);
  compare_sources(project, base, head, changes);
  const auto unknown_for_all = [&](const std::string& why) {
    for (const auto& [name, registration] : head.registrations) changes.unknown.try_emplace(name, why);
  };
  const std::set<std::string> presets = preset_files(snapshot);
  KE_TRY(const auto cache, read_cmake_cache(project.build_dir));
  const std::string toolchain = canonical(join(project.source_dir, value_of(cache, "CMAKE_TOOLCHAIN_FILE")));
  for (const std::string& file : changes.files) {
    const bool first_time = presets.contains(file) || ends_with(file, "Presets.json") ||
                            snapshot.root() + "/" + file == toolchain;
    if (first_time) unknown_for_all(fmt::format("{} sets options that only a new configure applies", file));
  }
  if (pins_moved(project, snapshot, changes.files))
    unknown_for_all("another version of a downloaded dependency is pinned");
  changes.configured_files = differing(configured_files(base), configured_files(head));
  changes.changed_commands = differing(commands_of(base, project), commands_of(head, project));
  return changes;
}

}  // namespace ke
