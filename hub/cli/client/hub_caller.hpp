// One hub, asked over its own HTTP interface, on a loop of the caller's.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"
#include "hub/core/text/headers.hpp"
#include "hub/http/client/client.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace katydid::cli {

/// Which hub, and who asks.
struct HubAddress {
    std::string url = "http://127.0.0.1:8080";
    std::string api_key;  ///< empty: none is sent
    std::string tenant;   ///< id; empty: the key's own
    std::string ca_file;  ///< whom to trust over https; empty: the system's store
};

struct HubCall {
    std::string method = "GET";
    std::string path;  ///< with its query, both percent-encoded where they must be
    std::string body;
    Headers headers;
    milliseconds timeout{30'000};
};

struct HubAnswer {
    unsigned status = 0;
    boost::json::value json;  ///< null when the body is not JSON
    std::string body;
    Headers headers;
};

[[nodiscard]] HubAnswer to_answer(unsigned status, std::string body, Headers headers);

/// Who asks, as every request of theirs says.
[[nodiscard]] Headers credentials_of(const HubAddress& address);

/// It goes wherever the person who runs it says, this machine included: unlike the hub's own
/// deliveries it needs no guard.
/// Thread safety: none; the executor's thread.
class HubCaller {
public:
    /// Throws Failure when the CA file cannot be used.
    HubCaller(asio::any_io_executor executor, HubAddress address);

    /// Errors: those of http::Client::send; a 4xx or 5xx is an answer.
    awaitable<result<HubAnswer>> send(HubCall call);
    void close() { client_.close(); }

    void use_key(std::string key) { address_.api_key = std::move(key); }
    [[nodiscard]] const HubAddress& address() const noexcept { return address_; }

private:
    HubAddress address_;
    http::Client client_;
};

}  // namespace katydid::cli
