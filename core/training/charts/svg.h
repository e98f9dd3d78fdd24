// SVG primitives: lengths, attributes, lines and fitted text. Plain C++.
#pragma once

#include <string>
#include <string_view>

namespace dfd::svg {

/// `value` with that many decimals, a dot in every locale, and no negative zero.
[[nodiscard]] std::string fixed(double value, int decimals);

/// A length in pixels with one decimal; 0 for a value that is not finite.
[[nodiscard]] std::string px(double value);

/// ` name="value"` with a leading space. A text must already be escaped.
[[nodiscard]] std::string attribute(const char* name, double value);
[[nodiscard]] std::string attribute(const char* name, const std::string& value);

/// Converts any bytes to text for an XML document: invalid UTF-8 and forbidden characters are
/// replaced or dropped, markup is escaped.
[[nodiscard]] std::string escaped(const std::string& text);

/// Approximate width in pixels of a text in a sans-serif font of `size` pixels.
[[nodiscard]] double text_width(std::string_view text, double size);

struct Text {
    double x = 0;      ///< of the anchor
    double y = 0;      ///< of the baseline
    double size = 11;  ///< pixels
    const char* colour = "#000000";
    const char* anchor = "middle";  ///< "start", "middle" or "end"
    double room = 1e9;              ///< pixels; longer texts end in an ellipsis and get a tooltip
    bool strong = false;
    bool upright = false;  ///< rotated, read from bottom to top
};
[[nodiscard]] std::string text(const std::string& what, const Text& how);

[[nodiscard]] std::string line(double x1, double y1, double x2, double y2, const char* colour);

}  // namespace dfd::svg
