// SPDX-License-Identifier: MIT
// Words for enumerations, the same in code, SQL, JSON and documents, and the facts that hang on a dtype.
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/model/change.h"
#include "ke-build/model/session.h"
#include "ke-build/model/spec.h"

#include <array>
#include <map>

namespace ke {
namespace {

constexpr std::array<const char*, 10> kOutcomes = {"build_failed", "wrong", "unsafe", "crashed", "timed_out",
                                                   "untrusted",    "noisy", "slower", "equal",   "faster"};
constexpr std::array<const char*, 6> kBounds = {"memory", "compute",  "latency",
                                                "launch", "frontend", "unknown"};
constexpr std::array<const char*, 4> kMemories = {"inherit_parent", "compare_siblings", "combine_both",
                                                  "clean_slate"};

struct DtypeFacts {
  Dtype dtype;
  const char* name;
  int64_t size_bytes;
  const char* cpp;
  double roundoff;  // half the distance from 1 to the next number
};
constexpr std::array<DtypeFacts, 14> kDtypes = {{{Dtype::f64, "float64", 8, "double", 0x1p-53},
                                                 {Dtype::f32, "float32", 4, "float", 0x1p-24},
                                                 {Dtype::f16, "float16", 2, "_Float16", 0x1p-11},
                                                 {Dtype::bf16, "bfloat16", 2, "std::uint16_t", 0x1p-8},
                                                 {Dtype::f8e4m3, "float8_e4m3fn", 1, "std::uint8_t", 0x1p-4},
                                                 {Dtype::f8e5m2, "float8_e5m2", 1, "std::uint8_t", 0x1p-3},
                                                 {Dtype::i64, "int64", 8, "std::int64_t", 0},
                                                 {Dtype::i32, "int32", 4, "std::int32_t", 0},
                                                 {Dtype::i16, "int16", 2, "std::int16_t", 0},
                                                 {Dtype::i8, "int8", 1, "std::int8_t", 0},
                                                 {Dtype::u32, "uint32", 4, "std::uint32_t", 0},
                                                 {Dtype::u16, "uint16", 2, "std::uint16_t", 0},
                                                 {Dtype::u8, "uint8", 1, "std::uint8_t", 0},
                                                 {Dtype::boolean, "bool", 1, "bool", 0}}};

const DtypeFacts& facts(Dtype dtype) { return kDtypes[static_cast<size_t>(dtype)]; }

// `register tiles of 4 x 16: outer_vectorize ...` -> `register-tiles-of-4-x-16`.
std::string variant_of(const std::string& detail) {
  const size_t colon = detail.find(": ");
  if (colon == std::string::npos || colon == 0 || colon > 60) return "";
  std::string variant;
  for (const char c : detail.substr(0, colon)) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (word)
      variant += c;
    else if (!variant.empty() && variant.back() != '-')
      variant += '-';
  }
  return variant;
}

}  // namespace

const char* name_of(Outcome outcome) { return kOutcomes[static_cast<size_t>(outcome)]; }
const char* name_of(Bound bound) { return kBounds[static_cast<size_t>(bound)]; }
std::string bound_text(const Diagnosis& diagnosis) {
  std::string text =
      diagnosis.bound == Bound::unknown ? "bound unknown" : std::string(name_of(diagnosis.bound)) + " bound";
  return diagnosis.detail.empty() ? text : text + " (" + diagnosis.detail + ")";
}
bool has_ceiling(const Diagnosis& diagnosis) {
  const bool counted = diagnosis.flops > 0;
  return counted || diagnosis.bound == Bound::memory || diagnosis.bound == Bound::launch;
}
std::string ceiling_text(const Diagnosis& diagnosis) {
  const double share = diagnosis.efficiency * 100;
  if (!has_ceiling(diagnosis))
    return fmt::format("{:.0f} % of {}; $.ke.cost.flops would give its arithmetic a ceiling", share,
                       diagnosis.ceiling);
  return fmt::format("{:.0f} % of the measured ceiling ({}), at most {:.1f}x left", share, diagnosis.ceiling,
                     diagnosis.gain_left);
}
std::string level_text(const Evaluation& evaluation) {
  if (evaluation.level == evaluation.level_asked) return evaluation.level;
  return evaluation.level_asked + " was asked for and not shown to hold: " + evaluation.reason;
}
std::string coverage_text(const Coverage& coverage) {
  if (coverage.lines == 0) return "";
  if (coverage.run == coverage.lines)
    return fmt::format("traced calls ran all {} changed lines that hold code", coverage.lines);
  return fmt::format("traced calls ran {} of the {} changed lines that hold code", coverage.run,
                     coverage.lines);
}
const char* name_of(Level level) { return level == Level::pure ? "pure" : "hosted"; }
const char* name_of(Memory memory) { return kMemories[static_cast<size_t>(memory)]; }
const char* name_of(Dtype dtype) { return facts(dtype).name; }
int64_t size_of(Dtype dtype) { return facts(dtype).size_bytes; }
const char* cpp_type_of(Dtype dtype) { return facts(dtype).cpp; }
double unit_roundoff(Dtype dtype) { return facts(dtype).roundoff; }
bool is_floating(Dtype dtype) { return facts(dtype).roundoff > 0; }

Result<Outcome> outcome_from(const std::string& name) {
  for (size_t i = 0; i < kOutcomes.size(); ++i) {
    if (name == kOutcomes[i]) return static_cast<Outcome>(i);
  }
  return Error{ErrorCode::usage, "unknown outcome '" + name + "'"};
}

Result<Dtype> dtype_from(const std::string& name) {
  if (name == "tf32" || name == "tfloat32") {
    return Error{ErrorCode::usage,
                 "tf32 is no format that memory holds; declare float32 and, if the kernel may "
                 "round what it multiplies, $.ke.tolerance.products: \"tf32\""};
  }
  std::vector<std::string> names;
  for (const DtypeFacts& row : kDtypes) {
    if (name == row.name) return row.dtype;
    names.push_back(row.name);
  }
  // What C and C++ call them; by spelling alone "float" is as near to float64.
  const std::map<std::string, std::string> spoken = {
      {"float", "float32"}, {"double", "float64"}, {"half", "float16"}, {"int", "int32"}, {"long", "int64"}};
  const auto meant = spoken.find(name);
  const std::string near =
      meant == spoken.end() ? suggestion(name, names) : " (did you mean '" + meant->second + "'?)";
  return Error{ErrorCode::usage,
               "unknown dtype '" + name + "'" + near + "; expected one of: " + join_texts(names, ", ")};
}

std::string action_of(const Move& move) {
  std::string text = move.synthesizer + "/" + move.action;
  const std::string variant = variant_of(move.detail);
  if (!variant.empty()) text += " variant=" + variant;
  for (std::string word : split(move.detail, ' ')) {
    while (!word.empty() && (word.back() == ',' || word.back() == ';' || word.back() == ':')) word.pop_back();
    const size_t equals = word.find('=');
    const bool named =
        equals != std::string::npos && equals > 0 && equals + 1 < word.size() && word[0] != '-';
    if (named) text += " " + word;
  }
  return text;
}

std::string kind_of(const Move& move) {
  std::string variant = variant_of(move.detail);
  std::erase_if(variant, [](char c) { return c >= '0' && c <= '9'; });
  return move.synthesizer + "/" + move.action + (variant.empty() ? "" : "/" + variant);
}

std::string other_compiler(const std::vector<std::string>& flags) {
  for (const std::string& flag : flags)
    if (starts_with(flag, kCompilerFlag)) return flag.substr(std::string(kCompilerFlag).size());
  return "";
}

bool is_marker(const Move& move) {
  return move.synthesizer == "skill" || move.synthesizer == "combine" || move.synthesizer == "crossover";
}

std::string candidate_hash(const Candidate& candidate) {
  return candidate_hash(candidate, sha256(candidate.source));
}

std::string candidate_hash(const Candidate& candidate, const std::string& source_hash) {
  std::string text = source_hash + '\0' + join_texts(candidate.flags, "\n") + '\0';
  for (const auto& [name, value] : candidate.tunables) text += name + "=" + value + "\n";
  return short_hash(text);
}

std::string reason_text(const OperatorChange& change) { return join_texts(change.reason, " <- "); }

Ledger& Ledger::operator+=(const Ledger& other) {
  compile_s += other.compile_s;
  timed_s += other.timed_s;
  check_s += other.check_s;
  engine_s += other.engine_s;
  return *this;
}

std::string stop_clause(const std::string& stopped_by) {
  if (stopped_by == "exhausted") return "every idea was tried";
  if (stopped_by == "seconds") return "its time for screening was up";
  if (stopped_by == "evaluations") return "its evaluations were used up";
  if (stopped_by == "device") return "its device time was used up";
  if (stopped_by == "stalled") return "nothing better came up any more";
  if (stopped_by == "floor") return "there was nothing left to gain";
  if (stopped_by == "target") return "the target was reached";
  return "stopped by " + stopped_by;
}

}  // namespace ke
