// SPDX-License-Identifier: MIT
// Dispatch variants of a source: the strings of its target_clones attribute. Each is built by itself, with
// the attribute of this one level in the place of the clones; what this machine cannot run, nobody checked,
// so it is taken out of the proposal.
#pragma once

#include "ke-build/evaluate/evaluate.h"

#include <string>
#include <vector>

namespace ke {

/// "x86-64-v4", "x86-64-v3", "default": the variants that `candidate` adds to `base`, in their order.
std::vector<std::string> variants_of(const std::string& base, const std::string& candidate);
/// Whether each variant can be built by itself: the attribute stands behind the macro KE_CLONES.
bool has_clones_macro(const std::string& source);
/// Can this machine execute the variant? Unknown names: no.
bool runs_here(const std::string& isa);
/// The source without this variant; without the attribute when only "default" would be left.
std::string without_variant(const std::string& source, const std::string& isa);
/// The subject with only this variant in it.
Subject only_variant(Subject subject, const std::string& isa);
/// Does the source choose code by the processor: questions, clones, our macro for them?
bool asks_the_processor(const std::string& source);
/// Those that run here but are not the one that the loader picks here: nobody has measured them yet.
std::vector<std::string> hidden_variants(const std::string& base, const std::string& candidate);

}  // namespace ke
