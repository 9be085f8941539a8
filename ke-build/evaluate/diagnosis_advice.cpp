// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/diagnosis_advice.h"

#include "ke-build/evaluate/check.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ke {

namespace {

/// What the contract alone says about the loops that a kernel of this operator must have.
struct Structure {
  bool reduces = false;    // a sum of many terms behind one output element
  bool contracts = false;  // ... of products of two arrays that share the summed axis
  bool gathers = false;    // looks rows up by index
  bool strided = false;    // some input's last axis is not the output's last axis
  bool bordered = false;   // neighbours of an element: stencils and convolutions
  bool transcendental = false;
  double output_share = 0;  // of all bytes
};

bool mentions(const Operator& op, const std::vector<std::string>& words) {
  std::string text = op.op_type + " " + op.name;
  for (const std::string& tag : op.tags) text += " " + tag;
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return text.find(word) != std::string::npos; });
}

Structure structure_of(const Operator& op, const Axes& axes, const Work& work) {
  Structure s;
  s.gathers = work.gathers;
  s.bordered = mentions(op, {"conv", "stencil", "filter", "blur", "pool"});
  s.transcendental = mentions(
      op, {"softmax", "gelu", "silu", "swiglu", "sigmoid", "tanh", "exp", "attention", "entropy", "log"});
  double output_bytes = 0, all_bytes = 0;
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    const Argument& argument = op.arguments[a];
    const auto count = element_count(argument, axes);
    const double bytes = count ? static_cast<double>(*count * size_of(argument.dtype)) : 0;
    all_bytes += bytes;
    if (!argument.output || argument.shape.empty()) continue;
    output_bytes += bytes;
    const auto length = reduction_length(op, axes, a);
    s.reduces |= length && *length > 8;
    std::set<std::string> kept(argument.shape.begin(), argument.shape.end());
    std::multiset<std::string> summed;
    for (const Argument& input : op.arguments) {
      if (!input.input || input.shape.empty()) continue;
      for (const std::string& extent : input.shape)
        if (!kept.count(extent)) summed.insert(extent);
      const bool has_last =
          std::find(input.shape.begin(), input.shape.end(), argument.shape.back()) != input.shape.end();
      s.strided |= has_last && input.shape.size() >= 2 && input.shape.back() != argument.shape.back();
    }
    for (const std::string& extent : summed) s.contracts |= summed.count(extent) >= 2;
  }
  s.output_share = all_bytes > 0 ? output_bytes / all_bytes : 0;
  return s;
}

std::vector<std::string> memory_advice(const Structure& s, const Measured& measured, const Operator& op,
                                       const DiagnosisFacts& facts) {
  std::vector<std::string> advice;
  advice.push_back("stop tuning the loops: the bytes move as fast as this machine moves them");
  if (facts.level == "DRAM" && s.output_share > 0.3)
    advice.push_back("write the output with non-temporal stores, which saves reading the lines first");
  advice.push_back("move fewer bytes: fuse with the producer or the consumer, or use a narrower format");
  if (s.contracts) advice.push_back("tile so that each loaded value is used more often while it is in cache");
  if (measured.threads == 1 && op.contract.threads == 1)
    advice.push_back("allow more threads in the contract: one core rarely saturates the memory");
  return advice;
}

/// What the differential runs found wants its own medicine, whatever the operator looks like.
std::vector<std::string> advice_on_detail(const std::string& detail) {
  const auto says = [&](const char* words) { return detail.find(words) != std::string::npos; };
  if (says("dependence chain"))
    return {"break the chain: several accumulators, or several rows at a time (unroll-and-jam)",
            "allow this file to reorder sums (-fassociative-math) if the tolerance covers it"};
  if (says("special functions"))
    return {"let the compiler vectorise the special functions (vector math library), errno off",
            "replace the special functions by shorter polynomials within the tolerance"};
  if (says("scalar code"))
    return {
        "vectorise: promise no aliasing (restrict), take calls, tests and carried sums out of the inner "
        "loop; "
        "the compiler says what stops it (-fopt-info-vec-missed, -Rpass-missed=loop-vectorize)"};
  if (says("dependent lookups"))
    return {"follow several independent chains at once, so that their misses overlap",
            "make the table smaller: narrower indices, fields that are used together side by side"};
  if (says("gathers"))
    return {"prefetch the rows of the next indices and work on several rows at a time",
            "process the indices in sorted or blocked order, so that rows are found in a nearer cache",
            "make the rows smaller: a narrower format, only the fields that are used"};
  if (says("do not overlap"))
    return {"start loads before their values are needed: prefetch or software-pipeline the inner loop",
            "work in blocks that stay in a nearer cache between passes"};
  if (says("beyond the declared traffic"))
    return {"walk memory in its order: interchange the loops or tile them, so that each line is fetched once",
            "fuse passes over the data, so that it is fetched once"};
  if (says("serial part"))
    return {
        "parallelise the outermost loop once per call: fewer, larger parallel regions and no barriers inside",
        "give every thread the same work: static schedule, no shared counters, no false sharing"};
  if (says("mispredicted"))
    return {"replace unpredictable tests by selects or masks",
            "sort or partition the data by the tested value"};
  if (says("instruction supply"))
    return {
        "shrink the hot loop: less unrolling and inlining, so that it fits the decoded-instruction cache"};
  return {};
}

std::vector<std::string> compute_advice(const Structure& s, const Operator& op, const Measured& measured) {
  std::vector<std::string> advice;
  if (op.isa == Isa::portable && !measured.isa.empty())
    advice.push_back("dispatch to a wider instruction set at run time");
  if (s.bordered)
    advice.push_back("use an algorithm with fewer multiplications (Winograd, separable filters)");
  if (s.transcendental)
    advice.push_back("replace the special functions by shorter polynomials within the tolerance");
  advice.push_back("stop tuning the loops: the arithmetic units are busy; only fewer operations help");
  advice.push_back("use a narrower format if the tolerance allows it");
  return advice;
}

std::vector<std::string> structural_advice(const Structure& s, const Work& work,
                                           const DiagnosisFacts& facts) {
  std::vector<std::string> advice;
  if (s.contracts)
    advice.push_back("keep a tile of results in registers (unroll-and-jam) and block for the caches");
  if (s.strided)
    advice.push_back(
        "interchange the loops or work in blocks, so that the innermost loop walks memory one by one");
  if (s.bordered) advice.push_back("split the border from the interior, so that the inner loop has no tests");
  if (s.transcendental)
    advice.push_back("let the compiler vectorise the special functions (vector math library), errno off");
  if (s.gathers) advice.push_back("prefetch the rows of the next indices and work on several rows at a time");
  if (s.reduces && !s.contracts)
    advice.push_back("sum into several accumulators, so that additions overlap and vectorise");
  if (facts.scalar_share > 0 && facts.scalar_share < 1.2)
    advice.push_back(fmt::format(
        "vectorise: the rate is {:.0f} % of what scalar code reaches; look for aliasing (restrict), "
        "carried sums and tests in the inner loop",
        100 * facts.scalar_share));
  if (facts.memory_share > 0 && facts.memory_share < 0.5 && work.bytes > 0 && facts.level == "DRAM")
    advice.push_back(fmt::format("fuse passes over the data: the time would allow moving them {:.1f} times",
                                 1 / facts.memory_share));
  advice.push_back(
      "hoist what does not change out of the inner loop: pointers of rows, divisions, loads through "
      "references");
  advice.push_back("try a higher optimisation level and wider vectors for this file");
  advice.push_back("unroll the inner loop, so that more loads are in flight");
  return advice;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& from) {
  for (const std::string& line : from) {
    if (std::find(to.begin(), to.end(), line) == to.end()) to.push_back(line);
  }
}

}  // namespace

std::vector<std::string> advice_for(const Operator& op, const Axes& axes, const Work& work,
                                    const Measured& measured, const Diagnosis& diagnosis,
                                    const DiagnosisFacts& facts) {
  const Structure structure = structure_of(op, axes, work);
  std::vector<std::string> advice;
  switch (diagnosis.bound) {
    case Bound::memory:
      advice = memory_advice(structure, measured, op, facts);
      break;
    case Bound::compute:
      advice = advice_on_detail(diagnosis.detail);
      // Units that are not busy are no reason to stop.
      append(advice, diagnosis.detail == "arithmetic units" ||
                             diagnosis.detail.find("both are full") != std::string::npos
                         ? compute_advice(structure, op, measured)
                         : structural_advice(structure, work, facts));
      break;
    case Bound::launch:
      advice = {"do more work per call: batch, or fuse with the caller's loop",
                "remove what is done once per call: allocations, table set-up, thread start",
                "let the call be inlined: the kernel is as short as its call"};
      break;
    default:
      advice = advice_on_detail(diagnosis.detail);
      append(advice, structural_advice(structure, work, facts));
      break;
  }
  advice.resize(std::min<size_t>(advice.size(), 3));
  return advice;
}

std::string falsification(Bound bound, const std::string& next) {
  if (bound == Bound::unknown) return "undecided until the skeletons are timed";
  if (bound == Bound::launch) return "wrong if a larger shape takes proportionally longer";
  if (next == "tools") return "wrong if counters show the slots waiting for operands";
  if (next == "flags")
    return "wrong if other flags change its time by more than they change its instructions";
  if (next == "threads") return "wrong if more threads make it faster";
  if (next == "stream") return "wrong if moving the same bytes alone takes as long";
  if (next == "warm") return "wrong if it is as slow on data that is already in the caches";
  if (next == "sizes")
    return bound == Bound::memory
               ? "wrong if it takes as long per element on a shape that fits a nearer cache"
               : "wrong if small shapes take as long per element as large ones";
  return "wrong if the same program on one cached tile is faster";
}

}  // namespace ke
