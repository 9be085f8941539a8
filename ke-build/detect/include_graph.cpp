// SPDX-License-Identifier: MIT
#include "ke-build/detect/include_graph.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <algorithm>
#include <deque>
#include <set>

#include <sys/stat.h>
#include <unistd.h>

namespace ke {
namespace {

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

bool names_header(const std::string& define) {
  const size_t equals = define.find('=');
  if (equals == std::string::npos) return false;
  const std::string value = define.substr(equals + 1);
  return value.find('<') != std::string::npos ||
         (value.find('"') != std::string::npos && value.find('.') != std::string::npos);
}

/// Takes the argument of an option that is written `-Ix`, `-I x` or `-include x`.
bool take(const std::vector<std::string>& words, size_t& i, std::string_view option, std::string& argument) {
  if (!starts_with(words[i], option)) return false;
  argument = words[i].substr(option.size());
  if (argument.empty() && i + 1 < words.size()) argument = words[++i];
  return !argument.empty();
}

}  // namespace

IncludeEnvironment environment_of(const std::vector<std::string>& words, const std::string& directory) {
  IncludeEnvironment environment;
  std::vector<std::string> plain, system, after;
  for (size_t i = 0; i < words.size(); ++i) {
    std::string argument;
    const auto folder = [&] { return canonical(argument[0] == '/' ? argument : join(directory, argument)); };
    if (take(words, i, "-iquote", argument)) {
      environment.quote_dirs.push_back(folder());
    } else if (take(words, i, "-isystem", argument)) {
      system.push_back(folder());
    } else if (take(words, i, "-idirafter", argument)) {
      after.push_back(folder());
    } else if (take(words, i, "-include", argument) || take(words, i, "-imacros", argument)) {
      environment.forced.push_back(argument);
    } else if (take(words, i, "-I", argument)) {
      plain.push_back(folder());
    }
  }
  // A folder that is given with -isystem too is searched in that place (GCC manual, Directory Options).
  for (const std::string& dir : plain) {
    if (std::find(system.begin(), system.end(), dir) == system.end()) environment.dirs.push_back(dir);
  }
  environment.dirs.insert(environment.dirs.end(), system.begin(), system.end());
  environment.dirs.insert(environment.dirs.end(), after.begin(), after.end());
  return environment;
}

IncludeEnvironment environment_of(const Recipe& recipe) {
  std::vector<std::string> words = recipe.flags;
  words.insert(words.end(), recipe.includes.begin(), recipe.includes.end());
  IncludeEnvironment environment = environment_of(words, recipe.directory);
  for (std::string& file : environment.forced) {
    const std::string beside = file[0] == '/' ? file : join(recipe.directory, file);
    if (exists(beside)) file = canonical(beside);
  }
  for (const std::string& define : recipe.defines) environment.computed |= names_header(define);
  for (const std::string& flag : recipe.flags) environment.computed |= starts_with(flag, "@");
  return environment;
}

struct IncludeGraph::State {
  const IncludeEnvironment& environment;
  Walk walk;
  std::unordered_map<std::string, int> seen;  // kind and file -> index
  std::deque<int> queue;

  void reach(Reached item) {
    const std::string key = std::to_string(static_cast<int>(item.kind)) + item.file;
    const auto [it, fresh] = seen.try_emplace(key, static_cast<int>(walk.reached.size()));
    if (!fresh) {
      Reached& known = walk.reached[static_cast<size_t>(it->second)];
      if (known.certain || !item.certain) return;
      known.certain = true;  // a better way to the same file: its includes are certain as well
      known.parent = item.parent;
      queue.push_front(it->second);
      return;
    }
    const bool certain = item.certain;
    walk.reached.push_back(std::move(item));
    if (certain) {
      queue.push_front(it->second);
    } else {
      queue.push_back(it->second);
    }
  }
};

Walk IncludeGraph::walk(const std::vector<std::string>& roots, const IncludeEnvironment& environment) {
  State state{environment, {}, {}, {}};
  state.walk.computed = environment.computed;
  for (const std::string& root : roots) {
    const auto file = snapshot_->relative_path(canonical(root));
    if (file && snapshot_->tracked(*file)) {
      state.reach({Reached::Kind::tracked, *file, -1, true});
    } else if (file && snapshot_->delta(*file)) {
      state.reach({Reached::Kind::absent, *file, -1, true});
    } else {
      state.reach({Reached::Kind::generated, root, -1, true});
    }
    // Forced includes are looked for as if every source began with them.
    for (const std::string& forced : environment.forced) {
      const IncludeSpec spec{IncludeSpec::Kind::quote, false, false, forced};
      for (const Place& place : places(spec, folder_of(root), environment)) {
        state.reach({place.kind, place.file, -1, true});
      }
    }
  }
  while (!state.queue.empty()) {
    const int index = state.queue.front();
    state.queue.pop_front();
    expand(state, index);
  }
  return std::move(state.walk);
}

bool IncludeGraph::is_link(const std::string& file) {
  const auto [it, fresh] = links_.try_emplace(file, false);
  char target[2];
  if (fresh) it->second = readlink((snapshot_->root() + "/" + file).c_str(), target, sizeof target) > 0;
  return it->second;
}

bool IncludeGraph::configured(const std::string& absolute) {
  if (!starts_with(absolute, build_dir_ + "/")) return false;
  const Ingredients& made = generators_->of(absolute);
  return made.configured && made.unknown.empty();
}

bool IncludeGraph::settled_includes(const std::string& file, const IncludeEnvironment& environment,
                                    std::vector<std::string>& includes) {
  const bool outside = file[0] == '/';
  const GitDelta* delta = outside ? nullptr : snapshot_->delta(file);
  if ((delta && !snapshot_->same_tokens(*delta)) || (!outside && is_link(file))) return false;
  const FileSummary* summary = outside ? snapshot_->disk_summary(file) : snapshot_->head_summary(file);
  if (!summary || summary->computed || summary->opaque) return false;
  const std::string folder = folder_of(outside ? file : snapshot_->root() + "/" + file);
  for (const IncludeSpec& include : summary->includes) {
    if (!add_settled(places(include, folder, environment), includes)) return false;
  }
  return true;
}

bool IncludeGraph::add_settled(const std::vector<Place>& places, std::vector<std::string>& files) {
  for (const Place& place : places) {
    const bool known = place.kind == Reached::Kind::tracked ||
                       (place.kind == Reached::Kind::generated && configured(place.file));
    if (!known) return false;
    files.push_back(place.file);
  }
  return true;
}

bool IncludeGraph::settled(const std::string& root, const IncludeEnvironment& environment) {
  const auto source = snapshot_->relative_path(root);
  if (!source || !snapshot_->tracked(*source) || environment.computed) return false;
  std::unordered_set<std::string>& known = settled_[&environment];
  std::vector<std::string> queue{*source};
  for (const std::string& forced : environment.forced) {
    const IncludeSpec spec{IncludeSpec::Kind::quote, false, false, forced};
    if (!add_settled(places(spec, folder_of(root), environment), queue)) return false;
  }
  std::unordered_set<std::string> seen(queue.begin(), queue.end());
  while (!queue.empty()) {
    const std::string file = std::move(queue.back());
    queue.pop_back();
    if (known.contains(file)) continue;
    std::vector<std::string> includes;
    if (!settled_includes(file, environment, includes)) return false;
    for (std::string& include : includes) {
      if (seen.insert(include).second) queue.push_back(std::move(include));
    }
  }
  // Whatever these files reach is among them.
  known.merge(seen);
  return true;
}

void IncludeGraph::expand(State& state, int index) {
  const Reached item = state.walk.reached[static_cast<size_t>(index)];
  if (item.kind == Reached::Kind::tracked) {
    const std::string absolute = snapshot_->root() + "/" + item.file;
    if (is_link(item.file)) {
      const auto real = snapshot_->relative_path(canonical(absolute));
      if (real && snapshot_->tracked(*real))
        state.reach({Reached::Kind::tracked, *real, index, item.certain});
    } else if (const FileSummary* summary = snapshot_->head_summary(item.file)) {
      includes_of(state, index, *summary, folder_of(absolute));
    } else {
      state.walk.opaque.push_back(item.file);
    }
  } else if (item.kind == Reached::Kind::generated) {
    if (const FileSummary* summary = snapshot_->disk_summary(item.file)) {
      includes_of(state, index, *summary, folder_of(item.file));
    } else {
      state.walk.unbuilt.push_back(item.file);
    }
  }
}

void IncludeGraph::includes_of(State& state, int index, const FileSummary& summary,
                               const std::string& folder) {
  state.walk.computed |= summary.computed;
  const Reached from = state.walk.reached[static_cast<size_t>(index)];
  if (summary.opaque) state.walk.opaque.push_back(from.file);
  for (const IncludeSpec& include : summary.includes) {
    const bool probe =
        include.kind == IncludeSpec::Kind::has_quote || include.kind == IncludeSpec::Kind::has_angle;
    const bool certain = from.certain && !include.conditional && !include.next;
    for (const Place& place : places(include, folder, state.environment)) {
      if (probe) {
        const GitDelta* delta = snapshot_->delta(place.file);
        if (delta && delta->kind != GitDelta::Kind::modified) {
          state.reach({Reached::Kind::probe, place.file, index, from.certain});
        }
        continue;
      }
      state.reach({place.kind, place.file, index, certain});
    }
  }
}

std::vector<IncludeGraph::Place> IncludeGraph::places(const IncludeSpec& include, const std::string& folder,
                                                      const IncludeEnvironment& environment) {
  std::vector<Place> result;
  if (include.name.empty()) return result;
  if (include.name[0] == '/') {
    look_up(join(include.name, ""), result);
    return result;
  }
  const bool simple = include.name.find("./") == std::string::npos;
  const bool quote = include.kind == IncludeSpec::Kind::quote || include.kind == IncludeSpec::Kind::has_quote;
  std::vector<const std::string*> dirs;
  if (quote) dirs.push_back(&folder);
  for (const std::string& dir : environment.quote_dirs) {
    if (quote) dirs.push_back(&dir);
  }
  for (const std::string& dir : environment.dirs) dirs.push_back(&dir);
  std::vector<std::string> paths;
  for (const std::string* dir : dirs) {
    paths.push_back(simple ? *dir + "/" + include.name : join(*dir, include.name));
    if (look_up(paths.back(), result) && !include.next) return result;
  }
  if (!quote || !result.empty()) return result;
  // Nowhere yet: a command of the build may write it into the source tree.
  for (const std::string& path : paths) {
    if (generators_->makes(path)) result.push_back({Reached::Kind::generated, path});
  }
  return result;
}

/// Adds what may be found at `path`; true when the search ends there at base and at head alike.
bool IncludeGraph::look_up(const std::string& path, std::vector<Place>& places) {
  const auto file = snapshot_->relative_path(path);
  if (file) {
    if (const GitDelta* delta = snapshot_->delta(*file)) {
      const bool absent = delta->kind == GitDelta::Kind::deleted;
      places.push_back({absent ? Reached::Kind::absent : Reached::Kind::tracked, *file});
      return delta->kind == GitDelta::Kind::modified;
    }
    if (snapshot_->tracked(*file)) {
      places.push_back({Reached::Kind::tracked, *file});
      return true;
    }
    if (snapshot_->passage_of(*file)) {
      places.push_back({Reached::Kind::passage, *file});
      return exists(path);
    }
  }
  return look_on_disk(path, places);
}

/// Files that git does not know: generated ones, headers outside of the repository, and ways through symbolic
/// links.
bool IncludeGraph::look_on_disk(const std::string& path, std::vector<Place>& places) {
  auto [it, fresh] = on_disk_.try_emplace(path);
  if (fresh) {
    struct stat status;
    if (stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) it->second = canonical(path);
  }
  const std::string& real = it->second;
  if (!real.empty() && real != path) {
    const auto file = snapshot_->relative_path(real);
    if (file && snapshot_->tracked(*file)) {
      places.push_back({Reached::Kind::tracked, *file});
      return true;
    }
  }
  const bool in_build = starts_with(path, build_dir_ + "/");
  const bool inside = in_build || snapshot_->relative_path(path).has_value();
  if ((in_build && generators_->makes(path)) || (!real.empty() && inside)) {
    places.push_back({Reached::Kind::generated, path});
    return true;
  }
  return !real.empty();
}

}  // namespace ke
