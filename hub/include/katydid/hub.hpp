// Katydid as a library: a webhook hub inside your own program.
#pragma once

#include "hub/config/load.hpp"
#include "hub/config/settings.hpp"
#include "hub/core/addresses.hpp"
#include "hub/core/async/asio.hpp"
#include "hub/core/subscription/delivery_limits.hpp"
#include "hub/core/event.hpp"
#include "hub/core/outcome.hpp"
#include "hub/core/subscription/transform.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace katydid {

using Settings = config::Settings;

/// Which events an in-process handler gets, and under which limits.
struct HandlerOptions {
    std::string name;                      ///< stable: deliveries are kept under it between runs
    std::vector<std::string> sources{};    ///< empty: any
    std::vector<std::string> event_types;  ///< exact, "prefix.*" or "*"
    Limits limits{};
    RetrySettings retry{};
    milliseconds timeout{15'000};  ///< an overrun handler is cancelled: a failed attempt
    std::string filter{};          ///< JSON as in docs/api.md, Filters; empty: none
    Transform transform{};         ///< what shapes the event for the function; without code: none
};

/// Runs on one of the hub's event loops: it must not block. The event outlives the call. An
/// exception is a failed attempt.
using HandlerFunction = std::function<awaitable<Outcome>(const Event& event)>;

/// A webhook hub: receives, stores, fans out and delivers until it is stopped.
///
/// Owns its threads: event loops and a store thread.
/// Thread safety: stop() and reload() from any thread; everything else from one.
class Hub {
public:
    explicit Hub(Settings settings);
    ~Hub();
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;

    /// Registers a coroutine as a handler. Before run(). A handler gets what an endpoint gets:
    /// durable deliveries under its name, limits, retries, dead letters.
    /// Throws Failure when the filter cannot be compiled, or the name is one of the hub's own.
    void on(HandlerOptions options, HandlerFunction function);

    /// Called once, when webhooks are accepted.
    void on_ready(std::function<void(const Addresses&)> ready);

    /// Runs until stop(), then drains: what was accepted is on disk, attempts under way end or are
    /// cut at Settings::drain_timeout. Throws Failure when the hub cannot start, or when the
    /// store failed and must not be trusted. May be called once.
    awaitable<> run();

    /// Asks run() to drain and return. May be called twice, and before run().
    void stop();

    /// Reads the listener's certificates again; bad files change nothing. While run() runs.
    void reload();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace katydid
