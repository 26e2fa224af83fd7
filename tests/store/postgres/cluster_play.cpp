#include "tests/store/postgres/cluster_play.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace katydid::store::test {

double seconds_since(std::int64_t start) { return static_cast<double>(micros() - start) * 1e-6; }

void ClusterPlay::begin(std::string urls)
{
    urls_ = std::move(urls);
    for (int number = 1; number <= 3; ++number) add_hub(number);
    say("three hubs at work");
    ledger_.watch(hubs_, 5'000);
}

void ClusterPlay::say(const std::string& what) const
{
    std::printf("%6.1f s  %s\n", seconds_since(ledger_.start), what.c_str());
    std::fflush(stdout);
}

void ClusterPlay::add_hub(int number)
{
    hubs_.push_back(std::make_unique<HubProcess>(urls_, number));
    ledger_.watch(hubs_, 30'000, [&] { return ledger_.has('G', number); });
    if (!ledger_.has('G', number)) fail("a hub does not start");
}

HubProcess& ClusterPlay::hub(int number)
{
    return **std::ranges::find_if(hubs_,
                                  [&](const auto& each) { return each->number() == number; });
}

void ClusterPlay::kill_one(const ExpectServed& expect_served)
{
    say("hub 1 is killed");
    hub(1).signal(SIGKILL);
    hub(1).wait();
    const auto at = micros();
    while (hub(1).ledger() >= 0) ledger_.read(hub(1));
    std::erase_if(hubs_, [](const auto& each) { return each->number() == 1; });
    expect_served("the kill", at);
}

void ClusterPlay::pause_one(const ExpectServed& expect_served)
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
}

void ClusterPlay::finish()
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

void ClusterPlay::judge_all()
{
    ledger_.sort();
    const auto verdict = judge(ledger_, paused_at_);
    std::printf("%zu acknowledged, none lost; %zu sends, %zu of them repeated; order kept; "
                "%zu in flight when hub 2 stood still, which overlapped %zu sends\n",
                verdict.acknowledged, verdict.sends, verdict.repeated, verdict.in_flight,
                verdict.overlaps);
}

int run_cluster_test(int count, char** arguments, const std::function<void()>& play)
{
    std::signal(SIGPIPE, SIG_IGN);
    if (count == 4 && std::string_view{arguments[1]} == "hub")
        return run_cluster_hub(arguments[2], std::atoi(arguments[3]));
    play();
    return 0;
}

}  // namespace katydid::store::test
