// The words of an SVG picture: lengths, attributes, lines and text that fits. Plain C++.
#pragma once

#include <string>
#include <string_view>

namespace dfd::svg {

/// `value` with that many decimals, a dot whatever the locale, and no minus before a zero.
[[nodiscard]] std::string fixed(double value, int decimals);

/// A length in pixels, to a tenth; 0 for what is not finite.
[[nodiscard]] std::string px(double value);

/// ` name="value"`, with a blank in front. A text must already be escaped.
[[nodiscard]] std::string attribute(const char* name, double value);
[[nodiscard]] std::string attribute(const char* name, const std::string& value);

/// Any bytes as text that may stand in an XML document: what is not UTF-8 or not allowed there is
/// replaced or dropped, markup is escaped.
[[nodiscard]] std::string escaped(const std::string& text);

/// About how wide a viewer's sans-serif sets a text, in pixels; `size` is the font's in pixels.
[[nodiscard]] double text_width(std::string_view text, double size);

struct Text {
    double x = 0;      ///< of the anchor
    double y = 0;      ///< of the baseline
    double size = 11;  ///< pixels
    const char* colour = "#000000";
    const char* anchor = "middle";  ///< "start", "middle" or "end"
    double room = 1e9;              ///< pixels; longer texts end in an ellipsis and keep a tooltip
    bool strong = false;
    bool upright = false;  ///< turned to be read from below
};
[[nodiscard]] std::string text(const std::string& what, const Text& how);

[[nodiscard]] std::string line(double x1, double y1, double x2, double y2, const char* colour);

}  // namespace dfd::svg
