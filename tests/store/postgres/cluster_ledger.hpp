// What the hubs of a cluster test did, written down outside of them, and the judge over it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace katydid::store::test {

/// The descriptor a hub writes its ledger to.
constexpr int ledger_descriptor = 3;

/// One line of the ledger.
struct Entry {
    /// 'Q' an append begins, 'A' acknowledged, 'B' a send begins, 'E' it ended, 'G' a hub is ready
    char kind;
    std::uint8_t hub;
    std::uint16_t subscription;
    std::uint32_t appender;
    std::uint64_t number;
    std::int64_t at;  ///< microseconds of the machine's steady clock
};

/// Microseconds of the machine's steady clock: the same for all processes.
std::int64_t micros();

/// Ends the program with a sentence.
[[noreturn]] void fail(const std::string& sentence);

/// One hub: a process of this program with a ledger coming out and orders going in.
class HubProcess {
public:
    HubProcess(const std::string& url, int number);

    void signal(int which) const;
    void stop_appending() const;
    void close_orders();
    /// Fails when it ended by itself with an error.
    void wait() const;
    void close_ledger();
    [[nodiscard]] int ledger() const { return ledger_; }
    [[nodiscard]] int number() const { return number_; }

    std::string rest;  ///< a part of an entry

private:
    int number_;
    pid_t process_ = -1;
    int ledger_ = -1;
    int orders_ = -1;
};

using HubProcesses = std::vector<std::unique_ptr<HubProcess>>;

/// Everything that happened.
class Ledger {
public:
    std::vector<Entry> entries;
    const std::int64_t start = micros();

    /// Reads what the hubs wrote for so many milliseconds, or until it is so.
    void
    watch(HubProcesses& hubs, int time, const std::function<bool()>& is_so = [] { return false; });
    void read(HubProcess& hub);
    /// By time; what one hub wrote stays in its order.
    void sort();

    [[nodiscard]] bool has(char kind, int hub) const;
    /// Subscriptions for which a hub (or this one) began a send after that time.
    [[nodiscard]] std::set<int> active(std::optional<int> hub, std::int64_t after) const;
    [[nodiscard]] bool is_all_sent() const;
    /// Milliseconds from one kind of entry to the first of another about the same event, for 99 of
    /// 100 events whose first kind is from that time, of the subscriptions that count.
    [[nodiscard]] double p99(std::string_view kinds, std::int64_t from, std::int64_t to,
                             const std::function<bool(int)>& counts) const;
};

struct Judgement {
    std::size_t acknowledged = 0, sends = 0, repeated = 0, overlaps = 0, in_flight = 0;
};

/// Fails when something acknowledged was never sent, when of one appender an event's first send
/// began before the one before it was sent, or when two hubs sent for one subscription at the same
/// time. Sends that were in flight when a hub stood still may overlap, and are counted.
Judgement judge(const Ledger& ledger, const std::map<int, std::int64_t>& paused_at);

}  // namespace katydid::store::test
