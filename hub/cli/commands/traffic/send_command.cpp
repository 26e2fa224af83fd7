// katydid send: publishes an event, or many from a file.
#include "hub/cli/client/deliveries.hpp"
#include "hub/cli/offline_input.hpp"
#include "hub/cli/terminal/progress.hpp"
#include "hub/cli/client/session.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <span>

namespace katydid::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t lines_per_call = 100;
constexpr std::size_t bytes_per_call = 512 * 1024;

struct SendOptions {
    std::string type;
    std::string data;
    std::string data_file;
    std::string batch_file;
    std::string id;
    std::string subject;
    std::string key;
    std::string occurred_at;
    std::string idempotency_key;
    std::string wait;
};

std::string read_all(const std::string& path)
{
    auto text = read_file(path);
    if (!text) throw CommandEnd{wrong_usage, text.error().message};
    return std::move(*text);
}

/// The payload's own bytes: the hub keeps them as they are here.
std::string data_of(const SendOptions& options)
{
    if (!options.data.empty() && !options.data_file.empty())
        throw CommandEnd{wrong_usage, "--data and --data-file are two answers to one question"};
    const auto data = options.data_file.empty() ? options.data : read_all(options.data_file);
    if (data.empty()) throw CommandEnd{wrong_usage, "give the payload with --data or --data-file"};
    read_json_text(data, options.data_file.empty() ? "--data" : options.data_file);
    return data;
}

std::string body_of(const SendOptions& options)
{
    json::object object{{"type", options.type}};
    const auto set = [&](const char* name, const std::string& value) {
        if (!value.empty()) object[name] = value;
    };
    set("id", options.id);
    set("subject", options.subject);
    set("key", options.key);
    set("occurred_at", options.occurred_at);
    auto body = json::serialize(object);
    body.pop_back();
    return body + R"(,"data":)" + data_of(options) + "}";
}

Headers headers_of(const SendOptions& options)
{
    if (options.idempotency_key.empty()) return {};
    return {{"Idempotency-Key", options.idempotency_key}};
}

void send_one(Session& session, const SendOptions& options)
{
    const auto wait = parse_duration(options.wait);
    if (!wait && !options.wait.empty())
        throw CommandEnd{wrong_usage, "--wait takes a duration such as 30s"};
    const auto answer = session.must({"POST", "/v1/events", body_of(options), headers_of(options)});
    const auto id = cell_text(value_at(answer.json, "id"));
    const bool duplicate = value_at(answer.json, "duplicate") == json::value(true);
    session.print(answer.json,
                  id
                      + (duplicate ? "  is a duplicate, accepted before"
                                   : "  accepted, deliveries: "
                                         + cell_text(value_at(answer.json, "deliveries"))));
    if (wait) await_deliveries(session, id, *wait);
}

/// An event, and where it stands in the file.
struct Line {
    std::size_t number = 0;  ///< from 1
    std::string text;
};

/// Those with an event: blank ones are left out, as the hub does.
std::vector<Line> lines_of(const std::string& text)
{
    std::vector<Line> lines;
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size(); ++number) {
        const auto end = std::min(text.find('\n', at), text.size());
        auto line = text.substr(at, end - at);
        if (line.find_first_not_of(" \t\r") != line.npos)
            lines.push_back({number + 1, std::move(line)});
        at = end + 1;
    }
    return lines;
}

/// The line after the last one that goes with line `at` into one call.
std::size_t end_of_call(const std::vector<Line>& lines, std::size_t at, std::size_t count)
{
    std::size_t bytes = 0;
    auto end = at;
    while (end < lines.size() && end - at < count) {
        bytes += lines[end].text.size() + 1;
        if (end > at && bytes > bytes_per_call) break;
        ++end;
    }
    return end;
}

HubAnswer send_lines(Session& session, const SendOptions& options, std::span<const Line> lines,
                     std::size_t at)
{
    std::string body;
    for (const auto& line : lines) body.append(line.text).append("\n");
    auto headers = headers_of(options);
    if (!headers.empty()) headers.front().value += "-" + std::to_string(at);
    headers.push_back({"Content-Type", "application/x-ndjson"});
    return session.ask({"POST", "/v1/events", std::move(body), std::move(headers)});
}

/// What the hub does not take of the events of one call: "/6/type" is a mistake in the seventh.
std::string refusal_of(const HubAnswer& answer, std::span<const Line> lines)
{
    std::string text;
    const auto* errors = value_at(answer.json, "errors").if_array();
    for (const auto& error : errors == nullptr ? json::array{} : *errors) {
        const auto pointer = cell_text(value_at(error, "pointer"));
        std::size_t index = lines.size();
        const auto* const end = pointer.data() + pointer.size();
        const auto* rest = std::from_chars(pointer.data() + 1, end, index).ptr;
        if (index >= lines.size()) return sentence_of(answer);
        text += (text.empty() ? "line " : "\n  line ") + std::to_string(lines[index].number);
        text += rest < end ? ": " + std::string{rest + 1, end} + " " : std::string{" "};
        text += cell_text(value_at(error, "detail"));
    }
    if (!text.empty()) return text;
    return "line " + std::to_string(lines.front().number)
           + " and those after it: " + sentence_of(answer);
}

/// How many were accepted. Throws CommandEnd where another event has an id already: that one is
/// lost unless its sender is told.
void print_accepted(const Session& session, const json::array& answers,
                    const std::vector<Line>& lines)
{
    std::size_t duplicates = 0;
    std::string conflicts;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto& answer = answers[i];
        duplicates += value_at(answer, "duplicate") == json::value(true) ? 1 : 0;
        if (value_at(answer, "conflict") != json::value(true)) continue;
        conflicts += (conflicts.empty() ? "line " : "\n  line ") + std::to_string(lines[i].number)
                     + ": its id was published before with other data, as "
                     + cell_text(value_at(answer, "id"));
    }
    session.print(answers,
                  std::to_string(answers.size() - duplicates) + " events accepted"
                      + (duplicates == 0 ? std::string{}
                                         : ", " + std::to_string(duplicates) + " accepted before"));
    if (!conflicts.empty())
        throw CommandEnd{answer_is_no, conflicts + "\n  Use a new id for a new event."};
}

/// Newline-delimited JSON, in calls of a bounded size: each is one answer, all or nothing. A hub
/// that takes less in one body gets less.
void send_batch(Session& session, const SendOptions& options)
{
    const auto lines = lines_of(read_all(options.batch_file));
    ProgressBar bar{"sending", session.terminal(), std::cerr};
    json::array answers;
    auto count = lines_per_call;
    for (std::size_t at = 0; at < lines.size();) {
        const auto end = end_of_call(lines, at, count);
        const auto part = std::span{lines}.subspan(at, end - at);
        auto answer = send_lines(session, options, part, at);
        if (answer.status == 413 && part.size() > 1) {
            count = part.size() / 2;
            continue;
        }
        if (const auto code = exit_code_of(answer.status); code != done) {
            bar.end();
            throw CommandEnd{code, refusal_of(answer, part) + "\n  sent before: "
                                       + std::to_string(answers.size()) + " events"};
        }
        if (auto* array = answer.json.if_array())
            for (auto& each : *array) answers.push_back(std::move(each));
        at = end;
        bar.show({end, lines.size()});
    }
    bar.end();
    print_accepted(session, answers, lines);
}

}  // namespace

void add_send_command(CLI::App& app, int& exit_code)
{
    auto* command = app.add_subcommand("send", "Publish an event, or many from a file");
    const auto options = std::make_shared<SendOptions>();
    command->add_option("type", options->type, "Its type, as in order.created");
    auto* const batch = command
                            ->add_option("--batch", options->batch_file,
                                         "A file with an event a line, as POST /v1/events takes "
                                         "them; - is standard input")
                            ->type_name("FILE");
    const auto add = [&](const char* name, std::string& value, const char* help) {
        return command->add_option(name, value, help)->excludes(batch);
    };
    add("--data", options->data, "The payload, JSON")->type_name("JSON");
    add("--data-file", options->data_file, "The payload's file; - is standard input")
        ->type_name("FILE");
    add("--id", options->id, "Your id: a repeat is known as a duplicate");
    add("--subject", options->subject, "Whose data it is");
    add("--key", options->key, "What it is about, for ordered delivery");
    add("--occurred-at", options->occurred_at, "When it happened, RFC 3339")->type_name("TIME");
    command->add_option("--idempotency-key", options->idempotency_key,
                        "Sent as Idempotency-Key: a repeat gets the first answer");
    add("--wait", options->wait,
        "Wait so long (30s) until every delivery ended; 1 when one did not arrive")
        ->type_name("DURATION");
    run_with_hub(*command, add_hub_options(*command), exit_code, [options](Session& session) {
        if (options->type.empty() == options->batch_file.empty())
            throw CommandEnd{wrong_usage, "name an event type, or a file with --batch"};
        if (options->batch_file.empty()) send_one(session, *options);
        else send_batch(session, *options);
    });
}

}  // namespace katydid::cli
