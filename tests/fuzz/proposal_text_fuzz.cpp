// SPDX-License-Identifier: MIT
// Texts that come from repositories and forges: policy files, bodies of pull requests, sources with dispatch
// variants.
#include "ke-build/evaluate/dispatch.h"
#include "ke-build/evaluate/source_rules.h"
#include "ke-ci/propose/content.h"
#include "ke-ci/propose/policy.h"
#include "ke-ci/report/diff.h"
#include "ke-ci/report/text.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)ke::parse_policy(text, "fuzz");
  (void)ke::parse_marker("<!-- ke: " + text + " -->");
  (void)ke::refuse_source("", text);
  (void)ke::illegal_source(ke::Operator(), "", text);
  for (const std::string& isa : ke::variants_of("", text)) {
    if (ke::without_variant(text, isa).size() > text.size() + 64 * text.size()) std::abort();
  }
  const std::string html = ke::escape_html(text);
  if (html.find('<') != std::string::npos || !ke::is_honest(html)) std::abort();
  const size_t half = size / 2;
  (void)ke::unified_diff(text.substr(0, half), text.substr(half), "fuzz");
  bool in_comment = false;
  (void)ke::highlight_cpp(text, in_comment);
  return 0;
}
