// Several hubs on one PostgreSQL, as far as the store goes.
#pragma once

#include "hub/store/postgres/postgres_store.hpp"
#include "tests/store/postgres/mini_hub.hpp"
#include "tests/store/postgres/postgres_server.hpp"

#include <set>

namespace katydid::store::test {

/// Hubs on one schema that live on one loop, in the test's thread.
class Hubs {
    PostgresServer& server_;
    std::string schema_;

public:
    struct Member {
        std::unique_ptr<MiniHub> hub;
        std::unique_ptr<Store> store;
        std::multiset<std::string> sent;
    };

    explicit Hubs(PostgresServer& server = PostgresServer::shared())
        : server_{server},
          schema_{server.make_schema()},
          url{server.url(schema_)}
    {}
    ~Hubs()
    {
        for (auto& member : members_) member->store->close();
        loop.restart();
        loop.poll();
    }

    PostgresOptions options() const
    {
        PostgresOptions options;
        options.url = url;
        options.lease = milliseconds{1'500};
        options.renew_interval = milliseconds{300};
        options.sweep_interval = milliseconds{1'000};
        return options;
    }

    Member& add()
    {
        auto& member = *members_.emplace_back(std::make_unique<Member>());
        member.hub = std::make_unique<MiniHub>(loop,
                                               [&member](const Work& work) -> awaitable<void> {
                                                   member.sent.insert(work.event->external_id);
                                                   co_return;
                                               });
        member.store = open_postgres(options());
        member.hub->set_store(*member.store);
        asio::co_spawn(loop, member.hub->start(), rethrow);
        return member;
    }

    /// Runs the loop until it is so; the deadline is only for a test that fails.
    void run_until(const std::function<bool()>& is_so)
    {
        const auto guard = asio::make_work_guard(loop);
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        loop.restart();
        while (!is_so() && std::chrono::steady_clock::now() < deadline)
            loop.run_one_for(milliseconds{20});
        BOOST_TEST(is_so());
    }

    void append(Member& member, const std::string& name, SubscriptionId subscription)
    {
        asio::co_spawn(loop, append_until_taken(member, name, subscription), rethrow);
    }

    /// By all at the same time, until nothing is left. Returns how many rows they say that went.
    std::uint64_t purge_all(Timestamp now, std::uint32_t rows_max)
    {
        std::uint64_t deleted = 0;
        std::size_t done = 0;
        for (auto& member : members_)
            asio::co_spawn(loop, purge(*member->store, now, rows_max, deleted),
                           [&](std::exception_ptr failure) {
                               ++done;
                               rethrow(failure);
                           });
        run_until([&] { return done == members_.size(); });
        return deleted;
    }

    void run_sql(const std::string& sql) { server_.run(schema_, sql); }
    auto ask(const std::string& sql) { return server_.ask(schema_, sql); }
    [[nodiscard]] const std::string& schema() const { return schema_; }

    std::string url;  ///< of the database, for the hubs that come
    asio::io_context loop{1};
    IdSource ids{system_clock(), 11};
    std::size_t appended = 0;
    std::size_t refused = 0;

    errc refusal = errc::store_unavailable;  ///< the only one that an append may meet

private:
    static void rethrow(std::exception_ptr failure)
    {
        if (failure) std::rethrow_exception(failure);
    }

    static awaitable<void> purge(Store& store, Timestamp now, std::uint32_t rows_max,
                                 std::uint64_t& deleted)
    {
        const RetentionPlan plan;
        std::uint64_t step = 0;
        do {
            const auto purged = co_await store.purge(plan, now, rows_max);
            step = purged.value();
            deleted += step;
        } while (step > 0);
    }

    /// As a sender does: repeats the same event until it is taken.
    awaitable<void> append_until_taken(Member& member, std::string name,
                                       SubscriptionId subscription)
    {
        while (true) {
            auto event = std::make_shared<Event>();
            event->id = ids.make<EventId>();
            event->source = "atlvs";
            event->external_id = name;
            event->received_at = event->occurred_at = system_clock().now();
            event->payload = std::make_shared<const std::string>("{}");
            Append append{std::move(event), {{subscription, ""}}};
            const auto answer = co_await member.store->append(std::move(append));
            if (answer) break;
            ++refused;
            BOOST_TEST((answer.error() == refusal));
            asio::steady_timer timer{loop, milliseconds{20}};
            co_await timer.async_wait(use_tuple);
        }
        ++appended;
    }

    std::vector<std::unique_ptr<Member>> members_;
};

/// e0, e1, …
inline std::multiset<std::string> names_of(std::size_t count)
{
    std::multiset<std::string> names;
    for (std::size_t i = 0; i < count; ++i) names.insert("e" + std::to_string(i));
    return names;
}

}  // namespace katydid::store::test
