// One hub, asked over its own HTTP interface, a call at a time.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"
#include "hub/core/text/headers.hpp"

#include <boost/json/value.hpp>

#include <memory>
#include <string>
#include <string_view>

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

/// Asks synchronously: it runs the loop of its connections until the answer is there.
///
/// It goes wherever the person who runs it says, this machine included: unlike the hub's own
/// deliveries it needs no guard.
/// Thread safety: none.
class HubClient {
public:
    /// Throws Failure when the CA file cannot be used.
    explicit HubClient(HubAddress address);
    ~HubClient();
    HubClient(const HubClient&) = delete;
    HubClient& operator=(const HubClient&) = delete;

    /// Errors: those of http::Client::send; a 4xx or 5xx is an answer.
    result<HubAnswer> send(HubCall call);
    /// Waits, without using a core.
    void pause(milliseconds time);

    [[nodiscard]] const HubAddress& address() const noexcept { return address_; }

private:
    struct Impl;
    HubAddress address_;
    std::unique_ptr<Impl> impl_;
};

/// "?a=b&c=d", or nothing. Empty values are left out.
class Query {
public:
    Query& add(std::string_view name, std::string_view value);
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

}  // namespace katydid::cli
