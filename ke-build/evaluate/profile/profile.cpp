// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/profile/profile.h"

#include "ke-build/base/files.h"
#include "ke-build/base/measure_lock.h"
#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/ceilings.h"
#include "ke-build/evaluate/diagnosis.h"
#include "ke-build/evaluate/legality.h"
#include "ke-build/evaluate/profile/contest.h"
#include "ke-build/evaluate/profile/profiler.h"
#include "ke-build/evaluate/profile/stream.h"
#include "ke-build/evaluate/profile/sweeps.h"
#include "ke-build/evaluate/rungs.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

namespace ke {
namespace {

constexpr const char* kEmpty = "empty";

struct Built {
  Program program;
  std::string folder;
  std::string failure;  // why there is no program; empty when there is one
};

class Profiling {
 public:
  Profiling(JudgeState& state, const Subject& subject, const ProfileOptions& options, Ledger& ledger)
      : state_(state), subject_(subject), options_(options), ledger_(ledger) {}

  Result<std::vector<Diagnosis>> run() {
    KE_DO(check_options());
    KE_DO(build());
    std::vector<Diagnosis> diagnoses;
    for (const Pool& pool : state_.exam.workloads) {
      if (!options_.workload.empty() && pool.name != options_.workload) continue;
      KE_TRY(Diagnosis diagnosis, explain(pool));
      diagnoses.push_back(std::move(diagnosis));
    }
    return diagnoses;
  }

 private:
  bool wants(const std::string& run) const {
    return options_.runs.empty() ||
           std::find(options_.runs.begin(), options_.runs.end(), run) != options_.runs.end();
  }

  Result<> check_options() const {
    const std::vector<std::string>& known = differential_runs();
    for (const std::string& run : options_.runs) {
      if (std::find(known.begin(), known.end(), run) == known.end())
        return Error{ErrorCode::usage, "unknown run '" + run + "'" + suggestion(run, known) +
                                           "; expected some of " + join_texts(known, ", ")};
    }
    std::vector<std::string> names;
    for (const Pool& pool : state_.exam.workloads) names.push_back(pool.name);
    if (!options_.workload.empty() && std::find(names.begin(), names.end(), options_.workload) == names.end())
      return Error{ErrorCode::usage, "unknown workload '" + options_.workload + "'" +
                                         suggestion(options_.workload, names) + "; " + state_.op.name +
                                         " has " + join_texts(names, ", ")};
    const std::string why = illegal_candidate(state_.op, subject_.candidate);
    if (!why.empty()) return Error{ErrorCode::usage, "not legal under the contract: " + why};
    return ok();
  }

  // All versions at once, on two cores; they are kept like every evaluation, so that a second look is quick.
  Result<> build() {
    const double start_s = now_s();
    std::vector<std::pair<Operator, Subject>> orders = {{state_.op, subject_}};
    if (wants("stream")) {
      std::vector<Axes> shapes;
      for (const Pool& pool : state_.exam.workloads) shapes.push_back(pool.axes);
      KE_TRY(Stream stream, make_stream(state_.op, subject_, shapes));
      stream_at_ = orders.size();
      orders.emplace_back(std::move(stream.op), std::move(stream.subject));
      if (has_lookups(state_.op)) {
        KE_TRY(Stream lookups, make_lookups(state_.op, subject_, shapes));
        lookups_at_ = orders.size();
        orders.emplace_back(std::move(lookups.op), std::move(lookups.subject));
      }
    }
    if (wants("flags")) {
      flags_at_ = orders.size();
      for (FlagVariant& variant : flag_variants(subject_)) {
        kinds_.push_back(variant.kind);
        orders.emplace_back(state_.op, std::move(variant.subject));
      }
    }
    built_.resize(orders.size());
    std::vector<Result<>> results(2, ok());
    std::atomic<size_t> next = 0;
    const auto work = [&](size_t worker) {
      for (size_t i = next++; i < orders.size() && results[worker]; i = next++)
        results[worker] = build_one(orders[i].first, orders[i].second, built_[i]);
    };
    std::thread second;
    if (usable_cores() > 1) second = std::thread(work, 1);
    work(0);
    if (second.joinable()) second.join();
    ledger_.compile_s += now_s() - start_s;
    for (const Result<>& result : results) KE_DO(result);
    if (!built_.front().failure.empty())
      return Error{ErrorCode::usage, "the version does not build: " + built_.front().failure};
    if (stream_at_ > 0) stream_op_ = orders[stream_at_].first;
    return ok();
  }

  Result<> build_one(const Operator& op, const Subject& subject, Built& built) const {
    built.folder = state_.folders->path_of(op, subject);
    KE_DO(state_.folders->write(built.folder, op, state_.baseline, subject));
    KE_TRY(const Product product, state_.folders->build(built.folder, op, subject, Role::kernel));
    if (!product.built) built.failure = split(product.failure, '\n').front();
    built.program = program_of(product, subject.recipe, Role::kernel);
    return ok();
  }

  bool same_code(const Built& a, const Built& b) const {
    auto first = read_file(a.program.path), second = read_file(b.program.path);
    return first && second && *first == *second;
  }

  ContestOptions contest_options(double share) const {
    ContestOptions options;
    options.lock_path = measure_lock_path(state_.options.state_dir);
    options.budget_s = options_.seconds * share;
    options.mandatory_layers = state_.options.mandatory_layers;
    return options;
  }

  Contestant contestant(const Pool& pool, const std::string& name, const Built& built) const {
    Contestant entry{name, state_.op, pool.axes, built.program, {}, false, false, pool.batch};
    for (const Case& example : pool.cases) entry.inputs.push_back(&example.inputs);
    return entry;
  }

  Result<Diagnosis> explain(const Pool& pool) {
    std::vector<std::string> witnesses;
    std::vector<Contestant> entries = {contestant(pool, "candidate", built_.front())};
    const auto enter = [&](const std::string& name, const Built& built) -> Contestant* {
      if (!built.failure.empty()) {
        witnesses.push_back(name + " does not build: " + built.failure);
        return nullptr;
      }
      entries.push_back(contestant(pool, name, built));
      return &entries.back();
    };
    if (wants("tile")) enter("tile", built_.front())->tiled = true;
    if (wants("warm")) enter("warm", built_.front())->warm = true;
    if (stream_at_ > 0) {
      if (Contestant* entry = enter("stream", built_[stream_at_])) entry->op = stream_op_;
    }
    if (lookups_at_ > 0) {
      if (Contestant* entry = enter("chain", built_[lookups_at_])) entry->op = stream_op_;
    }
    const std::optional<Inputs> smallest = draw_smallest(pool);
    if (smallest) enter_empty(pool, *smallest, entries);
    for (size_t i = 0; i < kinds_.size(); ++i) enter(name_of(kinds_[i]), built_[flags_at_ + i]);
    KE_TRY(const std::vector<Standing> standings, contest(entries, contest_options(0.6), ledger_));
    if (!standings.front().failure.empty())
      return Error{ErrorCode::usage, "on workload " + pool.name + " it " + standings.front().failure};

    Measured measured = measured_from(pool, standings.front());
    for (size_t i = 1; i < entries.size(); ++i) {
      if (entries[i].name == kEmpty && standings[i].failure.empty())
        measured.call_overhead_s = std::max(measured.call_overhead_s, standings[i].seconds);
    }
    KE_TRY(Differentials runs, differentials_of(state_.op, pool.axes, measured, state_.ceilings));
    for (size_t i = 1; i < entries.size(); ++i) {
      if (!standings[i].failure.empty())
        witnesses.push_back("run " + entries[i].name + " gave no time: it " + standings[i].failure);
      if (Ratio* ratio = place_of(runs, entries[i].name)) *ratio = standings[i].ratio;
    }
    if (flags_at_ > 0) runs.vectors_change_nothing = same_code(built_.front(), built_[flags_at_]);
    if (wants("sizes")) KE_DO(sweep_sizes(pool, witnesses));
    if (wants("threads")) KE_DO(sweep_threads(pool, runs));
    if (wants("tools")) KE_DO(ask_tools(pool, measured, runs, witnesses));
    return diagnose(state_.op, pool.axes, measured, state_.ceilings, runs, witnesses);
  }

  // An empty call: the generated stream does nothing on a shape that it was not made for. What remains is the
  // hand-shake's share, the call itself, and the scalars that it loads.
  Axes smallest_axes(const Pool& pool) const {
    Axes axes = pool.axes;
    for (auto& [name, size] : axes) {
      if (state_.op.constants.count(name) == 0) size = 1;
    }
    return axes;
  }

  std::optional<Inputs> draw_smallest(const Pool& pool) const {
    const Axes axes = smallest_axes(pool);
    const bool made_for = std::any_of(state_.exam.workloads.begin(), state_.exam.workloads.end(),
                                      [&](const Pool& other) { return other.axes == axes; });
    if (stream_at_ == 0 || !built_[stream_at_].failure.empty() || made_for) return std::nullopt;
    Random random(1);
    auto drawn = draw_inputs(state_.op, axes, pool.scalars, InputStyle::typical, random);
    if (!drawn) return std::nullopt;
    return *std::move(drawn);
  }

  void enter_empty(const Pool& pool, const Inputs& inputs, std::vector<Contestant>& entries) const {
    entries.push_back({kEmpty,
                       stream_op_,
                       smallest_axes(pool),
                       built_[stream_at_].program,
                       {&inputs},
                       false,
                       false,
                       pool.batch});
  }

  Measured measured_from(const Pool& pool, const Standing& standing) const {
    Measured measured;
    measured.workload = pool.name;
    measured.seconds = std::max(1e-9, standing.seconds);
    measured.call_overhead_s = std::max(standing.overhead_s, 1e-9);
    measured.threads = state_.op.contract.threads;
    measured.isa = isa_of(subject_);
    return measured;
  }

  static Ratio* place_of(Differentials& runs, const std::string& name) {
    using Kind = FlagVariant::Kind;
    const std::pair<std::string, Ratio*> places[] = {{"tile", &runs.tile},
                                                     {"stream", &runs.stream},
                                                     {"chain", &runs.chain},
                                                     {"warm", &runs.warm},
                                                     {name_of(Kind::scalar), &runs.scalar},
                                                     {name_of(Kind::unrolled), &runs.unrolled},
                                                     {name_of(Kind::reassociated), &runs.reassociated},
                                                     {name_of(Kind::native), &runs.native},
                                                     {name_of(Kind::cheap), &runs.cheap}};
    for (const auto& [known, place] : places) {
      if (known == name) return place;
    }
    return nullptr;
  }

  // Warm, so that each shape is served by the level that it fits.
  Result<> sweep_sizes(const Pool& pool, std::vector<std::string>& witnesses) {
    KE_TRY(const auto shapes, scaled_shapes(state_.op, pool.axes, state_.ceilings));
    if (shapes.empty()) return ok();
    std::vector<Inputs> drawn;
    Random random(secret_seed());
    for (const ScaledShape& shape : shapes) {
      KE_TRY(Inputs inputs, draw_inputs(state_.op, shape.axes, pool.scalars, InputStyle::typical, random));
      drawn.push_back(std::move(inputs));
    }
    std::vector<Contestant> entries = {contestant(pool, "whole", built_.front())};
    entries.front().warm = true;
    for (size_t i = 0; i < shapes.size(); ++i)
      entries.push_back(
          {shapes[i].level, state_.op, shapes[i].axes, built_.front().program, {&drawn[i]}, false, true, 0});
    KE_TRY(const std::vector<Standing> standings, contest(entries, contest_options(0.3), ledger_));
    KE_TRY(const Work whole, work_of(state_.op, pool.axes));
    for (size_t i = 0; i < shapes.size(); ++i) {
      if (!standings[i + 1].failure.empty() || !standings[i + 1].ratio.known()) continue;
      KE_TRY(const Work part, work_of(state_.op, shapes[i].axes));
      const bool flops = whole.flops_known && part.flops > 0;
      const double share = flops ? part.flops / whole.flops : part.bytes / whole.bytes;
      std::vector<std::string> axes;
      for (const auto& [name, size] : shapes[i].axes) axes.push_back(fmt::format("{}={}", name, size));
      witnesses.push_back(fmt::format("on a shape that fits half of {} ({}) each {} takes {:.2f} of the time",
                                      shapes[i].level, join_texts(axes, ","), flops ? "operation" : "byte",
                                      standings[i + 1].ratio.middle / share));
    }
    return ok();
  }

  Result<> sweep_threads(const Pool& pool, Differentials& runs) {
    if (state_.op.contract.threads < 2) return ok();
    std::vector<Contestant> entries;
    for (int threads = 1; threads <= state_.op.contract.threads; threads *= 2) {
      entries.push_back(contestant(pool, std::to_string(threads), built_.front()));
      entries.back().op.contract.threads = threads;
    }
    KE_TRY(const std::vector<Standing> standings, contest(entries, contest_options(0.3), ledger_));
    for (const Standing& standing : standings) {
      if (!standing.failure.empty() || !standing.ratio.known()) break;
      runs.thread_speedups.push_back(1 / standing.ratio.middle);
    }
    return ok();
  }

  Result<> ask_tools(const Pool& pool, const Measured& measured, Differentials& runs,
                     std::vector<std::string>& witnesses) {
    const ProfileTarget target{state_.op,
                               subject_.recipe,
                               pool.axes,
                               pool.cases.front().inputs,
                               built_.front().program,
                               built_.front().folder,
                               measured.seconds,
                               state_.options.mandatory_layers};
    for (const auto& profiler : make_profilers()) {
      const ProfilerProbe probe = profiler->probe();
      if (!probe.usable) {
        witnesses.push_back(profiler->name() + " says nothing: " + probe.missing);
        continue;
      }
      auto lines = profiler->examine(target, runs);
      // A tool that fails is a witness less, not a broken world.
      if (lines) {
        witnesses.insert(witnesses.end(), lines->begin(), lines->end());
      } else {
        witnesses.push_back(profiler->name() +
                            " says nothing: " + split(lines.error().message, '\n').front());
      }
    }
    return ok();
  }

  JudgeState& state_;
  const Subject& subject_;
  const ProfileOptions& options_;
  Ledger& ledger_;
  std::vector<Built> built_;                              // the version itself comes first
  size_t stream_at_ = 0, lookups_at_ = 0, flags_at_ = 0;  // 0: not wanted
  std::vector<FlagVariant::Kind> kinds_;
  Operator stream_op_;
};

}  // namespace

Result<std::vector<Diagnosis>> profile(JudgeState& state, const Subject& subject,
                                       const ProfileOptions& options, Ledger& ledger) {
  return Profiling(state, subject, options, ledger).run();
}

}  // namespace ke
