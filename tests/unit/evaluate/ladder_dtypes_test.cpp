// SPDX-License-Identifier: MIT
// One kernel per element type through the whole judge: the baseline opens, another right version passes, a
// wrong one does not.
#include "tests/unit/evaluate/ladder_fixture.h"

#include <fmt/format.h>

namespace ke {
namespace {

struct Row {
  const char* dtype;
  const char* type;   // as the kernel sees it
  const char* plain;  // y[i] of x[i]
  const char* other;  // the same, spelled differently
  const char* wrong;
  const char* reference;  // in double; empty: the kernel itself
};

// Codes of the formats that C++ has no type for; the search over all codes is slow and plainly right.
const std::string kCodes = R"(#include <cmath>
#include <cstdint>
#include <cstring>
static float from_bf16(std::uint16_t v) { std::uint32_t b = std::uint32_t(v) << 16; float f; std::memcpy(&f, &b, 4); return f; }
static std::uint16_t to_bf16(float f) {
  std::uint32_t b; std::memcpy(&b, &f, 4);
  if ((b & 0x7fffffff) > 0x7f800000) return std::uint16_t(b >> 16 | 64);
  return std::uint16_t((b + 0x7fff + (b >> 16 & 1)) >> 16);
}
static float from_8(std::uint8_t v, int mantissa, int bias) {
  const int m = v & 127, field = m >> mantissa, fraction = m & ((1 << mantissa) - 1);
  if (mantissa == 3 ? m == 127 : m > 124) return NAN;
  const float f = m == 124 && mantissa == 2 ? INFINITY
      : std::ldexp(float(field ? fraction | 1 << mantissa : fraction), (field ? field : 1) - bias - mantissa);
  return v & 128 ? -f : f;
}
static std::uint8_t to_8(float f, int mantissa, int bias) {
  const std::uint8_t sign = std::signbit(f) ? 128 : 0;
  const int last = mantissa == 3 ? 126 : 123;
  if (std::isnan(f)) return sign | (mantissa == 3 ? 127 : 126);
  int best = 0;
  for (int code = 1; code <= last; ++code) {
    const float a = std::fabs(std::fabs(f) - from_8(std::uint8_t(code), mantissa, bias));
    const float b = std::fabs(std::fabs(f) - from_8(std::uint8_t(best), mantissa, bias));
    if (a < b || (a == b && code % 2 == 0)) best = code;
  }
  if (mantissa == 2 && std::fabs(f) >= 61440) best = 124;
  return sign | std::uint8_t(best);
}
)";

const Row kRows[] = {
    {"float64", "double", "x[i] * 3 + 1", "std::fma(x[i], 3.0, 1.0)", "float(x[i]) * 3 + 1", "x[i] * 3 + 1"},
    {"float32", "float", "x[i] * 3 + 1", "1 + 3 * x[i]", "from_bf16(to_bf16(x[i])) * 3 + 1", ""},
    {"float16", "_Float16", "_Float16(float(x[i]) * 3 + 1)", "_Float16(1 + double(x[i]) * 3)",
     "_Float16(float(x[i]) * 3.25f + 1)", "x[i] * 3 + 1"},
    {"bfloat16", "std::uint16_t", "to_bf16(from_bf16(x[i]) * 3 + 1)", "to_bf16(1 + 3 * from_bf16(x[i]))",
     "to_bf16(from_bf16(x[i]) * 3.5f + 1)", "x[i] * 3 + 1"},
    {"float8_e4m3fn", "std::uint8_t", "to_8(from_8(x[i], 3, 7) * 0.75f, 3, 7)",
     "to_8(float(0.75 * from_8(x[i], 3, 7)), 3, 7)", "to_8(from_8(x[i], 3, 7), 3, 7)", "x[i] * 0.75"},
    {"float8_e5m2", "std::uint8_t", "to_8(from_8(x[i], 2, 15) * 0.75f, 2, 15)",
     "to_8(float(0.75 * from_8(x[i], 2, 15)), 2, 15)", "to_8(from_8(x[i], 2, 15), 2, 15)", "x[i] * 0.75"},
    {"int64", "std::int64_t", "x[i] * 1000000007 + i", "i + 1000000007 * x[i]",
     "std::int64_t(double(x[i]) * 1000000007.5)", ""},
    {"int32", "std::int32_t", "x[i] / 3", "(x[i] - x[i] % 3) / 3", "x[i] >> 1", ""},
    {"int16", "std::int16_t", "std::int16_t(x[i] * 5)", "std::int16_t(4 * x[i] + x[i])",
     "std::int16_t(x[i] * 4)", ""},
    {"int8", "std::int8_t", "std::int8_t(x[i] ^ 0x55)", "std::int8_t(0x55 ^ x[i])", "x[i]", ""},
    {"uint8", "std::uint8_t", "std::uint8_t(255 - x[i])", "std::uint8_t(~x[i])", "std::uint8_t(254 - x[i])",
     ""},
    {"bool", "bool", "x[i] == (i % 3 == 0)", "!(x[i] ^ (i % 3 == 0))", "x[i]", ""},
};

std::string spec_for(const Row& row) {
  const std::string reference =
      *row.reference ? R"j(, "reference": {"source": "reference.cpp", "call": "g(x, y, n)"})j" : "";
  return replace_all(R"j({"name": "op", "axes": {"n": {"type": "var"}},
    "inputs": {"x": {"shape": ["n"], "dtype": "TYPE"}}, "outputs": {"y": {"shape": ["n"], "dtype": "TYPE"}},
    "ke": {"kernel": {"call": "f(x, y, n)"}, "workloads": [{"axes": {"n": 700}}], "hidden": {"n": [0, 90]})j" +
                         reference + "}}",
                     "TYPE", row.dtype);
}

std::string source_for(const Row& row, const char* expression) {
  return kCodes +
         fmt::format("void f(const {0}* x, {0}* y, long n) {{ for (long i = 0; i < n; ++i) y[i] = {1}; }}\n",
                     row.type, expression);
}

void PrintTo(const Row& row, std::ostream* out) { *out << row.dtype; }

class EveryDtype : public ::testing::TestWithParam<Row> {};

TEST_P(EveryDtype, GoesThroughTheJudge) {
  const Row& row = GetParam();
  SmallRepository repository(
      spec_for(row), source_for(row, row.plain), ".cpp",
      *row.reference
          ? fmt::format("void g(const double* x, double* y, long n) {{ for (long i = 0; i < n; ++i) "
                        "y[i] = {}; }}\n",
                        row.reference)
          : "");
  auto evaluator = Evaluator::open(repository.op(), repository.baseline(), repository.options());
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  EXPECT_OUTCOME((*evaluator)->baseline(), "equal");
  const std::string& said = (*evaluator)->baseline().reason;
  const bool integers = std::string(row.dtype).find("float") == std::string::npos;
  EXPECT_EQ(said.find("compared exactly") != std::string::npos, integers) << said;
  EXPECT_EQ(said.find("twice the tolerance"), std::string::npos) << said;
  const Deadline deadline(30);
  const auto right =
      (*evaluator)->evaluate(repository.version(source_for(row, row.other)), Effort::screen, deadline);
  ASSERT_TRUE(right) << right.error().message;
  EXPECT_GE(right->outcome, Outcome::noisy) << right->reason;
  const auto wrong =
      (*evaluator)->evaluate(repository.version(source_for(row, row.wrong)), Effort::screen, deadline);
  ASSERT_TRUE(wrong) << wrong.error().message;
  EXPECT_OUTCOME(*wrong, "wrong");
}

INSTANTIATE_TEST_SUITE_P(Types, EveryDtype, ::testing::ValuesIn(kRows),
                         [](const auto& info) { return std::string(info.param.dtype); });

const std::string kDot = R"(#include <cstdint>
#include <cstring>
static float cut(float f) { if (f != f) return f; std::uint32_t b; std::memcpy(&b, &f, 4); b = (b + 0xfff + (b >> 13 & 1)) & ~0x1fffu; std::memcpy(&f, &b, 4); return f; }
void f(const float* a, const float* x, float* y, long rows, long cols) {
  for (long r = 0; r < rows; ++r) { float s = 0; for (long c = 0; c < cols; ++c) s += CUT(a[r * cols + c]) * CUT(x[c]); y[r] = s; }
}
)";

std::string outcome_of_tf32(const std::string& more) {
  const std::string spec = R"j({"name": "op", "axes": {"rows": {"type": "var"}, "cols": {"type": "var"}},
    "inputs": {"a": {"shape": ["rows", "cols"], "dtype": "float32"}, "x": {"shape": ["cols"], "dtype": "float32"}},
    "outputs": {"y": {"shape": ["rows"], "dtype": "float32"}},
    "ke": {"kernel": {"call": "f(a, x, y, rows, cols)"}, "tolerance": {"kind": "derived", "reduction": "cols")j" +
                           more + R"j(}, "workloads": [{"axes": {"rows": 60, "cols": 200}}],
    "hidden": {"rows": [1, 40], "cols": [1, 90]}}})j";
  SmallRepository repository(spec, "#define CUT(v) (v)\n" + kDot);
  auto evaluator = Evaluator::open(repository.op(), repository.baseline(), repository.options());
  if (!evaluator) return evaluator.error().message;
  if ((*evaluator)->baseline().outcome != Outcome::equal) return (*evaluator)->baseline().reason;
  const Deadline deadline(30);
  const auto rounded =
      (*evaluator)->evaluate(repository.version("#define CUT(v) cut(v)\n" + kDot), Effort::screen, deadline);
  if (!rounded) return rounded.error().message;
  return rounded->outcome >= Outcome::noisy ? "accepted"
                                            : name_of(rounded->outcome) + (": " + rounded->reason);
}

TEST(Tf32, IsWhatTheOwnerAllowsAndNothingElse) {
  EXPECT_EQ(outcome_of_tf32("").substr(0, 6), "wrong:");
  EXPECT_EQ(outcome_of_tf32(R"(, "products": "tf32")"), "accepted");
}

}  // namespace
}  // namespace ke
