// SPDX-License-Identifier: MIT
#include "ke-build/model/spec_parts.h"

#include "ke-build/base/text.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace ke {
namespace spec {

bool is_identifier(const std::string& text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0]))) return false;
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 128 && (std::isalnum(c) || c == '_'); });
}

Result<size_t> read_word(ObjectReader& reader, const std::string& key, const std::vector<std::string>& words,
                         size_t fallback) {
  KE_TRY(const std::string word, reader.text_or(key, words[fallback]));
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return static_cast<size_t>(found - words.begin());
  return reader.error_at(key, fmt::format("found \"{}\"{}, expected one of: {}", word,
                                          suggestion(word, words), join_texts(words, ", ")));
}

Result<ObjectReader> child(ObjectReader& parent, const std::string& key) {
  const Json* value = parent.get(key);
  if (!value) return parent.error_at(key, "is missing, expected an object");
  ObjectReader reader(*value, parent.origin(), parent.path_of(key));
  KE_DO(reader.require_object());
  return reader;
}

Result<> check_expression(const ObjectReader& reader, const std::string& key, const std::string& expression,
                          const Operator& op) {
  std::string message;
  // Windows ("n - 15", "n - 2 * m") need sizes that small ones do not have, products small ones: names and
  // syntax are the same for all. Sizes are checked with the workloads.
  std::vector<Axes> probes;
  for (const int64_t size : {2, 1 << 10, 1 << 20}) {
    probes.push_back(op.constants);
    for (const std::string& name : op.axis_names) probes.back().try_emplace(name, size);
  }
  for (const std::string& large : op.axis_names) {
    probes.push_back(op.constants);
    for (const std::string& name : op.axis_names)
      probes.back().try_emplace(name, name == large ? 1 << 20 : 2);
  }
  for (const Axes& probe : probes) {
    const auto value = evaluate_expression(expression, probe);
    if (value) return ok();
    if (message.empty()) message = value.error().message;
  }
  return reader.error_at(key, message);
}

}  // namespace spec

}  // namespace ke
