// Dispatching as people steer it through the API: filters, pauses, limits, replays, and what the
// hub says about itself.
#include <katydid/hub.hpp>

#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <map>
#include <mutex>
#include <set>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;

/// An endpoint subscription of the inbox.
std::string subscription_body(const std::string& name, const std::string& url,
                              const std::string& more = {})
{
    return R"({"name":")" + name + R"(","event_types":["order.*"],"handler":{"url":")" + url
           + R"("},"retry":{"delays":["1ms"]})" + more + "}";
}

std::string event_body(const std::string& type, const std::string& data)
{
    return R"({"type":")" + type + R"(","data":)" + data + "}";
}

std::function<bool(const json::value&)> count_is(std::size_t count)
{
    return [count](const json::value& list) { return list.at("data").as_array().size() == count; };
}

/// Of /v1/stats.
std::function<bool(const json::value&)> delivery_count_is(std::string state, int count)
{
    return [state, count](const json::value& stats) {
        return stats.at("deliveries").at(state).to_number<int>() == count;
    };
}

std::function<bool(const json::value&)> status_is(std::string status)
{
    return [status](const json::value& object) { return text(object, "status") == status; };
}

/// Counts how many of it run at the same time, on whichever loop.
class Busy {
public:
    awaitable<Outcome> work(milliseconds time)
    {
        most = std::max(most.load(), ++now);
        const auto executor = co_await asio::this_coro::executor;
        asio::steady_timer timer{executor, time};
        co_await timer.async_wait(use_tuple);
        --now;
        ++done;
        co_return Outcome::delivered();
    }
    std::atomic<int> now = 0;
    std::atomic<int> most = 0;
    std::atomic<int> done = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatch_served)

// Goal: a filter decides who gets an event; a bad one is refused with the pointer; a PATCH counts
// for the next event.
BOOST_AUTO_TEST_CASE(filters)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        auto refused = co_await person.manage_as(
            422, "POST", "/v1/subscriptions",
            subscription_body("bad", inbox.url(), R"(,"filter":{"payload":{"a":{"$like":1}}})"));
        BOOST_TEST(text(refused.at("errors").at(0), "pointer") == "/filter/payload/a/$like");
        const auto made = co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            subscription_body("paid", inbox.url(), R"(,"filter":{"payload":{"paid":true}})"));
        auto answer = co_await person.manage_as(202, "POST", "/v1/events",
                                                event_body("order.new", R"({"paid":false})"));
        BOOST_TEST(answer.at("deliveries").to_number<int>() == 0);
        answer = co_await person.manage_as(202, "POST", "/v1/events",
                                           event_body("order.new", R"({"paid":true})"));
        BOOST_TEST(answer.at("deliveries").to_number<int>() == 1);
        const auto first = co_await inbox.next();
        BOOST_TEST(first.body == R"({"paid":true})");
        const auto path = "/v1/subscriptions/" + text(made, "id");
        co_await person.manage_as(200, "PATCH", path, R"({"filter":null})");
        answer = co_await person.manage_as(202, "POST", "/v1/events",
                                           event_body("order.new", R"({"paid":false})"));
        BOOST_TEST(answer.at("deliveries").to_number<int>() == 1);
        const auto second = co_await inbox.next();
        BOOST_TEST(second.body == R"({"paid":false})");
        co_await inbox.close();
    });
}

// Goal: paused work accumulates and goes on when resumed; deleted, what waits is cancelled.
BOOST_AUTO_TEST_CASE(pause_resume_delete)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                                    subscription_body("a", inbox.url()));
        const auto path = "/v1/subscriptions/" + text(made, "id");
        co_await person.manage_as(200, "POST", path + "/pause");
        for (int i = 0; i < 3; ++i)
            co_await person.manage_as(202, "POST", "/v1/events", event_body("order.new", "1"));
        auto pending = co_await person.manage_as(200, "GET", "/v1/deliveries?state=pending");
        BOOST_TEST(pending.at("data").as_array().size() == 3U);
        const auto shown = co_await person.manage_as(200, "GET", path);
        BOOST_TEST(text(shown, "status") == "paused");
        BOOST_TEST(shown.at("state").at("in_flight").to_number<int>() == 0);
        co_await person.manage_as(200, "POST", path + "/resume");
        for (int i = 0; i < 3; ++i) co_await inbox.next();
        co_await person.wait_for("/v1/deliveries?state=delivered", count_is(3));
        co_await person.manage_as(200, "POST", path + "/pause");
        co_await person.manage_as(202, "POST", "/v1/events", event_body("order.new", "2"));
        co_await person.manage_as(204, "DELETE", path);
        co_await person.manage_as(404, "GET", path);
        const auto gone = co_await person.wait_for("/v1/deliveries?state=cancelled", count_is(1));
        BOOST_TEST(text(gone.at("data").at(0), "reason") == "the subscription was deleted");
        co_await inbox.close();
    });
}

// Goal: a replay job delivers again what it was asked for, with the same ids, and says when it is
// done; a single delivery and an event can be sent again too.
BOOST_AUTO_TEST_CASE(replays)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                                    subscription_body("a", inbox.url()));
        std::set<std::string> ids;
        for (int i = 0; i < 5; ++i) {
            const auto event = co_await person.manage_as(202, "POST", "/v1/events",
                                                         event_body("order.new", "1"));
            ids.insert(text(event, "id"));
        }
        for (int i = 0; i < 5; ++i) co_await inbox.next();
        auto all = co_await person.wait_for("/v1/deliveries?state=delivered", count_is(5));
        const auto job = co_await person.manage_as(
            202, "POST", "/v1/subscriptions/" + text(made, "id") + "/replay",
            R"({"states":["delivered"]})");
        std::set<std::string> again;
        for (int i = 0; i < 5; ++i) {
            const auto request = co_await inbox.next();
            again.insert(std::string{request.header("webhook-id")});
        }
        BOOST_TEST((again == ids));
        const auto path = "/v1/replay-jobs/" + text(job, "id");
        const auto done = co_await person.wait_for(path, status_is("completed"));
        for (const auto* count : {"total", "made_due", "done", "delivered"})
            BOOST_TEST(done.at(count).to_number<int>() == 5, count);
        co_await person.manage_as(409, "POST", path + "/pause");
        co_await person.wait_for("/v1/deliveries?state=delivered", count_is(5));
        const auto one = text(all.at("data").at(0), "id");
        const auto retry = "/v1/deliveries/" + one + "/retry";
        co_await person.manage_as(409, "POST", retry);
        co_await person.manage_as(409, "POST", retry, R"({"force":false})");
        co_await person.manage_as(422, "POST", retry, R"({"force":"yes"})");
        co_await person.manage_as(202, "POST", retry, R"({"force":true})");
        co_await inbox.next();
        const auto event = co_await person.manage_as(202, "POST",
                                                     "/v1/events/" + *ids.begin() + "/replay");
        BOOST_TEST(event.at("deliveries").as_array().size() == 1U);
        const auto last = co_await inbox.next();
        BOOST_TEST(last.header("webhook-id") == *ids.begin());
        co_await person.manage_as(422, "POST", "/v1/deliveries/retry", "{}");
        const auto second = co_await person.manage_as(202, "POST", "/v1/deliveries/retry",
                                                      R"({"states":["dead"]})");
        const std::string list = "/v1/replay-jobs?limit=1";
        auto page = co_await person.manage_as(200, "GET", list);
        BOOST_TEST(text(page.at("data").at(0), "id") == text(second, "id"));
        page = co_await person.manage_as(200, "GET", list + "&cursor=" + text(page, "cursor"));
        BOOST_TEST(text(page.at("data").at(0), "id") == text(job, "id"));
        co_await inbox.close();
    });
}

// Goal: 2,000 events of one batch, to a handler that takes at most 200 a second: no more is due
// than it takes in about two seconds; paused the job stops within seconds, and cancelled it takes
// back what waits.
BOOST_AUTO_TEST_CASE(a_replay_of_one_batch_is_paced)
{
    const Folder folder;
    Hub hub{settings_in(folder)};
    Limits limits;
    limits.in_flight = 1;
    std::atomic<bool> fixed = false;
    Busy busy;
    hub.on({"slow", {}, {"order.*"}, limits, {}, 2s}, [&](const Event&) -> awaitable<Outcome> {
        if (!fixed) co_return Outcome::dead("broken");
        auto outcome = co_await busy.work(5ms);
        co_return outcome;
    });
    run_with_hub(hub, [&](ApiClient person) -> awaitable<> {
        std::string batch;
        for (int i = 0; i < 1'000; ++i)
            batch += (i == 0 ? "[" : ",") + event_body("order.new", "1");
        batch += "]";
        for (int part = 0; part < 2; ++part)
            co_await person.manage_as(202, "POST", "/v1/events", batch);
        co_await person.wait_for("/v1/stats", delivery_count_is("dead", 2'000));
        fixed = true;
        const auto job = co_await person.manage_as(202, "POST", "/v1/deliveries/retry",
                                                   R"({"states":["dead"]})");
        const auto path = "/v1/replay-jobs/" + text(job, "id");
        const auto made_due_over = [](int count) {
            return [count](const json::value& each) {
                return each.at("made_due").to_number<int>() > count;
            };
        };
        co_await person.wait_for(path, made_due_over(100));
        const auto paused = co_await person.manage_as(200, "POST", path + "/pause");
        BOOST_TEST(paused.at("total").to_number<int>() == 2'000);
        const auto made_due = paused.at("made_due").to_number<int>();
        BOOST_TEST(made_due < 1'000);
        auto stats = co_await person.wait_for("/v1/stats", delivery_count_is("pending", 0));
        BOOST_TEST(stats.at("deliveries").at("delivered").to_number<int>() == made_due);
        co_await person.manage_as(200, "POST", path + "/resume");
        co_await person.wait_for(path, made_due_over(made_due));
        co_await person.manage_as(200, "POST", path + "/cancel");
        stats = co_await person.wait_for("/v1/stats", delivery_count_is("pending", 0));
        const auto over = co_await person.wait_for(path, [](const json::value& each) {
            return each.at("made_due") == each.at("delivered");
        });
        BOOST_TEST(text(over, "status") == "cancelled");
        const auto delivered = stats.at("deliveries").at("delivered").to_number<int>();
        BOOST_TEST(over.at("delivered").to_number<int>() == delivered);
        BOOST_TEST(stats.at("deliveries").at("dead").to_number<int>() == 2'000 - delivered);
        BOOST_TEST(delivered < 1'500);
    });
}

// Goal: a delivery that is given up raises katydid.delivery.dead for those who listen, and one of
// an operational event raises none.
BOOST_AUTO_TEST_CASE(operational_events)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.log_level = log::Level::error;
    Hub hub{settings};
    std::mutex mutex;
    std::vector<std::string> heard;
    hub.on({"orders", {}, {"*"}, {}, {}, 2s},
           [](const Event&) -> awaitable<Outcome> { co_return Outcome::dead("never"); });
    hub.on({"watch", {}, {"katydid.*"}, {}, {}, 2s}, [&](const Event& event) -> awaitable<Outcome> {
        const std::scoped_lock lock{mutex};
        heard.push_back(event.type + " " + *event.payload);
        co_return Outcome::dead("this must not feed itself");
    });
    run_with_hub(hub, [&](ApiClient person) -> awaitable<> {
        co_await person.manage_as(202, "POST", "/v1/events", event_body("order.new", "1"));
        const auto dead = co_await person.wait_for("/v1/deliveries?state=dead", count_is(2));
        const auto events = co_await person.manage_as(200, "GET", "/v1/events");
        BOOST_TEST(events.at("data").as_array().size() == 2U);
    });
    BOOST_REQUIRE(heard.size() == 1U);
    BOOST_TEST(heard[0].starts_with("katydid.delivery.dead "));
    const auto data = json::parse(heard[0].substr(heard[0].find(' ')));
    BOOST_TEST(text(data.at("subscription"), "name") == "orders");
    BOOST_TEST(text(data.at("event"), "type") == "order.new");
    BOOST_TEST(text(data, "reason") == "never");
}

// Goal: the hub's limit changes while it runs, stays over a restart and goes back to the setting.
BOOST_AUTO_TEST_CASE(hub_limit_at_run_time)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.in_flight_max = 8;
    settings.loops = 1;  // the least limit is one for each loop
    Busy busy;
    const HandlerOptions slow{"slow", {}, {"order.*"}, {}, {}, 5s};
    const auto burst = [](ApiClient person, std::size_t total) -> awaitable<> {
        for (int i = 0; i < 16; ++i)
            co_await person.manage_as(202, "POST", "/v1/events", event_body("order.new", "1"));
        co_await person.wait_for("/v1/deliveries?state=delivered&limit=250", count_is(total));
    };
    const auto work = [&](const Event&) { return busy.work(20ms); };
    {
        Hub hub{settings};
        hub.on(slow, work);
        run_with_hub(hub, [&](ApiClient person) -> awaitable<> {
            co_await person.manage_as(422, "PATCH", "/v1/limits", R"({"in_flight":0})");
            const auto changed = co_await person.manage_as(200, "PATCH", "/v1/limits",
                                                           R"({"in_flight":2})");
            BOOST_TEST(changed.at("tenant_in_flight").to_number<int>() == 8);
            co_await burst(person, 16);
        });
        BOOST_TEST(busy.most == 2);
    }
    Hub again{settings};
    again.on(slow, work);
    run_with_hub(again, [&](ApiClient person) -> awaitable<> {
        co_await burst(person, 32);
        BOOST_TEST(busy.most == 2);
        const auto back = co_await person.manage_as(200, "PATCH", "/v1/limits",
                                                    R"({"in_flight":null})");
        BOOST_TEST(back.at("in_flight").to_number<int>() == 8);
        const auto shown = co_await person.manage_as(200, "GET", "/v1/limits");
        BOOST_TEST(shown.at("in_flight").to_number<int>() == 8);
    });
}

// Goal: a handler in the program may filter too; a filter that cannot work is refused at once.
BOOST_AUTO_TEST_CASE(filter_of_a_handler)
{
    const Folder folder;
    Hub hub{settings_in(folder)};
    std::string got;
    HandlerOptions options{"large", {}, {"order.*"}, {}, {}, 2s, R"({"payload":{"n":{"$gt":5}}})"};
    hub.on(options, [&](const Event& event) -> awaitable<Outcome> {
        got = *event.payload;
        co_return Outcome::delivered();
    });
    options.filter = R"({"payload":{"n":{"$more":5}}})";
    BOOST_CHECK_EXCEPTION(hub.on(options, nullptr), Failure, [](const Failure& failure) {
        return std::string_view{failure.what()}.find("/payload/n/$more") != std::string_view::npos;
    });
    run_with_hub(hub, [&](ApiClient person) -> awaitable<> {
        for (const auto* data : {R"({"n":4})", R"({"n":6})", R"({"n":5})"})
            co_await person.manage_as(202, "POST", "/v1/events", event_body("order.new", data));
        co_await person.wait_for("/v1/deliveries?state=delivered", count_is(1));
    });
    BOOST_TEST(got == R"({"n":6})");
}

// Goal: on several loops each subscription keeps its own limit, the hub keeps its, and everything
// arrives.
BOOST_AUTO_TEST_CASE(limits_over_several_loops)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.loops = 3;
    settings.in_flight_max = 6;
    Hub hub{settings};
    constexpr int names = 6;
    constexpr int count = 20;
    Busy together;
    std::map<std::string, Busy> each;
    for (int i = 0; i < names; ++i) {
        const auto name = "s" + std::to_string(i);
        auto& own = each[name];
        Limits limits;
        limits.in_flight = 2;
        hub.on({name, {}, {"order.*"}, limits, {}, 5s},
               [&own, &together](const Event&) -> awaitable<Outcome> {
                   together.most = std::max(together.most.load(), ++together.now);
                   auto outcome = co_await own.work(2ms);
                   --together.now;
                   co_return outcome;
               });
    }
    run_with_hub(hub, [&](ApiClient person) -> awaitable<> {
        for (int i = 0; i < count; ++i)
            co_await person.manage_as(202, "POST", "/v1/events", event_body("order.new", "1"));
        co_await person.wait_for("/v1/deliveries?state=delivered&limit=250",
                                 count_is(std::size_t{names} * count));
    });
    BOOST_TEST(together.most <= 6);
    for (const auto& [name, busy] : each) {
        BOOST_TEST(busy.done == count, name);
        BOOST_TEST(busy.most <= 2, name);
    }
    settings.in_flight_max = 2;  // less than one for each loop
    Hub too_small{settings};
    BOOST_CHECK_THROW(run_with_hub(too_small, [](ApiClient) -> awaitable<> { co_return; }),
                      Failure);
}

BOOST_AUTO_TEST_SUITE_END()
