// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/sums_ahead.h"

#include "ke-build/base/text.h"

#include <fmt/format.h>

namespace ke {
namespace {

constexpr int kBlock = 1024;  // sums on the stack

// The user's loop over one block.
Stmt part_of(const Stmt& loop) {
  const std::string type = counter_type(loop);
  const std::string lower =
      bare(loop.lower).is(Expr::Kind::number, "0") ? "" : "(" + to_text(loop.lower) + ") + ";
  Stmt part = loop;
  part.lower = raw(fmt::format("{}({})ke_first__KE_N__", lower, type));
  part.upper = raw(fmt::format("{}({})(ke_first__KE_N__ + ke_count__KE_N__)", lower, type));
  part.text = "<";
  return part;
}

// The same with the sums in the place of the loops that made them.
Stmt users_part(const ContractionSite& site) {
  const Stmt& loop = *site.block;
  const bool from_zero = bare(loop.lower).is(Expr::Kind::number, "0");
  const std::string from_lower = from_zero ? "" : " - (long)(" + to_text(loop.lower) + ")";
  Expr sum{Expr::Kind::opaque,
           fmt::format("ke_dots__KE_N__[(long){}{} - ke_first__KE_N__]", loop.name, from_lower),
           {}};
  if (site.factor) sum = Expr::binary(Expr{Expr::Kind::group, "", {*site.factor}}, "*", sum);
  Stmts made;
  walk(site.inner->body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::declare) && mentions(site.target, s.name)) made.push_back(s);
  });
  made.push_back(make_expression(Expr::assign(site.target, site.subtract ? "-=" : "+=", sum)));
  Stmt part = part_of(loop);
  part.body = site.inner == &site.region.loop() ? made : rebuilt(loop, site.inner, made)[0].body;
  drop_unused(part.body);
  return part;
}

}  // namespace

Stmts blocks_of_places(const ContractionSite& site, const Stmts& setup, const Stmts& make_sums,
                       const std::string& apart) {
  Stmt blocks;
  blocks.kind = Stmt::Kind::wild;
  blocks.text = fmt::format(
      "for (long ke_first__KE_N__ = 0; ke_first__KE_N__ < ke_places__KE_N__; ke_first__KE_N__ += {})",
      kBlock);
  blocks.body.push_back(make_declare(
      "const long", "ke_count__KE_N__",
      raw(fmt::format(
          "ke_places__KE_N__ - ke_first__KE_N__ < {0} ? ke_places__KE_N__ - ke_first__KE_N__ : {0}",
          kBlock))));
  blocks.body.insert(blocks.body.end(), make_sums.begin(), make_sums.end());
  if (apart.empty())
    blocks.body.push_back(users_part(site));
  else
    blocks.body.push_back(make_branch(raw(apart), {users_part(site)}, {part_of(*site.block)}));
  Stmt block;
  block.kind = Stmt::Kind::block;
  block.body.push_back(make_declare("const long", "ke_places__KE_N__", raw(extent_text(*site.block))));
  block.body.insert(block.body.end(), setup.begin(), setup.end());
  if (!site.extras.empty())
    block.body.push_back(verbatim(
        fmt::format("const {} ke_extra__KE_N__[] = {{{}}};", site.type, join_texts(site.extras, ", "))));
  block.body.push_back(make_array(site.type, "ke_dots__KE_N__", Expr::number(kBlock)));
  block.body.push_back(blocks);
  return {block};
}

}  // namespace ke
