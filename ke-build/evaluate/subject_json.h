// SPDX-License-Identifier: MIT
// What an evaluation folder keeps beside its verdict: subject.json, everything that is needed to repeat it.
// It is read back as hostile input: a folder may come from another machine.
#pragma once

#include "ke-build/base/json.h"
#include "ke-build/evaluate/evaluate.h"

namespace ke {

/// An operator's contract, a version of it and the baseline it is compared with; without the two source
/// texts.
struct SubjectFile {
  Registration registration;
  std::string spec_text;  // as it was when the folder was made
  Subject baseline, subject;
  std::string state_dir;  // where pools and ceilings are kept
};
Json subject_json(const SubjectFile& file);
/// ERRORS: usage, naming origin and JSON path.
Result<SubjectFile> subject_from(const Json& json, const std::string& origin);

}  // namespace ke
