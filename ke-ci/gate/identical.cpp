// SPDX-License-Identifier: MIT
#include "ke-ci/gate/identical.h"

#include "ke-build/base/elf.h"
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/backend.h"

#include <fmt/format.h>

namespace ke {
namespace {

// File names in assertions differ by their root alone; both roots are equally long, so that no byte moves.
std::string neutral(std::string bytes, const CodeSide& side) {
  bytes = replace_all(std::move(bytes), side.folder, std::string(side.folder.size(), '~'));
  return replace_all(std::move(bytes), side.root, std::string(side.root.size(), '~'));
}

/// Shared libraries that the project builds itself: their code runs too, but is not inside the program.
std::vector<std::string> own_libraries(const CodeSide& side) {
  std::vector<std::string> libraries;
  for (const std::string& item : side.subject.recipe.link) {
    const bool shared = ends_with(item, ".so") || item.find(".so.") != std::string::npos;
    if (shared && starts_with(item, side.root)) libraries.push_back(item);
  }
  return libraries;
}

Result<Product> build_side(const Operator& op, const CodeSide& side, double timeout_s) {
  KE_TRY(const auto backend, backend_for(op.kernel.language));
  KE_DO(make_dirs(side.folder));
  // Its own cache, so that what all builds share lies at the same relative place on both sides.
  return backend->build({op, side.subject.recipe, side.subject.candidate, Role::kernel, side.folder,
                         "program", join(side.folder, "cache"), timeout_s});
}

}  // namespace

CodeAnswer compare_files(const std::string& base, const std::string& head, const CodeSide& base_side,
                         const CodeSide& head_side) {
  const auto before = loaded_sections(base, "base"), after = loaded_sections(head, "head");
  if (!before || !after) return {false, !before ? before.error().message : after.error().message};
  for (const auto& [name, bytes] : *before) {
    const auto other = after->find(name);
    if (other == after->end()) return {false, fmt::format("section {} is gone", name)};
    if (neutral(bytes, base_side) != neutral(other->second, head_side))
      return {false, fmt::format("section {} differs", name)};
  }
  for (const auto& [name, bytes] : *after) {
    if (!before->count(name)) return {false, fmt::format("section {} is new", name)};
  }
  return {true, "all loaded sections are the same"};
}

Result<CodeAnswer> same_machine_code(const Operator& op, const CodeSide& base, const CodeSide& head,
                                     double timeout_s) {
  if (base.root.size() != head.root.size() || base.folder.size() != head.folder.size())
    return CodeAnswer{false, "the folders differ in length"};
  KE_TRY(const auto base_product, build_side(op, base, timeout_s));
  KE_TRY(const auto head_product, build_side(op, head, timeout_s));
  if (!base_product.built || !head_product.built) return CodeAnswer{false, "it does not build on both sides"};
  std::vector<std::pair<std::string, std::string>> pairs = {{base_product.program, head_product.program}};
  const auto base_libraries = own_libraries(base), head_libraries = own_libraries(head);
  if (base_libraries.size() != head_libraries.size())
    return CodeAnswer{false, "it is linked with other shared libraries"};
  for (size_t i = 0; i < base_libraries.size(); ++i) pairs.emplace_back(base_libraries[i], head_libraries[i]);
  for (const auto& [base_path, head_path] : pairs) {
    KE_TRY(const auto base_bytes, read_file(base_path));
    KE_TRY(const auto head_bytes, read_file(head_path));
    CodeAnswer answer = compare_files(base_bytes, head_bytes, base, head);
    if (!answer.identical) return answer;
  }
  return CodeAnswer{true, "all loaded sections are the same"};
}

}  // namespace ke
