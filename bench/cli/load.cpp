// katydid-bench load: requests at one address, without a scenario. And sink: only the receiver.
#include "bench/cli/commands.hpp"
#include "bench/load/generator.hpp"
#include "bench/report/pretty.hpp"
#include "bench/scenario/phase.hpp"
#include "bench/sink/sink.hpp"
#include "bench/target/call.hpp"

#include "hub/core/clock.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <random>

namespace katydid::bench {

namespace {

struct LoadFlags {
    std::string address;
    std::string path = "/api/webhooks/atlvs";
    std::string platform = "atlvs";
    std::string signature = "live";
    std::string secret = "bench";
    std::string duration = "10s";
    std::string warm_up = "1s";
    std::size_t data_bytes = 1024;
    LoadOptions load;
};

Door door_of(const LoadFlags& flags)
{
    const bool atlvs = flags.platform == "atlvs";
    Door door;
    door.path = flags.path;
    door.host = flags.address;
    door.headers = {{"Content-Type", "application/json"}};
    door.body
        = atlvs ? R"({"id":"{{id}}","name":"{{type}}","occurredAt":"{{time}}","payload":{{data}}})"
                : R"({"type":"{{type}}","timestamp":"{{time}}","data":{{data}}})";
    if (flags.signature != "none")
        door.signature = atlvs ? Signature::atlvs : Signature::standard_webhooks;
    door.secret = flags.secret;
    return door;
}

nanoseconds duration_of(const std::string& text)
{
    const auto duration = parse_duration(text);
    if (!duration) throw std::runtime_error{"not a duration: " + text + " (write 500ms or 10s)"};
    return *duration;
}

int run_load(LoadFlags flags)
{
    flags.load.target = parse_address(flags.address);
    flags.load.duration = duration_of(flags.duration);
    flags.load.warm_up = duration_of(flags.warm_up);
    // A second load of the same ids would measure how duplicates are found.
    const auto run = static_cast<std::uint16_t>(std::random_device{}());
    Requests requests{door_of(flags),
                      make_mix(flags.platform, {.run = run, .data_bytes = flags.data_bytes})};
    if (flags.signature == "precomputed") requests.presign(2'000'000, std::time(nullptr));
    asio::io_context loop{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
    Generator generator{loop, flags.load, requests, nullptr};
    Phase phase;
    std::exception_ptr failure;
    asio::co_spawn(loop, generator.run(), [&](std::exception_ptr exception, LoadResult result) {
        failure = exception;
        phase.load = std::move(result);
    });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    phase.name = "load";
    phase.intended_per_second = flags.load.per_second;
    phase.connections = flags.load.connections;
    phase.body_bytes = requests.mean_body_bytes();
    phase.wall = phase.load.measured;
    auto document = to_json(phase);
    const auto cpu = std::chrono::duration<double>(phase.load.own_cpu).count();
    document["answers_per_own_cpu_second"] = std::round(
        static_cast<double>(phase.load.accepted_measured) / cpu);
    std::cout << to_pretty(document);
    if (!phase.load.bottleneck.empty()) std::cerr << "note: " << phase.load.bottleneck << '\n';
    return find_fault(phase).empty() ? 0 : 1;
}

int run_sink(unsigned endpoints, const std::string& secret, std::int64_t delay_ms)
{
    asio::io_context loop{1};
    Verification verification;
    verification.enabled = !secret.empty();
    Sink sink{loop, verification};
    for (unsigned i = 0; i < endpoints; ++i) {
        const auto index = sink.add_endpoint();
        if (!secret.empty()) sink.set_secret(index, secret);
        sink.set_behaviour(index, {.delay = std::chrono::milliseconds{delay_ms}});
    }
    std::cout << R"({"listen":"127.0.0.1:)" << sink.port() << "\"}" << std::endl;
    loop.run();
    return 0;
}

}  // namespace

void add_load_command(CLI::App& app, int& status)
{
    const auto flags = std::make_shared<LoadFlags>();
    auto* command = app.add_subcommand(
        "load", "Send events to one address and print what happened as JSON");
    command->add_option("address", flags->address, "127.0.0.1:8080")->required();
    command->add_option("--path", flags->path);
    command->add_option("--mix", flags->platform, "atlvs or grasshopper");
    command->add_option("--signing", flags->signature)
        ->check(CLI::IsMember({"live", "precomputed", "none"}));
    command->add_option("--secret", flags->secret);
    command->add_option("--connections", flags->load.connections);
    command->add_option("--rate", flags->load.per_second,
                        "Events a second; 0: as fast as answers come");
    command->add_option("--duration", flags->duration);
    command->add_option("--warm-up", flags->warm_up);
    command->add_option("--bytes", flags->data_bytes,
                        "Pad data objects up to this size; 0: as they come");
    command->callback([flags, &status] { status = run_load(*flags); });
}

void add_sink_command(CLI::App& app, int& status)
{
    struct Flags {
        unsigned endpoints = 1;
        std::string secret;
        std::int64_t delay_ms = 0;
    };
    const auto flags = std::make_shared<Flags>();
    auto* command = app.add_subcommand("sink",
                                       "Only the receiver: /sink/0, /sink/1, … until killed");
    command->add_option("--endpoints", flags->endpoints);
    command->add_option("--secret", flags->secret, "Check Standard Webhooks signatures with it");
    command->add_option("--delay-ms", flags->delay_ms, "Before each answer");
    command->callback(
        [flags, &status] { status = run_sink(flags->endpoints, flags->secret, flags->delay_ms); });
}

}  // namespace katydid::bench
