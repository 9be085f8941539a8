// SPDX-License-Identifier: MIT
#include "ke-ci/report/svg.h"

#include "ke-ci/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ke {

void Svg::line(double x1, double y1, double x2, double y2, const std::string& classes) {
  body_ += fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>", x1, y1,
                       x2, y2, classes);
}

void Svg::rect(double x, double y, double width, double height, const std::string& classes, double radius) {
  body_ += fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"{:.1f}\" class=\"{}\"/>", x, y,
      std::max(0.0, width), std::max(0.0, height), radius, classes);
}

void Svg::circle(double x, double y, double radius, const std::string& classes, const std::string& title) {
  body_ +=
      fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" class=\"{}\"", x, y, radius, classes);
  body_ += title.empty() ? "/>" : fmt::format("><title>{}</title></circle>", escape_html(title));
}

void Svg::path(const std::string& d, const std::string& classes) {
  body_ += fmt::format("<path d=\"{}\" class=\"{}\"/>", d, classes);
}

void Svg::text(double x, double y, const std::string& text, const std::string& classes, const char* anchor) {
  body_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\" text-anchor=\"{}\">{}</text>", x, y,
                       classes, anchor, escape_html(text));
}

void Svg::turned_text(double x, double y, double degrees, const std::string& text,
                      const std::string& classes) {
  body_ += fmt::format(
      "<text transform=\"translate({:.1f} {:.1f}) rotate({:.1f})\" class=\"{}\" "
      "text-anchor=\"middle\">{}</text>",
      x, y, degrees, classes, escape_html(text));
}

std::string Svg::str(const std::string& classes) const {
  return fmt::format(
      "<svg class=\"{}\" viewBox=\"0 0 {:.0f} {:.0f}\" width=\"{:.0f}\" height=\"{:.0f}\" role=\"img\" "
      "aria-label=\"{}\">{}</svg>\n",
      classes, width_, height_, width_, height_, escape_html(label_), body_);
}

double LogScale::operator()(double value) const {
  const double share = std::log(std::clamp(value, low, high) / low) / std::log(high / low);
  return from + share * (to - from);
}

}  // namespace ke
