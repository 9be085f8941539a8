// SPDX-License-Identifier: MIT
#include "ke-build/base/machine.h"
#include "ke-build/base/text.h"
#include "ke-build/learn/learn.h"

#include <algorithm>
#include <set>

namespace ke {
namespace {

constexpr double kAlike = 0.5;  // share of common features from which another family's skill is worth a try

double jaccard(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  const std::set<std::string> a(left.begin(), left.end()), b(right.begin(), right.end());
  size_t common = 0;
  for (const std::string& item : a) common += b.count(item);
  const size_t all = a.size() + b.size() - common;
  return all == 0 ? 0 : static_cast<double>(common) / static_cast<double>(all);
}

}  // namespace

std::string hardware_class(const std::string& hardware) { return hardware.substr(0, hardware.find(',')); }

std::string compiler_family(const std::string& compiler) { return compiler.substr(0, compiler.find(' ')); }

std::vector<Skill> recall(const Operator& op, const std::string& source, const std::vector<Skill>& skills,
                          size_t limit, const std::string& compiler) {
  const std::vector<std::string> features = features_of(op, source);
  const std::string hardware = hardware_class(machine_name());
  struct Scored {
    double score;
    const Skill* skill;
    double fit;
  };
  std::vector<Scored> scored;
  for (const Skill& skill : skills) {
    const bool family = !op.op_type.empty() && skill.op_type == op.op_type;
    const double alike = jaccard(features, skill.features);
    if (skill.actions.empty() || skill.speedup <= 1 || (!family && alike < kAlike)) continue;
    double score = (family ? 3 : 0) + 2 * alike;
    if (hardware_class(skill.hardware) == hardware) score += 0.5;
    if (!compiler.empty() && compiler_family(skill.compiler) == compiler_family(compiler)) score += 0.5;
    scored.push_back({score, &skill, family ? 0.5 + 0.5 * alike : alike});
  }
  std::stable_sort(scored.begin(), scored.end(), [](const Scored& a, const Scored& b) {
    return a.score != b.score ? a.score > b.score : a.skill->speedup > b.skill->speedup;
  });
  std::vector<Skill> recalled;
  std::set<std::vector<std::string>> seen;  // the same skill may be known from the store and from a folder
  for (const Scored& row : scored) {
    if (recalled.size() >= limit || !seen.insert(row.skill->actions).second) continue;
    recalled.push_back(*row.skill);
    recalled.back().fit = row.fit;
  }
  return recalled;
}

}  // namespace ke
