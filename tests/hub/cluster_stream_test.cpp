// Consumers at several hubs of one PostgreSQL: none needs to know which hub owns what.
#include "hub/core/async/event.hpp"
#include "tests/hub/consumer_client.hpp"
#include "tests/hub/neighbour.hpp"

#include <boost/test/unit_test.hpp>

#include <list>
#include <map>
#include <set>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;

std::string consume_path(const std::string& stream, unsigned credit)
{
    return "/v1/subscriptions/" + stream + "/consume?credit=" + std::to_string(credit);
}

/// Makes a stream at the first hub and waits until all know it.
awaitable<std::string> make_stream_everywhere(std::vector<ApiClient> hubs, std::string name)
{
    auto made = co_await make_stream(hubs.front(), std::move(name));
    for (auto& hub : hubs) {
        const auto end = std::chrono::steady_clock::now() + 20s;
        unsigned status = 0;
        while (status != 200 && std::chrono::steady_clock::now() < end) {
            const auto reply = co_await hub.manage("GET", "/v1/subscriptions/" + made);
            status = reply.status;
        }
        BOOST_REQUIRE(status == 200U);
    }
    co_return made;
}

/// Waits at one hub until so many of a stream were delivered.
awaitable<> wait_for_delivered(ApiClient hub, std::string stream, std::size_t count)
{
    co_await wait_for_state(hub, std::move(stream), "delivered", count);
}

/// A consumer that acknowledges each delivery and counts it.
class Worker {
public:
    awaitable<> start(ApiClient hub, std::string path)
    {
        const auto executor = co_await asio::this_coro::executor;
        const auto status = co_await state_->consumer.connect(std::move(hub), std::move(path));
        BOOST_REQUIRE(status == 101U);
        asio::co_spawn(executor, run(state_), [state = state_](const std::exception_ptr& failure) {
            if (failure) BOOST_TEST_MESSAGE("a consumer ended: " << describe(failure));
            state->ended.set();
        });
    }
    awaitable<> stop()
    {
        co_await state_->consumer.close();
        co_await state_->ended.wait();
    }
    /// How often it got each delivery.
    [[nodiscard]] const std::map<std::string, unsigned>& got() const { return state_->got; }

private:
    struct State {
        ConsumerClient consumer;
        std::map<std::string, unsigned> got{};
        AsyncEvent ended{};
    };
    static awaitable<> run(std::shared_ptr<State> state)
    {
        while (true) {
            const auto frame = co_await state->consumer.next();
            if (frame.is_null()) co_return;
            if (text(frame, "type") != "delivery") continue;
            ++state->got[text(frame, "delivery")];
            co_await state->consumer.ack(text(frame, "delivery"));
        }
    }

    std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_cluster_stream)

// Goal: consumers at each of three hubs share one subscription, at any owner: each gets its part
// and nothing comes twice.
BOOST_AUTO_TEST_CASE(consumers_at_every_hub_share)
{
    run_with_hubs(3, [](std::vector<ApiClient> hubs) -> awaitable<> {
        const auto stream = co_await make_stream_everywhere(hubs, "work");
        std::list<Worker> workers;
        for (auto& hub : hubs) co_await workers.emplace_back().start(hub, consume_path(stream, 1));
        for (int i = 0; i < 30; ++i)
            co_await publish(hubs[static_cast<std::size_t>(i) % 3], std::to_string(i));
        co_await wait_for_delivered(hubs[1], stream, 30);
        std::map<std::string, unsigned> got;
        for (auto& worker : workers) {
            co_await worker.stop();
            BOOST_TEST(!worker.got().empty());
            for (const auto& [delivery, times] : worker.got()) got[delivery] += times;
        }
        BOOST_TEST(got.size() == 30U);
        for (const auto& [delivery, times] : got) BOOST_TEST(times == 1U);
    });
}

// Goal: what is taken by a poll at one hub is acknowledged at another, the bytes are the same, and
// the owner's limit holds for all of them together.
BOOST_AUTO_TEST_CASE(polls_and_acks_at_any_hub)
{
    run_with_hubs(2, [](std::vector<ApiClient> hubs) -> awaitable<> {
        const auto stream = co_await make_stream_everywhere(hubs, "work");
        const auto path = "/v1/subscriptions/" + stream;
        for (std::size_t i = 0; i < 2; ++i) {
            const auto data = R"("\u00e9 )" + std::to_string(i) + R"(")";
            co_await publish(hubs[i], data);
            const auto polled = co_await hubs[i].manage_as(200, "POST", path + "/poll",
                                                           R"({"max":10,"wait":"20s"})");
            const auto& deliveries = polled.at("deliveries").as_array();
            BOOST_REQUIRE(deliveries.size() == 1U);
            const auto body = R"({"acks":[{"delivery":")" + text(deliveries[0], "delivery")
                              + R"("}]})";
            const auto answered = co_await hubs[1 - i].manage_as(200, "POST", path + "/ack", body);
            BOOST_TEST(answered.at("acked") == 1);
            const auto again = co_await hubs[i].manage_as(200, "POST", path + "/ack", body);
            BOOST_TEST(again.at("acked") == 0);
        }
        co_await wait_for_delivered(hubs[0], stream, 2);
    });
}

// Goal: wherever the subscriptions go when a hub comes or goes, consumers that stay connected get
// every event, and what they held is theirs again.
BOOST_AUTO_TEST_CASE(sessions_follow_their_subscriptions)
{
    const auto store = make_shared_store();
    const Folder first;
    const Folder second;
    const auto beside = settings_on(store, second);
    run_with_hub(settings_on(store, first), [&](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        constexpr std::size_t streams = 6;
        std::list<Worker> workers;
        std::vector<std::string> ids;
        for (std::size_t i = 0; i < streams; ++i) {
            auto id = co_await make_stream(person, "work-" + std::to_string(i));
            co_await workers.emplace_back().start(person, consume_path(id, 4));
            ids.push_back(std::move(id));
        }
        co_await publish(person, "1");
        for (const auto& id : ids) co_await wait_for_delivered(person, id, 1);
        {
            Neighbour neighbour{executor, beside};
            auto there = co_await neighbour.start();
            co_await neighbour.wait_for_metric("katydid_hubs 2");
            co_await publish(there, "2");
            for (const auto& id : ids) co_await wait_for_delivered(person, id, 2);
            co_await neighbour.stop();
        }
        co_await publish(person, "3");
        for (const auto& id : ids) co_await wait_for_delivered(person, id, 3);
        for (auto& worker : workers) {
            co_await worker.stop();
            BOOST_TEST(worker.got().size() == 3U);
        }
    });
}

// Goal: a subscription that is deleted at one hub ends the sessions at the others.
BOOST_AUTO_TEST_CASE(deleted_at_one_hub_ends_at_all)
{
    run_with_hubs(2, [](std::vector<ApiClient> hubs) -> awaitable<> {
        const auto stream = co_await make_stream_everywhere(hubs, "work");
        std::list<ConsumerClient> consumers;
        for (auto& hub : hubs) {
            const auto status = co_await consumers.emplace_back().connect(hub,
                                                                          consume_path(stream, 1));
            BOOST_REQUIRE(status == 101U);
        }
        const auto path = "/v1/subscriptions/" + stream;
        const auto reply = co_await hubs[0].manage("DELETE", path);
        BOOST_TEST(reply.status / 100 == 2U);
        for (auto& consumer : consumers) {
            json::value frame = co_await consumer.next();
            while (!frame.is_null()) {
                auto next = co_await consumer.next();
                frame = std::move(next);
            }
            BOOST_TEST(consumer.close_code() == 4403U);
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
