// SPDX-License-Identifier: MIT
// What the names of types say.
#include "ke-build/base/text.h"
#include "ke-build/search/syntax/facts.h"

namespace ke {

std::string value_type(const std::string& type) {
  std::string out;
  for (const std::string& word : split(type, ' '))
    if (word != "const" && word != "constexpr" && word != "volatile" && word != "register" && !word.empty())
      out += (out.empty() ? "" : " ") + word;
  if (type.find("volatile") != std::string::npos || out == "auto" ||
      out.find_first_of("&*[") != std::string::npos)
    return "";
  return out;
}

std::string element_type(const std::string& type) {
  std::string t = trim(type);
  if (ends_with(t, "[]")) return value_type(t.substr(0, t.size() - 2));
  for (const char* qualifier : {" const", " __restrict", " __restrict__", " restrict"})
    if (ends_with(t, qualifier)) t = trim(t.substr(0, t.size() - std::string(qualifier).size()));
  if (ends_with(t, "*")) return value_type(trim(t.substr(0, t.size() - 1)));
  size_t open = t.find("vector<"), close = t.rfind('>');
  if (open != std::string::npos && close != std::string::npos && close > open) {
    std::string inner = t.substr(open + 7, close - open - 7);
    return inner.find_first_of("<>,") == std::string::npos ? value_type(inner) : "";
  }
  return "";
}

bool is_enumeration(const std::string& type, const Symbols& symbols) {
  const std::string plain = value_type(type);
  return !plain.empty() && symbols.enumerations.count(plain.substr(plain.rfind(':') + 1)) != 0;
}

bool is_floating_type(const std::string& type) {
  std::string t = value_type(type);
  return t == "float" || t == "double";
}
bool is_integer_type(const std::string& type) {
  static const std::set<std::string> known = {
      "int",           "long",         "long long",     "short",
      "unsigned",      "unsigned int", "unsigned long", "unsigned long long",
      "size_t",        "ptrdiff_t",    "ssize_t",       "int64_t",
      "int32_t",       "int16_t",      "int8_t",        "uint64_t",
      "uint32_t",      "uint16_t",     "uint8_t",       "signed char",
      "unsigned char", "long int",     "long long int", "unsigned short",
      "intptr_t"};
  return known.count(unqualified(value_type(type))) != 0;
}
namespace {

// Of integers whose width is the same on every machine; 0: unknown.
int width_of(const std::string& type) {
  static const std::map<std::string, int> known = {
      {"short", 2},    {"unsigned short", 2},     {"int16_t", 2}, {"uint16_t", 2}, {"int", 4},
      {"unsigned", 4}, {"unsigned int", 4},       {"int32_t", 4}, {"uint32_t", 4}, {"long long", 8},
      {"int64_t", 8},  {"unsigned long long", 8}, {"uint64_t", 8}};
  const auto found = known.find(type);
  return found == known.end() ? 0 : found->second;
}

bool is_wider_than_byte(const std::string& type) {
  return is_floating_type(type) || (is_integer_type(type) && type.find("char") == std::string::npos &&
                                    type.find("int8") == std::string::npos);
}

}  // namespace

bool never_overlap(const std::string& a, const std::string& b) {
  const std::string x = unqualified(value_type(a)), y = unqualified(value_type(b));
  if (!is_wider_than_byte(x) || !is_wider_than_byte(y)) return false;
  if (!is_integer_type(x) || !is_integer_type(y)) return x != y;
  const int first = width_of(x), second = width_of(y);
  return first != 0 && second != 0 && first != second;
}

int integer_bytes(const std::string& type) {
  if (!is_integer_type(type)) return 0;
  const std::string plain = unqualified(value_type(type));
  if (!is_wider_than_byte(plain)) return 1;
  const int known = width_of(plain);
  return known == 0 ? 8 : known;
}

bool is_unsigned_type(const std::string& type) {
  std::string t = unqualified(value_type(type));
  return is_integer_type(type) &&
         (t.find("unsigned") != std::string::npos || t == "size_t" || starts_with(t, "uint"));
}

}  // namespace ke
