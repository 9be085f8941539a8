// SPDX-License-Identifier: MIT
// The targets of one configuration, read from the File API when they are first asked for.
#pragma once

#include "ke-build/project/file_api.h"
#include "ke-build/project/project.h"

#include <map>
#include <string>

namespace ke {

class Targets {
 public:
  static Result<Targets> open(const Project& project);

  const CodeModel& model() const { return model_; }
  const ConfigurationModel& chosen() const { return configuration_; }
  const std::string& configuration() const { return configuration_.name; }
  /// ERRORS: not_found.
  Result<const TargetModel*> find(const std::string& name);
  /// The target and everything that it depends on. ERRORS: not_found.
  Result<std::vector<const TargetModel*>> with_dependencies(const std::string& name);

 private:
  Result<const TargetModel*> load(const TargetRef& ref);

  CodeModel model_;
  ConfigurationModel configuration_;
  std::map<std::string, TargetModel> loaded_;  // by id
};

}  // namespace ke
