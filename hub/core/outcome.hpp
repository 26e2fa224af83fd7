// What one attempt came to, as a handler reports it.
#pragma once

#include "hub/core/delivery.hpp"

#include <optional>
#include <string>

namespace katydid {

/// The result of one attempt. The retry policy decides what follows.
struct Outcome {
    AttemptClass outcome = AttemptClass::success;
    unsigned status = 0;                      ///< HTTP status, 0 when there is none
    std::string error;                        ///< why it failed, a sentence
    std::string response;                     ///< what the receiver answered, cut to 16 KB
    std::optional<milliseconds> retry_after;  ///< the receiver asked to wait this long
    bool final = false;                       ///< trying again cannot help: dead at once
    /// Nothing was tried: no attempt is recorded and the delivery waits as before.
    bool given_back = false;
    /// Nothing is to be sent: no attempt is recorded, and the delivery ends cancelled with `error`.
    bool cancelled = false;
    AttemptTiming timing{};

    [[nodiscard]] bool is_success() const noexcept { return outcome == AttemptClass::success; }

    static Outcome delivered() { return {}; }

    /// Failed now, may work later.
    static Outcome failed(std::string why)
    {
        return {AttemptClass::failed, 0, std::move(why), {}, std::nullopt};
    }

    /// Failed, and trying again cannot help.
    static Outcome dead(std::string why)
    {
        return {AttemptClass::failed, 0, std::move(why), {}, std::nullopt, true};
    }

    /// There was no one to hand it to, or who had it left without an answer.
    static Outcome not_tried()
    {
        return {AttemptClass::failed, 0, {}, {}, std::nullopt, false, true};
    }

    static Outcome not_wanted(std::string why)
    {
        return {AttemptClass::failed, 0, std::move(why), {}, std::nullopt, false, false, true};
    }
};

}  // namespace katydid
