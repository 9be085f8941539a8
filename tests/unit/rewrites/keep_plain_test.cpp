// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/keep_plain.h"

#include "ke-build/search/rewrites/keep_sizes.h"
#include "ke-build/search/rewrites/recipes.h"
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

#include <limits>

namespace ke {
namespace {

constexpr const char* kNorms = R"(
namespace ops {
static float square(float x) { return x * x; }
static float norm(const float* x, long n) {
  float sum = 0.0f;
  for (long i = 0; i < n; ++i) sum += square(x[i]);
  return sum;
}
float f(const float* x, float* y, long rows, long n) {
  float last = 0.0f;
  for (long r = 0; r < rows; ++r) {
    last = norm(x + r * n, n);
    y[r] = last;
  }
  return last;
}
})";

constexpr const char* kNormsDriver = R"(
  for (long n : sizes) {
    std::vector<float> x = values(3 * n), a(3), b(3);
    const float p = original::ops::f(x.data(), a.data(), 3, n), q = rewritten::ops::f(x.data(), b.data(), 3, n);
    compare("rows", n, a, b);
    if (!near(p, q)) std::printf("returned %g, expected %g\n", q, p);
  })";

std::string kept(const std::string& plain, const std::string& changed) {
  const auto before = read_unit(plain, "f"), now = read_unit(changed, "f");
  if (!before || !now) return "unreadable";
  const auto made = keep_plain(*before, *now);
  return made ? made->source : "";
}

std::string cooked_with_dispatch(const std::string& source) {
  for (const CodeRecipe& recipe : code_recipes()) {
    const Cooked cooked = Kitchen(source, "f", {}).cook(recipe);
    const bool reduces = cooked.source.find("KE_CLONES") != std::string::npos &&
                         cooked.source.find("lane") != std::string::npos;
    if (!cooked.applied.empty() && reduces) return cooked.source;
  }
  return "";
}

// With every question to the processor answered no, and with none: both ways are right.
TEST(KeepPlain, BothWaysGiveTheResultOfTheOriginal) {
  const std::string wide = cooked_with_dispatch(kNorms);
  ASSERT_NE(wide, "");
  const std::string both = kept(kNorms, wide);
  ASSERT_NE(both, "");
  for (const char* flags : {"", "-D__builtin_cpu_supports(...)=0"})
    EXPECT_EQ(differences({kNorms, both, kNormsDriver, false, flags}), "") << flags;
}

// A machine that says no must run the very code that stood there: the rewritten one may be wrong for all it
// knows.
TEST(KeepPlain, NarrowMachinesDoNotReachTheRewrittenCode) {
  const std::string plain =
      "float helper(float x) { return x + 1; }\nvoid f(float* x) { x[0] = helper(x[0]); }\n";
  const std::string changed =
      "#define KE_CLONES\nfloat helper(float x) { return x + 2; }\nKE_CLONES\nvoid f(float* x) { x[0] = "
      "helper(x[0]) * 3; }\n";
  const std::string both = kept(plain, changed);
  ASSERT_NE(both, "");
  const std::string driver =
      "float a = 5, b = 5; original::f(&a); rewritten::f(&b); if (a != b) std::printf(\"%g %g\", a, b);";
  EXPECT_EQ(differences({plain, both, driver, true, "-DKE_WIDE=0"}), "");
  EXPECT_NE(differences({plain, both, driver, true, "-DKE_WIDE=1"}), "") << "the test cannot tell";
}

TEST(KeepPlain, ReachesTheTypeOfATemplate) {
  const std::string plain = R"(
template <class T> void f(const T* x, T* y, long n) { for (long i = 0; i < n; ++i) y[i] = x[i] * x[i]; }
template void f<float>(const float*, float*, long);
)";
  std::string special = rewritten_by("specialize_template", plain, 0);
  special = rewritten_by("dispatch", special, 0);
  const std::string both = kept(plain, special);
  ASSERT_NE(both, "");
  const std::string driver =
      "for (long n : sizes) { auto x = values(n); std::vector<float> a(n), b(n); original::f(x.data(), "
      "a.data(), n); "
      "rewritten::f(x.data(), b.data(), n); compare(\"y\", n, a, b); }";
  EXPECT_EQ(differences({plain, both, driver, false, "-DKE_WIDE=0"}), "");
}

TEST(KeepPlain, LeavesAloneWhatItCannotKeep) {
  const std::string plain = "void f(float* x) { x[0] = 1; }\n";
  EXPECT_EQ(kept(plain, plain), "") << "nothing is dispatched";
  EXPECT_EQ(kept(plain, "#define KE_CLONES\nextern \"C\" KE_CLONES void f(float* x) { x[0] = 2; }\n"), "");
  EXPECT_EQ(kept("void f(float*) {}\n", "#define KE_CLONES\nKE_CLONES\nvoid f(float*) { ; }\n"), "")
      << "a parameter without a name cannot be passed on";
  const std::string once = kept(plain, "#define KE_CLONES\nKE_CLONES\nvoid f(float* x) { x[0] = 2; }\n");
  ASSERT_NE(once, "");
  EXPECT_EQ(kept(plain, once), "") << "once is enough";
}

// An unrolled and jammed plain kernel was a third slower than the one that it stands for.
TEST(KeepPlain, ThePlainKernelIsLeftAloneAfterwards) {
  const std::string both = kept(kNorms, cooked_with_dispatch(kNorms));
  ASSERT_NE(both, "");
  const auto unit = read_unit(both, "f");
  ASSERT_TRUE(unit);
  ASSERT_FALSE(unit->functions.empty());
  for (const Function& f : unit->functions) EXPECT_EQ(f.name.find("_plain"), std::string::npos) << f.name;
}

std::string kept_sizes(const std::string& plain, const std::string& changed, const PlainSizes& sizes) {
  const auto before = read_unit(plain, "f"), now = read_unit(changed, "f");
  if (!before || !now) return "unreadable";
  const auto made = keep_sizes(*before, *now, sizes);
  return made ? made->source : "";
}

constexpr int64_t kAny = std::numeric_limits<int64_t>::max();

TEST(KeepSizes, BothWaysGiveTheResultOfTheOriginal) {
  const std::string wide = cooked_with_dispatch(kNorms);
  ASSERT_NE(wide, "");
  const std::string both = kept_sizes(kNorms, wide, {{"n"}, {{0, 16}}});
  EXPECT_NE(both.find("if (n <= 16) return f_plain(x, y, rows, n);"), std::string::npos) << both;
  EXPECT_EQ(differences({kNorms, both, kNormsDriver, false, ""}), "");
  // The plain kernel for machines with narrow registers is the same one.
  const std::string three = kept(kNorms, both);
  ASSERT_NE(three, "");
  EXPECT_EQ(three.find("float f_plain("), three.rfind("float f_plain("));
  for (const char* flags : {"", "-D__builtin_cpu_supports(...)=0"})
    EXPECT_EQ(differences({kNorms, three, kNormsDriver, false, flags}), "") << flags;
  EXPECT_EQ(kept_sizes(kNorms, both, {{"n"}, {{0, 8}}}), "") << "once";
}

// The sizes that are named run what stood there, whatever became of it and of what it calls.
TEST(KeepSizes, TheseSizesAndNoOthers) {
  const std::string plain =
      "static float step(float x) { return x + 1; }\nvoid f(float* x, int n, int m) { x[0] = step(x[0]); }\n";
  const std::string changed =
      "static float step(float x) { return x + 9; }\nvoid f(float* x, int n, int m) { x[0] = step(x[0]); }\n";
  const auto expect_plain = [&](const PlainSizes& sizes, const std::string& condition) {
    const std::string both = kept_sizes(plain, changed, sizes);
    ASSERT_NE(both, "");
    const std::string driver =
        "for (int n : {0, 1, 7, 8, 9, 100}) for (int m : {1, 8, 3000000}) {\n"
        "  float a = 5, b = 5; original::f(&a, n, m); rewritten::f(&b, n, m);\n"
        "  if ((a == b) != (" +
        condition + ")) std::printf(\"%d %d\\n\", n, m); }";
    EXPECT_EQ(differences({plain, both, driver}), "") << both;
  };
  expect_plain({{"n"}, {{0, 8}}}, "n <= 8");
  expect_plain({{"m"}, {{8, kAny}}}, "m > 8");
  expect_plain({{"n"}, {{0, 1}, {8, kAny}}}, "n <= 1 || n > 8");
  expect_plain({{"n", "m"}, {{7, 24000000}}}, "n * (long)m > 7 && n * (long)m <= 24000000");
  EXPECT_EQ(kept_sizes(plain, changed, {{"n"}, {}}), "");
  EXPECT_EQ(kept_sizes(plain, changed, {{"n"}, {{0, kAny}}}), "") << "nothing would be left of it";
}

}  // namespace
}  // namespace ke
