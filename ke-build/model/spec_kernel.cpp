// SPDX-License-Identifier: MIT
// The parts of a spec that say how the kernel is called, checked and what a rewrite may assume.
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/model/spec.h"
#include "ke-build/model/spec_parts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace ke::spec {
namespace {

Result<Tunable> read_tunable(ObjectReader& tunables, const std::string& name) {
  KE_TRY(auto reader, child(tunables, name));
  if (!is_identifier(name)) return tunables.error_at(name, "is not a macro name");
  Tunable tunable;
  tunable.name = name;
  tunable.where = tunables.path_of(name);
  const auto word = [](const Json& value) {
    return value.is_string() ? value.get<std::string>() : to_line(value);
  };
  const Json* values = reader.get("values");
  if (!values || !values->is_array() || values->empty()) {
    return reader.error_at("values", "is missing or empty, expected an array such as [16, 32, 64]");
  }
  for (const Json& value : *values) {
    if (value.is_structured() || value.is_null()) {
      return reader.error_at("values",
                             "found " + ObjectReader::kind_of(value) + " in it, expected numbers or texts");
    }
    tunable.values.push_back(word(value));
    // The value lands on a compiler's command line as -DNAME=value; keep it to one plain token.
    if (tunable.values.back().find_first_of(" \t\n;'\"\\$`") != std::string::npos) {
      return reader.error_at("values", "found \"" + tunable.values.back() + "\", expected one plain token");
    }
  }
  const Json* initial = reader.get("default");
  tunable.initial = initial ? word(*initial) : tunable.values.front();
  if (!std::count(tunable.values.begin(), tunable.values.end(), tunable.initial)) {
    return reader.error_at("default", "found \"" + tunable.initial + "\", which is not one of the values");
  }
  KE_DO(reader.finish());
  return tunable;
}

/// `ops::rmsnorm<float>(x, y)` without an entry names the entry `rmsnorm`.
std::string entry_of(const std::string& call) {
  std::string head = call.substr(0, call.find('('));
  head = head.substr(0, head.find('<'));
  const size_t at = head.find_last_of(":.> ");
  return trim(at == std::string::npos ? head : head.substr(at + 1));
}

}  // namespace

Result<> read_kernel(ObjectReader& ke, Operator& op) {
  KE_TRY(auto reader, child(ke, "kernel"));
  Kernel& kernel = op.kernel;
  static const std::vector<std::string> kLanguages = {"cpp", "c"};
  KE_TRY(const size_t language, read_word(reader, "language", kLanguages, 0));
  kernel.language = kLanguages[language];
  KE_TRY(kernel.call, reader.text("call"));
  if (kernel.call.find('(') == std::string::npos) {
    return reader.error_at("call",
                           "found \"" + kernel.call + "\", expected a call such as \"ops::f(x, y, rows)\"");
  }
  KE_TRY(kernel.entry, reader.text_or("entry", entry_of(kernel.call)));
  if (!is_identifier(kernel.entry)) {
    return reader.error_at("entry",
                           "found \"" + kernel.entry + "\", expected the function's unqualified name");
  }
  KE_TRY(kernel.headers, reader.texts_or_empty("headers"));
  KE_TRY(const size_t rewrite, read_word(reader, "rewrite", {"function", "file", "regions"}, 0));
  kernel.rewrite = static_cast<Kernel::Rewrite>(rewrite);
  if (reader.has("tunables")) {
    KE_TRY(auto tunables, child(reader, "tunables"));
    for (const auto& [name, value] : reader.get("tunables")->items()) {
      KE_TRY(auto tunable, read_tunable(tunables, name));
      kernel.tunables.push_back(std::move(tunable));
    }
  }
  KE_TRY(const auto constraints, reader.texts_or_empty("constraints"));
  for (size_t i = 0; i < constraints.size(); ++i) {
    kernel.constraints.push_back(
        {constraints[i], fmt::format("{}: {}[{}]", reader.origin(), reader.path_of("constraints"), i)});
  }
  return reader.finish();
}

Result<> read_reference(ObjectReader& ke, Operator& op) {
  if (!ke.has("reference")) return ok();
  KE_TRY(auto reader, child(ke, "reference"));
  op.reference.kind = Reference::Kind::source;
  KE_TRY(const std::string source, reader.text("source"));
  const std::string folder = std::filesystem::path(op.spec_path).parent_path().string();
  op.reference.source =
      std::filesystem::path(source).is_absolute() ? source : canonical(join(folder, source));
  if (!exists(op.reference.source)) {
    return reader.error_at("source",
                           "the file " + op.reference.source + " does not exist (relative to the spec)");
  }
  KE_TRY(op.reference.call, reader.text("call"));
  return reader.finish();
}

Result<> read_tolerance(ObjectReader& ke, Operator& op) {
  if (!ke.has("tolerance")) return ok();
  KE_TRY(auto reader, child(ke, "tolerance"));
  KE_TRY(const size_t kind, read_word(reader, "kind", {"derived", "exact", "ulp", "absolute"}, 0));
  Tolerance& tolerance = op.tolerance;
  tolerance.kind = static_cast<Tolerance::Kind>(kind);
  KE_TRY(tolerance.reduction, reader.text_or("reduction", ""));
  if (!tolerance.reduction.empty()) KE_DO(check_expression(reader, "reduction", tolerance.reduction, op));
  KE_TRY(tolerance.ulp, reader.number_or("ulp", tolerance.ulp));
  KE_TRY(tolerance.atol, reader.number_or("atol", 0));
  KE_TRY(tolerance.rtol, reader.number_or("rtol", 0));
  KE_TRY(tolerance.factor, reader.number_or("factor", tolerance.factor));
  if (reader.has("products")) {
    static constexpr double kRoundoffs[] = {0, 0x1p-11, 0x1p-8};
    KE_TRY(const size_t products, read_word(reader, "products", {"float32", "tf32", "bfloat16"}, 0));
    tolerance.products = kRoundoffs[products];
    if (tolerance.kind != Tolerance::Kind::derived)
      return reader.error_at("products", "belongs to the kind \"derived\"; the others state their bound");
  }
  KE_TRY(tolerance.any_error, reader.boolean_or("any_error", false));
  if (tolerance.kind == Tolerance::Kind::absolute && tolerance.atol <= 0 && tolerance.rtol <= 0) {
    return reader.error_at("atol", "and rtol are both 0; give one of them, or use \"exact\"");
  }
  if (tolerance.ulp < 0 || tolerance.atol < 0 || tolerance.rtol < 0 || tolerance.factor <= 0) {
    return reader.error_at("kind", "has a negative tolerance");
  }
  return reader.finish();
}

Result<> read_contract(ObjectReader& ke, Operator& op) {
  if (!ke.has("contract")) return ok();
  KE_TRY(auto reader, child(ke, "contract"));
  Contract& contract = op.contract;
  KE_TRY(contract.finite_only, reader.boolean_or("finite_only", false));
  KE_TRY(contract.noalias, reader.boolean_or("noalias", false));
  KE_TRY(contract.deterministic, reader.boolean_or("deterministic", true));
  KE_TRY(contract.reentrant, reader.boolean_or("reentrant", false));
  KE_TRY(const int64_t threads, reader.integer_or("threads", 1));
  if (threads < 1 || threads > 1024) return reader.error_at("threads", "must lie in [1, 1024]");
  contract.threads = static_cast<int>(threads);
  if (reader.has("align")) {
    KE_TRY(auto align, child(reader, "align"));
    for (Argument& argument : op.arguments) {
      KE_TRY(argument.align_bytes, align.integer_or(argument.name, 0));
      const int64_t bytes = argument.align_bytes;
      if (bytes < 0 || bytes > 4096 || (bytes & (bytes - 1))) {
        return align.error_at(argument.name, "must be a power of two, at most 4096 bytes");
      }
    }
    KE_DO(align.finish());
  }
  return reader.finish();
}

Result<> read_targets(ObjectReader& ke, Operator& op) {
  if (!ke.has("targets")) return ok();
  KE_TRY(auto reader, child(ke, "targets"));
  KE_TRY(const size_t isa, read_word(reader, "isa", {"portable", "native"}, 0));
  op.isa = static_cast<Isa>(isa);
  KE_TRY(op.forbidden_flags, reader.texts_or_empty("forbid_flags"));
  KE_TRY(op.other_compilers, reader.texts_or_empty("other_compilers"));
  for (const std::string& name : op.other_compilers) {
    const bool plain =
        !name.empty() && name[0] != '-' && std::all_of(name.begin(), name.end(), [](unsigned char c) {
          return c < 128 && (std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.' || c == '_');
        });
    if (!plain)
      return reader.error_at("other_compilers",
                             "found \"" + name + "\", expected names of programs such as \"clang++\"");
  }
  return reader.finish();
}

}  // namespace ke::spec
