// SPDX-License-Identifier: MIT
// Switches as branches, and tests that stand still in front of their loops.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

// Calls f(x, y, n, mode) with every mode, and some that no case names.
const std::string kModes = R"(
  for (int special : {0, 1, 2})
    for (int mode = -2; mode < 7; ++mode)
      for (long n : {0, 1, 2, 3, 9, 64, 131}) {
        const auto x = values(n + 8, special);
        std::vector<float> a(n + 16, 2.5f), b(a);
        original::f(x.data(), a.data(), n, decltype(original::kind())(mode));
        rewritten::f(x.data(), b.data(), n, decltype(rewritten::kind())(mode));
        compare("modes", n, a, b);
        b = x; b.resize(n + 16); a = b;
        original::f(a.data(), a.data() + 1, n, decltype(original::kind())(mode));
        rewritten::f(b.data(), b.data() + 1, n, decltype(rewritten::kind())(mode));
        compare("on itself", n, a, b);
      })";

size_t count(const std::string& text, const std::string& word) {
  size_t times = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++times;
  return times;
}

TEST(SwitchBranches, KeepsWhatEachCaseDoes) {
  const std::string source = R"(int kind();
void f(const float* x, float* y, long n, int mode) {
  for (long i = 0; i < n; ++i) {
    float v = x[i];
    switch (mode) {
      case 0: v += 1; break;  // one more
      case -1: {
        v = v * v;
        break;
      }
      // two of them
      case 1:
      case 2:
        if (v < 0) break;
        v = 3;
        break;
      case 3:
        v *= 2;
        [[fallthrough]];
      case 4: v -= 5; break;
      case 5:
        if (v > 0.5f) { y[i] = 7; continue; }
        else if (v < -0.5f) return;
        v = 0.25f;
    }
    y[i] = v;
  }
})";
  const std::string made = rewritten_by("switch_branches", source, 0);
  EXPECT_EQ(made.find("switch"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kModes}), "") << made;
}

TEST(SwitchBranches, ReadsOneInsideAnother) {
  const std::string source = R"(enum class Kind { none, some = 3, all };
Kind kind();
void f(const float* x, float* y, long n, Kind mode) {
  switch (mode) {
    case Kind::none:
      for (long i = 0; i < n; ++i) y[i] = x[i];
      return;
    case Kind::some:
    default:
      for (long i = 0; i < n; ++i)
        switch (static_cast<int>(x[i] * 4) & 3) {
          case 0: y[i] = 1; break;
          default: y[i] += x[i]; break;
          case 3: { float t = x[i]; y[i] = t * t; }
        }
      break;
    case Kind::all: break;
  }
  y[n] = 4;
})";
  const std::string made = rewritten_by("switch_branches", source, 0);
  EXPECT_EQ(made.find("switch"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kModes}), "") << made;
}

TEST(SwitchBranches, LeavesAloneWhatItCannotKeep) {
  const auto made = [](const std::string& body, const std::string& before = "") {
    return results_of("switch_branches",
                      before +
                          "\nint next();\nvoid f(const float* x, float* y, long n, int m) {\n"
                          "for (long i = 0; i < n; ++i) {\n" +
                          body + "\n}\n}");
  };
  EXPECT_EQ(made("switch (m) { case 0: y[i] = 1; break; case 1: y[i] = 2; }"), 1u);
  EXPECT_EQ(made("switch (next()) { case 0: y[i] = 1; break; case 1: y[i] = 2; }"), 0u) << "asked twice";
  EXPECT_EQ(made("switch (m++) { case 0: y[i] = 1; break; case 1: y[i] = 2; }"), 0u) << "changes";
  EXPECT_EQ(made("switch (int k = m; k) { case 0: y[i] = 1; break; case 1: y[i] = 2; }"), 0u) << "declares";
  EXPECT_EQ(made("switch (m) { case 0: int t; t = 3; y[i] = t; break; case 1: t = 4; y[i] = t; }"), 0u)
      << "a name of another case";
  EXPECT_EQ(made("switch (m) { case 0: while (next()) { case 1: y[i] = 2; } }"), 0u) << "into a loop";
  EXPECT_EQ(made("switch (m) { case 0: if (y[i] > 0) break; else y[i] = 3; y[i] += 1; case 1: y[i] = 2; }"),
            1u);
  EXPECT_EQ(made("switch (m) { case 0: if (y[i] > 0) { if (x[i] > 0) break; } y[i] += 1; }"), 0u)
      << "what follows would stand twice";
  EXPECT_EQ(made("switch (m) { case 0: goto end; case 1: y[i] = 2; } end:;"), 0u) << "labels";
  EXPECT_EQ(made("switch (m) { case 0: y[i] = 1; break; case 1 ... 3: y[i] = 2; }"), 0u) << "ranges";
  EXPECT_EQ(made("switch (k) { case 0: y[i] = 1; break; case 1: y[i] = 2; }", "extern volatile int k;"), 0u);
  EXPECT_EQ(made("switch (m) { case 0: y[i] = 1; break; case 1: y[i] = 2; }",
                 "struct S {}; bool operator==(S, S);"),
            0u);
  std::string many;
  for (int i = 0; i < 12; ++i)
    many += "case " + std::to_string(i) + ": y[i] = " + std::to_string(i) + "; break;\n";
  EXPECT_EQ(made("switch (m) {" + many + "}"), 0u) << "a table of jumps is faster";
}

TEST(Unswitch, MakesLoopsForEachMode) {
  const std::string source = R"(enum class Kind { max, average, rms };
Kind kind();
void f(const float* x, float* y, long n, Kind mode) {
  for (long i = 0; i < n; ++i) {
    float best = -1e30f, sum = 0;
    int count = 0;
    for (long k = i < 2 ? 0 : i - 2; k <= i; ++k) {
      if (mode == Kind::max) {
        if (x[k] > best) best = x[k];
      } else if (Kind::average == mode) {
        sum += x[k];
      } else if (mode == Kind::rms) {
        sum += x[k] * x[k];
      }
      ++count;
    }
    float result = best;
    if (mode == Kind::average) result = sum / count;
    if (mode != Kind::average && mode != Kind::max) result = sum * count;
    y[i] = result;
  }
})";
  const std::string made = rewritten_by("unswitch", source, 0);
  EXPECT_EQ(count(made, "if (mode == "), 3u) << made;
  EXPECT_EQ(made.find("mode !="), std::string::npos) << made;
  // Greatest elements need neither a sum nor a count.
  EXPECT_EQ(made.substr(made.find("Kind::max) {"), 400).find("++count"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kModes}), "") << made;
  EXPECT_EQ(results_of("unswitch", made), 0u) << "everything is asked";
}

TEST(Unswitch, AsksWhatTheDataSayWithinTheirLoop) {
  const std::string source = R"(int kind();
void f(const float* x, float* y, long n, int mode) {
  for (long r = 0; r < 2; ++r) {
    const int which = static_cast<int>(x[r] * 3);
    const bool both = mode > 2;
    for (long i = 0; i < n; ++i) {
      if (which == 1) y[i] += x[i];
      else if (which == 2 && y[i] > 0) y[i] = x[i] * 2;
      else y[i] -= 1;
      y[i] = both ? y[i] + 1 : y[i] * 2;
    }
  }
})";
  const std::string made = rewritten_by("unswitch", source, 0);
  EXPECT_NE(made.find("if (which == 1) {\n      for"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kModes}), "") << made;
  EXPECT_EQ(differences({source, rewritten_by("unswitch", made, 0), kModes}), "");
}

TEST(Unswitch, KeepsParametersOfConditionsThatVary) {
  const std::string source = R"(int kind();
void f(const float* x, float* y, long n, int mode) {
  const float* bias = mode & 1 ? x : nullptr;
  long seen = 0;
  for (long i = 0; i < n; ++i) {
    float v = x[i];
    if (bias && v > 0 && !(mode > 3)) {
      const float v = bias[i];
      y[i] = v * 2;
    } else if (v < -0.9f || mode > 3) {
      if (mode > 3 && ++seen > 5) break;
      y[i] = static_cast<float>(seen);
    }
    y[i] += (mode > 3 ? 1 : 2.5f) * v;
  }
  y[n] = static_cast<float>(seen);
})";
  std::string made = rewritten_by("unswitch", source, 0);
  EXPECT_EQ(differences({source, made, kModes}), "") << made;
  made = rewritten_by("unswitch", made, 0);
  EXPECT_EQ(differences({source, made, kModes}), "") << made;
}

TEST(Unswitch, LeavesAloneWhatMayChange) {
  const auto made = [](const std::string& text, const std::string& before = "",
                       const std::string& head = "") {
    return results_of("unswitch",
                      head +
                          "\nint next(); void take(int&); void give(int);\n"
                          "void f(const float* x, float* y, long n, int m, const int& r, int* p) {\n" +
                          before + "\nfor (long i = 0; i < n; ++i) {\n" + text + "\n}\n}");
  };
  EXPECT_EQ(made("if (m == 1) y[i] = x[i]; else y[i] = 2;"), 1u);
  EXPECT_EQ(made("if (m == 1) y[i] = x[i]; next();"), 1u) << "nobody else reaches m";
  EXPECT_EQ(made("if (m == 1) { y[i] = x[i]; m = next(); }"), 0u) << "set";
  EXPECT_EQ(made("if (m == 1) y[i] = x[i]; take(m);"), 0u) << "given away";
  EXPECT_EQ(made("if (m == 1) y[i] = x[i]; next();", "int& other = m;"), 0u) << "another name";
  EXPECT_EQ(made("if (m == 1) y[i] = x[i]; next();", "int* other = &m;"), 0u) << "its address";
  EXPECT_EQ(made("if (m == 1) y[i] = x[i]; change();", "const auto change = [&] { ++m; };"), 0u);
  EXPECT_EQ(made("if (r == 1) y[i] = x[i];"), 0u) << "a reference";
  EXPECT_EQ(made("if (p[0] == 1) y[i] = x[i];"), 0u) << "may not be there";
  EXPECT_EQ(made("if (next() == 1) y[i] = x[i];"), 0u);
  EXPECT_EQ(made("if (n / m == 1) y[i] = x[i];"), 0u) << "ends the program where no iteration does";
  EXPECT_EQ(made("int m = next(); if (m == 1) y[i] = x[i];"), 0u) << "another m";
  EXPECT_EQ(made("if (k == 1) y[i] = x[i];", "volatile int k = m;"), 0u);
  EXPECT_EQ(made("if (k == 1) y[i] = x[i];", "", "extern int k;"), 0u) << "anybody's";
  EXPECT_EQ(made("if (m == k) y[i] = x[i]; next();", "", "extern int k;"), 0u);
  EXPECT_EQ(made("if (m == k) y[i] = x[i]; next();", "", "constexpr int k = 3;"), 1u);
  EXPECT_EQ(made("if (k == 1) y[i] = x[i];", "int k;"), 0u) << "may hold nothing";
  EXPECT_EQ(made("static int calls = 0; if (m == 1) y[i] = x[i];"), 0u) << "would be two";
  EXPECT_EQ(made("if (m == 1) goto end; y[i] = x[i]; end:;"), 0u) << "labels";
  EXPECT_EQ(made("if (m == 1) y[i] = x[i];", "#pragma GCC ivdep"), 0u) << "belongs to the loop";
  EXPECT_EQ(made("for (long k = 0; k < 3; ++k) y[i] += x[k]; if (m == 1) y[i] = 0;"), 0u)
      << "asked once for a whole loop";
}

// Borders of windows are tests of places: other rewrites want them where they are.
TEST(Unswitch, LeavesTestsOfPlacesAlone) {
  EXPECT_EQ(results_of("unswitch", R"(void f(const float* x, float* y, long h, long w) {
  for (long r = 0; r < h; ++r)
    for (long c = 0; c < w; ++c)
      for (long k = 0; k < 3; ++k) {
        const long at = r + k - 1;
        for (long l = 0; l < 3; ++l) {
          if (at < 0 || at >= h || c + l < 1 || c + l > w) continue;
          y[r * w + c] += x[at * w + c + l - 1];
        }
      }
})"),
            0u);
}

}  // namespace
}  // namespace ke
