#include "tests/store/stores.hpp"

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(store_activity)

namespace {

constexpr Timestamp noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}
                         + std::chrono::hours{12}};

std::vector<ActivityBucket> ask(StoreFixture& lab, std::optional<TenantId> tenant,
                                std::chrono::seconds width,
                                Timestamp until = noon + std::chrono::hours{24})
{
    ActivityQuery query;
    query.tenant = tenant;
    query.since = noon - std::chrono::hours{24};
    query.until = until;
    query.width = width;
    return lab.run(lab.store->activity(query)).value();
}

Append accepted_at(StoreFixture& lab, const std::string& id, Timestamp at,
                   SubscriptionId subscription)
{
    auto event = lab.make_event(id, "{}");
    event->received_at = at;
    return {event, {{subscription, ""}}};
}

}  // namespace

// Goal: events and what became of their deliveries are counted in the minute and the hour they
// happened in; duplicates are not counted; an empty bucket is absent.
BOOST_DATA_TEST_CASE(counts_by_time, data::make(kinds()), kind)
{
    using namespace std::chrono_literals;
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    lab.run(lab.store->append(accepted_at(lab, "a", noon + 5s, subscription))).value();
    lab.run(lab.store->append(accepted_at(lab, "b", noon + 59s, subscription))).value();
    lab.run(lab.store->append(accepted_at(lab, "b", noon + 61s, subscription))).value();
    lab.run(lab.store->append(accepted_at(lab, "c", noon + 121s, subscription))).value();
    auto works = lab.recorder.take_works();
    BOOST_REQUIRE(works.size() == 3U);
    std::vector<Settlement> settlements;
    for (const auto& work : works) {
        Settlement settlement;
        settlement.delivery = work.delivery.id;
        settlement.state = settlements.empty() ? DeliveryState::dead : DeliveryState::delivered;
        settlement.settled_at = noon + 125s;
        settlements.push_back(settlement);
    }
    lab.run(lab.store->settle(settlements)).value();
    lab.restart();

    const auto minutes = ask(lab, default_tenant(), 60s);
    BOOST_REQUIRE(minutes.size() == 2U);
    BOOST_TEST((minutes[0].start == noon && minutes[0].accepted == 2U));
    BOOST_TEST((minutes[1].start == noon + 120s && minutes[1].accepted == 1U));
    BOOST_TEST((minutes[1].delivered == 2U && minutes[1].dead == 1U));
    const auto hours = ask(lab, std::nullopt, 3'600s);
    BOOST_REQUIRE(hours.size() == 1U);
    BOOST_TEST((hours[0].accepted == 3U && hours[0].delivered == 2U && hours[0].dead == 1U));
    const auto days = ask(lab, default_tenant(), 86'400s);
    BOOST_REQUIRE(days.size() == 1U);
    BOOST_TEST((days[0].start == noon - 12h && days[0].accepted == 3U));
    BOOST_TEST(ask(lab, lab.ids.make<TenantId>(), 60s).empty());
    BOOST_TEST(ask(lab, default_tenant(), 60s, noon + 60s).size() == 1U);
}

// Goal: an attempt counts as failed where its delivery is tried again, also one by hand; a delivery
// that waits for another one was not tried.
BOOST_DATA_TEST_CASE(failed_attempts_are_counted, data::make(kinds()), kind)
{
    using namespace std::chrono_literals;
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    for (const std::string id : {"failed", "failed-by-hand", "parked"})
        lab.run(lab.store->append(accepted_at(lab, id, noon, subscription))).value();
    std::vector<Settlement> settlements;
    for (const auto& work : lab.recorder.take_works()) {
        Settlement settlement;
        settlement.delivery = work.delivery.id;
        settlement.state = DeliveryState::scheduled;
        settlement.lane = Lane::retry;
        settlement.due_at = noon + 1h;
        settlement.settled_at = noon + 61s;
        if (settlements.size() < 2) settlement.attempt.emplace().number = 1;
        settlement.is_counted = settlements.size() != 1;
        settlements.push_back(settlement);
    }
    BOOST_REQUIRE(settlements.size() == 3U);
    lab.run(lab.store->settle(settlements)).value();
    lab.restart();

    const auto minutes = ask(lab, default_tenant(), 60s);
    BOOST_REQUIRE(minutes.size() == 2U);
    BOOST_TEST((minutes[1].start == noon + 60s && minutes[1].failed == 2U));
    BOOST_TEST((minutes[1].delivered == 0U && minutes[1].dead == 0U));
    BOOST_TEST(ask(lab, std::nullopt, 3'600s).at(0).failed == 2U);
}

// Goal: an answer never has more buckets than its bound, however far back it is asked.
BOOST_DATA_TEST_CASE(buckets_are_bounded, data::make(kinds()), kind)
{
    using namespace std::chrono_literals;
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    const auto old = noon - std::chrono::minutes{activity_buckets_max + 1};
    lab.run(lab.store->append(accepted_at(lab, "a", old, subscription))).value();
    lab.run(lab.store->append(accepted_at(lab, "b", noon - 60s, subscription))).value();
    ActivityQuery query;
    query.until = noon;
    BOOST_TEST(lab.run(lab.store->activity(query)).value().size() == 1U);
}

// Goal: old minutes go with a purge while their hour stays; in the end that goes too.
BOOST_DATA_TEST_CASE(old_counts_are_purged, data::make(kinds()), kind)
{
    using namespace std::chrono_literals;
    StoreFixture lab{kind};
    lab.run(lab.store->append(accepted_at(lab, "a", noon, lab.ids.make<SubscriptionId>()))).value();
    const auto purge_at = [&](Timestamp now) {
        RetentionPlan plan;
        plan.standard = {1'000'000h, 1'000'000h, 1'000'000h, 1'000'000h};
        while (lab.run(lab.store->purge(plan, now, 100)).value() > 0) {}
    };
    purge_at(noon + 47h);
    BOOST_TEST(ask(lab, default_tenant(), 60s).size() == 1U);
    purge_at(noon + 49h);
    BOOST_TEST(ask(lab, default_tenant(), 60s).empty());
    BOOST_TEST(ask(lab, default_tenant(), 3'600s).size() == 1U);
    purge_at(noon + std::chrono::days{91});
    BOOST_TEST(ask(lab, default_tenant(), 3'600s).empty());
}

BOOST_AUTO_TEST_SUITE_END()
