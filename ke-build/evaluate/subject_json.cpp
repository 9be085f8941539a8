// SPDX-License-Identifier: MIT
// subject.json: what is needed to repeat an evaluation by hand. The sources are files beside it, which may
// hold any bytes.
#include "ke-build/evaluate/subject_json.h"

#include "ke-build/model/codec.h"

#include <nlohmann/json.hpp>

namespace ke {
namespace {

Json version_json(const Subject& subject) {
  Candidate candidate = subject.candidate;
  candidate.source.clear();
  return {{"recipe", to_json(subject.recipe)}, {"candidate", to_json(candidate)}};
}

Result<Subject> version_from(ObjectReader& parent, const std::string& key) {
  const Json* json = parent.get(key);
  if (json == nullptr) return parent.error_at(key, "found nothing, expected an object");
  ObjectReader reader(*json, parent.origin(), parent.path_of(key));
  KE_DO(reader.require_object());
  const Json* recipe = reader.get("recipe");
  const Json* candidate = reader.get("candidate");
  if (recipe == nullptr) return reader.error_at("recipe", "found nothing, expected an object");
  if (candidate == nullptr) return reader.error_at("candidate", "found nothing, expected an object");
  KE_DO(reader.finish());
  Subject subject;
  KE_TRY(subject.recipe, recipe_from(*recipe, reader.origin()));
  KE_TRY(subject.candidate, candidate_from(*candidate, reader.origin()));
  return subject;
}

}  // namespace

Json subject_json(const SubjectFile& file) {
  return {{"version", kCodecVersion},
          {"name", file.registration.name},
          {"target", file.registration.target},
          {"spec", file.registration.spec},
          {"sources", file.registration.sources},
          {"declared_at", file.registration.declared_at},
          {"spec_text", file.spec_text},
          {"state_dir", file.state_dir},
          {"baseline", version_json(file.baseline)},
          {"subject", version_json(file.subject)}};
}

Result<SubjectFile> subject_from(const Json& json, const std::string& origin) {
  ObjectReader reader(json, origin, "$");
  KE_DO(reader.require_object());
  KE_TRY(const int64_t version, reader.integer("version"));
  if (version != kCodecVersion) {
    return reader.error_at(
        "version", "found " + std::to_string(version) + ", expected " + std::to_string(kCodecVersion));
  }
  SubjectFile file;
  KE_TRY(file.registration.name, reader.text("name"));
  KE_TRY(file.registration.target, reader.text_or("target", ""));
  KE_TRY(file.registration.spec, reader.text("spec"));
  KE_TRY(file.registration.sources, reader.texts_or_empty("sources"));
  KE_TRY(file.registration.declared_at, reader.text_or("declared_at", ""));
  KE_TRY(file.spec_text, reader.text("spec_text"));
  KE_TRY(file.state_dir, reader.text("state_dir"));
  KE_TRY(file.baseline, version_from(reader, "baseline"));
  KE_TRY(file.subject, version_from(reader, "subject"));
  KE_DO(reader.finish());
  return file;
}

}  // namespace ke
