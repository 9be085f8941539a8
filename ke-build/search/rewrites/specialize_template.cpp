// SPDX-License-Identifier: MIT
// A function template cannot be built for several instruction sets. The one type for which it is instantiated
// moves into a plain function, which can, and to which the template forwards.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

namespace ke {
namespace {

std::string with_words_replaced(const std::string& text, const std::string& word, const std::string& by) {
  Expr verbatim{Expr::Kind::opaque, text, {}};
  substitute(verbatim, word, Expr::name(by));
  return verbatim.text;
}

// The name of the plain function: softmax_float.
std::string plain_name(const Function& entry, const std::string& type) {
  return entry.name + "_" + replace_all(replace_all(type, "std::", ""), " ", "_");
}

std::string arguments_of(const Function& entry) {
  std::vector<std::string> names;
  for (const Parameter& p : entry.parameters) names.push_back(p.name);
  return join_texts(names, ", ");
}

}  // namespace

std::vector<Rewritten> specialize_template(const Unit& unit, const RewriteRules&, int) {
  const Function& entry = unit.functions.front();
  if (entry.template_parameters.size() != 1 || entry.template_parameters[0].empty() ||
      entry.template_begin == 0)
    return {};
  std::vector<const Instantiation*> found;
  for (const Instantiation& i : unit.instantiations)
    if (i.name == entry.name && i.arguments.size() == 1) found.push_back(&i);
  // One type: the kernel that is measured. Others would go unmeasured.
  if (found.size() != 1 || found[0]->begin < entry.end) return {};
  const std::string& type = found[0]->arguments[0];
  const std::string name = plain_name(entry, type);
  std::string head = unit.text.substr(entry.begin, entry.body_begin - entry.begin);
  for (const char* word : {"inline", "constexpr", "static", "auto"})
    if (identifiers(head).count(word)) return {};
  if (unit.text.find(name) != std::string::npos || identifiers(type).size() != 1 ||
      type.find_first_of("<>*&") != std::string::npos)
    return {};
  std::string copy = with_words_replaced(unit.text.substr(entry.begin, entry.end - entry.begin),
                                         entry.template_parameters[0], type);
  size_t at = copy.find(entry.name + "(");
  if (at == std::string::npos || at > head.size()) return {};
  copy.replace(at, entry.name.size(), name);
  bool value = entry.return_type != "void";
  std::string forward =
      "\n  // The instantiated type has a function of its own.\n  if constexpr (std::is_same<" +
      entry.template_parameters[0] + ", " + type + ">::value) {\n    " + (value ? "return " : "") + name +
      "(" + arguments_of(entry) + ");\n" + (value ? "" : "    return;\n") + "  }";
  std::string text = unit.text;
  text.insert(entry.body_begin + 1, forward);
  text.insert(entry.template_begin, "static " + copy + "\n\n");
  text = with_preamble(text, unit.preamble_at, "<type_traits>", "#include <type_traits>\n");
  if (!parses_as_well(unit, text)) return {};
  return {{text, name + " for " + entry.name + "<" + type + ">"}};
}

}  // namespace ke
