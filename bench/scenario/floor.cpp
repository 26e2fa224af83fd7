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
    options.load.duration = by_size<nanoseconds>(settings, 500ms, 2s, 5s);
    options.load.warm_up = options.load.duration / 5;
    const auto phase = co_await session.run(std::move(options));
    context.floor.phases.push_back(to_json(phase));
    co_return phase.load.per_second();
}

}  // namespace

awaitable<FloorRound> measure_floor_again(Context& context)
{
    auto& floor = context.floor;
    FloorRound round;
    round.beast_per_second = co_await measure_one(context, "floor-beast");
    round.sqlite_per_second = co_await measure_one(context, "floor-sqlite");
    floor.beast_rounds.push_back(round.beast_per_second);
    floor.sqlite_rounds.push_back(round.sqlite_per_second);
    floor.beast_per_second = median_of(floor.beast_rounds);
    floor.sqlite_per_second = median_of(floor.sqlite_rounds);
    co_return round;
}

awaitable<> measure_floor(Context& context)
{
    if (!context.floor.beast_rounds.empty()) co_return;
    co_await measure_floor_again(context);
}

}  // namespace katydid::bench
