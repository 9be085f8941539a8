// SPDX-License-Identifier: MIT
// move_model [TRIALS]: what training the learned model of moves costs at the start of a search, on invented
// sessions of 50 trials each (default 20,000 trials, the most that are read).
#include "ke-build/search/learned/move_model.h"

#include "ke-build/base/clock.h"

#include <cstdio>
#include <cstdlib>

namespace ke {
namespace {

std::vector<PastSession> invented(size_t trials) {
  Random random(1);
  std::vector<PastSession> sessions;
  for (size_t left = trials; left > 0;) {
    PastSession past;
    const auto number = sessions.size();
    past.session.id = "session-" + std::to_string(number);
    past.session.op = "op" + std::to_string(number % 40);
    past.session.facts.family = "family" + std::to_string(number % 20);
    for (int tag = 0; tag < 20; ++tag) {
      if (random.below(2) == 0) past.session.facts.tags.push_back("tag" + std::to_string(100 + tag));
    }
    for (const char* name : {"bytes", "flops", "largest_axis", "smallest_axis"})
      past.session.facts.numbers[name] = 10 * random.uniform();
    for (int i = 0; i < 50 && left > 0; ++i, --left) {
      const std::string size = std::to_string(1u << random.below(7));
      const Move move{"rewrite", "action" + std::to_string(random.below(40)), "size=" + size,
                      1 + random.uniform()};
      const std::vector<Move> before(random.below(4), Move{"flags", "O3", ""});
      past.trials.push_back(
          {approach_of(before, 1 + random.uniform(), move), random.below(5) != 0, random.normal()});
    }
    sessions.push_back(std::move(past));
  }
  return sessions;
}

}  // namespace
}  // namespace ke

int main(int argc, char** argv) {
  const size_t trials = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20000;
  const auto sessions = ke::invented(trials);
  const double start_s = ke::now_s();
  const auto model = ke::MoveModel::train(sessions, {"op0", sessions.front().session.facts, "", ""}, 1);
  const double trained_s = ke::now_s();
  double sum = 0;
  size_t predictions = 0;
  for (const ke::PastSession& past : sessions) {
    if (predictions >= 10000) break;
    for (const ke::Trial& trial : past.trials) sum += model.log_gain(trial.approach);
    predictions += past.trials.size();
  }
  const double done_s = ke::now_s();
  std::printf("%zu sessions, %zu trials: trained in %.3f s; %.1f us per prediction (mean %.2f)\n%s\n",
              sessions.size(), trials, trained_s - start_s,
              1e6 * (done_s - trained_s) / static_cast<double>(predictions),
              sum / static_cast<double>(predictions), model.note().why.c_str());
  return 0;
}
