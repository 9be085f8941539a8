// SPDX-License-Identifier: MIT
// Inputs whose traced calls came to something new, and what to try next (coverage-guided fuzzing's corpus).
#pragma once

#include "ke-build/evaluate/guided_inputs.h"
#include "ke-build/evaluate/tracer.h"

#include <map>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace ke {

/// An input that was made, and what of.
struct Made {
  Example example;
  size_t parent;  // a seed
  bool varies;    // from it by a little
};

class GuidedCorpus {
 public:
  GuidedCorpus(GuidedInputs& inputs, Random& random) : inputs_(inputs), random_(random) {}

  /// Drawn inputs, all of them before any made ones. `ordinary`: their numbers may be changed by a little and
  /// stay ordinary.
  void add_drawn(Example example, CallTrace trace, bool ordinary);
  /// Behind the last of them.
  void close_drawn();
  /// What to try next: at most `most` inputs of together about `most_bytes`; none where no seed is ordinary.
  std::vector<Made> propose(size_t most, int64_t most_bytes);
  /// Of a call with made inputs: whether its answer is worth a check (it came to a new block or outcome or
  /// more often to a rare one, or stayed at a rare one, or did not end), and whether it did anything new, for
  /// which it is worth keeping.
  struct Lesson {
    bool asks = false, grows = false;
  };
  Lesson learn(const Made& made, const CallTrace& trace);
  void keep(Example example, CallTrace trace);

  bool empty() const { return seeds_.empty(); }
  size_t size() const { return seeds_.size(); }

 private:
  struct Seed {
    Example example;
    CallTrace trace;
    bool ordinary;
    size_t rarity = 0;  // of its rarest feature: so many drawn inputs have it
    int checked = 0;    // of its children
  };
  struct Novelty {
    bool asks = false, anything = false;
  };
  Novelty note(const CallTrace& trace);
  size_t drawn_with(uint64_t feature) const;
  size_t rarity_of(const CallTrace& trace) const;
  const ke_runner::Compared* open_comparison(const Seed& seed);
  size_t rare_seed(const std::vector<size_t>& from);
  size_t any_seed(const std::vector<size_t>& from);
  std::optional<Made> propose_one(const std::vector<size_t>& from);

  GuidedInputs& inputs_;
  Random& random_;
  std::vector<Seed> seeds_;
  std::unordered_set<uint64_t> known_;
  std::unordered_map<uint64_t, size_t> drawn_;  // of the drawn seeds so many have it
  size_t drawn_seeds_ = 0;
  std::map<uint64_t, unsigned> seen_;  // per place: outcomes
  std::map<uint64_t, int> tried_;      // per place: attempts since anything was new
};

}  // namespace ke
