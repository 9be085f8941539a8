// SPDX-License-Identifier: MIT
#include "ke-build/detect/targets.h"

#include <fmt/format.h>

#include <set>

namespace ke {

Result<Targets> Targets::open(const Project& project) {
  Targets targets;
  KE_TRY(targets.model_, read_code_model(project.build_dir));
  KE_TRY(const ConfigurationModel* chosen, targets.model_.configuration(project.configuration));
  targets.configuration_ = *chosen;
  return targets;
}

Result<const TargetModel*> Targets::load(const TargetRef& ref) {
  const auto found = loaded_.find(ref.id);
  if (found != loaded_.end()) return &found->second;
  KE_TRY(auto target, read_target(model_, ref));
  return &loaded_.emplace(ref.id, std::move(target)).first->second;
}

Result<const TargetModel*> Targets::find(const std::string& name) {
  for (const TargetRef& ref : configuration_.targets) {
    if (ref.name == name) return load(ref);
  }
  return Error{ErrorCode::not_found, fmt::format("no CMake target '{}' in {}", name, model_.build_dir)};
}

Result<std::vector<const TargetModel*>> Targets::with_dependencies(const std::string& name) {
  KE_TRY(const TargetModel* target, find(name));
  std::vector<const TargetModel*> result{target};
  const std::set<std::string> wanted(target->dependencies.begin(), target->dependencies.end());
  for (const TargetRef& ref : configuration_.targets) {
    if (!wanted.contains(ref.id)) continue;
    KE_TRY(const TargetModel* dependency, load(ref));
    result.push_back(dependency);
  }
  return result;
}

}  // namespace ke
