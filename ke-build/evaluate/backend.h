// SPDX-License-Identifier: MIT
// SEAM: one hardware family. A backend turns a version of a kernel into a program that the judge can start as
// a runner (evaluate/runner.h); verifying and measuring then know nothing of the hardware. Rows live in
// backends/<name>/ and are listed by a generated table. One thread at a time; lifetime is the program's.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/model/candidate.h"
#include "ke-build/model/operator.h"
#include "ke-build/model/recipe.h"

#include <memory>
#include <string>
#include <vector>

namespace ke {

/// Which program is made of the source.
enum class Role {
  kernel,     // the kernel as the repository builds it plus the candidate's flags
  sanitized,  // the same, instrumented so that undefined behaviour ends it with a report
  traced,  // the same, hardly optimised, instrumented so that a call notes what it compares and where it was
  reference,  // the spec's reference source: floating arguments arrive as double
  promoted,   // the kernel itself with its floating types promoted to double, as a reference
  lowered,    // the kernel itself with every `+=` and `-=` on a float rounded to bfloat16: wrong on purpose
  relaxed,    // the kernel as the repository builds it, its sums contracted and in other orders
  linked      // the kernel compiled by itself, found by the linker through the baseline's declaration; the
              // folder holds the baseline's source in baseline/
};
const char* name_of(Role role);

struct BuildOrder {
  const Operator& op;
  const Recipe& recipe;
  const Candidate& candidate;  // for Role::reference its source is the reference's text
  Role role = Role::kernel;
  std::string folder;     // exists; everything that is written goes here
  std::string name;       // file name of the program inside folder
  std::string cache_dir;  // what all builds share, such as the compiled runner
  double timeout_s = 60;  // for each step of the build
};

struct Product {
  bool built = false;
  std::string program;  // absolute path
  std::string runner;   // what starts it, where it is no program that starts by itself (pure kernels)
  std::string failure;  // first error lines, when not built
  bool timed_out = false;
  double seconds = 0;
  std::vector<std::string> depends;  // absolute paths of the repository's files that were read
  std::vector<std::string> layers;   // sandbox layers of the compilers, then "absent: ..." ones
  std::vector<std::string> reads;    // folders of libraries that the program may load, beside the system's
};

struct BackendProbe {
  bool usable = false;
  std::string hardware;  // what it would run on
  std::string missing;   // why not usable
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string name() const = 0;
  /// The values of `ke.kernel.language` that it builds.
  virtual std::vector<std::string> languages() const = 0;
  virtual BackendProbe probe() = 0;
  /// Compiles in the sandbox. Source that does not compile is a Product; ERRORS: tool (no compiler), refused,
  /// io.
  virtual Result<Product> build(const BuildOrder& order) = 0;
  /// Links what build() compiled again with its code at other addresses: <name>.1, <name>.2, ... Where code
  /// lies changes its speed by up to a tenth, which is luck and no merit of a version. Absolute paths; empty
  /// where it makes no sense.
  virtual Result<std::vector<std::string>> relink(const BuildOrder& order, int layouts) = 0;
};

/// One of each, in the order of the generated table.
std::vector<std::unique_ptr<Backend>> make_backends();
/// The first backend that speaks the language. ERRORS: usage, naming the languages there are.
Result<std::unique_ptr<Backend>> backend_for(const std::string& language);

}  // namespace ke
