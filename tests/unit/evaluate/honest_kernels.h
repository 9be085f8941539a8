// SPDX-License-Identifier: MIT
// Plain kernels, templated on the format they compute in and on how many accumulators they use: as double
// they are the reference, as float with other orders of summation they are honest candidates.
#pragma once

#include "ke-build/model/spec.h"
#include "tests/unit/evaluate/math_fixture.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace ke::math_fixture {

/// Sum of f(0..n-1) with `lanes` interleaved accumulators.
template <class T, class F>
T sum_of(int64_t n, int lanes, F&& f) {
  std::vector<T> parts(static_cast<size_t>(lanes), T(0));
  for (int64_t i = 0; i < n; ++i) parts[static_cast<size_t>(i % lanes)] += f(i);
  T sum = 0;
  for (T part : parts) sum += part;
  return sum;
}

/// Inputs and outputs as flat arrays of T; an integer output is written as T too.
template <class T>
using Body =
    std::function<void(const std::vector<std::vector<T>>&, std::vector<std::vector<T>>&, const Axes&, int)>;

struct Honest {
  Operator op;
  Axes axes;
  Body<double> reference;
  Body<float> candidate;
};

struct RowSum {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r)
      out[0][r] = sum_of<T>(cols, lanes, [&](int64_t c) { return in[0][r * cols + c]; });
  }
};

struct ColumnSum {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t c = 0; c < cols; ++c)
      out[0][c] = sum_of<T>(rows, lanes, [&](int64_t r) { return in[0][r * cols + c]; });
  }
};

struct Dot {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int lanes) const {
    out[0][0] = sum_of<T>(axes.at("n"), lanes, [&](int64_t i) { return in[0][i] * in[1][i]; });
  }
};

struct Softmax {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r) {
      const T* x = &in[0][r * cols];
      T* y = &out[0][r * cols];
      T largest = x[0];
      for (int64_t c = 1; c < cols; ++c) largest = x[c] > largest ? x[c] : largest;
      for (int64_t c = 0; c < cols; ++c) y[c] = std::exp(x[c] - largest);
      const T sum = sum_of<T>(cols, lanes, [&](int64_t c) { return y[c]; });
      // One candidate divides, another multiplies by the reciprocal.
      for (int64_t c = 0; c < cols; ++c) y[c] = lanes == 1 ? y[c] / sum : y[c] * (T(1) / sum);
    }
  }
};

struct LayerNorm {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r) {
      const T* x = &in[0][r * cols];
      const T mean = sum_of<T>(cols, lanes, [&](int64_t c) { return x[c]; }) / T(cols);
      const T variance =
          sum_of<T>(cols, lanes, [&](int64_t c) { return (x[c] - mean) * (x[c] - mean); }) / T(cols);
      const T scale = T(1) / std::sqrt(variance + T(1e-5));
      for (int64_t c = 0; c < cols; ++c) out[0][r * cols + c] = (x[c] - mean) * scale * in[1][c];
    }
  }
};

struct Gemm {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int lanes) const {
    const int64_t m = axes.at("m"), n = axes.at("n"), k = axes.at("k");
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < n; ++j)
        out[0][i * n + j] =
            sum_of<T>(k, lanes, [&](int64_t p) { return in[0][i * k + p] * in[1][p * n + j]; });
  }
};

struct Gelu {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int) const {
    for (int64_t i = 0; i < axes.at("rows") * axes.at("cols"); ++i) {
      const T x = in[0][i];
      out[0][i] = T(0.5) * x * (T(1) + std::erf(x * T(0.7071067811865476)));
    }
  }
};

struct Argmax {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r)
      out[0][r] =
          static_cast<T>(std::max_element(&in[0][r * cols], &in[0][r * cols] + cols) - &in[0][r * cols]);
  }
};

struct Quantise {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int lanes) const {
    const int64_t rows = axes.at("rows"), cols = axes.at("cols");
    for (int64_t r = 0; r < rows; ++r) {
      T largest = T(1e-30);
      for (int64_t c = 0; c < cols; ++c) largest = std::max(largest, std::abs(in[0][r * cols + c]));
      const T scale = largest / T(127), inverse = T(127) / largest;
      out[1][r] = scale;
      for (int64_t c = 0; c < cols; ++c) {
        const T x = in[0][r * cols + c];
        out[0][r * cols + c] = std::nearbyint(lanes == 1 ? x / scale : x * inverse);
      }
    }
  }
};

struct Assign {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int lanes) const {
    const int64_t points = axes.at("points"), centers = axes.at("centers"), dim = axes.at("dim");
    for (int64_t p = 0; p < points; ++p) {
      T best = 0;
      for (int64_t c = 0; c < centers; ++c) {
        const T d = sum_of<T>(dim, lanes, [&](int64_t k) {
          const T difference = in[0][p * dim + k] - in[1][c * dim + k];
          return difference * difference;
        });
        if (c == 0 || d < best) {
          best = d;
          out[0][p] = static_cast<T>(c);
        }
      }
    }
  }
};

/// Channels last: every output is a sum of few products, and the channels of a row have nothing in common.
struct Window {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int lanes) const {
    const int64_t pixels = axes.at("pixels"), channels = axes.at("channels"), taps = axes.at("taps");
    for (int64_t p = 0; p < pixels; ++p) {
      for (int64_t c = 0; c < channels; ++c) {
        const int64_t inside = std::min(taps, pixels - p);
        out[0][p * channels + c] = sum_of<T>(inside, lanes, [&](int64_t t) {
          return in[0][(p + t) * channels + c] * in[1][t * channels + c];
        });
      }
    }
  }
};

/// One query per row against all keys: where two scores are far above the others, the row hangs on their
/// difference.
struct Attention {
  template <class T>
  void operator()(const std::vector<std::vector<T>>& in, std::vector<std::vector<T>>& out, const Axes& axes,
                  int lanes) const {
    const int64_t queries = axes.at("queries"), keys = axes.at("keys"), dim = axes.at("dim");
    const T scale = T(1) / std::sqrt(T(dim));
    std::vector<T> weight(static_cast<size_t>(keys));
    for (int64_t q = 0; q < queries; ++q) {
      for (int64_t k = 0; k < keys; ++k)
        weight[k] =
            scale * sum_of<T>(dim, lanes, [&](int64_t d) { return in[0][q * dim + d] * in[1][k * dim + d]; });
      const T largest = *std::max_element(weight.begin(), weight.end());
      for (T& w : weight) w = std::exp(w - largest);
      const T sum = sum_of<T>(keys, lanes, [&](int64_t k) { return weight[k]; });
      for (int64_t d = 0; d < dim; ++d)
        out[0][q * dim + d] =
            sum_of<T>(keys, lanes, [&](int64_t k) { return weight[k] * in[2][k * dim + d]; }) / sum;
    }
  }
};

inline Honest attention() {
  const std::vector<std::string> queries = {"queries", "dim"}, keys = {"keys", "dim"};
  Operator op =
      make_operator("attention", {"queries", "keys", "dim"},
                    {input("q", queries), input("k", keys), input("v", keys), output("y", queries)});
  op.tolerance.reduction = "keys";
  return {op, {{"queries", 64}, {"keys", 64}, {"dim", 32}}, Attention{}, Attention{}};
}

inline Operator window_operator() {
  Operator op = make_operator("window", {"pixels", "channels", "taps"},
                              {input("image", {"pixels", "channels"}), input("weight", {"taps", "channels"}),
                               output("y", {"pixels", "channels"})});
  op.tolerance.reduction = "taps";
  return op;
}

template <class F>
Honest honest(Operator op, Axes axes, F body) {
  return {std::move(op), std::move(axes), body, body};
}

inline std::vector<Honest> honest_kernels() {
  const std::vector<std::string> plane = {"rows", "cols"};
  std::vector<Honest> all;
  all.push_back(honest(make_operator("row_sum", plane, {input("x", plane), output("y", {"rows"})}),
                       {{"rows", 70}, {"cols", 2048}}, RowSum{}));
  all.push_back(honest(make_operator("column_sum", plane, {input("x", plane), output("y", {"cols"})}),
                       {{"rows", 999}, {"cols", 65}}, ColumnSum{}));
  all.push_back(honest(make_operator("sum_to_one", plane, {input("x", plane), output("y", {"rows"})}),
                       {{"rows", 1}, {"cols", 4096}}, RowSum{}));
  all.push_back(
      honest(make_operator("dot", {"n"}, {input("a", {"n"}), input("b", {"n"}), output("y", {"1"})}),
             {{"n", 4096}}, Dot{}));
  all.push_back(honest(make_operator("softmax", plane, {input("x", plane), output("y", plane)}),
                       {{"rows", 33}, {"cols", 1025}}, Softmax{}));
  all.back().op.tolerance.reduction = "cols";
  all.push_back(honest(
      make_operator("layernorm", plane,
                    {input("x", plane), with_domain(input("w", {"cols"}), Domain::Kind::range, 0.5, 1.5),
                     output("y", plane)}),
      {{"rows", 33}, {"cols", 1024}}, LayerNorm{}));
  all.back().op.tolerance.reduction = "cols";
  all.push_back(honest(gemm(), {{"m", 33}, {"n", 40}, {"k", 512}}, Gemm{}));
  all.push_back(honest(make_operator("gelu", plane, {input("x", plane), output("y", plane)}),
                       {{"rows", 33}, {"cols", 513}}, Gelu{}));
  all.push_back(honest(make_operator("argmax", plane, {input("x", plane), output("y", {"rows"}, Dtype::i32)}),
                       {{"rows", 200}, {"cols", 300}}, Argmax{}));
  all.push_back(
      honest(make_operator("quantise", plane,
                           {input("x", plane), output("q", plane, Dtype::i8), output("scale", {"rows"})}),
             {{"rows", 100}, {"cols", 1000}}, Quantise{}));
  all.push_back(honest(make_operator("assign", {"points", "centers", "dim"},
                                     {input("x", {"points", "dim"}), input("c", {"centers", "dim"}),
                                      output("y", {"points"}, Dtype::i32)}),
                       {{"points", 2000}, {"centers", 16}, {"dim", 32}}, Assign{}));
  all.push_back(honest(window_operator(), {{"pixels", 200}, {"channels", 35}, {"taps", 25}}, Window{}));
  for (Honest& kernel : all)
    kernel.op.contract.finite_only =
        kernel.op.name == "argmax" || kernel.op.name == "quantise" || kernel.op.name == "assign";
  return all;
}

template <class T>
std::vector<std::vector<T>> run(const Operator& op, const Axes& axes, const Body<T>& kernel,
                                const Inputs& inputs, int lanes) {
  std::vector<std::vector<T>> in, out;
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    if (op.arguments[a].input) {
      const auto values =
          to_doubles(inputs.arguments[a].dtype(), inputs.arguments[a].data(), inputs.arguments[a].count());
      in.emplace_back(values.begin(), values.end());
    } else {
      int64_t count = 1;
      for (const std::string& extent : op.arguments[a].shape)
        count *= axes.count(extent) ? axes.at(extent) : std::stoll(extent);
      out.emplace_back(static_cast<size_t>(count));
    }
  }
  kernel(in, out, axes, lanes);
  return out;
}

inline Expected expected_of(const Honest& honest, const Inputs& inputs) {
  const auto out = run<double>(honest.op, honest.axes, honest.reference, inputs, 1);
  Expected expected;
  size_t next = 0;
  for (size_t a = 0; a < honest.op.arguments.size(); ++a) {
    if (!honest.op.arguments[a].output) continue;
    ExpectedOutput output;
    output.argument = a;
    const Dtype dtype = honest.op.arguments[a].dtype;
    if (is_floating(dtype))
      output.real = out[next];
    else
      for (double v : out[next]) output.integer.push_back(static_cast<int64_t>(v));
    expected.push_back(std::move(output));
    ++next;
  }
  return expected;
}

template <class T>
std::vector<Buffer> outputs_of(const Honest& honest, const Inputs& inputs, const Body<T>& kernel, int lanes) {
  const auto out = run<T>(honest.op, honest.axes, kernel, inputs, lanes);
  std::vector<Buffer> buffers;
  size_t next = 0;
  for (const Argument& argument : honest.op.arguments) {
    if (!argument.output) continue;
    buffers.emplace_back(argument.dtype, static_cast<int64_t>(out[next].size()));
    from_doubles(argument.dtype, std::vector<double>(out[next].begin(), out[next].end()),
                 buffers.back().data());
    ++next;
  }
  return buffers;
}

/// Computes in float, or in double where the results are doubles.
inline std::vector<Buffer> candidate_of(const Honest& honest, const Inputs& inputs, int lanes) {
  const auto& arguments = honest.op.arguments;
  const bool wide = std::any_of(arguments.begin(), arguments.end(), [](const Argument& argument) {
    return argument.output && argument.dtype == Dtype::f64;
  });
  return wide ? outputs_of<double>(honest, inputs, honest.reference, lanes)
              : outputs_of<float>(honest, inputs, honest.candidate, lanes);
}

inline std::vector<const void*> pointers(const std::vector<Buffer>& buffers) {
  std::vector<const void*> result;
  for (const Buffer& buffer : buffers) result.push_back(buffer.data());
  return result;
}

/// The plan as the judge makes it: with the aids that the operator and the style need.
inline CheckPlan plan_of(const Honest& honest, const Inputs& inputs, InputStyle style,
                         const Expected* rounded = nullptr) {
  CheckAids aids;
  aids.rounded = rounded;
  aids.style = style;
  aids.largest_input = largest_input(honest.op, inputs);
  Expected absolute;
  std::vector<Expected> alternatives;
  if (needs_absolute(honest.op, honest.axes, style)) {
    absolute = expected_of(honest, absolute_of(honest.op, inputs));
    aids.absolute = &absolute;
  }
  if (needs_alternatives(honest.op, honest.axes, style)) {
    for (const Inputs& moved : alternative_inputs(honest.op, honest.axes, inputs, 99))
      alternatives.push_back(expected_of(honest, moved));
    for (const Expected& alternative : alternatives) aids.alternatives.push_back(&alternative);
  }
  auto plan = CheckPlan::make(honest.op, honest.axes, expected_of(honest, inputs), aids);
  KE_CHECK(plan.has_value());
  return *std::move(plan);
}

}  // namespace ke::math_fixture
