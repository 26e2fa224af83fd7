#include "bench/report/svg.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <sstream>

namespace katydid::bench {

namespace {

constexpr double width = 460, height = 240, left = 62, right = 12, top = 30, bottom = 44;
constexpr std::array<std::string_view, 6> colours{"#1b6ca8", "#d1495b", "#2e933c",
                                                  "#edae49", "#6a4c93", "#555555"};

std::string short_number(double value)
{
    char text[32];
    if (value >= 1e6) std::snprintf(text, sizeof text, "%.3gM", value / 1e6);
    else if (value >= 1e4) std::snprintf(text, sizeof text, "%.3gk", value / 1e3);
    else std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

/// Where data coordinates lie on the picture.
struct Scale {
    double x_max = 1;
    double y_max = 1;
    bool logarithmic = false;

    [[nodiscard]] double x(double value) const
    {
        return left + value / x_max * (width - left - right);
    }
    [[nodiscard]] double y(double value) const
    {
        const auto share = logarithmic ? std::log10(std::max(value, 1.0)) / std::log10(y_max)
                                       : value / y_max;
        return height - bottom - share * (height - top - bottom);
    }
};

Scale scale_of(const std::vector<Series>& series, bool logarithmic)
{
    Scale scale;
    scale.logarithmic = logarithmic;
    double y_max = 0;
    for (const auto& line : series)
        for (const auto& [x, y] : line.points) {
            scale.x_max = std::max(scale.x_max, x);
            y_max = std::max(y_max, y);
        }
    const auto magnitude = std::pow(10, std::floor(std::log10(std::max(y_max, 1e-3))));
    scale.y_max = logarithmic
                      ? std::max(10.0, std::pow(10, std::ceil(std::log10(std::max(y_max, 10.0)))))
                      : std::max(magnitude * std::ceil(y_max / magnitude * 2) / 2, 1e-3);
    return scale;
}

void draw_text(std::ostream& out, double x, double y, std::string_view anchor,
               const std::string& text)
{
    out << "<text x='" << x << "' y='" << y << "' text-anchor='" << anchor << "'>"
        << escape_html(text) << "</text>";
}

void draw_grid(std::ostream& out, const Scale& scale, const PlotOptions& options)
{
    std::vector<double> levels;
    if (scale.logarithmic)
        for (double level = 1; level <= scale.y_max; level *= 10) levels.push_back(level);
    else
        for (int i = 0; i <= 4; ++i) levels.push_back(scale.y_max * i / 4);
    for (const auto level : levels) {
        const auto y = scale.y(level);
        out << "<line class='grid' x1='" << left << "' x2='" << width - right << "' y1='" << y
            << "' y2='" << y << "'/>";
        draw_text(out, left - 5, y + 4, "end", short_number(level));
    }
    if (options.x_ticks.empty())
        for (int i = 0; i <= 4; ++i)
            draw_text(out, scale.x(scale.x_max * i / 4), height - bottom + 14, "middle",
                      short_number(scale.x_max * i / 4));
    for (std::size_t i = 0; i < options.x_ticks.size(); ++i)
        draw_text(out, scale.x(static_cast<double>(i)), height - bottom + 14, "middle",
                  options.x_ticks[i]);
}

}  // namespace

std::string escape_html(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else if (c == '&') out += "&amp;";
        else if (c == '\'') out += "&#39;";
        else if (c == '"') out += "&quot;";
        else out += c;
    }
    return out;
}

std::string make_plot(const PlotOptions& options, const std::vector<Series>& series)
{
    const bool empty = std::all_of(series.begin(), series.end(),
                                   [](const auto& line) { return line.points.empty(); });
    if (empty) return {};
    const auto scale = scale_of(series, options.logarithmic);
    std::ostringstream out;
    out.precision(5);
    out << "<svg viewBox='0 0 " << width << ' ' << height << "' width='" << width << "' height='"
        << height << "' role='img' aria-label='" << escape_html(options.title) << "'>";
    out << "<text class='title' x='" << left << "' y='16'>" << escape_html(options.title)
        << "</text>";
    draw_grid(out, scale, options);
    draw_text(out, width - right, height - bottom + 26, "end", options.x_label);
    draw_text(out, width - right, 16, "end", options.y_label);
    double legend = left;
    for (std::size_t i = 0; i < series.size(); ++i) {
        const auto colour = colours[i % colours.size()];
        out << "<polyline fill='none' stroke-width='1.8' stroke='" << colour << "' points='";
        for (const auto& [x, y] : series[i].points) out << scale.x(x) << ',' << scale.y(y) << ' ';
        out << "'/><rect x='" << legend << "' y='" << height - 14
            << "' width='10' height='3' fill='" << colour << "'/>";
        draw_text(out, legend + 14, height - 9, "start", series[i].label);
        legend += 30 + 6.2 * static_cast<double>(series[i].label.size());
    }
    out << "</svg>";
    return out.str();
}

}  // namespace katydid::bench
