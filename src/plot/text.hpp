#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace saem::plot {

/// `text` as valid UTF-8 without control characters other than the line break.
std::string clean(std::string_view text);

/// `text` as a gnuplot string that gnuplot takes for nothing else, whatever is in it.
std::string quote(std::string_view text);

/// As `quote`, where gnuplot reads `%` as a number format: tick labels.
std::string quote_tick(std::string_view text);

/// `text` inside XML.
std::string escape_xml(std::string_view text);

/// Width of the longest line of `text` in units of the font size, roughly: Hangul and its like are
/// square, other letters 0.6 of that.
double text_width(std::string_view text);

std::size_t line_count(std::string_view text);

/// Each line of `text` cut to `width` units of the font size, with an ellipsis for what is lost.
std::string fit(std::string_view text, double width);

}  // namespace saem::plot
