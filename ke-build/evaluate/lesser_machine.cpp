// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/lesser_machine.h"

#include "ke-build/base/elf.h"
#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/lengths.h"
#include "ke-build/evaluate/machine_code.h"
#include "ke-build/evaluate/sandbox.h"
#include "ke-build/evaluate/verify.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <elf.h>

namespace ke {
namespace {

constexpr size_t kFirstPools = 4;  // hidden shapes; the announced ones come last and are all tried
constexpr std::string_view kIllegal = "\x0f\x0b";  // ud2
constexpr const char* kObject = "kernel.o";
constexpr const char* kPatched = "lesser";

Result<MachineCode> code_of(const std::string& objdump, const std::string& object) {
  Command command;
  command.argv = {objdump, "-d", "-w", "--insn-width=16", object};
  command.directory = "/";
  command.timeout_s = 20;
  SandboxPolicy policy;
  policy.role = SandboxRole::compiler;
  policy.readable = {object};
  policy.limits.output_bytes = 64u << 20;
  KE_TRY(const SandboxExit exit, run_sandboxed(command, policy));
  if (!exit.succeeded()) return Error{ErrorCode::tool, "objdump of " + object + ": " + exit.reason};
  return parse_disassembly(exit.out);
}

int highest_level(const MachineCode& code) {
  int highest = 1;
  for (const Instruction& one : code.instructions)
    highest = std::max(highest, level_of_instruction(one.bytes));
  return highest;
}

std::string question_in(const MachineCode& code) {
  for (const Instruction& one : code.instructions)
    if (asks_processor(one.bytes)) return one.text;
  return "";
}

/// Stores past the caches that nothing in the object orders (Intel SDM 3, 12.3.4); empty where there are
/// none.
std::string unordered_stores(const MachineCode& code) {
  std::string first;
  for (const Instruction& one : code.instructions) {
    const auto begins = [&](const char* word) { return starts_with(one.text, word); };
    const bool exchanges = begins("xchg ") && one.text.find('(') != std::string::npos;  // xchg %ax,%ax pads
    if (begins("sfence") || begins("mfence") || begins("lock ") || exchanges) return "";
    const bool streams =
        (begins("movnt") || begins("vmovnt")) && one.text.find("movntdqa") == std::string::npos;
    if (streams && first.empty()) first = one.text;
  }
  return first;
}

/// Where each section of the disassembly begins in the file; SIZE_MAX where it is not found.
std::vector<size_t> offsets_of(const MachineCode& code, const ElfImage& image, const std::string& file) {
  std::vector<size_t> offsets;
  std::map<std::string, size_t> next;  // sections of one name come in the order of the file
  for (const std::string& name : code.sections) {
    size_t skip = next[name]++, offset = SIZE_MAX;
    for (const ElfSection& section : image.sections) {
      const bool shown =
          section.name == name && (section.flags & SHF_EXECINSTR) != 0 && !section.content.empty();
      if (!shown || skip-- > 0) continue;
      offset = static_cast<size_t>(section.content.data() - file.data());
      break;
    }
    offsets.push_back(offset);
  }
  return offsets;
}

/// `file` with every instruction above `level` made illegal; the text of the first one, or "" for none.
Result<std::string> forbid(const MachineCode& code, int level, const std::string& origin, std::string& file) {
  KE_TRY(const ElfImage image, read_elf(file, origin));
  const std::vector<size_t> offsets = offsets_of(code, image, file);
  std::string first;
  std::vector<size_t> places;
  for (const Instruction& one : code.instructions) {
    if (level_of_instruction(one.bytes) <= level) continue;
    const size_t place = offsets[one.section] == SIZE_MAX ? SIZE_MAX : offsets[one.section] + one.address;
    const bool same = place < file.size() && file.compare(place, one.bytes.size(), one.bytes) == 0;
    if (!same || one.bytes.size() < kIllegal.size()) continue;
    places.push_back(place);
    if (first.empty()) first = one.text;
  }
  for (const size_t place : places) file.replace(place, kIllegal.size(), kIllegal);
  return first;
}

const char* name_of_level(int level) {
  constexpr const char* kNames[] = {"x86-64", "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"};
  return kNames[std::clamp(level, 0, 4)];
}

/// Does it meet an illegal instruction? Other failures are no matter of this question: bytes in the midst of
/// code may have been numbers.
Result<bool> is_ended(const Operator& op, const Program& program, const Exam& exam,
                      const VerifyOptions& options) {
  Random random(secret_seed());
  const size_t turn = random.below(kFirstPools);  // of the others every fourth
  for (size_t i = 0; i < exam.hidden.size(); ++i) {
    const Pool& pool = exam.hidden[i];
    const bool announced =
        std::any_of(op.workloads.begin(), op.workloads.end(),
                    [&](const Workload& workload) { return axes_of(op, workload) == pool.axes; });
    if (i >= kFirstPools && !announced && i % kFirstPools != turn) continue;
    KE_TRY(const std::optional<Finding> finding, verify_pool(op, program, pool, i, options));
    if (finding && finding->reason.find("SIGILL") != std::string::npos) return true;
  }
  // Between the shapes that were announced, too.
  KE_TRY(const std::optional<Finding> length, verify_lengths(op, program, exam.lengths, options));
  return length && length->reason.find("SIGILL") != std::string::npos;
}

}  // namespace

int level_of_flags(const std::vector<std::string>& flags) {
  int level = 1;
  const auto raise = [&](int to) { level = std::max(level, to); };
  for (const std::string& flag : flags) {
    if (starts_with(flag, "-march=x86-64")) {
      raise(flag.size() == 16 && flag.back() >= '2' && flag.back() <= '4' ? flag.back() - '0' : 1);
    } else if (starts_with(flag, "-march=") || starts_with(flag, "-mcpu=") || starts_with(flag, "-mavx512")) {
      raise(5);
    } else if (starts_with(flag, "-mavx") || flag == "-mfma" || starts_with(flag, "-mbmi") ||
               flag == "-mf16c" || flag == "-mlzcnt" || flag == "-mmovbe") {
      raise(3);
    } else if (starts_with(flag, "-msse3") || starts_with(flag, "-mssse3") || starts_with(flag, "-msse4") ||
               flag == "-mpopcnt" || flag == "-mcx16") {
      raise(2);
    }
  }
  return level;
}

std::string missing_disassembler() {
#if defined(__x86_64__)
  if (find_program("objdump")) return "";
  return "not checked in machine code: instructions that other machines lack, questions to the processor; "
         "objdump (GNU binutils) is not installed";
#else
  return "not checked in machine code: instructions that other machines lack; that is done on x86-64 only";
#endif
}

Result<std::string> illegal_code(const JudgeState& state, const std::string& folder) {
#if defined(__x86_64__)
  const std::optional<std::string> objdump = find_program("objdump");
  if (!objdump) return std::string();
  KE_TRY(const MachineCode code, code_of(*objdump, join(folder, kObject)));
  const std::string landing = hidden_landing(code), question = question_in(code),
                    unordered = unordered_stores(code);
  if (landing.empty() && question.empty() && unordered.empty()) return std::string();
  KE_TRY(const MachineCode own, code_of(*objdump, join(state.baseline_folder, kObject)));
  if (!question.empty() && question_in(own).empty())
    return "asks the processor itself (" + question +
           "), and so chooses code by the machine in a way that cannot be checked here for others; "
           "__builtin_cpu_supports() and target_clones can be";
  if (!unordered.empty() && unordered_stores(own).empty())
    return "stores past the caches (" + unordered +
           ") and orders those stores by nothing: whoever is told that it has finished may read what was "
           "there before; "
           "_mm_sfence() belongs behind them";
  if (!landing.empty() && hidden_landing(own).empty())
    return "jumps into the middle of an instruction (" + landing +
           "), so that nobody can say what it runs; data belongs to .rodata";
#else
  (void)state, (void)folder;
#endif
  return std::string();
}

Result<std::optional<Finding>> fails_below(JudgeState& state, const Subject& subject,
                                           const std::string& folder, const Program& program,
                                           const Exam& exam, int level) {
  std::optional<Finding> none;
#if defined(__x86_64__)
  const std::optional<std::string> objdump = find_program("objdump");
  level = std::max(level, level_of_flags(state.baseline.recipe.flags));
  if (!objdump || level >= 5) return none;
  const std::string object = join(folder, kObject);
  KE_TRY(const MachineCode code, code_of(*objdump, object));
  if (highest_level(code) <= level) return none;
  KE_TRY(const MachineCode own, code_of(*objdump, join(state.baseline_folder, kObject)));
  level = std::max(level, highest_level(own));
  KE_TRY(std::string file, read_file(object));
  KE_TRY(const std::string first, forbid(code, level, object, file));
  if (first.empty()) return none;
  KE_DO(write_file(join(folder, std::string(kPatched) + ".o"), file));
  KE_TRY(const std::string linked, state.folders->link_object(folder, state.op, subject, kPatched));
  Program lesser = program;
  lesser.path = linked;
  lesser.layouts.clear();
  lesser.reads.push_back(linked);
  VerifyOptions options = verify_options(state);
  options.rival = nullptr;
  KE_TRY(const bool ended, is_ended(state.op, lesser, exam, options));
  if (!ended) return none;
  return std::optional(
      Finding{Outcome::unsafe,
              fmt::format("runs instructions that other machines lack, such as `{}`: it ends "
                          "where only those of {} are there",
                          first, name_of_level(level)),
              0, 0, false});
#else
  (void)state, (void)subject, (void)folder, (void)program, (void)exam, (void)level;
  return none;
#endif
}

}  // namespace ke
