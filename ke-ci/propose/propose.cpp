// SPDX-License-Identifier: MIT
#include "ke-ci/propose/propose.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/detect/detect.h"
#include "ke-ci/propose/policy.h"
#include "ke-ci/propose/publish.h"
#include "ke-ci/propose/validate.h"
#include "ke-ci/report/report.h"
#include "ke-ci/report/sections.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>

namespace ke {
namespace {

Candidate winner_of(const ReportData& report) {
  Candidate winner;
  winner.source = report.candidate_source;
  winner.flags = report.flags;
  winner.tunables = report.tunables;
  return winner;
}

std::string title_of(const ReportData& report) {
  return fmt::format("{}: {:.2f}x faster ({:.2f} to {:.2f})", report.op, report.result.speedup,
                     report.result.low, report.result.high);
}

std::string plain_line(const std::string& text) {
  return shorten(replace_all(replace_all(text, "\n", " "), "\r", " "), 150);
}

std::string commit_message(const ReportData& report) {
  std::string text = title_of(report) + "\n\n";
  for (const std::string& move : winner_moves(report)) text += "- " + plain_line(move) + "\n";
  text += fmt::format("\nMeasured on the build of a clean clone: {}, {}.\n",
                      plain_line(report.session.hardware), plain_line(report.session.compiler));
  for (const Speedup& row : report.result.speedups) {
    text += fmt::format("  {}: {:.2f}x [{:.2f}, {:.2f}]\n", plain_line(row.workload), row.ratio, row.low,
                        row.high);
  }
  text += fmt::format(
      "\nThis change was made by a machine; no human has reviewed it yet.\n\nGenerated-by: KernelEvolve "
      "{}\nKe-Operator: {}\nKe-Session: {}",
      report.session.engine_version, report.op, report.session.id);
  return text;
}

/// Everything that propose() knows while it works.
struct Work {
  ProposeInput& input;
  Forge* forge;
  Store& store;
  const ProposeOptions& options;
  Identity author;
  Marker marker;
  Policy policy;
  PolicyAnswer answer;
  Validated validated;
};

Result<> ask(Work& work, const std::string& branch) {
  const Git git(work.input.project.repository);
  KE_TRY(const auto text, git.file_at(work.marker.base, kPolicyFile));
  KE_TRY(work.policy, parse_policy(text, kPolicyFile));
  std::vector<PullRequest> requests;
  if (work.forge) {
    KE_TRY(requests, work.forge->find(kBranchPrefix));
  }
  work.answer = ask_policy(
      {work.policy, work.marker, branch, work.options.max_open, work.options.retry_declined}, requests);
  return ok();
}

/// A declined or merged request closes our own record too, so that later questions need no forge.
Result<> note_fate(Work& work) {
  if (!work.answer.existing) return ok();
  const std::string& state = work.answer.existing->state;
  if (state == "open") return ok();
  KE_TRY(const auto records, work.store.proposals(work.input.op.name));
  for (const ProposalRecord& record : records) {
    const bool live = record.state == "open" || record.state == "updated";
    if (live)
      KE_DO(work.store.set_proposal_state(record.id, state == "merged" ? "merged" : "declined",
                                          "as the forge has it"));
  }
  return ok();
}

/// Fills in state and reason when the answer is no.
Result<bool> is_wanted(Work& work, Proposal& proposal) {
  KE_DO(ask(work, proposal.branch));
  KE_DO(note_fate(work));
  if (work.answer.kind == PolicyAnswer::Kind::go) return true;
  const bool unchanged = work.answer.kind == PolicyAnswer::Kind::unchanged;
  proposal.state = unchanged ? ProposalState::unchanged : ProposalState::held_back;
  proposal.reason = work.answer.reason;
  if (unchanged) proposal.commit = work.answer.existing->head, proposal.url = work.answer.existing->url;
  return false;
}

Result<> record(Work& work, const Proposal& proposal, const char* state) {
  ProposalRecord row;
  row.id = new_uuid();
  row.session = work.marker.session;
  row.op = work.input.op.name;
  row.branch = proposal.branch;
  row.base_commit = work.marker.base;
  row.head_commit = proposal.commit;
  row.state = state;
  row.source_token_hash = work.marker.source_token_hash;
  row.candidate = work.marker.candidate;
  row.created = utc_now();
  row.speedup = proposal.report.result.speedup;
  row.low = proposal.report.result.low;
  row.high = proposal.report.result.high;
  return work.store.add_proposal(row);
}

Result<> publish(Work& work, Proposal& proposal) {
  const Git clone(work.validated.folder);
  KE_TRY(proposal.commit, commit_paths(clone, {work.marker.base, work.validated.paths,
                                               commit_message(proposal.report), work.author}));
  if (!work.forge || work.options.dry_run) {
    proposal.state = ProposalState::validated;
    proposal.reason =
        work.options.dry_run ? "dry run: nothing was pushed" : "no forge was named: nothing was pushed";
    return ok();
  }
  KE_TRY(const auto push,
         push_branch(clone, work.forge->remote(), proposal.branch, proposal.commit, work.author));
  const bool updates = work.answer.existing && work.answer.existing->state == "open";
  if (!push.pushed) {
    proposal.state = ProposalState::held_back;
    proposal.reason = fmt::format("{} was left alone: {}", proposal.branch, push.foreign);
    if (updates)
      KE_DO(work.forge->comment(
          work.answer.existing->id,
          "Somebody edited this branch, so I stopped updating it. Delete the branch to let me start over."));
    return ok();
  }
  PullRequest request;
  if (updates) request = *work.answer.existing;
  request.op = work.input.op.name;
  request.branch = proposal.branch;
  request.base_branch = default_branch(clone, work.forge->remote());
  request.title = title_of(proposal.report);
  request.body = pull_request_body(proposal.report, marker_text(work.marker));
  request.html = html_report(proposal.report);
  request.head = proposal.commit;
  request.draft = work.policy.draft;
  if (updates) {
    KE_DO(work.forge->update(request));
  } else {
    KE_TRY(request, work.forge->open(request));
  }
  proposal.state = ProposalState::proposed;
  proposal.reason = updates ? "the open request was updated" : "a new request was opened";
  proposal.url = request.url;
  return record(work, proposal, updates ? "updated" : "open");
}

}  // namespace

const char* name_of(ProposalState state) {
  switch (state) {
    case ProposalState::proposed:
      return "proposed";
    case ProposalState::unchanged:
      return "unchanged";
    case ProposalState::validated:
      return "validated";
    case ProposalState::rejected:
      return "rejected";
    case ProposalState::held_back:
      return "held back";
  }
  return "rejected";
}

Result<Proposal> propose(ProposeInput input, Forge* forge, Store& store, const ProposeOptions& options) {
  Proposal proposal;
  Work work{input, forge, store, options, {}, {}, {}, {}, {}};
  KE_TRY(work.author, identity_from(options.author));

  // What is proposed, on what: the marker by which it is recognised later.
  KE_TRY(const auto base, Git(input.project.repository).commit_of("HEAD"));
  work.marker = {input.op.name,
                 base,
                 token_hash(input.report.baseline_source),
                 candidate_hash(winner_of(input.report)),
                 input.report.session.id,
                 input.report.result.low,
                 input.report.result.high};
  proposal.branch = kBranchPrefix + input.op.name;
  input.report.base_commit = base;
  input.report.branch = proposal.branch;
  proposal.report = std::move(input.report);

  // Do the maintainers want it? Asked before anything expensive.
  KE_TRY(const bool wanted, is_wanted(work, proposal));
  if (!wanted) return proposal;

  // What they would get: applied, built, tested and measured in a clean clone.
  auto validated = validate({input.project, input.registration, base, proposal.report, options});
  if (!validated) return std::move(validated).error();
  work.validated = std::move(*validated);
  if (!work.validated.passed) {
    proposal.state = ProposalState::rejected;
    proposal.reason = work.validated.reason;
    return proposal;
  }

  // Asked again with the clean clone's figures: they may show less than the search, and the forge has moved
  // on meanwhile.
  work.marker.low = proposal.report.result.low;
  work.marker.high = proposal.report.result.high;
  KE_TRY(const bool still_wanted, is_wanted(work, proposal));
  if (!still_wanted) return proposal;

  // One commit, one branch, one request.
  KE_DO(publish(work, proposal));
  return proposal;
}

}  // namespace ke
