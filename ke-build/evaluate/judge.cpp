// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/judge.h"

#include "ke-build/base/files.h"
#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/machine_dir.h"
#include "ke-build/evaluate/rungs.h"
#include "ke-build/evaluate/subject_json.h"
#include "ke-build/model/codec.h"
#include "ke-build/model/spec.h"
#include "ke-build/model/tunables.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace ke {
namespace {

const std::vector<std::string> kRungs = {"compile", "verify", "beside", "sanitize", "guided", "bench"};

struct Loaded {
  Operator op;
  SubjectFile file;
};

Result<std::string> source_in(const std::string& folder, const std::string& place, const Subject& subject) {
  const std::string name = std::filesystem::path(subject.recipe.source).filename().string();
  return read_file(join(folder, place + "/" + name));
}

Result<Loaded> load(const std::string& folder) {
  const std::string path = join(folder, "subject.json");
  if (!exists(path)) {
    return Error{ErrorCode::usage,
                 folder + ": no subject.json; expected a folder below <build>/ke/evaluations"};
  }
  KE_TRY(const Json json, read_json(path));
  Loaded loaded;
  KE_TRY(loaded.file, subject_from(json, path));
  KE_TRY(loaded.file.subject.candidate.source, source_in(folder, "source", loaded.file.subject));
  KE_TRY(loaded.file.baseline.candidate.source, source_in(folder, "baseline", loaded.file.baseline));
  KE_TRY(loaded.op, parse_spec(loaded.file.spec_text, loaded.file.registration.spec));
  loaded.op.target = loaded.file.registration.target;
  loaded.op.sources = loaded.file.registration.sources;
  KE_DO(add_source_tunables(loaded.op, loaded.file.baseline.candidate.source,
                            loaded.file.baseline.recipe.source));
  return loaded;
}

// Compiling needs no reference and no inputs; the other rungs open a judge with data of its own.
Result<Evaluation> compile_only(const std::string& folder, const Loaded& loaded) {
  JudgeState state;
  state.op = loaded.op;
  state.baseline = loaded.file.baseline;
  state.options.state_dir = loaded.file.state_dir;
  KE_TRY(state.backend, backend_for(loaded.op.kernel.language));
  state.folders = std::make_unique<Folders>(*state.backend, loaded.file.state_dir, state.options.build_s);
  Evaluation evaluation;
  evaluation.folder = folder;
  const Deadline deadline(600);
  const Exam none;
  Climb climb{state, loaded.file.subject, none, Effort::screen, deadline, evaluation, {}, false};
  KE_TRY(const bool standing, compile_rung(climb));
  if (standing) {
    evaluation.outcome = Outcome::equal;
    evaluation.reason = "compile: built";
  }
  return evaluation;
}

Result<Evaluation> climb_to(const std::string& folder, const Loaded& loaded, const std::string& rung) {
  EvaluateOptions options;
  options.state_dir = loaded.file.state_dir;
  options.machine_dir = machine_dir(options.state_dir);
  KE_TRY(const std::unique_ptr<JudgeState> state,
         open_judge(loaded.op, loaded.file.baseline, options,
                    rung == "bench" ? Purpose::measure : Purpose::verify));
  Evaluation evaluation;
  evaluation.folder = folder;
  evaluation.sandbox = sandbox_layers(SandboxRole::runner);
  evaluation.environment = environment_text(state->begun);
  const Deadline deadline(3600);
  Climb climb{*state, loaded.file.subject, state->exam, Effort::decide, deadline, evaluation, {}, false};
  KE_TRY(bool standing, compile_rung(climb));
  if (standing && rung == "verify") {
    KE_TRY(standing, verify_rung(climb));
  } else if (standing && rung == "beside") {
    KE_TRY(standing, beside_rung(climb));
  } else if (standing && rung == "sanitize") {
    KE_TRY(standing, sanitize_rung(climb));
  } else if (standing && rung == "guided") {
    KE_TRY(standing, guided_rung(climb));
  } else if (standing) {
    KE_TRY(standing, bench_rung(climb));
    if (standing) {
      KE_TRY(standing, elsewhere_rung(climb));
    }
  }
  if (standing && rung != "bench") {
    evaluation.outcome = Outcome::equal;
    evaluation.reason = rung + ": nothing found";
    for (const std::string& one : evaluation.left_out) evaluation.reason += "; left out: " + one;
  }
  return evaluation;
}

}  // namespace

bool passed(const Evaluation& evaluation) { return evaluation.outcome >= Outcome::noisy; }

Result<Evaluation> judge_folder(const std::string& folder, const std::string& rung) {
  if (std::find(kRungs.begin(), kRungs.end(), rung) == kRungs.end()) {
    return Error{ErrorCode::usage, "unknown rung '" + rung + "'" + suggestion(rung, kRungs) +
                                       "; expected one of " + join_texts(kRungs, ", ")};
  }
  const std::string path = canonical(folder);
  KE_TRY(const Loaded loaded, load(path));
  Result<Evaluation> evaluation =
      rung == "compile" ? compile_only(path, loaded) : climb_to(path, loaded, rung);
  if (!evaluation) return std::move(evaluation).error();
  evaluation->candidate = candidate_hash(loaded.file.subject.candidate);
  KE_DO(write_file(join(path, rung + ".json"), to_text(to_json(*evaluation))));
  return evaluation;
}

}  // namespace ke
