// katydid-bench run: scenarios by name against a target.
#include "bench/cli/commands.hpp"
#include "bench/cli/progress.hpp"
#include "bench/report/document.hpp"
#include "bench/report/pretty.hpp"
#include "bench/scenario/scenario.hpp"

#include "hub/core/clock.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

namespace katydid::bench {

namespace {

struct RunFlags {
    std::vector<std::string> names;
    Settings settings;
    std::vector<std::string> assignments;
    std::string size = "quick";
    std::string json_file;
    std::string commit;
    std::string settle;
    bool show_progress = false;
    bool no_floor = false;
};

std::vector<NamedScenario> choose(const std::vector<std::string>& names)
{
    std::vector<NamedScenario> chosen;
    for (const auto& scenario : all_scenarios())
        if (names.empty() || std::find(names.begin(), names.end(), scenario.name) != names.end())
            chosen.push_back(scenario);
    if (!names.empty() && chosen.size() != names.size()) {
        std::string known;
        for (const auto& scenario : all_scenarios()) known += ' ' + std::string{scenario.name};
        throw std::runtime_error{"no such scenario; there are:" + known};
    }
    return chosen;
}

/// A scenario that throws has failed, or was not possible; the next one still runs.
awaitable<ScenarioResult> run_guarded(const NamedScenario& scenario, Context& context)
{
    ScenarioResult result;
    std::string failure;
    try {
        result = co_await scenario.run(context);
    } catch (const NotAvailable& error) {
        result = ScenarioResult::skip(error.what());
    } catch (const std::exception& error) {
        failure = error.what();
    }
    if (!failure.empty()) result.fail(failure);
    co_return result;
}

/// Each scenario has a folder of its own; it is kept when something was wrong.
awaitable<NamedResults> run_all(const std::vector<NamedScenario>& chosen, Context& context)
{
    const auto begin = std::chrono::steady_clock::now();
    const std::filesystem::path folder{context.settings.work_directory};
    NamedResults results;
    for (const auto& scenario : chosen) {
        const auto start = std::chrono::steady_clock::now();
        std::cerr << '[' << results.size() + 1 << '/' << chosen.size() << "] " << scenario.name
                  << ": " << scenario.what << '\n';
        context.settings.work_directory = (folder / scenario.name).string();
        auto result = co_await run_guarded(scenario, context);
        if (result.status != "failed") std::filesystem::remove_all(context.settings.work_directory);
        const auto now = std::chrono::steady_clock::now();
        std::cerr << "  " << result.status << (result.reason.empty() ? "" : ": " + result.reason)
                  << " (" << to_words(now - start) << ", " << to_words(now - begin)
                  << " since the start)\n";
        results.emplace_back(scenario.name, std::move(result));
    }
    co_return results;
}

void complete(RunFlags& flags)
{
    auto& settings = flags.settings;
    settings.size = flags.size == "smoke"  ? Size::smoke
                    : flags.size == "full" ? Size::full
                                           : Size::quick;
    if (!flags.settle.empty()) {
        settings.settle_max = parse_duration(flags.settle);
        if (!settings.settle_max) throw std::runtime_error{"--settle wants a duration such as 30s"};
    }
    for (const auto& assignment : flags.assignments) {
        const auto equals = assignment.find('=');
        if (equals == std::string::npos)
            throw std::runtime_error{"--set wants NAME=VALUE, not " + assignment};
        settings.variables.emplace_back(assignment.substr(0, equals),
                                        assignment.substr(equals + 1));
    }
    const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    if (settings.floor_directory.empty()) settings.floor_directory = here.string();
    if (flags.no_floor) settings.floor_directory = "/nonexistent";
    if (settings.work_directory.empty())
        settings.work_directory = (std::filesystem::temp_directory_path()
                                   / ("katydid-bench-" + std::to_string(getpid())))
                                      .string();
}

void write_text(const std::string& path, const std::string& text)
{
    std::ofstream file{path};
    file << text;
    if (!file) throw std::runtime_error{"cannot write " + path};
}

/// \returns whether all that ran was correct
bool report(const RunFlags& flags, const NamedResults& results, const Floor& floor)
{
    const auto document = make_document(results, floor,
                                        {{"bench", KATYDID_VERSION},
                                         {"commit", flags.commit},
                                         {"date", to_rfc3339(system_clock().now())},
                                         {"size", flags.size},
                                         {"target", flags.settings.target_file}});
    if (flags.json_file.empty()) std::cout << to_pretty(document);
    else write_text(flags.json_file, to_pretty(document));
    for (const auto& [name, result] : results)
        if (result.status == "failed") return false;
    return true;
}

int run(RunFlags flags)
{
    complete(flags);
    const auto chosen = choose(flags.names);
    // One thread, so the loop needs no locks.
    asio::io_context loop{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
    Context context{loop, flags.settings, make_progress(flags.show_progress), {}};
    NamedResults results;
    std::exception_ptr failure;
    asio::co_spawn(loop, run_all(chosen, context),
                   [&](std::exception_ptr exception, NamedResults all) {
                       failure = exception;
                       results = std::move(all);
                   });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    const bool correct = report(flags, results, context.floor);
    if (correct) std::filesystem::remove_all(flags.settings.work_directory);
    else std::cerr << "data and logs are kept in " << flags.settings.work_directory << '\n';
    return correct ? 0 : 1;
}

}  // namespace

void add_run_command(CLI::App& app, int& status)
{
    auto flags = std::make_shared<RunFlags>();
    auto* command = app.add_subcommand("run", "Run scenarios against a server");
    command->add_option("scenario", flags->names, "Names; none: all of them");
    command
        ->add_option("--target", flags->settings.target_file, "TOML file that describes the server")
        ->required();
    command->add_option("--hub", flags->settings.hub, "Program that the target file calls {{hub}}");
    command->add_option("--set", flags->assignments, "NAME=VALUE: a variable for the target file");
    command->add_option("--size", flags->size, "smoke, quick or full")
        ->check(CLI::IsMember({"smoke", "quick", "full"}));
    command->add_option("--json", flags->json_file,
                        "Write the result there, not to standard output");
    command->add_option("--commit", flags->commit, "What is measured, for the result");
    command->add_option("--floor", flags->settings.floor_directory,
                        "Folder of floor-beast and floor-sqlite");
    command->add_flag("--no-floor", flags->no_floor, "Do not measure the floor");
    command->add_option("--work", flags->settings.work_directory,
                        "Folder for the servers' data and logs");
    command->add_option("--postgres", flags->settings.postgres,
                        "URL of a database, for postgres-cluster");
    command->add_option("--rate-scale", flags->settings.rate_scale,
                        "Multiplies every open-loop rate");
    command->add_option("--settle", flags->settle, "How long to wait for the last deliveries");
    command->add_flag("--presign", flags->settings.presign,
                      "Sign before the load starts rather than live");
    command->add_flag("--progress", flags->show_progress,
                      "A line a second, not one in ten, even when this is no terminal");
    command->callback([flags, &status] { status = run(*flags); });
}

}  // namespace katydid::bench
