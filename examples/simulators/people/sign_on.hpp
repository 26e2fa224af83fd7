// People whom the hub hands on (docs/guides/sign-on.md).
#pragma once

#include "hub/core/clock.hpp"
#include "hub/http/client/client.hpp"
#include "hub/http/server/router.hpp"

#include <map>
#include <string>
#include <vector>

namespace katydid::simulators {

/// What a platform does with the form that the hub's page posts: checks the token under the hub's
/// keys, takes each once, and begins a session of its own.
///
/// Thread safety: none; one loop. Lifetime: it outlives the requests it lets in.
class SignOn {
public:
    struct Options {
        std::string hub;                        ///< its public URL; empty: nobody is handed on
        std::string platform;                   ///< the audience of its tokens
        std::shared_ptr<certs::ClientTls> tls;  ///< null: the system's trust store
    };

    SignOn(asio::any_io_executor executor, const Clock& clock, Options options);

    /// Adds POST /sso/katydid, and GET /_sim/people: who is signed in.
    void add_routes(http::Router& router);
    void stop() { client_.close(); }

private:
    awaitable<http::Response> take(const http::Request& request);
    awaitable<http::Response> let_in(std::string token);
    /// Empty: nothing is wrong.
    [[nodiscard]] std::string fault_of(const boost::json::object& claims);

    const Clock& clock_;
    Options options_;
    http::Client client_;
    std::map<std::string, Timestamp> used_;  ///< ids of tokens, and until when they are remembered
    std::vector<std::string> people_;
};

}  // namespace katydid::simulators
