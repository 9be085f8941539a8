// SPDX-License-Identifier: MIT
#include "ke-build/model/codec.h"

#include <nlohmann/json.hpp>

namespace ke {
namespace {

// Reads foreign JSON leniently in one way only: absent keys keep their defaults. Wrong types are errors.
class Fields {
 public:
  Fields(const Json& json, const std::string& origin, const std::string& path) : reader_(json, origin, path) {
    if (auto object = reader_.require_object(); !object) error_ = object.error();
  }
  void read(const char* key, std::string& value) { take(reader_.text_or(key, value), value); }
  void read(const char* key, double& value) { take(reader_.number_or(key, value), value); }
  void read(const char* key, bool& value) { take(reader_.boolean_or(key, value), value); }
  void read(const char* key, std::vector<std::string>& value) { take(reader_.texts_or_empty(key), value); }
  void read(const char* key, int64_t& value) { take(reader_.integer_or(key, value), value); }
  void read(const char* key, int& value) {
    int64_t wide = value;
    read(key, wide);
    value = static_cast<int>(wide);
  }
  const Json* array(const char* key) {
    const Json* value = reader_.get(key);
    if (value && !value->is_array() && error_.message.empty())
      error_ = reader_.error_at(key, "expected an array");
    return value && value->is_array() ? value : nullptr;
  }
  const Json* object(const char* key) {
    const Json* value = reader_.get(key);
    return value && value->is_object() ? value : nullptr;
  }
  void fail(Error error) {
    if (error_.message.empty()) error_ = std::move(error);
  }
  Result<> done() const { return error_.message.empty() ? ok() : Result<>(error_); }

 private:
  template <class T>
  void take(Result<T> result, T& value) {
    if (result)
      value = *std::move(result);
    else
      fail(result.error());
  }
  ObjectReader reader_;
  Error error_;
};

template <class T>
Json list(const std::vector<T>& items) {
  Json array = Json::array();
  for (const T& item : items) array.push_back(to_json(item));
  return array;
}

Result<Speedup> speedup_from(const Json& json, const std::string& origin) {
  Speedup speedup;
  Fields fields(json, origin, "$.speedups[]");
  std::string verdict = "noisy";
  fields.read("workload", speedup.workload);
  fields.read("ratio", speedup.ratio);
  fields.read("low", speedup.low);
  fields.read("high", speedup.high);
  fields.read("confidence", speedup.confidence);
  fields.read("baseline_s", speedup.baseline_s);
  fields.read("candidate_s", speedup.candidate_s);
  fields.read("pairs", speedup.pairs);
  fields.read("blocks", speedup.blocks);
  fields.read("weight", speedup.weight);
  fields.read("verdict", verdict);
  KE_DO(fields.done());
  KE_TRY(speedup.verdict, outcome_from(verdict));
  return speedup;
}

Bound bound_from(const std::string& name) {
  for (const Bound bound : {Bound::memory, Bound::compute, Bound::latency, Bound::launch, Bound::frontend}) {
    if (name == name_of(bound)) return bound;
  }
  return Bound::unknown;
}

Result<Diagnosis> diagnosis_from(const Json& json, const std::string& origin) {
  Diagnosis diagnosis;
  Fields fields(json, origin, "$.diagnoses[]");
  std::string bound;
  fields.read("workload", diagnosis.workload);
  fields.read("bound", bound);
  fields.read("detail", diagnosis.detail);
  fields.read("bytes", diagnosis.bytes);
  fields.read("flops", diagnosis.flops);
  fields.read("bandwidth", diagnosis.bandwidth);
  fields.read("peak_flops", diagnosis.peak_flops);
  fields.read("ceiling", diagnosis.ceiling);
  fields.read("floor_s", diagnosis.floor_s);
  fields.read("efficiency", diagnosis.efficiency);
  fields.read("gain_left", diagnosis.gain_left);
  fields.read("confidence", diagnosis.confidence);
  fields.read("evidence", diagnosis.evidence);
  fields.read("advice", diagnosis.advice);
  KE_DO(fields.done());
  diagnosis.bound = bound_from(bound);
  return diagnosis;
}

}  // namespace

Json to_json(const Move& move) {
  Json json = {{"synthesizer", move.synthesizer}, {"action", move.action}, {"detail", move.detail}};
  if (move.prior > 0) json["prior"] = move.prior;
  return json;
}

Json to_json(const Candidate& candidate) {
  return {{"source", candidate.source},
          {"flags", candidate.flags},
          {"tunables", candidate.tunables},
          {"moves", list(candidate.moves)}};
}

Json to_json(const Recipe& recipe) {
  return {{"compiler", recipe.compiler},
          {"compiler_id", recipe.compiler_id},
          {"compiler_version", recipe.compiler_version},
          {"language", recipe.language},
          {"flags", recipe.flags},
          {"defines", recipe.defines},
          {"includes", recipe.includes},
          {"source", recipe.source},
          {"directory", recipe.directory},
          {"link", recipe.link},
          {"configuration", recipe.configuration}};
}

Json to_json(const Speedup& speedup) {
  return {{"workload", speedup.workload},
          {"ratio", speedup.ratio},
          {"low", speedup.low},
          {"high", speedup.high},
          {"confidence", speedup.confidence},
          {"baseline_s", speedup.baseline_s},
          {"candidate_s", speedup.candidate_s},
          {"pairs", speedup.pairs},
          {"blocks", speedup.blocks},
          {"verdict", name_of(speedup.verdict)},
          {"weight", speedup.weight}};
}

Json to_json(const Diagnosis& diagnosis) {
  return {{"workload", diagnosis.workload},     {"bound", name_of(diagnosis.bound)},
          {"detail", diagnosis.detail},         {"bytes", diagnosis.bytes},
          {"flops", diagnosis.flops},           {"bandwidth", diagnosis.bandwidth},
          {"peak_flops", diagnosis.peak_flops}, {"ceiling", diagnosis.ceiling},
          {"floor_s", diagnosis.floor_s},       {"efficiency", diagnosis.efficiency},
          {"gain_left", diagnosis.gain_left},   {"confidence", diagnosis.confidence},
          {"evidence", diagnosis.evidence},     {"advice", diagnosis.advice}};
}

Json to_json(const Ledger& ledger) {
  return {{"compile_s", ledger.compile_s},
          {"timed_s", ledger.timed_s},
          {"check_s", ledger.check_s},
          {"engine_s", ledger.engine_s}};
}

Json to_json(const Evaluation& evaluation) {
  return {{"candidate", evaluation.candidate},
          {"outcome", name_of(evaluation.outcome)},
          {"reason", evaluation.reason},
          {"rung", evaluation.rung},
          {"repro", evaluation.repro},
          {"folder", evaluation.folder},
          {"speedup", evaluation.speedup},
          {"low", evaluation.low},
          {"high", evaluation.high},
          {"confirmed", evaluation.confirmed},
          {"speedups", list(evaluation.speedups)},
          {"diagnoses", list(evaluation.diagnoses)},
          {"detectable", evaluation.detectable},
          {"level_asked", evaluation.level_asked},
          {"level", evaluation.level},
          {"sandbox", evaluation.sandbox},
          {"ledger", to_json(evaluation.ledger)}};
}

Json to_json(const Change& change) {
  Json affected = Json::array(), unaffected = Json::array();
  for (const OperatorChange& op : change.operators) {
    (op.affected ? affected : unaffected)
        .push_back({{"name", op.name},
                    {"target", op.target},
                    {"spec", op.spec},
                    {"unknown", op.unknown},
                    {"depth", op.depth},
                    {"reason", op.reason},
                    {"reason_text", reason_text(op)}});
  }
  return {{"version", kCodecVersion},
          {"base", change.base},
          {"head", change.head},
          {"affected", affected},
          {"unaffected", unaffected},
          {"changed_files", change.changed_files},
          {"harmless_files", change.harmless_files},
          {"notes", change.notes},
          {"seconds", change.seconds}};
}

Json to_json(const Facts& facts) {
  return {{"family", facts.family}, {"tags", facts.tags}, {"numbers", facts.numbers}};
}

Json to_json(const LearnedNote& note) {
  return {{"on", note.on},
          {"why", note.why},
          {"sessions", note.sessions},
          {"trials", note.trials},
          {"train_s", note.train_s},
          {"held_out_learned", note.learned},
          {"held_out_stated", note.stated},
          {"weight", note.weight}};
}

Json to_json(const Session& session) {
  return {{"version", kCodecVersion},
          {"session", session.id},
          {"operator", session.op},
          {"state", session.state},
          {"stopped_by", session.stopped_by},
          {"policy", session.policy},
          {"seed", session.seed},
          {"engine_version", session.engine_version},
          {"hardware", session.hardware},
          {"compiler", session.compiler},
          {"flags", session.flags},
          {"clean_slate", session.clean_slate},
          {"budget",
           {{"seconds", session.budget.seconds},
            {"evaluations", session.budget.evaluations},
            {"device_s", session.budget.device_s}}},
          {"started", session.started},
          {"finished", session.finished},
          {"elapsed_s", session.elapsed_s},
          {"evaluations", session.evaluations},
          {"outcomes", session.outcomes},
          {"best_node", session.best},
          {"without", session.without},
          {"learned", to_json(session.learned)},
          {"facts", to_json(session.facts)},
          {"ledger", to_json(session.ledger)}};
}

Result<Move> move_from(const Json& json, const std::string& origin) {
  Move move;
  Fields fields(json, origin, "$.moves[]");
  fields.read("synthesizer", move.synthesizer);
  fields.read("action", move.action);
  fields.read("detail", move.detail);
  fields.read("prior", move.prior);
  KE_DO(fields.done());
  return move;
}

Result<Facts> facts_from(const Json& json, const std::string& origin) {
  Facts facts;
  Fields fields(json, origin, "$.facts");
  fields.read("family", facts.family);
  fields.read("tags", facts.tags);
  if (const Json* numbers = fields.object("numbers")) {
    Fields values(*numbers, origin, "$.facts.numbers");
    for (const auto& [name, value] : numbers->items()) values.read(name.c_str(), facts.numbers[name]);
    KE_DO(values.done());
  }
  KE_DO(fields.done());
  return facts;
}

Result<LearnedNote> learned_note_from(const Json& json, const std::string& origin) {
  LearnedNote note;
  Fields fields(json, origin, "$.learned");
  fields.read("on", note.on);
  fields.read("why", note.why);
  fields.read("sessions", note.sessions);
  fields.read("trials", note.trials);
  fields.read("train_s", note.train_s);
  fields.read("held_out_learned", note.learned);
  fields.read("held_out_stated", note.stated);
  fields.read("weight", note.weight);
  KE_DO(fields.done());
  return note;
}

Result<Candidate> candidate_from(const Json& json, const std::string& origin) {
  Candidate candidate;
  Fields fields(json, origin, "$");
  fields.read("source", candidate.source);
  fields.read("flags", candidate.flags);
  if (const Json* tunables = fields.object("tunables")) {
    Fields values(*tunables, origin, "$.tunables");
    for (const auto& [name, value] : tunables->items()) values.read(name.c_str(), candidate.tunables[name]);
    KE_DO(values.done());
  }
  if (const Json* moves = fields.array("moves")) {
    for (const Json& item : *moves) {
      KE_TRY(auto move, move_from(item, origin));
      candidate.moves.push_back(std::move(move));
    }
  }
  KE_DO(fields.done());
  return candidate;
}

Result<Recipe> recipe_from(const Json& json, const std::string& origin) {
  Recipe recipe;
  Fields fields(json, origin, "$");
  fields.read("compiler", recipe.compiler);
  fields.read("compiler_id", recipe.compiler_id);
  fields.read("compiler_version", recipe.compiler_version);
  fields.read("language", recipe.language);
  fields.read("flags", recipe.flags);
  fields.read("defines", recipe.defines);
  fields.read("includes", recipe.includes);
  fields.read("source", recipe.source);
  fields.read("directory", recipe.directory);
  fields.read("link", recipe.link);
  fields.read("configuration", recipe.configuration);
  KE_DO(fields.done());
  return recipe;
}

Result<Evaluation> evaluation_from(const Json& json, const std::string& origin) {
  Evaluation evaluation;
  Fields fields(json, origin, "$");
  std::string outcome = "build_failed";
  fields.read("candidate", evaluation.candidate);
  fields.read("outcome", outcome);
  fields.read("reason", evaluation.reason);
  fields.read("rung", evaluation.rung);
  fields.read("repro", evaluation.repro);
  fields.read("folder", evaluation.folder);
  fields.read("speedup", evaluation.speedup);
  fields.read("low", evaluation.low);
  fields.read("high", evaluation.high);
  fields.read("confirmed", evaluation.confirmed);
  fields.read("detectable", evaluation.detectable);
  fields.read("level", evaluation.level);
  evaluation.level_asked = evaluation.level;  // files from before it was written
  fields.read("level_asked", evaluation.level_asked);
  fields.read("sandbox", evaluation.sandbox);
  if (const Json* speedups = fields.array("speedups")) {
    for (const Json& item : *speedups) {
      KE_TRY(auto speedup, speedup_from(item, origin));
      evaluation.speedups.push_back(std::move(speedup));
    }
  }
  if (const Json* diagnoses = fields.array("diagnoses")) {
    for (const Json& item : *diagnoses) {
      KE_TRY(auto diagnosis, diagnosis_from(item, origin));
      evaluation.diagnoses.push_back(std::move(diagnosis));
    }
  }
  if (const Json* ledger = fields.object("ledger")) {
    Fields seconds(*ledger, origin, "$.ledger");
    seconds.read("compile_s", evaluation.ledger.compile_s);
    seconds.read("timed_s", evaluation.ledger.timed_s);
    seconds.read("check_s", evaluation.ledger.check_s);
    seconds.read("engine_s", evaluation.ledger.engine_s);
    KE_DO(seconds.done());
  }
  KE_DO(fields.done());
  KE_TRY(evaluation.outcome, outcome_from(outcome));
  return evaluation;
}

}  // namespace ke
