// What a platform and the hub say to each other at /api/realtime, as JSON texts. Pure.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/event.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace katydid::api {

struct Subscribe {
    std::vector<std::string> topics;
    std::optional<EventId> after{};  ///< nullopt: from now on
};
struct Unsubscribe {
    std::vector<std::string> topics;
};
struct PlatformPublish {
    std::string ref;
    std::string id;
    std::string name;
    Timestamp occurred_at{};
    std::string occurred_text;  ///< as it was written
    std::string payload;        ///< JSON, as it was written
};
/// A browser's, which cannot send those of RFC 6455: is the hub there?
struct PlatformPing {};
/// A frame that makes no sense.
struct Misfit {
    std::string detail;
    std::string ref{};  ///< of what cannot be published; empty: it is none
};
using PlatformFrame = std::variant<Misfit, Subscribe, Unsubscribe, PlatformPublish, PlatformPing>;

/// Reads a frame of a platform, strictly.
[[nodiscard]] PlatformFrame read_platform_frame(std::string_view text);

/// The event of what a platform publishes, with the payload that its webhook would have.
/// \param platform  "atlvs" or "grasshopper"
[[nodiscard]] Event to_event(PlatformPublish publish, std::string_view platform);

[[nodiscard]] std::string write_subscribed(const std::vector<std::string>& topics, EventId after);
/// The data as they stand in the payload. What is no JSON is written as a text, or in base64 as
/// `payload_base64` where it is no UTF-8 either.
[[nodiscard]] std::string write_update(const Event& event);
[[nodiscard]] std::string write_accepted(std::string_view ref, EventId id, bool is_duplicate);
/// \param may_try_again  nothing is wrong with it: the hub could not store it just now
[[nodiscard]] std::string write_refused(std::string_view ref, std::string_view detail,
                                        bool may_try_again);

}  // namespace katydid::api
