// katydid events: what was accepted.
#include "hub/cli/client/resource.hpp"
#include "hub/core/codec/percent.hpp"

#include <iostream>

namespace katydid::cli {
namespace events_command {
namespace {

constexpr Resource resource{"/v1/events", "evt_", "event", false};

struct Filters {
    std::string type, source, subject, external_id, since, until;
};

std::function<Query()> add_filters(CLI::App& command)
{
    const auto filters = std::make_shared<Filters>();
    command.add_option("--type", filters->type, "Exact, or prefix.*");
    command.add_option("--source", filters->source, "Its source, by id or name");
    command.add_option("--subject", filters->subject, "Whose data it is");
    command.add_option("--external-id", filters->external_id, "The sender's id");
    command
        .add_option("--since", filters->since,
                    "Received then or later: a time, or how long ago (1h)")
        ->type_name("TIME");
    command.add_option("--until", filters->until, "Received before: a time, or how long ago")
        ->type_name("TIME");
    return [filters] {
        return Query{}
            .add("type", filters->type)
            .add("source", filters->source)
            .add("subject", filters->subject)
            .add("external_id", filters->external_id)
            .add("since", time_of(filters->since, "--since"))
            .add("until", time_of(filters->until, "--until"));
    };
}

void add_payload(const Group& group)
{
    const auto id = std::make_shared<std::string>();
    auto& command = group.add(
        "payload", "Write its payload, byte for byte", [id](Session& session) {
            const auto path = "/v1/events/" + percent_encode(*id) + "/payload";
            const auto answer = session.must({"GET", path, {}, {}});
            if (session.terminal().out) return print_lines(answer.body);
            std::cout.write(answer.body.data(), static_cast<std::streamsize>(answer.body.size()));
        });
    command.add_option("id", *id, "Its id (evt_…)")->required();
}

void add_replay(const Group& group)
{
    const auto id = std::make_shared<std::string>();
    const auto subscription = std::make_shared<std::string>();
    auto& command = group.add(
        "replay", "Deliver it again, to one subscription or to all that want it now",
        [id, subscription](Session& session) {
            boost::json::object body;
            set_if(body, "subscription", *subscription);
            const auto answer = session.post("/v1/events/" + percent_encode(*id) + "/replay", body);
            session.print(answer, "Due again: " + cell_text(value_at(answer, "deliveries")));
        });
    command.add_option("id", *id, "Its id (evt_…)")->required();
    command.add_option("--subscription", *subscription, "Only to this one, by id or name");
}

}  // namespace
}  // namespace events_command

void add_events_command(CLI::App& app, int& exit_code)
{
    using namespace events_command;
    const auto group = add_group(app, "events", "What was accepted: list, show, replay", exit_code);
    add_list(group, resource,
             {{"EVENT", "id"},
              {"RECEIVED", "received_at", Show::time},
              {"TYPE", "type"},
              {"SOURCE", "source", Show::text, 1},
              {"BYTES", "payload_bytes", Show::text, 2},
              {"EXTERNAL ID", "external_id", Show::text, 3}},
             add_filters);
    add_show(group, resource);
    add_payload(group);
    add_replay(group);
}

}  // namespace katydid::cli
