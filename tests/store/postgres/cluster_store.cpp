// Goal: three hubs share one database; one is killed, one stands still for longer than its lease
// and goes on, the database restarts. Nothing acknowledged is lost, order holds, and two hubs send
// for one subscription at the same time only with what was in flight when one stood still.
//
// The parent starts PostgreSQL and the hubs (processes of this program). Each hub writes what it
// does into a pipe: the ledger outside, which the parent judges at the end.
#include "tests/store/postgres/cluster_hub.hpp"
#include "tests/store/postgres/cluster_ledger.hpp"
#include "tests/store/postgres/postgres_server.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

using namespace katydid::store::test;

namespace {

class Play {
public:
    Play() : url_{server_.uri(server_.make_schema())} {}

    void run()
    {
        for (int number = 1; number <= 3; ++number) add_hub(number);
        say("three hubs at work");
        ledger_.watch(hubs_, 5'000);
        kill_one();
        pause_one();
        restart_database();
        add_one();
        finish();
        judge_all();
    }

private:
    void say(const std::string& what) const
    {
        std::printf("%6.1f s  %s\n", seconds_since(ledger_.start), what.c_str());
        std::fflush(stdout);
    }
    static double seconds_since(std::int64_t start)
    {
        return static_cast<double>(micros() - start) * 1e-6;
    }

    void add_hub(int number)
    {
        hubs_.push_back(std::make_unique<HubProcess>(url_, number));
        ledger_.watch(hubs_, 30'000, [&] { return ledger_.has('G', number); });
        if (!ledger_.has('G', number)) fail("a hub does not start");
    }

    HubProcess& hub(int number)
    {
        return **std::find_if(hubs_.begin(), hubs_.end(),
                              [&](const auto& each) { return each->number() == number; });
    }

    /// All subscriptions are served within ten seconds; says how long it took.
    void expect_all_served(const std::string& after, std::int64_t since)
    {
        ledger_.watch(hubs_, 15'000, [&] {
            return ledger_.active(std::nullopt, since).size() == subscription_count;
        });
        const auto took = seconds_since(since);
        say("all subscriptions are served " + std::to_string(took).substr(0, 4) + " s after "
            + after);
        if (took > 10) fail("that is more than ten seconds");
    }

    void kill_one()
    {
        say("hub 1 is killed");
        hub(1).signal(SIGKILL);
        hub(1).wait();
        const auto at = micros();
        while (hub(1).ledger() >= 0) ledger_.read(hub(1));
        std::erase_if(hubs_, [](const auto& each) { return each->number() == 1; });
        expect_all_served("the kill", at);
    }

    void pause_one()
    {
        say("hub 2 stands still");
        hub(2).signal(SIGSTOP);
        paused_at_[2] = micros();
        expect_all_served("the stop", paused_at_[2]);
        ledger_.watch(hubs_, 2'000);
        say("hub 2 goes on");
        const auto at = micros();
        hub(2).signal(SIGCONT);
        const auto is_back = [&] { return !ledger_.active(2, at + 1'000'000).empty(); };
        ledger_.watch(hubs_, 15'000, is_back);
        if (!is_back()) fail("hub 2 does not come back");
    }

    void restart_database()
    {
        say("the database is cut off and restarted");
        server_.stop_at_once();
        ledger_.watch(hubs_, 2'000);
        server_.start();
        expect_all_served("the restart", micros());
    }

    void add_one()
    {
        say("hub 4 joins");
        const auto at = micros();
        add_hub(4);
        ledger_.watch(hubs_, 15'000, [&] { return !ledger_.active(4, at).empty(); });
        if (ledger_.active(4, at).empty() || seconds_since(at) > 10)
            fail("hub 4 gets no part in ten seconds");
        ledger_.watch(hubs_, 5'000);
        say("hub 4 has " + std::to_string(ledger_.active(4, at).size()) + " subscriptions");
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

    PostgresServer server_{PostgresServer::Durability::full};
    std::string url_;
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
