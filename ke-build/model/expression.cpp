// SPDX-License-Identifier: MIT
// Integer expressions and conditions over names, by recursive descent. Every overflow is an error: shapes
// decide allocations.
#include "ke-build/base/text.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace ke {
namespace {

class Parser {
 public:
  /// `condition`: comparisons, && and || are part of the language, and names are tunables instead of axes.
  Parser(const std::string& text, const Axes& names, bool condition)
      : text_(text), names_(names), condition_(condition) {}

  Result<int64_t> parse() {
    KE_TRY(const int64_t value, whole());
    skip_space();
    if (at_ != text_.size()) return fail(fmt::format("unexpected '{}'", text_.substr(at_, 10)));
    if (value < 0 && !condition_) return fail(fmt::format("the value {} is negative", value));
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

  bool take_word(std::string_view word) {
    skip_space();
    if (text_.compare(at_, word.size(), word) != 0) return false;
    at_ += word.size();
    return true;
  }

  // The outermost level of the language, and what parentheses hold.
  Result<int64_t> whole() {
    // Depth is bounded, so that hostile nesting cannot exhaust the stack.
    if (++depth_ > 100) return fail("nested too deeply");
    KE_TRY(const int64_t value, condition_ ? any() : sum());
    --depth_;
    return value;
  }

  // Both sides are always evaluated: a mistake on the right is found whatever the left says.
  Result<int64_t> any() {
    KE_TRY(int64_t value, every());
    while (take_word("||")) {
      KE_TRY(const int64_t right, every());
      value = value != 0 || right != 0;
    }
    return value;
  }

  Result<int64_t> every() {
    KE_TRY(int64_t value, comparison());
    while (take_word("&&")) {
      KE_TRY(const int64_t right, comparison());
      value = value != 0 && right != 0;
    }
    return value;
  }

  Result<int64_t> comparison() {
    KE_TRY(const int64_t a, sum());
    for (const char* sign : {"<=", ">=", "==", "!=", "<", ">"}) {
      if (!take_word(sign)) continue;
      KE_TRY(const int64_t b, sum());
      const std::string_view is = sign;
      return is == "<="   ? a <= b
             : is == ">=" ? a >= b
             : is == "==" ? a == b
             : is == "!=" ? a != b
             : is == "<"  ? a < b
                          : a > b;
    }
    return a;
  }

  Result<int64_t> sum() {
    KE_TRY(int64_t value, product());
    while (true) {
      const char op = take('+') ? '+' : take('-') ? '-' : 0;
      if (!op) break;
      KE_TRY(const int64_t right, product());
      KE_TRY(value, apply(op, value, right));
    }
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
      KE_TRY(const int64_t value, whole());
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
    const auto found = names_.find(name);
    if (found != names_.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [known, value] : names_) names.push_back(known);
    return fail(fmt::format("unknown {} '{}'{}; there are: {}", condition_ ? "name" : "axis", name,
                            suggestion(name, names), join_texts(names, ", ")));
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
    KE_TRY(int64_t value, whole());
    while (take(',')) {
      KE_TRY(const int64_t other, whole());
      value = name == "min" ? std::min(value, other) : std::max(value, other);
    }
    if (!take(')')) return fail("')' is missing");
    return value;
  }

  const std::string& text_;
  const Axes& names_;
  const bool condition_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<int64_t> evaluate_expression(const std::string& expression, const Axes& axes) {
  return Parser(expression, axes, false).parse();
}

Result<bool> evaluate_condition(const std::string& condition, const std::map<std::string, int64_t>& names) {
  KE_TRY(const int64_t value, Parser(condition, names, true).parse());
  return value != 0;
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

bool is_announced(const Operator& op, const Axes& axes) {
  return std::any_of(op.workloads.begin(), op.workloads.end(),
                     [&](const Workload& workload) { return axes_of(op, workload) == axes; });
}

}  // namespace ke
