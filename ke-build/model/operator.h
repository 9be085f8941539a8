// SPDX-License-Identifier: MIT
// The operator contract, as read from a spec file (docs/spec.md): a superset of a FlashInfer-Trace
// Definition. Plain structs; the reader with all its checks is model/spec.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ke {

enum class Dtype { f64, f32, f16, bf16, f8e4m3, f8e5m2, i64, i32, i16, i8, u32, u16, u8, boolean };

/// Sizes of the operator's named axes, e.g. {"rows": 128, "cols": 4096}.
using Axes = std::map<std::string, int64_t>;

/// Which values an input may take. Fresh random inputs are drawn from it, so that they are always legal ones.
struct Domain {
  enum class Kind {
    normal,    // standard normal times `scale`
    range,     // uniform in [low, high]; integers: both ends included
    index,     // integers in [0, size of `axis`)
    offsets,   // monotone, first 0, last == size of `axis`; the argument has one more element than there are
               // bags
    mask,      // 0 or 1, with probability `density` of 1
    positive,  // exponential, > 0
    constant,  // every element `low`
    spd        // symmetric positive definite matrix (last two axes equal)
  };
  Kind kind = Kind::normal;
  double low = -1, high = 1, scale = 1, density = 0.5;
  std::string axis;
  bool declared = false;  // by the spec; otherwise it is the default of the dtype
};

struct Argument {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<std::string>
      shape;  // expressions over axes (`rows`, `64`, `bags + 1`); empty: a scalar passed by value
  bool scalar = false;
  bool input = true;  // an in-place argument is both
  bool output = false;
  Domain domain;
  int64_t align_bytes = 0;  // declared alignment; 0: only that of the element
  bool workspace = false;   // scratch memory: the kernel may write it, nobody reads it afterwards
};

struct Workload {
  std::string name;
  Axes axes;
  std::map<std::string, double> scalars;  // values of scalar inputs
  double weight = 1;
};

struct AxisRange {
  int64_t low = 1, high = 1;
};

struct Tolerance {
  enum class Kind { derived, exact, ulp, absolute };
  Kind kind = Kind::derived;
  std::string reduction;  // expression over axes: length of the longest sum behind one output element
  double ulp = 4, atol = 0, rtol = 0;
  // Roundoff of the format to which a kernel may round what it multiplies; 0: that of the inputs themselves.
  double products = 0;
  bool any_error = false;  // within the bound is enough, however much larger than the baseline's error
  double factor = 8;       // c in |y^ - y| <= c (u_out |y| + sqrt(K) u_acc s)
};

struct Tunable {
  std::string name;  // a macro that the source reads, e.g. TILE
  std::vector<std::string> values;
  std::string initial;
  std::string where = {};  // of the declaration, for messages: src/k.cpp:12, or the spec's JSON path
};

/// A condition over tunables and constant axes that every configuration satisfies.
struct TunableConstraint {
  std::string text;   // TILE * LANES <= 256
  std::string where;  // like Tunable::where
};

struct Contract {
  bool finite_only = false;   // inputs and outputs are never NaN or Inf: finite-math flags become legal
  bool noalias = false;       // outputs overlap no input; otherwise generated code checks at run time
  bool deterministic = true;  // same input, same bits, if the baseline's are
  int threads = 1;
  bool reentrant = false;  // two threads may call at the same time
};

enum class Isa { portable, native };

/// What a kernel may use while it is called. Pure: its arguments, its stack and its constants, nothing else.
enum class Level { hosted, pure };

struct Kernel {
  std::string language = "cpp";
  std::string entry;                 // unqualified name of the function that is rewritten
  std::string call;                  // a C++ expression over argument and axis names; outputs are pointers
  std::vector<std::string> headers;  // further #include lines for the call, rarely needed
  enum class Rewrite { function, file, regions } rewrite = Rewrite::function;
  std::vector<Tunable> tunables;  // of the spec, then those that the source declares (model/tunables.h)
  std::vector<TunableConstraint> constraints;
};

struct Reference {
  enum class Kind {
    baseline,  // the kernel itself, compiled with its floating types promoted to double where that is
               // possible
    source     // a C++ file; floating arguments arrive as double
  } kind = Kind::baseline;
  std::string source;  // absolute path
  std::string call;
};

struct Operator {
  std::string name, op_type, description;
  std::vector<std::string> tags;
  std::string spec_path;                // absolute
  std::string target;                   // CMake target, from the registration
  std::vector<std::string> sources;     // absolute; sources[0] holds the kernel
  std::vector<std::string> axis_names;  // in declaration order
  Axes constants;                       // axes of type "const"
  std::vector<Argument> arguments;      // inputs in order, then outputs, then workspace
  Level level = Level::hosted;
  Kernel kernel;
  Reference reference;
  Tolerance tolerance;
  std::vector<Workload> workloads;
  std::map<std::string, AxisRange> hidden;  // ranges from which the judge draws hidden shapes
  Isa isa = Isa::portable;
  std::vector<std::string> forbidden_flags;  // flags that the repository may not adopt
  std::vector<std::string> other_compilers;  // programs that the repository may adopt for the kernel's file
  Contract contract;
  std::string flops;      // expression over axes; empty: unknown
  std::string bytes;      // expression over axes; empty: every argument once
  std::string spec_text;  // the file as read
};

/// One `ke_add_operator()` call, as the rules record it in <build>/ke/operators.json.
struct Registration {
  std::string name, target, spec;    // spec: absolute path
  std::vector<std::string> sources;  // absolute
  std::string declared_at;           // CMakeLists.txt:line
};

}  // namespace ke
