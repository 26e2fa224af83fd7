// Which function answers which path.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/http/message/message.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace katydid::http {

/// One method of one path.
struct Route {
    std::string method;   ///< "POST"; HEAD is answered by GET unless it has a route of its own
    std::string pattern;  ///< "/v1/events/{id}"; the last part may be "{rest*}"
    /// Answers; spawned per request on the connection's loop. The request outlives the call.
    std::function<awaitable<Response>(Request& request)> handle;
    /// Called with the head alone, before the body is read and before a 100 is sent. A response
    /// refuses the request. Optional.
    std::function<std::optional<Response>(const Request& head)> admit = nullptr;
    std::size_t body_bytes_max = 1024 * 1024;
    bool content_coding = false;  ///< whether it takes bodies in a Content-Encoding; else 415
    std::size_t number = 0;       ///< given by the router, from 1 on: one for each route
};

/// Finds the route of a request. Immutable once the server runs.
///
/// Thread safety: const calls from any thread.
class Router {
public:
    Router();
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    /// Throws std::invalid_argument for a pattern that cannot work or is there already.
    void add(Route route);
    /// How errors look below a path prefix (404, 405, framing errors): the longest prefix wins.
    /// Without one: Response::problem.
    using ErrorBody = std::function<Response(unsigned status, std::string_view detail)>;
    void set_error_body(std::string prefix, ErrorBody body);

    using Parameters = decltype(Request::parameters);
    struct Match {
        const Route* route = nullptr;  ///< null: see status
        unsigned status = 200;         ///< 404 or 405
        std::string allow;             ///< for 405: "GET, POST"
        Parameters parameters;
    };
    /// \param memory  of an earlier match's parameters, for the new ones
    [[nodiscard]] Match match(std::string_view method, std::string_view path,
                              Parameters memory = {}) const;
    [[nodiscard]] Response error(std::string_view path, unsigned status,
                                 std::string_view detail) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace katydid::http
