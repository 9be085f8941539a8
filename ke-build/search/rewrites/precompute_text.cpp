// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/precompute_text.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/steady.h"

#include <algorithm>
#include <map>

namespace ke {
namespace {

constexpr int kOwnBytes = 4096, kOwnBytesWithoutHeap = 32768;

constexpr const char* kRoomHelper =
    R"(// Room for a table of rows * columns elements: the caller's own where that is large enough@HEAP@.
// 0 where the table does not pay, is larger than 8 MiB, or cannot be had.
#ifndef KE_ROOM
#define KE_ROOM
@INCLUDE@static inline void* ke_room(void* own, size_t own_bytes, int pays, long long rows, long long columns,
                            size_t bytes) {
  const long long most = (8ll << 20) / (long long)bytes;
  if (!pays || rows > most || columns > most || (rows > 0 && columns > most / rows)) return 0;
  if (rows <= 0 || columns <= 0) return own;
  if ((size_t)(rows * columns) * bytes <= own_bytes) return own;
  return @ELSE@;
}
static inline void ke_room_end(void* room, void* own) {
  @END@
}
#endif
)";

// What the value is about: the function that it calls, the field or the array that it is read from.
std::string stem_of(const Expr& value) {
  std::string stem;
  walk(value, [&](const Expr& e) {
    if (!stem.empty()) return;
    if (e.is(Expr::Kind::call) && !starts_with(e.text, "static_cast<")) stem = e.text;
    if (e.is(Expr::Kind::member)) stem = e.text.substr(e.text[0] == '.' ? 1 : 2);
    if (e.is(Expr::Kind::subscript)) stem = to_text(bare(e.kids[0]));
  });
  if (const size_t colon = stem.rfind("::"); colon != std::string::npos) stem = stem.substr(colon + 2);
  const bool word = !stem.empty() && identifiers(stem).count(stem) != 0;
  return "ke_" + (word ? stem : "table");
}

Expr length_of(const Stmt& loop) {
  const Expr length = difference(exclusive_upper(loop), loop.lower);
  if (same(length, exclusive_upper(loop))) return length;
  // An empty loop of an unsigned counter would have a huge one.
  return Expr{
      Expr::Kind::group,
      "",
      {Expr::conditional(Expr::binary(loop.lower, "<", exclusive_upper(loop)), length, Expr::number(0))}};
}

Expr place_in(const Stmt& loop) { return difference(Expr::name(loop.name), loop.lower); }

bool erase_declaration(Stmts& statements, const std::string& name) {
  for (size_t i = 0; i < statements.size(); ++i) {
    Stmt& s = statements[i];
    if (s.is(Stmt::Kind::declare) && s.name == name) {
      statements.erase(statements.begin() + static_cast<std::ptrdiff_t>(i));
      return true;
    }
    if (erase_declaration(s.body, name) || erase_declaration(s.otherwise, name)) return true;
  }
  return false;
}

// The bodies of the loops right inside.
Stmts inner_of(const Stmt& loop) {
  Stmts out;
  for (const Stmt& s : loop.body)
    if (s.is(Stmt::Kind::loop)) out.insert(out.end(), s.body.begin(), s.body.end());
  return out;
}

class Writer {
 public:
  Writer(const Site& outer, const std::vector<Repeated>& values, const RewriteRules& rules,
         const Precomputation& what)
      : outer_(outer), values_(values), rules_(rules), what_(what) {
    for (const Repeated& r : values) {
      const std::string stem = stem_of(r.value);
      std::string name = fresh_name(*outer.function, stem);
      for (int i = 2; taken_.count(name); ++i) name = fresh_name(*outer.function, stem + std::to_string(i));
      taken_.insert(name);
      names_.push_back(name);
    }
  }

  Precomputed written() {
    Precomputed out;
    Stmts fills, ends;
    std::optional<Expr> rooms;
    Stmt fast = outer_.loop();
    fast.body = replaced(outer_.loop().body, 0);
    drop_unused(fast.body);
    for (size_t i = 0; i < values_.size(); ++i) {
      const Repeated& r = values_[i];
      if (!mentions(fast.body, names_[i])) continue;  // part of a larger one
      if (!is_table(r)) {
        out.statements.push_back(make_declare("const " + r.type, names_[i], r.fill));
        continue;
      }
      make_room(r, names_[i], out.statements, ends);
      fills.push_back(fill(r, names_[i]));
      const Expr room = Expr::name(names_[i]);
      rooms = rooms ? Expr::binary(*rooms, "&&", room) : room;
    }
    out.why = to_text(values_[0].use) + (values_.size() > 1 ? " and others: " : ": ") + what_.why +
              outer_.loop().name + ".";
    out.needs_room = rooms.has_value();
    if (!rooms) {
      out.statements.push_back(fast);
      return out;
    }
    fills.push_back(fast);
    out.statements.push_back(make_branch(*rooms, fills, {outer_.loop()}));
    out.statements.insert(out.statements.end(), ends.begin(), ends.end());
    return out;
  }

 private:
  static bool is_table(const Repeated& r) { return !r.over.empty() || r.remainder; }

  Expr columns(const Repeated& r) const {
    return r.remainder ? r.remainder->kids[1] : length_of(*r.over.back());
  }

  void make_room(const Repeated& r, const std::string& name, Stmts& before, Stmts& ends) const {
    const std::string own = name + "_own";
    const Expr size = Expr{Expr::Kind::number, "sizeof(" + r.type + ")", {}};
    const int bytes = (rules_.heap ? kOwnBytes : kOwnBytesWithoutHeap);
    before.push_back(make_array(r.type, own, Expr::binary(Expr::number(bytes), "/", size)));
    const Stmt& loop = outer_.loop();
    // Remainders come again within the loops inside.
    const int iterations = r.remainder && has_inner_loop(inner_of(loop)) ? 1 : what_.iterations;
    Expr pays = Expr::binary(sum(loop.lower, Expr::number(iterations - 1)), "<", exclusive_upper(loop));
    if (r.remainder) pays = Expr::binary(pays, "&&", Expr::binary(columns(r), ">", Expr::number(0)));
    const Expr rows = r.over.size() == 2 ? length_of(*r.over[0]) : Expr::number(1);
    const Expr room = Expr::call(
        "ke_room",
        {Expr::name(own), Expr{Expr::Kind::opaque, "sizeof(" + own + ")", {}}, pays, rows, columns(r), size});
    before.push_back(make_declare(r.type + "* const", name, Expr{Expr::Kind::cast, r.type + "*", {room}}));
    ends.push_back(make_expression(Expr::call("ke_room_end", {Expr::name(name), Expr::name(own)})));
  }

  Expr element(const Repeated& r, const std::string& name) const {
    if (!is_table(r)) return Expr::name(name);
    if (r.remainder) return Expr::subscript(Expr::name(name), *r.remainder);
    if (r.over.size() == 1) return Expr::subscript(Expr::name(name), place_in(*r.over[0]));
    const Expr row = Expr::binary(place_in(*r.over[0]), "*", length_of(*r.over[1]));
    return Expr::subscript(Expr::name(name), sum(row, place_in(*r.over[1])));
  }

  Stmt fill(const Repeated& r, const std::string& name) const {
    if (r.remainder) {
      const Expr to = Expr::subscript(Expr::name(name), Expr::name(Steady::kRemainder));
      return make_loop(r.remainder_type, Steady::kRemainder, Expr::number(0), columns(r), 1,
                       {make_expression(Expr::assign(to, "=", r.fill))});
    }
    Stmts body{make_expression(Expr::assign(element(r, name), "=", r.fill))};
    for (size_t i = r.over.size(); i-- > 0;) {
      Stmt loop = *r.over[i];
      loop.begin = loop.end = 0;
      loop.type = counter_type(loop);
      loop.body = std::move(body);
      body = {loop};
    }
    return body[0];
  }

  // `active`: the values whose loops have been entered, one bit each.
  Stmts replaced(const Stmts& statements, unsigned active) const {
    for (size_t i = 0; i < values_.size(); ++i)
      if (values_[i].over.empty()) active |= 1u << i;
    Stmts out;
    for (const Stmt& s : statements) {
      Stmt copy = s;
      for (Expr* e : {&copy.lower, &copy.upper, &copy.value}) replace(*e, active);
      unsigned inside = active;
      for (size_t i = 0; i < values_.size(); ++i)
        if (!values_[i].over.empty() && values_[i].over.back() == &s) inside |= 1u << i;
      copy.body = replaced(s.body, inside);
      copy.otherwise = replaced(s.otherwise, inside);
      out.push_back(std::move(copy));
    }
    return out;
  }

  void replace(Expr& e, unsigned active) const {
    if (e.is(Expr::Kind::unary, "&")) return;  // a place, which has neighbours
    for (size_t i = 0; i < values_.size(); ++i)
      if ((active >> i & 1u) != 0 && same(e, values_[i].use)) {
        e = element(values_[i], names_[i]);
        return;
      }
    for (size_t i = 0; i < e.kids.size(); ++i)
      if (!(e.is(Expr::Kind::assign) && i == 0 && !e.kids[0].is(Expr::Kind::subscript)))
        replace(e.kids[i], active);
  }

  // Locals that only the values needed would be warned about.
  void drop_unused(Stmts& body) const {
    const auto& known = outer_.symbols->values;
    std::set<std::string> names;
    for (const Repeated& r : values_) names.merge(names_in(r.use));
    for (int round = 0; round < 8; ++round)
      for (const std::string& name : std::set<std::string>(names)) {
        const auto value = known.find(name);
        if (value == known.end()) continue;
        names.merge(names_in(value->second));
        Stmts without = body;
        if (erase_declaration(without, name) && !mentions(without, name)) body = std::move(without);
      }
  }

  const Site& outer_;
  const std::vector<Repeated>& values_;
  const RewriteRules& rules_;
  const Precomputation& what_;
  std::vector<std::string> names_;
  std::set<std::string> taken_;
};

}  // namespace

Precomputed precomputed(const Site& outer, const std::vector<Repeated>& values, const RewriteRules& rules,
                        const Precomputation& what) {
  return Writer(outer, values, rules, what).written();
}

std::string room_helper(bool heap) {
  std::string text = kRoomHelper;
  text = replace_all(text, "@HEAP@", heap ? ", else the heap's" : "");
  text = replace_all(text, "@INCLUDE@", heap ? "#include <stdlib.h>\n" : "#include <stddef.h>\n");
  text = replace_all(text, "@ELSE@", heap ? "malloc((size_t)(rows * columns) * bytes)" : "0");
  return replace_all(text, "@END@", heap ? "if (room != own) free(room);" : "(void)room, (void)own;");
}

}  // namespace ke
