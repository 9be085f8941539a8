// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ke {

/// Stands among a candidate's flags and names another compiler for its file, one that the spec's targets
/// allow:
/// --compiler=clang++. What builds the file takes it from there; no compiler ever sees it.
inline constexpr const char* kCompilerFlag = "--compiler=";
/// The program of that flag, or "".
std::string other_compiler(const std::vector<std::string>& flags);

/// One thing that was done to get from the parent to this candidate.
struct Move {
  std::string synthesizer;  // flags, tunables, rewrite, template, llm, replay, skill
  std::string action;       // multi_accumulator, interchange, ..., or the flag set's name
  std::string detail;       // human: "lanes=16 on the loop at line 12"
  double prior = 0;  // gain factor that its synthesizer stated; 0: none, e.g. a part of a composed move
};

struct Candidate {
  std::string source;                           // full text of the kernel's source file
  std::vector<std::string> flags;               // appended to the repository's own flags
  std::map<std::string, std::string> tunables;  // -DNAME=value
  std::vector<Move> moves;                      // from the root to here
};

/// `rewrite/multi_accumulator lanes=16`: what can be asked for again elsewhere. Of the detail its
/// `name=value` words stay and, as `variant=...`, what stands before a colon; places in the code do not.
std::string action_of(const Move& move);
/// Moves that are likely to gain alike: synthesizer, action and variant, without any numbers.
std::string kind_of(const Move& move);

/// True for a move that only says that the ones before it were put together from elsewhere.
bool is_marker(const Move& move);

/// Content address: source, flags and tunables; not how it was found.
std::string candidate_hash(const Candidate& candidate);
/// The same without reading the source: `source_hash` is its SHA-256.
std::string candidate_hash(const Candidate& candidate, const std::string& source_hash);

}  // namespace ke
