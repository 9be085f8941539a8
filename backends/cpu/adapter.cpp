// SPDX-License-Identifier: MIT
#include "backends/cpu/adapter.h"

#include "ke-build/base/lexer.h"
#include "ke-build/base/text.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace ke::cpu {
namespace {

// Functions of the C library on float, whose double forms have the name without the last letter.
constexpr std::array kFloatFunctions = {
    "acosf",      "acoshf",     "asinf",  "asinhf",     "atanf",   "atan2f",  "atanhf",   "cbrtf",
    "ceilf",      "copysignf",  "cosf",   "coshf",      "erff",    "erfcf",   "expf",     "exp2f",
    "expm1f",     "fabsf",      "fdimf",  "floorf",     "fmaf",    "fmaxf",   "fminf",    "fmodf",
    "frexpf",     "hypotf",     "ilogbf", "ldexpf",     "lgammaf", "llrintf", "llroundf", "logf",
    "log10f",     "log1pf",     "log2f",  "logbf",      "lrintf",  "lroundf", "modff",    "nanf",
    "nearbyintf", "nextafterf", "powf",   "remainderf", "remquof", "rintf",   "roundf",   "scalblnf",
    "scalbnf",    "sinf",       "sinhf",  "sqrtf",      "tanf",    "tanhf",   "tgammaf",  "truncf"};

// The spec's call converts between its types and the kernel's as any C++ call does; the repository's warning
// flags are meant for its own code, not for this one.
constexpr const char* kQuiet =
    "#pragma GCC diagnostic push\n"
    "#pragma GCC diagnostic ignored \"-Wpragmas\"\n"
    "#pragma GCC diagnostic ignored \"-Wunknown-warning-option\"\n"
    "#pragma GCC diagnostic ignored \"-Wconversion\"\n"
    "#pragma GCC diagnostic ignored \"-Wsign-conversion\"\n"
    "#pragma GCC diagnostic ignored \"-Wfloat-conversion\"\n"
    "#pragma GCC diagnostic ignored \"-Wdouble-promotion\"\n"
    "#pragma GCC diagnostic ignored \"-Wunused-parameter\"\n"
    "#pragma GCC diagnostic ignored \"-Wunused-value\"\n"
    "#pragma GCC diagnostic ignored \"-Wunused-result\"\n"
    "#pragma GCC diagnostic ignored \"-Wshadow\"\n"
    "#pragma GCC diagnostic ignored \"-Wcast-qual\"\n"
    "#pragma GCC diagnostic ignored \"-Wpedantic\"\n";

/// 1.5f, 1e3F, 0x1p-3f; neither 0xf nor 1.5_f, which somebody else defines.
bool is_float_literal(std::string_view literal) {
  if (literal.size() < 3 || (literal.back() != 'f' && literal.back() != 'F')) return false;
  const char before = literal[literal.size() - 2];
  if (before != '.' && !std::isdigit(static_cast<unsigned char>(before))) return false;
  const bool hex = literal[0] == '0' && (literal[1] == 'x' || literal[1] == 'X');
  return literal.find_first_of(hex ? "pP" : ".eE") != std::string_view::npos;
}

bool promotes(Role role) { return role == Role::reference || role == Role::promoted; }

bool by_value(const Argument& argument) { return argument.scalar && !is_written(argument); }

std::string type_of(const Argument& argument, Role role, bool c) {
  if (promotes(role) && is_floating(argument.dtype)) return "double";
  const std::string type = cpp_type_of(argument.dtype);
  if (!c) return starts_with(type, "std::") ? "::" + type : type;
  if (argument.dtype == Dtype::boolean) return "_Bool";
  return starts_with(type, "std::") ? type.substr(5) : type;
}

std::string parameter(const Argument& argument, Role role, bool c) {
  const std::string type = type_of(argument, role, c);
  if (by_value(argument)) return type + " " + argument.name;
  return (is_written(argument) ? "" : "const ") + type + "* " + argument.name;
}

std::string loaded(const Argument& argument, size_t index, Role role, bool c) {
  const std::string type = type_of(argument, role, c);
  const std::string qualifier = is_written(argument) ? "" : "const ";
  const std::string pointer = c ? fmt::format("({}{}*)ke_arguments[{}]", qualifier, type, index)
                                : fmt::format("static_cast<{}{}*>(ke_arguments[{}])", qualifier, type, index);
  return (by_value(argument) ? "*" : "") + pointer;
}

// Behaves like a float whose running sums are kept in bfloat16; what is only computed or stored stays exact.
constexpr const char* kLowered = R"(#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
namespace ke_lowered {
typedef float real;
inline real coarse(real value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if ((bits & 0x7f800000u) == 0x7f800000u) return value;
  bits = (bits + 0x7fffu + (bits >> 16 & 1u)) & 0xffff0000u;
  std::memcpy(&value, &bits, sizeof bits);
  return value;
}
struct low {
  real value;
  low() = default;
  template <class T, class = typename std::enable_if<std::is_arithmetic<T>::value>::type>
  constexpr low(T from) : value(static_cast<real>(from)) {}
  constexpr operator real() const { return value; }
  low& operator+=(real other) { value = coarse(value + other); return *this; }
  low& operator-=(real other) { value = coarse(value - other); return *this; }
  low& operator*=(real other) { value *= other; return *this; }
  low& operator/=(real other) { value /= other; return *this; }
};
}  // namespace ke_lowered
template <>
class std::numeric_limits<ke_lowered::low> : public std::numeric_limits<ke_lowered::real> {};
#define float ke_lowered::low
)";

// Every system header is seen before `float` changes its meaning; a second inclusion is then empty.
std::string headers_first(const std::vector<std::string>& system_headers) {
  std::string text;
  for (const std::string& header : system_headers) {
    text += fmt::format("#if __has_include(<{0}>)\n#include <{0}>\n#endif\n", header);
  }
  return text;
}

std::string preamble(const std::vector<std::string>& system_headers) {
  std::string text = headers_first(system_headers);
  text += "#include <math.h>\n#ifdef __cplusplus\n#include <cmath>\n#include <cstdint>\n#endif\n";
  for (const char* name : kFloatFunctions) {
    const std::string function = name;
    text += fmt::format("#undef {0}\n#define {0} {1}\n", function, function.substr(0, function.size() - 1));
    text += fmt::format("#define __builtin_{0} __builtin_{1}\n", function,
                        function.substr(0, function.size() - 1));
  }
  return text + "#define float double\n";
}

std::string call_lines(const Operator& op, Role role, bool c) {
  std::vector<std::string> parameters, values;
  for (size_t i = 0; i < op.arguments.size(); ++i) {
    parameters.push_back(parameter(op.arguments[i], role, c));
    values.push_back("    " + loaded(op.arguments[i], i, role, c));
  }
  const std::string int64 = c ? "int64_t" : "::std::int64_t";
  for (size_t j = 0; j < op.axis_names.size(); ++j) {
    const size_t index = op.arguments.size() + j;
    parameters.push_back(int64 + " " + op.axis_names[j]);
    values.push_back(c ? fmt::format("    *(const int64_t*)ke_arguments[{}]", index)
                       : fmt::format("    *static_cast<const {}*>(ke_arguments[{}])", int64, index));
  }
  const std::string& call = role == Role::reference ? op.reference.call : op.kernel.call;
  std::string text = "static inline void ke_evaluate(" + join_texts(parameters, ", ") + ") {\n";
  text += "  " + call + (ends_with(trim(call), ";") ? "\n" : ";\n") + "}\n";
  const std::string linkage = c ? "" : "extern \"C\" ";
  // The symbol that a pure kernel is entered by, whatever the repository's flags say about visibility.
  text += linkage + "__attribute__((visibility(\"default\"))) void ke_call(void* const* ke_arguments);\n";
  text += linkage + "void ke_call(void* const* ke_arguments) {\n  ke_evaluate(\n" +
          join_texts(values, ",\n") + ");\n}\n";
  return text;
}

}  // namespace

Adapter make_adapter(const Operator& op, const std::string& included, const std::string& language, Role role,
                     const std::vector<std::string>& system_headers) {
  const bool c = language == "C";
  std::string text = fmt::format("// Generated: reaches the {} of operator {} through its own source.\n",
                                 promotes(role) ? "reference" : "kernel", op.name);
  if (role == Role::promoted) text += preamble(system_headers);
  if (role == Role::lowered) text += headers_first(system_headers) + kLowered;
  text += "#include \"" + included + "\"\n";
  for (const std::string& header : op.kernel.headers) {
    if (role != Role::reference)
      text += starts_with(header, "<") ? "#include " + header + "\n" : "#include \"" + header + "\"\n";
  }
  if (role == Role::promoted) text += "#undef float\n#define float double\n";
  text += c ? "#include <stdint.h>\n" : "#include <cstdint>\n";
  return {c ? "adapter.c" : "adapter.cpp",
          text + kQuiet + call_lines(op, role, c) + "#pragma GCC diagnostic pop\n"};
}

std::string with_cast_literals(const std::string& source) {
  const TokenList list = tokenize(source);
  std::string text;
  size_t copied = 0;
  for (const Token& token : list.tokens) {
    const std::string_view literal = list.text_of(token);
    if (token.kind != Token::Kind::number || !is_float_literal(literal)) continue;
    text.append(list.text, copied, token.begin - copied).append(fmt::format("((float){})", literal));
    copied = token.begin + token.size;
  }
  return text.append(list.text, copied);
}

std::vector<std::string> included_names(const std::string& text, char open) {
  const char close = open == '<' ? '>' : open;
  std::vector<std::string> names;
  for (const std::string& raw : split(text, '\n')) {
    std::string line = trim(raw);
    if (line.empty() || line[0] != '#') continue;
    line = trim(line.substr(1));
    if (!starts_with(line, "include")) continue;
    line = trim(line.substr(7));
    const size_t end = line.find(close, 1);
    if (line.empty() || line[0] != open || end == std::string::npos) continue;
    const std::string name = line.substr(1, end - 1);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

}  // namespace ke::cpu
