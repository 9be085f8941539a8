// SPDX-License-Identifier: MIT
// What did this session teach? Distils one skill from a winning session, writes it as SKILL.md, and recalls
// what fits.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/model/operator.h"
#include "ke-build/model/session.h"

#include <string>
#include <vector>

namespace ke {

/// Distils the winner's lineage: pattern, precondition, actions, evidence, scope. REQUIRES: session.best !=
/// 0. ERRORS: not_found when the winner is not among the nodes.
Result<Skill> learn(const Operator& op, const Session& session, const std::vector<Node>& nodes);
/// SKILL.md text (YAML front matter: name, description, pattern, precondition, actions, evidence, scope) and
/// its reader.
std::string skill_text(const Skill& skill);
/// Reads foreign text: sizes are limited, what is not understood is ignored, and actions are words that are
/// only ever compared with the names of our own moves. ERRORS: usage, with `origin:line`.
Result<Skill> parse_skill(const std::string& text, const std::string& origin);
/// Reads every <folder>/<name>/SKILL.md; a broken one is skipped with a warning, never an error.
std::vector<Skill> load_skills(const std::string& folder);
/// The skills that fit this operator, best first: same op_type, shared features, same hardware and, where
/// `compiler`
/// (`GNU 12.2.0`) is given, same compiler family.
std::vector<Skill> recall(const Operator& op, const std::string& source, const std::vector<Skill>& skills,
                          size_t limit, const std::string& compiler = "");
/// Tags of the kernel's code that retrieval matches on: "reduction", "border-test", "strided-inner", "exp",
/// ... Told from tokens, without a parser: good for finding what is alike, no proof of anything.
std::vector<std::string> features_of(const Operator& op, const std::string& source);
/// features_of(), the contract, sizes of the workloads and what bounds the kernel as it is.
Facts facts_of(const Operator& op, const std::string& source, Bound bound = Bound::unknown);
/// 0..1: how much of what paid for the one may pay for the other. Half of it is being of one family; the rest
/// are shared tags (Jaccard 1901) and sizes.
double likeness(const Facts& one, const Facts& other);
/// Names of machines and compilers without core counts and versions: `AMD EPYC 9B14, 2 cores` and
/// `AMD EPYC 9B14, 64 cores` are one class, `GNU 12.2.0` and `GNU 13.1` as well.
std::string hardware_class(const std::string& hardware);
std::string compiler_family(const std::string& compiler);

}  // namespace ke
