// SPDX-License-Identifier: MIT
// From a target of the code model to the command that compiles one of its sources and what it links.
#pragma once

#include "ke-build/model/recipe.h"
#include "ke-build/project/file_api.h"

#include <string>
#include <vector>

namespace ke {

/// The group that compiles `source`; a source inside a unity file has that file's group.
/// ERRORS: not_found, with the target's nearest source.
Result<const CompileGroup*> group_of(const TargetModel& target, const std::string& source);

/// Everything of a Recipe but `link`. ERRORS: not_found, usage (no toolchain for the language).
Result<Recipe> compile_recipe(const CodeModel& model, const TargetModel& target, const std::string& source,
                              const std::string& configuration);

/// Objects, archives and libraries behind the kernel, in link order, without the kernel's own object:
/// - static library: its archive; objects that the adapter replaces are not pulled from it;
/// - executable, object, shared and module library: the other objects (hidden symbols stay reachable), except
/// one that
///   defines main();
/// - then what the target links: from its own link line or, for a static library, from the shortest link line
/// in the
///   project that contains its archive; without any, the artifacts of the targets that it depends on.
Result<std::vector<std::string>> link_inputs(const CodeModel& model, const ConfigurationModel& configuration,
                                             const TargetModel& target, const std::string& source);

}  // namespace ke
