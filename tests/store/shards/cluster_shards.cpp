// Goal: three hubs share three shards, each on a server of its own. One hub is killed, one stands
// still for longer than its lease, the server of one shard is stopped for a while, and a hub joins
// meanwhile. Nothing acknowledged is lost, order holds, and the tenants of the other shards do not
// notice that one is away.
#include "tests/store/postgres/cluster_play.hpp"
#include "tests/store/postgres/postgres_server.hpp"

#include <algorithm>
#include <cstdio>

using namespace katydid::store::test;

namespace {

constexpr int shard_count = 3;
constexpr int away = 2;  ///< the shard whose server is stopped

class Play : private ClusterPlay {
public:
    void run()
    {
        const auto expect = [this](const std::string& after, std::int64_t since) {
            expect_served(after, since);
        };
        std::string urls;
        for (auto& server : servers_) urls += server.uri(server.make_schema()) + " ";
        begin(std::move(urls));
        kill_one(expect);
        pause_one(expect);
        catch_up();
        stop_a_shard();
        finish();
        judge_all();
    }

private:
    /// Subscriptions that are served since, without those of the shard that is away.
    std::size_t count_served(std::int64_t since, bool is_one_away) const
    {
        const auto active = ledger_.active(std::nullopt, since);
        return static_cast<std::size_t>(std::ranges::count_if(active, [&](int subscription) {
            return !is_one_away || subscription % shard_count != away;
        }));
    }
    void expect_served(const std::string& after, std::int64_t since, bool is_one_away = false)
    {
        const std::size_t all = is_one_away ? subscription_count * 2 / 3 : subscription_count;
        ledger_.watch(hubs_, 15'000, [&] { return count_served(since, is_one_away) == all; });
        if (count_served(since, is_one_away) != all) fail("not all are served after " + after);
        say("all are served after " + after);
    }

    /// Until what piled up while hub 2 stood still was sent.
    void catch_up()
    {
        for (int tries = 0; tries < 10; ++tries) {
            ledger_.watch(hubs_, 2'000);
            const auto now = micros();
            if (p99(now - 2'000'000, now - 500'000) < 200) return;
        }
    }

    void stop_a_shard()
    {
        const auto before = micros();
        ledger_.watch(hubs_, 5'000);
        say("the server of one shard stops");
        const auto stopped = micros();
        servers_[away].stop_at_once();
        ledger_.watch(hubs_, 8'000);
        expect_served("a shard went away", micros(), true);
        compare(before, stopped, micros());
        say("hub 4 joins while the shard is away");
        add_hub(4);
        say("the server starts again");
        servers_[away].start();
        expect_served("the shard came back", micros());
    }

    /// Of the tenants of the other shards.
    double p99(std::int64_t from, std::int64_t to) const
    {
        return ledger_.p99("AB", from, to,
                           [](int subscription) { return subscription % shard_count != away; });
    }
    void compare(std::int64_t before, std::int64_t stopped, std::int64_t now) const
    {
        constexpr double noise_ms = 30;  // of a busy machine
        const auto usual = p99(before, stopped);
        const auto meanwhile = p99(stopped, now - 1'000'000);
        std::printf("          others' p99 from acknowledged to sent: %.1f ms before, %.1f ms while"
                    " the shard is away\n",
                    usual, meanwhile);
        if (meanwhile > usual * 1.2 + noise_ms) fail("a shard that is away slows the others");
    }

    PostgresServer servers_[shard_count]{PostgresServer{PostgresServer::Durability::full},
                                         PostgresServer{PostgresServer::Durability::full},
                                         PostgresServer{PostgresServer::Durability::full}};
};

}  // namespace

int main(int count, char** arguments)
{
    return run_cluster_test(count, arguments, [] {
        Play play;
        play.run();
    });
}
