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

TEST(InlineChoices, MakesALoopsSumsAndExtremesVisible) {
  const std::string source = R"(enum class Kind { sum, most, least, squares };
Kind kind();
static float half(float v) { return v * 0.5f; }
static float combine(Kind mode, float a, float b) {
  // Both at once.
  switch (mode) {
    case Kind::sum: return a + b;
    case Kind::most: return std::max(a, b);
    case Kind::least:
      if (b < a) return b;
      break;
    case Kind::squares: return half(a) + b * b;
  }
  return a;
}
void f(const float* x, float* y, long n, Kind mode) {
  for (long r = 0; r < n; r += 4) {
    float b = x[r], a = 0.5f;
    for (long i = r; i < n; ++i) a = combine(mode, a, x[i] * b);
    y[r] = combine(mode, b, a) * 2;
  }
})";
  std::string made = source;
  for (const char* step : {"switch_branches", "inline_choices", "unswitch"}) {
    made = rewritten_by(step, made, 0);
    EXPECT_EQ(differences({source, made, kModes}), "") << made;
  }
  EXPECT_EQ(made.find("= combine("), std::string::npos) << made;
  EXPECT_NE(made.find("std::max(a"), std::string::npos) << made;
}

TEST(InlineChoices, ConvertsEachValueAsTheFunctionDoes) {
  const std::string source = R"(int kind();
static long chosen(int m, long a, float b) { return m == 0 ? a : m == 1 ? b * 1000 : -a; }
static unsigned char narrow(int m, int a) {
  if (m > 1) return a * 3;
  else if (m == 1) return a - 7;
  return 2.75;
}
void f(const float* x, float* y, long n, int mode) {
  for (long i = 0; i < n; ++i) {
    const long big = 16777217L + i;
    const int which = mode - 1;
    y[i] = static_cast<float>(chosen(which, big, x[i]) % 1000);
    y[i] += narrow(mode, static_cast<int>(x[i] * 300)) + narrow(which, 200);
  }
})";
  std::string made = rewritten_by("inline_choices", source, 0);
  EXPECT_EQ(made.find("narrow(", made.find("void f(")), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kModes}), "") << made;
  made = rewritten_by("unswitch", made, 0);
  EXPECT_EQ(differences({source, made, kModes}), "") << made;
}

TEST(InlineChoices, LeavesAloneWhatIsNoChoice) {
  const auto made = [](const std::string& helper, const std::string& body) {
    return results_of("inline_choices", "extern float scale; int next();\n" + helper +
                                            "\nvoid f(const float* x, float* y, long n, int m) {\n"
                                            "for (long i = 0; i < n; ++i) {\n" +
                                            body + "\n}\n}");
  };
  const std::string helper = "static float pick(int m, float a) { return m == 1 ? a : -a; }";
  EXPECT_EQ(made(helper, "y[i] = pick(m, x[i]);"), 1u);
  EXPECT_EQ(made(helper, "y[i] = pick(next(), x[i]);"), 0u) << "another choice each time";
  EXPECT_EQ(made(helper, "m += 1; y[i] = pick(m, x[i]);"), 0u);
  EXPECT_EQ(made(helper, "long k = i; y[k++] = pick(m, x[k]);"), 0u) << "order";
  EXPECT_EQ(made(helper, "y[i] = x[i] > 0 && pick(m, x[i]) > 1;"), 0u) << "only perhaps";
  EXPECT_EQ(made(helper + "\nstatic double pick(int m, double a) { return a; }", "y[i] = pick(m, x[i]);"),
            0u);
  EXPECT_EQ(made("static float pick(int m, float a) { return m == 1 ? a : a * scale; }",
                 "float scale = 2; y[i] = pick(m, x[i]) * scale;"),
            0u)
      << "another scale";
  EXPECT_EQ(
      made("static float pick(int m, float& a) { a += 1; return m == 1 ? a : -a; }", "y[i] = pick(m, y[i]);"),
      0u);
  EXPECT_EQ(
      made("static float pick(int m, float a) { return m == 1 ? next() : -a; }", "y[i] = pick(m, y[i]);"),
      0u);
  EXPECT_EQ(
      made("static float pick(int m, float a) { return m == 1 ? a : pick(1, a); }", "y[i] = pick(m, y[i]);"),
      0u);
}

TEST(SkipBranches, KeepsWhatFollowsAContinue) {
  const std::string source = R"(int kind();
static int calls = 0;
static bool odd() { return (++calls & 1) != 0; }
void f(const float* x, float* y, long n, int mode) {
  calls = 0;
  for (long i = 0; i < n; ++i) {
    const float v = x[i];
    if (v < -0.5f) { y[i] = 1; continue; }
    for (long k = 0; k < 3; ++k) {
      if (k == mode) continue;
      y[i] += v;
    }
    if (v < 0) {
      if (mode == 2) continue;
      y[i] -= 2;
    } else if (v > 0.5f) {
      y[i] *= 3;
      if (mode == 3) break;
      continue;
    } else {
      y[i] += 1;
      continue;
    }
    const float w = v * 2;
    y[i] += w;
    if (odd()) continue;
    if (y[i] != 0) continue;
    y[i] = w;
    if (odd()) continue;
  }
  y[n] = static_cast<float>(calls);
})";
  std::string made = source;
  for (int step = 0; step < 2; ++step) {
    made = rewritten_by("skip_branches", made, 0);
    EXPECT_EQ(differences({source, made, kModes}), "") << made;
  }
  EXPECT_EQ(made.find("continue"), std::string::npos) << made;
}

TEST(SkipBranches, LeavesAloneWhatWouldStandTwice) {
  const auto made = [](const std::string& body) {
    return results_of("skip_branches",
                      "void f(const float* x, float* y, long n, int m) {\n"
                      "for (long i = 0; i < n; ++i) {\n" +
                          body + "\n}\n}");
  };
  EXPECT_EQ(made("if (x[i] > 0) continue; y[i] = x[i];"), 1u);
  EXPECT_EQ(made("if (x[i] > 0) { if (x[i] > m) continue; } y[i] = x[i];"), 0u);
  EXPECT_EQ(
      made("if (x[i] > 0) { float m = 2; if (x[i] < 1) continue; y[i] = m; } else { continue; } y[i] += m;"),
      0u)
      << "another m";
  EXPECT_EQ(made("switch (m) { case 1: continue; } y[i] = x[i];"), 0u);
  EXPECT_EQ(made("while (y[i] > 1) { y[i] -= 1; continue; } y[i] = x[i];"), 0u) << "of the inner loop";
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
