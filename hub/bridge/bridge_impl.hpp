// The parts of the bridge, as they hang together. Private to hub/bridge.
#pragma once

#include "hub/bridge/bridge.hpp"
#include "hub/bridge/embeds/analytics.hpp"
#include "hub/bridge/forwarder.hpp"
#include "hub/bridge/health.hpp"
#include "hub/bridge/cache/reader.hpp"
#include "hub/bridge/writes/writer.hpp"
#include "hub/core/async/on_executor.hpp"

#include <boost/json/object.hpp>

#include <optional>

namespace katydid::bridge {

struct Bridge::Impl {
    Impl(Parts parts, Options options);

    /// Runs work on the bridge's loop, wherever it is asked for. A cancellation reaches it only
    /// where that is the caller's loop; it is bounded in time.
    template <class T>
    awaitable<T> on_loop(awaitable<T> work)
    {
        const auto here = co_await asio::this_coro::executor;
        if (here == parts.executor) co_return co_await std::move(work);
        co_return co_await on_executor(parts.executor, std::move(work));
    }

    [[nodiscard]] Forwarder::Parts forwarder_parts();
    [[nodiscard]] Writer::Parts writer_parts();
    [[nodiscard]] SubscriptionId subscription_id() const;
    [[nodiscard]] bool is_active() const;
    [[nodiscard]] Upstream& upstream_of(Platform platform)
    {
        return platform == Platform::atlvs ? atlvs : grasshopper;
    }
    void drop_for(const Event& event);
    awaitable<void> drop_answers(const Event& event);
    [[nodiscard]] Reader::ChangedSince changed_since();
    awaitable<bool> was_changed(std::string_view tag, Timestamp since);
    awaitable<result<void>> publish(Event event);

    // The routes (bridge_routes.cpp).
    awaitable<http::Response> write(const WriteCall& call, const http::Request& request);
    awaitable<http::Response> read(const ReadCall& call, const http::Request& request);
    awaitable<http::Response> show_operation(const http::Request& request);
    awaitable<http::Response> show_health(std::optional<http::Response> refused);
    awaitable<boost::json::object> describe_platforms(SteadyTime until);
    // overview.cpp
    awaitable<boost::json::object> overview();
    [[nodiscard]] boost::json::array describe_reads() const;
    // embeds/embed_routes.cpp
    awaitable<http::Response> read_analytics(std::string event_id);
    awaitable<http::Response> show_figures(std::string event_id, std::string origin);

    Parts parts;
    const Options options;
    http::Client client;
    Upstream atlvs;
    Upstream grasshopper;
    HealthWatch atlvs_health;
    HealthWatch grasshopper_health;
    PendingWrites pending;
    Operations operations;
    Reader reader;
    Forwarder forwarder;
    Writer writer;
    Analytics analytics;
};

}  // namespace katydid::bridge
