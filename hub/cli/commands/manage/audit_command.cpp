// katydid audit: who changed what, and whether the log is as it was written.
#include "hub/cli/client/resource.hpp"

namespace katydid::cli {
namespace audit_command {
namespace {

namespace json = boost::json;

constexpr Resource resource{"/v1/audit", "", "entry"};

struct Filters {
    std::string action, actor, object, since, until;
};

std::function<Query()> add_filters(CLI::App& command)
{
    const auto filters = std::make_shared<Filters>();
    command.add_option("--action", filters->action, "Exact, or prefix.*, as in subscription.*");
    command.add_option("--actor", filters->actor,
                       "Who did it: a key, by id or name; settings or hub");
    command.add_option(
        "--object", filters->object,
        "To what it was done: an id or a name (source:NAME where it is not the only one)");
    command.add_option("--since", filters->since, "Then or later: a time, or how long ago (1d)")
        ->type_name("TIME");
    command.add_option("--until", filters->until, "Before: a time, or how long ago")
        ->type_name("TIME");
    return [filters] {
        return Query{}
            .add("action", filters->action)
            .add("actor", filters->actor)
            .add("object", filters->object)
            .add("since", time_of(filters->since, "--since"))
            .add("until", time_of(filters->until, "--until"));
    };
}

/// 1 when the chain is broken: an entry was changed, removed or put in from outside.
void verify(Session& session)
{
    const auto answer = session.get("/v1/audit/verify");
    const auto entries = cell_text(value_at(answer, "entries"));
    if (value_at(answer, "verified") == json::value(true)) {
        session.print(answer, "verified: " + entries + " entries, the last one "
                                  + cell_text(value_at(answer, "head.number")) + " with hash "
                                  + cell_text(value_at(answer, "head.hash")));
        return;
    }
    const auto at = cell_text(value_at(answer, "broken_at"));
    session.print(answer, "not verified: the chain breaks at entry " + at
                              + ". It, or one before it, was changed without the hub: "
                                "compare with a backup.");
    throw CommandEnd{answer_is_no, {}};
}

}  // namespace
}  // namespace audit_command

void add_audit_command(CLI::App& app, int& exit_code)
{
    using namespace audit_command;
    const auto group = add_group(app, "audit", "Who changed what", exit_code);
    add_list(group, resource,
             {{"NUMBER", "number"},
              {"AT", "at", Show::time},
              {"ACTOR", "actor", Show::text, 1},
              {"ACTION", "action"},
              {"OBJECT", "object", Show::text, 2},
              {"DETAIL", "detail", Show::detail}},
             add_filters);
    group.add("verify", "Check that no entry was changed or removed; 1 when one was", verify);
}

}  // namespace katydid::cli
