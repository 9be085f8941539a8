// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/signature.h"

namespace ke::cst {

TSNode function_declarator(TSNode node, std::string& suffix) {
  TSNode declarator = field(node, "declarator");
  while (!ts_node_is_null(declarator) && !is(declarator, "function_declarator")) {
    suffix += is(declarator, "pointer_declarator") ? "*" : is(declarator, "reference_declarator") ? "&" : "";
    std::vector<TSNode> inner = named_children(declarator);
    declarator = inner.empty() ? TSNode{} : inner.back();
  }
  return declarator;
}

void read_parameters(const Source& source, TSNode list, std::vector<Parameter>& parameters) {
  for (TSNode child : named_children(list)) {
    if (is(child, "comment")) continue;
    Parameter parameter;
    TSNode declarator = field(child, "declarator");
    if (ts_node_is_null(declarator)) {
      parameter.type = folded(source.of(child));
    } else {
      Declarator read = read_declarator(source, declarator);
      parameter.type =
          folded(source.between(ts_node_start_byte(child), ts_node_start_byte(declarator))) + read.suffix;
      parameter.name = read.name;
      parameter.restricted = read.restricted;
      if (!read.sizes.empty()) parameter.type += "*";
    }
    parameters.push_back(parameter);
  }
}

}  // namespace ke::cst
