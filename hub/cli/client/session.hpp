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

/// What an RFC 9457 answer says, each of its errors once. A pointer into the body ("/limits/burst")
/// is said as the option that `command` has for it.
[[nodiscard]] std::string sentence_of(const HubAnswer& answer, const CLI::App* command = nullptr);

/// What to do where a hub could not be reached: empty, or a sentence after a blank.
[[nodiscard]] std::string remedy_of(const HubAddress& address, const Error& error);

/// "--since" as the API takes it: RFC 3339 as it is, "1h" as the time an hour ago. Throws
/// CommandEnd for what is neither.
[[nodiscard]] std::string time_of(const std::string& text, std::string_view option);

/// One command's talk with one hub. Calls that do not work end the command: they throw
/// CommandEnd, which add_hub_command() turns into the exit status.
///
/// Thread safety: none.
class Session {
public:
    /// \param command  whose options are named in mistakes; null: JSON pointers are
    Session(HubAddress address, bool json, Terminal terminal, const CLI::App* command = nullptr);

    /// The answer, whatever its status. Throws when there is none.
    HubAnswer ask(HubCall call);
    /// The answer, which must be a 2xx.
    HubAnswer must(HubCall call);
    boost::json::value get(const std::string& path);
    boost::json::value post(const std::string& path, const boost::json::value& body);

    /// Every row of a list, page by page, but no more than `count_max`.
    boost::json::array list(const std::string& path, Query query, std::size_t count_max);

    /// On a terminal: puts the names of the rows of the list at `path` into `rows`, where their
    /// member `member` has ids. What the key may not read stays an id.
    void name_ids(boost::json::array& rows, const char* member, const std::string& path);

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
    const CLI::App* command_;
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

/// Runs `action` with a session. Returns the exit status.
int with_session(const CLI::App& command, const HubOptions& options,
                 const std::function<void(Session&)>& action);
/// Makes `command` do that.
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
