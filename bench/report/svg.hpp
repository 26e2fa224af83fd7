// Line plots as SVG text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace katydid::bench {

struct Series {
    std::string label;
    std::vector<std::pair<double, double>> points;
};

struct PlotOptions {
    std::string title;
    std::string x_label = "seconds";
    std::string y_label;
    bool logarithmic = false;          ///< the y axis; values below 1 are drawn at 1
    std::vector<std::string> x_ticks;  ///< names for x = 0, 1, 2…; empty: numbers
};

/// 460 × 240 pixels with axes, grid and legend. Empty series give an empty text.
std::string make_plot(const PlotOptions& options, const std::vector<Series>& series);

std::string escape_html(std::string_view text);

}  // namespace katydid::bench
