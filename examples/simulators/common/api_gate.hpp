// What stands before a simulated platform's REST API: its key, and failing on demand.
#pragma once

#include "examples/simulators/common/dice.hpp"
#include "examples/simulators/common/mode.hpp"
#include "hub/core/async/asio.hpp"
#include "hub/http/message/message.hpp"
#include "hub/http/server/router.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>

namespace katydid::simulators {

/// Checks `Authorization: Bearer <key>` and behaves as its mode says. In the modes `wrong` and
/// `lost` the call is carried out all the same, and the caller cannot know.
///
/// Thread safety: none; one loop. Lifetime: it outlives the requests it lets in.
class ApiGate {
public:
    /// \param key   empty: the API is not set up, every call gets 503
    /// \param seed  of the mode `mix`
    ApiGate(const Clock& clock, std::string key, std::uint64_t seed)
        : clock_{clock},
          key_{std::move(key)},
          mode_{clock},
          dice_{seed}
    {}

    using Answer = std::function<http::Response(const http::Request&)>;
    /// Adds a route behind the gate.
    void add(http::Router& router, std::string method, std::string pattern, Answer answer);
    /// Adds POST /_sim/api {"mode": "…", "for": …} and GET /_sim/api: the mode, and how many
    /// calls came to which path.
    void add_control_routes(http::Router& router);

private:
    awaitable<http::Response> let_in(const http::Request& request, const std::string& pattern,
                                     const Answer& answer);
    awaitable<> wait(milliseconds at_most);
    [[nodiscard]] http::Response set_mode(const http::Request& request);

    const Clock& clock_;
    std::string key_;
    ModeSwitch mode_;
    Dice dice_;
    std::map<std::string, std::uint64_t> calls_;
    std::set<asio::steady_timer*> hanging_;
};

}  // namespace katydid::simulators
