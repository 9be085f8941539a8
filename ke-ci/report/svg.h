// SPDX-License-Identifier: MIT
// The few SVG shapes that the drawings need. Colours are classes of the style sheet, so that dark pages
// follow.
#pragma once

#include <string>

namespace ke {

class Svg {
 public:
  Svg(double width, double height, std::string label)
      : width_(width), height_(height), label_(std::move(label)) {}

  void line(double x1, double y1, double x2, double y2, const std::string& classes);
  void rect(double x, double y, double width, double height, const std::string& classes, double radius = 0);
  void circle(double x, double y, double radius, const std::string& classes, const std::string& title = "");
  void path(const std::string& d, const std::string& classes);
  /// `anchor`: start, middle or end. `text` is escaped here.
  void text(double x, double y, const std::string& text, const std::string& classes,
            const char* anchor = "start");
  /// A text rotated by `degrees` around its own position.
  void turned_text(double x, double y, double degrees, const std::string& text, const std::string& classes);

  /// The complete element; `classes` select where it is shown.
  std::string str(const std::string& classes) const;

 private:
  double width_, height_;
  std::string label_, body_;
};

/// Maps [low, high] logarithmically to pixels.
struct LogScale {
  double low, high, from, to;
  double operator()(double value) const;
};

}  // namespace ke
