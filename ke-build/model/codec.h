// SPDX-License-Identifier: MIT
// Nouns <-> JSON, one pair per noun; what --json prints and what evaluation folders keep. kCodecVersion names
// the format in every document (docs/cli/json.md).
#pragma once

#include "ke-build/base/json.h"
#include "ke-build/model/change.h"
#include "ke-build/model/recipe.h"
#include "ke-build/model/session.h"

namespace ke {

inline constexpr int kCodecVersion = 1;

Json to_json(const Move& move);
Json to_json(const Candidate& candidate);
Json to_json(const Recipe& recipe);
Json to_json(const Speedup& speedup);
Json to_json(const Diagnosis& diagnosis);
Json to_json(const Ledger& ledger);
Json to_json(const Coverage& coverage);
Json to_json(const Evaluation& evaluation);
Json to_json(const Change& change);
Json to_json(const Facts& facts);
Json to_json(const LearnedNote& note);
Json to_json(const Session& session);

Result<Move> move_from(const Json& json, const std::string& origin);
Result<Candidate> candidate_from(const Json& json, const std::string& origin);
Result<Recipe> recipe_from(const Json& json, const std::string& origin);
Result<Facts> facts_from(const Json& json, const std::string& origin);
Result<LearnedNote> learned_note_from(const Json& json, const std::string& origin);
Result<Evaluation> evaluation_from(const Json& json, const std::string& origin);

}  // namespace ke
