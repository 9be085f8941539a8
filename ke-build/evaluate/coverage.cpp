// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/coverage.h"

#include "ke-build/base/diff.h"
#include "ke-build/base/elf.h"
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

namespace ke {
namespace {

constexpr size_t kMostBlocks = 4096, kMostPlaces = 8, kTextBytes = 72;
constexpr long kMostLines = 1L << 30;
constexpr double kAddr2line_s = 20;
constexpr int64_t kTogetherBytes = 1 << 20;
constexpr const char* kNotes = "__sanitizer_cov_trace_pc";

/// Where calls that note a block return to: both x86-64 and AArch64 end a call with the four bytes that name
/// its target.
std::vector<Block> noted_blocks(const ElfImage& image) {
  constexpr uint64_t kOperandBytes = 4;
  std::vector<ElfReference> references = image.references;
  std::sort(references.begin(), references.end(),
            [](const ElfReference& a, const ElfReference& b) { return a.address < b.address; });
  std::vector<Block> blocks;
  for (size_t i = 0; i < references.size(); ++i) {
    if (references[i].name != kNotes) continue;
    bool passed_over = false;
    for (size_t k = i + 1; k < references.size() && references[k].name != kNotes; ++k)
      passed_over |= references[k].name == "_Unwind_Resume" || references[k].name == "__assert_fail";
    if (!passed_over) blocks.push_back({references[i].address + kOperandBytes, 0});
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

/// Every case of the exam: first one of every shape.
std::vector<Example> examples_of(const Exam& exam, size_t round) {
  std::vector<Example> examples;
  for (const auto* pools : {&exam.workloads, &exam.hidden, &exam.lengths})
    for (const Pool& pool : *pools)
      if (round < pool.cases.size())
        examples.push_back({pool.axes, pool.scalars, copy_of(pool.cases[round].inputs)});
  return examples;
}

class Entered {
 public:
  Entered(const Tracer& tracer, const std::vector<Block>& blocks, uint64_t start)
      : tracer_(tracer), blocks_(blocks), start_(start) {}

  std::vector<bool> flags() const {
    std::vector<bool> flags;
    for (const Block& block : blocks_) flags.push_back(has(block));
    return flags;
  }
  bool all(const std::set<int>& lines) const {
    return std::all_of(blocks_.begin(), blocks_.end(),
                       [&](const Block& block) { return lines.count(block.line) == 0 || has(block); });
  }

 private:
  bool has(const Block& block) const { return tracer_.entered().count(block.address - start_) != 0; }

  const Tracer& tracer_;
  const std::vector<Block>& blocks_;
  uint64_t start_;
};

Result<> call_the_rest(Tracer& tracer, const Exam& exam, const Entered& entered, const std::set<int>& lines,
                       const Deadline& deadline) {
  for (size_t round = 0; !deadline.passed(); ++round) {
    const std::vector<Example> examples = examples_of(exam, round);
    if (examples.empty()) break;
    for (const Example& example : examples) {
      if (deadline.passed() || entered.all(lines)) return ok();
      KE_DO(tracer.run({&example}, deadline));
    }
  }
  return ok();
}

/// Of the blocks that begin on a line.
struct Line {
  bool entered = false, missed = false;
};

std::string quoted(const std::vector<std::string>& texts, int line) {
  const auto at = static_cast<size_t>(line) - 1;
  std::string text = at < texts.size() ? printable(trim(texts[at])) : "";
  if (text.size() > kTextBytes) text = text.substr(0, kTextBytes - 3) + "...";
  return "\"" + text + "\"";
}

/// Lines of which nothing was entered and that follow each other are one place.
std::vector<std::string> places_of(const std::map<int, Line>& lines, const std::vector<std::string>& texts) {
  std::vector<std::string> places;
  for (auto line = lines.begin(); line != lines.end();) {
    const auto [first, state] = *line;
    ++line;
    if (!state.missed) continue;
    int last = first;
    for (; !state.entered && line != lines.end() && line->second.missed && !line->second.entered; ++line)
      last = line->first;
    places.push_back(first == last ? fmt::format("line {}{}: {}", first, state.entered ? " in part" : "",
                                                 quoted(texts, first))
                                   : fmt::format("lines {}-{}, from {}", first, last, quoted(texts, first)));
  }
  if (places.size() > kMostPlaces) {
    const size_t more = places.size() - (kMostPlaces - 1);
    places.resize(kMostPlaces - 1);
    places.push_back(fmt::format("{} places more", more));
  }
  return places;
}

}  // namespace

void read_lines(const std::string& answer, const std::string& file, std::vector<Block>& blocks) {
  const std::vector<std::string> lines = split(answer, '\n');
  for (size_t i = 0; i < blocks.size() && i < lines.size(); ++i) {
    const size_t colon = lines[i].rfind(':');
    if (colon == std::string::npos) continue;
    const std::string path = lines[i].substr(0, colon);
    if (path == file || ends_with(path, "/" + file))
      blocks[i].line = static_cast<int>(
          std::clamp(std::strtol(lines[i].c_str() + colon + 1, nullptr, 10), 0L, kMostLines));
  }
}

Coverage coverage_of_lines(const std::vector<Block>& blocks, const std::vector<bool>& entered,
                           const std::set<int>& changed, const std::string& source) {
  Coverage coverage;
  std::map<int, Line> lines;
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (changed.count(blocks[i].line) == 0) continue;
    ++coverage.blocks;
    coverage.entered += entered[i];
    (entered[i] ? lines[blocks[i].line].entered : lines[blocks[i].line].missed) = true;
  }
  coverage.uncovered = places_of(lines, split(source, '\n'));
  return coverage;
}

Result<Covered> coverage_of(Tracer& tracer, const Subject& subject, const std::string& baseline,
                            const Exam& exam, const Deadline& deadline) {
  const std::string& source = subject.candidate.source;
  const std::optional<std::string> tool = find_program("addr2line");
  if (!tool) return Covered{{}, "addr2line (GNU binutils) is not installed"};
  if (renumbers_lines(source)) return Covered{{}, "its source renumbers its lines"};
  KE_TRY(const std::string file, read_file(tracer.program().path));
  const auto image = read_elf(file, tracer.program().path);
  if (!image) return Covered{{}, image.error().message};
  std::vector<Block> blocks = noted_blocks(*image);
  if (blocks.empty()) return Covered{{}, "the linker did not keep where its blocks are noted"};
  if (blocks.size() > kMostBlocks) return Covered{{}, "it has too many blocks"};
  KE_TRY(const std::string answer, ask_addr2line(*tool, tracer.program().path, blocks));
  read_lines(answer, "source/" + std::filesystem::path(subject.recipe.source).filename().string(), blocks);
  if (std::none_of(blocks.begin(), blocks.end(), [](const Block& block) { return block.line > 0; }))
    return Covered{{}, "addr2line knows no line of it"};
  const std::set<int> changed = changed_lines(baseline, source);
  const Entered entered(tracer, blocks, start_of(*image));
  KE_DO(call_the_rest(tracer, exam, entered, changed, deadline));
  if (tracer.missed_blocks()) return Covered{{}, "its calls enter more blocks than can be noted"};
  return Covered{coverage_of_lines(blocks, entered.flags(), changed, source), ""};
}

}  // namespace ke
