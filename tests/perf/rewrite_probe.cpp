// SPDX-License-Identifier: MIT
// Applies source rewrites to a file by hand: rewrite_probe FILE ENTRY [rewrite[:value[:site]]]...
// Without rewrites it lists every one that applies; the result goes to stdout.
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/headers.h"
#include "ke-build/search/rewrites/recipes.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using namespace ke;

int list(const std::string& text, const std::string& entry, const RewriteRules& rules) {
  auto unit = read_unit(text, entry, rules.headers);
  if (!unit) {
    std::fprintf(stderr, "%s: no such function, or it does not parse\n", entry.c_str());
    return 1;
  }
  for (const Rewrite& r : rewrites())
    for (int value : r.values)
      for (const Rewritten& made : r.apply(*unit, rules, value))
        std::printf("%-22s %6d  %s\n", r.name, value, made.detail.c_str());
  return 0;
}

int list_recipes(const std::string& text, const std::string& entry, const RewriteRules& rules) {
  for (const CodeRecipe& recipe : code_recipes()) {
    Cooked cooked = Kitchen(text, entry, rules).cook(recipe);
    if (cooked.applied.empty()) continue;
    std::string flags;
    for (const std::string& flag : cooked.flags) flags += " " + flag;
    std::printf("%s |%s | prior %.1f\n", recipe.name.c_str(), flags.c_str(), cooked.prior);
    for (const std::string& step : cooked.applied) std::printf("    %s\n", step.c_str());
  }
  return 0;
}

bool cook_named(std::string& text, const std::string& entry, const RewriteRules& rules,
                const std::string& name) {
  for (const CodeRecipe& recipe : code_recipes())
    if (recipe.name == name) {
      Cooked cooked = Kitchen(text, entry, rules).cook(recipe);
      text = cooked.source;
      return !cooked.applied.empty();
    }
  return false;
}

bool apply(std::string& text, const std::string& entry, const RewriteRules& rules, const std::string& step) {
  if (cook_named(text, entry, rules, step)) return true;
  std::vector<std::string> parts = split(step, ':');
  const Rewrite* r = find_rewrite(parts[0]);
  auto unit = read_unit(text, entry, rules.headers);
  if (!r || !unit) return false;
  auto made = r->apply(*unit, rules, parts.size() > 1 ? std::atoi(parts[1].c_str()) : r->values[0]);
  size_t site = parts.size() > 2 ? static_cast<size_t>(std::atoi(parts[2].c_str())) : 0;
  if (site >= made.size()) return false;
  std::fprintf(stderr, "%s: %s\n", r->name, made[site].detail.c_str());
  text = made[site].source;
  return true;
}

// "a=3,b=5": what one workload gives parameters.
Sizes sizes_of(const std::string& text) {
  Sizes sizes;
  for (const std::string& part : split(text, ',')) {
    const size_t equals = part.find('=');
    if (equals != std::string::npos) sizes[part.substr(0, equals)] = std::atoll(part.c_str() + equals + 1);
  }
  return sizes;
}

}  // namespace

int main(int argc, char** argv) {
  RewriteRules rules;
  rules.noalias = std::getenv("KE_NOALIAS") != nullptr;
  std::vector<std::string> words, includes;
  bool recipes = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--noalias") == 0)
      rules.noalias = true;
    else if (std::strcmp(argv[i], "--finite") == 0)
      rules.finite_only = true;
    else if (std::strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
      rules.threads = std::atoi(argv[++i]);
    else if (std::strcmp(argv[i], "--size") == 0 && i + 1 < argc)
      rules.sizes.push_back(sizes_of(argv[++i]));
    else if (starts_with(argv[i], "-I"))
      includes.push_back(argv[i]);
    else if (std::strcmp(argv[i], "--recipes") == 0)
      recipes = true;
    else
      words.push_back(argv[i]);
  }
  if (words.size() < 2) {
    std::fprintf(stderr,
                 "usage: rewrite_probe [--noalias] [--finite] [--threads N] [--size a=3,b=5]... [-IDIR]... "
                 "[--recipes] FILE ENTRY "
                 "[rewrite[:value[:site]]]...\n");
    return 2;
  }
  auto text = read_file(words[0]);
  if (!text) {
    std::fprintf(stderr, "%s\n", text.error().message.c_str());
    return 1;
  }
  rules.headers = project_headers(*text, words[0], includes);
  if (recipes && words.size() == 2) return list_recipes(*text, words[1], rules);
  if (words.size() == 2) return list(*text, words[1], rules);
  for (size_t i = 2; i < words.size(); ++i)
    if (!apply(*text, words[1], rules, words[i])) {
      std::fprintf(stderr, "%s does not apply\n", words[i].c_str());
      return 1;
    }
  std::fputs(text->c_str(), stdout);
  return 0;
}
