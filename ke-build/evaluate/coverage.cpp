// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/coverage.h"

#include "ke-build/base/elf.h"
#include "ke-build/base/files.h"
#include "ke-build/evaluate/coverage_lines.h"
#include "ke-build/evaluate/dispatch.h"
#include "ke-build/evaluate/sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <filesystem>

namespace ke {
namespace {

constexpr size_t kMostBlocks = 8192, kTogether = 16;
// What drawn inputs enter at all they enter in the first dozens of calls, as a rule in the first sixteen.
constexpr size_t kCallsWithoutNews = 256;
constexpr double kObjdump_s = 20;
constexpr double kCalls_s = 1;  // of each program, for calls that are made to see what they enter alone
constexpr double kOfWhatIsLeft = 0.05;  // of a confirmation, for each program
constexpr uint64_t kDisassemblyBytes = uint64_t{32} << 20;

uint64_t start_of(const ElfImage& image) {
  for (const ElfSymbol& symbol : image.symbols)
    if (symbol.name == "__executable_start") return symbol.address;
  return 0;
}

/// Empty where the tool does not answer in time.
Result<std::string> disassembly_of(const std::string& tool, const std::string& program, double left_s) {
  Command command;
  command.argv = {tool, "-d", "-l", "-w", "--no-show-raw-insn", program};
  command.directory = "/";
  command.timeout_s = std::min(kObjdump_s, left_s);
  SandboxPolicy policy;
  policy.role = SandboxRole::compiler;
  policy.readable = {program};
  policy.limits.output_bytes = kDisassemblyBytes;
  KE_TRY(const SandboxExit exit, run_sandboxed(command, policy));
  return exit.succeeded() && exit.out.size() < kDisassemblyBytes ? exit.out : std::string();
}

/// A traced program and what its calls have entered.
class Watched {
 public:
  Watched(Tracer& tracer, const std::set<int>& changed) : tracer_(tracer), changed_(changed) {}

  /// Why its blocks are not known; empty where they are.
  Result<std::string> find_blocks(const std::string& tool, const std::string& source_name, size_t program,
                                  double left_s) {
    const std::string& path = tracer_.program().path;
    KE_TRY(const std::string file, read_file(path));
    const auto image = read_elf(file, path);
    if (!image) return image.error().message;
    start_ = start_of(*image);
    if (left_s <= 0) return std::string("no time was left");
    KE_TRY(const std::string text, disassembly_of(tool, path, left_s));
    if (text.empty()) return std::string("objdump did not take its program apart in time");
    blocks_ = traced_blocks(text, join(std::filesystem::path(path).parent_path().string(), source_name));
    if (blocks_.size() > kMostBlocks) return std::string("it has too many blocks");
    const bool known =
        std::any_of(blocks_.begin(), blocks_.end(), [](const Block& block) { return !block.lines.empty(); });
    if (!known) return std::string("objdump knows no line of it");
    for (Block& block : blocks_) block.program = program;
    return std::string();
  }

  /// Large shapes last.
  Result<> call_the_rest(const Exam& exam, const Deadline& deadline) {
    KE_DO(call_until_nothing_is_new({&exam.hidden, &exam.lengths}, deadline));
    return call_until_nothing_is_new({&exam.workloads}, deadline);
  }
  /// Whether any of its notes was seen: where none is, its addresses are others than it says.
  bool is_known() const {
    return std::any_of(blocks_.begin(), blocks_.end(), [&](const Block& block) { return has(block); });
  }

  std::vector<Block> blocks() const {
    std::vector<Block> blocks = blocks_;
    for (Block& block : blocks) block.entered = has(block);
    return blocks;
  }

 private:
  /// First one case of every shape, then a second one, and so on.
  Result<> call_until_nothing_is_new(const std::vector<const std::vector<Pool>*>& lists,
                                     const Deadline& deadline) {
    size_t without_news = 0;
    bool called = true;
    for (size_t round = 0; called; ++round) {
      called = false;
      for (const std::vector<Pool>* pools : lists) {
        for (size_t at = 0; at < pools->size(); at += kTogether) {
          if (deadline.passed() || is_complete()) return ok();
          if (round > 0 && without_news >= kCallsWithoutNews) return ok();
          const std::vector<Example> examples = examples_of(*pools, at, round);
          KE_TRY(const bool news, enters_new(examples, deadline));
          without_news = news ? 0 : without_news + examples.size();
          called |= !examples.empty();
        }
      }
    }
    return ok();
  }

  Result<bool> enters_new(const std::vector<Example>& examples, const Deadline& deadline) {
    const size_t before = tracer_.entered().size();
    std::vector<const Example*> some;
    for (const Example& example : examples) some.push_back(&example);
    KE_DO(tracer_.run(some, deadline));
    return tracer_.entered().size() > before;
  }

  static std::vector<Example> examples_of(const std::vector<Pool>& pools, size_t at, size_t round) {
    std::vector<Example> examples;
    for (size_t i = at; i < std::min(at + kTogether, pools.size()); ++i)
      if (round < pools[i].cases.size())
        examples.push_back({pools[i].axes, pools[i].scalars, copy_of(pools[i].cases[round].inputs)});
    return examples;
  }
  bool has(const Block& block) const { return tracer_.entered().count(block.address - start_) != 0; }
  bool is_complete() const {
    return std::all_of(blocks_.begin(), blocks_.end(), [&](const Block& block) {
      const bool counts = !block.fails && std::any_of(block.lines.begin(), block.lines.end(),
                                                      [&](int line) { return changed_.count(line) != 0; });
      return !counts || has(block);
    });
  }

  Tracer& tracer_;
  const std::set<int>& changed_;
  std::vector<Block> blocks_;
  uint64_t start_ = 0;
};

/// What the loader does not pick on this machine has no call in the program itself.
Result<std::vector<Program>> variant_programs(JudgeState& state, const Subject& subject,
                                              const Deadline& deadline) {
  std::vector<Program> programs;
  for (const std::string& isa : hidden_variants(state.baseline.candidate.source, subject.candidate.source)) {
    if (deadline.passed()) break;
    const Subject alone = only_variant(subject, isa);
    const std::string folder = state.folders->path_of(state.op, alone);
    KE_DO(state.folders->write(folder, state.op, state.baseline, alone));
    KE_TRY(const Product product, state.folders->build(folder, state.op, alone, Role::traced));
    if (product.built) programs.push_back(program_of(product, alone.recipe, Role::traced));
  }
  return programs;
}

}  // namespace

Result<Covered> coverage_of(JudgeState& state, Tracer& tracer, const Subject& subject, const Exam& exam,
                            const Deadline& deadline) {
  const std::string& source = subject.candidate.source;
  const std::optional<std::string> tool = find_program("objdump");
  if (!tool) return Covered{{}, "objdump (GNU binutils) is not installed"};
  if (renumbers_lines(source)) return Covered{{}, "its source renumbers its lines"};
  const std::set<int> changed = changed_lines(state.baseline.candidate.source, source);
  const std::string name = "source/" + std::filesystem::path(subject.recipe.source).filename().string();
  KE_TRY(const std::vector<Program> variants, variant_programs(state, subject, deadline));
  std::deque<Tracer> tracers;
  std::vector<Tracer*> all = {&tracer};
  for (const Program& variant : variants)
    all.push_back(&tracers.emplace_back(state.op, variant, state.options.mandatory_layers));
  std::vector<Block> blocks;
  for (size_t i = 0; i < all.size(); ++i) {
    Watched watched(*all[i], changed);
    KE_TRY(const std::string unknown, watched.find_blocks(*tool, name, i, deadline.left_s()));
    if (!unknown.empty()) return Covered{{}, unknown};
    KE_DO(watched.call_the_rest(exam, Deadline(std::min(kCalls_s, kOfWhatIsLeft * deadline.left_s()))));
    if (!watched.is_known()) return Covered{{}, "what its calls noted lies at other addresses"};
    if (all[i]->missed_blocks()) return Covered{{}, "its calls enter more blocks than can be noted"};
    for (const Block& block : watched.blocks()) blocks.push_back(block);
  }
  return Covered{coverage_of_lines(blocks, changed, source), ""};
}

}  // namespace ke
