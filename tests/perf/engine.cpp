// SPDX-License-Identifier: MIT
// What does the engine cost per step, whatever a step costs outside of it? Searches a kernel of the examples
// with every synthesizer, its real source and a store on disk, but with an evaluator that answers at once.
// Prints a row per policy and size of the tree; exits 1 when a median at the largest size is 5 ms or more.
//   engine EXAMPLES_DIR [--op NAME] [--policy NAME] [--steps N] [--store PATH] [NODES...]
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/model/spec.h"
#include "ke-build/search/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <set>

#include <time.h>

namespace {

using namespace ke;

constexpr double kLimit_ms = 5;
constexpr size_t kSkills = 8;

template <class T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "engine: {}\n", result.error().message);
    std::exit(3);
  }
  return *std::move(result);
}

// Of this process alone, so that what else runs on the machine does not count; waiting for the disk does not
// either.
double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

// A landscape: every flag, tunable and text has its own effect, drawn from its name, that of the text being
// the largest; one text in twelve is wrong.
class Landscape : public Evaluator {
 public:
  explicit Landscape(const Operator& op) {
    for (const Workload& workload : op.workloads) names_.push_back(workload.name);
    baseline_ = made(Outcome::equal, 1);
  }
  Result<Evaluation> evaluate(const Subject& subject, Effort, const Deadline&) override {
    const double start = cpu_ms();
    double log_speedup = 1.2 * uniform(subject.candidate.source) - 0.2;
    for (const std::string& flag : subject.candidate.flags) log_speedup += 0.12 * uniform(flag) - 0.05;
    for (const auto& [name, value] : subject.candidate.tunables)
      log_speedup += 0.3 * uniform(name + "=" + value) - 0.1;
    const bool wrong = uniform(subject.candidate.source + "wrong") < 1.0 / 12;
    const double speedup = wrong ? 0 : std::exp(log_speedup);
    auto evaluation = made(wrong            ? Outcome::wrong
                           : speedup > 1.02 ? Outcome::faster
                                            : Outcome::equal,
                           speedup);
    spent_ms += cpu_ms() - start;
    return evaluation;
  }
  Result<> prepare(const std::vector<Subject>&, const Deadline&) override { return ok(); }
  const Evaluation& baseline() const override { return baseline_; }
  Ledger ledger() const override { return {}; }

  double spent_ms = 0;

 private:
  static double uniform(const std::string& text) {
    return static_cast<double>(std::hash<std::string>()(text) % 100003) / 100003;
  }
  Evaluation made(Outcome outcome, double speedup) const {
    Evaluation evaluation;
    evaluation.outcome = outcome;
    evaluation.speedup = speedup;
    evaluation.low = 0.97 * speedup;
    evaluation.high = 1.03 * speedup;
    evaluation.reason = "faster on every workload, as the landscape has it";
    evaluation.rung = "bench";
    evaluation.repro = "ke-build judge build/ke/evaluations/0123456789abcdef --rung bench";
    evaluation.folder = "build/ke/evaluations/0123456789abcdef";
    for (const std::string& name : names_) {
      Speedup row;
      row.workload = name;
      row.ratio = speedup;
      evaluation.speedups.push_back(row);
      Diagnosis diagnosis;
      diagnosis.workload = name;
      diagnosis.bound = Bound::memory;
      diagnosis.efficiency = 0.3;
      diagnosis.evidence = {"30 % of the measured copy bandwidth"};
      evaluation.diagnoses.push_back(diagnosis);
    }
    return evaluation;
  }
  std::vector<std::string> names_;
  Evaluation baseline_;
};

struct Plan {
  std::string examples, op = "rmsnorm", policy, store;
  std::vector<int64_t> sizes;
  int64_t steps = 300;
  std::vector<Skill> skills;
};

struct Row {
  std::vector<double> cpu, wall;  // ms per step
  size_t sources = 0;             // different ones
  bool complete = false;
};

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())))];
}

// What a first search would leave behind: how its best nodes came about.
std::vector<Skill> skills_of(const Operator& op, const Subject& baseline, size_t count) {
  auto store = must(Store::open(":memory:"));
  Landscape landscape(op);
  SearchOptions options;
  options.budget.evaluations = 60;
  Run run = must(open_run(op, baseline, landscape, *store, options, make_synthesizers()));
  while (run.tree.nodes().size() < 50 && must(screen_next(run))) {
  }
  std::vector<Skill> skills;
  for (const auto& [less, id] : run.tree.by_merit()) {
    if (skills.size() == count || less >= -1) break;
    Skill skill;
    skill.name = "skill-" + std::to_string(id);
    skill.op_type = op.op_type;
    skill.speedup = -less;
    for (const Move& move : run.tree.at(id).candidate.moves)
      if (!is_marker(move)) skill.actions.push_back(action_of(move));
    skills.push_back(std::move(skill));
  }
  return skills;
}

// Grows a tree to `size` nodes as a search would that has half of its budget left then, and takes the time of
// the next steps: where the policy decides, between draft and polish.
Row measure(const Plan& plan, const Operator& op, const Subject& baseline, const std::string& policy,
            int64_t size) {
  auto folder = must(TempDir::make("ke-engine-perf"));
  auto store = must(Store::open(join(plan.store.empty() ? folder.path() : plan.store, "store.db")));
  Landscape landscape(op);
  SearchOptions options;
  options.policy = policy;
  options.seed = 1;
  options.skills = plan.skills;
  options.budget.evaluations = 2 * size;
  const int64_t steps = std::min(plan.steps, size / 4);
  Run run = must(open_run(op, baseline, landscape, *store, options, make_synthesizers()));
  Row row;
  while (static_cast<int64_t>(row.cpu.size()) < steps) {
    const bool counts = static_cast<int64_t>(run.tree.nodes().size()) >= size;
    const double cpu = cpu_ms(), wall = now_s();
    landscape.spent_ms = 0;
    if (!must(screen_next(run))) break;
    if (!counts) continue;
    row.cpu.push_back(cpu_ms() - cpu - landscape.spent_ms);
    row.wall.push_back(1e3 * (now_s() - wall) - landscape.spent_ms);
  }
  std::set<std::string> sources;
  for (const Node& node : run.tree.nodes()) sources.insert(run.tree.source_hash(node.id));
  row.sources = sources.size();
  row.complete = static_cast<int64_t>(row.cpu.size()) == steps;
  return row;
}

Plan plan_of(int count, char** arguments) {
  Plan plan;
  for (int i = 1; i < count; ++i) {
    const std::string word = arguments[i];
    const auto value = [&] { return std::string(i + 1 < count ? arguments[++i] : ""); };
    if (word == "--op")
      plan.op = value();
    else if (word == "--policy")
      plan.policy = value();
    else if (word == "--store")
      plan.store = value();
    else if (word == "--steps")
      plan.steps = std::atoll(value().c_str());
    else if (plan.examples.empty())
      plan.examples = word;
    else
      plan.sizes.push_back(std::atoll(word.c_str()));
  }
  if (plan.sizes.empty()) plan.sizes = {100, 1000, 10000};
  return plan;
}

}  // namespace

int main(int count, char** arguments) {
  Plan plan = plan_of(count, arguments);
  Registration registration;
  registration.name = plan.op;
  registration.spec = join(plan.examples, "specs/" + plan.op + ".ke.json");
  registration.sources = {join(plan.examples, "src/" + plan.op + ".cpp")};
  const Operator op = must(read_spec(registration));
  Subject baseline;
  baseline.recipe.compiler_id = "GNU";
  baseline.recipe.compiler_version = "12.2.0";
  baseline.recipe.flags = {"-O2", "-std=c++17"};
  baseline.recipe.includes = {"-I" + join(plan.examples, "include")};
  baseline.recipe.source = registration.sources.front();
  baseline.candidate.source = must(read_file(registration.sources.front()));
  plan.skills = skills_of(op, baseline, kSkills);
  fmt::print("{}, every synthesizer, {} skills, up to {} steps each; ms of the engine per step\n", plan.op,
             plan.skills.size(), plan.steps);
  fmt::print("{:<14} {:>7} {:>8} {:>8} {:>8} {:>8} {:>10} {:>8}\n", "policy", "nodes", "median", "mean",
             "p99", "worst", "wall p50", "sources");
  bool slow = false;
  for (const std::string& policy : policy_names()) {
    if (!plan.policy.empty() && policy != plan.policy) continue;
    for (const int64_t size : plan.sizes) {
      const Row row = measure(plan, op, baseline, policy, size);
      const double mean = std::accumulate(row.cpu.begin(), row.cpu.end(), 0.0) /
                          static_cast<double>(std::max<size_t>(1, row.cpu.size()));
      fmt::print("{:<14} {:>7} {:>8.2f} {:>8.2f} {:>8.2f} {:>8.2f} {:>10.2f} {:>8}{}\n", policy, size,
                 quantile(row.cpu, 0.5), mean, quantile(row.cpu, 0.99), quantile(row.cpu, 1),
                 quantile(row.wall, 0.5), row.sources, row.complete ? "" : "  every idea was tried");
      std::fflush(stdout);
      slow = slow || (size == plan.sizes.back() && quantile(row.cpu, 0.5) >= kLimit_ms);
    }
  }
  return slow ? 1 : 0;
}
