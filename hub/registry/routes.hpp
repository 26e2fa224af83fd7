// Who wants this event?
#pragma once

#include "hub/core/event.hpp"
#include "hub/core/subscription.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace katydid::registry {

/// Whether a pattern of a subscription ("resource.updated", "resource.*", "*") covers a type.
/// "*" never covers the operational `katydid.*`.
[[nodiscard]] bool covers(std::string_view pattern, std::string_view type) noexcept;

/// Why a pattern cannot work, or an empty text.
[[nodiscard]] std::string pattern_fault(std::string_view pattern);

/// The active and paused subscriptions of one tenant by what they listen to. Pure.
///
/// A look-up costs one hash per dotted prefix of the type, however many subscriptions there are
/// for other types.
/// Thread safety: none; each event loop has its own.
class Routes {
public:
    void put(const SubscriptionPtr& subscription);
    void remove(SubscriptionId id);

    /// Every subscription that gets the event, each once.
    [[nodiscard]] std::vector<SubscriptionPtr> match(const Event& event) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept
        {
            return std::hash<std::string_view>{}(text);
        }
    };
    void collect(std::string_view pattern, const Event& event,
                 std::vector<SubscriptionPtr>& found) const;

    std::unordered_map<std::string, std::vector<SubscriptionPtr>, Hash, std::equal_to<>>
        by_pattern_;
    std::unordered_map<SubscriptionId, SubscriptionPtr> by_id_;
};

}  // namespace katydid::registry
