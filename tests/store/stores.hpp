// What the conformance suite runs on: every kind of store, fresh and empty.
#pragma once

#include "hub/core/id.hpp"
#include "hub/store/store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>

namespace katydid::store::test {

/// A place for one store, removed at the end.
class StoreLocation {
public:
    virtual ~StoreLocation() = default;
    /// Opens the store; after its close() again, with what it held.
    virtual std::unique_ptr<Store> open(std::uint32_t window_per_subscription) = 0;
};

/// One kind of store, as a parameter of a test case.
struct Kind {
    std::string name;
    std::function<std::unique_ptr<StoreLocation>()> make_place;
    friend std::ostream& operator<<(std::ostream& out, const Kind& kind)
    {
        return out << kind.name;
    }
};

/// Every kind the suite is held against.
std::vector<Kind> kinds();

class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const
    {
        return (path_ / name).string();
    }

private:
    std::filesystem::path path_;
};

/// Keeps what a store said without being asked. Thread safety: all calls may race.
class Recorder final : public Listener {
public:
    void on_work(std::vector<Work> works) override;
    void on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane,
                    Timestamp due) override;
    void on_health(Health health, const std::string& why) override;
    void on_refused_settlements(std::size_t count) override { refused_settlements += count; }

    std::atomic<std::size_t> refused_settlements{0};
    /// What came since the last call.
    std::vector<Work> take_works();
    std::vector<Backlog> take_backlog();
    /// Blocks until that was said, at most a minute.
    bool wait_for(Health health);

private:
    std::mutex mutex_;
    std::condition_variable said_;
    std::vector<Work> works_;
    std::vector<Backlog> backlog_;
    std::vector<Health> healths_;
};

/// A store with a loop, a listener and a clock.
class StoreFixture {
public:
    explicit StoreFixture(const Kind& kind, std::uint32_t window_per_subscription = 256);
    explicit StoreFixture(std::unique_ptr<Store> to_test);
    ~StoreFixture();

    /// Closes the store and opens it again, as a restart does.
    void restart();

    /// Waits for one call.
    template <class T>
    result<T> run(awaitable<result<T>> call)
    {
        std::optional<result<T>> answer;
        asio::co_spawn(loop, std::move(call),
                       [&](std::exception_ptr failure, std::optional<result<T>> value) {
                           if (failure) std::rethrow_exception(failure);
                           answer = std::move(value);
                       });
        loop.restart();
        loop.run();
        return std::move(*answer);
    }

    /// Starts all calls before it waits for any.
    template <class T>
    std::vector<result<T>> run_all(std::vector<awaitable<result<T>>> calls)
    {
        std::vector<std::optional<result<T>>> answers(calls.size());
        std::size_t index = 0;
        for (auto& call : calls) {
            asio::co_spawn(loop, keep(std::move(call), answers[index++]), rethrow);
        }
        loop.restart();
        loop.run();
        std::vector<result<T>> out;
        for (auto& answer : answers) out.push_back(std::move(*answer));
        return out;
    }

    std::shared_ptr<Event> make_event(std::string external_id, std::string payload = "{}");
    Append make_append(std::string external_id, std::vector<SubscriptionId> subscriptions);
    Appended append(std::string external_id, std::vector<SubscriptionId> subscriptions);
    Claimed claim(SubscriptionId subscription, Lane lane = Lane::fresh,
                  std::uint32_t count_max = 64);
    Settlement make_settlement(const Work& work, DeliveryState state, unsigned status);
    void settle(const Work& work, DeliveryState state, unsigned status = 200);
    Delivery delivery(const DeliveryId& id);

    ManualClock clock;
    IdSource ids{clock, 7};
    asio::io_context loop{1};
    Recorder recorder;
    std::unique_ptr<StoreLocation> place;
    std::uint32_t window = 256;
    std::unique_ptr<Store> store;

private:
    template <class T>
    static awaitable<> keep(awaitable<result<T>> call, std::optional<result<T>>& out)
    {
        auto answer = co_await std::move(call);
        out.emplace(std::move(answer));
    }
    static void rethrow(std::exception_ptr failure)
    {
        if (failure) std::rethrow_exception(failure);
    }
};

}  // namespace katydid::store::test
