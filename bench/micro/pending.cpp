// What a million waiting deliveries over ten thousand subscriptions cost a hub: start, memory, idle
// CPU, on a quiet machine:
//
//   bench_pending KATYDID [pending|scheduled] [subscriptions] [deliveries each] [directory]
//
// KATYDID is the hub's program, e.g. build/release/hub/katydid. `pending`: everything is due and
// the receiver accepts connections but never answers. `scheduled`: everything is due in six hours,
// so the hub has nothing to do.
#include "bench/target/process.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/registry/registry.hpp"
#include "hub/store/sqlite/sqlite_store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

using namespace katydid;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t fan_out = 10;  ///< deliveries of one event
constexpr std::size_t payload_bytes = 1'024;
constexpr std::uint32_t batch = 128;  ///< calls of the store at the same time

struct Plan {
    std::string program;
    bool scheduled = false;
    std::size_t subscriptions = 10'000;
    std::size_t each = 100;
    fs::path directory = "/tmp/katydid-pending";
    std::uint16_t port = 0;  ///< of the receiver that never answers
};

double seconds_since(SteadyTime start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Fills a fresh store.
class Filler {
public:
    explicit Filler(const Plan& plan) : plan_{plan}
    {
        store::SqliteOptions options;
        options.path = (plan.directory / "katydid.db").string();
        options.warn = [](const std::string& sentence) { std::puts(sentence.c_str()); };
        store_ = store::open_sqlite(std::move(options));
        store_->set_listener(&listener_);
        registry_ = std::make_unique<registry::Registry>(*store_, vault_, system_clock(),
                                                         random_seed());
        registry_->add_loop({loop_.get_executor(), &tables_});
    }

    void fill()
    {
        in_batches(plan_.subscriptions, [this](std::size_t) { return add_subscription(); });
        const auto events = plan_.subscriptions * plan_.each / fan_out;
        in_batches(events, [this](std::size_t number) { return add_event(number); });
        if (plan_.scheduled)
            in_batches(plan_.subscriptions, [this](std::size_t index) { return put_off(index); });
        store_->close();
    }

private:
    /// Nobody is there yet.
    struct Deaf final : store::Listener {
        void on_work(std::vector<store::Work>) override {}
        void on_backlog(TenantId, SubscriptionId, Lane, Timestamp) override {}
        void on_health(store::Health, const std::string&) override {}
    };

    template <class Make>
    void in_batches(std::size_t count, Make make)
    {
        for (std::size_t first = 0; first < count; first += batch) {
            for (auto i = first; i < std::min<std::size_t>(count, first + batch); ++i)
                asio::co_spawn(loop_, make(i), [](const std::exception_ptr& failure) {
                    if (failure) std::rethrow_exception(failure);
                });
            loop_.restart();
            loop_.run();
        }
    }

    awaitable<void> add_subscription()
    {
        Subscription subscription;
        subscription.name = ids_.make<SubscriptionId>().to_string();
        subscription.event_types = {"bench.waits"};
        subscription.handler.url = "http://127.0.0.1:" + std::to_string(plan_.port) + "/";
        subscription.dialect = Dialect::raw;
        subscription.timeout = 2min;
        const auto put = co_await registry_->subscriptions.put(std::move(subscription),
                                                               std::nullopt);
        subscriptions_.push_back(put.value()->id);
    }

    awaitable<void> add_event(std::size_t number)
    {
        auto event = std::make_shared<Event>();
        event->id = ids_.make<EventId>();
        event->type = "bench.waits";
        event->external_id = event->id.to_string();
        event->received_at = event->occurred_at = system_clock().now();
        event->content_type = "application/json";
        event->payload = std::make_shared<const std::string>(
            "{\"n\":\"" + std::string(payload_bytes - 8, 'n') + "\"}");
        store::Append append;
        for (std::size_t i = 0; i < fan_out; ++i)
            append.recipients.push_back(
                {subscriptions_[(number * fan_out + i) % subscriptions_.size()], {}});
        append.event = std::move(event);
        const auto appended = co_await store_->append(std::move(append));
        appended.value();
    }

    /// Claimed and settled as to be tried again much later.
    awaitable<void> put_off(std::size_t index)
    {
        for (;;) {
            store::Claim claim;
            claim.subscription = subscriptions_[index];
            claim.count_max = batch;
            claim.now = system_clock().now();
            const auto claimed = co_await store_->claim(claim);
            std::vector<store::Settlement> settlements;
            for (const auto& work : claimed.value().works) {
                store::Settlement settlement;
                settlement.delivery = work.delivery.id;
                settlement.state = DeliveryState::scheduled;
                settlement.lane = Lane::retry;
                settlement.settled_at = claim.now;
                settlement.due_at = claim.now + 6h;
                settlements.push_back(std::move(settlement));
            }
            if (settlements.empty()) co_return;
            const auto settled = co_await store_->settle(std::move(settlements));
            settled.value();
        }
    }

    const Plan& plan_;
    asio::io_context loop_{1};
    IdSource ids_{system_clock(), random_seed()};
    Deaf listener_;
    std::unique_ptr<store::Store> store_;
    const signing::Vault vault_{std::array<unsigned char, 32>{1}};  // nothing here is secret
    registry::Tables tables_;
    std::unique_ptr<registry::Registry> registry_;
    std::vector<SubscriptionId> subscriptions_;
};

/// Starts the hub on the filled store and watches it.
void watch(const Plan& plan)
{
    const auto ports = plan.directory / "ports.json";
    const auto start = std::chrono::steady_clock::now();
    bench::ServerProcess hub{
        {{plan.program, "serve", "--data-dir", plan.directory.string(), "--port-file",
          ports.string(), "--listen", "127.0.0.1:0", "--operator-listen", "127.0.0.1:0"},
         {{"KATYDID_EGRESS_ALLOW", "127.0.0.0/8"}},
         (plan.directory / "hub.log").string()}};
    while (!fs::exists(ports)) {
        if (!hub.is_running()) throw std::runtime_error{"the hub ended: see hub.log"};
        std::this_thread::sleep_for(5ms);
    }
    std::printf("ready after              %8.2f s\n", seconds_since(start));
    std::this_thread::sleep_for(20s);
    const auto before = bench::usage_of(hub.pid());
    constexpr auto window = 30s;
    std::this_thread::sleep_for(window);
    const auto after = bench::usage_of(hub.pid());
    const auto busy = std::chrono::duration<double>(after.cpu - before.cpu);
    std::printf("memory now               %8.0f MB\n", static_cast<double>(after.rss_bytes) / 1e6);
    std::printf("memory at most           %8.0f MB\n",
                static_cast<double>(after.rss_peak_bytes) / 1e6);
    std::printf("CPU over 30 s            %8.3f %% of a core\n",
                100 * busy / std::chrono::duration<double>(window));
    if (!hub.terminate(40s)) std::puts("the hub did not drain in time");
}

}  // namespace

int main(int argc, char** argv)
{
    Plan plan;
    if (argc < 2) {
        std::puts("bench_pending KATYDID [pending|scheduled] [subscriptions] [deliveries each] "
                  "[directory]");
        return 2;
    }
    plan.program = argv[1];
    plan.scheduled = argc > 2 && std::string_view{argv[2]} == "scheduled";
    if (argc > 3) plan.subscriptions = std::strtoull(argv[3], nullptr, 10);
    if (argc > 4) plan.each = std::strtoull(argv[4], nullptr, 10);
    if (argc > 5) plan.directory = argv[5];
    try {
        using boost::asio::ip::tcp;
        asio::io_context loop{1};
        tcp::acceptor silent{loop, {boost::asio::ip::address_v4::loopback(), 0}};
        plan.port = silent.local_endpoint().port();
        fs::remove_all(plan.directory);
        fs::create_directories(plan.directory);
        const auto start = std::chrono::steady_clock::now();
        Filler{plan}.fill();
        std::printf("%zu deliveries filled in %6.1f s, %.0f MB on disk\n",
                    plan.subscriptions * plan.each, seconds_since(start),
                    static_cast<double>(fs::file_size(plan.directory / "katydid.db")) / 1e6);
        watch(plan);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
