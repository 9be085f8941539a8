// SPDX-License-Identifier: MIT
#pragma once

#include "ke-build/model/candidate.h"
#include "ke-build/model/evaluation.h"
#include "ke-build/model/facts.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ke {

/// Hard caps; 0 means no cap of that kind.
struct Budget {
  double seconds = 0;
  int64_t evaluations = 0;
  double device_s = 0;  // of timed calls, reference and checks: what the measured device is busy with
};

/// What a node of the search tree may see of the others when it is expanded.
enum class Memory { inherit_parent, compare_siblings, combine_both, clean_slate };
const char* name_of(Memory memory);
/// Session::stopped_by for people: "every idea was tried".
std::string stop_clause(const std::string& stopped_by);

/// A node is a candidate; the edge from its parent is candidate.moves.back().
struct Node {
  int64_t id = 0;  // 1 is the root (the baseline)
  int64_t parent = 0;
  Candidate candidate;
  Memory memory = Memory::inherit_parent;
  Evaluation evaluation;
  // mutable search statistics; every change is also logged with its logical step
  int64_t visits = 0;
  double value = 0;  // sum of rewards
};

/// A pattern, its precondition and the action that paid, with the evidence (knowledge of the `learn` room).
struct Skill {
  std::string name;     // e.g. rmsnorm-multi-accumulator
  std::string pattern;  // what the code looked like
  std::string precondition;
  std::vector<std::string> actions;  // "rewrite/multi_accumulator", "flags/O3-vector", ...; in order
  // What each action gained where it was learned, in log; empty where that was not kept.
  std::vector<double> gains = {};
  std::string op_type;
  std::vector<std::string> features;  // tags that retrieval matches on
  double speedup = 1, low = 1, high = 1;
  std::string hardware, compiler, session, op;
  std::string text;  // the body, Markdown
  // How alike the code at hand is to the code that taught it, 0..1; set where skills are recalled.
  double fit = 1;
  // The winner itself, where it was found for the very same contract, source and recipe.
  std::optional<Candidate> candidate;
};

/// What a session took over from earlier ones about moves, and why (search/move_model.h).
struct LearnedNote {
  bool on = false;
  std::string why;                   // one sentence
  int64_t sessions = 0, trials = 0;  // that it was trained on
  double train_s = 0;
  double learned = 0, stated = 0;  // held-out rank correlation with the gains: of the model, of the priors
  double weight = 0;               // of the model beside the priors, at the start; 0 when off
};

struct Session {
  std::string id;       // UUID
  std::string op;       // operator name
  std::string op_hash;  // contract + baseline source token hash + recipe: resuming needs the same
  std::string hardware, compiler, flags, engine_version;
  uint64_t seed = 0;
  std::string policy;      // uct, greedy, evolutionary, random
  double clean_slate = 0;  // share of expansions that see no memory
  std::string state;       // running, finished
  std::string stopped_by;  // target, seconds, evaluations, device, stalled, floor, exhausted
  Budget budget;
  std::string started, finished;
  double elapsed_s = 0;
  std::map<std::string, int64_t> outcomes;  // outcome name -> count
  int64_t evaluations = 0;
  int64_t best = 0;  // node id of the confirmed winner, 0: none
  Ledger ledger;
  std::vector<std::string> without;  // parts that were left out (SearchOptions::without)
  Facts facts;
  LearnedNote learned;
};

}  // namespace ke
