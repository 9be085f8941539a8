// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/pipeline.h"

#include "ke-build/search/rewrites/memo.h"

#include <algorithm>
#include <set>

namespace ke {
namespace {

constexpr int kMostSites = 8;
// Parts multiply, as in recipes of rewrites; they overlap, so not without end.
constexpr double kHighestPrior = 400;
// Legal under the contract's defaults: errno and traps are no results.
const std::vector<std::string> kFlags = {"-fno-math-errno", "-fno-trapping-math"};

// One source on its way through rewrites and families.
class Work {
 public:
  Work(std::string source, RewriteMemo& memo) : source_(std::move(source)), memo_(&memo) {}

  bool apply(RewriteMemo::Apply change, int value) {
    const std::vector<Rewritten>& made = memo_->results(change, value, source_);
    if (made.empty() || made[0].source.size() > 8 * source_.size() + (1u << 18)) return false;
    source_ = made[0].source;
    detail_ = made[0].detail;
    return true;
  }
  bool rewrite(const char* name, int value, int times) {
    const Rewrite* found = find_rewrite(name);
    int done = 0;
    while (found && done < times && apply(found->apply, value)) ++done;
    return done > 0;
  }
  const std::string& source() const { return source_; }
  const std::string& detail() const { return detail_; }

 private:
  std::string source_, detail_;
  RewriteMemo* memo_;
};

// Calls of helpers with loops, and the language's own templates, hide the loops from the recognisers.
Work laid_open(Work work) {
  work.rewrite("specialize_template", 0, 1);
  work.rewrite("algorithm_loops", 0, kMostSites);
  work.rewrite("inline_lambdas", 0, kMostSites);
  work.rewrite("inline_helpers", 0, kMostSites);
  work.rewrite("count_loops", 0, kMostSites);
  work.rewrite("index_walkers", 0, kMostSites);
  work.rewrite("unflatten", 0, kMostSites);
  work.rewrite("carry_extreme", 0, kMostSites);
  return work;
}

// The user's own code around the template: vector units and vector math for it, too.
enum class Rest { plain, sums_in_lanes, streamed };

// What that gains besides the template, as in recipes of rewrites; nothing when there is no such rest.
std::optional<double> finish(Work& work, Rest rest) {
  if (rest == Rest::sums_in_lanes) work.rewrite("multi_accumulator", 16, 2 * kMostSites);
  if (rest == Rest::streamed && !work.rewrite("stream_stores", 0, 1)) return std::nullopt;
  work.rewrite("narrow_rounding", 0, kMostSites);
  work.rewrite("hoist_loads", 0, kMostSites);
  const double gain = work.rewrite("vector_math", 0, 1) ? find_rewrite("vector_math")->prior : 1;
  work.rewrite("dispatch", 0, 1);
  return gain;
}

struct Applied {
  Work work;
  std::string detail;
};

std::optional<Applied> applied(const Work& start, const TemplateFamily& family, int value) {
  Applied result{start, ""};
  for (int i = 0; i < kMostSites && result.work.apply(family.apply, value); ++i)
    result.detail += (i == 0 ? "" : "; ") + result.work.detail();
  if (result.detail.empty()) return std::nullopt;
  return result;
}

}  // namespace

std::vector<TemplateCandidate> template_candidates(const std::string& source, const std::string& entry,
                                                   const RewriteRules& rules, const std::string& only) {
  std::vector<TemplateCandidate> out;
  std::set<std::string> seen{source};
  RewriteMemo memo(entry, rules);
  const Work plain(source, memo), open = laid_open(plain);
  const auto add = [&](Applied made, const TemplateFamily& family, double prior, Rest rest) {
    const char* const what = rest == Rest::plain           ? ""
                             : rest == Rest::sums_in_lanes ? "; other sums in lanes"
                                                           : "; large results past the cache";
    const auto gain = finish(made.work, rest);
    if (gain && seen.insert(made.work.source()).second)
      out.push_back({made.work.source(), family.name, made.detail + what, kFlags, prior * *gain});
  };
  for (const TemplateFamily& family : template_families()) {
    if (!only.empty() && only != family.name) continue;
    double rank = 1;
    for (const int value : family.values) {
      auto made = applied(open, family, value);
      if (!made) made = applied(plain, family, value);
      if (!made) break;
      add(*made, family, family.prior * rank, Rest::plain);
      if (rank == 1) add(*made, family, family.prior * 0.97, Rest::sums_in_lanes);
      if (rank == 1) add(*made, family, family.prior * 0.96, Rest::streamed);
      // What another family finds beside it: the second product of attention, the rows behind a product.
      for (const TemplateFamily& other : template_families()) {
        if (&other == &family || rank != 1 || !only.empty()) continue;
        if (auto both = applied(made->work, other, other.values[0])) {
          both->detail = made->detail + "; " + both->detail;
          add(*both, family, std::min(kHighestPrior, family.prior * other.prior), Rest::plain);
        }
      }
      rank *= 0.85;
    }
  }
  return out;
}

}  // namespace ke
