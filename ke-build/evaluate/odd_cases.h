// SPDX-License-Identifier: MIT
// Cases that no style of drawing makes: scalars that are no numbers, one array in two places.
#pragma once

#include "ke-build/evaluate/pool.h"

namespace ke {

/// For each floating scalar of a normal domain, unless the contract is finite: typical inputs with NaN, and
/// with infinities of both signs, in its place. ERRORS: as add_cases.
Result<> add_odd_scalars(Pool& pool, ReferenceProgram& reference, Random& random);

/// For inputs of the same shape, type and domain: typical ones, such with equal rows, and such with numbers
/// that are none, of which one has the contents of another (up to eight such pairs, by chance), two those of
/// two others (up to four), or all those of the first. ERRORS: as add_cases.
Result<> add_tied(Pool& pool, ReferenceProgram& reference, Random& random);

/// The same at a hidden shape at which two inputs of different shapes are of one (queries, and what they are
/// looked for in), if the contract has such a shape. ERRORS: as add_cases.
Result<> add_alike(std::vector<Pool>& pools, ReferenceProgram& reference,
                   const std::map<std::string, double>& scalars, int64_t max_elements, Random& random);

}  // namespace ke
