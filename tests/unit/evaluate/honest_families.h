// SPDX-License-Identifier: MIT
// More operators as people write them, each in two ways that are both right: what differs is the order of
// sums, a reciprocal for a division, one pass for two, a recurrence for a closed form.
#pragma once

#include "tests/unit/evaluate/honest_kernels.h"

namespace ke::math_fixture {

template <class T>
using Arrays = std::vector<std::vector<T>>;

struct RmsNorm {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r) {
      const T* x = &in[0][r * cols];
      const T mean = sum_of<T>(cols, lanes, [&](int64_t c) { return x[c] * x[c]; }) / T(cols) + T(1e-6);
      for (int64_t c = 0; c < cols; ++c)
        out[0][r * cols + c] =
            lanes == 1 ? x[c] / std::sqrt(mean) * in[1][c] : x[c] * (T(1) / std::sqrt(mean)) * in[1][c];
    }
  }
};

struct LogSumExp {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r) {
      const T* x = &in[0][r * cols];
      const T largest = *std::max_element(x, x + cols);
      out[0][r] =
          largest + std::log(sum_of<T>(cols, lanes, [&](int64_t c) { return std::exp(x[c] - largest); }));
    }
  }
};

/// Variance in two passes, or by Welford's update.
struct Variance {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r) {
      const T* x = &in[0][r * cols];
      if (lanes == 1) {
        const T mean = sum_of<T>(cols, 1, [&](int64_t c) { return x[c]; }) / T(cols);
        out[0][r] = sum_of<T>(cols, 1, [&](int64_t c) { return (x[c] - mean) * (x[c] - mean); }) / T(cols);
        continue;
      }
      T mean = 0, squares = 0;
      for (int64_t c = 0; c < cols; ++c) {
        const T before = x[c] - mean;
        mean += before / T(c + 1);
        squares += before * (x[c] - mean);
      }
      out[0][r] = squares / T(cols);
    }
  }
};

struct Cosine {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r) {
      const T *a = &in[0][r * cols], *b = &in[1][r * cols];
      const T ab = sum_of<T>(cols, lanes, [&](int64_t c) { return a[c] * b[c]; });
      const T aa = sum_of<T>(cols, lanes, [&](int64_t c) { return a[c] * a[c]; }) + T(1e-8);
      const T bb = sum_of<T>(cols, lanes, [&](int64_t c) { return b[c] * b[c]; }) + T(1e-8);
      out[0][r] = lanes == 1 ? ab / (std::sqrt(aa) * std::sqrt(bb)) : ab / std::sqrt(aa) / std::sqrt(bb);
    }
  }
};

/// Prefix sums, one after the other or block by block.
struct CumSum {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r) {
      T total = 0, block = 0;
      for (int64_t c = 0; c < cols; ++c) {
        if (lanes > 1 && c % lanes == 0) {
          total += block;
          block = 0;
        }
        block += in[0][r * cols + c];
        out[0][r * cols + c] = total + block;
      }
    }
  }
};

/// h = a h + b along the row, steps of one or of two.
struct Recurrence {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r) {
      const T *a = &in[0][r * cols], *b = &in[1][r * cols];
      T* y = &out[0][r * cols];
      T h = 0;
      for (int64_t c = 0; c < cols; ++c) {
        if (lanes > 1 && c + 1 < cols) {
          y[c] = a[c] * h + b[c];
          h = (a[c + 1] * a[c]) * h + (a[c + 1] * b[c] + b[c + 1]);
          y[++c] = h;
        } else {
          h = y[c] = a[c] * h + b[c];
        }
      }
    }
  }
};

struct SoftDice {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r) {
      const T *a = &in[0][r * cols], *b = &in[1][r * cols];
      const T both = sum_of<T>(cols, lanes, [&](int64_t c) { return a[c] * b[c]; });
      const T each = sum_of<T>(cols, lanes, [&](int64_t c) { return a[c] + b[c]; });
      out[0][r] = T(1) - (T(2) * both + T(1)) / (each + T(1));
    }
  }
};

struct SwiGlu {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    for (int64_t i = 0; i < axes.at("rows") * axes.at("cols"); ++i) {
      const T x = in[0][i],
              gate = lanes == 1 ? x / (T(1) + std::exp(-x)) : x * (T(1) / (T(1) + std::exp(-x)));
      out[0][i] = gate * in[1][i];
    }
  }
};

/// By Horner or by Estrin.
struct Polynomial {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    for (int64_t i = 0; i < axes.at("rows") * axes.at("cols"); ++i) {
      const T x = in[0][i], s = x * x;
      out[0][i] = lanes == 1 ? ((T(0.3) * x - T(0.7)) * x + T(1.1)) * x - T(0.2)
                             : (T(0.3) * x - T(0.7)) * s + (T(1.1) * x - T(0.2));
    }
  }
};

/// By differences: |a|^2 + |b|^2 - 2 ab loses digits.
struct Distances {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    const int64_t rows = axes.at("rows"), others = axes.at("others"), dim = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t o = 0; o < others; ++o)
        out[0][r * others + o] = std::sqrt(sum_of<T>(dim, lanes, [&](int64_t d) {
          const T difference = in[0][r * dim + d] - in[1][o * dim + d];
          return difference * difference;
        }));
  }
};

struct LogSoftmax {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r) {
      const T* x = &in[0][r * cols];
      const T largest = *std::max_element(x, x + cols);
      const T sum = std::log(sum_of<T>(cols, lanes, [&](int64_t c) { return std::exp(x[c] - largest); }));
      for (int64_t c = 0; c < cols; ++c)
        out[0][r * cols + c] = lanes == 1 ? x[c] - largest - sum : x[c] - (largest + sum);
    }
  }
};

/// y (dy - sum y dy), where the sum of a row may be next to nothing.
struct SoftmaxGradient {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r) {
      const T *y = &in[0][r * cols], *dy = &in[1][r * cols];
      const T dot = sum_of<T>(cols, lanes, [&](int64_t c) { return y[c] * dy[c]; });
      for (int64_t c = 0; c < cols; ++c) out[0][r * cols + c] = y[c] * (dy[c] - dot);
    }
  }
};

/// The scale of a column is found once, and may be subnormal.
struct BatchNorm {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t i = 0; i < rows * cols; ++i) {
      const T from_mean = in[0][i] - in[1][i % cols], gamma = in[2][i % cols],
              root = std::sqrt(in[3][i % cols]);
      out[0][i] = lanes == 1 ? gamma * from_mean / root : from_mean * (gamma / root);
    }
  }
};

/// Products that are rounded by themselves, or not: an infinite sum then keeps its sign.
struct Scores {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols"), others = axes.at("others");
    for (int64_t i = 0; i < rows * others; ++i) {
      const T *a = &in[0][i / others * cols], *b = &in[1][i % others * cols];
      T sum = 0;
      for (int64_t c = 0; c < cols; ++c) sum = lanes == 1 ? sum + a[c] * b[c] : std::fma(a[c], b[c], sum);
      out[0][i] = sum;
    }
  }
};

/// Cholesky's factors row by row or column by column, then both triangles.
struct Solve {
  template <class T>
  void operator()(const Arrays<T>& in, Arrays<T>& out, const Axes& axes, int lanes) const {
    const int64_t n = axes.at("n");
    std::vector<T> l = in[0], x = in[1];
    if (lanes == 1) {
      for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j <= i; ++j) {
          T sum = l[i * n + j];
          for (int64_t k = 0; k < j; ++k) sum -= l[i * n + k] * l[j * n + k];
          l[i * n + j] = i == j ? std::sqrt(sum) : sum / l[j * n + j];
        }
    } else {
      for (int64_t j = 0; j < n; ++j) {
        const T root = T(1) / std::sqrt(l[j * n + j]);
        for (int64_t i = j; i < n; ++i) l[i * n + j] *= root;
        for (int64_t i = j + 1; i < n; ++i)
          for (int64_t k = j + 1; k <= i; ++k) l[i * n + k] -= l[i * n + j] * l[k * n + j];
      }
    }
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t k = 0; k < i; ++k) x[i] -= l[i * n + k] * x[k];
      x[i] /= l[i * n + i];
    }
    for (int64_t i = n - 1; i >= 0; --i) {
      for (int64_t k = i + 1; k < n; ++k) x[i] -= l[k * n + i] * x[k];
      x[i] /= l[i * n + i];
    }
    out[0] = x;
  }
};

inline std::vector<Honest> honest_families() {
  const std::vector<std::string> plane = {"rows", "cols"}, row = {"cols"}, column = {"rows"};
  const Axes axes = {{"rows", 13}, {"cols", 67}};
  const Argument x = input("x", plane), second = input("z", plane);
  std::vector<Honest> all;
  const auto add = [&](const std::string& name, std::vector<Argument> arguments, auto body) {
    Operator op = make_operator(name, plane, std::move(arguments));
    op.tolerance.reduction = "cols";
    all.push_back(honest(std::move(op), axes, body));
  };
  add("rms_norm", {x, input("w", row), output("y", plane)}, RmsNorm{});
  add("log_sum_exp", {x, output("y", column)}, LogSumExp{});
  add("log_softmax", {x, output("y", plane)}, LogSoftmax{});
  add("variance", {x, output("y", column)}, Variance{});
  add("cosine", {x, second, output("y", column)}, Cosine{});
  add("cumsum", {x, output("y", plane)}, CumSum{});
  add("recurrence", {with_domain(x, Domain::Kind::range, 0, 1), second, output("y", plane)}, Recurrence{});
  add("dice",
      {with_domain(x, Domain::Kind::range, 0, 1), with_domain(second, Domain::Kind::range, 0, 1),
       output("y", column)},
      SoftDice{});
  add("softmax_gradient", {with_domain(x, Domain::Kind::range, 0, 1), second, output("y", plane)},
      SoftmaxGradient{});
  add("batch_norm",
      {x, input("m", row), input("g", row), with_domain(input("v", row), Domain::Kind::positive),
       output("y", plane)},
      BatchNorm{});
  add("swiglu", {x, second, output("y", plane)}, SwiGlu{});
  add("polynomial", {x, output("y", plane)}, Polynomial{});
  const std::vector<Argument> pairs = {x, input("z", {"others", "cols"}), output("y", {"rows", "others"})};
  const auto add_pairs = [&](const std::string& name, auto body) {
    add(name, pairs, body);
    all.back().op.axis_names.push_back("others");
    all.back().axes["others"] = 9;
  };
  add_pairs("distances", Distances{});
  add_pairs("scores", Scores{});
  Operator solve = make_operator(
      "solve", {"n"},
      {with_domain(input("a", {"n", "n"}), Domain::Kind::spd), input("b", {"n"}), output("x", {"n"})});
  solve.tolerance.reduction = "n";
  all.push_back(honest(std::move(solve), {{"n", 40}}, Solve{}));
  all.push_back(attention());
  all.back().axes = {{"queries", 9}, {"keys", 33}, {"dim", 16}};
  return all;
}

}  // namespace ke::math_fixture
