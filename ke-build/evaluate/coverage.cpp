// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/coverage.h"

#include "ke-build/base/diff.h"
#include "ke-build/base/elf.h"
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/coverage_lines.h"
#include "ke-build/evaluate/dispatch.h"
#include "ke-build/evaluate/sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>

#include <elf.h>

namespace ke {
namespace {

constexpr size_t kMostBlocks = 8192, kTogether = 16;
constexpr double kAddr2line_s = 20;
constexpr double kOfWhatIsLeft = 0.05;  // of a confirmation, for each program
constexpr const char* kNotes = "__sanitizer_cov_trace_pc";

/// By where they begin.
std::map<uint64_t, const ElfSymbol*> functions_of(const ElfImage& image) {
  std::map<uint64_t, const ElfSymbol*> functions;
  for (const ElfSymbol& symbol : image.symbols)
    if (symbol.kind == STT_FUNC) functions[symbol.address] = &symbol;
  return functions;
}

/// Where calls that note a block return to: both x86-64 and AArch64 end a call with the four bytes that name
/// its target.
std::vector<Block> noted_blocks(const ElfImage& image) {
  constexpr uint64_t kOperandBytes = 4;
  std::vector<ElfReference> references = image.references;
  std::sort(references.begin(), references.end(),
            [](const ElfReference& a, const ElfReference& b) { return a.address < b.address; });
  const std::map<uint64_t, const ElfSymbol*> functions = functions_of(image);
  std::vector<Block> blocks;
  for (size_t i = 0; i < references.size(); ++i) {
    if (references[i].name != kNotes) continue;
    bool passed_over = false;
    for (size_t k = i + 1; k < references.size() && references[k].name != kNotes; ++k)
      passed_over |= references[k].name == "_Unwind_Resume" || references[k].name == "__assert_fail";
    if (passed_over) continue;
    Block& block = blocks.emplace_back();
    block.address = references[i].address + kOperandBytes;
    const auto behind = functions.upper_bound(references[i].address);
    if (behind != functions.begin()) block.function = std::prev(behind)->second->name;
  }
  return blocks;
}

uint64_t start_of(const ElfImage& image) {
  for (const ElfSymbol& symbol : image.symbols)
    if (symbol.name == "__executable_start") return symbol.address;
  return 0;
}

/// Empty where the tool does not answer.
Result<std::string> ask_addr2line(const std::string& tool, const std::string& program,
                                  const std::vector<Block>& blocks) {
  Command command;
  command.argv = {tool, "-e", program};
  // Behind a call that does not come back another line may begin.
  for (const Block& block : blocks) command.argv.push_back(fmt::format("{:#x}", block.address - 1));
  command.directory = "/";
  command.timeout_s = kAddr2line_s;
  SandboxPolicy policy;
  policy.role = SandboxRole::compiler;
  policy.readable = {program};
  KE_TRY(const SandboxExit exit, run_sandboxed(command, policy));
  return exit.succeeded() ? exit.out : std::string();
}

std::set<int> changed_lines(const std::string& baseline, const std::string& source) {
  std::set<int> changed;
  for (const DiffLine& line : diff_lines(baseline, source))
    if (line.kind == DiffLine::Kind::added) changed.insert(line.after);
  return changed;
}

bool renumbers_lines(const std::string& source) {
  for (const std::string& line : split(source, '\n')) {
    const std::string text = trim(line);
    if (text.empty() || text[0] != '#') continue;
    const std::string word = trim(text.substr(1));
    if (starts_with(word, "line") || (!word.empty() && word[0] >= '0' && word[0] <= '9')) return true;
  }
  return false;
}

/// A traced program and what its calls have entered.
class Watched {
 public:
  Watched(Tracer& tracer, const std::set<int>& changed) : tracer_(tracer), changed_(changed) {}

  /// Why its blocks are not known; empty where they are.
  Result<std::string> find_blocks(const std::string& tool, const std::string& source_name, size_t program) {
    const std::string& path = tracer_.program().path;
    KE_TRY(const std::string file, read_file(path));
    const auto image = read_elf(file, path);
    if (!image) return image.error().message;
    blocks_ = noted_blocks(*image);
    start_ = start_of(*image);
    if (blocks_.empty()) return std::string("the linker did not keep where its blocks are noted");
    if (blocks_.size() > kMostBlocks) return std::string("it has too many blocks");
    KE_TRY(const std::string answer, ask_addr2line(tool, path, blocks_));
    read_lines(answer, source_name, blocks_);
    if (std::none_of(blocks_.begin(), blocks_.end(), [](const Block& block) { return block.line > 0; }))
      return std::string("addr2line knows no line of it");
    for (Block& block : blocks_) block.program = program;
    return std::string();
  }

  /// First one case of every shape, then a second one, until nothing is left to enter.
  Result<> call_the_rest(const Exam& exam, const Deadline& deadline) {
    for (size_t round = 0; !deadline.passed(); ++round) {
      const std::vector<Example> examples = examples_of(exam, round);
      if (examples.empty()) break;
      for (size_t at = 0; at < examples.size(); at += kTogether) {
        if (deadline.passed() || is_complete()) return ok();
        std::vector<const Example*> some;
        for (size_t i = at; i < std::min(at + kTogether, examples.size()); ++i) some.push_back(&examples[i]);
        KE_DO(tracer_.run(some, deadline));
      }
    }
    return ok();
  }

  std::vector<Block> blocks() const {
    std::vector<Block> blocks = blocks_;
    for (Block& block : blocks) block.entered = has(block);
    return blocks;
  }

 private:
  static std::vector<Example> examples_of(const Exam& exam, size_t round) {
    std::vector<Example> examples;
    for (const auto* pools : {&exam.workloads, &exam.hidden, &exam.lengths})
      for (const Pool& pool : *pools)
        if (round < pool.cases.size())
          examples.push_back({pool.axes, pool.scalars, copy_of(pool.cases[round].inputs)});
    return examples;
  }
  bool has(const Block& block) const { return tracer_.entered().count(block.address - start_) != 0; }
  bool is_complete() const {
    return std::all_of(blocks_.begin(), blocks_.end(),
                       [&](const Block& block) { return changed_.count(block.line) == 0 || has(block); });
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
  const std::optional<std::string> tool = find_program("addr2line");
  if (!tool) return Covered{{}, "addr2line (GNU binutils) is not installed"};
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
    KE_TRY(const std::string unknown, watched.find_blocks(*tool, name, i));
    if (!unknown.empty()) return Covered{{}, unknown};
    KE_DO(watched.call_the_rest(exam, Deadline(std::min(kCoverage_s, kOfWhatIsLeft * deadline.left_s()))));
    if (all[i]->missed_blocks()) return Covered{{}, "its calls enter more blocks than can be noted"};
    for (Block& block : watched.blocks()) blocks.push_back(std::move(block));
  }
  return Covered{coverage_of_lines(blocks, changed, source), ""};
}

}  // namespace ke
