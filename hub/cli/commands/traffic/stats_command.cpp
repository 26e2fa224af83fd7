// katydid stats and limits: what there is, and what the whole hub may have in flight.
#include "hub/cli/client/resource.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <optional>

namespace katydid::cli {
namespace stats_command {
namespace {

namespace json = boost::json;

struct StatsWishes {
    std::string since, until, bucket;
};

void show_stats(Session& session, const StatsWishes& wishes)
{
    const auto query = Query{}
                           .add("since", time_of(wishes.since, "--since"))
                           .add("until", time_of(wishes.until, "--until"))
                           .add("bucket", wishes.bucket);
    auto stats = session.get("/v1/stats" + query.text());
    if (session.is_json()) return session.print(stats);
    const auto buckets = value_at(stats, "buckets");
    stats.as_object().erase("buckets");
    session.print(stats);
    constexpr Column columns[] = {{"START", "start"},
                                  {"ACCEPTED", "accepted"},
                                  {"DELIVERED", "delivered"},
                                  {"FAILED", "failed"},
                                  {"DEAD", "dead"}};
    std::cout << '\n';
    if (const auto* rows = buckets.if_array()) session.print(*rows, columns);
}

/// A number, or "default" for what the settings say.
void set_limit(json::object& body, const char* name, const std::string& text)
{
    if (text.empty()) return;
    if (text == "default") {
        body[name] = nullptr;
        return;
    }
    std::uint32_t number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    auto option = "--" + std::string{name};
    std::ranges::replace(option, '_', '-');
    if (read.ec != std::errc{} || read.ptr != end)
        throw CommandEnd{wrong_usage, option + " must be a number, or default, not " + text};
    body[name] = number;
}

void add_limits_update(const Group& group)
{
    struct Wishes {
        std::string in_flight, tenant_in_flight;
    };
    const auto wishes = std::make_shared<Wishes>();
    auto& command = group.add(
        "update", "Change them, without a restart", [wishes](Session& session) {
            json::object body;
            set_limit(body, "in_flight", wishes->in_flight);
            set_limit(body, "tenant_in_flight", wishes->tenant_in_flight);
            if (body.empty()) throw CommandEnd{wrong_usage, "say what to change"};
            session.print(session.must({"PATCH", "/v1/limits", json::serialize(body), {}}).json);
        });
    command.add_option("--in-flight", wishes->in_flight,
                       "Attempts at the same time, of all tenants; default: as the settings say");
    command.add_option("--tenant-in-flight", wishes->tenant_in_flight,
                       "The same for each tenant without a limit of its own");
}

}  // namespace
}  // namespace stats_command

void add_stats_command(CLI::App& app, int& exit_code)
{
    using namespace stats_command;
    auto* command = app.add_subcommand("stats", "What there is, and counts over time");
    const auto wishes = std::make_shared<StatsWishes>();
    command->add_option("--since", wishes->since, "From then on: a time, or how long ago (1d)")
        ->type_name("TIME");
    command->add_option("--until", wishes->until, "Up to then: a time, or how long ago")
        ->type_name("TIME");
    command->add_option("--bucket", wishes->bucket, "How wide a row is")
        ->check(CLI::IsMember(std::vector<std::string>{"1m", "5m", "1h", "1d"}));
    run_with_hub(*command, add_hub_options(*command), exit_code,
                 [wishes](Session& session) { show_stats(session, *wishes); });
}

void add_limits_command(CLI::App& app, int& exit_code)
{
    using namespace stats_command;
    const auto group = add_group(
        app, "limits", "What the whole hub may have in flight; operators only", exit_code);
    group.add("show", "Show them",
              [](Session& session) { session.print(session.get("/v1/limits")); });
    add_limits_update(group);
}

}  // namespace katydid::cli
