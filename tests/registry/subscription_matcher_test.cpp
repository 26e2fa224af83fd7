#include "hub/registry/subscription_matcher.hpp"
#include "hub/core/subscription/subscription.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::registry;

namespace {

class Fixture {
public:
    SubscriptionPtr add(std::vector<std::string> types, std::vector<std::string> sources = {},
                        SubscriptionStatus status = SubscriptionStatus::active)
    {
        Subscription subscription;
        subscription.id = ids_.make<SubscriptionId>();
        subscription.event_types = std::move(types);
        subscription.sources = std::move(sources);
        subscription.status = status;
        auto pointer = std::make_shared<const Subscription>(std::move(subscription));
        matcher.put(pointer);
        return pointer;
    }

    [[nodiscard]] std::vector<SubscriptionPtr> match(std::string type, std::string source = "atlvs")
    {
        Event event;
        event.type = std::move(type);
        event.source = std::move(source);
        filter::Document document{event};
        WorkBudget work{2'000'000};
        auto found = matcher.match(event, document, work);
        BOOST_TEST(found.undecided.empty());
        return std::move(found.recipients);
    }

    [[nodiscard]] SubscriptionPtr add_filtered(std::string filter)
    {
        Subscription subscription;
        subscription.id = ids_.make<SubscriptionId>();
        subscription.event_types = {"a.*"};
        subscription.filter = std::move(filter);
        auto pointer = std::make_shared<const Subscription>(std::move(subscription));
        matcher.put(pointer);
        return pointer;
    }

    SubscriptionMatcher matcher;

private:
    ManualClock clock_;
    IdSource ids_{clock_, 1};
};

using Subscriptions = std::vector<SubscriptionPtr>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(registry_subscription_matcher, Fixture)

// Goal: the look-up by prefixes finds exactly what the definition of a pattern says.
BOOST_AUTO_TEST_CASE(match_agrees_with_covers)
{
    const std::vector<std::string> patterns{
        "*",        "resource.*", "resource.updated",      "resource.a.*",
        "resource", "katydid.*",  "katydid.delivery.dead", "bridge.*"};
    const std::vector<std::string> types{
        "resource.updated",      "resource",    "resource.a.b", "resource.", "resources.updated",
        "katydid.delivery.dead", "bridge.sale", "bridges.sale", "order",     ""};
    for (const auto& pattern : patterns) add({pattern});
    for (const auto& type : types) {
        const auto found = match(type);
        std::size_t expected = 0;
        for (const auto& pattern : patterns) expected += covers(pattern, type) ? 1U : 0U;
        BOOST_TEST(found.size() == expected, type);
    }
}

// Goal: what only the hub makes must be named: "*" is for the senders' events.
BOOST_AUTO_TEST_CASE(internal_events_must_be_named)
{
    add({"*"});
    const auto named = add({"bridge.*", "katydid.*"});
    BOOST_TEST((match("bridge.sale", "bridge") == Subscriptions{named}));
    BOOST_TEST((match("katydid.delivery.dead", "") == Subscriptions{named}));
    BOOST_TEST(match("production.created", "bridge").size() == 1U);
}

// Goal: one that matches by several patterns gets one delivery.
BOOST_AUTO_TEST_CASE(each_once)
{
    const auto both = add({"*", "a.*", "a.b"});
    BOOST_TEST((match("a.b") == Subscriptions{both}));
}

// Goal: a platform never gets its own events back.
BOOST_AUTO_TEST_CASE(sources_are_respected)
{
    const auto subscription = add({"*"}, {"grasshopper"});
    BOOST_TEST(match("a.b", "atlvs").empty());
    BOOST_TEST((match("a.b", "grasshopper") == Subscriptions{subscription}));
}

BOOST_AUTO_TEST_CASE(paused_accumulate_and_disabled_get_none)
{
    const auto paused = add({"*"}, {}, SubscriptionStatus::paused);
    add({"*"}, {}, SubscriptionStatus::disabled);
    BOOST_TEST((match("a.b") == Subscriptions{paused}));
}

// Goal: a changed subscription is found by its new patterns only.
BOOST_AUTO_TEST_CASE(put_replaces)
{
    const auto first = add({"a.b"});
    auto changed = *first;
    changed.event_types = {"c.d"};
    const auto second = std::make_shared<const Subscription>(changed);
    matcher.put(second);
    BOOST_TEST(match("a.b").empty());
    BOOST_TEST((match("c.d") == Subscriptions{second}));
    matcher.remove(second->id);
    BOOST_TEST(match("c.d").empty());
}

// Goal: a filter decides who of those that listen to a type gets the event, also after a change.
BOOST_AUTO_TEST_CASE(filters_are_asked)
{
    const auto plain = add({"*"});
    auto filtered = *add({"*", "a.b"});
    filtered.filter = R"({"event":{"source":"atlvs"}})";
    const auto with_filter = std::make_shared<const Subscription>(filtered);
    matcher.put(with_filter);
    BOOST_TEST((match("a.b", "atlvs") == Subscriptions{plain, with_filter}));
    BOOST_TEST((match("a.b", "grasshopper") == Subscriptions{plain}));
    filtered.filter = R"({"event":{"source":{"$neq":"atlvs"}}})";
    const auto changed = std::make_shared<const Subscription>(filtered);
    matcher.put(changed);
    BOOST_TEST((match("a.b", "atlvs") == Subscriptions{plain}));
    BOOST_TEST((match("a.b", "grasshopper") == Subscriptions{plain, changed}));
    matcher.remove(changed->id);
    BOOST_TEST((match("a.b", "grasshopper") == Subscriptions{plain}));
}

BOOST_AUTO_TEST_CASE(pattern_faults)
{
    for (const auto* good : {"*", "a", "a.b", "a.*", "a.b.*"})
        BOOST_TEST(pattern_fault(good).empty(), good);
    for (const auto* bad : {"", "**", "a*", "*.a", "a.*.b", ".*", "a b", " ", "a\n"})
        BOOST_TEST(!pattern_fault(bad).empty(), bad);
}

// Goal: a filter that takes too much work keeps the event from its subscription, and from no other;
// many filters share a budget.
BOOST_AUTO_TEST_CASE(a_filter_that_is_cut_off_gets_nothing)
{
    const auto plain = add({"a.*"});
    const auto cheap = add_filtered(R"({"event":{"source":"shop"}})");
    const auto costly = add_filtered(R"({"payload":{"$contains":"b"}})");
    const auto negative = add_filtered(R"({"payload":{"$not":{"$contains":"b"}}})");
    std::vector<SubscriptionPtr> more;
    for (int i = 0; i < 200; ++i)
        more.push_back(add_filtered(R"({"payload":{"$contains":"b)" + std::to_string(i) + "\"}}"));
    Event event;
    event.type = "a.b";
    event.source = "shop";
    event.payload = std::make_shared<const std::string>("\"" + std::string(1'000'000, 'a') + "\"");
    filter::Document document{event};
    WorkBudget work{200'000};
    const auto found = matcher.match(event, document, work);
    BOOST_TEST((found.recipients == Subscriptions{plain, cheap, negative}));
    // Those that were asked before the budget was gone want none; the others are undecided.
    BOOST_TEST(found.undecided.size() >= 195U);
    BOOST_TEST((std::ranges::find(found.undecided, costly) == found.undecided.end()));
    BOOST_TEST((std::ranges::find(found.undecided, cheap) == found.undecided.end()));
}

BOOST_AUTO_TEST_SUITE_END()
