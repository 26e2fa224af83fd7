// A platform at the hub's real-time sync: what it hears, and what it publishes.
#pragma once

#include "certs/tls.hpp"
#include "examples/simulators/common/happening.hpp"
#include "examples/simulators/common/ledger.hpp"
#include "hub/http/server/router.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>

namespace katydid::simulators {

/// Speaks katydid.realtime.v1. Nothing happens until /_sim/realtime names a hub; then it stays
/// connected, and connects again from the last update on.
///
/// Thread safety: none; one loop. Call stop() and let the loop run before it goes.
class Realtime {
public:
    struct Parts {
        asio::any_io_executor executor;
        const Clock& clock;
        Ledger& ledger;                         ///< where what is published is written down
        std::shared_ptr<certs::ClientTls> tls;  ///< for a hub at https
        std::function<Happening()> next;        ///< to publish
    };

    explicit Realtime(Parts parts);
    ~Realtime();
    Realtime(const Realtime&) = delete;
    Realtime& operator=(const Realtime&) = delete;

    /// POST /_sim/realtime {"hub", "key", "topics"?} connects; GET shows what came, each update
    /// with the milliseconds since it happened; POST /_sim/realtime/publish publishes what happens
    /// next and answers with what the hub said.
    void add_routes(http::Router& router);
    void stop();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace katydid::simulators
