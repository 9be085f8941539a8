// SPDX-License-Identifier: MIT
// What of an operator and its code decides which moves pay, in a form that a model can compare.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ke {

struct Facts {
  std::string family;                     // op_type
  std::vector<std::string> tags;          // of the code, element types, contract and bound; ascending
  std::map<std::string, double> numbers;  // log2 of sizes, counts; means over the workloads
};

}  // namespace ke
