// SPDX-License-Identifier: MIT
// Types of the fields of structures, as their definitions in a text say.
#pragma once

#include <string>

namespace ke {

/// "float" for the field `mass` of `struct Body { float x, y; float mass; }`; "" unless it is one number of
/// a type that the language knows, and the structure is defined once.
std::string field_type(const std::string& text, const std::string& structure, const std::string& field);

}  // namespace ke
