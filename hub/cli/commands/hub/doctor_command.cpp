// katydid doctor: finds what is likely to be wrong, and says the fix.
#include "hub/checks/machine_checks.hpp"
#include "hub/checks/receiver_checks.hpp"
#include "hub/checks/settings_checks.hpp"
#include "hub/checks/source_checks.hpp"
#include "hub/cli/checks/start_checks.hpp"
#include "hub/cli/checks/running_hub.hpp"
#include "hub/cli/terminal/table.hpp"
#include "hub/cli/tree/command.hpp"

#include "hub/app/build.hpp"
#include "hub/store/open_store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>
#include <sqlite3.h>
#include <sys/resource.h>

#include <algorithm>
#include <iostream>

namespace katydid::cli {
namespace {

namespace json = boost::json;
using namespace checks;

struct DoctorOptions {
    config::Inputs inputs;
    std::string data_dir;
    std::string timeout = "5s";
    bool offline = false;
    bool json = false;
};

void append(Findings& all, Findings more) { std::ranges::move(more, std::back_inserter(all)); }

Findings look_outside(const config::Settings& settings, const RunningHub& hub, milliseconds timeout)
{
    auto receivers = receivers_of(settings);
    for (const auto& each : hub.receivers)
        if (std::ranges::find(receivers, each) == receivers.end()) receivers.push_back(each);
    http::EgressPolicy policy;
    for (const auto& network : settings.egress_allow)
        policy.allowed.push_back(http::parse_network(network).value());
    asio::io_context loop{1};
    http::ClientOptions options;
    options.tls = make_client_tls(settings);
    http::Client client{loop.get_executor(), policy, options};
    ReceiverReport report;
    std::exception_ptr failure;
    auto look = [&]() -> awaitable<> {
        auto checked = co_await check_receivers(client, policy, receivers, timeout);
        report = std::move(checked);
        client.close();
    };
    asio::co_spawn(loop, look(), [&](std::exception_ptr thrown) { failure = std::move(thrown); });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    auto findings = std::move(report.findings);
    findings.push_back(judge_clock(report.dates, system_clock().now()));
    return findings;
}

/// What keeps the hub from starting.
void add_start(Findings& findings, const config::Settings& settings, const RunningHub& hub)
{
    std::ranges::move(check_shards({settings, hub.is_there}), std::back_inserter(findings));
    auto faults = check_start({settings, hub.is_there});
    if (faults.empty())
        findings.push_back(well("start", hub.is_there
                                             ? "The hub of these settings runs."
                                             : "Data directory, keys, store, files and ports: the "
                                               "hub would start."));
    const bool has_tls_fault = std::ranges::any_of(
        faults, [](const auto& each) { return each.check == "certificates"; });
    append(findings, std::move(faults));
    // Files that cannot be read were named.
    if (!has_tls_fault) append(findings, check_certificates(settings, system_clock().now()));
}

void add_machine(Findings& findings, const config::Settings& settings)
{
    if (!store::is_shared_store(settings.store_url()))
        findings.push_back(judge_sqlite(sqlite3_libversion_number()));
    std::error_code error;
    const auto room = std::filesystem::space(settings.data_dir, error);
    if (!error) findings.push_back(judge_room(settings.data_dir, room.available));
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0)
        findings.push_back(judge_descriptors(files.rlim_cur, settings.connections_max));
}

Findings examine(const DoctorOptions& options, milliseconds timeout)
{
    auto loaded = check_settings(options.inputs);
    auto findings = std::move(loaded.findings);
    if (!loaded.settings) return findings;
    const auto& settings = *loaded.settings;
    const auto hub = find_running_hub(settings);
    add_start(findings, settings, hub);
    append(findings, check_secrets(settings));
    append(findings, check_platforms(settings, options.inputs.environment));
    add_machine(findings, settings);
    append(findings, check_duplicate_sources(settings, hub.sources));
    append(findings, judge_times(hub.refused));
    if (!options.offline) append(findings, look_outside(settings, hub, timeout));
    return findings;
}

void print(const Findings& findings, bool as_json)
{
    const auto terminal = find_terminal();
    json::array list;
    for (const auto& each : findings) {
        const auto word = to_text(each.weight);
        if (as_json) {
            json::object object{{"weight", word}, {"check", each.check}, {"what", each.what}};
            if (!each.hint.empty()) object["hint"] = each.hint;
            list.push_back(std::move(object));
            continue;
        }
        std::cout << paint(word, colour_of(word), terminal.colour)
                  << std::string(9 - word.size(), ' ') << each.check
                  << std::string(each.check.size() < 14 ? 14 - each.check.size() : 1, ' ')
                  << printable(each.what) << '\n';
        if (!each.hint.empty()) std::cout << std::string(23, ' ') << printable(each.hint) << '\n';
    }
    if (as_json) std::cout << json::serialize(list) << '\n';
}

}  // namespace

void add_doctor_command(CLI::App& app, int& exit_code)
{
    auto* command = app.add_subcommand(
        "doctor", "Check settings, store, certificates, clock and reachability; say what to do");
    const auto options = std::make_shared<DoctorOptions>();
    command
        ->add_option("--config", options->inputs.file,
                     "Settings file; ./katydid.toml where it exists")
        ->type_name("FILE");
    command->add_option("--data-dir", options->data_dir, "As for katydid serve")->type_name("DIR");
    command->add_option("--timeout", options->timeout, "For each receiver")
        ->type_name("DURATION")
        ->capture_default_str();
    command->add_flag("--offline", options->offline, "Ask no receivers");
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([options, &exit_code] {
        const auto timeout = parse_duration(options->timeout);
        if (!timeout) {
            std::cerr << "katydid doctor: --timeout takes a duration such as 5s\n";
            exit_code = wrong_usage;
            return;
        }
        options->inputs.environment = config::process_environment();
        if (!options->data_dir.empty())
            options->inputs.flags.emplace_back("--data-dir", options->data_dir);
        const auto findings = examine(*options, *timeout);
        print(findings, options->json);
        exit_code = has_fault(findings) ? answer_is_no : done;
    });
}

}  // namespace katydid::cli
