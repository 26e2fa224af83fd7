#include "hub/registry/routes.hpp"

#include <algorithm>

namespace katydid::registry {
namespace {

constexpr std::string_view operational_prefix = "katydid.";

bool wants_source(const Subscription& subscription, std::string_view source) noexcept
{
    return subscription.sources.empty()
           || std::find(subscription.sources.begin(), subscription.sources.end(), source)
                  != subscription.sources.end();
}

}  // namespace

bool covers(std::string_view pattern, std::string_view type) noexcept
{
    if (pattern == "*") return !type.starts_with(operational_prefix);
    if (!pattern.ends_with(".*")) return pattern == type;
    return type.starts_with(pattern.substr(0, pattern.size() - 1));
}

std::string pattern_fault(std::string_view pattern)
{
    if (pattern.empty()) return "an event type is empty: write a type, \"prefix.*\" or \"*\"";
    if (pattern.size() > 200) return "an event type has at most 200 characters";
    const auto star = pattern.find('*');
    const bool star_is_last = star == pattern.size() - 1;
    if (star != std::string_view::npos && pattern != "*"
        && !(star_is_last && pattern.ends_with(".*") && pattern.size() > 2))
        return "\"*\" stands alone or at the end, as in \"resource.*\"";
    return {};
}

void Routes::put(const SubscriptionPtr& subscription)
{
    remove(subscription->id);
    by_id_[subscription->id] = subscription;
    if (subscription->status == SubscriptionStatus::disabled) return;
    for (const auto& pattern : subscription->event_types)
        by_pattern_[pattern].push_back(subscription);
}

void Routes::remove(SubscriptionId id)
{
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return;
    for (const auto& pattern : found->second->event_types) {
        const auto entry = by_pattern_.find(pattern);
        if (entry == by_pattern_.end()) continue;
        std::erase_if(entry->second, [&](const SubscriptionPtr& s) { return s->id == id; });
        if (entry->second.empty()) by_pattern_.erase(entry);
    }
    by_id_.erase(found);
}

void Routes::collect(std::string_view pattern, const Event& event,
                     std::vector<SubscriptionPtr>& found) const
{
    const auto entry = by_pattern_.find(pattern);
    if (entry == by_pattern_.end()) return;
    for (const auto& subscription : entry->second)
        if (wants_source(*subscription, event.source)) found.push_back(subscription);
}

std::vector<SubscriptionPtr> Routes::match(const Event& event) const
{
    std::vector<SubscriptionPtr> found;
    collect(event.type, event, found);
    std::string prefix;
    for (auto dot = event.type.find('.'); dot != std::string::npos;
         dot = event.type.find('.', dot + 1)) {
        prefix.assign(event.type, 0, dot + 1).push_back('*');
        collect(prefix, event, found);
    }
    if (!event.type.starts_with(operational_prefix)) collect("*", event, found);
    if (found.size() > 1) {
        const auto by_id = [](const SubscriptionPtr& a, const SubscriptionPtr& b) {
            return a->id < b->id;
        };
        std::sort(found.begin(), found.end(), by_id);
        found.erase(std::unique(found.begin(), found.end()), found.end());
    }
    return found;
}

}  // namespace katydid::registry
