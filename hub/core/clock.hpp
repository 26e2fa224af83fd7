// Time, handed in, so that tests run in virtual time (principle 8).
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace katydid {

using std::chrono::milliseconds;

/// A point in UTC with the resolution the hub stores and shows.
using Timestamp = std::chrono::sys_time<milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;          ///< wall time, may jump
    [[nodiscard]] virtual SteadyTime steady_now() const = 0;  ///< for waits and durations
};

/// The machine's clock. One instance for the whole process.
const Clock& system_clock() noexcept;

/// A clock that stands still until a test moves it. Thread safety: all calls may race.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Timestamp start = Timestamp{milliseconds{1'750'000'000'000}}) : now_{start}
    {}
    [[nodiscard]] Timestamp now() const override;
    [[nodiscard]] SteadyTime steady_now() const override;
    void advance(milliseconds by);

private:
    mutable std::mutex mutex_;
    Timestamp now_;
    SteadyTime steady_{};
};

/// One deadline for a whole exchange, handed down instead of durations.
struct Deadline {
    SteadyTime at;

    static Deadline after(std::chrono::nanoseconds wait, const Clock& clock = system_clock())
    {
        return {clock.steady_now() + wait};
    }
};

/// RFC 3339 UTC with milliseconds: "2026-06-15T18:00:00.000Z".
std::string to_rfc3339(Timestamp time);
/// Reads RFC 3339 (any offset, 0 to 9 fraction digits). nullopt when it is not one.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

/// "500ms", "5s", "5m", "2h", "7d": how durations are written in the API, settings and CLI.
std::string to_duration_text(milliseconds duration);
std::optional<milliseconds> parse_duration(std::string_view text);

}  // namespace katydid
