// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/template_file.h"

#include "ke-build/base/files.h"
#include "ke-build/base/share.h"
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <mutex>

namespace ke {
namespace {

constexpr uint64_t kMaxBytes = 1u << 18;

// What one instruction set is called, and how many rows of how many vectors its registers hold.
struct Level {
  const char *number, *suffix, *target, *bytes, *rows, *vectors;
};
constexpr Level kLevels[] = {
    {"2", "_v4", "__attribute__((target(\"avx512f,avx512bw,avx512dq,avx512vl,avx2,fma\")))", "64", "8", "3"},
    {"1", "_v3", "__attribute__((target(\"avx2,fma\")))", "32", "6", "2"},
    {"0", "", "", "16", "6", "2"},
};

std::string filled(std::string text, const std::map<std::string, std::string>& holes) {
  for (const auto& [name, value] : holes) text = replace_all(text, "@" + name + "@", value);
  return text;
}

std::string per_level(const std::string& text) {
  std::string out;
  for (const Level& level : kLevels) {
    const std::string number = level.number;
    const bool extended = number != "0";
    const std::string made = filled(text, {{"LEVEL", number},
                                           {"L", level.suffix},
                                           {"TARGET", level.target},
                                           {"BYTES", level.bytes},
                                           {"MR", level.rows},
                                           {"VR", level.vectors}});
    out += extended ? "#if defined(__x86_64__) && defined(__GNUC__)\n" + made + "#endif\n" : made;
  }
  return out;
}

std::string read_template(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, std::string> known;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto [place, fresh] = known.try_emplace(name);
  if (fresh)
    place->second = read_file(share_dir() + "/templates/kernels/" + name + ".h.in", kMaxBytes).value_or("");
  return place->second;
}

}  // namespace

std::string expand_sections(const std::string& text, const Holes& holes) {
  std::string out, repeated;
  std::vector<std::string> open;  // names of the sections around the line
  bool in_levels = false;
  int dropped = 0;
  for (const std::string& line : split(text, '\n')) {
    const std::string word = trim(line);
    if (word == "//@isa") {
      open.push_back("isa");
      in_levels = true;
    } else if (starts_with(word, "//@if ")) {
      open.push_back(word.substr(6));
      dropped += holes.flags.count(open.back()) == 0;
    } else if (word == "//@end" && !open.empty()) {
      const std::string name = open.back();
      open.pop_back();
      if (name == "isa") {
        out += per_level(repeated);
        repeated.clear();
        in_levels = false;
      } else {
        dropped -= holes.flags.count(name) == 0;
      }
    } else if (dropped == 0) {
      (in_levels ? repeated : out) += line + "\n";
    }
  }
  while (ends_with(out, "\n\n")) out.pop_back();
  return out;
}

std::string with_kernel_text(const std::string& source, uint32_t behind_includes, const std::string& kernel) {
  const std::string mark = "#endif  // KE_LEVELS\n";
  std::string text = source;
  if (text.find(mark) == std::string::npos)
    text = with_preamble(text, behind_includes, mark, read_template("levels"));
  const size_t place = text.find(mark);
  if (place == std::string::npos)
    return source;  // no kernel without it: does not compile, and is not adopted
  return text.insert(place + mark.size(), "\n" + kernel);
}

std::optional<std::string> instantiate(const std::string& name, const Holes& holes) {
  const std::string text = read_template(name);
  if (text.empty()) return std::nullopt;
  std::string made = filled(expand_sections(text, holes), holes.text);
  // A hole that nobody filled is a mistake of ours: better no candidate than one that does not compile.
  for (size_t at = made.find('@'); at != std::string::npos; at = made.find('@', at + 1))
    if (at + 1 < made.size() && std::isupper(static_cast<unsigned char>(made[at + 1]))) return std::nullopt;
  return made;
}

}  // namespace ke
