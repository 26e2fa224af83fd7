// The store alone: batches of appends, claims and settlements, each durable when it returns.
#include "bench/micro/events.hpp"
#include "hub/store/sqlite/sqlite_store.hpp"

#include <benchmark/benchmark.h>

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <stdexcept>

#include <unistd.h>

namespace katydid::bench {

namespace {

/// Lets everything be claimed rather than handed over.
class DeafListener final : public store::Listener {
public:
    void on_work(std::vector<store::Work>) override {}
    void on_backlog(TenantId, SubscriptionId, Lane, Timestamp) override {}
    void on_health(store::Health, const std::string&) override {}
};

/// A fresh database in a folder that is gone afterwards.
class Bench {
public:
    Bench()
        : folder_{std::filesystem::temp_directory_path()
                  / ("katydid-micro-" + std::to_string(getpid()))}
    {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        store::SqliteOptions options;
        options.path = (folder_ / "hub.db").string();
        options.window_per_subscription = 0;
        store_ = store::open_sqlite(std::move(options));
        store_->set_listener(&listener_);
        subscription_ = sample_subscription(ids_, {"*"});
    }
    ~Bench()
    {
        store_->close();
        std::filesystem::remove_all(folder_);
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    /// Runs one call to its end.
    template <class T>
    T wait(awaitable<result<T>> call)
    {
        std::optional<result<T>> answer;
        asio::co_spawn(loop_, std::move(call), [&](std::exception_ptr, result<T> made) {
            answer.emplace(std::move(made));
        });
        loop_.restart();
        loop_.run();
        return std::move(*answer).value();
    }

    /// So many at the same time, as the hub does: they share commits.
    void append(std::int64_t count)
    {
        std::int64_t failed = 0;
        for (std::int64_t i = 0; i < count; ++i) {
            store::Append append{sample_event(ids_, next_++), {{subscription_->id, {}}}};
            asio::co_spawn(loop_, store_->append(std::move(append)),
                           [&](std::exception_ptr, result<store::Appended> made) {
                               if (!made) ++failed;
                           });
        }
        loop_.restart();
        loop_.run();
        if (failed > 0) throw std::runtime_error{"an append failed"};
    }

    std::vector<store::Work> claim(std::uint32_t count)
    {
        store::Claim claim;
        claim.subscription = subscription_->id;
        claim.count_max = count;
        claim.now = system_clock().now();
        return wait(store_->claim(claim)).works;
    }

    void settle(const std::vector<store::Work>& works)
    {
        std::vector<store::Settlement> settlements;
        for (const auto& work : works) {
            store::Settlement settlement;
            settlement.delivery = work.delivery.id;
            settlement.settled_at = system_clock().now();
            settlement.attempt = Attempt{};
            settlement.attempt->id = ids_.make<AttemptId>();
            settlement.attempt->delivery = work.delivery.id;
            settlement.attempt->number = 1;
            settlement.attempt->outcome = AttemptClass::success;
            settlement.attempt->status = 204;
            settlements.push_back(std::move(settlement));
        }
        wait(store_->settle(std::move(settlements)));
    }

private:
    std::filesystem::path folder_;
    asio::io_context loop_{1};
    IdSource ids_{system_clock(), 1};
    DeafListener listener_;
    std::unique_ptr<store::Store> store_;
    SubscriptionPtr subscription_;
    std::uint64_t next_ = 0;
};

void store_append(benchmark::State& state)
{
    Bench bench;
    for (auto _ : state) bench.append(state.range(0));
    state.SetItemsProcessed(state.range(0) * state.iterations());
}
BENCHMARK(store_append)->Arg(1)->Arg(32)->Arg(256)->UseRealTime()->Unit(benchmark::kMicrosecond);

/// An append, the claim of its delivery and its settlement.
void store_append_claim_settle(benchmark::State& state)
{
    Bench bench;
    const auto count = static_cast<std::uint32_t>(state.range(0));
    for (auto _ : state) {
        bench.append(state.range(0));
        const auto works = bench.claim(count);
        if (works.size() != count) return state.SkipWithError("not everything could be claimed");
        bench.settle(works);
    }
    state.SetItemsProcessed(state.range(0) * state.iterations());
}
BENCHMARK(store_append_claim_settle)
    ->Arg(32)
    ->Arg(256)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace

}  // namespace katydid::bench
