// A webhook receiver inside the test, on the project's own HTTP server.
#pragma once

#include "hub/http/message/message.hpp"
#include "hub/http/server/router.hpp"
#include "hub/http/server/server.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace katydid::test {

/// Takes every POST, remembers it, and answers 200 or what the test says.
///
/// Thread safety: its calls may come from any thread; it serves on one of its own.
class Receiver {
public:
    using Answer = std::function<awaitable<http::Response>(http::Request request)>;

    Receiver();
    /// \param answer  called on the receiver's loop
    explicit Receiver(Answer answer);
    ~Receiver();
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    [[nodiscard]] std::string url(const std::string& path) const;
    /// What came so far, in order of arrival.
    [[nodiscard]] std::vector<http::Request> requests() const;
    /// Waits until `enough` says so of what came. False: not within the time.
    bool wait_until(const std::function<bool(const std::vector<http::Request>&)>& enough,
                    std::chrono::milliseconds at_most = std::chrono::seconds{30}) const;
    /// Waits for the first `count` requests and returns all that came.
    std::vector<http::Request> wait_for(std::size_t count) const;
    [[nodiscard]] boost::asio::io_context& loop() { return loop_; }

private:
    awaitable<http::Response> take(http::Request& request);

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<http::Request> requests_;
    Answer answer_;
    boost::asio::io_context loop_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    http::Router router_;
    http::Server server_;
    std::uint16_t port_;
    std::thread thread_;
};

}  // namespace katydid::test
