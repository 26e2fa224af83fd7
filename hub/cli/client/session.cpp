#include "hub/cli/client/session.hpp"

#include "hub/cli/offline_input.hpp"
#include "hub/core/json/write.hpp"
#include "hub/core/text/visible.hpp"
#include "signing/keys/secrets.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>

namespace katydid::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t page_rows = 250;

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : std::string{value};
}

std::string key_of(const HubOptions& options)
{
    auto key = options.key_file.empty() ? result<std::string>{environment("KATYDID_API_KEY")}
                                        : read_file(options.key_file);
    if (!key) throw CommandEnd{wrong_usage, key.error().message};
    return std::string{signing::read_secret(*key).text()};
}

std::string not_reached_sentence(const HubAddress& address, const Error& error)
{
    const auto remedy = remedy_of(address, error);
    return "the hub at " + address.url + " cannot be reached: " + error.message + "."
           + (remedy.empty() ? " Does it run? `--url` or KATYDID_URL says where." : remedy);
}

std::string lower_dashes(std::string text)
{
    std::ranges::replace(text, '_', '-');
    return text;
}

/// The option of the command that a member of the body comes from: "/limits/in_flight" is
/// "--in-flight", "/scopes/0" is "--scope".
std::string option_of(const CLI::App* command, const std::string& pointer)
{
    if (pointer.empty()) return "the body";
    if (pointer.starts_with('?')) return "--" + lower_dashes(pointer.substr(1));
    if (command == nullptr) return pointer;
    std::vector<std::string> names;
    for (auto end = pointer.size(); end > 0 && end != std::string::npos;) {
        const auto slash = pointer.rfind('/', end - 1);
        if (slash == std::string::npos) break;
        const auto member = lower_dashes(pointer.substr(slash + 1, end - slash - 1));
        names.insert(names.end(), {"--" + member, "--" + member.substr(0, member.size() - 1),
                                   "--" + member + "-env", member});
        end = slash;
    }
    if (pointer == "/handler/url") names = {"--to"};
    if (pointer.starts_with("/event_types")) names = {"--types"};
    if (pointer == "/toml") names = {"file"};
    for (const auto& name : names)
        if (command->get_option_no_throw(name) != nullptr)
            return name.starts_with("--") ? name : "the " + name;
    return pointer;
}

/// "events list".
std::string spoken_name(const CLI::App& command)
{
    const auto* parent = command.get_parent();
    const bool is_top = parent == nullptr || parent->get_parent() == nullptr;
    return is_top ? command.get_name() : spoken_name(*parent) + " " + command.get_name();
}

}  // namespace

ExitCode exit_code_of(unsigned status) noexcept
{
    if (status >= 200 && status < 300) return done;
    if (status == 404 || status == 409 || status == 410 || status == 412) return answer_is_no;
    if (status >= 400 && status < 500 && status != 408 && status != 425 && status != 429)
        return wrong_usage;
    return not_reached;
}

std::string remedy_of(const HubAddress& address, const Error& error)
{
    const auto has = [&](std::string_view part) {
        return error.message.find(part) != std::string::npos;
    };
    if (address.url.starts_with("http://")
        && (error == errc::protocol_error || error == errc::connection_closed))
        return " If that port speaks TLS, write https:// in --url.";
    if (!(error == errc::tls_failed)) return {};
    if (has("certificate is not accepted"))
        return " --ca-file or KATYDID_CA_FILE names the PEM file of the authority to trust.";
    if (has("certificate required") || has("bad certificate"))
        return " The hub asks for a client certificate, which this program cannot show.";
    return " If that port does not speak TLS, write http:// in --url.";
}

std::string time_of(const std::string& text, std::string_view option)
{
    if (text.empty() || parse_rfc3339(text)) return text;
    const auto ago = parse_duration(text);
    if (!ago)
        throw CommandEnd{wrong_usage, std::string{option}
                                          + " takes how long ago (30m, 1h, 7d), or a time in "
                                            "RFC 3339 such as 2026-06-15T18:00:00Z"};
    return to_rfc3339(system_clock().now() - *ago);
}

std::string sentence_of(const HubAnswer& answer, const CLI::App* command)
{
    const auto text_at = [&](const json::value& from, const char* name) -> std::string {
        const auto* text = value_at(from, name).if_string();
        return text == nullptr ? std::string{} : printable(*text);
    };
    const auto* errors = value_at(answer.json, "errors").if_array();
    auto sentence = text_at(answer.json, "detail");
    if (errors != nullptr && !errors->empty()) {
        sentence.clear();
        for (const auto& error : *errors)
            sentence += (sentence.empty() ? "" : "\n  ")
                        + option_of(command, text_at(error, "pointer")) + " "
                        + text_at(error, "detail");
    }
    if (sentence.empty()) sentence = text_at(answer.json, "error");
    if (sentence.empty()) sentence = text_at(answer.json, "title");
    if (sentence.empty()) sentence = "the hub answered " + std::to_string(answer.status);
    if (answer.status == 401) sentence += "\n  KATYDID_API_KEY or --key-file says who you are.";
    return sentence;
}

Session::Session(HubAddress address, bool json, Terminal terminal, const CLI::App* command)
    : client_{std::move(address)},
      json_{json},
      terminal_{terminal},
      command_{command}
{}

HubAnswer Session::ask(HubCall call)
{
    auto answer = client_.send(std::move(call));
    if (answer) return std::move(*answer);
    if (answer.error() == errc::invalid_argument)
        throw CommandEnd{wrong_usage, answer.error().message};
    throw CommandEnd{not_reached, not_reached_sentence(address(), answer.error())};
}

HubAnswer Session::must(HubCall call)
{
    auto answer = ask(std::move(call));
    if (const auto code = exit_code_of(answer.status); code != done)
        throw CommandEnd{code, sentence_of(answer, command_)};
    return answer;
}

json::value Session::get(const std::string& path) { return must({"GET", path, {}, {}}).json; }

json::value Session::post(const std::string& path, const json::value& body)
{
    return must({"POST", path, body.is_null() ? std::string{} : json::serialize(body), {}}).json;
}

json::array Session::list(const std::string& path, Query query, std::size_t count_max)
{
    json::array rows;
    std::string cursor;
    do {
        auto page_query = query;
        page_query.add("limit", std::to_string(std::min(count_max - rows.size(), page_rows)))
            .add("cursor", cursor);
        auto page = get(path + page_query.text());
        if (auto* data = page.is_object() ? page.as_object().if_contains("data") : nullptr;
            data != nullptr && data->is_array())
            for (auto& row : data->as_array()) rows.push_back(std::move(row));
        const auto* next = value_at(page, "cursor").if_string();
        cursor = next == nullptr ? "" : std::string{*next};
    } while (!cursor.empty() && rows.size() < count_max);
    return rows;
}

void Session::name_ids(json::array& rows, const char* member, const std::string& path)
{
    if (json_ || !terminal_.out || rows.empty()) return;
    std::map<std::string, json::value, std::less<>> names;
    try {
        for (auto& row : list(path, {}, 10'000))
            names[std::string{value_at(row, "id").as_string()}] = value_at(row, "name");
    } catch (const CommandEnd&) {
        return;  // the key may not read them
    }
    for (auto& row : rows) {
        auto* id = row.as_object().if_contains(member);
        if (id == nullptr || !id->is_string()) continue;
        const auto name = names.find(std::string_view{id->get_string()});
        if (name != names.end()) *id = name->second;
    }
}

void Session::print(const json::array& rows, std::span<const Column> columns) const
{
    if (json_) std::cout << visible(json_text::write(rows)) << '\n';
    else std::cout << render_table(rows, columns, terminal_, system_clock().now());
}

void Session::print(const json::value& object) const
{
    if (json_ || !object.is_object()) std::cout << visible(json_text::write(object)) << '\n';
    else std::cout << render_object(object.as_object(), terminal_);
}

void Session::print(const json::value& object, const std::string& sentence) const
{
    if (json_) std::cout << visible(json_text::write(object)) << '\n';
    else std::cout << sentence << '\n';
}

HubOptionsPtr add_hub_options(CLI::App& command)
{
    auto options = std::make_shared<HubOptions>();
    command.add_option("--url", options->address.url, "Where the hub is")
        ->envname("KATYDID_URL")
        ->type_name("URL")
        ->capture_default_str();
    command
        .add_option("--tenant", options->address.tenant,
                    "Act for this tenant, by its id or name; for operators, and keys with "
                    "tenants:write")
        ->envname("KATYDID_TENANT")
        ->type_name("TENANT");
    command
        .add_option("--key-file", options->key_file,
                    "A file with the API key, instead of KATYDID_API_KEY")
        ->envname("KATYDID_API_KEY_FILE")
        ->type_name("FILE");
    command
        .add_option("--ca-file", options->address.ca_file,
                    "PEM certificates to trust instead of the system's")
        ->envname("KATYDID_CA_FILE")
        ->type_name("FILE");
    command.add_flag("--json", options->json, "Print JSON");
    return options;
}

int with_session(const CLI::App& command, const HubOptions& options,
                 const std::function<void(Session&)>& action)
{
    try {
        auto address = options.address;
        address.api_key = key_of(options);
        Session session{std::move(address), options.json, find_terminal(), &command};
        action(session);
        return done;
    } catch (const CommandEnd& end) {
        if (!end.sentence.empty())
            std::cerr << "katydid " << spoken_name(command) << ": " << end.sentence << '\n';
        return end.code;
    } catch (const Failure& failure) {  // a file that an option names
        std::cerr << "katydid " << spoken_name(command) << ": " << failure.what() << '\n';
        return wrong_usage;
    }
}

void run_with_hub(CLI::App& command, HubOptionsPtr options, int& exit_code,
                  std::function<void(Session&)> action)
{
    command.callback(
        [options = std::move(options), &command, &exit_code, action = std::move(action)] {
            exit_code = with_session(command, *options, action);
        });
}

CLI::App& add_hub_command(CLI::App& group, const char* name, const char* help)
{
    auto* command = group.add_subcommand(name, help);
    command->fallthrough();
    return *command;
}

json::value read_json_text(const std::string& text, const std::string& option)
{
    json::error_code error;
    auto value = json::parse(text, error);
    if (error) throw CommandEnd{wrong_usage, option + " is not JSON: " + error.message()};
    return value;
}

json::value read_json_file(const std::string& path)
{
    const auto text = read_file(path);
    if (!text) throw CommandEnd{wrong_usage, text.error().message};
    return read_json_text(*text, path == "-" ? "standard input" : path);
}

std::string read_secret(const std::string& variable, const std::string& file)
{
    if (!variable.empty()) {
        const auto secret = signing::read_secret(environment(variable.c_str()));
        if (secret.empty())
            throw CommandEnd{wrong_usage, "the variable " + variable + " is not set, or empty"};
        return std::string{secret.text()};
    }
    if (file.empty()) return {};
    const auto text = read_file(file);
    if (!text) throw CommandEnd{wrong_usage, text.error().message};
    const auto secret = signing::read_secret(*text);
    if (secret.empty())
        throw CommandEnd{wrong_usage,
                         (file == "-" ? "standard input" : "the file " + file) + " is empty"};
    return std::string{secret.text()};
}

}  // namespace katydid::cli
