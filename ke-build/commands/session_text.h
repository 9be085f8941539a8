// SPDX-License-Identifier: MIT
// What a session or an evaluation looks like on a terminal and in --json documents.
#pragma once

#include "ke-build/base/json.h"
#include "ke-build/pipeline.h"

#include <string>

namespace ke {

/// "2.31x [2.20, 2.42]"
std::string ratio_text(double ratio, double low, double high);
/// "1.23 ms"
std::string time_text(double seconds);
/// The lines printed at a session's end: verdict, workloads, bound class, where the wall time went.
std::string session_text(const SearchResult& result);
/// "learned model of moves: on (on 12 held-out families ...)"
std::string learned_text(const LearnedNote& note);
Json session_json(const SearchResult& result);
/// One line per workload; with evidence, confidence and advice when `explain`.
std::string diagnosis_text(const std::vector<Diagnosis>& diagnoses, bool explain);
std::string evaluation_text(const Evaluation& evaluation, bool explain);
/// "compiling 41 %, timed calls 35 %, reference and checks 20 %, engine 4 % of 61.2 s"
std::string ledger_text(const Ledger& ledger);

}  // namespace ke
