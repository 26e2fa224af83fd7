#include "tests/store/stores.hpp"

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(store_append)

// Goal: an event comes back byte for byte, with everything that was known about it.
BOOST_DATA_TEST_CASE(event_round_trip, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    auto event = lab.make_event("msg_1", std::string{"{\"a\":\0 1}\r\n", 11});
    event->subject = "member-7";
    event->key = "order-9";
    event->occurred_at = lab.clock.now() - milliseconds{1'234};
    event->headers = {{"X-Signature", "t=1,v1=ab"}, {"x-empty", ""}, {"X-Signature", "again"}};
    event->origin = Origin::received;
    event->type_unsigned = true;
    event->repeat_of = EventId{IdBytes{1, 2, 3}};
    event->traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const auto answer = lab.run(lab.store->append({event, {}})).value();
    BOOST_TEST((answer.event == event->id));
    BOOST_TEST(!answer.duplicate);
    BOOST_TEST(answer.deliveries == 0U);

    for (const bool after_restart : {false, true}) {
        if (after_restart) lab.restart();
        const auto found = lab.run(lab.store->event(default_tenant(), event->id)).value();
        BOOST_TEST(*found->payload == *event->payload);
        BOOST_TEST((found->id == event->id));
        BOOST_TEST(found->source == event->source);
        BOOST_TEST(found->type == event->type);
        BOOST_TEST(found->external_id == event->external_id);
        BOOST_TEST(found->subject == event->subject);
        BOOST_TEST(found->key == event->key);
        BOOST_TEST((found->occurred_at == event->occurred_at));
        BOOST_TEST((found->received_at == event->received_at));
        BOOST_TEST(found->content_type == event->content_type);
        BOOST_TEST((found->headers == event->headers));
        BOOST_TEST(found->traceparent == event->traceparent);
        BOOST_TEST((found->origin == event->origin && found->type_unsigned));
        BOOST_TEST((found->repeat_of == event->repeat_of));
    }
}

// Goal: payloads of every kind and size come back: empty, binary, large compressed and not.
BOOST_DATA_TEST_CASE(payload_sizes, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    std::mt19937_64 random{3};
    std::string noise(300'000, '\0');
    for (auto& byte : noise) byte = static_cast<char>(random());
    const std::vector<std::string> payloads{"", std::string(1, '\0'), std::string(4'096, 'x'),
                                            std::string(1'000'000, 'y'), noise};
    int number = 0;
    for (const auto& payload : payloads) {
        auto event = lab.make_event("msg_" + std::to_string(number++), payload);
        lab.run(lab.store->append({event, {}})).value();
        const auto found = lab.run(lab.store->event(default_tenant(), event->id)).value();
        BOOST_TEST((*found->payload == payload));
    }
}

// Goal: a second arrival answers with the first event's id, makes no delivery and says whether
// its bytes differ; also within one batch and after a restart.
BOOST_DATA_TEST_CASE(duplicates, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    std::vector<awaitable<result<Appended>>> calls;
    for (int i = 0; i < 3; ++i)
        calls.push_back(lab.store->append(lab.make_append("msg_1", {subscription})));
    const auto answers = lab.run_all(std::move(calls));
    const auto first = answers[0].value();
    BOOST_TEST(!first.duplicate);
    BOOST_TEST(first.deliveries == 1U);
    for (std::size_t i = 1; i < answers.size(); ++i) {
        BOOST_TEST(answers[i].value().duplicate);
        BOOST_TEST((answers[i].value().event == first.event));
        BOOST_TEST(answers[i].value().same_payload);
        BOOST_TEST(answers[i].value().deliveries == 0U);
    }
    BOOST_TEST(lab.recorder.take_works().size() == 1U);

    lab.restart();
    const Append other{lab.make_event("msg_1", "other bytes"), {{subscription, ""}}};
    const auto answer = lab.run(lab.store->append(other)).value();
    BOOST_TEST(answer.duplicate);
    BOOST_TEST(!answer.same_payload);
    BOOST_TEST((answer.event == first.event));
    BOOST_TEST(lab.run(lab.store->stats({})).value().events == 1U);
}

// Goal: the same external id of another source, another tenant, or a longer one that starts
// alike is another event.
BOOST_DATA_TEST_CASE(no_false_duplicates, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const std::string long_id(200, 'k');
    std::vector<std::shared_ptr<Event>> events{lab.make_event("m"), lab.make_event("m"),
                                               lab.make_event("m"), lab.make_event(long_id + "1"),
                                               lab.make_event(long_id + "2")};
    events[1]->source = "grasshopper";
    events[2]->tenant = lab.ids.make<TenantId>();
    for (const auto& event : events) {
        const auto answer = lab.run(lab.store->append({event, {}})).value();
        BOOST_TEST(!answer.duplicate);
    }
    const auto again = lab.run(lab.store->append({lab.make_event(long_id + "2"), {}})).value();
    BOOST_TEST((again.duplicate && again.event == events[4]->id));
}

// Goal: one event for many subscriptions is handed over whole, sharing one payload.
BOOST_DATA_TEST_CASE(fan_out, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    std::vector<SubscriptionId> subscriptions;
    for (int i = 0; i < 50; ++i) subscriptions.push_back(lab.ids.make<SubscriptionId>());
    const auto answer = lab.append("msg_1", subscriptions);
    BOOST_TEST(answer.deliveries == 50U);
    const auto works = lab.recorder.take_works();
    BOOST_REQUIRE(works.size() == 50U);
    for (std::size_t i = 0; i < works.size(); ++i) {
        BOOST_TEST((works[i].delivery.subscription == subscriptions[i]));
        BOOST_TEST((works[i].delivery.event == answer.event));
        BOOST_TEST((works[i].event == works[0].event));
        BOOST_TEST((works[i].delivery.lane == Lane::fresh));
        BOOST_TEST(works[i].delivery.attempts == 0U);
    }
}

// Goal: completions of one loop come in the order of the calls.
BOOST_DATA_TEST_CASE(order_of_completions, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    std::vector<int> order;
    const auto call = [&](int number) -> awaitable<> {
        auto append = lab.make_append("msg_" + std::to_string(number), {});
        const auto answer = co_await lab.store->append(std::move(append));
        BOOST_TEST(answer.has_value());
        order.push_back(number);
    };
    for (int i = 0; i < 500; ++i)
        asio::co_spawn(lab.loop, call(i), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
    lab.loop.run();
    BOOST_TEST(order.size() == 500U);
    BOOST_TEST(std::is_sorted(order.begin(), order.end()));
}

// Goal: a call after close is refused, close may be repeated, and what was queued is durable.
BOOST_DATA_TEST_CASE(close_finishes_the_queue, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    std::vector<awaitable<result<Appended>>> calls;
    for (int i = 0; i < 100; ++i)
        calls.push_back(lab.store->append(lab.make_append("msg_" + std::to_string(i), {})));
    std::vector<std::optional<result<Appended>>> answers(calls.size());
    for (std::size_t i = 0; i < calls.size(); ++i)
        asio::co_spawn(
            lab.loop, std::move(calls[i]),
            [&answers, i](std::exception_ptr, auto answer) { answers[i] = std::move(answer); });
    lab.loop.poll();
    lab.store->close();
    lab.store->close();
    lab.loop.run();
    for (const auto& answer : answers) BOOST_REQUIRE((answer && answer->has_value()));
    const auto late = lab.run(lab.store->append(lab.make_append("late", {})));
    BOOST_REQUIRE(late.has_error());
    BOOST_TEST((late.error() == errc::shutting_down));
    BOOST_TEST((lab.run(lab.store->stats({})).error() == errc::shutting_down));
    lab.restart();
    BOOST_TEST(lab.run(lab.store->stats({})).value().events == 100U);
}

// Goal: many events at once: answers in order, duplicates found against the store and within the
// call, and the deliveries handed over.
BOOST_DATA_TEST_CASE(append_all_in_order, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    const auto known = lab.make_event("known", "{}");
    lab.run(lab.store->append({known, {}})).value();
    std::vector<Append> appends;
    for (const char* id : {"a", "known", "b", "a"})
        appends.push_back(
            {lab.make_event(id, appends.size() == 3 ? "[]" : "{}"), {{subscription, ""}}});
    const auto first = appends.front().event->id;
    const auto answers = lab.run(lab.store->append_all(std::move(appends))).value();
    BOOST_REQUIRE(answers.size() == 4U);
    BOOST_TEST((!answers[0].duplicate && answers[0].event == first));
    BOOST_TEST((answers[1].duplicate && answers[1].same_payload));
    BOOST_TEST((answers[1].event == known->id));
    BOOST_TEST((!answers[2].duplicate && answers[2].deliveries == 1U));
    BOOST_TEST((answers[3].duplicate && !answers[3].same_payload && answers[3].event == first));
    BOOST_TEST(lab.recorder.take_works().size() == 2U);
    BOOST_TEST(lab.run(lab.store->stats(std::nullopt)).value().events == 3U);
    BOOST_TEST(lab.run(lab.store->append_all({})).value().empty());
}

// Goal: however many events come in one commit, each is kept as it is, in order, with its own
// deliveries.
BOOST_DATA_TEST_CASE(any_number_of_rows, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto one = lab.ids.make<SubscriptionId>();
    const auto other = lab.ids.make<SubscriptionId>();
    std::vector<EventPtr> sent;
    for (const std::size_t count : {1U, 7U, 8U, 33U, 75U}) {
        std::vector<Append> appends;
        for (std::size_t i = 0; i < count; ++i) {
            const auto id = "msg_" + std::to_string(sent.size());
            sent.push_back(lab.make_event(id, "{\"id\":\"" + id + "\"}"));
            appends.push_back({sent.back(), {{one, id}, {other, ""}}});
        }
        const auto answers = lab.run(lab.store->append_all(std::move(appends))).value();
        BOOST_TEST(answers.size() == count);
    }
    for (const auto& each : sent) {
        const auto stored = lab.run(lab.store->event(each->tenant, each->id)).value();
        BOOST_TEST(stored->external_id == each->external_id);
        BOOST_TEST(*stored->payload == *each->payload);
    }
    const auto works = lab.recorder.take_works();
    BOOST_TEST(works.size() == 2 * sent.size());
    for (const auto& work : works) {
        const auto kept = lab.delivery(work.delivery.id);
        BOOST_TEST((kept.event == work.event->id && kept.event == work.delivery.event));
        BOOST_TEST((kept.subscription == work.delivery.subscription));
        const auto key = kept.subscription == one ? work.event->external_id : "";
        BOOST_TEST(kept.order_key == key);
    }
    const auto listed = lab.run(lab.store->events({.ascending = true, .limit = 250})).value();
    BOOST_REQUIRE(listed.size() == sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i)
        BOOST_TEST(listed[i].event.external_id == sent[i]->external_id);
}

BOOST_AUTO_TEST_SUITE_END()
