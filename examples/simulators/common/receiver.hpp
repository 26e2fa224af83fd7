// The common part of every simulated webhook receiver: modes, signature, ledger.
#pragma once

#include "examples/simulators/common/dice.hpp"
#include "examples/simulators/common/ledger.hpp"
#include "examples/simulators/common/mode.hpp"
#include "hub/core/async/asio.hpp"
#include "hub/http/message/message.hpp"
#include "signing/keys/key_ring.hpp"
#include "signing/schemes/scheme.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace katydid::simulators {

/// What a platform answers to a verified webhook; `received` is set when it accepts.
struct Answer {
    http::Response response;
    std::optional<Received> received = std::nullopt;
};

/// How one receiving route of a platform verifies and answers.
struct ReceiverRules {
    signing::SchemePtr scheme;
    signing::KeyRing keys;        ///< empty: not configured, every webhook gets 503
    std::string wrong_signature;  ///< the text of the 401
    std::string failed = "Webhook processing failed";  ///< the text of the 500
    /// Parses and answers behind a good signature. Throws nothing.
    std::function<Answer(const http::Request& request)> accept;
};

/// Answers webhooks as its mode and its rules say, and keeps the ledger.
///
/// Thread safety: none; one loop. Outlives the requests it serves.
class Receiver {
public:
    Receiver(asio::any_io_executor executor, const Clock& clock, Ledger& ledger)
        : executor_{std::move(executor)},
          clock_{clock},
          ledger_{ledger},
          mode_{clock}
    {}

    /// Answers one webhook. Cancellation: terminal, while it hangs or is slow.
    awaitable<http::Response> receive(const http::Request& request, const ReceiverRules& rules);

    /// Changes the mode and lets go of the requests that hang. Errors: invalid_argument.
    result<void> set_mode(const boost::json::object& settings);
    [[nodiscard]] const ModeSwitch& mode() const { return mode_; }
    /// Lets go of the requests that hang.
    void release();

private:
    awaitable<> hang();
    awaitable<> be_slow();
    [[nodiscard]] Answer judge(const http::Request& request, const ReceiverRules& rules,
                               Mode mode) const;

    asio::any_io_executor executor_;
    const Clock& clock_;
    Ledger& ledger_;
    ModeSwitch mode_;
    Dice dice_{1};                           ///< of the mode `mix`
    std::set<asio::steady_timer*> hanging_;  ///< of the requests that wait in hang()
};

}  // namespace katydid::simulators
