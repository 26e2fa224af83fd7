// katydid replay: deliveries again, many at once, as a job that shows how far it is.
#include "hub/cli/client/deliveries.hpp"
#include "hub/cli/client/resource.hpp"
#include "hub/core/codec/percent.hpp"

#include <optional>

namespace katydid::cli {
namespace replay_command {
namespace {

constexpr Resource resource{"/v1/replay-jobs", "job_", "replay job", false};

struct Wishes {
    std::string subscription;
    std::string event;
    std::vector<std::string> states;
    std::optional<unsigned> status;
    std::string since;
    std::string until;
    bool no_wait = false;
};

boost::json::object body_of(const Wishes& wishes)
{
    boost::json::object body;
    set_if(body, "subscription", wishes.subscription);
    set_if(body, "event", wishes.event);
    set_if(body, "since", time_of(wishes.since, "--since"));
    set_if(body, "until", time_of(wishes.until, "--until"));
    if (wishes.status) body["status"] = *wishes.status;
    if (!wishes.states.empty()) {
        boost::json::array states;
        for (const auto& state : wishes.states) states.emplace_back(state);
        body["states"] = std::move(states);
    }
    return body;
}

void add_start(const Group& group)
{
    const auto wishes = std::make_shared<Wishes>();
    auto& command = group.add(
        "start", "Send again what matches: dead deliveries, unless --state says otherwise",
        [wishes](Session& session) {
            const auto body = body_of(*wishes);
            if (body.empty())
                throw CommandEnd{wrong_usage, "say what to replay: --subscription, --event, "
                                              "--state, --status, --since or --until"};
            const auto job = session.post("/v1/deliveries/retry", body);
            const auto id = cell_text(value_at(job, "id"));
            if (wishes->no_wait) session.print(job, "Started " + id);
            else await_job(session, id);
        });
    command.add_option("--subscription", wishes->subscription, "Of this one, by id or name");
    command.add_option("--event", wishes->event, "Of this event (evt_…)");
    command.add_option("--state", wishes->states, "dead, cancelled, delivered or scheduled")
        ->delimiter(',');
    command.add_option("--status", wishes->status, "Whose last attempt got this HTTP status");
    command
        .add_option("--since", wishes->since, "Made then or later: a time, or how long ago (2h)")
        ->type_name("TIME");
    command.add_option("--until", wishes->until, "Made before: a time, or how long ago")
        ->type_name("TIME");
    command.add_flag("--no-wait", wishes->no_wait, "Print the job and leave it to the hub");
}

void add_wait(const Group& group)
{
    const auto id = std::make_shared<std::string>();
    auto& command = group.add("wait", "Wait for a job that was started before",
                              [id](Session& session) { await_job(session, *id); });
    command.add_option("id", *id, "Its id (job_…)")->required();
}

void add_change(const Group& group, const char* word, const char* help)
{
    const auto id = std::make_shared<std::string>();
    const std::string path_end = std::string{"/"} + word;
    auto& command = group.add(word, help, [id, path_end](Session& session) {
        const auto path = std::string{resource.path} + "/" + percent_encode(*id) + path_end;
        session.print(session.must({"POST", path, {}, {}}).json);
    });
    command.add_option("id", *id, "Its id (job_…)")->required();
}

}  // namespace
}  // namespace replay_command

void add_replay_command(CLI::App& app, int& exit_code)
{
    using namespace replay_command;
    const auto group = add_group(app, "replay", "Deliveries again, many at once", exit_code);
    add_start(group);
    add_list(group, resource,
             {{"JOB", "id"},
              {"STATUS", "status"},
              {"DELIVERED", "delivered"},
              {"DEAD", "dead", Show::text, 1},
              {"TOTAL", "total"},
              {"STARTED", "created_at", Show::time},
              {"SUBSCRIPTION", "subscription"}},
             nullptr, {"subscription", "/v1/subscriptions"});
    add_show(group, resource);
    add_wait(group);
    add_change(group, "pause", "Make nothing more due");
    add_change(group, "resume", "Let it go on");
    add_change(group, "cancel", "End it; what is not in flight yet is as it was before");
}

}  // namespace katydid::cli
