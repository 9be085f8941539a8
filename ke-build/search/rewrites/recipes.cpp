// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/recipes.h"

#include "ke-build/base/result.h"

#include <algorithm>
#include <set>

namespace ke {
namespace {

// Nests of hand-written kernels have few loops; the cap stops rewrites that would feed each other.
constexpr int kMaxSites = 12;
constexpr size_t kPreparations = 24;  // steps that every recipe begins with

// Legal under the contract's defaults: errno and traps are no results, and sums may be reassociated.
const std::vector<std::string> kMath = {"-fno-math-errno", "-fno-trapping-math"};
const std::vector<std::string> kReassociate = {"-fno-math-errno", "-fno-trapping-math", "-fassociative-math",
                                               "-fno-signed-zeros"};

RecipeStep common(const char* rewrite, bool everywhere = true) { return {rewrite, 0, everywhere, false}; }

std::vector<RecipeStep> prepared(const std::vector<RecipeStep>& steps) {
  std::vector<RecipeStep> all;
  for (const char* first : {"specialize_template",
                            "few_of_many",
                            "algorithm_loops",
                            "inline_lambdas",
                            "plain_arrays",
                            "switch_branches",
                            "inline_helpers",
                            "inline_choices",
                            "scalar_replacement",
                            "count_loops",
                            "counted_pushes",
                            "inline_helpers",
                            "known_sizes",
                            "load_fields",
                            "index_walkers",
                            "two_pass_moments",
                            "unflatten",
                            "unswitch",
                            "tables",
                            "carry_extreme",
                            "narrow_rounding",
                            "register_accumulator",
                            "if_conversion",
                            "plain_stores"})
    all.push_back(common(first));
  KE_CHECK(all.size() == kPreparations);
  all.insert(all.end(), steps.begin(), steps.end());
  all.push_back(common("hoist_loads"));
  all.push_back(common("vector_math", false));
  all.push_back({"dispatch", 2, false, false});
  return all;
}

std::string strip(int width) { return width < 0 ? "up to " + std::to_string(-width) : std::to_string(width); }

std::vector<CodeRecipe> make_recipes() {
  std::vector<CodeRecipe> all;
  auto add = [&](const std::string& name, std::vector<RecipeStep> steps,
                 const std::vector<std::string>& flags) {
    all.push_back({name, prepared(std::move(steps)), flags});
  };
  add("numbers of structures in variables", {{"element_fields", 0}}, kMath);
  add("sums over structures in lanes", {{"element_fields", 0}, {"multi_accumulator", 16}}, kMath);
  add("sums over structures left to the compiler", {{"element_fields", 0}}, kReassociate);
  add("columns of windows once", {{"separable_windows", 0}}, kMath);
  for (int width : {16, -128, 32, 64, 24, -256}) {
    bool registers = width > 0 && width <= 32;
    if (registers)
      add("register tiles of 4 x " + strip(width),
          {{"outer_vectorize", width}, {"unroll_and_jam", 4, false}, {"multi_accumulator", 16}}, kMath);
    add("lanes over the outer loop, " + strip(width),
        {{"border_split", 0}, {"outer_vectorize", width}, {"multi_accumulator", 32}}, kMath);
  }
  for (int lanes : {32, 16, 8})
    add("reductions in " + std::to_string(lanes) + " lanes", {{"multi_accumulator", lanes}}, kMath);
  for (int lanes : {8, 16})
    add("4 rows at a time, " + std::to_string(lanes) + " lanes",
        {common("skip_branches"), {"unroll_and_jam", 4, false}, {"multi_accumulator", lanes}}, kMath);
  add("reductions left to the compiler", {}, kReassociate);
  add("instruction sets and vector math", {}, kMath);
  add("borders apart", {{"border_split", 0}}, kMath);
  add("large results past the cache", {{"border_split", 0}, {"multi_accumulator", 32}, {"stream_stores", 0}},
      kMath);
  for (int block : {8, 16})
    add("running sums in blocks of " + std::to_string(block), {{"scan_blocks", block}}, kMath);
  for (int size : {16, -16, 32, -32, 64, 8}) add("tiles of " + std::to_string(size), {{"tile", size}}, kMath);
  add("interchanged", {{"interchange", 0}}, kMath);
  add("usual sizes as constants", {{"column_tables", 0}, {"specialize_size", 16}}, kMath);
  add("reductions of usual sizes", {{"multi_accumulator", 16}, {"specialize_size", 256}}, kMath);
  add("modes as constants", {{"specialize_mode", 0}}, kMath);
  add("modes and remainders as constants", {{"unroll_period", 0}, {"specialize_mode", 0}}, kMath);
  add("divisions by factors", {{"reciprocals", 0}}, kMath);
  add("pixels read and written whole", {{"channel_groups", 0}}, kMath);
  add("modes apart, pixels read and written whole", {{"specialize_mode", 0}, {"channel_groups", 0}}, kMath);
  add("windows inside apart", {{"window_interior", 0}}, kMath);
  add("windows inside apart, in lanes", {{"window_interior", 0}, {"outer_vectorize", 16}}, kMath);
  add("modes, windows inside and remainders apart",
      {{"specialize_mode", 0}, {"window_interior", 0}, {"unroll_period", 0}}, kMath);
  // Compilers take long for so many copies, and instruction sets would multiply them.
  all.back().steps.pop_back();
  add("gaps copied away", {{"pack_strided", 0}, {"multi_accumulator", 16}}, kMath);
  // The same once more, each with the outermost loop in parts: nothing where the contract gives one thread.
  for (size_t i = 0, plain = all.size(); i < plain; ++i) {
    CodeRecipe parts = all[i];
    parts.name += ", in parts";
    parts.steps.insert(parts.steps.begin() + static_cast<std::ptrdiff_t>(kPreparations),
                       common("parallel_loop", false));
    all.push_back(std::move(parts));
  }
  return all;
}

}  // namespace

const std::vector<CodeRecipe>& code_recipes() {
  static const std::vector<CodeRecipe> all = make_recipes();
  return all;
}

Kitchen::Kitchen(std::string source, std::string entry, RewriteRules rules)
    : source_(std::move(source)), memo_(std::move(entry), std::move(rules)) {}

Cooked Kitchen::cook(const CodeRecipe& recipe) {
  Cooked cooked;
  cooked.source = source_;
  cooked.flags = recipe.flags;
  bool own =
      std::none_of(recipe.steps.begin(), recipe.steps.end(), [](const RecipeStep& s) { return s.own; });
  for (const RecipeStep& step : recipe.steps) {
    const Rewrite* rewrite = find_rewrite(step.rewrite);
    if (!rewrite) continue;
    for (int i = 0; i < (step.everywhere ? kMaxSites : 1); ++i) {
      const std::vector<Rewritten>& made = memo_.results(rewrite->apply, step.value, cooked.source);
      if (made.empty() || made[0].source.size() > 8 * source_.size() + 65536) break;
      cooked.applied.push_back(step.rewrite + " " + made[0].detail);
      cooked.source = made[0].source;
      if (i == 0) cooked.prior *= rewrite->prior;
      own = own || step.own;
      // A pragma is nothing without its flag.
      for (const std::string& flag : rewrite->flags)
        if (std::find(cooked.flags.begin(), cooked.flags.end(), flag) == cooked.flags.end())
          cooked.flags.push_back(flag);
    }
  }
  // Without a step of its own it is another recipe under a wrong name.
  if (!own) cooked.applied.clear();
  return cooked;
}

}  // namespace ke
