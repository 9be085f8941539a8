// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/inputs.h"

#include "ke-build/model/spec.h"
#include "tests/unit/evaluate/math_fixture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace ke {
namespace {

using namespace math_fixture;

/// One argument of every domain and of several formats.
Operator everything() {
  Operator op = make_operator("everything", {"rows", "cols", "vocab", "total"}, {});
  op.arguments = {
      input("x", {"rows", "cols"}),
      input("h", {"rows", "cols"}, Dtype::f16),
      with_domain(input("weight", {"cols"}), Domain::Kind::range, 0.1, 0.7),
      with_domain(input("signed_range", {"rows", "cols"}, Dtype::bf16), Domain::Kind::range, -3, 5),
      with_domain(input("bytes", {"rows", "cols"}, Dtype::u8), Domain::Kind::range, 3, 250),
      with_domain(input("ids", {"total"}, Dtype::i32), Domain::Kind::index, 0, 0, "vocab"),
      with_domain(input("offsets", {"rows + 1"}, Dtype::i64), Domain::Kind::offsets, 0, 0, "total"),
      with_domain(input("mask", {"rows", "cols"}, Dtype::boolean), Domain::Kind::mask),
      with_domain(input("rate", {"cols"}), Domain::Kind::positive),
      with_domain(input("fill", {"rows"}, Dtype::f64), Domain::Kind::constant, 0.25),
      with_domain(input("spd", {"cols", "cols"}), Domain::Kind::spd),
      input("eps", {}),
      output("y", {"rows", "cols"})};
  return op;
}

Inputs draw(const Operator& op, const Axes& axes, InputStyle style, uint64_t seed) {
  Random random(seed);
  auto inputs = draw_inputs(op, axes, {{"eps", 1e-5}}, style, random);
  EXPECT_TRUE(inputs) << inputs.error().message;
  return *std::move(inputs);
}

/// Cholesky, in double: succeeds only for positive definite matrices.
bool positive_definite(std::vector<double> a, size_t n) {
  for (size_t j = 0; j < n; ++j) {
    for (size_t k = 0; k < j; ++k) a[j * n + j] -= a[j * n + k] * a[j * n + k];
    if (a[j * n + j] <= 0) return false;
    a[j * n + j] = std::sqrt(a[j * n + j]);
    for (size_t i = j + 1; i < n; ++i) {
      for (size_t k = 0; k < j; ++k) a[i * n + j] -= a[i * n + k] * a[j * n + k];
      a[i * n + j] /= a[j * n + j];
    }
  }
  return true;
}

void expect_inside(const Argument& argument, const Buffer& buffer, const Axes& axes, InputStyle style) {
  const auto values = to_doubles(buffer.dtype(), buffer.data(), buffer.count());
  const std::string where = argument.name + " in style " + name_of(style);
  const auto& d = argument.domain;
  for (size_t i = 0; i < values.size(); ++i) {
    const double v = values[i];
    switch (d.kind) {
      case Domain::Kind::range:
        ASSERT_TRUE(v >= d.low && v <= d.high) << where << ": " << v;
        break;
      case Domain::Kind::index:
        ASSERT_TRUE(v >= 0 && v < static_cast<double>(axes.at("vocab")) && v == std::floor(v))
            << where << ": " << v;
        break;
      case Domain::Kind::offsets:
        ASSERT_TRUE(i == 0 ? v == 0 : v >= values[i - 1]) << where << ": " << v;
        break;
      case Domain::Kind::mask:
        ASSERT_TRUE(v == 0 || v == 1) << where;
        break;
      case Domain::Kind::positive:
        ASSERT_TRUE(v > 0 && std::isfinite(v)) << where << ": " << v;
        break;
      case Domain::Kind::constant:
        ASSERT_EQ(v, d.low) << where;
        break;
      case Domain::Kind::normal:
        ASSERT_TRUE(has_specials(style) || style == InputStyle::masked || std::isfinite(v)) << where;
        break;
      case Domain::Kind::spd:
        break;
    }
  }
  if (d.kind == Domain::Kind::offsets) {
    EXPECT_EQ(values.back(), static_cast<double>(axes.at("total"))) << where;
  }
  if (d.kind == Domain::Kind::spd) {
    const auto n = static_cast<size_t>(axes.at("cols"));
    for (size_t i = 0; i < n; ++i)
      for (size_t j = 0; j < n; ++j) ASSERT_EQ(values[i * n + j], values[j * n + i]) << where;
    EXPECT_TRUE(positive_definite(values, n)) << where;
  }
}

TEST(Inputs, StayInsideTheDomainInEveryStyleAndShape) {
  const Operator op = everything();
  const std::vector<Axes> shapes = {{{"rows", 1}, {"cols", 1}, {"vocab", 1}, {"total", 0}},
                                    {{"rows", 7}, {"cols", 33}, {"vocab", 1000}, {"total", 50}},
                                    {{"rows", 64}, {"cols", 70}, {"vocab", 3}, {"total", 1}}};
  for (const Axes& axes : shapes)
    for (InputStyle style : legal_styles(op))
      for (uint64_t seed = 0; seed < 5; ++seed) {
        const Inputs inputs = draw(op, axes, style, seed);
        ASSERT_EQ(inputs.arguments.size(), op.arguments.size());
        for (size_t a = 0; a + 2 < op.arguments.size(); ++a)
          expect_inside(op.arguments[a], inputs.arguments[a], axes, style);
        EXPECT_FLOAT_EQ(static_cast<float>(inputs.arguments[11].get(0)), 1e-5f) << "the workload's scalar";
        EXPECT_TRUE(inputs.arguments[12].empty()) << "an output is no input";
      }
}

TEST(Inputs, HaveTheDeclaredDistribution) {
  Operator op = make_operator("x", {"n"},
                              {input("x", {"n"}), with_domain(input("p", {"n"}), Domain::Kind::positive),
                               with_domain(input("m", {"n"}, Dtype::u8), Domain::Kind::mask)});
  op.arguments[0].domain.scale = 3;
  op.arguments[1].domain.scale = 2;
  op.arguments[2].domain.density = 0.2;
  constexpr int64_t kCount = 400000;
  const Inputs inputs = draw(op, {{"n", kCount}}, InputStyle::typical, 1);
  double sum = 0, squares = 0, fourth = 0, beyond = 0, positive = 0, ones = 0;
  for (int64_t i = 0; i < kCount; ++i) {
    const double z = inputs.arguments[0].get(i) / 3;
    sum += z, squares += z * z, fourth += z * z * z * z, beyond += std::abs(z) > 3.5;
    positive += inputs.arguments[1].get(i);
    ones += inputs.arguments[2].get(i);
  }
  EXPECT_NEAR(sum / kCount, 0, 0.008);
  EXPECT_NEAR(squares / kCount, 1, 0.012);
  EXPECT_NEAR(fourth / kCount, 3, 0.12) << "the tails of a normal distribution";
  EXPECT_NEAR(beyond / kCount, 4.65e-4, 1.6e-4);
  EXPECT_NEAR(positive / kCount, 2, 0.02);
  EXPECT_NEAR(ones / kCount, 0.2, 0.004);
}

TEST(Inputs, DifferFromDrawToDrawAndRepeatWithTheSeed) {
  const Operator op = gemm();
  const Axes axes = {{"m", 8}, {"n", 8}, {"k", 8}};
  const Inputs one = draw(op, axes, InputStyle::typical, 1), again = draw(op, axes, InputStyle::typical, 1);
  const Inputs other = draw(op, axes, InputStyle::typical, 2);
  EXPECT_EQ(to_doubles(Dtype::f32, one.arguments[0].data(), 64),
            to_doubles(Dtype::f32, again.arguments[0].data(), 64));
  EXPECT_NE(to_doubles(Dtype::f32, one.arguments[0].data(), 64),
            to_doubles(Dtype::f32, other.arguments[0].data(), 64));
}

TEST(Inputs, StylesAreWhatTheirNamesSay) {
  const Operator op = make_operator("x", {"rows", "cols"}, {input("x", {"rows", "cols"})});
  const Axes axes = {{"rows", 8}, {"cols", 512}};
  const auto values_of = [&](InputStyle style) {
    const Inputs inputs = draw(op, axes, style, 4);
    return to_doubles(Dtype::f32, inputs.arguments[0].data(), 8 * 512);
  };
  const auto row = [](const std::vector<double>& v, size_t r) {
    return std::vector<double>(v.begin() + static_cast<long>(r) * 512,
                               v.begin() + static_cast<long>(r + 1) * 512);
  };
  for (size_t r = 0; r < 8; ++r) {
    const auto hot = row(values_of(InputStyle::one_hot), r);
    EXPECT_EQ(std::max(std::count(hot.begin(), hot.end(), 0), std::count(hot.begin(), hot.end(), 1)), 511);
    const auto constant = row(values_of(InputStyle::constant_rows), r);
    EXPECT_EQ(std::set<double>(constant.begin(), constant.end()).size(), 1u);
    const auto alternating = row(values_of(InputStyle::alternating_sign), r);
    for (size_t i = 0; i + 1 < 512; ++i) EXPECT_LT(alternating[i] * alternating[i + 1], 0);
    for (double v : row(values_of(InputStyle::small_integers), r))
      EXPECT_TRUE(v == std::nearbyint(v) && std::abs(v) <= 0x1p17);
    for (double v : row(values_of(InputStyle::tiny), r)) EXPECT_TRUE(v != 0 && std::abs(v) < 1.2e-38);
  }
  const auto special = values_of(InputStyle::specials);
  EXPECT_GT(std::count_if(special.begin(), special.end(), [](double v) { return !std::isfinite(v); }), 0);
  const auto infinite = values_of(InputStyle::infinities);
  EXPECT_TRUE(std::any_of(infinite.begin(), infinite.end(), [](double v) { return std::isinf(v); }));
  EXPECT_TRUE(std::none_of(infinite.begin(), infinite.end(), [](double v) { return std::isnan(v); }));
  const auto spikes = values_of(InputStyle::spikes);
  EXPECT_GT(std::count_if(spikes.begin(), spikes.end(), [](double v) { return std::abs(v) > 10; }), 3);
}

TEST(Inputs, OfferSpecialsOnlyWhereTheContractHasThem) {
  const auto has = [](const Operator& op, InputStyle style) {
    const auto styles = legal_styles(op);
    return std::find(styles.begin(), styles.end(), style) != styles.end();
  };
  Operator op = gemm();
  EXPECT_EQ(legal_styles(op).front(), InputStyle::typical);
  EXPECT_TRUE(has(op, InputStyle::specials));
  op.contract.finite_only = true;
  EXPECT_FALSE(has(op, InputStyle::specials) || has(op, InputStyle::infinities));
  const Operator ranged =
      make_operator("r", {"n"}, {with_domain(input("x", {"n"}), Domain::Kind::range, 1, 2)});
  EXPECT_FALSE(has(ranged, InputStyle::specials));
  EXPECT_FALSE(has(ranged, InputStyle::tiny));
  const Operator integers =
      make_operator("i", {"n"}, {with_domain(input("x", {"n"}, Dtype::i32), Domain::Kind::range, 0, 9)});
  EXPECT_FALSE(has(integers, InputStyle::tiny));
  EXPECT_TRUE(has(integers, InputStyle::one_hot));
  Operator absolute = gemm();
  EXPECT_TRUE(has(absolute, InputStyle::rescaled));
  absolute.tolerance.kind = Tolerance::Kind::absolute;
  EXPECT_FALSE(has(absolute, InputStyle::rescaled)) << "a distance means something at one scale";
}

TEST(Inputs, RefuseImpossibleDomainsByName) {
  Random random(1);
  const auto message = [&](Argument argument, const Axes& axes) {
    const auto result =
        draw_inputs(make_operator("op", {"n"}, {argument}), axes, {}, InputStyle::typical, random);
    return result ? std::string("accepted") : result.error().message;
  };
  EXPECT_NE(
      message(with_domain(input("ids", {"n"}, Dtype::i32), Domain::Kind::index, 0, 0, "n - n"), {{"n", 4}})
          .find("no index is legal"),
      std::string::npos);
  EXPECT_NE(
      message(with_domain(input("s", {"n", "2"}), Domain::Kind::spd), {{"n", 4}}).find("two equal last axes"),
      std::string::npos);
  EXPECT_NE(message(with_domain(input("o", {"1"}, Dtype::i32), Domain::Kind::offsets, 0, 0, "n"), {{"n", 4}})
                .find("at least 2"),
            std::string::npos);
  EXPECT_NE(message(with_domain(input("r", {"n"}, Dtype::i32), Domain::Kind::range, 0.2, 0.7), {{"n", 4}})
                .find("no int32 lies"),
            std::string::npos);
  EXPECT_NE(message(input("x", {"rowz"}), {{"n", 4}}).find("rowz"), std::string::npos);
  EXPECT_NE(message(input("x", {"n * n * n"}), {{"n", 1 << 20}}).find("input x"), std::string::npos);
}

TEST(Inputs, MasksAreOnesInFrontOrBehindAndNowAndThenHaveAHole) {
  const Operator op = make_operator(
      "masked", {"rows", "cols"},
      {with_domain(input("mask", {"rows", "cols"}, Dtype::u8), Domain::Kind::mask), output("y", {"rows"})});
  const Axes axes = {{"rows", 200}, {"cols", 40}};
  Random random(5);
  const auto inputs = draw_inputs(op, axes, {}, InputStyle::sorted, random);
  ASSERT_TRUE(inputs);
  int in_front = 0, behind = 0, other = 0;
  for (int64_t r = 0; r < 200; ++r) {
    std::vector<double> row;
    for (int64_t c = 0; c < 40; ++c) row.push_back(inputs->arguments[0].get(r * 40 + c));
    if (std::is_sorted(row.rbegin(), row.rend()))
      ++in_front;
    else
      ++(std::is_sorted(row.begin(), row.end()) ? behind : other);
  }
  EXPECT_GT(in_front, 20);
  EXPECT_GT(behind, 20);
  EXPECT_GT(other, 20);
}

TEST(Inputs, RescaleEveryArgumentByOneFactor) {
  const Operator op = make_operator("s", {"n"}, {input("x", {"n"}), output("y", {"n"})});
  bool up = false, down = false, beyond_integers = false, beyond_sentinels = false;
  for (uint64_t seed = 0; seed < 80; ++seed) {
    Random random(seed);
    const auto inputs = draw_inputs(op, {{"n", 400}}, {}, InputStyle::rescaled, random);
    ASSERT_TRUE(inputs);
    double squares = 0;
    for (double v : to_doubles(Dtype::f32, inputs->arguments[0].data(), 400)) squares += v * v;
    const double size = std::log2(std::sqrt(squares / 400));
    const double far = std::abs(size);
    EXPECT_TRUE((size > 11 && size < 37) || (size < -23 && size > -33) || (far > 47 && far < 62) ||
                (far > 95 && far < 105) || (far > 117 && far < 126))
        << size;
    beyond_sentinels |= size > 117;
    up |= size > 0;
    down |= size < 0;
    beyond_integers |= size > 31 && size < 37;
  }
  EXPECT_TRUE(up && down && beyond_integers && beyond_sentinels);
}

TEST(Inputs, AreSubnormalAllTogetherWhereAnswersAreDecisions) {
  const auto subnormal_arguments = [](Dtype answer, uint64_t seed) {
    const Operator op = make_operator(
        "nearest", {"n", "k"}, {input("points", {"n"}), input("centres", {"k"}), output("y", {"n"}, answer)});
    Random random(seed);
    const auto inputs = draw_inputs(op, {{"n", 50}, {"k", 7}}, {}, InputStyle::tiny, random);
    const auto is_subnormal = [&](size_t argument) {
      return std::abs(inputs->arguments[argument].get(3)) < 1e-37;
    };
    return int{is_subnormal(0)} + int{is_subnormal(1)};
  };
  bool alone = false;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(subnormal_arguments(Dtype::i32, seed), 2) << "beside ordinary numbers all of them are one";
    alone |= subnormal_arguments(Dtype::f32, seed) == 1;
  }
  EXPECT_TRUE(alone);
}

TEST(Inputs, MutateOneElementOrExchangeTwo) {
  const Operator op = gemm();
  const Axes axes = {{"m", 4}, {"n", 5}, {"k", 6}};
  Inputs inputs = draw(op, axes, InputStyle::typical, 1);
  const Inputs before = copy_of(inputs);
  Random random(9);
  ASSERT_TRUE(mutate_one(op, axes, inputs, random));
  int changed = 0;
  for (size_t a = 0; a < 2; ++a)
    for (int64_t i = 0; i < inputs.arguments[a].count(); ++i)
      changed += inputs.arguments[a].get(i) != before.arguments[a].get(i);
  EXPECT_TRUE(changed == 1 || changed == 2) << changed;
  const Operator fixed =
      make_operator("c", {"n"}, {with_domain(input("x", {"n"}), Domain::Kind::constant, 2)});
  Inputs constant = draw(fixed, {{"n", 3}}, InputStyle::typical, 1);
  EXPECT_FALSE(mutate_one(fixed, {{"n", 3}}, constant, random));
}

TEST(Inputs, PerturbSubnormalNumbersAsFarAsARoundingOnTheWayMovesThem) {
  const Operator op = everything();
  const Axes axes = {{"rows", 64}, {"cols", 64}, {"vocab", 10}, {"total", 50}};
  Inputs inputs = draw(op, axes, InputStyle::typical, 1);
  Buffer& x = inputs.arguments[0];
  const double least = smallest_subnormal(x.dtype());
  for (int64_t i = 0; i < x.count(); ++i) x.set(i, i % 2 == 0 ? 3 * least : 0);
  const Inputs moved = perturbed(op, axes, inputs, 16 * 0x1p-24, 1, 5);
  double farthest = 0;
  for (int64_t i = 0; i < x.count(); ++i) {
    EXPECT_TRUE(i % 2 == 0 || moved.arguments[0].get(i) == 0);
    farthest = std::max(farthest, std::abs(moved.arguments[0].get(i) - x.get(i)));
  }
  EXPECT_GT(farthest, 0.5 * least);
  EXPECT_LT(farthest, smallest_normal(x.dtype()));
}

TEST(Inputs, MoveEqualNumbersAlikeWhereTheLargestOfManyDecides) {
  const Operator op = everything();
  const Axes axes = {{"rows", 7}, {"cols", 33}, {"vocab", 10}, {"total", 50}};
  Inputs inputs = draw(op, axes, InputStyle::typical, 1);
  Buffer& x = inputs.arguments[0];
  for (int64_t i = 0; i < x.count(); i += 4) x.set(i, i % 8 == 0 ? 4 : -4);
  const Inputs plus = perturbed_alike(op, inputs, 1e-3, 1, 5),
               minus = perturbed_alike(op, inputs, 1e-3, -1, 5);
  const auto moved = [&](const Inputs& to, int64_t i) { return to.arguments[0].get(i) / x.get(i) - 1; };
  double squares = 0;
  for (int64_t i = 0; i < x.count(); ++i) {
    if (x.get(i) == 0) continue;
    EXPECT_NEAR(moved(plus, i), -moved(minus, i), 1e-9) << "antithetic";
    EXPECT_EQ(i % 4 == 0, std::abs(moved(plus, i) - moved(plus, 0)) < 1e-12) << i;
    squares += moved(plus, i) * moved(plus, i) * (i % 4 == 0 ? 0 : 4.0 / 3);
  }
  EXPECT_NEAR(std::sqrt(squares / (7 * 33)), 1e-3, 2e-4);
}

TEST(Inputs, MakeCopiesForTheChecker) {
  const Operator op = everything();
  const Axes axes = {{"rows", 7}, {"cols", 33}, {"vocab", 10}, {"total", 50}};
  const Inputs inputs = draw(op, axes, InputStyle::typical, 1);
  const Inputs absolute = absolute_of(op, inputs);
  for (int64_t i = 0; i < 7 * 33; ++i)
    EXPECT_EQ(absolute.arguments[0].get(i), std::abs(inputs.arguments[0].get(i)));
  EXPECT_EQ(absolute.arguments[5].get(3), inputs.arguments[5].get(3)) << "indices stay";
  const Inputs plus = perturbed(op, axes, inputs, 1e-6, 1, 5),
               minus = perturbed(op, axes, inputs, 1e-6, -1, 5);
  EXPECT_EQ(plus.arguments[0].dtype(), Dtype::f64) << "a half cannot hold such a small change";
  double squares = 0;
  for (int64_t i = 0; i < 7 * 33; ++i) {
    const double x = inputs.arguments[0].get(i), up = plus.arguments[0].get(i) / x - 1,
                 down = minus.arguments[0].get(i) / x - 1;
    EXPECT_NEAR(up, -down, 1e-12) << "antithetic";
    squares += up * up;
  }
  EXPECT_NEAR(std::sqrt(squares / (7 * 33)), 1e-6, 2e-7);
  const auto matrix = to_doubles(plus.arguments[10].dtype(), plus.arguments[10].data(), 33 * 33);
  EXPECT_NE(matrix, to_doubles(inputs.arguments[10].dtype(), inputs.arguments[10].data(), 33 * 33));
  for (size_t i = 0; i < 33; ++i)
    for (size_t j = 0; j < i; ++j) EXPECT_EQ(matrix[i * 33 + j], matrix[j * 33 + i]);
  EXPECT_TRUE(positive_definite(matrix, 33));
}

// A solver that takes a few steps of an iteration is exact where a matrix has hardly more than one scale.
TEST(Inputs, MatricesHaveSpectraOfManyScales) {
  const Operator op = everything();
  const Axes axes = {{"rows", 7}, {"cols", 33}, {"vocab", 10}, {"total", 50}};
  int wide = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Inputs inputs = draw(op, axes, InputStyle::sorted, seed);
    const auto a = to_doubles(inputs.arguments[10].dtype(), inputs.arguments[10].data(), 33 * 33);
    // Steps of steepest descent along one vector: the residual shrinks fast only where the spectrum is
    // narrow.
    std::vector<double> r(33, 1);
    for (int step = 0; step < 20; ++step) {
      double rr = 0, rar = 0;
      std::vector<double> ar(33, 0);
      for (size_t i = 0; i < 33; ++i) {
        for (size_t j = 0; j < 33; ++j) ar[i] += a[i * 33 + j] * r[j];
        rr += r[i] * r[i];
        rar += r[i] * ar[i];
      }
      for (size_t i = 0; i < 33; ++i) r[i] -= rr / rar * ar[i];
    }
    double left = 0;
    for (const double v : r) left += v * v;
    wide += std::sqrt(left / 33) > 1e-2;
  }
  EXPECT_GE(wide, 4);
  EXPECT_LE(wide, 16);
}

}  // namespace
}  // namespace ke
