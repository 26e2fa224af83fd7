// katydid deliveries: what became of each event for each subscription.
#include "hub/cli/client/resource.hpp"
#include "hub/core/codec/percent.hpp"

#include <iostream>

namespace katydid::cli {
namespace {

constexpr Resource resource{"/v1/deliveries", "dlv_", "delivery"};
constexpr Column attempt_columns[] = {
    {"NUMBER", "number"},   {"STARTED", "started_at"}, {"MILLISECONDS", "duration_ms"},
    {"OUTCOME", "outcome"}, {"STATUS", "status"},      {"ERROR", "error"}};

struct Filters {
    std::string state, subscription, event, status, since, until;
};

std::function<Query()> add_filters(CLI::App& command)
{
    const auto filters = std::make_shared<Filters>();
    command.add_option("--state", filters->state,
                       "pending, scheduled, delivered, dead or cancelled; several with commas");
    command.add_option("--subscription", filters->subscription, "Its id (sub_…)");
    command.add_option("--event", filters->event, "Its id (evt_…)");
    command.add_option("--status", filters->status, "HTTP status of the last attempt");
    command.add_option("--since", filters->since, "Made then or later, RFC 3339")
        ->type_name("TIME");
    command.add_option("--until", filters->until, "Made before, RFC 3339")->type_name("TIME");
    return [filters] {
        return Query{}
            .add("state", filters->state)
            .add("subscription", filters->subscription)
            .add("event", filters->event)
            .add("status", filters->status)
            .add("since", filters->since)
            .add("until", filters->until);
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

void add_show_with_attempts(const Group& group)
{
    const auto id = std::make_shared<std::string>();
    auto& command = group.add("show", "Show one, with its attempts", [id](Session& session) {
        auto delivery = session.get(path_of(*id));
        auto attempts = attempts_of(session, *id);
        if (session.is_json() && delivery.is_object())
            delivery.as_object()["attempts_made"] = std::move(attempts);
        session.print(delivery);
        if (session.is_json() || attempts.empty()) return;
        std::cout << '\n';
        session.print(attempts, attempt_columns);
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

void add_move(const Group& group, const char* word, const char* help)
{
    const auto id = std::make_shared<std::string>();
    const std::string path_end = std::string{"/"} + word;
    auto& command = group.add(word, help, [id, path_end](Session& session) {
        const auto answer = session.must({"POST", path_of(*id, path_end.c_str()), {}, {}}).json;
        session.print(answer, *id + " is " + cell_text(value_at(answer, "state")));
    });
    command.add_option("id", *id, "Its id (dlv_…)")->required();
}

}  // namespace

void add_deliveries_command(CLI::App& app, int& exit_code)
{
    const auto group = add_group(app, "deliveries",
                                 "What became of each event for each subscription", exit_code);
    add_list(group, resource,
             {{"DELIVERY", "id"},
              {"STATE", "state"},
              {"ATTEMPTS", "attempts"},
              {"EVENT", "event"},
              {"SUBSCRIPTION", "subscription"},
              {"DUE", "due_at"},
              {"REASON", "reason"}},
             add_filters);
    add_show_with_attempts(group);
    add_attempts(group);
    add_move(group, "retry", "Try it again now; many at once: katydid replay");
    add_move(group, "cancel", "Give it up");
}

}  // namespace katydid::cli
