#include "hub/bridge/embeds/sales_history.hpp"

#include "tests/support/run_coroutine.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace katydid;
using namespace katydid::bridge;
using namespace katydid::test;

namespace {

/// A list of events. Nothing else is asked of it.
class Sales final : public store::Queries {
public:
    void add(EventId id, Timestamp received_at, std::string payload)
    {
        auto event = std::make_shared<Event>();
        event->id = id;
        event->source = "grasshopper";
        event->type = "ticket.sold";
        event->received_at = received_at;
        event->payload = std::make_shared<const std::string>(std::move(payload));
        events_[id] = std::move(event);
    }

    awaitable<result<std::vector<store::EventRow>>> events(store::EventQuery query) override
    {
        std::vector<store::EventRow> rows;
        for (const auto& [id, event] : events_)
            if (query.source == event->source && (!query.cursor || id > *query.cursor)
                && rows.size() < query.limit)
                rows.push_back({*event, 0});
        co_return rows;
    }
    awaitable<result<EventPtr>> event(TenantId, EventId id) override { co_return events_.at(id); }
    awaitable<result<std::vector<Delivery>>> deliveries(store::DeliveryQuery) override
    {
        co_return none();
    }
    awaitable<result<std::vector<DeliveryId>>> delivery_ids(store::DeliveryQuery) override
    {
        co_return none();
    }
    awaitable<result<std::vector<store::ReplayCount>>>
    replay_counts(TenantId, JobId, std::vector<DeliveryState>) override
    {
        co_return none();
    }
    awaitable<result<Delivery>> delivery(TenantId, DeliveryId) override { co_return none(); }
    awaitable<result<std::vector<Attempt>>> attempts(TenantId, DeliveryId) override
    {
        co_return none();
    }
    awaitable<result<store::Stats>> stats(std::optional<TenantId>) override { co_return none(); }
    awaitable<result<std::vector<store::ActivityBucket>>> activity(store::ActivityQuery) override
    {
        co_return none();
    }

private:
    static Error none() { return {errc::internal, "is not asked here"}; }
    std::map<EventId, EventPtr> events_;
};

EventId id_of(unsigned char number) { return EventId{IdBytes{number}}; }
constexpr const char* sale = R"({"id":1,"eventId":"e1","quantity":2})";

std::uint64_t tickets(const SalesHistory& history)
{
    std::uint64_t sum = 0;
    for (const auto& day : history.tally().days_of("e1")) sum += day.tickets;
    return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_sales_history)

// Goal: each sale counts once, however often the store is read while it is young and afterwards,
// and one that is committed after a later id counts too.
BOOST_AUTO_TEST_CASE(each_sale_counts_once)
{
    ManualClock clock;
    Sales sales;
    SalesHistory history{sales, clock};
    run_coroutine([&]() -> awaitable<void> {
        sales.add(id_of(2), clock.now(), sale);
        sales.add(id_of(4), clock.now(), sale);
        for (int turn = 0; turn < 8; ++turn) {
            const auto is_done = co_await history.catch_up();
            BOOST_TEST(is_done);
            BOOST_TEST(tickets(history) == 4U);
            clock.advance(std::chrono::seconds{1});
        }
        sales.add(id_of(8), clock.now(), sale);
        co_await history.catch_up();
        sales.add(id_of(6), clock.now(), sale);
        for (int turn = 0; turn < 8; ++turn) {
            co_await history.catch_up();
            BOOST_TEST(tickets(history) == 8U);
            clock.advance(std::chrono::seconds{1});
        }
    });
}

// Goal: a long history is read over several pages.
BOOST_AUTO_TEST_CASE(several_pages)
{
    ManualClock clock;
    Sales sales;
    SalesHistory history{sales, clock};
    for (unsigned number = 0; number < 600; ++number) {
        const auto high = static_cast<unsigned char>(number / 256);
        const auto low = static_cast<unsigned char>(number % 256);
        sales.add(EventId{IdBytes{1, high, low}}, clock.now(), sale);
    }
    clock.advance(std::chrono::seconds{10});
    run_coroutine([&]() -> awaitable<void> {
        const auto is_done = co_await history.catch_up();
        BOOST_TEST(is_done);
        BOOST_TEST(tickets(history) == 1'200U);
    });
}

BOOST_AUTO_TEST_SUITE_END()
