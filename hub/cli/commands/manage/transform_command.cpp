// katydid transform: try code on an event, and print ready code.
#include "hub/cli/client/session.hpp"
#include "hub/cli/client/transform_code.hpp"
#include "hub/cli/offline_input.hpp"
#include "hub/core/text/visible.hpp"
#include "hub/transform/presets.hpp"
#include "hub/transform/program.hpp"

#include <boost/json/serialize.hpp>

#include <filesystem>
#include <iostream>

namespace katydid::cli {
namespace transform_command {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr milliseconds look_interval{200};

struct Wishes {
    std::string file;
    std::string event;
    std::string sample;
    std::string timeout;
    bool is_watched = false;
};

/// The sample goes as it stands, so that its numbers keep their digits.
std::string body_of(const Wishes& wishes)
{
    auto body = transform_of_file(wishes.file).as_object();
    if (!wishes.timeout.empty()) body["timeout"] = wishes.timeout;
    if (!wishes.event.empty()) body["event"] = wishes.event;
    auto text = json::serialize(body);
    if (wishes.sample.empty()) return text;
    const auto sample = read_file(wishes.sample);
    if (!sample) throw CommandEnd{wrong_usage, sample.error().message};
    const auto read = read_json_text(*sample, wishes.sample);
    const bool is_whole = read.is_object() && read.as_object().contains("payload");
    text.back() = ',';
    return text + R"("sample":)" + (is_whole ? *sample : R"({"payload":)" + *sample + "}") + "}";
}

std::string place_of(const std::string& file, const json::value& error)
{
    auto place = file;
    for (const auto* name : {"line", "column"})
        if (const auto& number = error.at(name); number.is_number())
            place += ":" + std::to_string(number.to_number<unsigned>());
    return place;
}

void print_output(const json::object& output, bool on_terminal)
{
    if (const auto* why = output.if_contains("cancel"))
        std::cout << "cancelled: " << visible(why->as_string()) << '\n';
    if (const auto* path = output.if_contains("path"))
        std::cout << "path: " << visible(path->as_string()) << '\n';
    if (const auto* headers = output.if_contains("headers"))
        for (const auto& [name, value] : headers->as_object())
            std::cout << name << ": " << visible(value.as_string()) << '\n';
    if (const auto* payload = output.if_contains("payload"))
        std::cout << (on_terminal ? visible(payload->as_string())
                                  : std::string{payload->as_string()})
                  << '\n';
    if (output.empty()) std::cout << "nothing is changed\n";
    std::cout.flush();
}

/// What a delivery would say nothing of.
void print_ignored(const std::string& file, const json::object& tried)
{
    transform::Output output;
    if (const auto* names = tried.if_contains("ignored"))
        for (const auto& name : names->as_array())
            output.ignored.push_back(visible(name.as_string()));
    if (const auto ignored = transform::describe_ignored(output); !ignored.empty())
        std::cerr << file << ": " << ignored << '\n';
}

/// Whether the code came to something.
bool try_once(Session& session, const Wishes& wishes)
{
    const auto tried = session.must({"POST", "/v1/transforms/test", body_of(wishes), {}}).json;
    const auto* error = tried.as_object().if_contains("error");
    if (session.is_json()) {
        session.print(tried);
    } else if (error == nullptr) {
        print_output(tried.at("output").as_object(), session.terminal().out);
        print_ignored(wishes.file, tried.as_object());
    } else {
        std::cerr << place_of(wishes.file, *error) << ": "
                  << visible(error->at("message").as_string()) << '\n';
    }
    return error == nullptr;
}

/// Each time the file is saved, until the person ends it. Some editors put a new file in place of
/// the old one, so there may be none for a moment.
void watch(Session& session, const Wishes& wishes)
{
    std::error_code error;
    auto seen = fs::last_write_time(wishes.file, error);
    try_once(session, wishes);
    while (true) {
        session.pause(look_interval);
        const auto saved = fs::last_write_time(wishes.file, error);
        if (error || saved == seen) continue;
        seen = saved;
        try {
            try_once(session, wishes);
        } catch (const CommandEnd& end) {
            std::cerr << wishes.file << ": " << end.sentence << '\n';
        }
    }
}

void run(Session& session, const Wishes& wishes)
{
    if (wishes.event.empty() == wishes.sample.empty())
        throw CommandEnd{wrong_usage, "--event or --sample says on what the code is tried: give "
                                      "one of them"};
    if (wishes.is_watched) watch(session, wishes);
    if (!try_once(session, wishes)) throw CommandEnd{answer_is_no, {}};
}

void add_test(CLI::App& group, const HubOptionsPtr& options, int& exit_code)
{
    const auto wishes = std::make_shared<Wishes>();
    auto& command = add_hub_command(group, "test",
                                    "Show what code makes of an event; nothing is kept or sent");
    command.add_option("file", wishes->file, "The code; a file that ends in .jq is jq")
        ->required()
        ->type_name("FILE");
    command.add_option("--event", wishes->event, "An event of the hub (evt_…)");
    command
        .add_option("--sample", wishes->sample,
                    "A payload in JSON, or {\"payload\", \"headers\", \"event\"}")
        ->type_name("FILE");
    command.add_option("--timeout", wishes->timeout, "CPU time of the run, as in 50ms")
        ->type_name("DURATION");
    command.add_flag("--watch", wishes->is_watched, "Again each time the file is saved");
    run_with_hub(command, options, exit_code,
                 [wishes](Session& session) { run(session, *wishes); });
}

/// They are in this program: no hub is asked.
int print_presets(const std::string& name, bool as_json)
{
    json::array list;
    for (const auto each : transform::preset_names())
        list.push_back(json::object{{"name", each}, {"title", transform::preset_title(each)}});
    if (!name.empty()) {
        const auto preset = transform_of_preset(name);
        if (as_json) std::cout << json::serialize(preset) << '\n';
        else std::cout << std::string_view{preset.at("code").as_string()};
    } else if (as_json) {
        std::cout << json::serialize(list) << '\n';
    } else {
        constexpr std::size_t column = 14;
        for (const auto each : transform::preset_names())
            std::cout << each << std::string(column - each.size(), ' ')
                      << transform::preset_title(each) << '\n';
    }
    return done;
}

void add_presets(CLI::App& group, const HubOptionsPtr& options, int& exit_code)
{
    const auto name = std::make_shared<std::string>();
    auto& command = add_hub_command(group, "presets",
                                    "List the ready programs for products, or print one");
    command.add_option("name", *name, "Print this one");
    command.callback([name, options, &exit_code] {
        try {
            exit_code = print_presets(*name, options->json);
        } catch (const CommandEnd& end) {
            std::cerr << "katydid transform presets: " << end.sentence << '\n';
            exit_code = end.code;
        }
    });
}

}  // namespace
}  // namespace transform_command

void add_transform_command(CLI::App& app, int& exit_code)
{
    auto* group = app.add_subcommand("transform", "Code that shapes events for their receivers");
    group->require_subcommand(1);
    const auto options = add_hub_options(*group);
    transform_command::add_test(*group, options, exit_code);
    transform_command::add_presets(*group, options, exit_code);
}

}  // namespace katydid::cli
