// Queries for people, and their answers.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/delivery.hpp"
#include "hub/core/error.hpp"
#include "hub/core/event.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace katydid::store {

constexpr std::uint32_t list_limit_max = 250;

/// Newest first unless `ascending`. Cursors are the last id of the page before.
struct EventQuery {
    TenantId tenant = default_tenant();
    std::optional<std::string> type{};  ///< exact, or "prefix.*"
    std::optional<std::string> source{};
    std::optional<std::string> subject{};
    std::optional<std::string> external_id{};
    std::optional<Timestamp> since{};  ///< received_at >= since
    std::optional<Timestamp> until{};  ///< received_at < until
    std::optional<EventId> cursor{};   ///< exclusive
    bool ascending = false;
    /// In the order of commits, which no later commit can change: for those who follow. What
    /// another commit may still come before is left out. Lists of one kind are not quicker for it.
    bool by_commit = false;
    std::uint32_t limit = 50;  ///< 1 to 250
};

struct EventRow {
    Event event;  ///< payload is null in lists
    std::uint64_t payload_bytes = 0;
};

/// A list of events ends with the row that brings it to this many bytes, whatever its limit is:
/// senders' words may be long.
constexpr std::size_t page_bytes_max = 4 * 1024 * 1024;

/// Adds up the rows of a page.
class PageBytes {
public:
    /// True: this row fills the page.
    bool add(const EventRow& row) noexcept
    {
        const auto& event = row.event;
        bytes_ += sizeof row + event.source.size() + event.type.size() + event.external_id.size()
                  + event.subject.size() + event.key.size() + event.content_type.size();
        for (const auto& header : event.headers)
            bytes_ += sizeof header + header.name.size() + header.value.size();
        return bytes_ >= page_bytes_max;
    }

private:
    std::size_t bytes_ = 0;
};

struct DeliveryQuery {
    TenantId tenant = default_tenant();
    std::vector<DeliveryState> states{};  ///< empty: any
    std::optional<SubscriptionId> subscription{};
    std::optional<EventId> event{};
    std::optional<Timestamp> since{};  ///< created_at >= since
    std::optional<Timestamp> until{};
    std::optional<unsigned> status{};    ///< HTTP status of the last attempt
    std::optional<DeliveryId> cursor{};  ///< exclusive
    bool ascending = false;
    std::uint32_t limit = 50;
};

/// Deliveries of one subscription in one state, among those that a replay job made due.
struct ReplayCount {
    SubscriptionId subscription;
    DeliveryState state = DeliveryState::pending;  ///< in flight is pending
    std::uint64_t deliveries = 0;
};

constexpr std::uint32_t id_list_limit_max = 5'000;

/// What happened in one stretch of time.
struct ActivityBucket {
    Timestamp start{};
    std::uint64_t accepted = 0;   ///< events
    std::uint64_t delivered = 0;  ///< deliveries
    std::uint64_t dead = 0;
    std::uint64_t failed = 0;  ///< attempts after which the delivery is tried again
};

/// Counts over time. They are kept by the minute for two days and by the hour for ninety.
struct ActivityQuery {
    std::optional<TenantId> tenant{};                      ///< nullopt: all together
    Timestamp since{};                                     ///< a bucket's start >= since
    Timestamp until{};                                     ///< a bucket's start < until
    std::chrono::seconds width = std::chrono::minutes{1};  ///< a whole number of minutes
};

constexpr std::uint32_t activity_buckets_max = 1'500;  ///< of one answer; the oldest are cut off

struct Stats {
    std::uint64_t events = 0;
    std::uint64_t deliveries_by_state[6] = {};  ///< indexed by DeliveryState; in_flight is 0
    std::uint64_t bytes_on_disk = 0;
};

/// errc::not_found where there is no such row in that tenant.
class Queries {
public:
    virtual ~Queries() = default;
    virtual awaitable<result<std::vector<EventRow>>> events(EventQuery query) = 0;
    virtual awaitable<result<EventPtr>> event(TenantId tenant, EventId id) = 0;
    virtual awaitable<result<std::vector<Delivery>>> deliveries(DeliveryQuery query) = 0;
    /// The ids of the same list, up to `id_list_limit_max` of them.
    virtual awaitable<result<std::vector<DeliveryId>>> delivery_ids(DeliveryQuery query) = 0;
    /// What became of the deliveries that a replay job made due. It counts row by row: name the
    /// states where they are few.
    /// \param states  empty: any
    virtual awaitable<result<std::vector<ReplayCount>>>
    replay_counts(TenantId tenant, JobId job, std::vector<DeliveryState> states) = 0;
    virtual awaitable<result<Delivery>> delivery(TenantId tenant, DeliveryId id) = 0;
    virtual awaitable<result<std::vector<Attempt>>> attempts(TenantId tenant, DeliveryId id) = 0;
    virtual awaitable<result<Stats>> stats(std::optional<TenantId> tenant) = 0;
    /// Buckets in which something happened, oldest first.
    virtual awaitable<result<std::vector<ActivityBucket>>> activity(ActivityQuery query) = 0;
};

}  // namespace katydid::store
