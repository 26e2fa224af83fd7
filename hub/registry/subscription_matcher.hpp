// Who wants this event?
#pragma once

#include "hub/core/event.hpp"
#include "hub/core/subscription/subscription_ptr.hpp"
#include "hub/filter/selector.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace katydid::registry {

/// Whether a pattern of a subscription ("resource.updated", "resource.*", "*") covers a type.
/// "*" never covers what only the hub makes: `katydid.*` and the bridge's own calls, `bridge.*`.
[[nodiscard]] bool covers(std::string_view pattern, std::string_view type) noexcept;

/// Why a pattern cannot work, or an empty text.
[[nodiscard]] std::string pattern_fault(std::string_view pattern);

/// The active and paused subscriptions of one tenant by what they listen to. Pure.
///
/// A look-up costs one hash per dotted prefix of the type, however many subscriptions there are
/// for other types. Filters are compiled when their subscription comes; an event's payload is
/// parsed at most once, and only when a filter asks for it.
/// Thread safety: none; each event loop has its own.
class SubscriptionMatcher {
public:
    SubscriptionMatcher() = default;
    SubscriptionMatcher(const SubscriptionMatcher&) = delete;
    SubscriptionMatcher& operator=(const SubscriptionMatcher&) = delete;

    /// One whose stored filter cannot be compiled gets nothing, and that is logged.
    void put(const SubscriptionPtr& subscription);
    void remove(SubscriptionId id);

    /// Who gets an event, each subscription once.
    struct Match {
        std::vector<SubscriptionPtr> recipients;
        /// Those whose filter took too much work: it is not known whether they want the event, and
        /// they may have no right to see it, so they must not get it.
        std::vector<SubscriptionPtr> undecided;
    };
    /// \param document  of the event; filters have it parsed when they need it
    /// \param work      what the filters may cost together
    [[nodiscard]] Match match(const Event& event, filter::Document& document,
                              WorkBudget& work) const;

private:
    struct Route {
        SubscriptionPtr subscription;
        std::shared_ptr<const filter::Program> filter;  ///< null: none
        std::uint64_t number = 0;                       ///< its name among the filters
    };
    /// Those who listen to the same pattern.
    struct Listeners {
        std::vector<SubscriptionPtr> unfiltered;
        filter::Selector filters;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept
        {
            return std::hash<std::string_view>{}(text);
        }
    };
    void collect(std::string_view pattern, const Event& event, WorkBudget& work,
                 Match& found) const;

    std::unordered_map<std::string, Listeners, Hash, std::equal_to<>> by_pattern_;
    std::unordered_map<SubscriptionId, Route> by_id_;
    std::unordered_map<std::uint64_t, SubscriptionPtr> by_number_;  ///< those with a filter
    std::uint64_t last_number_ = 0;
    mutable filter::Paths paths_;  ///< remembers what it found for the event of a match()
};

}  // namespace katydid::registry
