// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/distribute.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/clamp.h"

#include <algorithm>

namespace ke {
namespace {

void mark(const Stmts& statements, bool under_varying, const std::set<std::string>& arrays,
          std::set<std::string>& varying) {
  bool skipped = under_varying;  // behind a lane-dependent `continue` everything depends on the lane
  for (const Stmt& s : statements) {
    bool inner = skipped;
    if (s.is(Stmt::Kind::loop) && (is_varying(s.lower, varying) || is_varying(s.upper, varying)))
      inner = true;
    if (s.is(Stmt::Kind::loop) && inner) varying.insert(s.name);
    if (s.is(Stmt::Kind::branch) && is_varying(s.value, varying)) inner = true;
    if (s.is(Stmt::Kind::declare) && ((s.has_init && is_varying(s.value, varying)) || skipped))
      varying.insert(s.name);
    if (s.is(Stmt::Kind::expression))
      if (Effects effects = effects_of(s.value); skipped || is_varying(s.value, varying)) {
        varying.insert(effects.scalar_writes.begin(), effects.scalar_writes.end());
        for (const Access& a : effects.accesses)
          if (a.write && arrays.count(a.base)) varying.insert(a.base);
      }
    mark(s.body, inner, arrays, varying);
    mark(s.otherwise, inner, arrays, varying);
    bool jumps = s.is(Stmt::Kind::branch) && inner && effects_of(Stmts{s}).continues;
    if (jumps) skipped = true;
  }
}

bool writes_memory(const Stmt& s) {
  for (const Access& a : effects_of(Stmts{s}).accesses)
    if (a.write) return true;
  return false;
}

class Distributor {
 public:
  Distributor(const Site& site, const Expr& width, int capacity)
      : site_(site), symbols_(*site.symbols), width_(width), capacity_(capacity) {
    type_ = counter_type(site.loop());
  }

  std::optional<Distribution> run() {
    const std::string& v = site_.loop().name;
    Stmts body = site_.loop().body;
    inline_locals(body, inlinable(body));
    varying_ = varying_names(body, v, symbols_);
    whole_ = body;
    Stmts out;
    if (type_.empty() || !list(body, out)) return std::nullopt;
    for (const std::string& name : expanded_)
      substitute(out, name, Expr::subscript(Expr::name(name), Expr::name("lane")));
    substitute(out, v, Expr::binary(Expr::name(v), "+", Expr::name("lane")));
    substitute(out, kStripStart, Expr::name(v));
    result_.body = out;
    return result_;
  }

 private:
  // Lane-dependent pointers and index helpers are cheaper to spell out than to keep per lane.
  std::set<std::string> inlinable(const Stmts& body) {
    std::set<std::string> names, all = varying_names(body, site_.loop().name, symbols_);
    walk(body, [&](const Stmt& s) {
      if (!s.is(Stmt::Kind::declare) || !s.has_init || !s.dims.empty() || !all.count(s.name) ||
          !symbols_.values.count(s.name))
        return;
      Effects effects = effects_of(s.value, symbols_.pure);
      bool pointer = s.type.find('*') != std::string::npos;
      bool index = is_integer_type(value_type(s.type)) && effects.accesses.empty() &&
                   poly_of(s.value, symbols_) && !effects.unknown;
      if (pointer || index) names.insert(s.name);
    });
    return names;
  }

  bool uniform(const Stmt& s) const {
    if (s.is(Stmt::Kind::comment)) return true;
    if (s.is(Stmt::Kind::declare)) return !varying_.count(s.name) && s.dims.empty();
    if (!s.is(Stmt::Kind::expression)) return false;
    if (is_varying(s.value, varying_) || writes_memory(s)) return false;
    for (const std::string& name : effects_of(s.value).scalar_writes)
      if (varying_.count(name)) return false;
    return true;
  }

  bool list(const Stmts& statements, Stmts& out) {
    Stmts group;
    for (size_t i = 0; i < statements.size(); ++i) {
      const Stmt& s = statements[i];
      bool loop = s.is(Stmt::Kind::loop);
      bool bounds_vary = loop && (is_varying(s.lower, varying_) || is_varying(s.upper, varying_));
      bool branch = s.is(Stmt::Kind::branch);
      bool condition_varies = branch && is_varying(s.value, varying_);
      if (s.is(Stmt::Kind::block)) {
        if (!flush(group, out)) return false;
        Stmt copy = s;
        copy.body.clear();
        if (!list(s.body, copy.body)) return false;
        out.push_back(copy);
      } else if (loop && !bounds_vary) {
        if (!flush(group, out) || !inner_loop(s, out)) return false;
      } else if (branch && !condition_varies) {
        // A lane-dependent `continue` in there would have to skip what follows here, too.
        bool lone_jump = s.body.size() == 1 && s.body[0].is(Stmt::Kind::jump) && s.otherwise.empty();
        if (!lone_jump && effects_of(Stmts{s}, symbols_.pure).continues) return false;
        if (!flush(group, out)) return false;
        Stmt copy = s;
        copy.body.clear();
        copy.otherwise.clear();
        if (!list(s.body, copy.body) || !list(s.otherwise, copy.otherwise)) return false;
        out.push_back(copy);
      } else if (uniform(s)) {
        // A new name or a comment is independent of everything in the pending group; a change of a name is
        // not.
        if (s.is(Stmt::Kind::expression) && !flush(group, out)) return false;
        out.push_back(s);
      } else if (s.is(Stmt::Kind::jump)) {
        if (!starts_with(s.text, "continue") || !flush(group, out)) return false;
        out.push_back(s);
      } else if (branch && effects_of(Stmts{s}, symbols_.pure).continues) {
        // Whatever follows runs only in some lanes: it shares the guard's loop over lanes.
        if (!flush_before_guard(group, out)) return false;
        group.insert(group.end(), statements.begin() + static_cast<long>(i), statements.end());
        return !has_inner_loop(group) && flush(group, out);
      } else if (branch && clampable(s)) {
        if (!flush(group, out)) return false;
        group.push_back(s);
        if (!flush(group, out)) return false;
      } else if (s.is(Stmt::Kind::expression) || s.is(Stmt::Kind::declare) || branch || loop ||
                 s.is(Stmt::Kind::pragma)) {
        if (loop || (branch && has_inner_loop(Stmts{s}))) kept_loops_ = true;
        group.push_back(s);
      } else {
        return false;
      }
    }
    return flush(group, out);
  }

  bool clampable(const Stmt& s) const {
    return s.otherwise.empty() && !has_inner_loop(s.body) &&
           lane_bounds(s.value, false, site_, varying_).found();
  }

  // Declarations in front of a guard belong to its loop; anything else is finished first.
  bool flush_before_guard(Stmts& group, Stmts& out) {
    bool only_locals = std::all_of(group.begin(), group.end(), [&](const Stmt& s) {
      return s.is(Stmt::Kind::declare) && s.dims.empty();
    });
    return only_locals || flush(group, out);
  }

  bool inner_loop(const Stmt& loop, Stmts& out) {
    Stmt copy = loop;
    copy.body.clear();
    int before = result_.lane_loops;
    if (!list(loop.body, copy.body)) return false;
    if (result_.lane_loops > before) ++result_.moved_loops;
    out.push_back(copy);
    return true;
  }

  // A local that only this group uses stays a scalar inside the loop over lanes; others become arrays.
  bool stays_local(const Stmt& declared, const Stmts& group) const {
    size_t all = 0, here = 0;
    auto count = [&](size_t& n) {
      return [&](const Expr& e) { n += e.is(Expr::Kind::name, declared.name); };
    };
    walk_expressions(whole_, count(all));
    walk_expressions(group, count(here));
    return all == here;
  }

  bool flush(Stmts& group, Stmts& out) {
    if (group.empty()) return true;
    Stmts body, guards;
    LaneBounds bounds;
    for (const Stmt& s : group) {
      if (!s.is(Stmt::Kind::declare) || !s.dims.empty() || stays_local(s, group)) {
        if (s.is(Stmt::Kind::declare) && !s.dims.empty() && !stays_local(s, group)) return false;
        body.push_back(s);
        continue;
      }
      std::string type = value_type(s.type);
      if (type.empty()) return false;
      out.push_back(make_array(type, s.name, Expr::number(capacity_)));
      expanded_.insert(s.name);
      if (s.has_init) body.push_back(make_expression(Expr::assign(Expr::name(s.name), "=", s.value)));
    }
    group.clear();
    if (body.empty()) return true;
    take_guards(body, bounds, out);
    emit(body, bounds, out);
    return true;
  }

  // Border tests over the lane turn into bounds of the lane loop: `if (x < 0 || x >= w) continue;`, `if (x >=
  // 0 && x < w) ...`.
  void take_guards(Stmts& body, LaneBounds& bounds, Stmts& out) {
    for (size_t i = 0; i < body.size(); ++i) {
      Stmt& s = body[i];
      if (s.is(Stmt::Kind::declare)) continue;
      if (!s.is(Stmt::Kind::branch) || !s.otherwise.empty()) return;
      bool skips =
          s.body.size() == 1 && s.body[0].is(Stmt::Kind::jump) && starts_with(s.body[0].text, "continue");
      bool last = i + 1 == body.size();
      if (!skips && !last) return;
      bounds = lane_bounds(s.value, skips, site_, varying_);
      if (!bounds.found()) return;
      ++result_.clamped;
      for (const Expr& once : bounds.uniform) {
        Stmt jump;
        jump.kind = Stmt::Kind::jump;
        jump.text = "continue;";
        // For all lanes alike; a loop body ends here, so `continue` of the enclosing loop is the same thing.
        if (skips) out.push_back(make_branch(once, {jump}));
      }
      Stmts rest;
      if (!skips) {
        rest = s.body;
        if (bounds.remaining) rest = {make_branch(*bounds.remaining, rest)};
        if (!bounds.uniform.empty()) bounds.wrap = bounds.uniform;
      } else if (bounds.remaining) {
        rest = {make_branch(*bounds.remaining, s.body)};
      }
      body.erase(body.begin() + static_cast<long>(i));
      body.insert(body.begin() + static_cast<long>(i), rest.begin(), rest.end());
      return;
    }
  }

  void emit(const Stmts& body, const LaneBounds& bounds, Stmts& out) {
    ++result_.lane_loops;
    Stmts made;
    Expr first = Expr::number(0), last = width_;
    std::string suffix = result_.clamped > 1 ? std::to_string(result_.clamped) : "";
    auto clamp = [&](const std::vector<Expr>& limits, const std::string& name, const char* op, Expr& end) {
      if (limits.empty()) return;
      made.push_back(make_declare(type_, name + suffix, limits[0]));
      for (size_t i = 1; i < limits.size(); ++i)
        made.push_back(
            make_branch(Expr::binary(Expr::name(name + suffix), op, limits[i]),
                        {make_expression(Expr::assign(Expr::name(name + suffix), "=", limits[i]))}));
      made.push_back(make_branch(Expr::binary(Expr::name(name + suffix), op, end),
                                 {make_expression(Expr::assign(Expr::name(name + suffix), "=", end))}));
      end = Expr::name(name + suffix);
    };
    clamp(bounds.first, "first_lane", "<", first);
    clamp(bounds.last, "end_lane", ">", last);
    for (const Stmt& s : body)
      if (stores(s)) {
        made.push_back(make_pragma("#pragma GCC ivdep"));
        break;
      }
    made.push_back(make_loop(type_, "lane", first, last, 1, body));
    if (!bounds.wrap.empty()) {
      Expr all = bounds.wrap[0];
      for (size_t i = 1; i < bounds.wrap.size(); ++i) all = Expr::binary(all, "&&", bounds.wrap[i]);
      made = {make_branch(all, made)};
    }
    out.insert(out.end(), made.begin(), made.end());
  }

  bool stores(const Stmt& s) const { return writes_memory(s) && !kept_loops_; }

  const Site& site_;
  const Symbols& symbols_;
  Expr width_;
  int capacity_ = 0;
  std::string type_;
  Stmts whole_;
  std::set<std::string> varying_, expanded_;
  bool kept_loops_ = false;
  Distribution result_;
};

}  // namespace

bool is_varying(const Expr& expr, const std::set<std::string>& varying) {
  for (const std::string& name : names_in(expr))
    if (varying.count(name)) return true;
  return false;
}

std::set<std::string> varying_names(const Stmts& body, const std::string& variable, const Symbols&,
                                    const std::set<std::string>& others) {
  std::set<std::string> varying = others, arrays;
  varying.insert(variable);
  walk(body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::declare) && !s.dims.empty()) arrays.insert(s.name);
  });
  for (size_t before = 0; before != varying.size();) {
    before = varying.size();
    mark(body, false, arrays, varying);
  }
  return varying;
}

std::optional<Distribution> distribute(const Site& site, const Expr& width, int capacity) {
  return Distributor(site, width, capacity).run();
}

}  // namespace ke
