// SPDX-License-Identifier: MIT
// What the recognisers share: loads with affine subscripts, their parts by loop variable, and the text of
// offsets.
#pragma once

#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/syntax/traces.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

/// One element of an array: base[index].
struct Element {
  std::string base;
  Poly index;
  std::string type;                 // "float"; never empty
  std::vector<std::string> tables;  // arrays that the index itself is read from: x[at[i] * n + j]
};

/// The element that an expression names: `x[i * n + j]`, `*(row + j)`. Nothing for other expressions, for
/// arrays of unknown type, and for indirect subscripts unless they are welcome.
std::optional<Element> element_of(const Expr& expr, const Symbols& symbols, bool indirect = false);

/// Each term holds at most one of the variables, to the first power or inside of one factor: at[i].
bool is_separable(const Poly& poly, const std::set<std::string>& variables);
/// The terms that hold one of the variables, and the others.
Poly terms_with(const Poly& poly, const std::set<std::string>& variables);
Poly terms_without(const Poly& poly, const std::set<std::string>& variables);

/// The polynomial in 64-bit arithmetic: `(long)i * n + j`.
std::string offset_text(const Poly& poly);
/// `x` or `x.data()`.
std::string pointer_text(const std::string& base, const Symbols& symbols);

/// The address of the element at the loop's first value, the other variables as they stand.
std::string start_text(const Element& element, const Stmt& loop, const Symbols& symbols);
/// "float", "double", "int": types that kernels are written for; "" for others.
std::string kernel_type(const std::string& type);
/// Holes that every kernel over one type has: CT, MT (the integer of its size), ALIGN.
std::map<std::string, std::string> type_holes(const std::string& type);

/// The product over a and b as the kernels spell it, and the holes of the names that it needs besides.
std::map<std::string, std::string> product_holes(Expr product, const std::vector<std::string>& extras,
                                                 const std::string& type);

std::set<std::string> names_of(const std::vector<const Stmt*>& loops);
/// `(long)(upper) - (long)(lower)`
std::string extent_text(const Stmt& loop);

/// 0, 0.0f, 0.
bool is_zero_literal(const Expr& expr);

/// Text as an expression or a statement.
Expr raw(std::string text);
Stmt line(std::string text);
/// A statement that is printed as it stands.
Stmt verbatim(std::string text);

/// Names of generated variables end in __KE_N__ until they are numbered: a region inside of another generated
/// one must not take its names.
std::string numbered(const std::string& source, const Unit& before);
/// Removes declarations of pointers and constants that nothing behind them uses any more.
void drop_unused(Stmts& statements);

/// Bounds of the loop, and names of the element's offset, are none of those that the statements change.
bool stands_still(const Stmt& loop, const Element& element, const Effects& effects);

/// ke_<entry>_<what>, with a number where the file has that name already.
std::string fresh_kernel_name(const Unit& unit, const std::string& what);

/// The loop's iterations run to their end one after the other: no break, return, continue or unknown call.
bool runs_through(const Stmt& loop, const Symbols& symbols);

}  // namespace ke
