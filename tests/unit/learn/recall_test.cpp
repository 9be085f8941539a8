// SPDX-License-Identifier: MIT
#include "ke-build/base/machine.h"
#include "ke-build/learn/learn.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

constexpr const char* kSource =
    "void f(const float* x, float* y, int n) { float s = 0; for (int i = 0; i < n; ++i) s += x[i] * x[i]; "
    "y[0] = std::sqrt(s); }\n";

Operator an_operator() {
  Operator op;
  op.name = "rmsnorm";
  op.op_type = "rmsnorm";
  op.kernel.entry = "f";
  Argument x;
  x.name = "x";
  x.shape = {"n"};
  op.arguments = {x};
  return op;
}

Skill skill(const std::string& name, const std::string& op_type, std::vector<std::string> features,
            double speedup = 2) {
  Skill skill;
  skill.name = name;
  skill.op_type = op_type;
  skill.features = std::move(features);
  skill.actions = {"rewrite/" + name};
  skill.speedup = speedup;
  return skill;
}

std::vector<std::string> names(const std::vector<Skill>& skills) {
  std::vector<std::string> names;
  for (const Skill& skill : skills) names.push_back(skill.name);
  return names;
}

TEST(Recall, PutsTheSameFamilyBeforeSimilarCodeAndLeavesTheRestOut) {
  const Operator op = an_operator();
  const auto features = features_of(op, kSource);
  const auto recalled = recall(op, kSource,
                               {skill("foreign", "conv", {"border-test", "modulo"}),
                                skill("alike", "layernorm", features), skill("family", "rmsnorm", {})},
                               10);
  EXPECT_EQ(names(recalled), (std::vector<std::string>{"family", "alike"}));
}

TEST(Recall, PrefersTheSameHardwareAndCompiler) {
  const Operator op = an_operator();
  Skill here = skill("here", "rmsnorm", {}), elsewhere = skill("elsewhere", "rmsnorm", {});
  elsewhere.speedup = 9;
  here.hardware = machine_name();
  EXPECT_EQ(names(recall(op, kSource, {elsewhere, here}, 10)),
            (std::vector<std::string>{"here", "elsewhere"}));
  Skill gnu = skill("gnu", "rmsnorm", {}), clang = skill("clang", "rmsnorm", {});
  gnu.compiler = "GNU 13.1.0";
  clang.compiler = "Clang 14.0.6";
  EXPECT_EQ(names(recall(op, kSource, {clang, gnu}, 10, "GNU 12.2.0")),
            (std::vector<std::string>{"gnu", "clang"}));
  EXPECT_EQ(names(recall(op, kSource, {gnu, clang}, 10, "Clang 19.1")),
            (std::vector<std::string>{"clang", "gnu"}));
}

TEST(Recall, BreaksTiesBySpeedupAndKeepsTheLimit) {
  const Operator op = an_operator();
  std::vector<Skill> skills;
  for (int i = 0; i < 20; ++i) skills.push_back(skill("s" + std::to_string(i), "rmsnorm", {}, 2 + i));
  const auto recalled = recall(op, kSource, skills, 3);
  EXPECT_EQ(names(recalled), (std::vector<std::string>{"s19", "s18", "s17"}));
}

TEST(Recall, KnowsTheSameSkillOnceAndNothingUseless) {
  const Operator op = an_operator();
  Skill useless = skill("useless", "rmsnorm", {}, 1.0), empty = skill("empty", "rmsnorm", {});
  empty.actions.clear();
  const Skill good = skill("good", "rmsnorm", {});
  EXPECT_EQ(names(recall(op, kSource, {good, useless, good, empty}, 10)), std::vector<std::string>{"good"});
}

}  // namespace
}  // namespace ke
