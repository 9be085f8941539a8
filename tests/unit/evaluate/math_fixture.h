// SPDX-License-Identifier: MIT
// Operators without a spec file, for tests of the judge's arithmetic.
#pragma once

#include "ke-build/evaluate/check.h"
#include "ke-build/model/operator.h"

#include <string>
#include <vector>

namespace ke::math_fixture {

inline Argument input(const std::string& name, std::vector<std::string> shape, Dtype dtype = Dtype::f32) {
  Argument argument;
  argument.name = name;
  argument.dtype = dtype;
  argument.shape = std::move(shape);
  argument.scalar = argument.shape.empty();
  return argument;
}

inline Argument output(const std::string& name, std::vector<std::string> shape, Dtype dtype = Dtype::f32) {
  Argument argument = input(name, std::move(shape), dtype);
  argument.input = false;
  argument.output = true;
  return argument;
}

inline Argument with_domain(Argument argument, Domain::Kind kind, double low = -1, double high = 1,
                            const std::string& axis = "") {
  argument.domain.kind = kind;
  argument.domain.low = low;
  argument.domain.high = high;
  argument.domain.axis = axis;
  return argument;
}

inline Operator make_operator(const std::string& name, std::vector<std::string> axes,
                              std::vector<Argument> arguments) {
  Operator op;
  op.name = op.op_type = name;
  op.axis_names = std::move(axes);
  op.arguments = std::move(arguments);
  return op;
}

inline Operator gemm(Dtype dtype = Dtype::f32) {
  return make_operator(
      "gemm", {"m", "n", "k"},
      {input("a", {"m", "k"}, dtype), input("b", {"k", "n"}, dtype), output("c", {"m", "n"}, dtype)});
}

/// Expected values of one floating output.
inline Expected expect_real(size_t argument, std::vector<double> values) {
  Expected expected(1);
  expected[0].argument = argument;
  expected[0].real = std::move(values);
  return expected;
}
inline Expected expect_integer(size_t argument, std::vector<int64_t> values) {
  Expected expected(1);
  expected[0].argument = argument;
  expected[0].integer = std::move(values);
  return expected;
}

}  // namespace ke::math_fixture
