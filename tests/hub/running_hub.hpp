// A hub in this process, a script that talks to it, and a receiver that it delivers to.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/core/addresses.hpp"
#include "hub/http/client/client.hpp"
#include "hub/http/server/server.hpp"
#include "signing/verify.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace katydid {
class Hub;
using Settings = config::Settings;
}  // namespace katydid

namespace katydid::test {

using Folder = TemporaryFolder;

Settings settings_in(const Folder& folder);

struct Call {
    std::string method = "POST";
    std::string path;
    std::string body;
    Headers headers;
};

/// Talks to the hub as an operator and as a provider.
class ApiClient {
public:
    ApiClient(http::Client& client, const Addresses& addresses);

    awaitable<http::ClientReply> send(Call call);
    /// With the operator's key.
    awaitable<http::ClientReply> manage(std::string method, std::string path,
                                        std::string body = {});
    /// The same, with the answer's JSON; the status must be the one that is expected.
    awaitable<boost::json::value> manage_as(unsigned status, std::string method, std::string path,
                                            std::string body = {});
    /// A source of that scheme. Returns what POST /v1/sources answered.
    awaitable<boost::json::value> make_source(std::string name, std::string scheme,
                                              std::string secret = {});
    /// POSTs a webhook signed by the scheme with the secret.
    awaitable<http::ClientReply> post_signed(std::string source, const signing::Scheme& scheme,
                                             std::string secret, std::string body);
    /// Asks again until `done`, for what the hub does in the background.
    awaitable<boost::json::value> wait_for(std::string path,
                                           std::function<bool(const boost::json::value&)> done);

    /// The same with another key.
    [[nodiscard]] ApiClient as(std::string key) const
    {
        ApiClient other{*this};
        other.key_ = std::move(key);
        return other;
    }

    [[nodiscard]] std::string url() const { return base_; }
    [[nodiscard]] Header authorisation() const { return {"Authorization", "Bearer " + key_}; }

private:
    http::Client* client_;
    std::string base_;
    std::string key_;
};

/// Runs a hub until the script is done. The script's exceptions reach the test.
void run_with_hub(Hub& hub, std::function<awaitable<>(ApiClient)> script);
void run_with_hub(Settings settings, std::function<awaitable<>(ApiClient)> script);

/// An HTTP server on the script's loop that keeps what it gets and answers 200.
class Inbox {
public:
    explicit Inbox(const asio::any_io_executor& executor);
    ~Inbox();

    [[nodiscard]] std::string url() const;
    /// The next request, in order of arrival. Throws when none comes in 20 s.
    awaitable<http::Request> next();
    awaitable<> close();
    /// Every request from now on gets this status; 200 at first.
    void answer_with(unsigned status);

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// What the request's signature comes to.
signing::Verdict verdict_of(const http::Request& request, const std::string& url,
                            const signing::Scheme& scheme, const std::string& secret);

std::string text(const boost::json::value& value, std::string_view member);

}  // namespace katydid::test
