// SPDX-License-Identifier: MIT
// Result<T>: a value or an Error. Errors mean that the *world* failed (a missing file, a broken tool);
// what happens to a candidate kernel is an Outcome (model/evaluation.h), never an Error.
// The member names are those of std::expected, so that this can become an alias one day.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

namespace ke {

enum class ErrorCode { usage, not_found, io, tool, network, budget, conflict, refused, internal };

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;

  /// Prepends context as the error rises: `while reading x.json: <message>`.
  Error note(const std::string& context) && { return {code, context + ": " + message}; }
};

/// Process exit code for an error, as documented in docs/cli/README.md.
int exit_code(ErrorCode code);

struct Done {};

template <class T = Done>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }
  T value_or(T other) const& { return has_value() ? **this : std::move(other); }

 private:
  std::variant<T, Error> state_;
};

inline Result<> ok() { return Done{}; }

}  // namespace ke

#define KE_CONCAT2(a, b) a##b
#define KE_CONCAT(a, b) KE_CONCAT2(a, b)
#define KE_TRY_NAMED(name, declaration, expression) \
  auto name = (expression);                         \
  if (!name) return std::move(name).error();        \
  declaration = *std::move(name)
/// `KE_TRY(auto text, read_file(path));` binds the value or returns the error.
#define KE_TRY(declaration, expression) \
  KE_TRY_NAMED(KE_CONCAT(ke_result_, __COUNTER__), declaration, expression)
/// `KE_DO(write_file(path, text));` returns the error, if there is one.
#define KE_DO(expression)                                                         \
  do {                                                                            \
    if (auto ke_done = (expression); !ke_done) return std::move(ke_done).error(); \
  } while (false)
/// A bug in this program, never reachable from input: prints where and aborts.
#define KE_CHECK(condition)                                                                   \
  do {                                                                                        \
    if (!(condition)) {                                                                       \
      std::fprintf(stderr, "%s:%d: bug: %s does not hold\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                           \
    }                                                                                         \
  } while (false)
