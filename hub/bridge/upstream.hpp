// The REST side of one platform.
#pragma once

#include "hub/bridge/calls.hpp"
#include "hub/http/client/client.hpp"
#include "signing/keys/key_ring.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace katydid::bridge {

/// Calls a platform under its API URL with its key, and writes one log line a call: which
/// endpoint, its status, how long it took, what went wrong. Neither key, query, body nor an id
/// ever reaches the log.
///
/// Thread safety: none; on the client's loop. Lifetime: the client outlives it.
class Upstream {
public:
    struct Parts {
        http::Client& client;
        const Clock& clock;
        Platform platform = Platform::atlvs;
        std::string url;  ///< "https://api.atlvs.example/api"; empty: the platform is not set up
        Secret key;
        std::function<void(bool reached)> on_outcome = nullptr;  ///< after every call
    };

    explicit Upstream(Parts parts);

    struct Call {
        std::string method = "GET";
        std::string_view endpoint;  ///< for the log: "/production/events/{id}"
        std::string target;         ///< path and query below the API URL
        std::shared_ptr<const std::string> body{};
        std::string idempotency_key{};
        bool is_routine = false;  ///< its log line is for debugging: what it finds out is told else
    };

    /// Errors: those of Client::send. Cancellation: terminal.
    awaitable<result<http::ClientReply>> send(Call call, Deadline deadline);

    [[nodiscard]] bool is_set_up() const noexcept { return !parts_.url.empty(); }
    [[nodiscard]] Platform platform() const noexcept { return parts_.platform; }

private:
    Parts parts_;
};

/// A path below the API URL: "{id}" and "{slug}" of the pattern are the value, percent-encoded.
[[nodiscard]] std::string fill_path(std::string_view pattern, std::string_view value);

}  // namespace katydid::bridge
