// katydid deliveries: what became of each event for each subscription.
#include "hub/cli/client/resource.hpp"
#include "hub/core/codec/percent.hpp"

#include <iostream>

namespace katydid::cli {
namespace deliveries_command {
namespace {

constexpr Resource resource{"/v1/deliveries", "dlv_", "delivery", false};
constexpr Column attempt_columns[] = {{"NUMBER", "number"},  {"STARTED", "started_at", Show::time},
                                      {"MS", "duration_ms"}, {"OUTCOME", "outcome"},
                                      {"STATUS", "status"},  {"ERROR", "error", Show::reason}};

struct Filters {
    std::string state, subscription, event, status, since, until;
};

std::function<Query()> add_filters(CLI::App& command)
{
    const auto filters = std::make_shared<Filters>();
    command.add_option("--state", filters->state,
                       "pending, scheduled, delivered, dead or cancelled; several with commas");
    command.add_option("--subscription", filters->subscription, "Its id (sub_…), or its name");
    command.add_option("--event", filters->event, "Its id (evt_…)");
    command.add_option("--status", filters->status, "HTTP status of the last attempt");
    command
        .add_option("--since", filters->since, "Made then or later: a time, or how long ago (1h)")
        ->type_name("TIME");
    command.add_option("--until", filters->until, "Made before: a time, or how long ago")
        ->type_name("TIME");
    return [filters] {
        return Query{}
            .add("state", filters->state)
            .add("subscription", filters->subscription)
            .add("event", filters->event)
            .add("status", filters->status)
            .add("since", time_of(filters->since, "--since"))
            .add("until", time_of(filters->until, "--until"));
    };
}

std::string path_of(const std::string& id, const char* rest = "")
{
    return "/v1/deliveries/" + percent_encode(id) + rest;
}

boost::json::array attempts_of(Session& session, const std::string& id)
{
    auto answer = session.get(path_of(id, "/attempts"));
    // A list may come as a page or as it is.
    const auto* data = value_at(answer, "data").if_array();
    if (data != nullptr) return *data;
    return answer.is_array() ? answer.as_array() : boost::json::array{};
}

/// What the receiver said, attempt by attempt.
void print_answers(const boost::json::array& attempts)
{
    for (const auto& attempt : attempts) {
        const auto* answer = value_at(attempt, "response").if_string();
        if (answer == nullptr || answer->empty()) continue;
        std::cout << "\nAnswer to attempt " << cell_text(value_at(attempt, "number")) << " ("
                  << cell_text(value_at(attempt, "status")) << "):\n";
        print_lines(*answer);
    }
}

void add_show_with_attempts(const Group& group)
{
    const auto id = std::make_shared<std::string>();
    auto& command = group.add("show", "Show one, with its attempts and what the receiver answered",
                              [id](Session& session) {
                                  auto delivery = session.get(path_of(*id));
                                  auto attempts = attempts_of(session, *id);
                                  if (session.is_json() && delivery.is_object())
                                      delivery.as_object()["attempts_made"] = std::move(attempts);
                                  session.print(delivery);
                                  if (session.is_json() || attempts.empty()) return;
                                  std::cout << '\n';
                                  session.print(attempts, attempt_columns);
                                  print_answers(attempts);
                              });
    command.add_option("id", *id, "Its id (dlv_…)")->required();
}

void add_attempts(const Group& group)
{
    const auto id = std::make_shared<std::string>();
    auto& command = group.add("attempts", "Every attempt of one", [id](Session& session) {
        session.print(attempts_of(session, *id), attempt_columns);
    });
    command.add_option("id", *id, "Its id (dlv_…)")->required();
}

void print_moved(Session& session, const std::string& id, const boost::json::value& answer)
{
    session.print(answer, id + " is " + cell_text(value_at(answer, "state")));
}

void add_retry(const Group& group)
{
    const auto id = std::make_shared<std::string>();
    const auto force = std::make_shared<bool>(false);
    auto& command = group.add("retry", "Try it again now; many at once: katydid replay",
                              [id, force](Session& session) {
                                  boost::json::object body;
                                  if (*force) body["force"] = true;
                                  const auto answer = session.post(path_of(*id, "/retry"), body);
                                  print_moved(session, *id, answer);
                              });
    command.add_option("id", *id, "Its id (dlv_…)")->required();
    command.add_flag("--force", *force, "Also one that was delivered");
}

void add_cancel(const Group& group)
{
    const auto id = std::make_shared<std::string>();
    auto& command = group.add("cancel", "Give it up", [id](Session& session) {
        const auto answer = session.must({"POST", path_of(*id, "/cancel"), {}, {}}).json;
        print_moved(session, *id, answer);
    });
    command.add_option("id", *id, "Its id (dlv_…)")->required();
}

}  // namespace
}  // namespace deliveries_command

void add_deliveries_command(CLI::App& app, int& exit_code)
{
    using namespace deliveries_command;
    const auto group = add_group(app, "deliveries",
                                 "What became of each event for each subscription", exit_code);
    add_list(group, resource,
             {{"DELIVERY", "id"},
              {"STATE", "state"},
              {"ATTEMPTS", "attempts", Show::text, 2},
              {"EVENT", "event", Show::text, 3},
              {"SUBSCRIPTION", "subscription"},
              {"DUE", "due_at", Show::time, 1},
              {"REASON", "reason", Show::reason}},
             add_filters, {"subscription", "/v1/subscriptions"});
    add_show_with_attempts(group);
    add_attempts(group);
    add_retry(group);
    add_cancel(group);
}

}  // namespace katydid::cli
