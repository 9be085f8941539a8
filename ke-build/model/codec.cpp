// SPDX-License-Identifier: MIT
// A noun that is written and read lists its members once, in `members`; Writer and Reader walk the list.
#include "ke-build/model/codec.h"

#include <nlohmann/json.hpp>

#include <concepts>
#include <type_traits>

namespace ke {
namespace {

// One list serves the noun that is read and the constant one that is written.
template <class T, class Noun>
concept Is = std::same_as<std::remove_const_t<T>, Noun>;

void members(auto& walk, Is<Move> auto& move) {
  walk("synthesizer", move.synthesizer);
  walk("action", move.action);
  walk("detail", move.detail);
  walk("prior", move.prior);
}

void members(auto& walk, Is<Candidate> auto& candidate) {
  walk("source", candidate.source);
  walk("flags", candidate.flags);
  walk("tunables", candidate.tunables);
  walk("moves", candidate.moves);
}

void members(auto& walk, Is<Recipe> auto& recipe) {
  walk("compiler", recipe.compiler);
  walk("compiler_id", recipe.compiler_id);
  walk("compiler_version", recipe.compiler_version);
  walk("language", recipe.language);
  walk("flags", recipe.flags);
  walk("defines", recipe.defines);
  walk("includes", recipe.includes);
  walk("source", recipe.source);
  walk("directory", recipe.directory);
  walk("link", recipe.link);
  walk("configuration", recipe.configuration);
}

void members(auto& walk, Is<Speedup> auto& speedup) {
  walk("workload", speedup.workload);
  walk("ratio", speedup.ratio);
  walk("low", speedup.low);
  walk("high", speedup.high);
  walk("confidence", speedup.confidence);
  walk("baseline_s", speedup.baseline_s);
  walk("candidate_s", speedup.candidate_s);
  walk("pairs", speedup.pairs);
  walk("blocks", speedup.blocks);
  walk("verdict", speedup.verdict);
  walk("weight", speedup.weight);
}

void members(auto& walk, Is<Diagnosis> auto& diagnosis) {
  walk("workload", diagnosis.workload);
  walk("bound", diagnosis.bound);
  walk("detail", diagnosis.detail);
  walk("bytes", diagnosis.bytes);
  walk("flops", diagnosis.flops);
  walk("bandwidth", diagnosis.bandwidth);
  walk("peak_flops", diagnosis.peak_flops);
  walk("ceiling", diagnosis.ceiling);
  walk("floor_s", diagnosis.floor_s);
  walk("efficiency", diagnosis.efficiency);
  walk("gain_left", diagnosis.gain_left);
  walk("confidence", diagnosis.confidence);
  walk("evidence", diagnosis.evidence);
  walk("advice", diagnosis.advice);
}

void members(auto& walk, Is<Ledger> auto& ledger) {
  walk("compile_s", ledger.compile_s);
  walk("timed_s", ledger.timed_s);
  walk("check_s", ledger.check_s);
  walk("engine_s", ledger.engine_s);
}

void members(auto& walk, Is<Coverage> auto& coverage) {
  walk("lines", coverage.lines);
  walk("run", coverage.run);
  walk("uncovered", coverage.uncovered);
}

void members(auto& walk, Is<Evaluation> auto& evaluation) {
  walk("candidate", evaluation.candidate);
  walk("outcome", evaluation.outcome);
  walk("reason", evaluation.reason);
  walk("rung", evaluation.rung);
  walk("repro", evaluation.repro);
  walk("folder", evaluation.folder);
  walk("speedup", evaluation.speedup);
  walk("low", evaluation.low);
  walk("high", evaluation.high);
  walk("confirmed", evaluation.confirmed);
  walk("speedups", evaluation.speedups);
  walk("diagnoses", evaluation.diagnoses);
  walk("detectable", evaluation.detectable);
  walk("environment", evaluation.environment);
  walk("level_asked", evaluation.level_asked);
  walk("level", evaluation.level);
  walk("sandbox", evaluation.sandbox);
  walk("left_out", evaluation.left_out);
  walk("coverage", evaluation.coverage);
  walk("ledger", evaluation.ledger);
}

void members(auto& walk, Is<Facts> auto& facts) {
  walk("family", facts.family);
  walk("tags", facts.tags);
  walk("numbers", facts.numbers);
}

void members(auto& walk, Is<LearnedNote> auto& note) {
  walk("on", note.on);
  walk("why", note.why);
  walk("sessions", note.sessions);
  walk("trials", note.trials);
  walk("train_s", note.train_s);
  walk("held_out_learned", note.learned);
  walk("held_out_stated", note.stated);
  walk("weight", note.weight);
}

struct Writer {
  Json json = Json::object();
  void operator()(const char* key, const auto& value) { json[key] = value; }
  void operator()(const char* key, Outcome value) { json[key] = name_of(value); }
  void operator()(const char* key, Bound value) { json[key] = name_of(value); }
  void operator()(const char* key, const Ledger& value) { json[key] = to_json(value); }
  void operator()(const char* key, const Coverage& value) { json[key] = to_json(value); }
  void operator()(const char* key, const std::vector<Move>& value) { json[key] = list(value); }
  void operator()(const char* key, const std::vector<Speedup>& value) { json[key] = list(value); }
  void operator()(const char* key, const std::vector<Diagnosis>& value) { json[key] = list(value); }

 private:
  static Json list(const auto& items) {
    Json array = Json::array();
    for (const auto& item : items) array.push_back(to_json(item));
    return array;
  }
};

// Lenient in one way only: what is absent keeps its default. Wrong types are errors; the first one counts.
class Reader {
 public:
  Reader(const Json& json, const std::string& origin, const std::string& path)
      : fields_(json, origin, path), error_(fields_.require_object()) {}

  void operator()(const char* key, std::string& value) { take(fields_.text_or(key, value), value); }
  void operator()(const char* key, double& value) { take(fields_.number_or(key, value), value); }
  void operator()(const char* key, bool& value) { take(fields_.boolean_or(key, value), value); }
  void operator()(const char* key, int64_t& value) { take(fields_.integer_or(key, value), value); }
  void operator()(const char* key, int& value) {
    int64_t wide = value;
    (*this)(key, wide);
    value = static_cast<int>(wide);
  }
  void operator()(const char* key, std::vector<std::string>& value) {
    take(fields_.texts_or_empty(key), value);
  }
  void operator()(const char* key, Outcome& value) {
    std::string name = name_of(value);
    (*this)(key, name);
    take(outcome_from(name), value);
  }
  void operator()(const char* key, Bound& value) {
    std::string name = name_of(value);
    (*this)(key, name);
    value = Bound::unknown;
    for (const Bound bound : {Bound::memory, Bound::compute, Bound::latency, Bound::launch, Bound::frontend})
      if (name == name_of(bound)) value = bound;
  }
  template <class Value>
  void operator()(const char* key, std::map<std::string, Value>& values) {
    const Json* json = fields_.get(key);
    if (json == nullptr) return;
    Reader items(*json, fields_.origin(), fields_.path_of(key));
    if (json->is_object())
      for (const auto& [name, ignored] : json->items()) items(name.c_str(), values[name]);
    keep(items.done());
  }
  template <class Noun>
  void operator()(const char* key, std::vector<Noun>& values) {
    const Json* json = fields_.get(key);
    if (json == nullptr) return;
    if (!json->is_array()) return keep(fields_.error_at(key, "expected an array"));
    for (const Json& item : *json) read(item, fields_.path_of(key) + "[]", values.emplace_back());
  }
  void operator()(const char* key, Ledger& value) { read_member(key, value); }
  void operator()(const char* key, Coverage& value) { read_member(key, value); }
  Result<> done() const { return error_; }

 private:
  void read_member(const char* key, auto& noun) {
    if (const Json* json = fields_.get(key)) read(*json, fields_.path_of(key), noun);
  }
  void read(const Json& json, const std::string& path, auto& noun) {
    Reader inner(json, fields_.origin(), path);
    members(inner, noun);
    keep(inner.done());
  }
  void keep(Result<> result) {
    if (error_ && !result) error_ = std::move(result);
  }
  template <class T>
  void take(Result<T> result, T& value) {
    if (result)
      value = *std::move(result);
    else
      keep(result.error());
  }
  ObjectReader fields_;
  Result<> error_;
};

Json written(const auto& noun) {
  Writer writer;
  members(writer, noun);
  return std::move(writer.json);
}

template <class Noun>
Result<Noun> read(const Json& json, const std::string& origin, const std::string& path) {
  Noun noun;
  Reader reader(json, origin, path);
  members(reader, noun);
  KE_DO(reader.done());
  return noun;
}

}  // namespace

Json to_json(const Move& move) {
  Json json = written(move);
  if (move.prior <= 0) json.erase("prior");
  return json;
}
Json to_json(const Candidate& candidate) { return written(candidate); }
Json to_json(const Recipe& recipe) { return written(recipe); }
Json to_json(const Speedup& speedup) { return written(speedup); }
Json to_json(const Diagnosis& diagnosis) { return written(diagnosis); }
Json to_json(const Ledger& ledger) { return written(ledger); }
Json to_json(const Coverage& coverage) { return written(coverage); }
Json to_json(const Evaluation& evaluation) { return written(evaluation); }
Json to_json(const Facts& facts) { return written(facts); }
Json to_json(const LearnedNote& note) { return written(note); }

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
  return read<Move>(json, origin, "$.moves[]");
}
Result<Candidate> candidate_from(const Json& json, const std::string& origin) {
  return read<Candidate>(json, origin, "$");
}
Result<Recipe> recipe_from(const Json& json, const std::string& origin) {
  return read<Recipe>(json, origin, "$");
}
Result<Facts> facts_from(const Json& json, const std::string& origin) {
  return read<Facts>(json, origin, "$.facts");
}
Result<LearnedNote> learned_note_from(const Json& json, const std::string& origin) {
  return read<LearnedNote>(json, origin, "$.learned");
}
Result<Evaluation> evaluation_from(const Json& json, const std::string& origin) {
  KE_TRY(auto evaluation, read<Evaluation>(json, origin, "$"));
  // Files from before `level_asked` was written.
  if (!json.contains("level_asked")) evaluation.level_asked = evaluation.level;
  return evaluation;
}

}  // namespace ke
