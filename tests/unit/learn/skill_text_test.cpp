// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/learn/learn.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

Skill a_skill() {
  Skill skill;
  skill.name = "rmsnorm-multi-accumulator";
  skill.pattern = "a loop that says \"sum += x\": \\ and\nmore";
  skill.precondition = "the tolerance leaves room: yes";
  skill.actions = {"rewrite/multi_accumulator lanes=16", "flags/reassociate"};
  skill.op_type = "rmsnorm";
  skill.features = {"reduction", "sqrt"};
  skill.speedup = 3.25;
  skill.low = 3;
  skill.high = 3.5;
  skill.hardware = "Some CPU @ 3 GHz: fast, 2 cores";
  skill.compiler = "GNU 12.2.0";
  skill.session = "00000000-0000-4000-8000-000000000000";
  skill.op = "rmsnorm";
  skill.text = "# Body\n\n---\n\nwith a rule.\n";
  return skill;
}

TEST(SkillText, IsReadBackAsItWasWritten) {
  const Skill skill = a_skill();
  const auto read = parse_skill(skill_text(skill), "SKILL.md");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->name, skill.name);
  EXPECT_EQ(read->pattern, skill.pattern);
  EXPECT_EQ(read->precondition, skill.precondition);
  EXPECT_EQ(read->actions, skill.actions);
  EXPECT_EQ(read->features, skill.features);
  EXPECT_EQ(read->op_type, skill.op_type);
  EXPECT_EQ(read->hardware, skill.hardware);
  EXPECT_EQ(read->compiler, skill.compiler);
  EXPECT_EQ(read->session, skill.session);
  EXPECT_NEAR(read->speedup, skill.speedup, 1e-9);
  EXPECT_NEAR(read->low, skill.low, 1e-9);
  EXPECT_EQ(read->text, skill.text);
  EXPECT_EQ(skill_text(*read), skill_text(skill));
}

TEST(SkillText, ReadsWhatAPersonWouldWrite) {
  const auto read = parse_skill(
      "---\r\n# by hand\nname: tile-transpose\nlicense: MIT\nop_type: transpose\nactions:\n- rewrite/tile "
      "size=16\n"
      "features:\n    - strided-inner\nevidence:\n  speedup: 6\nscope:\n  hardware: \"any\"\n---\nText.\n",
      "SKILL.md");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->actions, std::vector<std::string>{"rewrite/tile size=16"});
  EXPECT_EQ(read->features, std::vector<std::string>{"strided-inner"});
  EXPECT_EQ(read->speedup, 6);
  EXPECT_EQ(read->low, 6);
  EXPECT_EQ(read->text, "Text.\n");
}

TEST(SkillText, SaysWhatIsWrongAndWhere) {
  const std::string good = skill_text(a_skill());
  const std::pair<std::string, const char*> cases[] = {
      {"", "closing"},
      {"name: x\n", "SKILL.md:1: expected `---`"},
      {"---\nname: x\n", "closing"},
      {"---\nname: x\nnonsense\n---\n", "SKILL.md:3: expected `key: value`"},
      {"---\nname: ../../etc\nactions:\n- a/b\n---\n", "a-z"},
      {"---\nname: Bad Name\nactions:\n- a/b\n---\n", "a-z"},
      {"---\nname: x\n---\n", "0 actions"},
      {"---\nname: x\nactions:\n- \"a/b; rm -rf /\"\n---\n", "not like"},
      {"---\nname: x\nactions:\n- nothing\n---\n", "not like"},
      {"---\n- stray\n---\n", "without a key"},
      {"---\nname: " + std::string(3000, 'x') + "\n---\n", "more than"},
      {"---\n" + std::string(100000, '\n') + "---\n", "larger than"},
      {std::string("---\nname: x\0y\n---\n", 18), "zero byte"},
  };
  for (const auto& [text, expected] : cases) {
    const auto read = parse_skill(text, "SKILL.md");
    ASSERT_FALSE(read.has_value()) << text.substr(0, 60);
    EXPECT_EQ(read.error().code, ErrorCode::usage);
    EXPECT_NE(read.error().message.find(expected), std::string::npos) << read.error().message;
  }
}

TEST(SkillText, LimitsHowMuchAForeignSkillMayClaim) {
  std::string actions;
  for (int i = 0; i < 13; ++i) actions += "- flags/unroll\n";
  EXPECT_FALSE(parse_skill("---\nname: x\nactions:\n" + actions + "---\n", "x").has_value());
  for (const char* claim : {"-5", "nan", "inf", "1e999", "many", "3 apples"}) {
    const auto read = parse_skill(
        std::string("---\nname: x\nactions:\n- a/b\nevidence:\n  speedup: ") + claim + "\n---\n", "x");
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->speedup, 1) << claim;
  }
}

TEST(SkillFolder, LoadsTheGoodOnesAndSkipsTheBrokenOnes) {
  auto folder = TempDir::make("ke-skills-test");
  ASSERT_TRUE(folder.has_value());
  ASSERT_TRUE(write_file(folder->path() + "/good/SKILL.md", skill_text(a_skill())).has_value());
  ASSERT_TRUE(write_file(folder->path() + "/broken/SKILL.md", "no front matter").has_value());
  ASSERT_TRUE(write_file(folder->path() + "/empty/README.md", "nothing").has_value());
  ASSERT_TRUE(make_dirs(folder->path() + "/trap/SKILL.md").has_value());
  const auto skills = load_skills(folder->path());
  ASSERT_EQ(skills.size(), 1u);
  EXPECT_EQ(skills[0].name, "rmsnorm-multi-accumulator");
  EXPECT_TRUE(load_skills(folder->path() + "/nowhere").empty());
}

}  // namespace
}  // namespace ke
