// SPDX-License-Identifier: MIT
// Integer expressions over axes, by recursive descent. Every overflow is an error: shapes decide allocations.
#include "ke-build/base/text.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace ke {
namespace {

class Parser {
 public:
  Parser(const std::string& text, const Axes& axes) : text_(text), axes_(axes) {}

  Result<int64_t> parse() {
    KE_TRY(const int64_t value, sum());
    skip_space();
    if (at_ != text_.size()) return fail(fmt::format("unexpected '{}'", text_.substr(at_, 10)));
    if (value < 0) return fail(fmt::format("the value {} is negative", value));
    return value;
  }

 private:
  Error fail(const std::string& why) const {
    return {ErrorCode::usage, fmt::format("in the expression '{}': {}", text_, why)};
  }
  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Result<int64_t> apply(char op, int64_t a, int64_t b) const {
    int64_t result = 0;
    bool overflow = false;
    if ((op == '/' || op == '%') && b == 0) return fail("division by zero");
    if (op == '+') overflow = __builtin_add_overflow(a, b, &result);
    if (op == '-') overflow = __builtin_sub_overflow(a, b, &result);
    if (op == '*') overflow = __builtin_mul_overflow(a, b, &result);
    if (op == '/' || op == '%') {
      if (b == -1)
        overflow = op == '/' && __builtin_sub_overflow(int64_t{0}, a, &result);
      else
        result = op == '/' ? a / b : a % b;
    }
    if (overflow) return fail("the value does not fit 64 bits");
    return result;
  }

  Result<int64_t> sum() {
    // Depth is bounded, so that hostile nesting cannot exhaust the stack.
    if (++depth_ > 100) return fail("nested too deeply");
    KE_TRY(int64_t value, product());
    while (true) {
      const char op = take('+') ? '+' : take('-') ? '-' : 0;
      if (!op) break;
      KE_TRY(const int64_t right, product());
      KE_TRY(value, apply(op, value, right));
    }
    --depth_;
    return value;
  }

  Result<int64_t> product() {
    KE_TRY(int64_t value, atom());
    while (true) {
      const char op = take('*') ? '*' : take('/') ? '/' : take('%') ? '%' : 0;
      if (!op) return value;
      KE_TRY(const int64_t right, atom());
      KE_TRY(value, apply(op, value, right));
    }
  }

  Result<int64_t> atom() {
    if (take('(')) {
      KE_TRY(const int64_t value, sum());
      if (!take(')')) return fail("')' is missing");
      return value;
    }
    skip_space();
    if (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) return literal();
    std::string name;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_')) {
      name += text_[at_++];
    }
    if (name.empty()) return fail("a name or a number is missing");
    if ((name == "min" || name == "max") && take('(')) return call(name);
    const auto found = axes_.find(name);
    if (found != axes_.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [axis, size] : axes_) names.push_back(axis);
    return fail(fmt::format("unknown axis '{}'{}; the axes are: {}", name, suggestion(name, names),
                            join_texts(names, ", ")));
  }

  Result<int64_t> literal() {
    int64_t value = 0;
    while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) {
      KE_TRY(value, apply('*', value, 10));
      KE_TRY(value, apply('+', value, text_[at_++] - '0'));
    }
    return value;
  }

  Result<int64_t> call(const std::string& name) {
    KE_TRY(int64_t value, sum());
    while (take(',')) {
      KE_TRY(const int64_t other, sum());
      value = name == "min" ? std::min(value, other) : std::max(value, other);
    }
    if (!take(')')) return fail("')' is missing");
    return value;
  }

  const std::string& text_;
  const Axes& axes_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<int64_t> evaluate_expression(const std::string& expression, const Axes& axes) {
  return Parser(expression, axes).parse();
}

Result<std::vector<int64_t>> shape_of(const Argument& argument, const Axes& axes) {
  std::vector<int64_t> shape;
  for (const std::string& dimension : argument.shape) {
    KE_TRY(const int64_t size, evaluate_expression(dimension, axes));
    shape.push_back(size);
  }
  return shape;
}

Result<int64_t> element_count(const Argument& argument, const Axes& axes) {
  KE_TRY(const auto shape, shape_of(argument, axes));
  int64_t count = 1;
  for (const int64_t size : shape) {
    if (__builtin_mul_overflow(count, size, &count) || count > (int64_t{1} << 40)) {
      return Error{ErrorCode::usage, fmt::format("argument '{}' has more than 2^40 elements", argument.name)};
    }
  }
  return count;
}

Axes axes_of(const Operator& op, const Workload& workload) {
  Axes axes = op.constants;
  for (const auto& [name, size] : workload.axes) axes[name] = size;
  return axes;
}

}  // namespace ke
