// When a failed delivery is tried again, and when it is given up.
#pragma once

#include "hub/core/outcome.hpp"
#include "hub/core/subscription/delivery_limits.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace katydid::dispatch {

/// What kind of trouble an outcome is; it selects the schedule.
enum class Trouble : std::uint8_t {
    none,     ///< delivered
    passing,  ///< 408, 425, 429, 5xx, network: the full schedule
    limited,  ///< 400, 404, … : a few attempts, then dead
    setup,    ///< 401, 403, TLS, egress guard: a person must fix something, the slow schedule
    gone,     ///< 410: the receiver wants nothing more
    final,    ///< the handler or the subscription says that trying again cannot help
};

/// By the standard table.
[[nodiscard]] Trouble classify(const Outcome& outcome) noexcept;

/// Whether an outcome says that the receiver as a whole is in trouble: what a breaker counts.
/// A receiver that answers 4xx is well; 429 is a wish, not a failure.
[[nodiscard]] bool is_breaker_failure(const Outcome& outcome) noexcept;

/// Whether the receiver asks for less at a time: what adaptive concurrency halves on.
[[nodiscard]] bool asks_for_less(const Outcome& outcome) noexcept;

/// What follows an attempt.
struct Decision {
    enum class Next : std::uint8_t { delivered, retry, dead };
    Next next = Next::delivered;
    Trouble trouble = Trouble::none;
    milliseconds delay{0};             ///< before the retry
    milliseconds wait_min{0};          ///< before the retry, as the receiver asked (Retry-After)
    std::optional<milliseconds> hold;  ///< the whole endpoint rests this long, for the same reason
    std::string reason;                ///< a sentence, empty when delivered
};

/// Decides when a failed delivery is tried again, and when to give up.
///
/// Pure: it owns no clock, socket or random source. Callers pass the attempt count and a
/// random number, so a test can check a whole schedule as a table.
///
/// Thread safety: immutable after construction, so shared use is safe.
class RetryPolicy {
public:
    struct Options {
        std::vector<milliseconds> delays{default_delays()};
        double jitter = 0.2;               ///< fraction of the delay, in [0, 1]
        milliseconds age_max{0};           ///< since the delivery was made; 0: no bound
        std::vector<StatusRule> statuses;  ///< before the standard table; the first that fits
        /// Answers come from consumers. One who answers is there, and takes as much as it asks for:
        /// what it says is about that delivery. It holds up no other, counts for no breaker, and
        /// a 410 does not end the subscription.
        bool by_consumers = false;
    };

    /// How far along a delivery is. What was before a person asked for it again does not count.
    struct Progress {
        std::uint32_t attempts_made = 1;  ///< with the one that just ended, at least 1
        milliseconds age{0};              ///< since the delivery was made, or asked for again
        double random = 0.5;              ///< in [0, 1)
    };

    explicit RetryPolicy(Options options);
    /// The policy of a subscription: its delays and age, the rest by default.
    explicit RetryPolicy(const RetrySettings& settings, bool by_consumers = false);

    /// 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h: ten attempts in some three days.
    static std::vector<milliseconds> default_delays();

    [[nodiscard]] Decision decide(const Outcome& outcome, const Progress& progress) const;
    /// By the subscription's own rules, then by the standard table.
    [[nodiscard]] Trouble classify(const Outcome& outcome) const noexcept;
    [[nodiscard]] bool is_breaker_failure(const Outcome& outcome) const noexcept;

    /// Returns the wait before the next attempt, or nullopt when the schedule is used up.
    /// \param attempts_made  attempts so far, at least 1
    /// \param random         in [0, 1)
    [[nodiscard]] std::optional<milliseconds>
    next_delay(Trouble trouble, std::uint32_t attempts_made, double random) const noexcept;

private:
    Options options_;
};

/// How far along a delivery is whose next attempt just ended.
[[nodiscard]] RetryPolicy::Progress progress_of(const Delivery& delivery, Timestamp now,
                                                double random) noexcept;

/// Whether an attempt that just ended is one more than the schedule has: the delivery was brought
/// forward, and its slot is still to come.
[[nodiscard]] bool is_extra(const Delivery& delivery, Timestamp now) noexcept;

/// Retry-After never waits less than this, nor longer (robustness.md, Delivery).
constexpr milliseconds retry_after_min{1'000};
constexpr milliseconds retry_after_max{24 * 3'600'000};

}  // namespace katydid::dispatch
