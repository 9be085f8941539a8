// SPDX-License-Identifier: MIT
// Small sizes that the workloads have as constants (three channels, a window of five, 64 per head): for those
// the compiler sees how often the inner loops run, and unrolls or vectorises them whole; for all others the
// kernel runs as it was.
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/rewrites/versions.h"

#include <algorithm>

namespace ke {
namespace {

constexpr size_t kMostVersions = 4;

// What bounds loops inside of others, and what those names were made of.
class InnerBounds {
 public:
  explicit InnerBounds(const Stmts& body) {
    visit(body, 0);
    for (size_t before = 0; before != names_.size();) {
      before = names_.size();
      for (const std::string& name : std::set<std::string>(names_))
        if (const auto made = made_of_.find(name); made != made_of_.end())
          names_.insert(made->second.begin(), made->second.end());
    }
  }
  bool has(const std::string& name) const { return names_.count(name) != 0; }

 private:
  void visit(const Stmts& statements, int depth) {
    for (const Stmt& s : statements) {
      if (s.is(Stmt::Kind::loop) && depth > 0)
        for (const Expr* e : {&s.lower, &s.upper}) names_.merge(names_in(*e));
      if (s.is(Stmt::Kind::declare) && s.has_init) made_of_[s.name] = names_in(s.value);
      const bool loop = s.is(Stmt::Kind::loop) || s.is(Stmt::Kind::wild);
      visit(s.body, depth + loop);
      visit(s.otherwise, depth + loop);
    }
  }

  std::set<std::string> names_;
  std::map<std::string, std::set<std::string>> made_of_;
};

// By value, an integer, bound of a loop inside of another one, and never written.
std::set<std::string> bounding(const Unit& unit, const Function& f) {
  const InnerBounds bounds(f.body);
  const Effects effects = effects_of(f.body, pure_functions(unit));
  std::set<std::string> names;
  for (const Parameter& p : f.parameters)
    if (bounds.has(p.name) && is_integer_type(p.type) && effects.scalar_writes.count(p.name) == 0)
      names.insert(p.name);
  return names;
}

// What of the workloads' sizes is worth a version, each once, in their order.
std::vector<Sizes> versions(const RewriteRules& rules, const std::set<std::string>& bounds, int64_t most) {
  std::vector<Sizes> out;
  for (const Sizes& workload : rules.sizes) {
    Sizes version;
    for (const auto& [name, size] : workload)
      if (bounds.count(name) && size > 0 && size <= most) version[name] = size;
    if (!version.empty() && out.size() < kMostVersions &&
        std::find(out.begin(), out.end(), version) == out.end())
      out.push_back(std::move(version));
  }
  return out;
}

std::string condition_of(const Sizes& version) {
  std::string text;
  for (const auto& [name, size] : version)
    text += (text.empty() ? "" : " && ") + name + " == " + std::to_string(size);
  return text;
}

std::optional<std::string> sized(const Unit& unit, const Function& f, const std::vector<Sizes>& wanted) {
  std::vector<Version> versions;
  for (const Sizes& sizes : wanted) {
    Version version{condition_of(sizes), {}};
    for (const auto& [name, size] : sizes) version.values[name] = std::to_string(size);
    versions.push_back(std::move(version));
  }
  return with_versions(unit, f, "_sized", "Inner loops of the sizes that are usual, and of any.", versions);
}

}  // namespace

std::vector<Rewritten> specialize_size(const Unit& unit, const RewriteRules& rules, int most) {
  const Function& entry = unit.functions.front();
  if (!entry.clonable || entry.body_begin <= entry.begin) return {};
  const std::vector<Sizes> wanted = versions(rules, bounding(unit, entry), most);
  const auto text = wanted.empty() ? std::nullopt : sized(unit, entry, wanted);
  if (!text) return {};
  std::string detail;
  for (const Sizes& version : wanted) detail += (detail.empty() ? "" : ", or ") + condition_of(version);
  return {{*text, detail}};
}

}  // namespace ke
