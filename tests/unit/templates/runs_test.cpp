// SPDX-License-Identifier: MIT
// Families over one run of elements: places of extremes, running sums, counts of bytes; and transposition.
#include "tests/unit/templates/recognise.h"

namespace ke {
namespace {

const char* const kRowsDriver = R"(
  for (long rows : {0, 1, 3}) for (long cols : {1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 17, 18, 24, 31, 32, 33, 34, 47, 48, 63, 64, 65, 66, 79, 80, 129, 257, 1000}) for (int special : {0, 1, 2, 3, 4}) {
    auto x = values(rows * cols, special < 4 ? special : 0);
    if (special == 4) for (float& v : x) v = float(int(v * 3));
    std::vector<int> a(rows, -9), b(rows, -9);
    original::f(x.data(), a.data(), rows, cols);
    rewritten::f(x.data(), b.data(), rows, cols);
    compare("place", cols * 10 + special, a, b);
  }
)";

TEST(Extreme, CarriedValueOrCarriedPlaceFirstOrLast) {
  expect_same("extreme", R"(void f(const float* x, int* at, int rows, int cols) {
  for (int r = 0; r < rows; ++r) {
    int index = 0;
    for (int c = 1; c < cols; ++c) {
      if (x[r * cols + c] > x[r * cols + index]) index = c;
    }
    at[r] = index;
  }
})",
              kRowsDriver);
  expect_same("extreme", R"(void f(const float* x, int* at, long rows, long cols) {
  for (long r = 0; r < rows; ++r) {
    const float* row = x + r * cols;
    float least = row[0];
    long where = 0;
    for (long c = 0; c < cols; ++c) {
      const float v = row[c];
      if (v <= least) { least = v; where = c; }
    }
    at[r] = (int)where;
  }
})",
              kRowsDriver);
  expect_same("extreme", R"(void f(const float* x, int* at, int rows, int cols) {
  for (int r = 0; r < rows; ++r) {
    float best = -1e30f;
    int index = -1;
    for (int c = 0; c < cols; c++)
      if (best < x[r * cols + c]) {
        index = c;
        best = x[r * cols + c];
      }
    at[r] = index;
  }
})",
              kRowsDriver);
}

TEST(Extreme, EveryTypeOnEveryMachine) {
  for (const std::string type : {"float", "double", "int"})
    for (const char* op : {">", "<="}) {
      const std::string source = "int f(const " + type + "* x, int n, " + type +
                                 " best) {\n  int at = -1;\n" +
                                 "  for (int i = 0; i < n; ++i) {\n    if (x[i] " + op +
                                 " best) { best = x[i]; at = i; }\n  }\n  return at;\n}";
      const std::string specials = type == "int" ? "0, 4, 5" : "0, 1, 2, 3, 4, 5";
      const std::string driver = "  typedef " + type + R"( T;
  for (long n = 0; n < 300; n += n < 80 ? 1 : 37) for (int special : {)" +
                                 specials + R"(}) {
    auto v = values(n, special < 4 ? special : 0);
    if (special == 4) for (float& e : v) e = float(int(e * 3));
    std::vector<T> x;
    for (float e : v) x.push_back(T(special == 0 ? e * 1000 : e));
    for (T best : {T(0), T(-2), T(2), x.empty() ? T(1) : x[n / 2]}) {
      std::vector<int> a{original::f(x.data(), n, best)}, b{rewritten::f(x.data(), n, best)};
      compare("place", n * 10 + special, a, b);
    }
  })";
      expect_same_on_every_machine("extreme", source, driver);
    }
}

// Rows of few elements are worked on many at a time: what the loop over the rows does besides stays in order.
TEST(Extreme, ManyShortRowsOnEveryMachine) {
  for (const std::string type : {"float", "double", "int"})
    for (const std::string op : {">", "<="}) {
      const std::string source = "void f(const " + type + "* x, int* at, " + type +
                                 R"(* most, int rows, int cols) {
  int last = 0;
  for (int r = 0; r < rows; ++r) {
    if (cols > 0) {
      const )" + type + R"(* row = x + r * cols;
      )" + type + R"( best = row[0];
      int index = last % 2;
      for (int c = 1; c < cols; ++c) {
        const )" + type + " v = row[c];\n        if (v " +
                                 op + R"( best) { best = v; index = c; }
      }
      at[r] = last = index;
      most[r] = best;
    }
  }
})";
      const std::string driver = "  typedef " + type + R"( T;
  for (long rows : {0, 1, 3, 7, 8, 9, 63, 64, 65, 130}) for (long cols : {0, 1, 2, 4, 5, 6, 8, 9, 10, 17, 31, 32, 33, 34})
    for (int special : {0, 1, 2, 3, 4}) {
      auto v = values(rows * cols, special < 4 && !std::is_same<T, int>::value ? special : 0);
      if (special == 4) for (float& e : v) e = float(int(e * 3));
      if (special == 3 && !std::is_same<T, int>::value) for (float& e : v) if (e < 0.3f) e = e < 0 ? NAN : -INFINITY;
      std::vector<T> x, p(rows), q(rows);
      for (float e : v) x.push_back(T(special == 0 ? e * 1000 : e));
      std::vector<int> a(rows, -9), b = a;
      original::f(x.data(), a.data(), p.data(), rows, cols);
      rewritten::f(x.data(), b.data(), q.data(), rows, cols);
      compare("place", rows * 1000 + cols * 10 + special, a, b);
      compare("most", rows * 1000 + cols * 10 + special, p, q);
    })";
      expect_same_on_every_machine("extreme", source, driver);
    }
}

TEST(Extreme, RowsThatMayNotBeReadAheadAreReadOneByOne) {
  // Written by the loop itself; not read at all where they are left out.
  for (const std::string odd : {"x[(r + 1) % rows * cols] = best;", "if (at[r] < 0) continue; at[r] = 1;"}) {
    const bool first = odd[0] == 'i';
    const std::string made = made_by("extreme", R"(void f(float* x, int* at, int rows, int cols) {
  for (int r = 0; r < rows; ++r) {
    )" + (first ? odd : "") + R"(
    float best = x[r * cols];
    int index = 0;
    for (int c = 1; c < cols; ++c) if (x[r * cols + c] > best) { best = x[r * cols + c]; index = c; }
    at[r] = index;
    )" + (first ? "" : odd) + "\n  }\n}");
    EXPECT_EQ(made.find("_rows("), std::string::npos) << made;
  }
}

TEST(Extreme, IsSilentAboutWhatIsNone) {
  // The count of updates depends on all of them, not on the last.
  EXPECT_FALSE(recognised("extreme", R"(void f(const float* x, int* at, int n) {
  float best = x[0]; int updates = 0;
  for (int c = 1; c < n; ++c) if (x[c] > best) { best = x[c]; updates = updates + 1; }
  at[0] = updates; })"));
  EXPECT_FALSE(recognised("extreme", R"(void f(const float* x, int* at, int n) {
  float best = x[0]; int index = 0;
  for (int c = 1; c < n; ++c) if (x[2 * c] > best) { best = x[2 * c]; index = c; }
  at[0] = index; })"));
  EXPECT_FALSE(recognised("extreme", R"(void f(const float* x, int* at, int n) {
  float best = x[0]; int index = 0;
  for (int c = 1; c < n; ++c) { if (x[c] > best) { best = x[c]; index = c; } if (best > 1) break; }
  at[0] = index; })"));
}

const char* const kScanDriver = R"(
  for (long n : sizes) for (int special : {0, 1, 2}) {
    auto x = values(n + 1, special), y = values(n + 1), z = y;
    original::f(x.data(), y.data(), n);
    rewritten::f(x.data(), z.data(), n);
    compare("scan", n, y, z);
    auto u = x, v = x;
    original::f(u.data(), u.data(), n);
    rewritten::f(v.data(), v.data(), n);
    compare("in place", n, u, v);
    u = x, v = x;
    if (n > 4) { original::f(u.data(), u.data() + 1, n - 1); rewritten::f(v.data(), v.data() + 1, n - 1); }
    compare("shifted", n, u, v);
  }
)";

// Results of a megabyte and more are written past the cache, from wherever they begin.
TEST(Scan, LargeResultsOnEveryMachine) {
  for (const std::string steps : {"s += x[i]; y[i] = s;", "y[i] = s; s += x[i];"})
    expect_same_on_every_machine(
        "scan",
        "void f(const float* x, float* y, long n) {\n  float s = 0;\n  for (long i = 0; i < n; ++i) { " +
            steps + " }\n}",
        R"(
  for (long n : {262144l, 262145l, 300007l}) for (int from : {0, 1, 5}) {
    auto x = values(n + 8), y = values(n + 8), z = y;
    for (float& v : x) v = std::floor(v * 4);
    original::f(x.data() + 1, y.data() + from, n);
    rewritten::f(x.data() + 1, z.data() + from, n);
    compare("large", n, y, z);
    y = z = x;
    original::f(y.data() + from, y.data() + from, n);
    rewritten::f(z.data() + from, z.data() + from, n);
    compare("in place", n, y, z);
  }
  // The very same bits wherever the results lie.
  const long n = 262150;
  auto x = values(n), first = values(n + 32), other = first;
  rewritten::f(x.data(), first.data(), n);
  for (int from = 1; from < 17; ++from) {
    rewritten::f(x.data(), other.data() + from, n);
    const std::vector<int> same = {0}, differs = {std::memcmp(first.data(), other.data() + from, n * sizeof(float)) != 0};
    compare("anywhere", from, same, differs);
  })");
}

TEST(Scan, InclusiveAndExclusive) {
  expect_same("scan", R"(void f(const float* x, float* y, unsigned long n) {
  float sum = 0.0f;
  for (unsigned long i = 0; i < n; ++i) {
    sum += x[i];
    y[i] = sum;
  }
})",
              kScanDriver);
  expect_same("scan", R"(void f(float* x, float* y, int n) {
  float before = 1;
  for (int i = 0; i < n; i++) { y[i] = before; before = before + x[i]; }
})",
              R"(
  for (long n : sizes) {
    auto x = values(n), y = values(n), z = y;
    original::f(x.data(), y.data(), n);
    rewritten::f(x.data(), z.data(), n);
    compare("exclusive", n, y, z);
  })");
  expect_same("scan", R"(void f(const float* in, float* out, long n) {
  double total = 0;
  const double* d = 0;
  (void)d; (void)total;
  const float* from = in;
  float run = 0;
  for (long k = 0; k < n; ++k) { run = from[k] + run; out[k] = run; }
})",
              kScanDriver);
}

TEST(Scan, IsSilentAboutWhatIsNone) {
  EXPECT_FALSE(recognised("scan", R"(void f(const float* x, float* y, int n) {
  float s = 0; for (int i = 0; i < n; ++i) { s += x[i]; y[i] = s * 2; } })"));
  EXPECT_FALSE(recognised("scan", R"(void f(float* x, int n) {
  float s = 0; for (int i = 0; i < n; ++i) { s += x[i]; x[i + 1] = s; } })"));
  EXPECT_FALSE(recognised("scan", R"(void f(const float* x, float* y, int n) {
  double s = 0; for (int i = 0; i < n; ++i) { s += x[i]; y[i] = s; } })"));
}

const char* const kTransposeDriver = R"(
  for (long m : sizes) for (long n : sizes) {
    auto x = values(m * n), y = values(m * n), z = y;
    original::f(x.data(), y.data(), m, n);
    rewritten::f(x.data(), z.data(), m, n);
    compare("transpose", m * 1000 + n, y, z);
    auto u = x, v = x;
    original::f(u.data(), u.data(), m, n);
    rewritten::f(v.data(), v.data(), m, n);
    compare("in place", m * 1000 + n, u, v);
  }
)";

TEST(Transpose, EitherLoopOrderAndPointers) {
  expect_same("transpose", R"(void f(const float* x, float* y, int rows, int cols) {
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < cols; ++c) y[c * rows + r] = x[r * cols + c];
})",
              kTransposeDriver);
  expect_same("transpose", R"(void f(const float* x, float* y, unsigned long rows, unsigned long cols) {
  for (unsigned long c = 0; c < cols; ++c) {
    float* to = y + c * rows;
    for (unsigned long r = 0; r < rows; ++r) to[r] = x[r * cols + c];
  }
})",
              kTransposeDriver);
  expect_same("transpose", R"(#define AT(i, j, n) ((i) * (n) + (j))
void f(const float* x, float* y, long rows, long cols) {
  for (long i = 1; i < rows; i++) {
    for (long j = 0; j <= cols - 1; j++) { y[AT(j, i, rows)] = x[AT(i, j, cols)]; }
  }
})",
              kTransposeDriver);
}

// Groups of a few elements, strides that fall together in a cache, results that begin anywhere in a line.
TEST(Transpose, EveryTypeOnEveryMachine) {
  for (const std::string type : {"float", "double", "signed char", "short"})
    expect_same_on_every_machine(
        "transpose",
        "void f(const " + type + "* x, long xs, " + type + "* y, long ys, long rows, long cols) {\n" +
            "  for (long i = 0; i < rows; ++i)\n    for (long j = 0; j < cols; ++j) y[j * ys + i] = "
            "x[i * xs + j];\n}",
        "  typedef " + type + R"( T;
  const long few[] = {0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 33}, many[] = {1, 3, 19, 64, 70, 131, 300};
  auto check = [&](long m, long n, long xs, long ys, long from) {
    std::vector<T> x(m * xs + 1), y(n * ys + 64, T(9)), z;
    for (size_t i = 0; i < x.size(); ++i) x[i] = T(i * 7 + i / 50);
    z = y;
    original::f(x.data(), xs, y.data() + from, ys, m, n);
    rewritten::f(x.data(), xs, z.data() + from, ys, m, n);
    compare("transpose", m * 1000 + n, y, z);
  };
  for (long a : few) for (long b : many) for (long from : {0, 1}) {
    check(a, b, b, a, from);
    check(b, a, a, b, from);
    check(a, b, b + 1, a, from);
    check(b, a, a, b + 2, from);
  }
  check(4096, 20, 20, 4096, 3);
  check(19, 4096, 4096, 20, 0);
  check(300, 17, 20, 4096, 1);)");
}

TEST(Transpose, IsSilentAboutWhatIsNone) {
  EXPECT_FALSE(recognised("transpose", R"(void f(const float* x, float* y, int m, int n) {
  for (int i = 0; i < m; ++i) for (int j = 0; j < n; ++j) y[i * n + j] = x[i * n + j]; })"));
  EXPECT_FALSE(recognised("transpose", R"(void f(const float* x, float* y, int n) {
  for (int i = 0; i < n; ++i) for (int j = 0; j < i; ++j) y[j * n + i] = x[i * n + j]; })"));
  EXPECT_FALSE(recognised("transpose", R"(void f(float* x, int n) {
  for (int i = 0; i < n; ++i) for (int j = 0; j < n; ++j) x[j * n + i] = x[i * n + j]; })"));
}

const char* const kBytesDriver = R"(
  for (long n : {0L, 1L, 7L, 1023L, 1024L, 5001L, 65536L, 65599L, 200003L}) for (int few : {0, 1, 2, 3, 4}) {
    std::vector<unsigned char> x(n);
    for (auto& b : x) b = few == 2 ? 255 : few == 1 ? (unsigned char)(value() > 0 ? 3 : 200) : (unsigned char)(int(value() * 128) + 128);
    // Areas of one value, and areas whose ends are equal.
    for (long i = 0; few > 2 && i < n; ++i) x[i] = few == 3 ? i / 1000 * 37 : i % 64 < 8 || i % 64 >= 56 ? 9 : x[i];
    std::vector<int> a(256, 5), b = a;
    original::f(x.data(), a.data(), n);
    rewritten::f(x.data(), b.data(), n);
    compare("counts", n, a, b);
  }
)";

TEST(Histogram, ThreeSpellings) {
  expect_same("histogram", R"(#include <cstdint>
void f(const std::uint8_t* bytes, std::int32_t* counts, long n) {
  for (long i = 0; i < n; ++i) counts[bytes[i]]++;
})",
              kBytesDriver);
  expect_same("histogram", R"(void f(const unsigned char* p, int* table, unsigned long n) {
  for (unsigned long i = 0; i < n; i++) { const unsigned char b = p[i]; table[b] += 1; }
})",
              kBytesDriver);
  expect_same("histogram", R"(void f(const unsigned char* p, int* table, int n) {
  const unsigned char* from = p;
  int* bins = table;
  for (int i = 0; i < n; ++i) { ++bins[from[i]]; }
})",
              kBytesDriver);
}

TEST(Histogram, ATableOverItsOwnBytesTakesThePlainLoop) {
  expect_same("histogram", R"(void f(const unsigned char* p, int* table, int n) {
  for (int i = 0; i < n; ++i) ++table[p[i]];
})",
              R"(
  std::vector<int> a(2000, 1), b = a;
  original::f((unsigned char*)(a.data()), a.data(), 4000);
  rewritten::f((unsigned char*)(b.data()), b.data(), 4000);
  compare("own bytes", 4000, a, b);)");
}

TEST(Histogram, IsSilentAboutWhatIsNone) {
  EXPECT_FALSE(recognised("histogram", R"(void f(const unsigned char* p, float* t, int n) {
  for (int i = 0; i < n; ++i) t[p[i]] += 1; })"));
  EXPECT_FALSE(recognised("histogram", R"(void f(const int* p, int* t, int n) {
  for (int i = 0; i < n; ++i) ++t[p[i]]; })"));
  EXPECT_FALSE(recognised("histogram", R"(void f(const unsigned char* p, int* t, const int* w, int n) {
  for (int i = 0; i < n; ++i) t[p[i]] += w[i]; })"));
}

}  // namespace
}  // namespace ke
