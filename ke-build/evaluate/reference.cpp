// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/reference.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/baseline_hints.h"
#include "ke-build/evaluate/check_variants.h"
#include "ke-build/evaluate/verify.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <iterator>

namespace ke {
namespace {

constexpr int64_t kChunkBytes = 64 << 20;
constexpr size_t kChunkCalls = 64;

/// A number of the calling thread that no later one gets.
uint64_t this_thread() {
  static std::atomic<uint64_t> threads{0};
  thread_local const uint64_t number = ++threads;
  return number;
}

std::vector<AffineStep> steps_in(const std::vector<Expected>& answers, size_t first,
                                 const std::vector<double>& sizes) {
  std::vector<AffineStep> steps;
  for (size_t i = 0; i < sizes.size(); ++i)
    steps.push_back({&answers[first + 2 * i], &answers[first + 2 * i + 1], sizes[i]});
  return steps;
}

bool has_floats(const Operator& op) {
  for (const Argument& argument : op.arguments) {
    if (argument.dtype == Dtype::f32) return true;
  }
  return false;
}

/// No tolerance to double: every output must be equal.
bool compares_exactly(const Operator& op) {
  const auto is_real = [](const Argument& argument) { return is_floating(argument.dtype); };
  const Tolerance& tolerance = op.tolerance;
  switch (tolerance.kind) {
    case Tolerance::Kind::exact:
      return true;
    case Tolerance::Kind::derived:
      return std::none_of(op.arguments.begin(), op.arguments.end(), is_real);
    case Tolerance::Kind::ulp:
      return std::none_of(op.arguments.begin(), op.arguments.end(),
                          [&](const Argument& argument) { return argument.output && is_real(argument); });
    case Tolerance::Kind::absolute:
      return tolerance.atol == 0 && tolerance.rtol == 0;
  }
  return false;
}

// Twice the bound: both sides now carry a rounding error of the same size.
Operator with_doubled_bound(Operator op) {
  op.tolerance.factor *= 2;
  op.tolerance.ulp *= 2;
  op.tolerance.atol *= 2;
  op.tolerance.rtol *= 2;
  return op;
}

}  // namespace

Expected read_outputs(const Operator& op, const Axes& axes, const Launch& launch, int call, bool promoted) {
  Expected expected;
  const std::vector<const void*> outputs = launch.outputs(call);
  size_t next = 0;
  for (size_t i = 0; i < op.arguments.size(); ++i) {
    const Argument& argument = op.arguments[i];
    if (!argument.output) continue;
    const int64_t count = element_count(argument, axes).value_or(0);
    const void* data = outputs[next++];
    ExpectedOutput output{i, {}, {}};
    if (is_floating(argument.dtype)) {
      output.real = to_doubles(promoted ? Dtype::f64 : argument.dtype, data, count);
    } else {
      output.integer = to_integers(argument.dtype, data, count);
    }
    expected.push_back(std::move(output));
  }
  return expected;
}

int64_t case_bytes(const Operator& op, const Axes& axes) {
  int64_t bytes = 0;
  for (const Argument& argument : op.arguments) {
    const int64_t count = element_count(argument, axes).value_or(0);
    if (argument.input) bytes += count * size_of(argument.dtype);
    if (argument.output) bytes += count * (8 + 2 * std::max<int64_t>(4, size_of(argument.dtype)));
  }
  return bytes;
}

ReferenceProgram ReferenceProgram::under(Operator op) const {
  ReferenceProgram other(std::move(op), program_, call_timeout_s_, layers_);
  if (rounded_) other.set_rounded(rounded_->program_);
  return other;
}

void ReferenceProgram::set_rounded(const Program& program) {
  rounded_ = std::make_unique<ReferenceProgram>(op_, program, call_timeout_s_, layers_);
}

/// Nothing where that build does not run to its end: nobody promised that it does.
Result<std::vector<Expected>> ReferenceProgram::rounded(const Axes& axes,
                                                        const std::vector<const Inputs*>& inputs) {
  if (!rounded_) return std::vector<Expected>();
  auto answers = rounded_->expected(axes, inputs);
  if (answers || answers.error().code != ErrorCode::usage) return answers;
  rounded_.reset();
  return std::vector<Expected>();
}

Result<> ReferenceProgram::launch(const Axes& axes, LaunchOptions options) {
  options.mandatory_layers = layers_;
  // A spinning thread keeps the core on which its team or the judge waits.
  options.sleeping_teams = true;
  KE_TRY(Launch launch, Launch::start(op_, axes, program_, options));
  launch_ = std::make_unique<Launch>(std::move(launch));
  launched_by_ = this_thread();
  axes_ = axes;
  return ok();
}

Result<> ReferenceProgram::launch_for(const Axes& axes, size_t calls) {
  const bool enough =
      launch_ != nullptr && launched_by_ == this_thread() && launch_->max_calls() >= static_cast<int>(calls);
  if (enough && axes == axes_) return ok();
  if (enough && std::find(room_.begin(), room_.end(), axes) != room_.end()) {
    for (int call = 0; call < launch_->max_calls(); ++call) launch_->reshape(call, axes);
    axes_ = axes;
    return ok();
  }
  room_.clear();
  LaunchOptions options;
  options.max_calls = static_cast<int>(calls);
  return launch(axes, options);
}

Result<> ReferenceProgram::make_room(const std::vector<Axes>& shapes) {
  constexpr int kCalls = 48;  // of one set of inputs with everything that the check wants to know about it
  if (shapes.empty()) return ok();
  LaunchOptions options;
  options.max_calls = kCalls;
  options.also = shapes;
  KE_DO(launch(shapes.front(), options));
  room_ = shapes;
  if (rounded_) KE_DO(rounded_->make_room(shapes));
  return ok();
}

// Asked of whole numbers, where it shows.
Result<std::vector<bool>> ReferenceProgram::affine_at(const Axes& axes, Random& random) {
  KE_TRY(const Inputs start, draw_inputs(op_, axes, {}, InputStyle::small_integers, random));
  std::vector<Inputs> moved;
  const std::vector<double> sizes = add_steps(start, random.next(), moved);
  if (moved.empty()) return std::vector<bool>();
  std::vector<const Inputs*> all = {&start};
  for (const Inputs& one : moved) all.push_back(&one);
  KE_TRY(const std::vector<Expected> answers, expected(axes, all));
  return affine_outputs(answers.front(), steps_in(answers, 1, sizes));
}

// Asked of each array that may be graded, by itself.
Result<std::vector<bool>> ReferenceProgram::nearly_affine_at(const Axes& axes, Random& random) {
  KE_TRY(const Inputs start, draw_inputs(op_, axes, {}, InputStyle::typical, random));
  KE_TRY(const Inputs end, draw_inputs(op_, axes, {}, InputStyle::typical, random));
  std::vector<Inputs> moved;
  for (size_t a = 0; a < op_.arguments.size(); ++a) {
    if (!has_rows(op_.arguments[a]) || start.arguments[a].empty()) continue;
    const int64_t count = start.arguments[a].count();
    Inputs middle = copy_of(start), there = copy_of(start);
    middle.arguments[a] = Buffer(Dtype::f64, count);
    for (int64_t i = 0; i < count; ++i)
      middle.arguments[a].set(i, (start.arguments[a].get(i) + end.arguments[a].get(i)) / 2);
    there.arguments[a] = end.arguments[a].copy();
    moved.push_back(std::move(middle));
    moved.push_back(std::move(there));
  }
  if (moved.empty()) return std::vector<bool>();
  std::vector<const Inputs*> all = {&start};
  for (const Inputs& one : moved) all.push_back(&one);
  KE_TRY(const std::vector<Expected> answers, expected(axes, all));
  std::vector<Segment> segments;
  for (size_t i = 1; i < answers.size(); i += 2) segments.push_back({&answers[i], &answers[i + 1]});
  return nearly_affine_outputs(answers.front(), segments);
}

Error ReferenceProgram::failure(const Axes& axes, const RunOutcome& run) const {
  const std::string which = op_.reference.kind == Reference::Kind::source
                                ? "the reference " + op_.reference.source
                                : "the kernel " + op_.sources.front() + " (which is its own reference)";
  return {ErrorCode::usage,
          fmt::format("{}: {} {} on {}: {}; expected it to compute every legal input{}", op_.spec_path, which,
                      name_of(run.state), axes_text(op_, axes), run.reason, domains_to_declare(op_))};
}

Result<std::vector<Expected>> ReferenceProgram::expected(const Axes& axes,
                                                         const std::vector<const Inputs*>& inputs) {
  const auto fit =
      static_cast<size_t>(std::max<int64_t>(1, kChunkBytes / std::max<int64_t>(1, case_bytes(op_, axes))));
  const size_t chunk = std::min({inputs.size(), fit, kChunkCalls});
  std::vector<Expected> answers;
  for (size_t at = 0; at < inputs.size(); at += chunk) {
    const size_t count = std::min(chunk, inputs.size() - at);
    KE_DO(launch_for(axes, chunk));
    for (size_t i = 0; i < count; ++i) launch_->put(static_cast<int>(i), *inputs[at + i], i);
    const RunOutcome run =
        launch_->run(0, static_cast<int>(count), call_timeout_s_ * static_cast<double>(count));
    // On a busy machine it waits for a core, which makes nothing dearer.
    last_s_ = std::min(run.seconds, run.cpu_seconds) / static_cast<double>(count);
    if (!run.finished()) {
      launch_.reset();
      return failure(axes, run);
    }
    for (size_t i = 0; i < count; ++i) {
      answers.push_back(read_outputs(op_, axes, *launch_, static_cast<int>(i), program_.promoted));
    }
  }
  return answers;
}

// One and two steps away, for each input by itself; the sizes of the steps.
std::vector<double> ReferenceProgram::add_steps(const Inputs& inputs, uint64_t seed,
                                                std::vector<Inputs>& variants) const {
  std::vector<double> sizes;
  for (size_t a = 0; a < op_.arguments.size(); ++a) {
    auto one = shifted(op_, inputs, a, 1, seed + a), two = shifted(op_, inputs, a, 2, seed + a);
    if (!one || !two) continue;
    variants.push_back(*std::move(one));
    variants.push_back(*std::move(two));
    sizes.push_back(step_size(op_.arguments[a]));
  }
  return sizes;
}

// Each set of inputs, and behind it those around it where they are wanted.
Result<std::vector<std::vector<Expected>>> ReferenceProgram::rounded_around(
    const Axes& axes, const std::vector<const Inputs*>& inputs, const std::vector<Variants>& variants) {
  std::vector<const Inputs*> asked;
  for (size_t i = 0; i < inputs.size(); ++i) {
    asked.push_back(inputs[i]);
    const Variants& all = variants[i];
    const size_t around = all.own > 0 ? all.moved + all.own : 0;
    for (size_t k = 0; k < around; ++k) asked.push_back(&all.inputs[all.absolute + k]);
  }
  KE_TRY(std::vector<Expected> answers, rounded(axes, asked));
  std::vector<std::vector<Expected>> sets;
  if (answers.empty()) return sets;
  const auto of_each = static_cast<std::ptrdiff_t>(asked.size() / inputs.size());
  for (auto at = std::make_move_iterator(answers.begin()); at.base() != answers.end(); at += of_each)
    sets.emplace_back(at, at + of_each);
  return sets;
}

Result<std::vector<CheckPlan>> ReferenceProgram::plans(const Axes& axes,
                                                       const std::vector<const Inputs*>& inputs,
                                                       InputStyle style, Random& random) {
  // Every answer that the checks want, asked for in one go: a hand-shake may cost more than a small
  // reference.
  const bool derived = op_.tolerance.kind == Tolerance::Kind::derived;
  const bool whole = style == InputStyle::small_integers && derived;
  std::vector<const Inputs*> all = inputs;
  std::vector<Variants> variants;
  for (const Inputs* original : inputs)
    variants.emplace_back(op_, axes, *original, style, whole, random.next());
  for (const Variants& around : variants)
    for (const Inputs& one : around.inputs) all.push_back(&one);
  std::vector<Inputs> stepped;
  std::vector<double> sizes;
  const size_t first_step = all.size();
  if (whole && !inputs.empty()) sizes = add_steps(*inputs.front(), random.next(), stepped);
  for (const Inputs& one : stepped) all.push_back(&one);
  KE_TRY(std::vector<Expected> answers, expected(axes, all));
  std::vector<std::vector<Expected>> otherwise;
  if (needs_alternatives(op_, axes, style) && !inputs.empty()) {
    KE_TRY(otherwise, rounded_around(axes, inputs, variants));
  }
  const std::vector<AffineStep> steps = steps_in(answers, first_step, sizes);
  std::vector<bool> affine = steps.empty() ? std::vector<bool>() : affine_outputs(answers.front(), steps);
  std::vector<bool> nearly_affine;
  if (style == InputStyle::graded && derived && !op_.tolerance.any_error) {
    KE_TRY(affine, affine_at(axes, random));
    KE_TRY(nearly_affine, nearly_affine_at(axes, random));
  }
  std::vector<CheckPlan> plans;
  const Expected* next = answers.data() + inputs.size();
  for (size_t i = 0; i < inputs.size(); ++i) {
    CheckAids aids = variants[i].aids(next);
    aids.style = style;
    aids.affine = affine;
    aids.nearly_affine = nearly_affine;
    aids.largest_input = largest_input(op_, *inputs[i]);
    if (!otherwise.empty()) aids.rounded = otherwise[i].data();
    if (otherwise.empty()) aids.around.clear();
    for (size_t k = 0; k < aids.around.size(); ++k) aids.around[k].second = &otherwise[i][k + 1];
    KE_TRY(CheckPlan plan, CheckPlan::make(op_, axes, std::move(answers[i]), aids));
    plans.push_back(std::move(plan));
  }
  return plans;
}

Result<ChosenReference> own_precision_reference(const Operator& op, const Subject& baseline, Folders& folders,
                                                const EvaluateOptions& options, const std::string& why) {
  ChosenReference chosen;
  KE_TRY(const Product product, folders.build(folders.path_of(op, baseline), op, baseline, Role::kernel));
  if (!product.built)
    return Error{ErrorCode::usage, op.sources.front() + " does not compile: " + product.failure};
  chosen.program = std::make_unique<ReferenceProgram>(with_doubled_bound(op),
                                                      program_of(product, baseline.recipe, Role::kernel),
                                                      options.reference_s, options.mandatory_layers);
  chosen.note = fmt::format("the kernel itself in its own precision is the reference, {}: {}",
                            compares_exactly(op) ? "compared exactly" : "with twice the tolerance", why);
  chosen.seconds = product.seconds;
  return chosen;
}

Result<ChosenReference> choose_reference(const Operator& op, const Subject& baseline, Folders& folders,
                                         const EvaluateOptions& options) {
  const bool declared = op.reference.kind == Reference::Kind::source;
  const Role role = declared ? Role::reference : Role::promoted;
  Subject subject = baseline;
  subject.candidate.flags.clear();
  std::string key = subject.candidate.source;
  if (declared) {
    KE_TRY(subject.candidate.source, read_file(op.reference.source));
    key = op.reference.source + op.reference.call;
  } else if (!has_floats(op)) {
    const bool wide = std::any_of(op.arguments.begin(), op.arguments.end(),
                                  [](const Argument& argument) { return argument.dtype == Dtype::f64; });
    return own_precision_reference(
        op, baseline, folders, options,
        wide ? "it computes in double already" : "none of its arguments is float32");
  }
  ChosenReference chosen;
  KE_TRY(const Product product, folders.build(folders.reference_path(op, subject, key), op, subject, role));
  chosen.seconds = product.seconds;
  if (product.built) {
    chosen.program = std::make_unique<ReferenceProgram>(op, program_of(product, baseline.recipe, role),
                                                        options.reference_s, options.mandatory_layers);
    return chosen;
  }
  if (!declared) {
    return own_precision_reference(
        op, baseline, folders, options,
        "with float promoted to double it does not compile (" + split(product.failure, '\n').front() + ")");
  }
  return Error{ErrorCode::usage, fmt::format("{}: $.ke.reference: {} does not compile: {}", op.spec_path,
                                             op.reference.source, product.failure)};
}

}  // namespace ke
