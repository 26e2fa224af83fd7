// The least that dispatches: one delivery at a time for each subscription, in order.
#pragma once

#include "hub/store/store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <functional>
#include <map>

namespace katydid::store::test {

/// Does what a hub's dispatcher must do with leases: it asks before each send whether the lease
/// holds, with a margin, and gives back what it may not send any more.
///
/// Thread safety: the Listener's calls from any thread; the rest on the loop's.
class MiniHub final : public Listener {
public:
    /// \param send  one attempt
    MiniHub(asio::io_context& loop, std::function<awaitable<void>(const Work&)> send);

    /// Before the store can call.
    void set_store(Store& store);
    /// Claims what waits.
    awaitable<void> start();

    void on_work(std::vector<Work> works) override;
    void on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane,
                    Timestamp due) override;
    void on_health(Health, const std::string&) override {}
    /// Another process may have moved a tenant.
    void on_settings_changed() override;
    void on_hubs(std::size_t own_index, std::size_t all) override;

    /// After each settlement that the store took.
    std::function<void(const Work&)> on_settled;
    std::uint64_t sent = 0;
    std::uint64_t given_back = 0;
    std::size_t index = 0;  ///< of the hubs
    std::size_t alive = 0;  ///< of them

    static constexpr milliseconds margin{500};

private:
    struct Queue {
        std::deque<Work> works;
        bool busy = false;
        bool claiming = false;
        bool claim_again = false;
    };

    void take(std::vector<Work> works);
    void claim_soon(TenantId tenant, SubscriptionId subscription, Lane lane);
    awaitable<void> claim(TenantId tenant, SubscriptionId subscription, Lane lane);
    awaitable<void> work_off(SubscriptionId subscription);
    awaitable<void> settle(const Work& work);
    awaitable<void> give_back(Queue& queue);
    awaitable<void> pause(milliseconds wait);
    awaitable<void> read_settings();
    void spawn(awaitable<void> task);

    asio::io_context& loop_;
    std::function<awaitable<void>(const Work&)> send_;
    Store* store_ = nullptr;
    IdSource ids_{system_clock(), random_seed()};
    std::map<SubscriptionId, Queue> queues_;
};

}  // namespace katydid::store::test
