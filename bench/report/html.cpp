#include "bench/report/html.hpp"

#include "bench/report/svg.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>
#include <sstream>

namespace katydid::bench {

namespace json = boost::json;

namespace {

constexpr std::string_view head = R"(<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Katydid bench</title><style>
body{font:15px/1.45 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;margin:.6em 0}
td,th{padding:.15em .8em;border-bottom:1px solid #ddd;text-align:right}
td:first-child,th:first-child{text-align:left}
svg{margin:.4em .6em .4em 0;font:11px system-ui,sans-serif}
.grid{stroke:#e4e4e4}.title{font-weight:600;font-size:12px}
.failed{color:#b3001b}.skipped{color:#777}.ok{color:#1c6b2a}
small{color:#666}</style></head><body>
)";

double number_at(const json::object& object, std::string_view key)
{
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}

std::string text_at(const json::object& object, std::string_view key)
{
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? escape_html(value->get_string())
                                                  : std::string{};
}

std::string shown(double value)
{
    char text[32];
    std::snprintf(text, sizeof text,
                  value >= 100 || value == static_cast<double>(static_cast<long long>(value))
                      ? "%.0f"
                      : "%.2f",
                  value);
    return text;
}

Series series_of(const json::array& timeline, std::string label, std::string_view key,
                 double factor = 1)
{
    Series series{std::move(label), {}};
    for (const auto& point : timeline)
        series.points.emplace_back(number_at(point.as_object(), "at"),
                                   number_at(point.as_object(), key) * factor);
    return series;
}

Series percentiles_of(const json::object& phase, std::string_view key, std::string label)
{
    Series series{std::move(label), {}};
    const auto* histogram = phase.if_contains(key);
    if (histogram == nullptr || number_at(histogram->as_object(), "count") == 0) return series;
    double x = 0;
    for (const auto* percentile : {"p50_us", "p90_us", "p99_us", "p999_us", "max_us"})
        series.points.emplace_back(x++, number_at(histogram->as_object(), percentile));
    return series;
}

void write_plots(std::ostream& out, const json::object& phase)
{
    const auto& timeline = phase.at("timeline").as_array();
    const auto plot = [&](PlotOptions options, const std::vector<Series>& series) {
        out << make_plot(options, series);
    };
    if (timeline.size() > 1) {
        plot({.title = "Latency over time", .y_label = "µs", .logarithmic = true, .x_ticks = {}},
             {series_of(timeline, "p50", "p50_us"), series_of(timeline, "p99", "p99_us"),
              series_of(timeline, "max", "max_us"),
              series_of(timeline, "end to end p99", "end_to_end_p99_us")});
        plot({.title = "Throughput", .y_label = "per second", .x_ticks = {}},
             {series_of(timeline, "accepted", "accepted"),
              series_of(timeline, "delivered", "delivered")});
        plot({.title = "Resources", .y_label = "cores; 100 MB", .x_ticks = {}},
             {series_of(timeline, "target cores", "target_cpu"),
              series_of(timeline, "bench cores", "own_cpu"),
              series_of(timeline, "target memory, 100 MB", "target_rss_mb", 0.01)});
    }
    plot({.title = "Percentiles",
          .x_label = "",
          .y_label = "µs",
          .logarithmic = true,
          .x_ticks = {"p50", "p90", "p99", "p99.9", "max"}},
         {percentiles_of(phase, "latency", "acceptance"),
          percentiles_of(phase, "end_to_end", "end to end"),
          percentiles_of(phase, "after_acceptance", "after acceptance")});
}

void write_phase(std::ostream& out, const json::object& phase)
{
    const auto& resources = phase.at("resources").as_object();
    out << "<h3>" << text_at(phase, "name") << "</h3><p>" << text_at(phase, "loop") << " loop, "
        << shown(number_at(phase, "connections")) << " connections, bodies of "
        << shown(number_at(phase, "body_bytes")) << " bytes: <b>"
        << shown(number_at(phase, "accepted_per_second")) << "</b> accepted a second";
    if (phase.contains("delivered_per_second"))
        out << ", <b>" << shown(number_at(phase, "delivered_per_second"))
            << "</b> delivered a second";
    out << ". Target: " << shown(number_at(resources, "target_cores")) << " cores, "
        << shown(number_at(resources, "target_cpu_us_per_event")) << " µs CPU per event, peak "
        << shown(number_at(resources, "target_rss_peak_mb")) << " MB. The hypervisor took "
        << shown(number_at(resources, "stolen_ms")) << " ms.</p>";
    if (const auto* tally = phase.if_contains("tally"))
        out << "<p><small>Correctness: " << escape_html(json::serialize(*tally)) << "</small></p>";
    if (const auto note = text_at(phase, "disturbance"); !note.empty())
        out << "<p class='failed'>Note: " << note << "</p>";
    write_plots(out, phase);
}

void write_figures(std::ostream& out, const json::array& figures)
{
    if (figures.empty()) return;
    out << "<table><tr><th>figure</th><th>value</th><th>unit</th><th>must</th><th>aim</th></tr>";
    for (const auto& entry : figures) {
        const auto& figure = entry.as_object();
        const auto goal = [&](std::string_view key) {
            return figure.contains(key) ? shown(number_at(figure, key)) : std::string{};
        };
        out << "<tr><td>" << text_at(figure, "name") << "</td><td>"
            << shown(number_at(figure, "value")) << "</td><td>" << text_at(figure, "unit")
            << "</td><td>" << goal("must") << "</td><td>" << goal("aim") << "</td></tr>";
    }
    out << "</table>";
}

}  // namespace

std::string make_html(const json::object& document)
{
    std::ostringstream out;
    out << head << "<h1>Katydid bench</h1><p>" << text_at(document, "date") << ", commit "
        << text_at(document, "commit") << ", size " << text_at(document, "size") << ", target "
        << text_at(document, "target") << "</p><p><small>"
        << escape_html(json::serialize(document.at("machine"))) << "</small></p>";
    const auto& floor = document.at("floor").as_object();
    out << "<p>Floor: bare Beast " << shown(number_at(floor, "beast_per_second"))
        << "/s, with SQLite group commit " << shown(number_at(floor, "sqlite_per_second"))
        << "/s.</p>";
    for (const auto& entry : document.at("scenarios").as_array()) {
        const auto& scenario = entry.as_object();
        const auto status = text_at(scenario, "status");
        out << "<h2>" << text_at(scenario, "name") << " <span class='" << status << "'>" << status
            << "</span></h2><p>" << text_at(scenario, "reason") << "</p>";
        write_figures(out, scenario.at("figures").as_array());
        for (const auto& phase : scenario.at("phases").as_array())
            write_phase(out, phase.as_object());
    }
    out << "<h2>Floor</h2>";
    for (const auto& phase : floor.at("phases").as_array()) write_phase(out, phase.as_object());
    out << "</body></html>\n";
    return out.str();
}

}  // namespace katydid::bench
