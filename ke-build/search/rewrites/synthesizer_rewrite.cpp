// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/synthesizer_rewrite.h"

#include "ke-build/model/spec.h"
#include "ke-build/search/rewrites/headers.h"
#include "ke-build/search/rewrites/recipes.h"
#include "ke-build/search/rewrites/workload_sizes.h"

#include <algorithm>
#include <map>
#include <set>

namespace ke {
namespace {

bool is_forbidden(const Operator& op, const std::string& flag) {
  return std::find(op.forbidden_flags.begin(), op.forbidden_flags.end(), flag) != op.forbidden_flags.end();
}

void add_flags(Candidate& candidate, const std::vector<std::string>& flags, const Operator& op) {
  for (const std::string& flag : flags)
    if (!is_forbidden(op, flag) &&
        std::find(candidate.flags.begin(), candidate.flags.end(), flag) == candidate.flags.end())
      candidate.flags.push_back(flag);
}

// Machines that fuse multiply and add round once where others round twice: results that must be the same bits
// (or counts that hang on them) are only the same without.
bool must_not_fuse(const SynthesisContext& context) {
  const Operator& op = context.op;
  const auto floating = [](const Argument& argument) { return is_floating(argument.dtype); };
  const bool exact = op.tolerance.kind == Tolerance::Kind::exact ||
                     std::none_of(op.arguments.begin(), op.arguments.end(), [&](const Argument& argument) {
                       return argument.output && floating(argument);
                     });
  return exact && context.recipe.compiler_id == "GNU" &&
         std::any_of(op.arguments.begin(), op.arguments.end(), floating);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : "; ") + part;
  return out;
}

class RewriteSynthesizer : public Synthesizer {
 public:
  std::string name() const override { return "rewrite"; }
  bool reads_source_only() const override { return true; }

  std::vector<Suggestion> propose(const SynthesisContext& context) override {
    // Whole-file and region rewrites keep their own bounds: functions are all that is understood here.
    if (context.op.kernel.rewrite == Kernel::Rewrite::regions) return {};
    const Candidate& parent = context.parent.candidate;
    // The search asks again for the one that it chooses.
    if (known_.size() >= kKnown) known_.clear();
    auto [place, fresh] = known_.try_emplace(key(parent) + history(parent));
    if (fresh) place->second = make(context);
    return place->second;
  }

 private:
  static constexpr size_t kKnown = 32;

  static std::vector<Suggestion> make(const SynthesisContext& context) {
    const Candidate& parent = context.parent.candidate;
    RewriteRules rules = rules_of(context);
    std::vector<Suggestion> out;
    std::set<std::string> seen{key(parent)};
    const bool root = std::none_of(parent.moves.begin(), parent.moves.end(),
                                   [](const Move& m) { return m.synthesizer == "rewrite"; });
    if (root) add_recipes(context, rules, seen, out);
    add_singles(context, rules, seen, out);
    if (must_not_fuse(context))
      for (Suggestion& suggestion : out)
        if (has_clones(suggestion.candidate.source))
          add_flags(suggestion.candidate, {"-ffp-contract=off"}, context.op);
    std::stable_sort(out.begin(), out.end(),
                     [](const Suggestion& a, const Suggestion& b) { return a.prior > b.prior; });
    return out;
  }

  static bool has_clones(const std::string& source) {
    return source.find("target_clones") != std::string::npos;
  }

  static std::string history(const Candidate& candidate) {
    std::string text;
    for (const Move& move : candidate.moves)
      text += move.synthesizer + '/' + move.action + ' ' + move.detail + '\n';
    return text;
  }

  static std::string key(const Candidate& candidate) {
    std::string flags;
    for (const std::string& flag : candidate.flags) flags += flag + '\n';
    return candidate.source + '\0' + flags;
  }

  static RewriteRules rules_of(const SynthesisContext& context) {
    RewriteRules rules;
    rules.noalias = context.op.contract.noalias;
    rules.finite_only = context.op.contract.finite_only;
    rules.portable = context.op.isa == Isa::portable;
    rules.cpp = context.recipe.language != "C" && context.op.kernel.language != "c";
    rules.heap = context.op.level == Level::hosted;
    // Without its flag the pragma would be a comment.
    rules.threads = is_forbidden(context.op, "-fopenmp") ? 1 : context.op.contract.threads;
    rules.headers =
        project_headers(context.parent.candidate.source, context.recipe.source, context.recipe.includes);
    const auto unit = read_unit(context.parent.candidate.source, context.op.kernel.entry, rules.headers);
    if (unit) rules.sizes = workload_sizes(context.op, unit->functions.front());
    return rules;
  }

  static void add(Candidate candidate, double prior, std::set<std::string>& seen,
                  std::vector<Suggestion>& out) {
    if (seen.insert(key(candidate)).second) out.push_back({std::move(candidate), prior});
  }

  // Recipes first: a composition is worth what its parts are worth together, later ones a little less.
  static void add_recipes(const SynthesisContext& context, const RewriteRules& rules,
                          std::set<std::string>& seen, std::vector<Suggestion>& out) {
    const Candidate& parent = context.parent.candidate;
    double rank = 1;
    Kitchen kitchen(parent.source, context.op.kernel.entry, rules);
    for (const CodeRecipe& recipe : code_recipes()) {
      Cooked cooked = kitchen.cook(recipe);
      if (cooked.applied.empty()) continue;
      Candidate candidate = parent;
      candidate.source = cooked.source;
      add_flags(candidate, cooked.flags, context.op);
      candidate.moves.push_back({"rewrite", "recipe", recipe.name + ": " + joined(cooked.applied)});
      add(std::move(candidate), cooked.prior * rank, seen, out);
      rank *= 0.97;
    }
  }

  static void add_singles(const SynthesisContext& context, const RewriteRules& rules,
                          std::set<std::string>& seen, std::vector<Suggestion>& out) {
    const Candidate& parent = context.parent.candidate;
    auto unit = read_unit(parent.source, context.op.kernel.entry, rules.headers);
    if (!unit) return;
    for (const Rewrite& rewrite : rewrites()) {
      double rank = 1;
      for (int value : rewrite.values) {
        for (const Rewritten& made : rewrite.apply(*unit, rules, value)) {
          Candidate candidate = parent;
          candidate.source = made.source;
          add_flags(candidate, rewrite.flags, context.op);
          candidate.moves.push_back({"rewrite", rewrite.name, made.detail});
          add(std::move(candidate), rewrite.prior * rank, seen, out);
        }
        rank *= 0.9;
      }
    }
  }

  std::map<std::string, std::vector<Suggestion>> known_;
};

}  // namespace

std::unique_ptr<Synthesizer> make_synthesizer_rewrite() { return std::make_unique<RewriteSynthesizer>(); }

}  // namespace ke
