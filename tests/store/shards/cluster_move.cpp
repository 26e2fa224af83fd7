// Goal: a tenant is moved between shards while three hubs work for it and for others. Nothing
// acknowledged is lost, order holds, no event is sent twice, and the others do not notice. A mover
// that is killed at any of its steps does no harm: the tenant works on in one of both shards, and
// the same command again ends the move.
#include "hub/store/move_tenant.hpp"
#include "tests/store/postgres/cluster_hub.hpp"
#include "tests/store/postgres/cluster_play.hpp"
#include "tests/store/postgres/postgres_server.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <map>
#include <sstream>
#include <string_view>
#include <vector>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace katydid::store::test;
namespace store = katydid::store;

namespace {

constexpr int shard_count = 3;
/// Well below a second where the machine has nothing else to do.
constexpr std::chrono::seconds pause_max{2};
constexpr int moving = 1;  ///< the shard whose tenant is moved
/// With sanitizers, or where the machine does much else, its neighbours' times mean nothing.
#ifdef NDEBUG
constexpr bool is_gentle_ever = true;
#else
constexpr bool is_gentle_ever = false;
#endif

/// Dies before the step of that name.
int run_mover(const std::string& urls, const std::string& to, const std::string& last_step,
              bool rests)
{
    store::MoveOptions options;
    options.rests = rests;
    std::istringstream in{urls};
    for (std::string url; in >> url;)
        options.shards.push_back({"s" + std::to_string(options.shards.size()), url});
    options.tenant = tenant_id(moving).to_string();
    options.to = to;
    options.say = [](const std::string& what) {
        std::fprintf(stderr, "          %s\n", what.c_str());
    };
    options.on_step = [&](const std::string& step) {
        if (step == last_step) std::raise(SIGKILL);
    };
    const auto moved = store::move_tenant(options);
    if (!moved) {
        std::fprintf(stderr, "%s\n", moved.error().message.c_str());
        return 1;
    }
    std::printf("          %llu rows; nothing of it was sent for %lld ms, its writes were refused"
                " for %lld ms\n",
                static_cast<unsigned long long>(moved->rows),
                static_cast<long long>(moved->drained.count()),
                static_cast<long long>(moved->pause.count()));
    return moved->pause > pause_max ? 5 : 0;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

class Play : private ClusterPlay {
public:
    void run()
    {
        for (auto& server : servers_) urls_ += server.uri(server.make_schema()) + " ";
        begin(urls_);
        const auto before = micros();
        ledger_.watch(hubs_, 5'000);
        say("the tenant moves");
        const auto start = micros();
        move("", is_gentle_ever);
        const auto end = micros();
        expect_served("the move", end);
        compare(before, start, end);
        for (const std::string step :
             {"start", "copy", "drain", "pause", "left", "told", "active", "clean"})
            kill_and_repeat(step);
        finish();
        judge_all();
        expect_none_repeated();
    }
    /// What others notice: phases with a move and without in turns, and with a loop that takes as
    /// much of one core as a move does, which is what two cores for all cost. Only measures.
    void measure_neighbours(int rows, int rounds)
    {
        for (auto& server : servers_) urls_ += server.uri(server.make_schema()) + " ";
        begin(urls_);
        if (rows > 0) grow(rows);
        std::map<std::string, std::vector<double>> quiet, loops, moves;
        for (int round = 0; round < rounds; ++round) {
            const auto before = micros();
            ledger_.watch(hubs_, 8'000);
            const auto loop = micros();
            compute_beside(std::chrono::seconds{8});
            const auto start = micros();
            move("", true);
            const auto end = micros();
            ledger_.watch(hubs_, 1'000);
            for (const auto* kinds : {"QA", "AB"}) {
                quiet[kinds].push_back(others_p99(kinds, before, loop));
                loops[kinds].push_back(others_p99(kinds, loop, start));
                moves[kinds].push_back(others_p99(kinds, start, end));
                std::printf("          others' p99, %s: %.1f ms; beside a loop %.1f; in a move of"
                            " %.1f s %.1f\n",
                            words(kinds), quiet[kinds].back(), loops[kinds].back(),
                            static_cast<double>(end - start) * 1e-6, moves[kinds].back());
            }
        }
        for (const auto* kinds : {"QA", "AB"})
            std::printf("%s: median p99 %.2f ms, beside a loop %.2f ms, while a tenant moves %.2f"
                        " ms\n",
                        words(kinds), median(quiet[kinds]), median(loops[kinds]),
                        median(moves[kinds]));
        finish();
        judge_all();
    }

private:
    static const char* words(std::string_view kinds)
    {
        return kinds == "QA" ? "until an event is acknowledged" : "from then until it is sent";
    }
    /// A sixteenth of a core, as Pace leaves a move.
    void compute_beside(std::chrono::seconds time)
    {
        const auto end = micros() + std::chrono::microseconds{time}.count();
        const auto loop = ::fork();
        if (loop == 0) {
            while (micros() < end) {
                const auto step = micros() + 10'000;
                while (micros() < step) {}
                ::poll(nullptr, 0, 150);
            }
            ::_exit(0);
        }
        ledger_.watch(hubs_, static_cast<int>(std::chrono::milliseconds{time}.count()));
        ::waitpid(loop, nullptr, 0);
    }
    static bool is_moving(int subscription) { return subscription % shard_count == moving; }

    void expect_served(const std::string& after, std::int64_t since)
    {
        const auto all = [&] {
            return ledger_.active(std::nullopt, since).size() == subscription_count;
        };
        ledger_.watch(hubs_, 30'000, all);
        if (!all()) fail("not all are served after " + after);
        say("all are served after " + after);
    }
    /// To the shard that it is not in. Goes on reading what the hubs write.
    void move(const std::string& last_step, bool is_gentle = false)
    {
        const std::string to = is_away_ ? "s1" : "s2";
        // What neighbours feel is measured once; the others may be as fast as they can.
        const char* tempo = is_gentle ? "gentle" : "fast";
        const auto mover = ::fork();
        if (mover == 0) {
            ::execl("/proc/self/exe", "cluster_move", "move", urls_.c_str(), to.c_str(),
                    last_step.c_str(), tempo, nullptr);
            ::_exit(2);
        }
        int status = 0;
        bool has_ended = false;
        ledger_.watch(hubs_, 300'000,
                      [&] { return has_ended = ::waitpid(mover, &status, WNOHANG) == mover; });
        if (!has_ended) fail("the mover does not end");
        const bool is_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        if (is_killed != !last_step.empty()) fail("the mover ended otherwise than it should");
        if (!is_killed && WEXITSTATUS(status) != 0) fail("the move failed");
        if (!is_killed) is_away_ = !is_away_;
    }
    void kill_and_repeat(const std::string& step)
    {
        say("the mover is killed before the step \"" + step + "\"");
        move(step);
        expect_served("the kill", micros());
        move("");
        expect_served("the move was ended", micros());
    }
    double others_p99(std::string_view kinds, std::int64_t from, std::int64_t to) const
    {
        return ledger_.p99(kinds, from, to, [](int one) { return !is_moving(one); });
    }
    /// Events and attempts of the tenant that moves, besides those of the hubs.
    void grow(int rows) const
    {
        const auto numbers = " FROM generate_series(1, " + std::to_string(rows)
                             + ") n, (SELECT * FROM events WHERE tenant = '"
                             + "02000000-0000-0000-0000-000000000001' LIMIT 1) e";
        const std::string id = "lpad(to_hex(n), 32, '0')::uuid";
        servers_[moving].run("case_1",
                             "INSERT INTO events SELECT tenant, " + id + ", " + id + ", " + id
                                 + ", occurred_at, received_at, payload_bytes, encoding, origin,"
                                   " type_unsigned, repeat_of, source, type, ('x' || n)::bytea,"
                                   " subject, key, content_type, traceparent, headers, digest,"
                                   " payload"
                                 + numbers);
        servers_[moving].run("case_1", "INSERT INTO attempts SELECT tenant, " + id + ", " + id
                                           + ", received_at, 5, 1, 200, 0, '', '', 0" + numbers);
        say(std::to_string(rows) + " events more");
    }
    void compare(std::int64_t before, std::int64_t start, std::int64_t now) const
    {
        constexpr double noise_ms = 300;  // two cores for all, and another test beside
        const auto usual = others_p99("AB", before, start);
        const auto meanwhile = others_p99("AB", start, now);
        std::printf("          others' p99 from acknowledged to sent: %.1f ms before, %.1f ms while"
                    " the tenant moves\n",
                    usual, meanwhile);
        if (is_gentle_ever && meanwhile > usual * 1.2 + noise_ms)
            fail("a tenant that moves slows the others");
    }
    /// No hub died, so each event was sent once.
    void expect_none_repeated() const
    {
        const auto begun = std::ranges::count(ledger_.entries, 'B', &Entry::kind);
        const auto acknowledged = std::ranges::count(ledger_.entries, 'A', &Entry::kind);
        std::printf("%td acknowledged, %td sends\n", acknowledged, begun);
        if (begun > acknowledged) fail("events were sent twice");
    }

    std::string urls_;
    bool is_away_ = false;
    PostgresServer servers_[shard_count]{PostgresServer{PostgresServer::Durability::full},
                                         PostgresServer{PostgresServer::Durability::full},
                                         PostgresServer{PostgresServer::Durability::full}};
};

}  // namespace

int main(int count, char** arguments)
{
    if (count == 6 && std::string_view{arguments[1]} == "move")
        return run_mover(arguments[2], arguments[3], arguments[4],
                         std::string_view{arguments[5]} == "gentle");
    return run_cluster_test(count, arguments, [&] {
        Play play;
        if (count == 4 && std::string_view{arguments[1]} == "neighbours")
            play.measure_neighbours(std::atoi(arguments[2]), std::atoi(arguments[3]));
        else play.run();
    });
}
