// SPDX-License-Identifier: MIT
// What sessions leave behind: lessons, measured baselines, proposals.
#include "ke-build/base/clock.h"
#include "ke-build/store/impl.h"

#include <fmt/format.h>

namespace ke {

Result<> Store::add_skill(const Skill& skill) {
  return transaction([&] {
    return impl_->database.run("INSERT INTO lessons VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               new_uuid(), skill.session, skill.op, skill.op_type, skill.name, skill.pattern,
                               skill.precondition, list_text(skill.actions), list_text(skill.features),
                               skill.speedup, skill.low, skill.high, skill.hardware, skill.compiler,
                               skill.text, utc_now());
  });
}

Result<std::vector<Skill>> Store::skills() {
  // Of several lessons with one name the newest one speaks.
  KE_TRY(auto rows,
         impl_->database.prepare(
             "SELECT session, op, op_type, name, pattern, precondition, actions, features, speedup, low, "
             "high, hardware, compiler, body FROM lessons l WHERE NOT EXISTS (SELECT 1 FROM lessons m WHERE "
             "m.name = l.name AND (m.created, m.rowid) > (l.created, l.rowid)) ORDER BY created, rowid"));
  std::vector<Skill> skills;
  for (;;) {
    KE_TRY(const bool more, rows.step());
    if (!more) return skills;
    Skill skill;
    skill.session = rows.text(0);
    skill.op = rows.text(1);
    skill.op_type = rows.text(2);
    skill.name = rows.text(3);
    skill.pattern = rows.text(4);
    skill.precondition = rows.text(5);
    KE_TRY(skill.actions, texts_from(rows.text(6), path()));
    KE_TRY(skill.features, texts_from(rows.text(7), path()));
    skill.speedup = rows.real(8);
    skill.low = rows.real(9);
    skill.high = rows.real(10);
    skill.hardware = rows.text(11);
    skill.compiler = rows.text(12);
    skill.text = rows.text(13);
    skills.push_back(std::move(skill));
  }
}

Result<> Store::add_baseline(const BaselineRecord& record) {
  return transaction([&] {
    return impl_->database.run("INSERT INTO baselines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", new_uuid(),
                               record.op, record.workload, record.token_hash, record.hardware,
                               record.compiler, record.flags, record.measured, record.seconds, record.low,
                               record.high);
  });
}

Result<std::vector<BaselineRecord>> Store::baselines(const std::string& op) {
  KE_TRY(auto rows,
         impl_->database.prepare("SELECT op, workload, token_hash, hardware, compiler, flags, measured, "
                                 "seconds, low, high FROM baselines WHERE op = ? ORDER BY measured, rowid"));
  rows.bind_all(op);
  std::vector<BaselineRecord> records;
  for (;;) {
    KE_TRY(const bool more, rows.step());
    if (!more) return records;
    records.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.text(5),
                       rows.text(6), rows.real(7), rows.real(8), rows.real(9)});
  }
}

Result<> Store::add_proposal(const ProposalRecord& record) {
  return transaction([&]() -> Result<> {
    KE_DO(impl_->database.run("INSERT INTO proposals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", record.id,
                              record.session, record.op, record.branch, record.base_commit,
                              record.head_commit, record.source_token_hash, record.candidate, record.created,
                              record.speedup, record.low, record.high));
    return set_proposal_state(record.id, record.state, record.note);
  });
}

Result<> Store::set_proposal_state(const std::string& id, const std::string& state, const std::string& note) {
  return transaction([&]() -> Result<> {
    KE_TRY(auto known, impl_->database.prepare("SELECT 1 FROM proposals WHERE id = ?"));
    KE_TRY(const bool found, known.bind_all(id).step());
    if (!found) return Error{ErrorCode::not_found, fmt::format("store {}: no proposal {}", path(), id)};
    return impl_->database.run(
        "INSERT INTO proposal_states SELECT ?1, 1 + coalesce((SELECT max(sequence) FROM "
        "proposal_states WHERE proposal = ?1), 0), ?2, ?3, ?4",
        id, state, note, utc_now());
  });
}

Result<std::vector<ProposalRecord>> Store::proposals(const std::string& op) {
  KE_TRY(
      auto rows,
      impl_->database.prepare(
          "SELECT p.id, p.session, p.op, p.branch, p.base_commit, p.head_commit, s.state, "
          "p.source_token_hash, p.candidate, p.created, s.note, p.speedup, p.low, p.high FROM proposals p "
          "JOIN proposal_states s ON s.proposal = p.id AND s.sequence = (SELECT max(sequence) FROM "
          "proposal_states WHERE proposal = p.id) WHERE ?1 = '' OR p.op = ?1 ORDER BY p.created, p.rowid"));
  rows.bind_all(op);
  std::vector<ProposalRecord> records;
  for (;;) {
    KE_TRY(const bool more, rows.step());
    if (!more) return records;
    ProposalRecord record;
    record.id = rows.text(0);
    record.session = rows.text(1);
    record.op = rows.text(2);
    record.branch = rows.text(3);
    record.base_commit = rows.text(4);
    record.head_commit = rows.text(5);
    record.state = rows.text(6);
    record.source_token_hash = rows.text(7);
    record.candidate = rows.text(8);
    record.created = rows.text(9);
    record.note = rows.text(10);
    record.speedup = rows.real(11);
    record.low = rows.real(12);
    record.high = rows.real(13);
    records.push_back(std::move(record));
  }
}

}  // namespace ke
