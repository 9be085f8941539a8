// SPDX-License-Identifier: MIT
// The folder of one evaluation: named by its content, holding everything that is needed to repeat it with
// `ninja -C FOLDER verify`. A folder is written before its first step and every result is written last, so
// that a kill at any moment leaves either a result or a step to repeat.
#pragma once

#include "ke-build/evaluate/backend.h"
#include "ke-build/evaluate/patience.h"
#include "ke-build/evaluate/subject_json.h"
#include "ke-build/model/codec.h"

#include <map>
#include <mutex>
#include <string>

namespace ke {

/// What nobody may do whose baseline does not do it.
struct Habits {
  bool starts_threads = false;      // although the contract says one
  bool leaves_float_state = false;  // rounding or flush mode differ after a call
};

/// The program as the runner needs it.
struct Program {
  std::string path;
  bool promoted = false;  // its floating arguments are doubles
  std::vector<std::string>
      reads;                // what it may read at run time: itself and the shared libraries it is linked to
  std::string runner = {};  // a pure kernel's: the program that maps it; otherwise `path` is one itself
  std::vector<std::string> layouts = {};  // the same code, its objects linked in other orders
  Habits habits = {};
};
Program program_of(const Product& product, const Recipe& recipe, Role role);

/// Builds programs in content-addressed folders below `state_dir` and remembers them, on disk too. Threads
/// may share one.
class Folders {
 public:
  Folders(Backend& backend, std::string state_dir, double build_timeout_s)
      : backend_(backend),
        state_dir_(std::move(state_dir)),
        build_timeout_s_(build_timeout_s),
        patience_(build_timeout_s, kShortestBuild_s),
        sanitized_patience_(build_timeout_s, kShortestBuild_s) {}

  /// <state_dir>/evaluations/<hash of contract, recipe, candidate and link inputs>.
  std::string path_of(const Operator& op, const Subject& subject) const;
  /// <state_dir>/references/<hash>; `key` is what the program depends on beside contract, recipe and source.
  std::string reference_path(const Operator& op, const Subject& subject, const std::string& key) const;
  /// Writes subject.json, both sources and build.ninja; keeps what is there. ERRORS: io.
  Result<> write(const std::string& folder, const Operator& op, const Subject& baseline,
                 const Subject& subject) const;
  /// Builds `role` of the subject in the folder, or finds it there: the same text, toolchain and headers give
  /// the same program. `seconds` of a found product is 0.
  Result<Product> build(const std::string& folder, const Operator& op, const Subject& subject, Role role);
  /// What building `role` in the folder took when it was done; 0 when it was not.
  double seconds_of(const std::string& folder, Role role) const;
  /// Fills program.layouts of a kernel that was built there; `seconds` is what it took.
  Result<> relink(const std::string& folder, const Operator& op, const Subject& subject, Program& program,
                  double& seconds);
  /// Links <name>.o, a changed copy of what was compiled in the folder, as the kernel's own object; the
  /// program's path. ERRORS: tool, io.
  Result<std::string> link_object(const std::string& folder, const Operator& op, const Subject& subject,
                                  const std::string& name);

 private:
  static constexpr double kShortestBuild_s = 20;

  std::string link_stamp(const Recipe& recipe) const;
  Result<Product> build_now(const std::string& folder, const Operator& op, const Subject& subject, Role role);

  Backend& backend_;
  std::string state_dir_;
  double build_timeout_s_;
  Patience patience_, sanitized_patience_;  // instrumented builds take several times as long
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::string> stamps_;  // link inputs, hashed once per process
};

/// Text of build.ninja: the rungs as edges, each run by this program's `judge` verb.
std::string ninja_text(const std::string& judge_program, const std::string& source_name);
/// `<ke-build> judge`, found beside the running executable.
std::string judge_program();

}  // namespace ke
