// Failing on demand: how a simulated platform behaves towards webhooks right now.
#pragma once

#include "examples/simulators/common/dice.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace katydid::simulators {

enum class Mode : std::uint8_t {
    ok,
    down,   ///< 503, as a platform that is being deployed
    error,  ///< 500, after the signature passed
    hang,   ///< no answer until the mode ends
    slow,   ///< a right answer, late
    wrong,  ///< carried out, and answered with something that is no answer
    lost,   ///< carried out, but the caller gets an error
    mix,    ///< any of these by chance; half of the requests go well
};

/// `hang` is answered after that.
constexpr milliseconds hang_max{60'000};

std::string_view to_text(Mode mode) noexcept;

/// What `mix` is for one request.
[[nodiscard]] Mode roll(Dice& dice);

/// Holds the mode, and goes back to ok when its time or its count of requests is used up.
///
/// Pure but for the clock. Thread safety: none.
class ModeSwitch {
public:
    explicit ModeSwitch(const Clock& clock) : clock_{clock} {}

    /// `{"mode": "error", "for": "3s"}` for a time, `"for": 20` for that many requests, no "for"
    /// until it is set again. Errors: invalid_argument.
    result<void> set(const boost::json::object& settings);

    /// The mode for one more request. Uses up one of the count.
    [[nodiscard]] Mode take();
    /// The mode, without using up anything.
    [[nodiscard]] Mode now() const;
    /// When the mode ends by itself; nullopt when no time was given.
    [[nodiscard]] std::optional<SteadyTime> ends_at() const { return until_; }
    [[nodiscard]] boost::json::object to_json() const;

private:
    const Clock& clock_;
    Mode mode_ = Mode::ok;
    std::optional<SteadyTime> until_;
    std::optional<std::uint64_t> requests_left_;
};

}  // namespace katydid::simulators
