// SPDX-License-Identifier: MIT
#include "ke-build/base/json.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ke {
namespace {

// The library recurses once per level; hostile nesting must not exhaust the stack.
constexpr int kDepthLimit = 200;

bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDepthLimit) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

std::string position_of(std::string_view text, size_t byte) {
  size_t line = 1, column = 1;
  for (size_t i = 0; i + 1 < byte && i < text.size(); ++i) {
    column = text[i] == '\n' ? 1 : column + 1;
    line += text[i] == '\n';
  }
  return fmt::format("{}:{}", line, column);
}

/// The library's message without its own prefix and position.
std::string plain_message(const std::string& what) {
  const size_t colon = what.find(": ", what.find("column"));
  return colon == std::string::npos ? what : what.substr(colon + 2);
}

}  // namespace

Result<Json> parse_json(std::string_view text, const std::string& origin) {
  if (too_deep(text)) {
    return Error{ErrorCode::usage,
                 fmt::format("{}: JSON is nested deeper than {} levels", origin, kDepthLimit)};
  }
  try {
    return Json::parse(text, nullptr, true, true);
  } catch (const nlohmann::json::parse_error& error) {
    return Error{ErrorCode::usage, fmt::format("{}:{}: not valid JSON: {}", origin,
                                               position_of(text, error.byte), plain_message(error.what()))};
  } catch (const nlohmann::json::exception& error) {
    return Error{ErrorCode::usage, fmt::format("{}: not valid JSON: {}", origin, error.what())};
  }
}

Result<Json> read_json(const std::string& path) {
  KE_TRY(auto text, read_file(path));
  return parse_json(text, path);
}

std::string to_text(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_line(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string ObjectReader::kind_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "an array";
    case Json::value_t::string:
      return "the string \"" + value.get_ref<const std::string&>().substr(0, 60) + "\"";
    case Json::value_t::boolean:
      return value.get<bool>() ? "true" : "false";
    default:
      return "the number " + to_line(value);
  }
}

ObjectReader::ObjectReader(const Json& value, std::string origin, std::string path)
    : value_(&value), origin_(std::move(origin)), path_(std::move(path)) {}

Result<> ObjectReader::require_object() const {
  if (value_->is_object()) return ok();
  return Error{ErrorCode::usage,
               fmt::format("{}: {}: found {}, expected an object", origin_, path_, kind_of(*value_))};
}

const Json* ObjectReader::get(const std::string& key) {
  known_.insert(key);
  if (!value_->is_object()) return nullptr;
  const auto found = value_->find(key);
  return found == value_->end() ? nullptr : &*found;
}

bool ObjectReader::has(const std::string& key) const {
  known_.insert(key);
  return value_->is_object() && value_->contains(key);
}

void ObjectReader::ignore(const std::string& key) { known_.insert(key); }

Error ObjectReader::error_at(const std::string& key, const std::string& found_and_expected) const {
  return {ErrorCode::usage, fmt::format("{}: {}: {}", origin_, path_ + "." + key, found_and_expected)};
}

std::string ObjectReader::meant(const std::string& key) const {
  std::vector<std::string> present;
  for (const auto& item : value_->items()) present.push_back(item.key());
  const std::string close = nearest(key, present);
  return close.empty() || close == key ? "" : fmt::format(" (is '{}' meant to be it?)", close);
}

Result<std::string> ObjectReader::text(const std::string& key) {
  KE_DO(require_object());
  const Json* value = get(key);
  if (!value) return error_at(key, "is missing, expected a string" + meant(key));
  if (!value->is_string()) return error_at(key, "found " + kind_of(*value) + ", expected a string");
  return value->get<std::string>();
}

Result<std::string> ObjectReader::text_or(const std::string& key, std::string fallback) {
  if (!has(key)) return fallback;
  return text(key);
}

Result<double> ObjectReader::number(const std::string& key) {
  KE_DO(require_object());
  const Json* value = get(key);
  if (!value) return error_at(key, "is missing, expected a number" + meant(key));
  if (!value->is_number()) return error_at(key, "found " + kind_of(*value) + ", expected a number");
  return value->get<double>();
}

Result<double> ObjectReader::number_or(const std::string& key, double fallback) {
  if (!has(key)) return fallback;
  return number(key);
}

Result<int64_t> ObjectReader::integer(const std::string& key) {
  KE_DO(require_object());
  const Json* value = get(key);
  if (!value) return error_at(key, "is missing, expected an integer" + meant(key));
  if (value->is_number_unsigned() && value->get<uint64_t>() > uint64_t{INT64_MAX}) {
    return error_at(key, "found " + kind_of(*value) + ", which does not fit 64 bits");
  }
  if (!value->is_number_integer()) return error_at(key, "found " + kind_of(*value) + ", expected an integer");
  return value->get<int64_t>();
}

Result<int64_t> ObjectReader::integer_or(const std::string& key, int64_t fallback) {
  if (!has(key)) return fallback;
  return integer(key);
}

Result<bool> ObjectReader::boolean_or(const std::string& key, bool fallback) {
  const Json* value = get(key);
  if (!value) return fallback;
  if (!value->is_boolean()) return error_at(key, "found " + kind_of(*value) + ", expected true or false");
  return value->get<bool>();
}

Result<std::vector<std::string>> ObjectReader::texts_or_empty(const std::string& key) {
  std::vector<std::string> texts;
  const Json* value = get(key);
  if (!value) return texts;
  if (!value->is_array()) return error_at(key, "found " + kind_of(*value) + ", expected an array of strings");
  for (const Json& item : *value) {
    if (!item.is_string()) return error_at(key, "found " + kind_of(item) + " in it, expected strings");
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

Result<> ObjectReader::finish() const {
  KE_DO(require_object());
  for (const auto& item : value_->items()) {
    if (known_.count(item.key())) continue;
    const std::vector<std::string> options(known_.begin(), known_.end());
    return Error{ErrorCode::usage,
                 fmt::format("{}: {}: unknown key '{}'{}; expected one of: {}", origin_, path_, item.key(),
                             suggestion(item.key(), options), join_texts(options, ", "))};
  }
  return ok();
}

}  // namespace ke
