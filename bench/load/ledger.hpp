// The books of a run: what was sent, what was accepted, what arrived where.
#pragma once

#include "bench/measure/histogram.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace katydid::bench {

using SteadyTime = std::chrono::steady_clock::time_point;

/// What the books say at the end. Correct means: nothing missing, nothing unexpected, no id
/// changed, no bad signature. Duplicates are allowed by at-least-once and are counted.
struct Tally {
    std::uint64_t accepted = 0;   ///< events answered with 2xx
    std::uint64_t expected = 0;   ///< deliveries owed for them
    std::uint64_t delivered = 0;  ///< of those, arrived and answered with 2xx
    std::uint64_t missing = 0;
    std::uint64_t duplicates = 0;  ///< delivered again to an endpoint that had said 2xx
    std::uint64_t id_changed = 0;  ///< one event came under two webhook-ids
    std::uint64_t unexpected = 0;  ///< arrived where it should not, or was never sent
    std::uint64_t bad_signatures = 0;
    std::uint64_t unaccepted = 0;  ///< delivered although never answered with 2xx: allowed

    [[nodiscard]] bool is_correct() const noexcept
    {
        return missing == 0 && id_changed == 0 && unexpected == 0 && bad_signatures == 0;
    }
};

/// Follows every event of one run from its intended send time to each endpoint.
///
/// Thread safety: none; generator and receiver share a loop, and with it the clock.
class Ledger {
public:
    /// Which endpoints an event is owed to: true when endpoint e must get event n.
    using Owes = std::function<bool(std::uint32_t number, unsigned endpoint)>;

    struct Options {
        std::uint16_t run = 0;
        unsigned endpoints = 0;      ///< 0: nothing is received, only acceptance is counted
        Owes owes;                   ///< empty: every endpoint gets every event
        SteadyTime measured_from{};  ///< events intended earlier are checked but not timed
    };

    explicit Ledger(Options options);

    void measure_from(SteadyTime time) noexcept { options_.measured_from = time; }
    void sent(std::uint32_t number, SteadyTime intended);
    void accepted(std::uint32_t number, SteadyTime at);
    /// A receiver answered (or is about to answer) 2xx.
    void delivered(std::uint32_t number, unsigned endpoint, std::string_view webhook_id,
                   SteadyTime at);
    void bad_signature() noexcept { ++tally_.bad_signatures; }

    [[nodiscard]] std::uint16_t run() const noexcept { return options_.run; }
    [[nodiscard]] std::uint64_t outstanding() const noexcept { return tally_.missing; }
    [[nodiscard]] const Tally& tally() const noexcept { return tally_; }
    [[nodiscard]] std::uint64_t deliveries() const noexcept { return deliveries_; }
    /// Intended send to each (first) delivery; and acceptance to each, 0 when it came earlier.
    [[nodiscard]] const Histogram& end_to_end() const noexcept { return end_to_end_; }
    [[nodiscard]] const Histogram& after_acceptance() const noexcept { return after_acceptance_; }

    /// End-to-end times since it was last cleared, for a progress display and the timeline.
    Histogram& second() noexcept { return second_; }
    [[nodiscard]] SteadyTime last_delivery() const noexcept { return last_delivery_; }

    /// Called after every first delivery; a generator that waits for room sets it.
    std::function<void()> on_progress;

private:
    struct Entry {
        SteadyTime intended{};
        SteadyTime accepted{};
        std::size_t id_hash = 0;
        std::uint32_t delivered = 0;
        bool known = false;
    };

    Entry& entry(std::uint32_t number);
    bool mark(std::uint32_t number, unsigned endpoint);  ///< false when it was marked before
    [[nodiscard]] std::uint32_t owed(std::uint32_t number) const;

    Options options_;
    std::vector<Entry> entries_;
    std::vector<std::uint64_t> marks_;  ///< a bit per event and endpoint
    std::size_t words_;                 ///< of marks_ per event
    Tally tally_;                       ///< missing: owed and not yet there
    std::uint64_t deliveries_ = 0;
    Histogram end_to_end_;
    Histogram after_acceptance_;
    Histogram second_;
    SteadyTime last_delivery_{};
};

}  // namespace katydid::bench
