// katydid-bench report and compare: what was measured before, read again.
#include "bench/cli/commands.hpp"
#include "bench/report/document.hpp"
#include "bench/report/html.hpp"
#include "bench/report/plot.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <memory>

namespace katydid::bench {

void add_report_command(CLI::App& app, int&)
{
    struct Flags {
        std::string result, html, png;
    };
    const auto flags = std::make_shared<Flags>();
    auto* command = app.add_subcommand("report", "Make a page and plots of a result");
    command->add_option("result", flags->result, "JSON file of a run")->required();
    command->add_option("--html", flags->html, "Write the page there");
    command->add_option("--png", flags->png, "Write plots into this folder (needs gnuplot)");
    command->callback([flags] {
        const auto document = read_document(flags->result);
        if (!flags->html.empty()) std::ofstream{flags->html} << make_html(document);
        if (!flags->png.empty()) write_plots(document, flags->png);
        if (flags->html.empty() && flags->png.empty()) std::cout << show_figures(document);
    });
}

void add_compare_command(CLI::App& app, int&)
{
    struct Flags {
        std::string before, after;
        double tolerance = 0.1;
    };
    const auto flags = std::make_shared<Flags>();
    auto* command = app.add_subcommand("compare", "Two results, figure by figure");
    command->add_option("before", flags->before, "JSON file of a run")->required();
    command->add_option("after", flags->after, "JSON file of a later run")->required();
    command->add_option("--tolerance", flags->tolerance, "Share of change that is noise");
    command->callback([flags] {
        const auto before = read_document(flags->before);
        const auto after = read_document(flags->after);
        std::cout << compare(before, after, flags->tolerance);
    });
}

}  // namespace katydid::bench
