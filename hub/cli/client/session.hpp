// What every command that talks to a hub does: ask, complain, print.
#pragma once

#include "hub/cli/tree/command.hpp"
#include "hub/cli/client/hub_client.hpp"
#include "hub/cli/terminal/table.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace katydid::cli {

/// Ends a command: what is said on standard error, and the exit status.
struct CommandEnd {
    ExitCode code = not_reached;
    std::string sentence;  ///< empty: nothing more is to be said
};

/// The exit status that an answer of the hub stands for: 2xx done; 404, 409, 410 and 412 the
/// answer is no; other 4xx wrong usage; 429 and 5xx not reached.
[[nodiscard]] ExitCode exit_code_of(unsigned status) noexcept;

/// What an RFC 9457 answer says, with a line for each of its errors.
[[nodiscard]] std::string sentence_of(const HubAnswer& answer);

/// One command's talk with one hub. Calls that do not work end the command: they throw
/// CommandEnd, which add_hub_command() turns into the exit status.
///
/// Thread safety: none.
class Session {
public:
    Session(HubAddress address, bool json, Terminal terminal);

    /// The answer, whatever its status. Throws when there is none.
    HubAnswer ask(HubCall call);
    /// The answer, which must be a 2xx.
    HubAnswer must(HubCall call);
    boost::json::value get(const std::string& path);
    boost::json::value post(const std::string& path, const boost::json::value& body);

    /// Every row of a list, page by page, but no more than `count_max`.
    boost::json::array list(const std::string& path, Query query, std::size_t count_max);

    /// The id of what a person named: an id with that prefix, or the name of a row of the list.
    std::string find_id(const std::string& path, std::string_view prefix,
                        const std::string& id_or_name);

    void print(const boost::json::array& rows, std::span<const Column> columns) const;
    void print(const boost::json::value& object) const;
    /// A sentence for people, or the object for programs.
    void print(const boost::json::value& object, const std::string& sentence) const;

    void pause(milliseconds time) { client_.pause(time); }
    [[nodiscard]] bool is_json() const noexcept { return json_; }
    [[nodiscard]] const Terminal& terminal() const noexcept { return terminal_; }
    [[nodiscard]] const HubAddress& address() const noexcept { return client_.address(); }

private:
    HubClient client_;
    bool json_;
    Terminal terminal_;
};

/// The options of a command that talks to a hub. CLI11 writes into it; it outlives the parsing.
struct HubOptions {
    HubAddress address;
    std::string key_file;
    bool json = false;
};
using HubOptionsPtr = std::shared_ptr<HubOptions>;

/// Adds --url, --tenant, --key-file, --ca-file and --json. Subcommands below fall through to it.
HubOptionsPtr add_hub_options(CLI::App& command);

/// Makes `command` run `action` with a session, and its end the exit status.
void run_with_hub(CLI::App& command, HubOptionsPtr options, int& exit_code,
                  std::function<void(Session&)> action);

/// A subcommand of `group`, whose options `options` are.
CLI::App& add_hub_command(CLI::App& group, const char* name, const char* help);

/// A file's JSON, or standard input's for "-". Throws CommandEnd.
boost::json::value read_json_file(const std::string& path);
/// A JSON text from the command line. Throws CommandEnd that names the option.
boost::json::value read_json_text(const std::string& text, const std::string& option);
/// A secret from a variable or a file; empty when neither is named. Throws CommandEnd.
std::string read_secret(const std::string& variable, const std::string& file);

}  // namespace katydid::cli
