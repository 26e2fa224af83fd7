// A real hub between two simulated platforms that can go down and come back.
#pragma once

#include "examples/simulators/atlvs/api.hpp"
#include "examples/simulators/grasshopper/api.hpp"
#include "hub/http/server/server.hpp"
#include "tests/e2e/fixture.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include <functional>
#include <future>
#include <thread>

namespace katydid::test {

inline const std::string atlvs_key = "the-hub-s-own-key-at-atlvs";
inline const std::string grasshopper_key = "the-hub-s-own-key-at-grasshopper";

/// A listening socket that the hub's process does not inherit; else it would still be open when
/// the platform has closed it. Throws std::system_error. \param port  0: any
[[nodiscard]] int listen_on(std::uint16_t port);

/// A platform's REST API on a thread and a port of its own. Its data outlives its outages.
template <class Api>
class PlatformServer {
public:
    explicit PlatformServer(const std::string& key) : api_{system_clock(), key, 7}
    {
        api_.add_routes(router_);
        start();
    }
    ~PlatformServer()
    {
        stop();
        work_.reset();
        if (thread_.joinable()) thread_.join();
    }
    PlatformServer(const PlatformServer&) = delete;
    PlatformServer& operator=(const PlatformServer&) = delete;

    /// Nobody listens any more: connections are refused.
    void stop()
    {
        if (!server_) return;
        on_loop([this]() -> awaitable<void> {
            const auto deadline = Deadline::after(std::chrono::milliseconds{50});
            co_await server_->drain(deadline);
            server_.reset();
        });
    }
    /// Listens again, on the same port.
    void start()
    {
        if (!thread_.joinable()) thread_ = std::thread{[this] { loop_.run(); }};
        on_loop([this]() -> awaitable<void> {
            http::ServerOptions options;
            options.listen_descriptor = listen_on(port_);
            server_ = std::make_unique<http::Server>(loop_.get_executor(),
                                                     asio::ip::tcp::endpoint{}, router_, options);
            port_ = server_->local_endpoint().port();
            server_->start();
            co_return;
        });
    }

    [[nodiscard]] std::string url() const
    {
        return "http://127.0.0.1:" + std::to_string(port_) + "/api";
    }
    /// {"mode": "down", "for": …}: see examples/simulators/common/mode.hpp.
    void set_mode(const std::string& json) const { ask("POST", "/_sim/api", json); }
    /// Calls that came to a path, by "GET /api/…".
    [[nodiscard]] std::int64_t calls(std::string_view pattern) const
    {
        const auto answer = ask("GET", "/_sim/api");
        const auto* count = answer.at("calls").as_object().if_contains(pattern);
        return count == nullptr ? 0 : count->template to_number<std::int64_t>();
    }
    /// A write of somebody who does not go through the hub. \returns the status
    [[nodiscard]] unsigned post(const std::string& path, const std::string& body,
                                const std::string& key) const
    {
        return exchange(port_,
                        {"POST",
                         path,
                         {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + key}},
                         body})
            .status;
    }
    [[nodiscard]] boost::json::value writes() const { return ask("GET", "/_sim/writes"); }

private:
    boost::json::value ask(const std::string& method, const std::string& path,
                           const std::string& body = {}) const
    {
        const auto reply = exchange(port_,
                                    {method, path, {{"Content-Type", "application/json"}}, body});
        if (reply.status != 200) throw std::runtime_error{path + ": " + reply.body};
        return boost::json::parse(reply.body);
    }
    void on_loop(std::function<awaitable<void>()> work)
    {
        std::promise<void> done;
        asio::co_spawn(loop_, std::move(work), [&](std::exception_ptr failure) {
            if (failure) done.set_exception(failure);
            else done.set_value();
        });
        done.get_future().get();
    }

    asio::io_context loop_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
    http::Router router_;
    Api api_;
    std::unique_ptr<http::Server> server_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

using Atlvs = PlatformServer<simulators::atlvs::Api>;
using Grasshopper = PlatformServer<simulators::grasshopper::Api>;

/// What a caller got, and how long it took.
struct Answered {
    unsigned status = 0;
    Headers headers;
    boost::json::value body;
    std::chrono::milliseconds took{0};

    [[nodiscard]] std::string text(std::string_view member) const;
    [[nodiscard]] std::string_view header(std::string_view name) const
    {
        return header_value(headers, name);
    }
};

/// A hub with both platforms, and keys for both callers.
class BridgeFixture {
public:
    explicit BridgeFixture(Variables more = {});

    TemporaryFolder folder;
    std::string schema;  ///< in PostgreSQL; empty: the hub is on SQLite
    Atlvs atlvs{atlvs_key};
    Grasshopper grasshopper{grasshopper_key};
    Variables variables;  ///< the hub's settings
    HubProcess hub;
    std::string to_atlvs;        ///< a key of the scope bridge:atlvs
    std::string to_grasshopper;  ///< a key of the scope bridge:grasshopper

    /// As Grasshopper calls ATLVS through the hub.
    [[nodiscard]] Answered post(const std::string& path, const std::string& body,
                                Headers more = {}) const;
    [[nodiscard]] Answered get(const std::string& path) const;
    /// As ATLVS calls Grasshopper through the hub.
    [[nodiscard]] Answered get_grasshopper(const std::string& path) const;
    [[nodiscard]] Answered call(const std::string& method, const std::string& path,
                                const std::string& key, const std::string& body = {},
                                Headers more = {}) const;

    /// Whether no other hub could share its store: then a copy is fresh until it is dropped. On a
    /// shared one it is not for the seconds behind a webhook by which clocks may differ.
    [[nodiscard]] bool is_alone() const { return schema.empty(); }
    [[nodiscard]] std::string make_key(const std::string& scope) const;
    /// Asks until the operation is no longer queued.
    [[nodiscard]] boost::json::value wait_for_operation(const std::string& id);
    /// Looks again until it is true. Throws after 30 s.
    void wait_until(const std::function<bool()>& is_true, const char* what);
    /// Everything the hub wrote to disk and to its log.
    [[nodiscard]] std::string everything_on_disk() const;
};

[[nodiscard]] std::string event_body(const std::string& id, const std::string& name);
[[nodiscard]] std::string sale_body(const std::string& event, int tickets);

}  // namespace katydid::test
