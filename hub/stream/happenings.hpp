// What happens, for those who watch.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/event.hpp"
#include "hub/core/id.hpp"
#include "hub/stream/conversation.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace katydid::stream {

enum class Happening : std::uint8_t { delivery, attempt, event };

/// What one watcher wants to hear of.
struct Interest {
    TenantId tenant;
    std::optional<SubscriptionId> subscription{};  ///< nullopt: any
    bool deliveries = false;
    bool attempts = false;
    bool is_remote = false;  ///< another hub, which hears of the others itself

    friend bool operator==(const Interest&, const Interest&) = default;
};

/// Which events a watcher wants; null: none. Pure, from any loop.
using EventWish = std::function<bool(const Event&)>;

/// Passes on what the dispatchers of all loops and the reader of the store tell. A watcher that is
/// slow misses something and hears how much; it never holds anyone up. To pass on takes a bounded
/// part of the hub's time: what is over `told_per_second_max` is missed. Half of that is for those
/// who come first, half is shared by the tenants that are watched, so that none uses up all of it.
///
/// Costs one atomic read while no one watches. Thread safety: all calls from any loop.
class Happenings {
public:
    class Box;
    static constexpr std::uint64_t told_per_second_max = 20'000;

    /// Calls `write` for the message, if there is one who wants it.
    void tell(const TenantId& tenant, const SubscriptionId& subscription, Happening what,
              const std::function<std::string()>& write);
    /// Calls `write` for the message, if there is one who wants the event.
    void tell_event(const Event& event, const std::function<std::string()>& write);
    [[nodiscard]] bool has_event_watchers(const TenantId& tenant);
    /// Wakes those who missed something and were not told yet.
    void tell_gaps(const TenantId& tenant);
    /// What another hub told: for those who watch at this one.
    void tell_from_elsewhere(const TenantId& tenant, const SubscriptionId& subscription,
                             Happening what, std::string text);
    /// So much of it did not come through.
    void miss(const TenantId& tenant, std::size_t count);
    /// What the watchers at this hub want, one for each tenant.
    [[nodiscard]] std::vector<Interest> interests();
    /// Called when that may have changed, on any loop. Set before there are watchers.
    std::function<void()> on_watch;

    /// \param wake  called on `executor` when there is something; the box may be gone by then
    /// \param events  see Box::start_events()
    [[nodiscard]] std::shared_ptr<Box> watch(Interest interest, asio::any_io_executor executor,
                                             std::function<void()> wake,
                                             EventWish events = nullptr);
    void leave(const std::shared_ptr<Box>& box);

private:
    struct Watched {
        std::vector<std::shared_ptr<Box>> boxes{};
        std::uint64_t second = 0;  ///< of which `told` is
        std::uint64_t told = 0;    ///< of its share
    };

    /// Whether one more of the tenant's may be told in this second.
    [[nodiscard]] bool spend(Watched& watched);
    void put(Watched& watched, const SubscriptionId& subscription, Happening what,
             bool is_from_elsewhere, const std::function<std::string()>& write);

    std::atomic<std::size_t> watching_{0};
    std::mutex mutex_;
    std::unordered_map<TenantId, Watched> watched_;
    SteadyTime second_{};        ///< when the count began
    std::uint64_t seconds_ = 0;  ///< how many were counted
    std::uint64_t told_ = 0;     ///< of what is no tenant's share
};

/// What one watcher has not heard yet: at most `bytes_max` of it.
class Happenings::Box {
public:
    static constexpr std::size_t bytes_max = std::size_t{256} * 1024;

    Box(Interest interest, asio::any_io_executor executor, std::function<void()> wake,
        EventWish events)
        : interest_{interest},
          executor_{std::move(executor)},
          wake_{std::move(wake)},
          events_{std::move(events)}
    {}

    /// Events that it wants are put into it from now on.
    void start_events() noexcept { takes_events_ = true; }
    [[nodiscard]] bool takes_events() const noexcept { return takes_events_; }
    [[nodiscard]] bool wants(const Event& event) const { return takes_events_ && events_(event); }

    [[nodiscard]] bool wants(const SubscriptionId& subscription, Happening what) const noexcept;
    /// What comes next, as it was told; or, without a text, how many were missed.
    struct Told {
        SubscriptionId subscription;
        Happening what = Happening::delivery;
        std::shared_ptr<const std::string> text{};
        std::size_t missed = 0;
        EventId event{};  ///< of an event
    };
    void put(Told told);
    /// \param wakes  false: it hears of it with the next message
    void miss(std::size_t count, bool wakes);
    void tell_gap();
    [[nodiscard]] std::optional<Told> take_told();
    /// The next message, or how many were missed after those before; nullopt: nothing is there.
    [[nodiscard]] std::optional<Saying> take();

    [[nodiscard]] const Interest& interest() const noexcept { return interest_; }

private:
    void wake_up();

    const Interest interest_;
    const asio::any_io_executor executor_;
    const std::function<void()> wake_;
    const EventWish events_;
    std::atomic<bool> takes_events_{false};
    std::mutex mutex_;
    std::deque<Told> messages_;
    std::size_t bytes_ = 0;
    std::size_t missed_ = 0;  ///< since the last of the messages
    bool is_woken_ = false;
};

}  // namespace katydid::stream
