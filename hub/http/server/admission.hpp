// How much one caller may ask for, and when the hub has enough.
#pragma once

#include "hub/http/egress/egress.hpp"
#include "hub/http/message/message.hpp"
#include "hub/http/server/rate_table.hpp"

#include <functional>
#include <optional>

namespace katydid::http {

/// What a listener takes before it says no. Zero means: no limit.
struct LoadLimits {
    std::size_t connections_per_address = 0;
    Rate requests_per_address;
    std::vector<AllowedNetwork> uncounted;  ///< reverse proxies: the two limits do not hold
    std::size_t pipelined_max = 16;         ///< requests that came in one piece
    /// Bytes of bodies that are not complete or not answered yet: of all, and of one address.
    std::size_t body_bytes_max = 0;
    std::size_t body_bytes_per_address = 0;
    /// Asked before the body of a request that changes something is read; true: 503.
    std::function<bool()> is_overloaded;
    /// Asked once the route took the head, before its body is read: how long the caller must wait
    /// for its turn, zero for not at all; else 429. For limits that only the routes' owner knows.
    std::function<std::chrono::nanoseconds(const Request& head)> turn_of;
};

/// Who is counted together: an IPv4 address, or the /64 that an IPv6 host has to itself.
struct AddressKey {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    explicit AddressKey(const boost::asio::ip::address& address) noexcept;
    bool operator==(const AddressKey&) const = default;

    struct Hash {
        std::size_t operator()(const AddressKey& key) const noexcept;
    };
};

/// Counts connections, requests and the bytes of bodies, and refuses what is over the limits.
///
/// Knows no webhooks: what a source may do comes through LoadLimits::turn_of.
/// Memory is bounded by the open connections and 65,536 remembered addresses.
/// Thread safety: none.
class Admission {
public:
    /// One connection that was let in; leaves when it is destroyed.
    class Slot {
    public:
        Slot(Slot&& other) noexcept;
        Slot& operator=(Slot&&) = delete;
        ~Slot();

        /// After the head, before the route: 429 for an address that asks too often, 503 for a
        /// request that changes something while the hub has enough.
        [[nodiscard]] std::optional<Response> judge(const Request& head, SteadyTime now);
        /// After the route's own admit(): 429 when it is not this caller's turn.
        [[nodiscard]] std::optional<Response> take_turn(const Request& head);
        [[nodiscard]] std::size_t pipelined_max() const noexcept;
        /// The connection now holds so many bytes of a body in memory. A refusal: it must not, and
        /// holds none.
        [[nodiscard]] std::optional<Response> hold(std::size_t body_bytes);
        /// It holds none any more.
        void release() noexcept;

    private:
        friend class Admission;
        /// What an address has.
        struct AddressUse {
            std::size_t connections = 0;
            std::size_t body_bytes = 0;
        };
        Slot(Admission& admission, AddressKey key, AddressUse* use) noexcept;

        Admission* admission_;
        AddressKey key_;
        AddressUse* use_;  ///< of the address; null: it is not counted
        std::size_t held_ = 0;
    };

    explicit Admission(LoadLimits limits);
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;

    /// Nothing when the address has its share of connections. Visits end before the admission.
    [[nodiscard]] std::optional<Slot> enter(const boost::asio::ip::address& address);

private:
    [[nodiscard]] bool is_counted(const boost::asio::ip::address& address) const;

    LoadLimits limits_;
    std::unordered_map<AddressKey, Slot::AddressUse, AddressKey::Hash> uses_;
    std::size_t held_ = 0;  ///< bytes of bodies, of all
    RateTable<AddressKey, AddressKey::Hash> rates_;
};

}  // namespace katydid::http
