// SPDX-License-Identifier: MIT
#include "ke-ci/report/drawings.h"
#include "ke-ci/report/svg.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace ke {
namespace {

constexpr size_t kRowLimit = 90;  // rows that a reader can still take in

struct TreeRow {
  const Node* node;
  int depth;
};

using Children = std::map<int64_t, std::vector<const Node*>>;

/// Nodes to draw: all, or the winner's path, the root's children that were explored further and the best
/// ones.
std::set<int64_t> shown_nodes(const ReportData& data) {
  std::set<int64_t> shown;
  if (data.nodes.size() <= kRowLimit) {
    for (const Node& node : data.nodes) shown.insert(node.id);
    return shown;
  }
  std::map<int64_t, int64_t> parent_of;
  std::vector<const Node*> ranked;
  for (const Node& node : data.nodes) {
    parent_of[node.id] = node.parent;
    ranked.push_back(&node);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Node* a, const Node* b) {
    return a->evaluation.speedup > b->evaluation.speedup;
  });
  const auto add_with_ancestors = [&](int64_t id) {
    while (id != 0 && shown.insert(id).second) id = parent_of.count(id) ? parent_of[id] : 0;
  };
  for (const int64_t id : winner_path(data)) add_with_ancestors(id);
  for (const Node* node : ranked) {
    if (shown.size() >= kRowLimit) break;
    add_with_ancestors(node->id);
  }
  return shown;
}

void collect(const Children& children, int64_t parent, int depth, const std::set<int64_t>& shown,
             std::vector<TreeRow>& rows) {
  const auto found = children.find(parent);
  if (found == children.end() || depth > 60) return;
  for (const Node* node : found->second) {
    if (!shown.count(node->id)) continue;
    rows.push_back({node, depth});
    collect(children, node->id, depth + 1, shown, rows);
  }
}

std::string label_of(const Node& node) {
  if (node.candidate.moves.empty()) return node.parent == 0 ? "baseline" : "?";
  const Move& move = node.candidate.moves.back();
  return move.synthesizer == move.action ? move.action : move.synthesizer + " / " + move.action;
}

std::string detail_of(const Node& node) {
  return node.candidate.moves.empty() ? "" : node.candidate.moves.back().detail;
}

double best_of(const ReportData& data) {
  double best = 1.2;
  for (const Node& node : data.nodes) best = std::max(best, node.evaluation.speedup);
  return best;
}

struct Layout {
  bool wide;
  double width, indent, step, bar;  // bar: where the speed-up bars begin
  double x(int depth) const { return 10 + indent * std::min(depth, wide ? 16 : 9); }
  double y(size_t row) const { return 14 + step * static_cast<double>(row); }
};

void draw_edges(Svg& svg, const Layout& layout, const std::vector<TreeRow>& rows,
                const std::set<int64_t>& path) {
  std::map<int64_t, size_t> row_of;
  for (size_t i = 0; i < rows.size(); ++i) row_of[rows[i].node->id] = i;
  for (const bool on_path : {false, true}) {  // the winner's path on top
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto parent = row_of.find(rows[i].node->parent);
      const bool marked = path.count(rows[i].node->id) > 0;
      if (parent == row_of.end() || marked != on_path) continue;
      const double px = layout.x(rows[parent->second].depth), py = layout.y(parent->second);
      const double x = layout.x(rows[i].depth), y = layout.y(i);
      svg.path(fmt::format("M{:.1f} {:.1f}V{:.1f}Q{:.1f} {:.1f} {:.1f} {:.1f}H{:.1f}", px, py, y - 6, px, y,
                           px + 6, y, x),
               marked ? "edge edge-win" : "edge");
    }
  }
}

void draw_node(Svg& svg, const Layout& layout, const TreeRow& row, size_t index, double best, bool on_path,
               bool winner) {
  const Node& node = *row.node;
  const Evaluation& evaluation = node.evaluation;
  const double x = layout.x(row.depth), y = layout.y(index);
  const std::string title = fmt::format("node {}: {}\n{}\n{}: {}", node.id, label_of(node), detail_of(node),
                                        name_of(evaluation.outcome), evaluation.reason);
  if (winner) svg.circle(x, y, 9, "ring");
  svg.circle(x, y, on_path ? 6 : 5,
             node.parent == 0 ? "node o-root" : fmt::format("node {}", class_of(evaluation.outcome)), title);
  const double character = on_path ? 7.7 : 6.6;  // of the widest common sans-serif at 13 px, bold or not
  const size_t room = static_cast<size_t>((layout.bar - x - 16) / character);
  const std::string name = label_of(node), detail = detail_of(node);
  const std::string text = layout.wide && !detail.empty() ? name + " · " + detail : name;
  svg.text(x + 14, y + 4, shorten(text, room), on_path ? "label strong" : "label");
  if (evaluation.speedup > 0 && node.parent != 0) {
    const double reach = layout.width - layout.bar - 54;
    const double length =
        reach * std::min(1.0, std::max(0.02, std::log(std::max(1.0, evaluation.speedup)) / std::log(best)));
    svg.rect(layout.bar, y - 5, length, 10, fmt::format("bar {}", class_of(evaluation.outcome)), 2);
    svg.text(layout.width, y + 4, format_ratio(evaluation.speedup), on_path ? "tick num strong" : "tick num",
             "end");
  } else if (node.parent != 0) {
    svg.text(layout.width, y + 4, name_of(evaluation.outcome), "tick", "end");
  }
}

}  // namespace

const char* class_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::faster:
      return "o-good";
    case Outcome::equal:
      return "o-same";
    case Outcome::slower:
      return "o-slow";
    case Outcome::noisy:
      return "o-noisy";
    case Outcome::build_failed:
      return "o-built";
    default:
      return "o-bad";
  }
}

std::vector<int64_t> winner_path(const ReportData& data) {
  std::map<int64_t, int64_t> parent_of;
  for (const Node& node : data.nodes) parent_of[node.id] = node.parent;
  std::vector<int64_t> path;
  for (int64_t id = data.session.best; id != 0 && parent_of.count(id) && path.size() <= data.nodes.size();
       id = parent_of[id]) {
    path.push_back(id);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::string tree_svg(const ReportData& data, double width) {
  Children children;
  for (const Node& node : data.nodes) children[node.parent].push_back(&node);
  const auto shown = shown_nodes(data);
  std::vector<TreeRow> rows;
  collect(children, 0, 0, shown, rows);
  if (rows.empty()) return "";
  const bool wide = width > 600;
  const Layout layout{wide, width, wide ? 22.0 : 14.0, wide ? 22.0 : 24.0, wide ? width - 260 : width - 110};
  const auto path_ids = winner_path(data);
  const std::set<int64_t> path(path_ids.begin(), path_ids.end());
  Svg svg(width, layout.y(rows.size()) + 8, "Search tree");
  draw_edges(svg, layout, rows, path);
  const double best = best_of(data);
  for (size_t i = 0; i < rows.size(); ++i) {
    const int64_t id = rows[i].node->id;
    draw_node(svg, layout, rows[i], i, best, path.count(id) > 0, id == data.session.best);
  }
  if (rows.size() < data.nodes.size()) {
    svg.text(10, layout.y(rows.size()) + 2,
             fmt::format("and {} slower or failed nodes that are not drawn", data.nodes.size() - rows.size()),
             "tick");
  }
  return svg.str(wide ? "wide" : "narrow");
}

std::string both_widths(const ReportData& data, std::string (*draw)(const ReportData&, double)) {
  return draw(data, kWide) + draw(data, kNarrow);
}

}  // namespace ke
