// katydid doctor: finds what is likely to be wrong, and says the fix.
#include "hub/cli/doctor/machine_checks.hpp"
#include "hub/cli/doctor/receiver_checks.hpp"
#include "hub/cli/doctor/settings_checks.hpp"
#include "hub/cli/doctor/source_checks.hpp"
#include "hub/cli/offline_input.hpp"
#include "hub/cli/client/session.hpp"

#include "hub/app/build.hpp"
#include "signing/keys/secrets.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>
#include <sqlite3.h>
#include <sys/resource.h>

#include <algorithm>
#include <iostream>
#include <map>

namespace katydid::cli {
namespace {

namespace json = boost::json;
using namespace doctor;

struct DoctorOptions {
    config::Inputs inputs;
    std::string data_dir;
    std::string timeout = "5s";
    bool offline = false;
    bool json = false;
};

/// What a running hub tells of itself.
struct RunningHub {
    bool is_there = false;
    std::vector<std::string> sources;  ///< made by the API
    std::vector<Receiver> receivers;
    std::vector<std::string> dates;
    std::vector<RefusedWebhook> refused;
};

std::string url_of(const boost::asio::ip::tcp::endpoint& endpoint, bool tls)
{
    auto address = endpoint.address();
    if (address.is_unspecified())
        address = address.is_v6()
                      ? boost::asio::ip::address{boost::asio::ip::address_v6::loopback()}
                      : boost::asio::ip::address_v4::loopback();
    const auto host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
    return (tls ? "https://" : "http://") + host + ":" + std::to_string(endpoint.port());
}

std::string operator_key_of(const config::Settings& settings)
{
    const char* const variable = std::getenv("KATYDID_API_KEY");
    const auto key = variable != nullptr ? result<std::string>{variable}
                                         : read_file((settings.data_dir / "operator.key").string());
    return key ? std::string{signing::read_secret(*key).text()} : std::string{};
}

/// Asks the hub of these settings, where one runs and the operator's key is here to be read.
RunningHub ask_hub(const config::Settings& settings)
{
    RunningHub hub;
    HubAddress operators;
    operators.url = url_of(settings.operator_listen, false);
    HubClient health{operators};
    const auto alive = health.send({"GET", "/healthz", {}, {}, milliseconds{2'000}});
    hub.is_there = alive && alive->status == 200;
    const auto key = operator_key_of(settings);
    if (!hub.is_there || key.empty() || !settings.tls.certificate_files.empty()) return hub;
    HubAddress address;
    address.url = url_of(settings.listen, false);
    address.api_key = key;
    try {
        Session session{address, true, {}};
        std::map<std::string, std::string> names;
        for (const auto& row : session.list("/v1/sources", {}, 10'000)) {
            const auto name = cell_text(value_at(row, "name"));
            names[cell_text(value_at(row, "id"))] = name;
            if (value_at(row, "read_only") != json::value(true)) hub.sources.push_back(name);
        }
        for (const auto& row : session.list("/v1/rejected", {}, 1'000))
            hub.refused.push_back({names[cell_text(value_at(row, "source"))],
                                   cell_text(value_at(row, "reason")),
                                   cell_text(value_at(row, "diagnosis"))});
        for (const auto& row : session.list("/v1/subscriptions", {}, 10'000))
            if (const auto* url = value_at(row, "handler.url").if_string())
                hub.receivers.push_back({cell_text(value_at(row, "name")), std::string{*url}});
    } catch (const CommandEnd&) {
        // It is there; what it does not tell is not looked at.
    }
    return hub;
}

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

void append(Findings& all, Findings more) { std::ranges::move(more, std::back_inserter(all)); }

Findings examine(const DoctorOptions& options, milliseconds timeout)
{
    auto loaded = check_settings(options.inputs);
    auto findings = std::move(loaded.findings);
    findings.push_back(judge_sqlite(sqlite3_libversion_number()));
    if (!loaded.settings) return findings;
    const auto& settings = *loaded.settings;
    append(findings, check_secrets(settings));
    append(findings, check_platforms(settings, options.inputs.environment));
    append(findings, check_data_dir(settings.data_dir));
    append(findings, check_certificates(settings, system_clock().now()));
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0)
        findings.push_back(judge_descriptors(files.rlim_cur, settings.connections_max));
    const auto hub = options.offline ? RunningHub{} : ask_hub(settings);
    append(findings, check_duplicate_sources(settings, hub.sources));
    append(findings, judge_times(hub.refused));
    findings.push_back(check_port(settings.listen, "listen", hub.is_there));
    findings.push_back(check_port(settings.operator_listen, "operator_listen", hub.is_there));
    if (!options.offline) append(findings, look_outside(settings, hub, timeout));
    return findings;
}

std::string_view word_of(Weight weight)
{
    return weight == Weight::ok ? "ok" : weight == Weight::warning ? "warning" : "fault";
}

void print(const Findings& findings, bool as_json)
{
    const auto terminal = find_terminal();
    json::array list;
    for (const auto& each : findings) {
        const auto word = word_of(each.weight);
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
    command->add_flag("--offline", options->offline, "Ask neither a hub nor receivers");
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
        const bool has_fault = std::ranges::any_of(
            findings, [](const auto& each) { return each.weight == Weight::fault; });
        exit_code = has_fault ? answer_is_no : done;
    });
}

}  // namespace katydid::cli
