// SPDX-License-Identifier: MIT
#include "ke-build/detect/scan.h"

#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <atomic>
#include <set>
#include <thread>

namespace ke {
namespace {

constexpr int kParallel = 2;

/// Flags that would write files or change what -M prints.
bool is_unwanted(const std::string& flag) {
  return flag == "-MD" || flag == "-MMD" || flag == "-MP" || flag == "-c" || flag == "-S" || flag == "-E" ||
         starts_with(flag, "-save-temps") || flag == "-Werror" || starts_with(flag, "-Werror=");
}

std::vector<std::string> command_line(const Recipe& recipe, const std::string& source) {
  std::vector<std::string> argv{recipe.compiler};
  for (size_t i = 0; i < recipe.flags.size(); ++i) {
    if (recipe.flags[i] == "-MF" || recipe.flags[i] == "-MT" || recipe.flags[i] == "-MQ") {
      ++i;
    } else if (!is_unwanted(recipe.flags[i])) {
      argv.push_back(recipe.flags[i]);
    }
  }
  for (const std::string& define : recipe.defines) argv.push_back("-D" + define);
  argv.insert(argv.end(), recipe.includes.begin(), recipe.includes.end());
  argv.insert(argv.end(), {"-M", "-MT", "object", "-w", source});
  return argv;
}

}  // namespace

std::vector<std::string> parse_depfile(std::string_view text) {
  std::vector<std::string> files;
  // The colon behind the target stands before white space or a continued line.
  size_t at = text.find(':');
  while (at != std::string_view::npos && at + 1 < text.size() &&
         !isspace(static_cast<unsigned char>(text[at + 1])) && text[at + 1] != '\\') {
    at = text.find(':', at + 1);
  }
  if (at == std::string_view::npos) return files;
  std::string word;
  const auto flush = [&] {
    if (!word.empty()) files.push_back(std::move(word));
    word.clear();
  };
  for (++at; at < text.size(); ++at) {
    const char c = text[at], next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (c == '\\' && next == '\r' && at + 2 < text.size() && text[at + 2] == '\n') {
      flush();
      at += 2;
    } else if (c == '\\' && next == '\n') {
      flush();
      ++at;
    } else if ((c == '\\' && (next == ' ' || next == '#' || next == '\\' || next == ':')) ||
               (c == '$' && next == '$')) {
      word += next;
      ++at;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      flush();
    } else if (c == '\n') {
      break;  // the end of the first rule
    } else {
      word += c;
    }
  }
  flush();
  return files;
}

Scan scan_includes(const Recipe& recipe, const std::string& source, double timeout_s) {
  Scan scan;
  const Command command{
      .argv = command_line(recipe, source), .directory = recipe.directory, .timeout_s = timeout_s};
  auto output = run_or_fail(command);
  if (!output) {
    scan.error = last_lines(output.error().message, 3);
    return scan;
  }
  std::set<std::string> files;
  for (const std::string& file : parse_depfile(*output)) {
    files.insert(canonical(file[0] == '/' ? file : join(recipe.directory, file)));
  }
  scan.files.assign(files.begin(), files.end());
  scan.ok = files.contains(canonical(source));
  if (!scan.ok) scan.error = fmt::format("{} printed no dependency rule for {}", recipe.compiler, source);
  return scan;
}

std::vector<Scan> scan_all(const std::vector<ScanRequest>& requests, double timeout_s) {
  std::vector<Scan> scans(requests.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < requests.size(); i = next++) {
      scans[i] = scan_includes(requests[i].recipe, requests[i].source, timeout_s);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < kParallel && i < static_cast<int>(requests.size()); ++i) threads.emplace_back(work);
  work();
  for (auto& thread : threads) thread.join();
  return scans;
}

}  // namespace ke
