// SPDX-License-Identifier: MIT
// Windows that lie side by side: their columns are folded once.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

// Planes of w x h, windows of k x k, `s` windows_apart, `p` beyond the border; NaN and infinities among the
// values.
std::string driver_of(const std::string& type, const std::string& bounds = "if (s > 3 || p >= k) continue;") {
  std::string text = R"(
  for (int special : {0, 1, 2, 3})
    for (int w : {1, 2, 5, 16, 33, 70, 1100})
      for (int k : {1, 2, 3, 5, 9})
        for (int s : {1, 2, 3, 7})
          for (int p : {0, 1, 4}) {
            BOUNDS
            const int h = w > 100 ? 3 : w / 2 + 1, oh = (h + 2 * p - k) / s + 1, ow = (w + 2 * p - k) / s + 1;
            if (h + 2 * p < k || w + 2 * p < k) continue;
            const auto x = values(2 * w * h, std::is_floating_point<TYPE>::value ? special : 0);
            std::vector<TYPE> in(x.size());
            for (size_t i = 0; i < x.size(); ++i) in[i] = (TYPE)(std::is_floating_point<TYPE>::value ? x[i] : std::fabs(x[i]) * 255);
            std::vector<TYPE> a(2 * oh * ow + 1), b(a);
            original::f(in.data(), a.data(), h, w, k, s, p);
            rewritten::f(in.data(), b.data(), h, w, k, s, p);
            char what[80];
            std::snprintf(what, sizeof what, "w=%d k=%d s=%d p=%d special=%d", w, k, s, p, special);
            compare(what, w, a, b);
          })";
  for (size_t at; (at = text.find("TYPE")) != std::string::npos;) text.replace(at, 4, type);
  text.replace(text.find("BOUNDS"), 6, bounds);
  return text;
}

std::string kernel(const std::string& type, const std::string& window, const std::string& index = "int") {
  return "void f(const " + type + "* in, " + type + "* out, " + index + " h, " + index + " w, " + index +
         " k, " + index + " s, " + index + " p) {\n  for (" + index + " c = 0; c < 2; ++c) {\n    const " +
         type + "* plane = in + c * h * w;\n    const " + index +
         " oh = (h + 2 * p - k) / s + 1, ow = (w + 2 * p - k) / s + 1;\n    for (" + index +
         " oy = 0; oy < oh; ++oy)\n      for (" + index + " ox = 0; ox < ow; ++ox) {\n" + window +
         "\n      }\n  }\n}";
}

// Clamped bounds tell nobody before the call how far the windows reach.
RewriteRules windows_apart() {
  RewriteRules rules;
  rules.noalias = true;
  return rules;
}

void expect_same(const std::string& source, const std::string& type, const RewriteRules& rules = {}) {
  const std::string made = rewritten_by("separable_windows", source, 0, rules);
  EXPECT_NE(made.find("ke_window_"), std::string::npos);
  EXPECT_EQ(differences({source, made, driver_of(type)}), "") << made;
}

TEST(SeparableWindows, FoldWhatBoundsCutOff) {
  expect_same(kernel("float", R"(
        const int y0 = std::max(oy * s - p, 0), y1 = std::min(oy * s - p + k, h);
        const int x0 = std::max(ox * s - p, 0), x1 = std::min(ox * s - p + k, w);
        float best = -std::numeric_limits<float>::infinity();
        for (int y = y0; y < y1; ++y)
          for (int x = x0; x < x1; ++x) {
            const float value = plane[y * w + x];
            best = value > best ? value : best;
          }
        out[(c * oh + oy) * ow + ox] = best;)"),
              "float", windows_apart());
}

TEST(SeparableWindows, FoldWhatTestsLeaveOut) {
  expect_same(kernel("float", R"(
        float sum = 0;
        int count = 0;
        for (int ky = 0; ky < k; ++ky) {
          const int y = oy * s + ky - p;
          if (y < 0 || y >= h) continue;
          for (int kx = 0; kx < k; ++kx) {
            const int x = ox * s + kx - p;
            if (x >= 0 && x < w) {
              sum += plane[y * w + x];
              ++count;
            }
          }
        }
        out[(c * oh + oy) * ow + ox] = count > 0 ? sum / count : 0;)"),
              "float");
}

TEST(SeparableWindows, AskTestsOfBothCoordinatesOnce) {
  expect_same(kernel("double", R"(
        double least = INFINITY, square = 0;
        for (int i = 0; i < k; ++i)
          for (int j = 0; j < k; ++j) {
            const int y = oy * s - p + i, x = ox * s - p + j;
            if (y < 0 || x < 0 || y >= h || x > w - 1) continue;
            least = std::fmin(plane[y * w + x], least);
            square += plane[y * w + x] * plane[y * w + x];
          }
        out[(c * oh + oy) * ow + ox] = least - square;)"),
              "double");
}

TEST(SeparableWindows, ReadClampsThatFollowADeclaration) {
  expect_same(kernel("uint8_t", R"(
        int x0 = ox * s - p, x1 = x0 + k;
        if (x0 < 0) x0 = 0;
        if (x1 > w) x1 = w;
        int y0 = oy * s - p;
        int y1 = y0 + k;
        if (y0 < 0) y0 = 0;
        if (y1 > h) y1 = h;
        uint8_t most = 0;
        for (int y = y0; y < y1; ++y)
          for (int x = x0; x < x1; ++x)
            if (plane[y * w + x] > most) most = plane[y * w + x];
        out[(c * oh + oy) * ow + ox] = most;)"),
              "uint8_t", windows_apart());
}

TEST(SeparableWindows, LoseSightOfWhatIsChangedOtherwise) {
  EXPECT_EQ(results_of("separable_windows", kernel("float", R"(
        int x0 = ox * s;
        x0 += in[0] > 0;
        int x1 = x0 + k;
        if (x1 > w) x1 = w;
        float sum = 0;
        for (int y = 0; y < k; ++y)
          for (int x = x0; x < x1; ++x) sum += plane[y * w + x];
        out[(c * oh + oy) * ow + ox] = sum;)"),
                       0, windows_apart()),
            0u);
}

TEST(SeparableWindows, ReadClampsOfUnsignedPlaces) {
  expect_same(kernel("int", R"(
        const size_t x0 = ox * s >= p ? ox * s - p : 0, x1 = ox * s + k < w + p ? ox * s + k - p : w;
        const size_t y0 = oy * s >= p ? oy * s - p : 0, y1 = std::min(oy * s + k - p, h);
        int sum = 0;
        for (size_t y = y0; y < y1; ++y)
          for (size_t x = x0; x < x1; ++x) sum += plane[y * w + x];
        out[(c * oh + oy) * ow + ox] = sum;)",
                     "size_t"),
              "int", windows_apart());
}

TEST(SeparableWindows, LeaveAloneWhatIsNoFoldOfColumns) {
  const auto count = [](const std::string& window) {
    return results_of("separable_windows", kernel("float", window));
  };
  const std::string head = "float sum = 0;\n for (int y = 0; y < k; ++y)\n for (int x = 0; x < k; ++x) ",
                    tail = "\n out[oy * ow + ox] = sum;";
  EXPECT_EQ(count(head + "sum += in[(oy + y) * w + ox + x];" + tail), 1u);
  EXPECT_EQ(count(head + "sum += in[(oy + y) * w + ox + x] * plane[x];" + tail), 0u)
      << "weights of a place in the window";
  EXPECT_EQ(count(head + "sum += in[(oy + y) * w + ox + x] * ox;" + tail), 0u);
  EXPECT_EQ(count(head + "sum += in[(oy + y) * w + ox + 2 * x];" + tail), 0u) << "columns windows_apart";
  EXPECT_EQ(count(head + "sum = sum * 2 + in[(oy + y) * w + ox + x];" + tail), 0u);
  EXPECT_EQ(count(head + "{ if (sum > 3) break; sum += in[(oy + y) * w + ox + x]; }" + tail), 0u);
  EXPECT_EQ(count(head + "{ sum += in[(oy + y) * w + ox + x]; out[0] = sum; }" + tail), 0u);
  EXPECT_EQ(count(head + "if (plane[x] > 0) sum += in[(oy + y) * w + ox + x];" + tail), 0u);
  EXPECT_EQ(
      count(
          "float best = NAN;\n for (int y = 0; y < k; ++y)\n for (int x = 0; x < k; ++x) best = fmaxf(best, "
          "in[(oy + y) * w + ox + x]);\n out[oy * ow + ox] = best;"),
      0u)
      << "nothing but NaN ends as NaN";
}

TEST(SeparableWindows, KeepWindowsThatReadWhatAnotherOneWrote) {
  const std::string blur = R"(void f(float* x, int n, int k) {
  for (int i = 0; i + k <= n; ++i) {
    float sum = 0;
    for (int j = 0; j < k; ++j) sum += x[i + j];
    x[i] = sum / k;
  }
})";
  EXPECT_EQ(results_of("separable_windows", blur), 0u);
  // Whether two buffers are one is asked when the kernel runs.
  const std::string two = R"(void f(const float* x, float* y, int n, int k) {
  for (int i = 0; i < n - k + 1; ++i) {
    float sum = 0;
    for (int j = 0; j < k; ++j) sum += x[i + j];
    y[i] = sum / k;
  }
})";
  const std::string made = rewritten_by("separable_windows", two, 0);
  EXPECT_EQ(differences({two, made, R"(
  for (int n : {0, 1, 2, 9, 40, 2000})
    for (int k : {1, 2, 3, 8, 900}) {
      auto a = values(n + 1), b = a;
      original::f(a.data(), a.data(), n, k);
      rewritten::f(b.data(), b.data(), n, k);
      compare("in place", n, a, b);
      const auto x = values(n + 1);
      original::f(x.data(), a.data(), n, k);
      rewritten::f(x.data(), b.data(), n, k);
      compare("windows_apart", n, a, b);
    })"}),
            "")
      << made;
}

}  // namespace
}  // namespace ke
