// A thread that turns an event loop, and what everything on that loop works with.
#pragma once

#include "hub/app/resources.hpp"
#include "hub/http/client.hpp"
#include "hub/intake/intake.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <thread>

namespace katydid {

/// The first half of an event loop, built before the services that live on one.
///
/// Lifetime: join() before anything goes that runs on it.
/// Thread safety: run() and join() on the hub's thread, the members on the loop.
class LoopContext {
public:
    explicit LoopContext(Resources& resources);

    [[nodiscard]] asio::any_io_executor executor() { return io_.get_executor(); }
    /// Starts the thread.
    void run();
    /// Lets the thread end when nothing is left to do, and waits for it. May be called twice.
    void join();

private:
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
    std::thread thread_;

public:
    IdSource ids;
    registry::Tables tables;
    http::Client client;
    intake::Intake intake;
};

using LoopContexts = std::vector<std::unique_ptr<LoopContext>>;

}  // namespace katydid
