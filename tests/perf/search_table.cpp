// SPDX-License-Identifier: MIT
// search_table ablations|learning RUNS OPERATORS VARIANT...: the tables of ablations.sh and learning.sh, from
// the stores RUNS/<variant>/<operator>-<seed>.db. The newest session of each is the one that counts.
#include "ke-build/base/files.h"
#include "ke-build/base/stats.h"
#include "ke-build/base/text.h"
#include "ke-build/search/tree.h"
#include "ke-build/store/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

namespace ke {
namespace {

constexpr double kNearTheBest = 0.95;

struct Searched {
  std::string seed;
  double best = 1;  // confirmed; 1 without a winner
  int64_t evaluations = 0;
  std::vector<std::string> tried;  // hashes of the screened candidates, in their order
  std::map<std::string, std::vector<double>>
      measured;  // every speed-up that was measured of them; none where wrong
  bool learned = false;
};

Result<Searched> searched(const std::string& path, const std::string& operator_name) {
  KE_TRY(auto store, Store::open(path));
  KE_TRY(const auto sessions, store->sessions(operator_name));
  if (sessions.empty()) return Error{ErrorCode::not_found, path + " holds no session of " + operator_name};
  const Session& session = sessions.front();
  Searched result;
  result.evaluations = session.evaluations;
  result.learned = session.learned.on;
  KE_TRY(const auto nodes, store->nodes(session.id));
  std::map<int64_t, std::string> hashes;
  std::set<std::string> refused;
  for (const Node& node : nodes) {
    if (node.id == session.best) result.best = node.evaluation.speedup;
    if (node.id == 1) continue;
    hashes[node.id] = candidate_hash(node.candidate);
    result.tried.push_back(hashes[node.id]);
  }
  KE_TRY(const auto records, store->evaluations(session.id));
  for (const EvaluationRecord& record : records) {
    const auto hash = hashes.find(record.node);
    const double speedup = record.evaluation.speedup;
    if (hash == hashes.end()) continue;
    const Outcome outcome = record.evaluation.outcome;
    if (outcome == Outcome::wrong || outcome == Outcome::unsafe || outcome == Outcome::crashed)
      refused.insert(hash->second);
    else if (speedup > 0)
      result.measured[hash->second].push_back(speedup);
  }
  for (const std::string& hash : refused) result.measured.erase(hash);
  return result;
}

using Runs = std::map<std::string, std::vector<Searched>>;  // by variant

Result<Runs> runs_of(const std::string& folder, const std::string& operator_name,
                     const std::vector<std::string>& variants) {
  Runs runs;
  for (const std::string& variant : variants) {
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(join(folder, variant), none)) {
      const std::string stem = entry.path().stem().string(), prefix = operator_name + "-";
      if (entry.path().extension() != ".db" || !starts_with(stem, prefix)) continue;
      KE_TRY(auto run, searched(entry.path().string(), operator_name));
      run.seed = stem.substr(prefix.size());
      runs[variant].push_back(std::move(run));
    }
    std::sort(runs[variant].begin(), runs[variant].end(),
              [](const Searched& a, const Searched& b) { return a.seed < b.seed; });
  }
  return runs;
}

double geomean_best(const std::vector<Searched>& runs) {
  std::vector<double> values;
  for (const Searched& run : runs) values.push_back(run.best);
  return geometric_mean(values);
}

// Logs of best / best of the first variant, run by run of the same seed.
std::vector<double> paired(const std::vector<Searched>& runs, const std::vector<Searched>& base) {
  std::vector<double> logs;
  for (const Searched& run : runs) {
    for (const Searched& other : base) {
      if (other.seed == run.seed) logs.push_back(std::log(run.best / other.best));
    }
  }
  return logs;
}

std::string header(const std::vector<std::string>& columns) {
  std::string line = "| operator |", rule = "|---|";
  for (const std::string& column : columns) {
    line += " " + column + " |";
    rule += "---|";
  }
  return line + "\n" + rule + "\n";
}

Result<> print_ablations(const std::string& folder, const std::vector<std::string>& operators,
                         const std::vector<std::string>& variants) {
  std::string text = header(variants);
  std::map<std::string, std::vector<double>> geomeans, ratios;
  for (const std::string& name : operators) {
    KE_TRY(const Runs runs, runs_of(folder, name, variants));
    text += "| " + name + " |";
    for (const std::string& variant : variants) {
      const auto& some = runs.at(variant);
      double evaluations = 0;
      for (const Searched& run : some) evaluations += static_cast<double>(run.evaluations);
      text += some.empty() ? " |"
                           : fmt::format(" {:.2f}x, {:.0f} evals |", geomean_best(some),
                                         evaluations / static_cast<double>(some.size()));
      if (!some.empty()) geomeans[variant].push_back(geomean_best(some));
      for (const double log : paired(some, runs.at(variants.front()))) ratios[variant].push_back(log);
    }
    text += "\n";
  }
  text += "| geometric mean |";
  for (const std::string& variant : variants)
    text += geomeans[variant].empty() ? " |"
                                      : fmt::format(" {:.2f}x of {} |", geometric_mean(geomeans[variant]),
                                                    geomeans[variant].size());
  text += "\n| of " + variants.front() + ", same operator and seed |";
  Random random(1);
  for (const std::string& variant : variants) {
    const auto& logs = ratios[variant];
    if (logs.size() < 3 || variant == variants.front()) {
      text += logs.empty() ? " |" : fmt::format(" {:.2f} |", std::exp(mean(logs)));
      continue;
    }
    const Interval interval = bootstrap_bca(logs, mean, 0.95, 2000, random);
    text += fmt::format(" {:.2f} [{:.2f}, {:.2f}] |", std::exp(mean(logs)), std::exp(interval.low),
                        std::exp(interval.high));
  }
  std::fputs((text + "\n").c_str(), stdout);
  return ok();
}

/// What all searches of an operator measured of each candidate. One measurement is off by several per cent,
/// and the largest of hundreds is luck: the best is the best of those that were measured twice, and a
/// candidate is as fast as the median of its measurements.
struct Pooled {
  std::map<std::string, double> speed;
  double best = 1;

  explicit Pooled(const Runs& runs) {
    std::map<std::string, std::vector<double>> all;
    for (const auto& [variant, some] : runs)
      for (const Searched& run : some)
        for (const auto& [hash, values] : run.measured)
          all[hash].insert(all[hash].end(), values.begin(), values.end());
    for (const auto& [hash, values] : all) {
      speed[hash] = median(values);
      if (values.size() > 1) best = std::max(best, speed[hash]);
    }
  }
};

// Screened candidates until one was near the best; nothing when none was.
std::optional<double> evaluations_to(const Searched& run, const Pooled& pooled) {
  for (size_t i = 0; i < run.tried.size(); ++i) {
    const auto found = pooled.speed.find(run.tried[i]);
    if (found != pooled.speed.end() && found->second >= kNearTheBest * pooled.best)
      return static_cast<double>(i + 1);
  }
  return std::nullopt;
}

Result<> print_learning(const std::string& folder, const std::vector<std::string>& operators,
                        const std::vector<std::string>& variants) {
  std::vector<std::string> columns{"best ever"};
  for (const std::string& variant : variants) columns.push_back(variant + " (evaluations to 95 %)");
  for (size_t i = 1; i < variants.size(); ++i) columns.push_back(variants.front() + " / " + variants[i]);
  std::string text = header(columns);
  std::map<std::string, std::vector<double>> factors, counted;
  for (const std::string& name : operators) {
    std::vector<std::string> everything = variants;
    for (const char* more : {"no-rewrites", "no-templates", "no-learned", "no-memory", "random"})
      everything.emplace_back(more);
    KE_TRY(const Runs runs, runs_of(folder, name, everything));
    const Pooled pooled(runs);
    text += fmt::format("| {} | {:.2f}x |", name, pooled.best);
    std::map<std::string, double> medians;
    for (const std::string& variant : variants) {
      std::vector<double> counts;
      size_t missed = 0;  // those count as all their evaluations, so the factor is an understatement
      for (const Searched& run : runs.at(variant)) {
        const auto count = evaluations_to(run, pooled);
        missed += count ? 0 : 1;
        counts.push_back(count.value_or(static_cast<double>(run.tried.size())));
      }
      if (counts.empty() || median(counts) < 1) {  // no time for a single evaluation tells nothing
        text += " |";
        continue;
      }
      medians[variant] = median(counts);
      counted[variant].push_back(medians[variant]);
      text += fmt::format(" {:g}{} |", medians[variant],
                          missed > 0 ? fmt::format(" ({} of {} never)", missed, counts.size()) : "");
    }
    for (size_t i = 1; i < variants.size(); ++i) {
      if (medians.count(variants[i]) == 0 || medians.count(variants.front()) == 0) {
        text += " |";
        continue;
      }
      const double factor = medians[variants.front()] / std::max(1.0, medians[variants[i]]);
      factors[variants[i]].push_back(factor);
      text += fmt::format(" {:.2f} |", factor);
    }
    text += "\n";
  }
  text += "| median | |";
  for (const std::string& variant : variants)
    text += counted[variant].empty() ? " |" : fmt::format(" {:g} |", median(counted[variant]));
  for (size_t i = 1; i < variants.size(); ++i)
    text += factors[variants[i]].empty() ? " |" : fmt::format(" {:.2f} |", median(factors[variants[i]]));
  std::fputs((text + "\n").c_str(), stdout);
  return ok();
}

}  // namespace
}  // namespace ke

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fputs("usage: search_table ablations|learning RUNS OPERATORS VARIANT...\n", stderr);
    return 2;
  }
  const auto operators = ke::split(argv[3], ',');
  const std::vector<std::string> variants(argv + 4, argv + argc);
  const auto printed = std::string(argv[1]) == "learning" ? ke::print_learning(argv[2], operators, variants)
                                                          : ke::print_ablations(argv[2], operators, variants);
  if (!printed) std::fprintf(stderr, "%s\n", printed.error().message.c_str());
  return printed ? 0 : 1;
}
