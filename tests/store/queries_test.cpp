#include "tests/store/stores.hpp"

#include <algorithm>
#include <set>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
namespace data = boost::unit_test::data;

namespace {

std::vector<std::string> names_of(const std::vector<EventRow>& rows)
{
    std::vector<std::string> names;
    for (const auto& row : rows) names.push_back(row.event.external_id);
    return names;
}

using Names = std::vector<std::string>;

/// Ten events, an hour apart: e0 … e9.
void fill(StoreFixture& lab)
{
    for (int i = 0; i < 10; ++i) {
        auto event = lab.make_event("e" + std::to_string(i),
                                    std::string(static_cast<std::size_t>(i), 'x'));
        event->type = i % 2 == 0   ? "resource.updated"
                      : i % 3 == 0 ? "resource.created"
                                   : "order.paid";
        event->source = i < 5 ? "atlvs" : "stripe";
        event->subject = i % 4 == 0 ? "member-4" : "";
        lab.run(lab.store->append({event, {}})).value();
        lab.clock.advance(std::chrono::hours{1});
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_queries)

// Goal: each filter of the event list picks what it says, newest first, without payloads.
BOOST_DATA_TEST_CASE(event_filters, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto start = lab.clock.now();
    fill(lab);
    const auto list = [&](EventQuery query) {
        return names_of(lab.run(lab.store->events(std::move(query))).value());
    };
    BOOST_TEST((list({}) == Names{"e9", "e8", "e7", "e6", "e5", "e4", "e3", "e2", "e1", "e0"}));
    BOOST_TEST((list({.type = "order.paid"}) == Names{"e7", "e5", "e1"}));
    BOOST_TEST((list({.type = "resource.*"}) == Names{"e9", "e8", "e6", "e4", "e3", "e2", "e0"}));
    BOOST_TEST((list({.type = "no.such"}) == Names{}));
    BOOST_TEST((list({.type = "*", .source = "atlvs"}) == Names{"e4", "e3", "e2", "e1", "e0"}));
    BOOST_TEST((list({.type = "resource.created", .source = "stripe"}) == Names{"e9"}));
    BOOST_TEST((list({.subject = "member-4"}) == Names{"e8", "e4", "e0"}));
    BOOST_TEST((list({.external_id = "e7"}) == Names{"e7"}));
    BOOST_TEST((list({.source = "atlvs", .external_id = "e7"}) == Names{}));
    BOOST_TEST((list({.since = start + std::chrono::hours{8}}) == Names{"e9", "e8"}));
    BOOST_TEST((list({.until = start + std::chrono::hours{2}}) == Names{"e1", "e0"}));
    EventQuery between;
    between.type = "resource.updated";
    between.since = start + std::chrono::hours{2};
    between.until = start + std::chrono::hours{8};
    between.ascending = true;
    BOOST_TEST((list(between) == Names{"e2", "e4", "e6"}));
    const auto rows = lab.run(lab.store->events({.external_id = "e7"})).value();
    BOOST_TEST(rows.at(0).payload_bytes == 7U);
    BOOST_TEST(!rows.at(0).event.payload);
    EventQuery foreign;
    foreign.tenant = lab.ids.make<TenantId>();
    BOOST_TEST(list(foreign).empty());
}

// Goal: types and sources cross in every way: pages of one prefix, of one source, of both, join
// without gap or repetition however the kinds lie among each other.
BOOST_DATA_TEST_CASE(kinds_are_merged, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    Names orders, of_b;
    for (int i = 0; i < 90; ++i) {
        auto event = lab.make_event("e" + std::to_string(i));
        event->type = (i % 3 == 0 ? "order.t" : "ordered.t") + std::to_string(i % 7);
        event->source = i % 5 == 0 ? "b" : "a";
        if (i % 3 == 0) orders.push_back(event->external_id);
        if (i % 3 == 0 && i % 5 == 0) of_b.push_back(event->external_id);
        lab.run(lab.store->append({event, {}})).value();
    }
    const auto walk = [&](EventQuery query) {
        Names names;
        query.limit = 4;
        while (true) {
            const auto rows = lab.run(lab.store->events(query)).value();
            if (rows.empty()) return names;
            for (const auto& row : rows) names.push_back(row.event.external_id);
            query.cursor = rows.back().event.id;
        }
    };
    BOOST_TEST((walk({.type = "order.*", .ascending = true}) == orders));
    BOOST_TEST((walk({.type = "order.*", .source = "b", .ascending = true}) == of_b));
    BOOST_TEST(walk({.source = "a"}).size() == 72U);
    std::reverse(orders.begin(), orders.end());
    std::reverse(of_b.begin(), of_b.end());
    BOOST_TEST((walk({.type = "order.*"}) == orders));
    BOOST_TEST((walk({.type = "order.*", .source = "b"}) == of_b));
    BOOST_TEST(walk({.type = "order.*", .source = "c"}).empty());
}

// Goal: after a clock was set back by an hour, and after a restart, times still find what came
// then, on both sides.
BOOST_DATA_TEST_CASE(clock_was_set_back, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto start = lab.clock.now();
    for (const int minutes : {0, 60, 61, 2, 3, 62}) {
        auto event = lab.make_event("m" + std::to_string(minutes));
        event->received_at = start + std::chrono::minutes{minutes};
        lab.run(lab.store->append({event, {}})).value();
    }
    lab.restart();
    EventQuery early;
    early.until = start + std::chrono::minutes{30};
    BOOST_TEST((names_of(lab.run(lab.store->events(early)).value()) == Names{"m3", "m2", "m0"}));
    EventQuery late;
    late.since = start + std::chrono::minutes{30};
    BOOST_TEST((names_of(lab.run(lab.store->events(late)).value()) == Names{"m62", "m61", "m60"}));
}

// Goal: pages join without gap or repetition in both directions, also while events arrive.
BOOST_DATA_TEST_CASE(event_pages, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    fill(lab);
    for (const bool ascending : {false, true}) {
        Names all;
        EventQuery query;
        query.ascending = ascending;
        query.limit = 3;
        for (int page = 0; page < 4; ++page) {
            const auto rows = lab.run(lab.store->events(query)).value();
            if (rows.empty()) break;
            for (const auto& name : names_of(rows)) all.push_back(name);
            query.cursor = rows.back().event.id;
        }
        auto expected = names_of(lab.run(lab.store->events({.ascending = ascending})).value());
        BOOST_TEST(all == expected, boost::test_tools::per_element());
    }
}

// Goal: an unknown event, and another tenant's, are the same "not found".
BOOST_DATA_TEST_CASE(not_found, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    const auto event = lab.append("msg_1", {subscription}).event;
    const auto delivery = lab.recorder.take_works().at(0).delivery.id;
    const auto stranger = lab.ids.make<TenantId>();
    BOOST_TEST((lab.run(lab.store->event(stranger, event)).error() == errc::not_found));
    BOOST_TEST((lab.run(lab.store->event(default_tenant(), lab.ids.make<EventId>())).error()
                == errc::not_found));
    BOOST_TEST((lab.run(lab.store->delivery(stranger, delivery)).error() == errc::not_found));
    BOOST_TEST((lab.run(lab.store->attempts(stranger, delivery)).error() == errc::not_found));
    BOOST_TEST((lab.run(lab.store->delivery(default_tenant(), lab.ids.make<DeliveryId>())).error()
                == errc::not_found));
}

// Goal: deliveries are found by state, subscription, event, time and the last answer's status.
BOOST_DATA_TEST_CASE(delivery_filters, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto one = lab.ids.make<SubscriptionId>();
    const auto two = lab.ids.make<SubscriptionId>();
    const auto start = lab.clock.now();
    std::vector<EventId> events;
    for (int i = 0; i < 4; ++i) {
        events.push_back(lab.append("e" + std::to_string(i), {one, two}).event);
        lab.clock.advance(std::chrono::hours{1});
    }
    const auto works = lab.recorder.take_works();  // e0/one, e0/two, e1/one, …
    lab.settle(works[0], DeliveryState::delivered);
    lab.settle(works[1], DeliveryState::dead, 410);
    auto retry = lab.make_settlement(works[2], DeliveryState::scheduled, 503);
    retry.lane = Lane::retry;
    retry.due_at = lab.clock.now();
    lab.run(lab.store->settle({retry})).value();

    const auto list = [&](DeliveryQuery query) {
        std::vector<std::size_t> found;
        for (const auto& delivery : lab.run(lab.store->deliveries(std::move(query))).value())
            for (std::size_t i = 0; i < works.size(); ++i)
                if (works[i].delivery.id == delivery.id) found.push_back(i);
        return found;
    };
    using Found = std::vector<std::size_t>;
    using enum DeliveryState;
    BOOST_TEST((list({}) == Found{7, 6, 5, 4, 3, 2, 1, 0}));
    BOOST_TEST((list({.states = {delivered}}) == Found{0}));
    BOOST_TEST((list({.states = {dead, cancelled}}) == Found{1}));
    BOOST_TEST((list({.states = {pending, scheduled, dead}}) == Found{7, 6, 5, 4, 3, 2, 1}));
    BOOST_TEST((list({.states = {scheduled}}) == Found{2}));
    BOOST_TEST((list({.states = {in_flight}}) == Found{}));
    BOOST_TEST((list({.subscription = two}) == Found{7, 5, 3, 1}));
    BOOST_TEST((list({.states = {pending, dead}, .subscription = two}) == Found{7, 5, 3, 1}));
    BOOST_TEST((list({.states = {pending, scheduled}, .subscription = one}) == Found{6, 4, 2}));
    BOOST_TEST((list({.event = events[1]}) == Found{3, 2}));
    BOOST_TEST((list({.states = {scheduled}, .event = events[1]}) == Found{2}));
    BOOST_TEST((list({.status = 410}) == Found{1}));
    BOOST_TEST((list({.status = 200}) == Found{0}));
    BOOST_TEST((list({.states = {dead}, .subscription = one, .status = 410}) == Found{}));
    BOOST_TEST((list({.since = start + std::chrono::hours{3}}) == Found{7, 6}));
    BOOST_TEST((list({.until = start + std::chrono::hours{1}, .ascending = true}) == Found{0, 1}));
    DeliveryQuery page;
    page.states = {pending, scheduled, dead};
    page.limit = 3;
    page.cursor = works[5].delivery.id;
    BOOST_TEST((list(page) == Found{4, 3, 2}));
    page.ascending = true;
    BOOST_TEST((list(page) == Found{6, 7}));
    page.subscription = lab.ids.make<SubscriptionId>();
    BOOST_TEST(list(page).empty());
}

// Goal: a walk over a big backlog meets each delivery once, whichever way. Regression: with SQLite
// each page of one subscription read and sorted all that waits for it.
BOOST_DATA_TEST_CASE(big_backlogs_page, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto one = lab.ids.make<SubscriptionId>();
    const auto two = lab.ids.make<SubscriptionId>();
    std::vector<store::Append> appends;
    for (int i = 0; i < 1'100; ++i) {
        std::vector<SubscriptionId> recipients{one};
        if (i % 100 == 0) recipients.push_back(two);
        appends.push_back(lab.make_append("e" + std::to_string(i), std::move(recipients)));
    }
    lab.run(lab.store->append_all(std::move(appends))).value();
    const auto walk = [&](SubscriptionId subscription, bool ascending) {
        std::vector<DeliveryId> found;
        DeliveryQuery query;
        query.states = {DeliveryState::pending, DeliveryState::scheduled};
        query.subscription = subscription;
        query.ascending = ascending;
        query.limit = 250;
        for (;;) {
            const auto page = lab.run(lab.store->deliveries(query)).value();
            for (const auto& delivery : page) {
                BOOST_TEST((delivery.subscription == subscription));
                found.push_back(delivery.id);
            }
            if (page.size() < query.limit) return found;
            query.cursor = page.back().id;
        }
    };
    auto all = walk(one, true);
    BOOST_TEST(all.size() == 1'100U);
    BOOST_TEST((std::set<DeliveryId>{all.begin(), all.end()}.size() == all.size()));
    std::ranges::reverse(all);
    BOOST_TEST((walk(one, false) == all));
    BOOST_TEST(walk(two, true).size() == 11U);
}

// Goal: however long senders' words are, a list ends at some megabytes; its cursor leads on.
BOOST_DATA_TEST_CASE(long_rows_end_a_page, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const std::string long_text(600'000, 'x');
    for (int i = 0; i < 10; ++i) {
        auto event = lab.make_event("e" + std::to_string(i));
        event->headers = {{"x-long", long_text}};
        event->type = "a.b";
        lab.run(lab.store->append({event, {}})).value();
    }
    for (const auto& type : {std::optional<std::string>{}, std::optional<std::string>{"a.b"}}) {
        EventQuery query;
        query.type = type;
        query.ascending = true;
        const auto first = lab.run(lab.store->events(query)).value();
        BOOST_TEST((names_of(first) == Names{"e0", "e1", "e2", "e3", "e4", "e5", "e6"}));
        query.cursor = first.back().event.id;
        const auto rest = lab.run(lab.store->events(query)).value();
        BOOST_TEST((names_of(rest) == Names{"e7", "e8", "e9"}));
    }
}

BOOST_AUTO_TEST_SUITE_END()
