// SPDX-License-Identifier: MIT
// Shows what the expert templates make of a file by hand: template_probe [--noalias] [-IDIR]... FILE ENTRY
// [number] Without a number it lists the candidates; with one it prints that candidate's source.
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/headers.h"
#include "ke-build/search/templates/pipeline.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int argc, char** argv) {
  using namespace ke;
  RewriteRules rules;
  std::vector<std::string> words, includes;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--noalias") == 0)
      rules.noalias = true;
    else if (starts_with(argv[i], "-I"))
      includes.push_back(argv[i]);
    else
      words.push_back(argv[i]);
  }
  if (words.size() < 2) {
    std::fprintf(stderr, "usage: template_probe [--noalias] [-IDIR]... FILE ENTRY [number]\n");
    return 2;
  }
  const auto text = read_file(words[0]);
  if (!text) {
    std::fprintf(stderr, "%s\n", text.error().message.c_str());
    return 1;
  }
  rules.headers = project_headers(*text, words[0], includes);
  const auto made = template_candidates(*text, words[1], rules);
  if (words.size() > 2) {
    const size_t number = static_cast<size_t>(std::atoi(words[2].c_str()));
    if (number >= made.size()) return 1;
    std::fputs(made[number].source.c_str(), stdout);
    return 0;
  }
  for (size_t i = 0; i < made.size(); ++i)
    std::printf("%2zu %-14s %5.1f  %s\n", i, made[i].family.c_str(), made[i].prior, made[i].detail.c_str());
  return 0;
}
