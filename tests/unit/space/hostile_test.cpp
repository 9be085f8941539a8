// SPDX-License-Identifier: MIT
// What is known of other kernels must never make a search worse: spaces on which it is exactly wrong, of
// every shape that a repository may bring along.
#include "ke-build/search/space/opinions.h"
#include "ke-build/search/space/space_search.h"
#include "worlds.h"

#include <algorithm>
#include <functional>
#include <set>

namespace ke {
namespace {

using Cost = std::function<std::optional<double>(const Levels&)>;

// A kernel: a space and what its configurations cost.
struct Kernel {
  Space space;
  Cost cost;
  std::optional<double> answer(Configuration configuration) const {
    return cost(space.levels(configuration));
  }
  PastSearch past() const {
    PastSearch search{&space, {}, {}};
    for (const Configuration configuration : space.all()) {
      search.configurations.push_back(space.levels(configuration));
      search.costs.push_back(answer(configuration).value_or(-1));
    }
    return search;
  }
};

struct Named {
  std::string name;
  std::vector<std::string> values;
};

Kernel kernel(const std::vector<Named>& named, Cost cost) {
  std::vector<SpaceParameter> parameters;
  for (const Named& one : named) parameters.push_back(make_space_parameter(one.name, one.values));
  return {Space::product(std::move(parameters), {}), std::move(cost)};
}

// Roughness that differs from kernel to kernel.
double rough(const Levels& levels, uint64_t salt) {
  uint64_t bits = salt;
  for (const uint32_t level : levels) bits = bits * 31 + level + 1;
  return 0.2 * Random(bits * 2654435761u).uniform();
}

const std::vector<std::string> kSizes = texts({1, 2, 4, 8, 16, 32, 64, 128}),
                               kFactors = texts({1, 2, 3, 4, 6, 8});

// Two parameters of six have names that another kernel knows.
Kernel target(bool fails_where_others_are_fast = false) {
  return kernel(
      {{"block", kSizes},
       {"tile", kFactors},
       {"ours_a", kFactors},
       {"ours_b", texts({0, 1})},
       {"ours_c", texts({1, 2, 4})},
       {"layout", {"rows", "columns", "tiles"}}},
      [=](const Levels& at) -> std::optional<double> {
        if (fails_where_others_are_fast && at[0] < 4) return std::nullopt;
        const double off = std::abs(at[0] - 6.0) + std::abs(at[1] - 4.0) + 0.5 * std::abs(at[2] - 1.0);
        return std::exp(0.25 * off + (at[3] == 0 ? 0.2 : 0) + (at[5] == 1 ? 0 : 0.3) + rough(at, 1));
      });
}

// Shares `block` and `tile`, and is fast exactly where target() is slow; or, as a friend, where it is fast.
Kernel other(bool friendly, uint64_t salt = 7) {
  return kernel({{"block", kSizes},
                 {"tile", kFactors},
                 {"theirs_a", texts({1, 2, 3, 4})},
                 {"theirs_b", texts({0, 1})},
                 {"theirs_c", texts({1, 2})}},
                [=](const Levels& at) -> std::optional<double> {
                  const double off = std::abs(at[0] - 6.0) + std::abs(at[1] - 4.0);
                  return std::exp((friendly ? 0.25 : -0.25) * off + 0.1 * at[2] + rough(at, salt));
                });
}

struct Run {
  std::vector<Configuration> asked;
  double best = 1e300;  // after the budget
};

Run run(const Kernel& kernel, const Prior* prior, uint64_t seed, int budget) {
  SpaceSearch search(kernel.space, {SpacePolicy::model, seed, prior});
  Run run;
  for (int i = 0; i < budget; ++i) {
    const auto next = search.ask();
    if (!next) break;
    run.asked.push_back(*next);
    const auto cost = kernel.answer(*next);
    search.tell(*next, cost);
    run.best = std::min(run.best, cost.value_or(1e300));
  }
  EXPECT_EQ(std::set<Configuration>(run.asked.begin(), run.asked.end()).size(), run.asked.size());
  return run;
}

double optimum(const Kernel& kernel) {
  double best = 1e300;
  for (const Configuration configuration : kernel.space.all())
    best = std::min(best, kernel.answer(configuration).value_or(1e300));
  return best;
}

// Mean quality with the prior minus that without, over seeds.
double difference(const Kernel& kernel, const std::vector<PastSearch>& past, int budget, int seeds = 24) {
  const Prior prior = Prior::learn(kernel.space, past, 1);
  EXPECT_FALSE(prior.kindred());
  const double best = optimum(kernel);
  double sum = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    const auto number = static_cast<uint64_t>(seed);
    sum += best / run(kernel, &prior, number, budget).best - best / run(kernel, nullptr, number, budget).best;
  }
  return sum / seeds;
}

TEST(HostilePriors, OfOtherKernelsNeverCost) {
  const Kernel kernel = target(), liar = other(false);
  for (const int budget : {10, 20, 50})
    EXPECT_GE(difference(kernel, {liar.past()}, budget), -1e-9)
        << budget << " evaluations: it is never believed";
}

TEST(HostilePriors, OfManyOtherKernelsCostNoMoreThanChance) {
  const Kernel kernel = target();
  std::vector<Kernel> liars;
  for (uint64_t salt = 0; salt < 4; ++salt) liars.push_back(other(false, salt));
  // And one whose good values are nobody's: with many witnesses one may seem right for a while.
  liars.push_back(::ke::kernel(
      {{"block", kSizes}, {"tile", kFactors}, {"theirs", texts({1, 2})}, {"more", texts({1, 2})}},
      [](const Levels& at) { return std::exp(5 * rough(at, 3)); }));
  std::vector<PastSearch> past;
  for (const Kernel& liar : liars) past.push_back(liar.past());
  EXPECT_GE(difference(kernel, past, 20), -0.01);
  EXPECT_GE(difference(kernel, past, 50), -0.01);
}

TEST(HostilePriors, ThatLureIntoFailuresNeverCost) {
  const Kernel kernel = target(true), liar = other(false);
  for (const int budget : {10, 20, 50}) EXPECT_GE(difference(kernel, {liar.past()}, budget), -1e-9) << budget;
}

TEST(HostilePriors, AreNotEvenAskedBeforeAnInitialDesignIsKnown) {
  const Kernel kernel = target(), liar = other(false);
  const Prior prior = Prior::learn(kernel.space, {liar.past()}, 1);
  EXPECT_EQ(run(kernel, &prior, 5, 8).asked, run(kernel, nullptr, 5, 8).asked);
}

TEST(FriendlyPriors, OfOtherKernelsAreHeard) {
  const Kernel kernel = target(), friendly = other(true);
  const Prior prior = Prior::learn(kernel.space, {friendly.past()}, 1);
  bool differs = false;
  for (uint64_t seed = 0; seed < 4; ++seed)
    differs = differs || run(kernel, &prior, seed, 40).asked != run(kernel, nullptr, seed, 40).asked;
  EXPECT_TRUE(differs);
  EXPECT_GE(difference(kernel, {friendly.past()}, 20), -0.005);
}

TEST(Priors, MatchWordsByWhatTheySayAndNotByTheirOrder) {
  const std::vector<Named> ours = {{"layout", {"rows", "columns", "tiles"}}, {"a", kFactors}},
                           theirs = {{"layout", {"tiles", "plain", "columns", "rows"}}, {"b", kFactors}};
  const Kernel one = kernel(ours, [](const Levels&) { return 1.0; });
  const Kernel two = kernel(theirs, [](const Levels& at) { return at[0] == 3 ? 1.0 : 5.0; });  // rows
  const Prior prior = Prior::learn(one.space, {two.past()}, 1);
  ASSERT_EQ(prior.opinions().size(), 1u);
  const auto said = [&](uint32_t layout) {
    return said_of(one.space, prior.opinions()[0], one.space.code({layout, 0}));
  };
  EXPECT_LT(said(0) + 0.2, said(1));
  EXPECT_LT(said(0) + 0.2, said(2));
}

TEST(Priors, ManyDevicesOfAnotherKernelAreOneOpinion) {
  const Kernel kernel = target(), one = other(true, 1), two = other(true, 2), liar = other(false, 3);
  const Prior prior = Prior::learn(kernel.space, {one.past(), two.past(), liar.past()}, 1);
  EXPECT_EQ(prior.sources(), 3u);
  EXPECT_EQ(prior.opinions().size(), 1u) << "the same parameters: one kernel";
  EXPECT_FALSE(prior.kindred());
}

// Everything odd that a space may be, with a prior from a space that is odd the same way.
TEST(OddSpaces, AreSearchedToTheEndWithAPriorOfAnyKind) {
  const std::vector<std::vector<Named>> shapes = {
      {{"only", texts({1, 2, 3, 4, 5})}},
      {{"only", {"x", "y"}}},
      {{"constant", {"15"}}, {"block", texts({1, 2, 4})}},
      {{"words", {"u", "v", "w"}}, {"constant", {"same"}}, {"flag", texts({0, 1})}},
      {{"zero", texts({0, -1, -2})}, {"block", texts({1, 2, 4})}},
      {}};
  const Cost ties = [](const Levels&) { return 1.0; };
  const Cost failures = [](const Levels&) { return std::nullopt; };
  const Cost mixed = [](const Levels& at) -> std::optional<double> {
    if (!at.empty() && at[0] % 2 == 1) return std::nullopt;
    return at.empty() ? 1.0 : 1.0 + at.back();
  };
  for (size_t s = 0; s < shapes.size(); ++s) {
    auto foreign = shapes[s];
    foreign.push_back({"foreign_a", texts({1, 2})});
    foreign.push_back({"foreign_b", texts({1, 2, 3})});
    foreign.push_back({"foreign_c", texts({1, 2, 3})});
    for (const Cost& ours : {ties, failures, mixed}) {
      for (const Cost& theirs : {ties, failures, mixed}) {
        const Kernel kernel = ::ke::kernel(shapes[s], ours), kin = ::ke::kernel(shapes[s], theirs),
                     stranger = ::ke::kernel(foreign, theirs);
        for (const auto& past :
             {std::vector<PastSearch>{kin.past()}, {stranger.past()}, {kin.past(), stranger.past()}}) {
          const Prior prior = Prior::learn(kernel.space, past, 1);
          EXPECT_EQ(run(kernel, &prior, 3, 100).asked.size(), kernel.space.all().size()) << "shape " << s;
        }
      }
    }
  }
}

TEST(Opinions, ConcordanceCountsPairsAndSurpriseIsKendalls) {
  const Kernel line = kernel({{"n", texts({1, 2, 3, 4, 5})}}, [](const Levels& at) { return 1.0 + at[0]; });
  History history;
  for (const Configuration configuration : line.space.all())
    history.add(configuration, line.answer(configuration));
  const Concordance same = concordance(line.space, history, {0, 1, 2, 3, 4});
  EXPECT_EQ(same.agree, 10);
  EXPECT_EQ(same.disagree, 0);
  EXPECT_NEAR(surprise(same, 5), 10 / std::sqrt(5 * 4 * 15 / 18.0), 1e-12);
  const Concordance flat = concordance(line.space, history, {1, 1, 1, 1, 1});
  EXPECT_EQ(flat.agree + flat.disagree, 0);
  EXPECT_EQ(surprise({0, 0}, 0), 0);
  // The third failed: both say it is last, or one says it is best.
  History failed;
  failed.add(0, 1.0);
  failed.add(1, 2.0);
  failed.add(2, std::nullopt);
  EXPECT_EQ(concordance(line.space, failed, {0, 1, 2, 0, 0}).agree, 3);
  EXPECT_EQ(concordance(line.space, failed, {1, 2, 0, 0, 0}).disagree, 2);
}

}  // namespace
}  // namespace ke
