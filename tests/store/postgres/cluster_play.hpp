// What cluster tests have in common: three hubs, of which one is killed and one stands still.
#pragma once

#include "tests/store/postgres/cluster_hub.hpp"
#include "tests/store/postgres/cluster_ledger.hpp"

#include <functional>
#include <map>
#include <string>

namespace katydid::store::test {

/// The parent of the hubs, with the ledger outside of them. The servers are the test's.
class ClusterPlay {
public:
    /// Fails unless the hubs serve again what was in the hands of one.
    /// \param after  what happened  \param since  when, by micros()
    using ExpectServed = std::function<void(const std::string& after, std::int64_t since)>;

protected:
    ClusterPlay() = default;
    ~ClusterPlay() = default;

    /// Three hubs at work for five seconds.
    /// \param urls  of the shards, as run_cluster_hub() takes them
    void begin(std::string urls);
    void say(const std::string& what) const;
    void add_hub(int number);
    void kill_one(const ExpectServed& expect_served);
    void pause_one(const ExpectServed& expect_served);
    void finish();
    void judge_all();

    HubProcesses hubs_;
    Ledger ledger_;

private:
    HubProcess& hub(int number);

    std::string urls_;
    std::map<int, std::int64_t> paused_at_;
};

/// Seconds since a time of micros().
double seconds_since(std::int64_t start);

/// main() of a cluster test: its hubs are processes of the same program.
int run_cluster_test(int count, char** arguments, const std::function<void()>& play);

}  // namespace katydid::store::test
