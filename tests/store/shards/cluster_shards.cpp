// Goal: three hubs share three shards, each on a server of its own. One hub is killed, one stands
// still for longer than its lease, the server of one shard is stopped for a while, and a hub joins
// meanwhile. Nothing acknowledged is lost, order holds, and the tenants of the other shards do not
// notice that one is away.
#include "tests/store/postgres/cluster_hub.hpp"
#include "tests/store/postgres/cluster_ledger.hpp"
#include "tests/store/postgres/postgres_server.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <tuple>

using namespace katydid::store::test;

namespace {

constexpr int shard_count = 3;
constexpr int away = 2;  ///< the shard whose server is stopped

class Play {
public:
    Play()
    {
        for (auto& server : servers_) urls_ += server.uri(server.make_schema()) + " ";
    }

    void run()
    {
        for (int number = 1; number <= 3; ++number) add_hub(number);
        say("three hubs at work");
        ledger_.watch(hubs_, 5'000);
        kill_one();
        pause_one();
        stop_a_shard();
        finish();
        judge_all();
    }

private:
    void say(const std::string& what) const
    {
        std::printf("%6.1f s  %s\n", static_cast<double>(micros() - ledger_.start) * 1e-6,
                    what.c_str());
        std::fflush(stdout);
    }

    void add_hub(int number)
    {
        hubs_.push_back(std::make_unique<HubProcess>(urls_, number));
        ledger_.watch(hubs_, 30'000, [&] { return ledger_.has('G', number); });
        if (!ledger_.has('G', number)) fail("a hub does not start");
    }
    HubProcess& hub(int number)
    {
        return **std::ranges::find_if(hubs_,
                                      [&](const auto& each) { return each->number() == number; });
    }

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

    void kill_one()
    {
        say("hub 1 is killed");
        hub(1).signal(SIGKILL);
        hub(1).wait();
        const auto at = micros();
        while (hub(1).ledger() >= 0) ledger_.read(hub(1));
        std::erase_if(hubs_, [](const auto& each) { return each->number() == 1; });
        expect_served("the kill", at);
    }

    void pause_one()
    {
        say("hub 2 stands still");
        hub(2).signal(SIGSTOP);
        paused_at_[2] = micros();
        expect_served("the stop", paused_at_[2]);
        ledger_.watch(hubs_, 2'000);
        say("hub 2 goes on");
        const auto at = micros();
        hub(2).signal(SIGCONT);
        const auto is_back = [&] { return !ledger_.active(2, at + 1'000'000).empty(); };
        ledger_.watch(hubs_, 15'000, is_back);
        if (!is_back()) fail("hub 2 does not come back");
        catch_up();
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

    /// From the acknowledgement to the send, of the tenants of the other shards.
    double p99(std::int64_t from, std::int64_t to) const
    {
        using Name = std::tuple<int, std::uint32_t, std::uint64_t>;
        std::map<Name, std::int64_t> acknowledged, begun;
        for (const auto& each : ledger_.entries) {
            if (each.subscription % shard_count == away) continue;
            const Name name{each.subscription, each.appender, each.number};
            if (each.kind == 'A' && each.at >= from && each.at < to)
                acknowledged.emplace(name, each.at);
            if (each.kind == 'B') begun.emplace(name, each.at);
        }
        std::vector<double> waits;
        for (const auto& [name, at] : acknowledged)
            if (const auto sent = begun.find(name); sent != begun.end())
                waits.push_back(static_cast<double>(std::max<std::int64_t>(0, sent->second - at))
                                * 1e-3);
        if (waits.empty()) fail("the others were not served");
        std::ranges::sort(waits);
        return waits[waits.size() * 99 / 100];
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

    void finish()
    {
        for (const auto& each : hubs_) each->stop_appending();
        ledger_.watch(hubs_, 1'000);
        ledger_.watch(hubs_, 60'000, [&] { return ledger_.is_all_sent(); });
        ledger_.watch(hubs_, 500);
        say("the hubs stop");
        for (const auto& each : hubs_) each->close_orders();
        for (const auto& each : hubs_) {
            while (each->ledger() >= 0) ledger_.read(*each);
            each->wait();
        }
    }

    void judge_all()
    {
        ledger_.sort();
        const auto verdict = judge(ledger_, paused_at_);
        std::printf("%zu acknowledged, none lost; %zu sends, %zu of them repeated; order kept; "
                    "%zu in flight when hub 2 stood still, which overlapped %zu sends\n",
                    verdict.acknowledged, verdict.sends, verdict.repeated, verdict.in_flight,
                    verdict.overlaps);
    }

    PostgresServer servers_[shard_count]{PostgresServer{PostgresServer::Durability::full},
                                         PostgresServer{PostgresServer::Durability::full},
                                         PostgresServer{PostgresServer::Durability::full}};
    std::string urls_;
    HubProcesses hubs_;
    Ledger ledger_;
    std::map<int, std::int64_t> paused_at_;
};

}  // namespace

int main(int count, char** arguments)
{
    std::signal(SIGPIPE, SIG_IGN);
    if (count == 4 && std::string_view{arguments[1]} == "hub")
        return run_cluster_hub(arguments[2], std::atoi(arguments[3]));
    Play play;
    play.run();
}
