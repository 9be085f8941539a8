// SPDX-License-Identifier: MIT
#include "ke-build/project/ninja_manifest.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

NinjaManifest parse(const std::string& text, const std::string& included = "") {
  auto manifest =
      parse_manifest(text, "/b", [&](const std::string&) -> Result<std::string> { return included; });
  EXPECT_TRUE(manifest) << (manifest ? "" : manifest.error().message);
  return manifest ? *std::move(manifest) : NinjaManifest{};
}

std::vector<std::string> names(const NinjaManifest& manifest, const std::vector<uint32_t>& ids) {
  std::vector<std::string> result;
  for (const uint32_t id : ids) result.push_back(manifest.paths[id]);
  return result;
}

TEST(NinjaManifest, ReadsEveryKindOfInput) {
  const auto manifest = parse(
      "build a.o | extra.o: CXX_COMPILER__ops /s/a.cpp | pch.gch || order |@ check\n  INCLUDES = -I/i\n  "
      "FLAGS = -O3\n");
  ASSERT_EQ(manifest.edges.size(), 1u);
  const NinjaEdge& edge = manifest.edges[0];
  EXPECT_EQ(edge.rule, "CXX_COMPILER__ops");
  EXPECT_EQ(names(manifest, edge.outputs), (std::vector<std::string>{"/b/a.o", "/b/extra.o"}));
  EXPECT_EQ(names(manifest, edge.inputs), (std::vector<std::string>{"/s/a.cpp", "/b/pch.gch"}));
  EXPECT_EQ(names(manifest, edge.order_only), std::vector<std::string>{"/b/order"});
  EXPECT_EQ(edge.includes, "-I/i");
}

TEST(NinjaManifest, ExpandsVariablesAndEscapes) {
  const auto manifest = parse(
      "workdir = /b/\nbuild gen$ h$:x | ${workdir}gen.h: CUSTOM_COMMAND in$$put $\n    second\n  COMMAND = "
      "cd x && y\n");
  ASSERT_EQ(manifest.edges.size(), 1u);
  EXPECT_EQ(names(manifest, manifest.edges[0].outputs), (std::vector<std::string>{"/b/gen h:x", "/b/gen.h"}));
  EXPECT_EQ(names(manifest, manifest.edges[0].inputs), (std::vector<std::string>{"/b/in$put", "/b/second"}));
  EXPECT_EQ(manifest.edges[0].command, "cd x && y");
}

TEST(NinjaManifest, FollowsIncludesAndFindsProducersBehindPhonyNames) {
  const auto manifest = parse("include rules.ninja\nbuild libops.a: phony Release/libops.a\n",
                              "build Release/libops.a: AR a.o\nrule x\n  command = y\n");
  const int64_t node = manifest.find("/b/Release/libops.a");
  ASSERT_GE(node, 0);
  EXPECT_EQ(manifest.producer(static_cast<uint32_t>(node))->rule, "AR");
  EXPECT_EQ(manifest.find("/b/nothing"), -1);
}

TEST(NinjaManifest, RefusesEndlessIncludesAndNonsense) {
  const auto endless = parse_manifest("include self\n", "/b", [](const std::string&) -> Result<std::string> {
    return std::string("include self\n");
  });
  EXPECT_FALSE(endless);
  EXPECT_FALSE(parse_manifest("build a b c\n", "/b", nullptr));
  EXPECT_FALSE(parse_manifest("nonsense\n", "/b", nullptr));
}

TEST(MakeRules, TurnIntoEdges) {
  NinjaManifest manifest;
  parse_make_rules(
      "# comment\ngen.h: /s/gen.in\n\t@cmake_echo_color x\n\tcp a b\nCMakeFiles/ops.dir/a.cpp.o: "
      "CMakeFiles/ops.dir/flags.make\n"
      "CMakeFiles/ops.dir/a.cpp.o: /s/a.cpp\nX = y: z\n.PHONY : all\n",
      "/b", manifest);
  const int64_t header = manifest.find("/b/gen.h");
  ASSERT_GE(header, 0);
  EXPECT_EQ(manifest.producer(static_cast<uint32_t>(header))->command, "cp a b\n");
  ASSERT_EQ(manifest.compiled_from("/s/a.cpp").size(), 1u);
  EXPECT_EQ(manifest.compiled_from("/s/a.cpp")[0]->rule, "compile");
}

}  // namespace
}  // namespace ke
