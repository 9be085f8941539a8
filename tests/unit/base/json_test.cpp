// SPDX-License-Identifier: MIT
#include "ke-build/base/json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ke {
namespace {

TEST(Json, AllowsComments) { EXPECT_EQ((*parse_json("{ // why\n \"a\": 1 /* one */ }", "x"))["a"], 1); }

TEST(Json, NamesTheLineOfASyntaxError) {
  const auto json = parse_json("{\n  \"a\": 1,\n  \"b\" 2\n}", "x.json");
  ASSERT_FALSE(json);
  EXPECT_NE(json.error().message.find("x.json:3:"), std::string::npos) << json.error().message;
}

TEST(Json, RefusesNestingThatWouldExhaustTheStack) {
  EXPECT_FALSE(parse_json(std::string(100000, '['), "x"));
  EXPECT_TRUE(parse_json("\"" + std::string(1000, '[') + "\"", "brackets in a string do not nest"));
}

TEST(Json, PrintsInvalidUtf8InsteadOfThrowing) {
  EXPECT_NE(to_text(Json("a\xff")).find('a'), std::string::npos);
}

TEST(ObjectReader, NamesPathFoundAndExpected) {
  const Json json = *parse_json(R"({"rows": "four"})", "x");
  ObjectReader reader(json, "s.json", "$.axes");
  const auto rows = reader.integer("rows");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().message, "s.json: $.axes.rows: found the string \"four\", expected an integer");
}

TEST(ObjectReader, SuggestsTheNearestKey) {
  const Json json = *parse_json(R"({"tolerence": 1})", "x");
  ObjectReader reader(json, "s.json", "$.ke");
  reader.ignore("tolerance");
  reader.ignore("workloads");
  const auto done = reader.finish();
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("unknown key 'tolerence' (did you mean 'tolerance'?)"),
            std::string::npos);
}

TEST(ObjectReader, RefusesNumbersThatDoNotFit) {
  const Json json = *parse_json(R"({"n": 18446744073709551615})", "x");
  ObjectReader reader(json, "x", "$");
  EXPECT_FALSE(reader.integer("n"));
}

}  // namespace
}  // namespace ke
