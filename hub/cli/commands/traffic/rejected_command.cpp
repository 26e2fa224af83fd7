// katydid rejected: webhooks that were refused, why, and a second chance for them.
#include "hub/cli/client/resource.hpp"
#include "hub/core/codec/encoding.hpp"

#include <boost/json/serialize.hpp>

#include <iostream>

namespace katydid::cli {
namespace rejected_command {
namespace {

namespace json = boost::json;

constexpr Resource resource{"/v1/rejected", "rej_", "rejected webhook", false};
constexpr std::size_t rows_max = 100'000;

struct Filters {
    std::string source;
    std::string since;
};

void add_filters(CLI::App& command, Filters& filters)
{
    command.add_option("--source", filters.source, "Only of this source, by id or name");
    command.add_option("--since", filters.since, "Refused then or later: a time, or how long ago")
        ->type_name("TIME");
}

/// Newest first, back to --since, which the API does not know here.
json::array rows_of(Session& session, const Filters& filters, std::size_t count_max)
{
    const auto since = parse_rfc3339(time_of(filters.since, "--since"));
    Query query;
    query.add("source", filters.source);
    auto rows = session.list(resource.path, query, count_max);
    const auto is_older = [&](const json::value& row) {
        return since && parse_rfc3339(value_at(row, "at").as_string()).value_or(*since) < *since;
    };
    rows.erase(std::find_if(rows.begin(), rows.end(), is_older), rows.end());
    return rows;
}

void add_rejected_list(const Group& group)
{
    struct Wishes : Filters {
        std::size_t limit = 50;
    };
    const auto wishes = std::make_shared<Wishes>();
    auto& command = group.add("list", "List them, newest first", [wishes](Session& session) {
        auto rows = rows_of(session, *wishes, wishes->limit);
        session.name_ids(rows, "source", "/v1/sources");
        constexpr Column columns[] = {{"REJECTED", "id"},
                                      {"SOURCE", "source"},
                                      {"AT", "at", Show::time},
                                      {"CLIENT", "client", Show::text, 2},
                                      {"BYTES", "body_bytes", Show::text, 1},
                                      {"DIAGNOSIS", "diagnosis", Show::reason}};
        session.print(rows, columns);
    });
    add_filters(command, *wishes);
    command.add_option("--limit", wishes->limit, "How many at most")
        ->check(CLI::Range(std::size_t{1}, rows_max))
        ->capture_default_str();
}

void add_rejected_show(const Group& group)
{
    const auto id = std::make_shared<std::string>();
    auto& command = group.add(
        "show", "Show one: why it was refused, its headers and its body", [id](Session& session) {
            auto row = session.get(path_of(resource, *id));
            if (session.is_json()) return session.print(row);
            const auto body = decode(Encoding::base64, cell_text(value_at(row, "body_base64")));
            row.as_object().erase("body_base64");
            if (const auto* headers = value_at(row, "headers").if_array()) {
                json::object shown;
                for (const auto& header : *headers)
                    shown[cell_text(value_at(header, "name"))] = value_at(header, "value");
                row.as_object()["headers"] = std::move(shown);
            }
            session.print(row);
            if (!body || body->empty()) return;
            std::cout << '\n';
            print_lines(*body);
        });
    command.add_option("id", *id, "Its id (rej_…)")->required();
}

/// Each is judged anew; those that are still refused stay, and the answer is no.
void replay_all(Session& session, const Filters& filters)
{
    json::array let_in;
    std::size_t refused = 0;
    for (const auto& row : rows_of(session, filters, rows_max)) {
        const auto id = cell_text(value_at(row, "id"));
        const auto answer = session.ask({"POST", path_of(resource, id) + "/replay", {}, {}});
        if (answer.status == 409) ++refused;
        else if (exit_code_of(answer.status) != done)
            throw CommandEnd{exit_code_of(answer.status), id + ": " + sentence_of(answer)};
        else let_in.push_back(answer.json);
    }
    const auto count = let_in.size();
    session.print(let_in, "Let in: " + std::to_string(count)
                              + ", still refused: " + std::to_string(refused));
    if (refused > 0) throw CommandEnd{answer_is_no, {}};
}

void add_rejected_replay(const Group& group)
{
    struct Wishes : Filters {
        std::string id;
        bool all = false;
    };
    const auto wishes = std::make_shared<Wishes>();
    auto& command = group.add(
        "replay", "Judge one again, or all of them, e.g. with the right secret now",
        [wishes](Session& session) {
            if (wishes->all == !wishes->id.empty())
                throw CommandEnd{wrong_usage, "name one by its id (rej_…), or all with --all"};
            if (wishes->all) return replay_all(session, *wishes);
            const auto path = path_of(resource, wishes->id) + "/replay";
            const auto answer = session.must({"POST", path, {}, {}}).json;
            session.print(answer, "Let in as " + cell_text(value_at(answer, "id")));
        });
    command.add_option("id", wishes->id, "Its id (rej_…)");
    command.add_flag("--all", wishes->all, "All of them, or all of --source and --since");
    add_filters(command, *wishes);
}

}  // namespace
}  // namespace rejected_command

void add_rejected_command(CLI::App& app, int& exit_code)
{
    using namespace rejected_command;
    const auto group = add_group(app, "rejected", "Webhooks that were refused, and why", exit_code);
    add_rejected_list(group);
    add_rejected_show(group);
    add_rejected_replay(group);
    add_delete(group, resource, "delete", "Throw one away");
}

}  // namespace katydid::cli
