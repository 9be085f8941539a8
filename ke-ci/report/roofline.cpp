// SPDX-License-Identifier: MIT
// Roofline (Williams, Waterman, Patterson 2009) with ceilings measured on the machine that ran the session.
#include "ke-ci/report/drawings.h"
#include "ke-ci/report/svg.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace ke {
namespace {

struct Point {
  std::string workload;
  double bytes, flops, baseline_s, candidate_s, floor_s;
};

struct Ceilings {
  std::map<double, std::string> bandwidths, peaks;  // value -> label
};

std::vector<Point> points_of(const ReportData& data) {
  std::vector<Point> points;
  for (const Diagnosis& diagnosis : data.after) {
    for (const Speedup& speedup : data.result.speedups) {
      if (speedup.workload != diagnosis.workload || diagnosis.bytes <= 0 || speedup.candidate_s <= 0)
        continue;
      points.push_back({speedup.workload, diagnosis.bytes, diagnosis.flops, speedup.baseline_s,
                        speedup.candidate_s, diagnosis.floor_s});
    }
  }
  return points;
}

Ceilings ceilings_of(const ReportData& data) {
  Ceilings ceilings;
  for (const auto* side : {&data.before, &data.after}) {
    for (const Diagnosis& diagnosis : *side) {
      const bool by_memory =
          diagnosis.peak_flops <= 0 ||
          diagnosis.bytes / std::max(1.0, diagnosis.bandwidth) >= diagnosis.flops / diagnosis.peak_flops;
      if (diagnosis.bandwidth > 0) {
        std::string& label = ceilings.bandwidths[diagnosis.bandwidth];
        if (by_memory) label = diagnosis.ceiling;
      }
      if (diagnosis.peak_flops > 0) {
        std::string& label = ceilings.peaks[diagnosis.peak_flops];
        if (!by_memory) label = diagnosis.ceiling;
      }
    }
  }
  return ceilings;
}

struct Frame {
  LogScale x, y;
  double left, right, top, bottom;
  bool wide;
};

Frame frame_of(const std::vector<Point>& points, const Ceilings& ceilings, double width, double height) {
  double x_low = 0.05, x_high = 16, y_low = 1e300, y_high = 0;
  for (const Point& point : points) {
    x_low = std::min(x_low, point.flops / point.bytes / 2);
    x_high = std::max(x_high, point.flops / point.bytes * 4);
    y_low = std::min(y_low, point.flops / std::max(point.baseline_s, point.candidate_s) / 2);
    y_high = std::max(y_high, point.flops / point.candidate_s * 1.5);
  }
  for (const auto& [peak, label] : ceilings.peaks) y_high = std::max(y_high, peak * 1.6);
  if (!ceilings.bandwidths.empty() && !ceilings.peaks.empty()) {
    x_high = std::max(x_high, ceilings.peaks.rbegin()->first / ceilings.bandwidths.begin()->first * 3);
  }
  const bool wide = width > 600;
  Frame frame{{x_low, x_high, wide ? 74.0 : 44.0, width - 10},
              {y_low, y_high, height - 44, 12},
              wide ? 74.0 : 44.0,
              width - 10,
              12,
              height - 44,
              wide};
  return frame;
}

void draw_axes(Svg& svg, const Frame& frame) {
  for (double tick = std::pow(10, std::floor(std::log10(frame.x.low))); tick <= frame.x.high; tick *= 10) {
    if (tick < frame.x.low) continue;
    svg.line(frame.x(tick), frame.top, frame.x(tick), frame.bottom, "grid");
    svg.text(frame.x(tick), frame.bottom + 16, fmt::format("{:g}", tick), "tick", "middle");
  }
  for (double tick = std::pow(10, std::floor(std::log10(frame.y.low))); tick <= frame.y.high; tick *= 10) {
    if (tick < frame.y.low) continue;
    svg.line(frame.left, frame.y(tick), frame.right, frame.y(tick), "grid");
    svg.text(frame.left - 6, frame.y(tick) + 4,
             frame.wide ? format_rate(tick, "flop/s") : format_rate(tick, ""), "tick", "end");
  }
  svg.line(frame.left, frame.bottom, frame.right, frame.bottom, "axis");
  svg.line(frame.left, frame.top, frame.left, frame.bottom, "axis");
  svg.text((frame.left + frame.right) / 2, frame.bottom + 34, "arithmetic intensity, flop/byte (analytic)",
           "tick", "middle");
}

/// A point with the place of its name.
struct Named {
  Point point;
  std::string name;
  double x, before, after, name_y;
  bool right;  // of the point
};

/// Workloads of one kernel share an intensity almost always: names go to the side that has room, one below
/// the other.
std::vector<Named> named(std::vector<Point> points, const Frame& frame) {
  std::sort(points.begin(), points.end(),
            [](const Point& a, const Point& b) { return a.flops / a.candidate_s > b.flops / b.candidate_s; });
  std::vector<Named> places;
  double last_y = -1e9;
  for (const Point& point : points) {
    Named place;
    place.point = point;
    place.name = fmt::format("{} {}", shorten(point.workload, frame.wide ? 22 : 12),
                             format_percent(point.floor_s / point.candidate_s));
    place.x = frame.x(point.flops / point.bytes);
    place.before = frame.y(point.flops / point.baseline_s);
    place.after = frame.y(point.flops / point.candidate_s);
    place.name_y = last_y = std::max(place.after + 4, last_y + 14);
    place.right = place.x < frame.right - (frame.wide ? 230 : 130);
    places.push_back(std::move(place));
  }
  return places;
}

/// Would a line of text of that width, from x to the right, run into a point or its name?
bool runs_into(const std::vector<Named>& places, double x, double y, double width) {
  return std::any_of(places.begin(), places.end(), [&](const Named& place) {
    const double name_width = 10 + 6.5 * static_cast<double>(place.name.size());
    const double left = place.right ? place.x - 6 : place.x - name_width, right = left + name_width + 6;
    const bool same_height = std::abs(place.name_y - y) < 15 || std::abs(place.after + 4 - y) < 11;
    return same_height && left < x + width && x < right;
  });
}

void draw_ceilings(Svg& svg, const Frame& frame, const Ceilings& ceilings, const std::vector<Named>& places) {
  const double top_peak = ceilings.peaks.empty() ? frame.y.high : ceilings.peaks.rbegin()->first;
  double ridge = frame.x.high;
  for (const auto& [bandwidth, label] : ceilings.bandwidths) {
    const double x0 = std::max(frame.x.low, frame.y.low / bandwidth),
                 x1 = std::min(frame.x.high, top_peak / bandwidth);
    if (x1 <= x0) continue;
    ridge = std::min(ridge, x1);
    const double px0 = frame.x(x0), py0 = frame.y(x0 * bandwidth), px1 = frame.x(x1),
                 py1 = frame.y(x1 * bandwidth);
    svg.line(px0, py0, px1, py1, "ceiling");
    const double angle = std::atan2(py1 - py0, px1 - px0) * 180 / 3.14159265358979;
    const std::string text = format_rate(bandwidth, "B/s") + (label.empty() ? " memory" : " " + label);
    svg.turned_text((px0 + px1) / 2 + 4, (py0 + py1) / 2 - 8, angle, shorten(text, frame.wide ? 48 : 26),
                    "ceiling-name");
  }
  for (const auto& [peak, label] : ceilings.peaks) {
    const double start = frame.x(std::max(frame.x.low, ridge));
    svg.line(start, frame.y(peak), frame.right, frame.y(peak), "ceiling");
    const std::string rate = format_rate(peak, "flop/s");
    const std::string text = shorten(!frame.wide ? rate : rate + (label.empty() ? " peak" : " " + label), 48);
    const double width = 6.5 * static_cast<double>(text.size()), above = frame.y(peak) - 7,
                 below = above + 21;
    const double end = frame.right - 4 - width;
    double x = end, y = above;
    for (const auto& [try_x, try_y] :
         {std::pair{end, above}, {end, below}, {start + 6, above}, {start + 6, below}}) {
      if (runs_into(places, try_x, try_y, width)) continue;
      x = try_x;
      y = try_y;
      break;
    }
    const bool at_end = x == end;
    svg.text(at_end ? frame.right - 4 : x, y, text, "ceiling-name", at_end ? "end" : "start");
  }
}

void draw_points(Svg& svg, const std::vector<Named>& places) {
  for (const Named& place : places) {
    const Point& point = place.point;
    svg.line(place.x, place.before, place.x, place.after, "gain");
    svg.circle(place.x, place.before, 5, "point-before",
               fmt::format("{} baseline: {}", point.workload,
                           format_rate(point.flops / point.baseline_s, "flop/s")));
    svg.circle(place.x, place.after, 5, "point-after",
               fmt::format("{}: {}, {} of the ceiling", point.workload,
                           format_rate(point.flops / point.candidate_s, "flop/s"),
                           format_percent(point.floor_s / point.candidate_s)));
    svg.text(place.right ? place.x + 10 : place.x - 10, place.name_y, place.name, "tick halo",
             place.right ? "start" : "end");
  }
}

/// Without flops there is no intensity: bytes per second against the measured ceiling.
std::string bandwidth_svg(const std::vector<Point>& points, const ReportData& data, double width) {
  const bool wide = width > 600;
  const double step = wide ? 46 : 62, left = wide ? 170 : 0, name_room = wide ? 0 : 18;
  std::map<std::string, std::pair<double, std::string>> ceilings;
  for (const Diagnosis& diagnosis : data.after)
    ceilings[diagnosis.workload] = {diagnosis.bandwidth, diagnosis.ceiling};
  Svg svg(width, step * static_cast<double>(points.size()) + 6,
          "Bytes per second against the measured ceiling");
  for (size_t i = 0; i < points.size(); ++i) {
    const Point& point = points[i];
    const auto& [ceiling, label] = ceilings[point.workload];
    const double top = step * static_cast<double>(i) + 4, y = top + name_room;
    const double most = std::max({ceiling, point.bytes / point.candidate_s, point.bytes / point.baseline_s});
    const auto length = [&](double rate) { return (width - left - 90) * rate / most; };
    svg.text(0, wide ? top + 18 : top + 12, shorten(point.workload, 24), "label");
    svg.rect(left, y, length(ceiling), 30, "ceiling-bar", 3);
    svg.rect(left, y + 3, length(point.bytes / point.baseline_s), 11, "bar-before", 2);
    svg.rect(left, y + 16, length(point.bytes / point.candidate_s), 11, "bar-after", 2);
    svg.text(left + length(ceiling) + 6, y + 12, format_rate(ceiling, "B/s"), "tick");
    svg.text(left + length(ceiling) + 6, y + 26, format_percent(point.floor_s / point.candidate_s),
             "tick strong");
    svg.text(wide ? 0 : width, wide ? top + 34 : top + 12, shorten(label, 24), "tick",
             wide ? "start" : "end");
  }
  return svg.str(wide ? "wide" : "narrow");
}

}  // namespace

std::string roofline_svg(const ReportData& data, double width) {
  const auto points = points_of(data);
  if (points.empty()) return "";
  if (std::any_of(points.begin(), points.end(), [](const Point& p) { return p.flops <= 0; })) {
    return bandwidth_svg(points, data, width);
  }
  const double height = width > 600 ? 400 : 320;
  const Ceilings ceilings = ceilings_of(data);
  const Frame frame = frame_of(points, ceilings, width, height);
  Svg svg(width, height, "Roofline: baseline and candidate under the measured ceilings");
  draw_axes(svg, frame);
  const auto places = named(points, frame);
  draw_ceilings(svg, frame, ceilings, places);
  draw_points(svg, places);
  return svg.str(width > 600 ? "wide" : "narrow");
}

}  // namespace ke
