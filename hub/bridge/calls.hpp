// The REST calls that the hub stands in for, as tables (docs/platforms.md).
#pragma once

#include "hub/core/clock.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace katydid::bridge {

/// One of the two sides, with what it is called in settings, logs and scopes.
enum class Platform : std::uint8_t { atlvs, grasshopper };
[[nodiscard]] std::string_view to_text(Platform platform) noexcept;
/// For people: "ATLVS".
[[nodiscard]] std::string_view name_of(Platform platform) noexcept;
/// What a key needs to call the paths of a platform: "bridge:atlvs".
[[nodiscard]] std::string_view scope_of(Platform platform) noexcept;

/// A write of Grasshopper's that the hub stores and forwards to ATLVS.
struct WriteCall {
    std::string_view name;      ///< "event": in logs and operations
    std::string_view pattern;   ///< of the hub's route
    std::string_view upstream;  ///< below ATLVS_API_URL; "{id}" is the path's
    std::string_view type;      ///< what it is stored as, and its rule in the privacy table
    std::string_view key;       ///< member: writes of the same value keep their order
    /// Members, by commas, that name what is written: a body equal to the latest accepted one of
    /// the same values is the same write. Empty: the whole body names it.
    std::string_view natural_key;
    std::string_view later, earlier;  ///< members: the one is not before the other
    std::string_view result_type;     ///< what the hub publishes when ATLVS has it
    std::string_view result_id;       ///< there, the id that ATLVS gave
    std::string_view result_member;   ///< there, ATLVS's answer
    std::string_view answer_rule;     ///< of ATLVS's privacy table
};

/// A read that the hub answers from a cache, or asks a platform.
struct ReadCall {
    std::string_view name;
    Platform platform;
    std::string_view pattern;
    std::string_view upstream;
    std::string_view tag;  ///< what a webhook drops
    milliseconds fresh;    ///< so long an answer needs no other one
    std::string_view answer_rule;
    bool is_resources = false;  ///< `date` and `type` are validated, the type filter applied
};

/// Which cached reads a webhook makes wrong.
struct CacheRule {
    std::string_view source;
    std::string_view types;  ///< exact, or "prefix.*"
    std::string_view tag;
};

[[nodiscard]] std::span<const WriteCall> write_calls() noexcept;
[[nodiscard]] std::span<const ReadCall> read_calls() noexcept;
[[nodiscard]] std::span<const CacheRule> cache_rules() noexcept;

/// The call that was stored under this event type; null: none.
[[nodiscard]] const WriteCall* find_write_call(std::string_view type) noexcept;

[[nodiscard]] constexpr bool is_success(unsigned status) noexcept
{
    return status >= 200 && status <= 299;
}
/// Whether an answer of a platform is its last word on a write, good or bad. What it may say
/// otherwise another time, or to another key, is not.
[[nodiscard]] bool is_last_word(unsigned status) noexcept;

/// The source of everything the bridge stores and publishes.
constexpr std::string_view bridge_source = "bridge";  // reserved: hub/core/text/reserved.hpp
/// The subscription that brings writes to ATLVS.
constexpr const char* atlvs_subscription = "bridge-atlvs";

}  // namespace katydid::bridge
