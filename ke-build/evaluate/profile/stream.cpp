// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/profile/stream.h"

#include "ke-build/base/text.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

// Plain C that is C++ too. Vectors of 32 bytes become what the flags allow; memory is moved in blocks, so
// that the streams of all arguments advance together as they do in a loop over elements.
constexpr const char* kHelpers = R"c(#include <stddef.h>
#include <stdint.h>
typedef uint64_t ke_vector __attribute__((vector_size(32), aligned(1), may_alias));
typedef uint64_t ke_word __attribute__((aligned(1), may_alias));
typedef uint32_t ke_half __attribute__((aligned(1), may_alias));
static volatile uint64_t ke_sink, ke_zero;

static inline uint64_t ke_read(const char* p, size_t n) {
  ke_vector a = {0, 0, 0, 0}, b = a, c = a, d = a;
  uint64_t rest = 0;
  size_t i = 0;
  for (; i + 128 <= n; i += 128) {
    a |= *(const ke_vector*)(p + i);
    b |= *(const ke_vector*)(p + i + 32);
    c |= *(const ke_vector*)(p + i + 64);
    d |= *(const ke_vector*)(p + i + 96);
  }
  a |= b | c | d;
  for (; i + 8 <= n; i += 8) rest |= *(const ke_word*)(p + i);
  for (; i + 4 <= n; i += 4) rest |= *(const ke_half*)(p + i);
  for (; i < n; ++i) rest |= (unsigned char)p[i];
  return rest | a[0] | a[1] | a[2] | a[3];
}
static inline void ke_write(char* p, size_t n) {
  const ke_vector v = {1, 1, 1, 1};
  size_t i = 0;
  for (; i + 32 <= n; i += 32) *(ke_vector*)(p + i) = v;
  for (; i < n; ++i) p[i] = 1;
}
static inline void ke_update(char* p, size_t n) {
  const ke_vector v = {1, 1, 1, 1};
  size_t i = 0;
  for (; i + 32 <= n; i += 32) *(ke_vector*)(p + i) |= v;
  for (; i < n; ++i) p[i] |= 1;
}
static inline uint64_t ke_chase(const char* p, size_t n, size_t count) {
  const uint64_t lines = n / 64, zero = ke_zero;
  uint64_t seen = 0;
  size_t i;
  if (lines == 0) return 0;
  for (i = 0; i < count; ++i) {
    const uint64_t line = ((((uint64_t)i * 0x9e3779b97f4a7c15u) >> 32) * lines) >> 32;
    seen = *(const ke_word*)(p + line * 64 + (seen & zero));
  }
  return seen;
}
static inline size_t ke_cut(size_t bytes, size_t part, size_t parts) {
  return part == parts ? bytes : bytes / parts * part / 64 * 64;
}
)c";

constexpr int64_t kBlock_bytes = 16 << 10;

int index_of_rows(const Operator& op, const Argument& table) {
  if (table.shape.empty() || !table.input || table.output) return -1;
  for (size_t i = 0; i < op.arguments.size(); ++i) {
    const Argument& index = op.arguments[i];
    const bool names_rows = index.input && !index.scalar && index.domain.kind == Domain::Kind::index &&
                            index.domain.axis == table.shape[0] && &index != &table;
    if (names_rows && (index.dtype == Dtype::i32 || index.dtype == Dtype::i64)) return static_cast<int>(i);
  }
  return -1;
}

struct StreamPlan {
  std::vector<int64_t> bytes;      // per argument; 0 for scalars
  std::vector<int64_t> row_bytes;  // of tables that are looked up
  int64_t parts = 1;
};

Result<StreamPlan> stream_plan_of(const Operator& op, const Axes& axes) {
  StreamPlan plan;
  int64_t all = 0;
  for (const Argument& argument : op.arguments) {
    int64_t bytes = 0, row = 0;
    if (!argument.scalar) {
      KE_TRY(const int64_t count, element_count(argument, axes));
      bytes = count * size_of(argument.dtype);
      if (!argument.shape.empty()) {
        KE_TRY(const int64_t rows, evaluate_expression(argument.shape[0], axes));
        row = rows > 0 ? bytes / rows : 0;
      }
    }
    plan.bytes.push_back(bytes);
    plan.row_bytes.push_back(row);
    all += bytes;
  }
  plan.parts = std::max<int64_t>(1, all / kBlock_bytes);
  return plan;
}

std::string table_text(const std::vector<StreamPlan>& plans, const std::vector<Axes>& shapes,
                       const Operator& op) {
  std::string text;
  for (size_t i = 0; i < plans.size(); ++i) {
    std::vector<std::string> cells;
    for (const std::string& axis : op.axis_names) cells.push_back(std::to_string(shapes[i].at(axis)));
    for (const int64_t bytes : plans[i].bytes) cells.push_back(std::to_string(bytes));
    for (const int64_t row : plans[i].row_bytes) cells.push_back(std::to_string(row));
    cells.push_back(std::to_string(plans[i].parts));
    text += "    {" + join_texts(cells, ", ") + "},\n";
  }
  return text;
}

/// One block of every argument.
std::string body_text(const Operator& op) {
  const size_t axes = op.axis_names.size(), count = op.arguments.size();
  std::string text;
  for (size_t a = 0; a < count; ++a) {
    const Argument& argument = op.arguments[a];
    if (argument.scalar) continue;
    const int index = index_of_rows(op, argument);
    if (index >= 0) {
      const int64_t size = size_of(op.arguments[static_cast<size_t>(index)].dtype);
      text += fmt::format(
          "    for (size_t i = ke_cut(ke_row[{0}], part, parts) / {1}; i < ke_cut(ke_row[{0}], part + 1, "
          "parts) "
          "/ {1}; ++i)\n      seen |= ke_read((const char*)a{2} + (size_t)((const {3}*)a{4})[i] * "
          "(size_t)ke_row[{5}], (size_t)ke_row[{5}]);\n",
          axes + static_cast<size_t>(index), size, a, size == 8 ? "int64_t" : "int32_t", index,
          axes + count + a);
      continue;
    }
    const std::string span = fmt::format(
        "a{1} + ke_cut(ke_row[{0}], part, parts), ke_cut(ke_row[{0}], part + 1, parts) - ke_cut(ke_row[{0}], "
        "part, "
        "parts)",
        axes + a, a);
    if (argument.input && argument.output) text += "    ke_update((char*)" + span + ");\n";
    if (argument.input && !argument.output) text += "    seen |= ke_read((const char*)" + span + ");\n";
    if (!argument.input && argument.output) text += "    ke_write((char*)" + span + ");\n";
  }
  return text;
}

/// The array that an index names places in; itself where it is the only one of that length.
size_t table_of(const Operator& op, size_t index) {
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    const Argument& table = op.arguments[a];
    const bool named = !table.shape.empty() && table.shape[0] == op.arguments[index].domain.axis;
    if (named && table.input && a != index && table.domain.kind != Domain::Kind::index) return a;
  }
  return index;
}

bool is_index(const Argument& argument) {
  return argument.input && !argument.scalar && argument.domain.kind == Domain::Kind::index;
}

std::string lookups_text(const Operator& op) {
  const size_t axes = op.axis_names.size();
  std::string text;
  for (size_t i = 0; i < op.arguments.size(); ++i) {
    if (!is_index(op.arguments[i])) continue;
    const size_t table = table_of(op, i);
    text += fmt::format(
        "    seen |= ke_chase((const char*)a{0}, (size_t)ke_row[{1}], (size_t)ke_row[{2}] / {3});\n", table,
        axes + table, axes + i, size_of(op.arguments[i].dtype));
  }
  return text;
}

std::string source_text(const Operator& op, const std::vector<Axes>& shapes,
                        const std::vector<StreamPlan>& plans, const std::string& body) {
  std::vector<std::string> parameters;
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    if (op.arguments[a].scalar) continue;
    parameters.push_back(fmt::format("{} a{}", op.arguments[a].output ? "void*" : "const void*", a));
  }
  std::string matches;
  for (size_t i = 0; i < op.axis_names.size(); ++i) {
    parameters.push_back(fmt::format("int64_t x{}", i));
    matches += fmt::format("{0}ke_rows[r][{1}] == x{1}", i == 0 ? "" : " && ", i);
  }
  const size_t width = op.axis_names.size() + 2 * op.arguments.size() + 1;
  std::string text = kHelpers;
  text += fmt::format("static const int64_t ke_rows[{}][{}] = {{\n{}}};\n", plans.size(), width,
                      table_text(plans, shapes, op));
  text += "static void ke_stream(" + join_texts(parameters, ", ") + ") {\n  const int64_t* ke_row = 0;\n";
  text += fmt::format("  for (int r = 0; r < {}; ++r) if ({}) ke_row = ke_rows[r];\n", plans.size(),
                      matches.empty() ? "1" : matches);
  text += fmt::format(
      "  if (!ke_row) return;\n  const long parts = (long)ke_row[{}];\n  uint64_t seen = 0;\n", width - 1);
  if (op.contract.threads > 1) text += "#pragma omp parallel for schedule(static) reduction(|:seen)\n";
  text += "  for (long part = 0; part < parts; ++part) {\n" + body + "  }\n  ke_sink = seen;\n}\n";
  return text;
}

Result<Stream> make(const Operator& op, const Subject& like, const std::vector<Axes>& shapes, bool lookups) {
  std::vector<StreamPlan> plans;
  for (const Axes& axes : shapes) {
    KE_TRY(StreamPlan plan, stream_plan_of(op, axes));
    if (lookups) plan.parts = 1;
    plans.push_back(std::move(plan));
  }
  Stream stream{op, like};
  std::vector<std::string> values;
  for (const Argument& argument : op.arguments) {
    if (!argument.scalar) values.push_back(argument.name);
  }
  for (const std::string& axis : op.axis_names) values.push_back(axis);
  stream.op.kernel.call = "ke_stream(" + join_texts(values, ", ") + ")";
  stream.op.kernel.headers.clear();
  Recipe& recipe = stream.subject.recipe;
  recipe.defines.clear();
  recipe.includes.clear();
  recipe.link.clear();
  Candidate& candidate = stream.subject.candidate;
  candidate.source = source_text(op, shapes, plans, lookups ? lookups_text(op) : body_text(op));
  candidate.tunables.clear();
  candidate.moves.clear();
  candidate.flags.insert(candidate.flags.end(), {"-O3", "-w"});
  if (op.contract.threads > 1) candidate.flags.push_back("-fopenmp");
  return stream;
}

}  // namespace

Result<Stream> make_stream(const Operator& op, const Subject& like, const std::vector<Axes>& shapes) {
  return make(op, like, shapes, false);
}

bool has_lookups(const Operator& op) {
  return std::any_of(op.arguments.begin(), op.arguments.end(), is_index);
}

Result<Stream> make_lookups(const Operator& op, const Subject& like, const std::vector<Axes>& shapes) {
  return make(op, like, shapes, true);
}

}  // namespace ke
