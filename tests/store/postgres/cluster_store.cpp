// Goal: three hubs share one database; one is killed, one stands still for longer than its lease
// and goes on, the database restarts. Nothing acknowledged is lost, order holds, and two hubs send
// for one subscription at the same time only with what was in flight when one stood still.
//
// The parent starts PostgreSQL and the hubs (processes of this program). Each hub writes what it
// does into a pipe: the ledger outside, which the parent judges at the end.
#include "tests/store/postgres/cluster_play.hpp"
#include "tests/store/postgres/postgres_server.hpp"

using namespace katydid::store::test;

namespace {

class Play : private ClusterPlay {
public:
    void run()
    {
        const auto expect = [this](const std::string& after, std::int64_t since) {
            expect_all_served(after, since);
        };
        begin(server_.uri(server_.make_schema()));
        kill_one(expect);
        pause_one(expect);
        restart_database();
        add_one();
        finish();
        judge_all();
    }

private:
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

    PostgresServer server_{PostgresServer::Durability::full};
};

}  // namespace

int main(int count, char** arguments)
{
    return run_cluster_test(count, arguments, [] {
        Play play;
        play.run();
    });
}
