// What events may cost on their way in, and who gets them.
#include "hub/intake/intake.hpp"

#include "hub/core/subscription/subscription.hpp"
#include "hub/store/sqlite/sqlite_store.hpp"
#include "tests/support/run_coroutine.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>

#include <unistd.h>

using namespace katydid;
namespace json = boost::json;

namespace {

class Fixture {
public:
    Fixture() : store_{store::open_sqlite(options())} {}
    ~Fixture()
    {
        store_->close();
        std::filesystem::remove_all(folder_);
    }

    void run(std::function<awaitable<>()> body) { test::run_coroutine(loop_, std::move(body)); }

    SubscriptionPtr subscribe(std::string filter)
    {
        Subscription subscription;
        subscription.id = ids_.make<SubscriptionId>();
        subscription.event_types = {"*"};
        subscription.filter = std::move(filter);
        auto pointer = std::make_shared<const Subscription>(std::move(subscription));
        tables_.put_subscription(pointer, nullptr);
        return pointer;
    }

    /// All schemas count for the tenant.
    void enforce(std::string type, const json::value& schema)
    {
        registry::Tenant tenant;
        tenant.id = default_tenant();
        tenant.schema_mode = registry::SchemaMode::reject;
        tables_.put_tenant(std::make_shared<const registry::Tenant>(std::move(tenant)));
        registry::EventType made;
        made.tenant = default_tenant();
        made.name = std::move(type);
        std::vector<Fault> faults;
        made.schema = schema::JsonSchema::compile(schema, faults);
        BOOST_REQUIRE(made.schema);
        tables_.put_event_type(std::make_shared<const registry::EventType>(std::move(made)));
    }

    awaitable<std::size_t> stored_events()
    {
        const auto rows = co_await store_->events({});
        co_return rows.value().size();
    }

    [[nodiscard]] bool exposes(const std::string& line) const
    {
        return metrics_.expose().find(line + "\n") != std::string::npos;
    }

    intake::Intake& intake() { return intake_; }

private:
    store::SqliteOptions options()
    {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        store::SqliteOptions made;
        made.path = (folder_ / "test.db").string();
        return made;
    }

    std::filesystem::path folder_ = std::filesystem::temp_directory_path()
                                    / ("katydid-intake-" + std::to_string(::getpid()));
    asio::io_context loop_{1};
    ManualClock clock_;
    IdSource ids_{clock_, 1};
    observe::Metrics metrics_;
    std::unique_ptr<store::Store> store_;
    registry::Tables tables_;
    intake::Intake intake_{*store_, tables_, ids_, clock_, metrics_};
};

Event event_with(std::string payload)
{
    Event event;
    event.type = "order.paid";
    event.payload = std::make_shared<const std::string>(std::move(payload));
    return event;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(intake_budgets, Fixture)

// Goal: an event whose filter cannot be evaluated is stored and goes to the others, is counted, and
// does not go where it may not belong.
BOOST_AUTO_TEST_CASE(a_filter_that_takes_too_long_gets_nothing)
{
    subscribe("");
    subscribe(R"({"payload":{"$neq":"secret"}})");
    run([this]() -> awaitable<> {
        std::string list = "[0";
        for (int i = 0; i < 200'000; ++i) list += ",0";
        const auto appended = co_await intake().accept(event_with(list + "]"));
        BOOST_REQUIRE(appended.has_value());
        BOOST_TEST(appended->deliveries == 1U);
        BOOST_TEST(exposes("katydid_filters_cut_off_total 1"));
        const auto replayed = co_await intake().replay(default_tenant(), appended->event, {});
        BOOST_REQUIRE(replayed.has_value());
        BOOST_TEST(replayed->size() == 1U);
        BOOST_TEST(exposes("katydid_filters_cut_off_total 2"));
    });
}

// Goal: many events in one request have one budget for their filters: over it none is stored, so
// that the sender can send fewer.
BOOST_AUTO_TEST_CASE(filters_of_a_request_have_a_budget)
{
    for (int i = 0; i < 500; ++i)
        subscribe(R"({"payload":{"$or":[{"$gt":1},{"$gt":2},{"$gt":3},{"$gt":4},{"$gt":5}]}})");
    run([this]() -> awaitable<> {
        const auto batch = [](std::size_t count) {
            std::vector<Event> events;
            for (std::size_t i = 0; i < count; ++i)
                events.push_back(event_with("[0,0,0,0,0,0,0,0,0,0]"));
            return events;
        };
        const auto refused = co_await intake().accept_all(batch(1'000));
        BOOST_REQUIRE(!refused.has_value());
        BOOST_TEST((refused.error() == errc::too_large));
        const auto none = co_await stored_events();
        BOOST_TEST(none == 0U);
        const auto accepted = co_await intake().accept_all(batch(100));
        BOOST_REQUIRE(accepted.has_value());
        BOOST_TEST(accepted->size() == 100U);
        BOOST_TEST(exposes("katydid_filters_cut_off_total 0"));
    });
}

// Goal: checking many events against a schema has one budget too.
BOOST_AUTO_TEST_CASE(schemas_of_a_request_have_a_budget)
{
    json::array tests;
    for (int i = 0; i < 1'900; ++i) tests.push_back(json::object{{"type", "integer"}});
    enforce("order.paid", json::object{{"items", json::object{{"allOf", tests}}}});
    run([this]() -> awaitable<> {
        const auto batch = [](std::size_t count) {
            std::vector<Event> events;
            for (std::size_t i = 0; i < count; ++i)
                events.push_back(event_with("[1,2,3,4,5,6,7,8,9,10]"));
            return events;
        };
        const auto refused = co_await intake().accept_all(batch(1'000));
        BOOST_REQUIRE(!refused.has_value());
        BOOST_TEST((refused.error() == errc::too_large));
        const auto accepted = co_await intake().accept_all(batch(100));
        BOOST_TEST(accepted.has_value());
    });
}

BOOST_AUTO_TEST_SUITE_END()
