// From host names to addresses, handed in so that tests script the answers (principle 8).
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"

#include <boost/asio/ip/address.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace katydid::http {

/// What a name leads to.
struct Resolved {
    Resolved() = default;
    /// Not explicit: addresses are an answer.
    Resolved(std::vector<boost::asio::ip::address> found,
             std::optional<milliseconds> valid_for = std::nullopt)
        : addresses{std::move(found)},
          ttl{valid_for}
    {}
    std::vector<boost::asio::ip::address> addresses;  ///< in the order to try them; never empty
    std::optional<milliseconds> ttl;  ///< how long DNS says they hold; nullopt: it does not say
};

/// Thread safety: none; called on the client's loop.
class Resolver {
public:
    virtual ~Resolver() = default;

    /// All addresses of a name. Errors: resolve_failed.
    /// The caller has a deadline and may stop waiting; the answer is dropped then.
    virtual awaitable<result<Resolved>> resolve(std::string host) = 0;

    /// None of the addresses answered: the next question is asked anew.
    virtual void forget(const std::string& /*host*/) {}

    /// Waits for threads that would wake the loop. Called while the loop still exists.
    virtual void stop() {}
};

/// The system's resolver, on threads of its own, so that a slow name does not hold up the others.
std::shared_ptr<Resolver> make_system_resolver();

}  // namespace katydid::http
