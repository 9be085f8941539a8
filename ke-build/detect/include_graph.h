// SPDX-License-Identifier: MIT
// Which files can a source reach through its includes? Read from the text, with every branch of conditional
// code taken, so that it covers what any configuration and any earlier build includes. Every place where a
// header is looked for is kept as well, so that a header that appears or vanishes there (shadowing,
// __has_include) is noticed.
#pragma once

#include "ke-build/detect/generators.h"
#include "ke-build/detect/snapshot.h"
#include "ke-build/model/recipe.h"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace ke {

/// Where a compilation looks for headers; all folders canonical.
struct IncludeEnvironment {
  std::vector<std::string> quote_dirs, dirs;  // in the order of the search
  std::vector<std::string> forced;            // files of -include and -imacros
  bool computed = false;                      // a macro on the command line names a header
};
IncludeEnvironment environment_of(const Recipe& recipe);
/// From words such as -Ia, -isystem b.
IncludeEnvironment environment_of(const std::vector<std::string>& words, const std::string& directory);

struct Reached {
  enum class Kind {
    tracked,    // in git at head; `file` is relative to the repository
    absent,     // not at head, but at base: deleted; `file` is relative
    probe,      // operand of __has_include that appeared or vanished; `file` is relative
    generated,  // in the build folder; `file` is absolute
    passage     // behind a changed submodule or symbolic link; `file` is relative
  };
  Kind kind = Kind::tracked;
  std::string file;
  int parent = -1;      // index into the walk; -1 for a root
  bool certain = true;  // no condition on the way: whoever compiles the root reads this file
};

struct Walk {
  std::vector<Reached> reached;
  bool computed = false;             // some operand is a macro: only the compiler knows
  std::vector<std::string> opaque;   // files that read others in unknown ways
  std::vector<std::string> unbuilt;  // generated files that do not exist yet: their own includes are unknown
};

class IncludeGraph {
 public:
  IncludeGraph(Snapshot& snapshot, std::string build_dir, Generators& generators)
      : snapshot_(&snapshot), build_dir_(std::move(build_dir)), generators_(&generators) {}

  /// Everything reachable from `roots` (absolute paths), certain ways first.
  Walk walk(const std::vector<std::string>& roots, const IncludeEnvironment& environment);

  /// True when everything that `root` (absolute) reaches is known, and in git and not changed, or written by
  /// cmake; where it is false walk() tells more. What is found is remembered by the environment's address,
  /// which must stay.
  bool settled(const std::string& root, const IncludeEnvironment& environment);
  /// All files that settled() has followed for this environment: relative, or absolute outside of git.
  const std::unordered_set<std::string>& settled_files(const IncludeEnvironment& environment) {
    return settled_[&environment];
  }
  /// Is it a file of the build folder that cmake itself wrote?
  bool configured(const std::string& absolute);

 private:
  struct Place {
    Reached::Kind kind;
    std::string file;
  };
  struct State;
  void expand(State& state, int index);
  void includes_of(State& state, int index, const FileSummary& summary, const std::string& folder);
  std::vector<Place> places(const IncludeSpec& include, const std::string& folder,
                            const IncludeEnvironment& environment);
  bool look_up(const std::string& path, std::vector<Place>& places);
  bool look_on_disk(const std::string& path, std::vector<Place>& places);
  /// Adds what `file` (as in settled_files) includes; false when some of it is changed or unknown.
  bool settled_includes(const std::string& file, const IncludeEnvironment& environment,
                        std::vector<std::string>& includes);
  bool add_settled(const std::vector<Place>& places, std::vector<std::string>& files);
  bool is_link(const std::string& file);

  Snapshot* snapshot_;
  std::string build_dir_;
  Generators* generators_;
  std::unordered_map<std::string, std::string>
      on_disk_;                                  // path -> canonical path, or "" when it does not exist
  std::unordered_map<std::string, bool> links_;  // relative path -> it is a symbolic link
  std::unordered_map<const IncludeEnvironment*, std::unordered_set<std::string>> settled_;  // relative paths
};

}  // namespace ke
