// SPDX-License-Identifier: MIT
// A mode (an enumeration, a flag, a number that is compared with constants) that loops, lambdas or helpers
// ask about again and again: one version of the kernel for each of its values, in which the compiler knows
// every answer, and the kernel as it was for all others. Nothing has to be understood of what lies between.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/constants.h"
#include "ke-build/search/rewrites/mode_questions.h"
#include "ke-build/search/rewrites/plain_tests.h"
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/rewrites/versions.h"

#include <algorithm>

namespace ke {
namespace {

constexpr size_t kMostModes = 8;
constexpr size_t kMostModesText = 24576;

struct ModeValue {
  std::string condition, value;
};

struct ModeParameter {
  std::string name;
  std::vector<ModeValue> values;
  bool all = false;  // there are no others
};

std::string plain_mode_type(const std::string& type) {
  std::string plain = trim(type);
  for (bool again = true; again;) {
    again = false;
    for (const char* word : {"const ", "enum "})
      if (starts_with(plain, word)) plain = trim(plain.substr(std::string(word).size())), again = true;
    if (ends_with(plain, " const")) plain = trim(plain.substr(0, plain.size() - 6)), again = true;
  }
  return plain;
}

class Modes {
 public:
  Modes(const Unit& unit, const RewriteRules& rules, const Function& entry)
      : unit_(unit),
        rules_(rules),
        entry_(entry),
        constants_(unit, rules),
        symbols_(symbols_of(unit, entry)),
        equality_(overloads_equality(unit, rules)) {}

  std::optional<ModeParameter> mode(const Parameter& p) const {
    const std::string type = plain_mode_type(p.type);
    if (p.name.empty() || type.find_first_of("*&[<") != std::string::npos) return std::nullopt;
    const ModeQuestions questions(unit_, entry_, p.name);
    if (type == "bool" || type == "_Bool") {
      if (!questions.mentioned()) return std::nullopt;
      return ModeParameter{
          p.name, {{p.name, rules_.cpp ? "true" : "1"}, {"!" + p.name, rules_.cpp ? "false" : "0"}}, true};
    }
    if (!questions.asked() && (is_integer_type(type) || !questions.handed_on())) return std::nullopt;
    std::vector<std::string> words;
    if (is_integer_type(type)) {
      for (const std::string& word : questions.constants())
        if (constants_.is_constant(parse_expression(word), symbols_)) words.push_back(word);
    } else if (!equality_) {
      for (const std::string& one : constants_.enumerators_of(type))
        words.push_back(rules_.cpp ? type + "::" + one : one);
    }
    if (words.empty() || words.size() > kMostModes) return std::nullopt;
    ModeParameter mode{p.name, {}, false};
    for (const std::string& word : words) mode.values.push_back({p.name + " == " + word, word});
    return mode;
  }

 private:
  const Unit& unit_;
  const RewriteRules& rules_;
  const Function& entry_;
  const Constants constants_;
  const Symbols symbols_;
  const bool equality_;
};

// Every value of the one with every value of the others.
std::vector<Version> product(const std::vector<ModeParameter>& modes) {
  std::vector<Version> all{{}};
  for (const ModeParameter& mode : modes) {
    std::vector<Version> next;
    for (const Version& version : all)
      for (const ModeValue& value : mode.values) {
        Version more = version;
        more.condition += (more.condition.empty() ? "" : " && ") + value.condition;
        more.values[mode.name] = value.value;
        next.push_back(std::move(more));
      }
    all = std::move(next);
  }
  return all;
}

bool names_itself(const std::string& text) {
  const std::set<std::string> words = identifiers(text);
  return words.count("__func__") || words.count("__FUNCTION__") || words.count("__PRETTY_FUNCTION__");
}

}  // namespace

std::vector<Rewritten> specialize_mode(const Unit& unit, const RewriteRules& rules, int) {
  const Function& entry = unit.functions.front();
  const std::string body = unit.text.substr(entry.body_begin, entry.end - entry.body_begin);
  if (!entry.clonable || entry.body_begin <= entry.begin || names_itself(body) ||
      unit.text.find(entry.name + "_part") != std::string::npos)
    return {};
  const Modes reader(unit, rules, entry);
  std::vector<ModeParameter> modes;
  size_t copies = 1;
  for (const Parameter& p : entry.parameters) {
    auto mode = reader.mode(p);
    if (!mode || copies * mode->values.size() > kMostModes) continue;
    copies *= mode->values.size();
    modes.push_back(*std::move(mode));
  }
  if (modes.empty() || copies * body.size() > kMostModesText) return {};
  std::vector<Version> versions = product(modes);
  // The last one is what is left.
  if (std::all_of(modes.begin(), modes.end(), [](const ModeParameter& m) { return m.all; }))
    versions.back().condition.clear();
  const auto text =
      with_versions(unit, entry, "_mode", "What is asked in loops is known in each version.", versions);
  if (!text) return {};
  std::string detail;
  for (const ModeParameter& mode : modes)
    detail += (detail.empty() ? "" : ", ") + std::to_string(mode.values.size()) + " values of " + mode.name;
  return {{*text, detail}};
}

}  // namespace ke
