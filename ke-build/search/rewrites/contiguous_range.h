// SPDX-License-Identifier: MIT
// What iterators into contiguous numbers stand for: `x + r * n`, `v.begin()`.
#pragma once

#include "ke-build/search/syntax/facts.h"

#include <optional>
#include <string>

namespace ke {

/// Where an iterator points: elements of `base`, behind `offset`.
struct Start {
  std::string base, element;  // its name; the type of its numbers
  std::optional<Expr> offset;
  /// `base[offset + index]`
  Expr at(const Expr& index) const;
};

std::optional<Start> read_start(const Expr& iterator, const Symbols& symbols);

struct Span {
  Start first;
  Expr length;
  std::string counter;  // the type that counts it
};

/// The range of two iterators. Nothing where its length cannot be written.
std::optional<Span> read_span(const Expr& first, const Expr& last, const Symbols& symbols);
/// The range of `count` elements.
std::optional<Span> counted_span(const Expr& first, const Expr& count, const Symbols& symbols);

}  // namespace ke
