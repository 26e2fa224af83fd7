// A dispatcher on a loop that the test turns by hand, and a handler that it lets go.
#pragma once

#include "hub/dispatch/runtime/dispatcher.hpp"
#include "tests/dispatch/fixtures.hpp"
#include "tests/store/memory/memory_store.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace katydid::test {

using namespace dispatch;
using namespace std::chrono_literals;

/// A handler whose attempts end when the test says so.
class HeldHandler final : public handlers::Handler {
public:
    explicit HeldHandler(asio::any_io_executor executor) : executor_{std::move(executor)} {}

    awaitable<Outcome> handle(handlers::Call call) override
    {
        ++entered;
        last_deadline = call.deadline.at;
        if (throws) throw std::runtime_error{"the handler broke"};
        asio::steady_timer gate{executor_, asio::steady_timer::time_point::max()};
        gates_.push_back(&gate);
        [[maybe_unused]] const auto [error] = co_await gate.async_wait(use_tuple);
        std::erase(gates_, &gate);
        co_return answer;
    }

    void let_go()
    {
        const auto gates = gates_;
        for (auto* gate : gates) gate->cancel();
    }

    Outcome answer;
    bool throws = false;
    std::size_t entered = 0;
    SteadyTime last_deadline{};
    [[nodiscard]] std::size_t held() const { return gates_.size(); }

private:
    asio::any_io_executor executor_;
    std::vector<asio::steady_timer*> gates_;
};

/// A dispatcher on a loop that the test turns by hand.
struct Bench {
    explicit Bench(Dispatcher::Options options = {})
        : handler{loop.get_executor()},
          dispatcher{{loop.get_executor(), clock, store,
                      [this](const Subscription& subscription) -> handlers::Handler* {
                          return subscription.name == missing ? nullptr : &handler;
                      },
                      nullptr},
                     with_notices(std::move(options))}
    {}

    ~Bench() { finish(); }

    Dispatcher::Options with_notices(Dispatcher::Options options)
    {
        options.on_gone = [this](const SubscriptionPtr& subscription, const std::string&) {
            gone.push_back(subscription->id);
        };
        return options;
    }

    /// Runs everything that can run without waiting for time.
    void turn()
    {
        loop.restart();
        while (loop.poll() > 0) {}
    }

    DeliveryId arrive(const Subscription& subscription, const std::string& key = {},
                      bool handed_over = true)
    {
        auto event = maker.event();
        auto delivery = maker.delivery(subscription, *event, Lane::fresh, key);
        const auto id = delivery.id;
        std::vector<store::Work> works;
        works.push_back(store.memory.insert(std::move(delivery), std::move(event), handed_over));
        if (handed_over) dispatcher.on_work(std::move(works));
        return id;
    }

    void start()
    {
        asio::co_spawn(loop, dispatcher.start(),
                       [](const std::exception_ptr&, const result<void>& started) {
                           BOOST_TEST(started.has_value());
                       });
        turn();
    }

    /// Drains; true when it ended without further time.
    bool drain(std::chrono::milliseconds wait)
    {
        const auto before = drains_ended;
        asio::co_spawn(loop, dispatcher.drain(Deadline::after(wait, clock)),
                       [this](const std::exception_ptr&) { ++drains_ended; });
        turn();
        return drains_ended > before;
    }

    void finish()
    {
        store.failing.reset();
        dispatcher.on_health(store::Health::ok);
        drain(0ms);
        turn();
        BOOST_TEST(store.memory.breaches == 0U);
    }

    ManualClock clock;
    asio::io_context loop{1};
    WorkMaker maker{clock};
    MemoryStore store;
    HeldHandler handler;
    std::string missing;
    std::vector<SubscriptionId> gone;
    std::size_t drains_ended = 0;
    Dispatcher dispatcher;
};

}  // namespace katydid::test
