// SPDX-License-Identifier: MIT
#include "ke-build/commands/session_text.h"

#include "ke-build/base/text.h"
#include "ke-build/model/codec.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ke {

std::string ratio_text(double ratio, double low, double high) {
  return fmt::format("{:.2f}x [{:.2f}, {:.2f}]", ratio, low, high);
}

std::string time_text(double seconds) {
  if (seconds < 1e-6) return fmt::format("{:.0f} ns", seconds * 1e9);
  if (seconds < 1e-3) return fmt::format("{:.2f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.2f} ms", seconds * 1e3);
  return fmt::format("{:.2f} s", seconds);
}

std::string ledger_text(const Ledger& ledger) {
  const double total = ledger.compile_s + ledger.timed_s + ledger.check_s + ledger.engine_s;
  const auto share = [&](double part) { return total > 0 ? 100 * part / total : 0; };
  return fmt::format(
      "compiling {:.0f} %, timed calls {:.0f} %, reference and checks {:.0f} %, engine {:.0f} % of {:.1f} s",
      share(ledger.compile_s), share(ledger.timed_s), share(ledger.check_s), share(ledger.engine_s), total);
}

namespace {

std::string speedup_lines(const Evaluation& evaluation) {
  std::string text;
  for (const Speedup& speedup : evaluation.speedups) {
    text += fmt::format("  {:<16} {:>10} -> {:>10}  {}  {} ({} pairs)\n", speedup.workload,
                        time_text(speedup.baseline_s), time_text(speedup.candidate_s),
                        ratio_text(speedup.ratio, speedup.low, speedup.high), name_of(speedup.verdict),
                        speedup.pairs);
  }
  return text;
}

std::string unconfirmed_line(const Unconfirmed& unconfirmed) {
  if (unconfirmed.speedup <= 1) return "";
  return fmt::format("  the best candidate, {:.2f}x when screened: {}\n", unconfirmed.speedup,
                     unconfirmed.why);
}

}  // namespace

std::string diagnosis_text(const std::vector<Diagnosis>& diagnoses, bool explain) {
  std::string text;
  for (const Diagnosis& diagnosis : diagnoses) {
    text +=
        fmt::format("  {:<16} {}, {}\n", diagnosis.workload, bound_text(diagnosis), ceiling_text(diagnosis));
    if (!explain) continue;
    text += "    confidence: " + diagnosis.confidence + "\n";
    for (const std::string& line : diagnosis.evidence) text += "    evidence: " + line + "\n";
    for (const std::string& line : diagnosis.advice) text += "    advice: " + line + "\n";
  }
  return text;
}

std::string coverage_lines(const Coverage& coverage) {
  std::string text = coverage_text(coverage);
  if (!text.empty()) text += "\n";
  for (const std::string& place : coverage.uncovered) text += "  not covered: " + place + "\n";
  return text;
}

std::string evaluation_text(const Evaluation& evaluation, bool explain) {
  std::string text = fmt::format("{}: {}\n", name_of(evaluation.outcome), evaluation.reason);
  if (evaluation.level != evaluation.level_asked) text += "level " + level_text(evaluation) + "\n";
  for (const std::string& one : evaluation.left_out) text += "left out: " + one + "\n";
  text += coverage_lines(evaluation.coverage);
  text += speedup_lines(evaluation) + diagnosis_text(evaluation.diagnoses, explain);
  if (!evaluation.repro.empty()) text += "repeat with: " + evaluation.repro + "\n";
  return text;
}

std::string learned_text(const LearnedNote& note) {
  return fmt::format("learned model of moves: {} ({})", note.on ? "on" : "off",
                     note.why.empty() ? "nothing is recorded" : note.why);
}

std::string session_text(const SearchResult& result) {
  const Session& session = result.session;
  std::string counts;
  for (const auto& [outcome, count] : session.outcomes) counts += fmt::format(" {} {}", count, outcome);
  std::string text =
      fmt::format("{}: {} evaluations in {:.0f} s ({}), {}:{}\n", session.op, session.evaluations,
                  session.elapsed_s, session.policy, stop_clause(session.stopped_by), counts);
  if (session.best == 0) {
    text += std::string(session.evaluations == 0 ? "no candidate was evaluated; give it more than that\n"
                                                 : "no confirmed winner; the kernel stays as it is\n") +
            unconfirmed_line(result.unconfirmed) +
            diagnosis_text(result.baseline.evaluation.diagnoses, false);
  } else {
    const Evaluation& best = result.best.evaluation;
    text += fmt::format("winner {} {}\n", best.candidate, ratio_text(best.speedup, best.low, best.high));
    text += speedup_lines(best) + coverage_lines(best.coverage) + diagnosis_text(best.diagnoses, false);
    for (const Move& move : result.best.candidate.moves) {
      text += fmt::format("  did {}/{} {}\n", move.synthesizer, move.action, move.detail);
    }
    text += "repeat with: " + best.repro + "\n";
  }
  if (!session.without.empty()) text += "without: " + join_texts(session.without, ", ") + "\n";
  text += learned_text(session.learned) + "\n";
  return text + "time: " + ledger_text(session.ledger) + "\nsession " + session.id + "\n";
}

Json session_json(const SearchResult& result) {
  Json document = to_json(result.session);
  document["baseline"] = to_json(result.baseline.evaluation);
  if (result.session.best == 0) {
    document["best"] = nullptr;
  } else {
    Json best = to_json(result.best.evaluation);
    best["node"] = result.best.id;
    best["flags"] = result.best.candidate.flags;
    best["tunables"] = result.best.candidate.tunables;
    best["moves"] = to_json(result.best.candidate)["moves"];
    document["best"] = best;
  }
  const Evaluation& current = result.session.best ? result.best.evaluation : result.baseline.evaluation;
  document["speedup"] = result.session.best ? current.speedup : 1.0;
  document["bound"] = current.diagnoses.empty() ? "unknown" : name_of(current.diagnoses.front().bound);
  document["gain_left"] =
      current.diagnoses.empty() ? Json(nullptr) : Json(current.diagnoses.front().gain_left);
  return document;
}

}  // namespace ke
