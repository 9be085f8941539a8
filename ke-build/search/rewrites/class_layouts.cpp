// SPDX-License-Identifier: MIT
// Classes down to their numbers.
#include "ke-build/search/rewrites/class_values.h"
#include "ke-build/search/rewrites/class_words.h"

#include <algorithm>

namespace ke {

const Layout* Layouts::find(const std::string& type) {
  const auto [place, fresh] = known_.try_emplace(type);
  if (fresh && identifiers(words::last_name(type)).count(words::last_name(type)) &&
      !words::is_number_type(type))
    place->second = read(type, 0);
  return place->second ? &*place->second : nullptr;
}

std::optional<Layout> Layouts::read(const std::string& type, int depth) {
  auto of = depth < 4 ? read_class(text_, type, headers_) : std::nullopt;
  if (!of) return std::nullopt;
  for (const Method& m : of->methods)
    if (m.name == "operator=" || m.name == "operator&") return std::nullopt;
  Layout layout{*std::move(of), {}, true};
  layout.bare = layout.of.constructors.empty();
  for (const Field& field : layout.of.fields) {
    layout.bare = layout.bare && !field.start;
    if (is_floating_type(field.type) || is_integer_type(field.type)) {
      layout.leaves.push_back({"." + field.name, value_type(field.type)});
      continue;
    }
    const auto inner = read(field.type, depth + 1);
    if (!inner) return std::nullopt;
    layout.bare = layout.bare && inner->bare;
    for (const Layout::Leaf& leaf : inner->leaves)
      layout.leaves.push_back({"." + field.name + leaf.path, leaf.type});
  }
  return layout;
}

}  // namespace ke
