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

std::vector<std::string> latency_advice(const Structure& s, const Work& work, const DiagnosisFacts& facts) {
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
      advice = compute_advice(structure, op, measured);
      break;
    case Bound::launch:
      advice = {"do more work per call: batch, or fuse with the caller's loop",
                "remove what is done once per call: allocations, table set-up, thread start",
                "let the call be inlined: the kernel is as short as its call"};
      break;
    default:
      advice = latency_advice(structure, work, facts);
      break;
  }
  advice.resize(std::min<size_t>(advice.size(), 3));
  return advice;
}

std::string falsification(Bound bound) {
  switch (bound) {
    case Bound::memory:
      return "falsified if the same kernel without its arithmetic is faster";
    case Bound::compute:
      return "falsified if the same kernel reading one cached tile only is faster";
    case Bound::launch:
      return "falsified if doubling the rows does not come almost free";
    default:
      return "falsified if neither removing the arithmetic nor reading one cached tile makes it faster";
  }
}

}  // namespace ke
