// The keys that session tickets are sealed with.
#pragma once

#include "hub/core/clock.hpp"

#include <array>
#include <mutex>
#include <optional>
#include <string_view>

struct ssl_ctx_st;

namespace katydid::certs {

/// Makes a new key every `lifetime` and opens tickets under the present key and the one before,
/// so that a key that leaks opens few sessions (RFC 5077, section 5.5).
///
/// Keys live in memory only. Thread safety: all calls may race.
class TicketKeys {
public:
    struct Key {
        std::array<unsigned char, 16> name{};  ///< in front of the ticket, in the clear
        std::array<unsigned char, 32> cipher{};
        std::array<unsigned char, 32> mac{};
        SteadyTime made_at{};
    };

    explicit TicketKeys(std::chrono::seconds lifetime = std::chrono::hours{12},
                        const Clock& clock = system_clock());
    TicketKeys(const TicketKeys&) = delete;
    TicketKeys& operator=(const TicketKeys&) = delete;

    /// The key to seal with.
    [[nodiscard]] Key current();
    /// The key of that name, and whether the ticket should be sealed anew.
    struct Found {
        Key key;
        bool is_old = false;
    };
    [[nodiscard]] std::optional<Found> find(const unsigned char* name);

    /// Lets the context seal its tickets with these keys, which outlive it.
    void install(ssl_ctx_st* context);

private:
    void rotate();
    Key make() const;

    const std::chrono::seconds lifetime_;
    const Clock& clock_;
    std::mutex mutex_;
    Key present_;
    std::optional<Key> before_;
};

}  // namespace katydid::certs
