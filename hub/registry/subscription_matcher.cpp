#include "hub/registry/subscription_matcher.hpp"

#include "hub/core/subscription/subscription.hpp"
#include "hub/core/text/reserved.hpp"
#include "hub/filter/compile.hpp"
#include "hub/observe/log.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::registry {
namespace {

bool wants_source(const Subscription& subscription, std::string_view source) noexcept
{
    if (subscription.sources.empty()) return true;
    return std::find(subscription.sources.begin(), subscription.sources.end(), source)
           != subscription.sources.end();
}

/// What the API accepted compiles; a row of another version may not.
std::optional<filter::Program> compile_stored(const Subscription& subscription)
{
    boost::json::error_code error;
    const auto value = boost::json::parse(subscription.filter, error);
    std::vector<Fault> faults;
    auto program = error ? std::nullopt : filter::compile(value, faults);
    if (!program)
        log::error("subscription.filter_unreadable",
                   "the stored filter cannot be compiled: the subscription gets nothing",
                   {{"subscription", subscription.id.to_string()},
                    {"fault", faults.empty() ? error.message() : faults.front().detail}});
    return program;
}

void keep_each_once(std::vector<SubscriptionPtr>& subscriptions)
{
    if (subscriptions.size() < 2) return;
    std::ranges::sort(subscriptions, {}, [](const SubscriptionPtr& each) { return each->id; });
    const auto repeated = std::ranges::unique(subscriptions);
    subscriptions.erase(repeated.begin(), repeated.end());
}

}  // namespace

bool covers(std::string_view pattern, std::string_view type) noexcept
{
    if (pattern == "*") return !is_internal_type(type);
    if (!pattern.ends_with(".*")) return pattern == type;
    return type.starts_with(pattern.substr(0, pattern.size() - 1));
}

std::string pattern_fault(std::string_view pattern)
{
    if (pattern.empty()) return "an event type is empty: write a type, \"prefix.*\" or \"*\"";
    if (pattern.size() > event_type_bytes_max) return "an event type has at most 200 characters";
    const auto is_blank = [](unsigned char c) { return c <= 0x20 || c == 0x7f; };
    if (std::ranges::any_of(pattern, is_blank))
        return "an event type has no blanks; one that a provider sends with a blank is kept as "
               "\"a%20b\"";
    const auto star = pattern.find('*');
    const bool star_is_last = star == pattern.size() - 1;
    if (star != std::string_view::npos && pattern != "*"
        && !(star_is_last && pattern.ends_with(".*") && pattern.size() > 2))
        return "\"*\" stands alone or at the end, as in \"resource.*\"";
    return {};
}

void SubscriptionMatcher::put(const SubscriptionPtr& subscription)
{
    remove(subscription->id);
    auto& route = by_id_[subscription->id];
    route.subscription = subscription;
    if (subscription->status == SubscriptionStatus::disabled) return;
    if (!subscription->filter.empty()) {
        auto program = compile_stored(*subscription);
        if (!program) return;
        paths_.bind(*program);
        route.filter = std::make_shared<const filter::Program>(std::move(*program));
        route.number = ++last_number_;
        by_number_.emplace(route.number, subscription);
    }
    for (const auto& pattern : subscription->event_types) {
        auto& listeners = by_pattern_[pattern];
        if (route.filter) listeners.filters.add(route.number, route.filter);
        else listeners.unfiltered.push_back(subscription);
    }
}

void SubscriptionMatcher::remove(SubscriptionId id)
{
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return;
    const auto& route = found->second;
    for (const auto& pattern : route.subscription->event_types) {
        const auto entry = by_pattern_.find(pattern);
        if (entry == by_pattern_.end()) continue;
        auto& listeners = entry->second;
        if (route.filter) listeners.filters.remove(route.number);
        else
            std::erase_if(listeners.unfiltered,
                          [&](const SubscriptionPtr& each) { return each->id == id; });
        if (listeners.unfiltered.empty() && listeners.filters.empty()) by_pattern_.erase(entry);
    }
    if (route.filter) {
        paths_.unbind(*route.filter);
        by_number_.erase(route.number);
    }
    by_id_.erase(found);
}

void SubscriptionMatcher::collect(std::string_view pattern, const Event& event, WorkBudget& work,
                                  Match& found) const
{
    const auto entry = by_pattern_.find(pattern);
    if (entry == by_pattern_.end()) return;
    const auto add = [&](const SubscriptionPtr& subscription, std::vector<SubscriptionPtr>& among) {
        if (wants_source(*subscription, event.source)) among.push_back(subscription);
    };
    const auto& listeners = entry->second;
    for (const auto& subscription : listeners.unfiltered) add(subscription, found.recipients);
    if (listeners.filters.empty()) return;
    listeners.filters.select(paths_, work, [&](std::uint64_t number, filter::Answer answer) {
        add(by_number_.at(number),
            answer == filter::Answer::yes ? found.recipients : found.undecided);
    });
}

SubscriptionMatcher::Match
SubscriptionMatcher::match(const Event& event, filter::Document& document, WorkBudget& work) const
{
    Match found;
    paths_.begin(document);
    collect(event.type, event, work, found);
    std::string prefix;
    for (auto dot = event.type.find('.'); dot != std::string::npos;
         dot = event.type.find('.', dot + 1)) {
        prefix.assign(event.type, 0, dot + 1).push_back('*');
        collect(prefix, event, work, found);
    }
    if (!is_internal_type(event.type)) collect("*", event, work, found);
    keep_each_once(found.recipients);
    keep_each_once(found.undecided);
    std::erase_if(found.undecided, [&](const SubscriptionPtr& each) {
        return std::ranges::find(found.recipients, each) != found.recipients.end();
    });
    return found;
}

}  // namespace katydid::registry
