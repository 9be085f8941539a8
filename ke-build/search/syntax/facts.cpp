// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/facts.h"

#include "ke-build/base/text.h"

#include <algorithm>
#include <cctype>

namespace ke {
namespace {

class Collector {
 public:
  Collector(Effects& effects, const std::set<std::string>& pure) : effects_(effects), pure_(pure) {}

  void statements(const Stmts& list, int loops) {
    for (const Stmt& s : list) statement(s, loops);
  }

  void read(const Expr& e) {
    switch (e.kind) {
      case Expr::Kind::name:
        effects_.scalar_reads.insert(e.text);
        break;
      case Expr::Kind::number:
        break;
      case Expr::Kind::assign:
        read(e.kids[1]);
        write(e.kids[0], e.text != "=");
        break;
      case Expr::Kind::postfix:
        write(e.kids[0], true);
        break;
      case Expr::Kind::unary:
        if (e.text == "++" || e.text == "--")
          write(e.kids[0], true);
        else if (e.text == "*")
          access(e, true, false);
        else if (e.text == "&")
          address(e.kids[0]);
        else
          read(e.kids[0]);
        break;
      case Expr::Kind::subscript:
        access(e, true, false);
        break;
      case Expr::Kind::call:
        call(e);
        break;
      case Expr::Kind::opaque:
        opaque(e);
        break;
      default:
        for (const Expr& kid : e.kids) read(kid);
    }
  }

 private:
  void statement(const Stmt& s, int loops) {
    switch (s.kind) {
      case Stmt::Kind::loop:
        effects_.declared.insert(s.name);
        read(s.lower);
        read(s.upper);
        statements(s.body, loops + 1);
        break;
      case Stmt::Kind::wild: {
        // The header is text: whatever it names may be read and written.
        for (const std::string& name : identifiers(s.text)) {
          effects_.scalar_reads.insert(name);
          effects_.scalar_writes.insert(name);
        }
        effects_.unknown = true;
        statements(s.body, loops + 1);
        break;
      }
      case Stmt::Kind::declare:
        effects_.declared.insert(s.name);
        if (s.has_init && !(s.value.is(Expr::Kind::opaque) && !s.dims.empty())) read(s.value);
        for (const Expr& size : s.dims) read(size);
        break;
      case Stmt::Kind::expression:
        read(s.value);
        break;
      case Stmt::Kind::branch:
        read(s.value);
        statements(s.body, loops);
        statements(s.otherwise, loops);
        break;
      case Stmt::Kind::block:
        statements(s.body, loops);
        break;
      case Stmt::Kind::jump:
        jump(s, loops);
        break;
      case Stmt::Kind::opaque:
        effects_.unknown = effects_.leaves = true;
        for (const std::string& name : identifiers(s.text)) effects_.scalar_writes.insert(name);
        break;
      default:
        break;
    }
  }

  void jump(const Stmt& s, int loops) {
    if (starts_with(s.text, "return")) effects_.leaves = true;
    if (starts_with(s.text, "break") && loops == 0) effects_.leaves = true;
    if (starts_with(s.text, "continue") && loops == 0) effects_.continues = true;
  }

  void write(const Expr& target, bool also_read) {
    const Expr& e = bare(target);
    if (e.is(Expr::Kind::name)) {
      effects_.scalar_writes.insert(e.text);
      if (also_read) effects_.scalar_reads.insert(e.text);
    } else if (e.is(Expr::Kind::subscript) || e.is(Expr::Kind::unary, "*")) {
      access(e, also_read, true);
    } else {
      effects_.unknown = true;
      for (const std::string& name : names_in(written_part(e))) effects_.scalar_writes.insert(name);
    }
  }

  // `bodies[i].mass = m` reads its subscript and writes (something of) bodies.
  const Expr& written_part(const Expr& e) {
    const Expr* part = &e;
    while (part->is(Expr::Kind::member) || part->is(Expr::Kind::subscript)) {
      if (part->is(Expr::Kind::subscript)) read(part->kids[1]);
      part = &bare(part->kids[0]);
    }
    return *part;
  }

  void access(const Expr& e, bool reads, bool writes) {
    Access found;
    found.read = reads;
    found.write = writes;
    const Expr* base = &e;
    while (base->is(Expr::Kind::subscript)) {
      found.index.insert(found.index.begin(), base->kids[1]);
      read(base->kids[1]);
      base = &bare(base->kids[0]);
    }
    if (base->is(Expr::Kind::unary, "*")) {
      found.index.insert(found.index.begin(), Expr::number(0));
      base = &bare(base->kids[0]);
    }
    bool path =
        base->is(Expr::Kind::name) || (base->is(Expr::Kind::member) && base->kids[0].is(Expr::Kind::name));
    if (!path) effects_.unknown = true;
    read(*base);
    found.base = to_text(*base);
    effects_.accesses.push_back(std::move(found));
  }

  // `&x[i]` as a value: an address, no access yet; where it goes decides.
  void address(const Expr& e) {
    const Expr& inner = bare(e);
    if (inner.is(Expr::Kind::subscript)) {
      read(inner.kids[0]);
      read(inner.kids[1]);
    } else {
      effects_.unknown = true;
    }
  }

  // memcpy(&value, &bits, sizeof value): the bits of one variable as another.
  bool copies_bits(const Expr& e) {
    if (unqualified(e.text) != "memcpy" || e.kids.size() != 3) return false;
    for (size_t i : {0, 1})
      if (!bare(e.kids[i]).is(Expr::Kind::unary, "&") || !bare(bare(e.kids[i]).kids[0]).is(Expr::Kind::name))
        return false;
    if (!starts_with(to_text(bare(e.kids[2])), "sizeof")) return false;
    effects_.scalar_writes.insert(bare(bare(e.kids[0]).kids[0]).text);
    effects_.scalar_reads.insert(bare(bare(e.kids[1]).kids[0]).text);
    return true;
  }

  void call(const Expr& e) {
    if (copies_bits(e)) return;
    for (const Expr& kid : e.kids) read(kid);
    if (e.text.find('.') != std::string::npos)
      effects_.scalar_reads.insert(e.text.substr(0, e.text.find('.')));
    if (!is_pure_call(e.text, pure_)) effects_.unknown = true;
  }

  // `Vec3{p.y, p.z, x[i]}`: values, and nothing that might change one.
  static bool lists_values(const std::string& text) {
    const bool listed = text.find('{') != std::string::npos && ends_with(text, "}");
    return listed && text.find_first_of("=(&!") == std::string::npos &&
           text.find("++") == std::string::npos && text.find("--") == std::string::npos;
  }

  // `bodies[i].speed.length()` without its subscripts: those are values.
  static std::string without_subscripts(const std::string& text) {
    std::string out;
    for (size_t at = 0; at < text.size();) {
      const size_t close = text[at] == '[' ? text.find_first_of("[]", at + 1) : std::string::npos;
      const std::string inside = close == std::string::npos ? "=" : text.substr(at + 1, close - at - 1);
      const bool plain = text[at] == '[' && close != std::string::npos && text[close] == ']' &&
                         inside.find_first_of("=(&!.<>,") == std::string::npos &&
                         inside.find("++") == std::string::npos && inside.find("--") == std::string::npos;
      if (plain)
        at = close + 1;
      else
        out += text[at++];
    }
    return out;
  }

  void opaque(const Expr& e) {
    for (const std::string& name : identifiers(e.text)) effects_.scalar_reads.insert(name);
    if (!starts_with(e.text, "sizeof") && !lists_values(e.text))
      for (const std::string& name : identifiers(without_subscripts(e.text)))
        effects_.scalar_writes.insert(name);
    if (!starts_with(e.text, "sizeof")) effects_.unknown = true;
  }

  Effects& effects_;
  const std::set<std::string>& pure_;
};

bool is_value_parameter(const Parameter& parameter) {
  return parameter.type.find_first_of("*&[(") == std::string::npos &&
         parameter.type.find("vector") == std::string::npos;
}

// The body only computes: locals, arithmetic, branches, and returns at the end of paths.
bool only_computes(const Function& f, const std::set<std::string>& pure) {
  for (const Parameter& p : f.parameters)
    if (!is_value_parameter(p)) return false;
  Effects effects = effects_of(f.body, pure);
  std::set<std::string> own = effects.declared;
  for (const Parameter& p : f.parameters) own.insert(p.name);
  for (const std::string& name : effects.scalar_writes)
    if (!own.count(name)) return false;
  if (effects.unknown || f.body.empty()) return false;
  for (const Access& a : effects.accesses)
    if (a.write && !effects.declared.count(a.base)) return false;
  bool plain = true;
  walk(f.body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::wild) || s.is(Stmt::Kind::opaque)) plain = false;
    // Returned expressions are text: a call inside must be to something known.
    if (!s.is(Stmt::Kind::jump)) return;
    for (size_t i = s.text.find('('); i != std::string::npos; i = s.text.find('(', i + 1)) {
      size_t begin = i;
      while (begin > 0 && (is_word_character(s.text[begin - 1]) || s.text[begin - 1] == ':')) --begin;
      std::string callee = s.text.substr(begin, i - begin);
      bool cast = begin > 0 && s.text[begin - 1] == '>';
      if (!callee.empty() && callee != "return" && !cast && !is_pure_call(callee, pure)) plain = false;
    }
    if (s.text.find_first_of("[{") != std::string::npos || s.text.find("++") != std::string::npos ||
        s.text.find("--") != std::string::npos)
      plain = false;
  });
  return plain;
}

// Does a local of this type hold what it is subscripted for, or is it no array at all?
bool holds_its_own(const std::string& type) {
  static const std::set<std::string> owners = {"vector", "array", "valarray", "deque", "unique_ptr"};
  if (type.find_first_of("*&") != std::string::npos) return false;
  if (ends_with(type, "[]") || is_floating_type(type) || is_integer_type(type) || value_type(type) == "bool")
    return true;
  std::string outer = type.substr(0, type.find('<'));
  outer = outer.substr(outer.find_last_of(" :") + 1);
  return owners.count(outer) != 0 && (ends_with(type, ">") || ends_with(type, outer));
}

bool is_tail_name(const Expr& e) {
  return e.is(Expr::Kind::name) && e.text.find("_tail") != std::string::npos;
}

}  // namespace

Effects effects_of(const Stmts& statements, const std::set<std::string>& pure) {
  Effects effects;
  Collector(effects, pure).statements(statements, 0);
  return effects;
}

Effects effects_of(const Expr& expr, const std::set<std::string>& pure) {
  Effects effects;
  Collector(effects, pure).read(expr);
  return effects;
}

std::set<std::string> pure_functions(const Unit& unit) {
  std::set<std::string> pure, impure;
  std::vector<const Function*> all;
  for (const Function& f : unit.functions) all.push_back(&f);
  for (const Function& f : unit.others) all.push_back(&f);
  // Callees first: a few rounds settle every chain that a file of kernels has.
  for (int round = 0; round < 4; ++round) {
    impure.clear();
    for (const Function* f : all) (only_computes(*f, pure) ? pure : impure).insert(f->name);
    for (const std::string& overloaded : impure) pure.erase(overloaded);
  }
  // Macros that only compute, too.
  for (int round = 0; round < 2; ++round)
    for (const auto& [name, macro] : unit.expansions) {
      Effects effects = effects_of(macro.body, pure);
      if (!impure.count(name) && !effects.unknown && effects.scalar_writes.empty() &&
          effects.accesses.empty())
        pure.insert(name);
    }
  return pure;
}

std::optional<Expr> expanded(const Expr& call, const Symbols& symbols) {
  if (!call.is(Expr::Kind::call)) return std::nullopt;
  std::string name = call.text;
  if (size_t colon = name.rfind("::"); colon != std::string::npos && name.rfind("std::", 0) != 0)
    name = name.substr(colon + 2);
  auto found = symbols.expansions.find(name);
  if (found == symbols.expansions.end() || found->second.parameters.size() != call.kids.size())
    return std::nullopt;
  Expr body = found->second.body;
  // Two steps: an argument may be spelled like another parameter.
  for (size_t i = 0; i < call.kids.size(); ++i)
    substitute(body, found->second.parameters[i], Expr::name("@" + std::to_string(i)));
  for (size_t i = 0; i < call.kids.size(); ++i) substitute(body, "@" + std::to_string(i), call.kids[i]);
  return body;
}

Symbols symbols_of(const Unit& unit, const Function& function) {
  Symbols symbols;
  symbols.expansions = unit.expansions;
  symbols.pure = pure_functions(unit);
  symbols.enumerations = unit.enumerations;
  auto add = [&](const std::string& name, const std::string& type) {
    auto [at, fresh] = symbols.types.emplace(name, type);
    if (!fresh && at->second != type) at->second.clear();
  };
  for (const Parameter& p : function.parameters) {
    add(p.name, p.type);
    if (p.restricted) symbols.restricted.insert(p.name);
  }
  std::map<std::string, int> declared;
  walk(function.body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::loop)) {
      if (is_tail_name(s.lower)) symbols.tails[s.lower.text].upper = exclusive_upper(s);
      if (is_tail_name(s.upper)) symbols.tails[s.upper.text].lower = s.lower;
      add(s.name, s.type);
      symbols.loop_variables.insert(s.name);
      symbols.locals.insert(s.name);
      ++declared[s.name];
    }
    if (!s.is(Stmt::Kind::declare)) return;
    add(s.name, s.dims.empty() ? s.type : s.type + "[]");
    symbols.locals.insert(s.name);
    if (!holds_its_own(s.dims.empty() ? s.type : s.type + "[]")) symbols.pointing.insert(s.name);
    auto known = symbols.values.find(s.name);
    bool repeated = known != symbols.values.end() && s.has_init && same(known->second, s.value);
    if (!repeated && ++declared[s.name] == 1 && s.has_init && s.dims.empty())
      symbols.values.emplace(s.name, s.value);
  });
  Effects effects = effects_of(function.body, symbols.pure);
  for (const auto& [name, count] : declared)
    if (count > 1) symbols.values.erase(name);
  for (const auto& [name, split] : symbols.tails) symbols.values.erase(name);
  for (const std::string& name : effects.scalar_writes) symbols.values.erase(name);
  // A value stands for its name only while nothing that it was made of can change.
  std::set<std::string> changing = effects.scalar_writes;
  for (const Access& a : effects.accesses)
    if (a.write) changing.insert(a.base);
  for (auto at = symbols.values.begin(); at != symbols.values.end();) {
    bool stable = true;
    for (const std::string& name : names_in(at->second)) stable = stable && !changing.count(name);
    bool pointer = symbols.types[at->first].find('*') != std::string::npos;
    // Writing through a pointer does not move it.
    if (pointer)
      stable = std::none_of(effects.scalar_writes.begin(), effects.scalar_writes.end(),
                            [&](const std::string& n) { return mentions(at->second, n); });
    at = stable ? std::next(at) : symbols.values.erase(at);
  }
  return symbols;
}

}  // namespace ke
