#include "tests/store/postgres/cluster_ledger.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace katydid::store::test {
namespace {

using Name = std::tuple<std::uint16_t, std::uint32_t, std::uint64_t>;

struct Send {
    std::int64_t begin, end;
    int hub;
};
using Sends = std::map<int, std::vector<Send>>;  // by subscription

Name name_of(const Entry& entry) { return {entry.subscription, entry.appender, entry.number}; }

std::string describe(const Entry& entry)
{
    return "subscription " + std::to_string(entry.subscription) + ", appender "
           + std::to_string(entry.appender) + ", number " + std::to_string(entry.number) + ", hub "
           + std::to_string(entry.hub);
}

std::size_t check_nothing_is_lost(const Ledger& ledger)
{
    std::set<Name> ended;
    std::size_t acknowledged = 0;
    for (const auto& entry : ledger.entries)
        if (entry.kind == 'E') ended.insert(name_of(entry));
    for (const auto& entry : ledger.entries) {
        if (entry.kind != 'A') continue;
        ++acknowledged;
        if (!ended.contains(name_of(entry)))
            fail("an acknowledged event was never delivered: " + describe(entry));
    }
    return acknowledged;
}

/// Returns how many sends were repeated.
std::size_t check_order(const Ledger& ledger)
{
    std::set<Name> begun, ended;
    std::size_t repeated = 0;
    for (const auto& entry : ledger.entries) {
        if (entry.kind == 'E') ended.insert(name_of(entry));
        if (entry.kind != 'B') continue;
        if (!begun.insert(name_of(entry)).second) {
            ++repeated;
            continue;
        }
        auto before = entry;
        if (entry.number == 0) continue;
        --before.number;
        if (!ended.contains(name_of(before))) fail("order broken: " + describe(entry));
    }
    return repeated;
}

Sends find_sends(const Ledger& ledger)
{
    std::map<std::pair<int, Name>, std::int64_t> open;
    Sends sends;
    for (const auto& entry : ledger.entries) {
        if (entry.kind == 'B') open[{entry.hub, name_of(entry)}] = entry.at;
        if (entry.kind != 'E') continue;
        const auto found = open.find({entry.hub, name_of(entry)});
        if (found == open.end()) continue;
        sends[entry.subscription].push_back({found->second, entry.at, entry.hub});
        open.erase(found);
    }
    for (auto& [subscription, of_one] : sends)
        std::sort(of_one.begin(), of_one.end(),
                  [](const Send& a, const Send& b) { return a.begin < b.begin; });
    return sends;
}

bool was_in_flight(const Send& send, const std::map<int, std::int64_t>& paused_at)
{
    const auto paused = paused_at.find(send.hub);
    return paused != paused_at.end() && send.begin <= paused->second && send.end >= paused->second;
}

void check_overlaps(const std::vector<Send>& sends, const std::map<int, std::int64_t>& paused_at,
                    Judgement& out)
{
    for (std::size_t i = 0; i < sends.size(); ++i) {
        ++out.sends;
        const auto& one = sends[i];
        if (was_in_flight(one, paused_at)) ++out.in_flight;
        for (std::size_t k = i + 1; k < sends.size() && sends[k].begin < one.end; ++k) {
            const auto& other = sends[k];
            if (other.hub == one.hub)
                fail("two sends of one hub at one time, though the limit is one");
            if (!was_in_flight(one, paused_at))
                fail("two valid holders at one time: hubs " + std::to_string(one.hub) + " and "
                     + std::to_string(other.hub));
            ++out.overlaps;
        }
    }
}

}  // namespace

std::int64_t micros()
{
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

void fail(const std::string& sentence)
{
    std::fprintf(stderr, "cluster_store: %s\n", sentence.c_str());
    std::exit(1);
}

HubProcess::HubProcess(const std::string& url, int number) : number_{number}
{
    std::array<int, 2> out{};
    std::array<int, 2> in{};
    if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(in.data(), O_CLOEXEC) != 0) fail("no pipe");
    process_ = ::fork();
    if (process_ < 0) fail("no fork");
    if (process_ == 0) {
        ::dup2(in[0], STDIN_FILENO);
        if (out[1] == ledger_descriptor) ::fcntl(out[1], F_SETFD, 0);
        else ::dup2(out[1], ledger_descriptor);
        const auto text = std::to_string(number);
        ::execl("/proc/self/exe", "cluster_store", "hub", url.c_str(), text.c_str(), nullptr);
        ::_exit(2);
    }
    ::close(out[1]);
    ::close(in[0]);
    ledger_ = out[0];
    orders_ = in[1];
}

void HubProcess::signal(int which) const { ::kill(process_, which); }
void HubProcess::stop_appending() const { std::ignore = ::write(orders_, "s", 1); }
void HubProcess::close_orders() { ::close(std::exchange(orders_, -1)); }
void HubProcess::close_ledger() { ::close(std::exchange(ledger_, -1)); }

void HubProcess::wait() const
{
    int status = 0;
    ::waitpid(process_, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        fail("hub " + std::to_string(number_) + " ended by itself with "
             + std::to_string(WEXITSTATUS(status)));
}

void Ledger::watch(HubProcesses& hubs, int time, const std::function<bool()>& is_so)
{
    const auto end = micros() + std::int64_t{time} * 1'000;
    while (micros() < end && !is_so()) {
        std::vector<pollfd> waiting;
        for (const auto& hub : hubs) waiting.push_back({hub->ledger(), POLLIN, 0});
        ::poll(waiting.data(), waiting.size(), 20);
        for (std::size_t i = 0; i < hubs.size(); ++i)
            if (waiting[i].revents != 0) read(*hubs[i]);
    }
}

void Ledger::read(HubProcess& hub)
{
    std::array<char, 65'536> buffer{};
    const auto size = ::read(hub.ledger(), buffer.data(), buffer.size());
    if (size == 0) hub.close_ledger();
    if (size <= 0) return;
    hub.rest.append(buffer.data(), static_cast<std::size_t>(size));
    std::size_t at = 0;
    for (; hub.rest.size() - at >= sizeof(Entry); at += sizeof(Entry)) {
        Entry entry{};
        std::memcpy(&entry, hub.rest.data() + at, sizeof entry);
        entries.push_back(entry);
    }
    hub.rest.erase(0, at);
}

void Ledger::sort()
{
    std::multimap<std::int64_t, Entry> sorted;
    for (const auto& entry : entries) sorted.emplace(entry.at, entry);
    entries.clear();
    for (const auto& [at, entry] : sorted) entries.push_back(entry);
}

bool Ledger::has(char kind, int hub) const
{
    return std::any_of(entries.begin(), entries.end(),
                       [&](const Entry& entry) { return entry.kind == kind && entry.hub == hub; });
}

std::set<int> Ledger::active(std::optional<int> hub, std::int64_t after) const
{
    std::set<int> found;
    for (const auto& entry : entries)
        if (entry.kind == 'B' && entry.at > after && (!hub || entry.hub == *hub))
            found.insert(entry.subscription);
    return found;
}

bool Ledger::is_all_sent() const
{
    std::set<Name> missing;
    for (const auto& entry : entries)
        if (entry.kind == 'A') missing.insert(name_of(entry));
    for (const auto& entry : entries)
        if (entry.kind == 'E') missing.erase(name_of(entry));
    return missing.empty();
}

double Ledger::p99(std::string_view kinds, std::int64_t from, std::int64_t to,
                   const std::function<bool(int)>& counts) const
{
    std::map<Name, std::int64_t> begins, ends;
    for (const auto& each : entries) {
        if (!counts(each.subscription)) continue;
        const bool is_in_time = each.at >= from && each.at < to;
        if (each.kind == kinds[0] && is_in_time) begins.emplace(name_of(each), each.at);
        if (each.kind == kinds[1]) ends.emplace(name_of(each), each.at);
    }
    std::vector<double> waits;
    for (const auto& [name, at] : begins)
        if (const auto end = ends.find(name); end != ends.end())
            waits.push_back(static_cast<double>(std::max<std::int64_t>(0, end->second - at))
                            * 1e-3);
    if (waits.empty()) fail("nothing was served meanwhile");
    std::sort(waits.begin(), waits.end());
    return waits[waits.size() * 99 / 100];
}

Judgement judge(const Ledger& ledger, const std::map<int, std::int64_t>& paused_at)
{
    Judgement out;
    out.acknowledged = check_nothing_is_lost(ledger);
    out.repeated = check_order(ledger);
    for (const auto& [subscription, sends] : find_sends(ledger))
        check_overlaps(sends, paused_at, out);
    return out;
}

}  // namespace katydid::store::test
