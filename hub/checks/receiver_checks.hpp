// Whether deliveries may go where they are to go, and whether something answers.
#pragma once

#include "hub/checks/finding.hpp"
#include "hub/config/settings.hpp"
#include "hub/core/async/asio.hpp"
#include "hub/http/client/client.hpp"

namespace katydid::checks {

/// Where a subscription delivers.
struct Receiver {
    std::string name;
    std::string url;
    friend bool operator==(const Receiver&, const Receiver&) = default;
};

[[nodiscard]] std::vector<Receiver> receivers_of(const config::Settings& settings);

/// What the egress guard says before anything is sent. Pure.
[[nodiscard]] Finding judge_url(const Receiver& receiver, const http::EgressPolicy& policy);

/// What came of asking it: an answer, whatever its status, or none. Pure.
[[nodiscard]] Finding judge_answer(const Receiver& receiver,
                                   const result<http::ClientReply>& reply);

struct ReceiverReport {
    Findings findings;
    std::vector<std::string> dates;  ///< Date headers, for the clock
};

/// Asks each of them with HEAD, which delivers nothing, through the hub's own guard.
awaitable<ReceiverReport> check_receivers(http::Client& client, const http::EgressPolicy& policy,
                                          std::vector<Receiver> receivers, milliseconds timeout);

}  // namespace katydid::checks
