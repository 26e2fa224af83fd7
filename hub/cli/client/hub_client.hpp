// One hub, asked over its own HTTP interface, a call at a time.
#pragma once

#include "hub/cli/client/hub_caller.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace katydid::cli {

/// Asks synchronously: it runs the loop of its connections until the answer is there.
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

    [[nodiscard]] const HubAddress& address() const noexcept;

private:
    struct Impl;
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
