// What the machine allows: the floor servers under the same load as `ingest`.
#include "bench/scenario/scenario.hpp"

#include <filesystem>

namespace katydid::bench {

namespace {

Description describe_floor(const Settings& settings, const std::string& program)
{
    const auto port = std::to_string(free_port());
    Description description;
    description.name = program;
    description.variables = {{"base", "127.0.0.1:" + port}};
    StartDescription start;
    start.command = {settings.floor_directory + '/' + program, port, "{{data_dir}}/floor.db"};
    start.ready.emplace();
    start.ready->call = {"POST", "/", {}, "{}"};
    description.start = std::move(start);
    Door door;
    door.path = "/api/webhooks/atlvs";
    door.headers = {{"Content-Type", "application/json"}, {"X-Webhook-Event", "{{type}}"}};
    door.body = R"({"id":"{{id}}","name":"{{type}}","occurredAt":"{{time}}","payload":{{data}}})";
    door.signature = Signature::atlvs;
    door.secret = "floor";
    description.doors["default"] = door;
    return description;
}

awaitable<double> measure_one(Context& context, const std::string& program)
{
    const auto& settings = context.settings;
    if (!std::filesystem::exists(settings.floor_directory + '/' + program)) co_return 0.0;
    Session session{context.loop, settings, program, describe_floor(settings, program)};
    session.on_second = context.on_second;
    co_await session.start();
    PhaseOptions options;
    options.name = program;
    options.load.duration = by_size<nanoseconds>(settings, 500ms, 3s, 15s);
    options.load.warm_up = options.load.duration / 5;
    const auto phase = co_await session.run(std::move(options));
    context.floor.phases.push_back(to_json(phase));
    co_return phase.load.per_second();
}

}  // namespace

awaitable<> measure_floor(Context& context)
{
    if (!context.floor.phases.empty()) co_return;
    context.floor.beast_per_second = co_await measure_one(context, "floor-beast");
    context.floor.sqlite_per_second = co_await measure_one(context, "floor-sqlite");
}

}  // namespace katydid::bench
