#include "bench/report/plot.hpp"

#include <boost/json/array.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace katydid::bench {

namespace json = boost::json;

namespace {

constexpr std::string_view columns[] = {
    "at",       "p50_us",    "p99_us",     "max_us",  "end_to_end_p99_us",
    "accepted", "delivered", "target_cpu", "own_cpu", "target_rss_mb"};

std::string file_name_of(std::string name)
{
    for (auto& c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) c = '-';
    return name;
}

void write_data(const json::array& timeline, const std::string& path)
{
    std::ofstream file{path};
    for (const auto& point : timeline) {
        for (const auto column : columns)
            file << point.as_object().at(column).to_number<double>() << ' ';
        file << '\n';
    }
}

void write_script(const std::string& title, const std::string& data, const std::string& png,
                  const std::string& path)
{
    std::ofstream{path}
        << "set terminal pngcairo size 1100,760 font 'sans,10'\nset output '" << png
        << "'\nset multiplot layout 2,2 title '" << title
        << "'\nset key outside bottom horizontal\nset grid\nset xlabel 'seconds'\n"
           "set logscale y\nset title 'Latency, us'\n"
           "plot '"
        << data
        << "' u 1:2 w l t 'p50', '' u 1:3 w l t 'p99', '' u 1:4 w l t 'max', '' u 1:5 w l t 'end "
           "to end p99'\n"
           "unset logscale y\nset yrange [0:*]\nset title 'Throughput, per second'\n"
           "plot '"
        << data
        << "' u 1:6 w l t 'accepted', '' u 1:7 w l t 'delivered'\n"
           "set title 'CPU, cores'\nplot '"
        << data
        << "' u 1:8 w l t 'target', '' u 1:9 w l t 'bench'\n"
           "set title 'Memory, MB'\nplot '"
        << data << "' u 1:10 w l t 'target'\n";
}

}  // namespace

void write_plots(const json::object& document, const std::string& directory)
{
    if (std::system("command -v gnuplot >/dev/null 2>&1") != 0) {
        std::cerr << "no PNG plots: gnuplot is not installed\n";
        return;
    }
    std::filesystem::create_directories(directory);
    for (const auto& scenario : document.at("scenarios").as_array())
        for (const auto& entry : scenario.at("phases").as_array()) {
            const auto& phase = entry.as_object();
            const auto& timeline = phase.at("timeline").as_array();
            if (timeline.size() < 2) continue;
            const std::string title{phase.at("name").as_string()};
            // The names are ours (letters, digits, dashes), so they are safe in a shell's line.
            const auto base = directory + '/'
                              + file_name_of(std::string{scenario.at("name").as_string()} + '-'
                                             + title);
            write_data(timeline, base + ".dat");
            write_script(file_name_of(title), base + ".dat", base + ".png", base + ".gp");
            if (std::system(("gnuplot '" + base + ".gp'").c_str()) != 0)
                std::cerr << "gnuplot failed on " << base << ".gp\n";
            std::filesystem::remove(base + ".dat");
            std::filesystem::remove(base + ".gp");
        }
}

}  // namespace katydid::bench
