// SPDX-License-Identifier: MIT
#include "ke-ci/report/drawings.h"
#include "ke-ci/report/svg.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ke {

std::string progress_svg(const ReportData& data, double width) {
  if (data.nodes.size() < 3) return "";
  const bool wide = width > 600;
  const double height = wide ? 200 : 180, left = 44, right = width - 8, top = 10, bottom = height - 34;
  double high = 1.2, low = 0.8;
  for (const Node& node : data.nodes) {
    const double speedup = node.evaluation.speedup;
    if (speedup > 0) high = std::max(high, speedup * 1.15), low = std::min(low, speedup * 0.9);
  }
  low = std::max(low, 0.2);
  const LogScale y{low, high, bottom, top};
  const double count = static_cast<double>(data.nodes.size());
  Svg svg(width, height, "Speed-up against the number of evaluations");
  double last = 1e9;
  for (const double tick : {0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0}) {
    if (tick < low || tick > high || last - y(tick) < 16) continue;
    last = y(tick);
    svg.line(left, last, right, last, tick == 1.0 ? "unity" : "grid");
    svg.text(left - 6, last + 4, fmt::format("{}×", tick), "tick", "end");
  }
  double best = 1;
  std::string path = fmt::format("M{:.1f} {:.1f}", left, y(1));
  for (size_t i = 0; i < data.nodes.size(); ++i) {
    const Evaluation& evaluation = data.nodes[i].evaluation;
    const double x = left + (right - left) * (static_cast<double>(i) + 0.5) / count;
    const bool measured = evaluation.speedup > 0;
    // Candidates that were never timed stand on the floor of the drawing.
    svg.circle(x, measured ? y(evaluation.speedup) : bottom, wide ? 4 : 3,
               fmt::format("node {}", data.nodes[i].parent == 0 ? "o-root" : class_of(evaluation.outcome)),
               fmt::format("node {}: {} {}", data.nodes[i].id, name_of(evaluation.outcome),
                           format_ratio(evaluation.speedup)));
    if (measured && evaluation.speedup > best) {
      path += fmt::format("H{:.1f}V{:.1f}", x, y(evaluation.speedup));
      best = evaluation.speedup;
    }
  }
  svg.path(path + fmt::format("H{:.1f}", right), "best-line");
  svg.text((left + right) / 2, height - 8,
           fmt::format("{} candidates in the order of their evaluation", data.nodes.size() - 1), "tick",
           "middle");
  return svg.str(wide ? "wide" : "narrow");
}

std::string ledger_svg(const Ledger& ledger, double elapsed_s, double width) {
  struct Part {
    const char *name, *classes;
    double seconds;
  };
  const double known = ledger.compile_s + ledger.timed_s + ledger.check_s + ledger.engine_s;
  const double total = std::max(elapsed_s, known);
  if (total <= 0) return "";
  const Part parts[] = {{"compiling", "l-compile", ledger.compile_s},
                        {"timed calls", "l-timed", ledger.timed_s},
                        {"reference and checks", "l-check", ledger.check_s},
                        {"engine", "l-engine", ledger.engine_s},
                        {"other", "l-other", total - known}};
  const bool wide = width > 600;
  Svg svg(width, wide ? 62 : 150, "Where the time went");
  double x = 0, legend_x = 0, legend_y = 46;
  for (const Part& part : parts) {
    if (part.seconds < total * 0.002) continue;
    const double length = width * part.seconds / total;
    svg.rect(x, 2, std::max(1.0, length - 1), 22, part.classes, 3);
    x += length;
    svg.rect(legend_x, legend_y - 10, 11, 11, part.classes, 2);
    const std::string name = fmt::format("{} {} ({})", part.name, format_seconds(part.seconds),
                                         format_percent(part.seconds / total));
    svg.text(legend_x + 17, legend_y, name, "tick");
    if (wide)
      legend_x += 40 + 6.2 * static_cast<double>(name.size());
    else
      legend_y += 21;
  }
  return svg.str(wide ? "wide" : "narrow");
}

}  // namespace ke
