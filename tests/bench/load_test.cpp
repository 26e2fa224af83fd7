// Generator and receiver on one loop, talking to each other: no server between them.
#include "bench/load/generator.hpp"
#include "bench/sink/sink.hpp"

#include "tests/support/run_coroutine.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>

using namespace katydid;
using namespace katydid::bench;

namespace {

/// A receiver with one endpoint, a ledger, and requests that go straight to it.
struct Loop {
    explicit Loop(bool checked = false)
    {
        sink = std::make_unique<Sink>(context, Verification{checked, "webhook-"});
        sink->add_endpoint();
        if (checked) sink->set_secret(0, secret);
        sink->add(ledger);
        door.path = "/sink/0";
        door.host = "sink";
        door.body = "{{data}}";
        options.target = {asio::ip::address_v4::loopback(), sink->port()};
        options.connections = 4;
        options.duration = 10s;
        options.count_max = 200;
    }

    LoadResult run()
    {
        const Requests requests{door, make_mix("grasshopper", {.run = 1, .data_bytes = 0})};
        LoadResult result;
        test::run_coroutine(context, [&]() -> awaitable<> {
            Generator generator{context, options, requests, &ledger};
            result = co_await generator.run();
        });
        return result;
    }

    static constexpr auto secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    asio::io_context context{1};
    Ledger ledger{{.run = 1, .endpoints = 1, .owes = {}, .measured_from = {}}};
    std::unique_ptr<Sink> sink;
    Door door;
    LoadOptions options;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_load)

// Goal: a closed loop sends exactly what it is asked to, and all of it is accounted for.
BOOST_AUTO_TEST_CASE(closed_loop)
{
    Loop loop;
    const auto result = loop.run();
    BOOST_TEST(result.sent == 200U);
    BOOST_TEST(result.accepted == 200U);
    BOOST_TEST(result.statuses.at(204) == 200U);
    BOOST_TEST(result.latency.count() == 200U);
    BOOST_TEST(loop.ledger.tally().delivered == 200U);
    BOOST_TEST(loop.ledger.tally().is_correct());
}

// Goal: latency counts from the intended time. One connection, 20 ms an answer, intended every
// 1 ms: the last of 20 waits about 380 ms for its turn, and that must be in the histogram.
BOOST_AUTO_TEST_CASE(no_coordinated_omission)
{
    Loop loop;
    loop.sink->set_behaviour(0, {.delay = 20ms});
    loop.options.connections = 1;
    loop.options.per_second = 1'000;
    loop.options.count_max = 20;
    const auto result = loop.run();
    BOOST_TEST(result.accepted == 20U);
    BOOST_TEST((result.latency.max() > 350ms));
    BOOST_TEST((result.latency.percentile(50) > 150ms));
}

// Goal: connections take turns. (The warmest was taken first, so some of sixty-four had never sent
// anything when a server's time for a first request was over, and the next one in need met a closed
// connection.)
BOOST_AUTO_TEST_CASE(connections_take_turns)
{
    Loop loop;
    asio::ip::tcp::acceptor acceptor{loop.context, {asio::ip::address_v4::loopback(), 0}};
    std::vector<int> requests;
    const auto rethrow = [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    };
    const auto serve = [&](asio::ip::tcp::socket socket, std::size_t number) -> awaitable<> {
        std::string text;
        for (;;) {
            const auto [error, size] = co_await asio::async_read_until(
                socket, asio::dynamic_buffer(text), "\r\n\r\n", use_tuple);
            if (error) co_return;
            const auto wanted = size + std::stoul(text.substr(text.find("Content-Length: ") + 16));
            if (text.size() < wanted)
                co_await asio::async_read(socket, asio::dynamic_buffer(text),
                                          asio::transfer_exactly(wanted - text.size()), use_tuple);
            text.clear();
            ++requests[number];
            const auto answer = asio::buffer("HTTP/1.1 204 No Content\r\n\r\n", 27);
            co_await asio::async_write(socket, answer, use_tuple);
        }
    };
    const auto accept = [&]() -> awaitable<> {
        while (requests.size() < loop.options.connections) {
            auto [error, socket] = co_await acceptor.async_accept(use_tuple);
            if (error) co_return;
            requests.push_back(0);
            asio::co_spawn(loop.context, serve(std::move(socket), requests.size() - 1), rethrow);
        }
    };
    asio::co_spawn(loop.context, accept(), rethrow);
    loop.options.target = acceptor.local_endpoint();
    loop.options.per_second = 1'000;
    loop.options.count_max = 40;
    BOOST_TEST(loop.run().accepted == 40U);
    BOOST_REQUIRE(requests.size() == 4U);
    BOOST_TEST(*std::ranges::min_element(requests) >= 5);
}

// Goal: an open loop keeps its rate: n events intended over time t take at least t.
BOOST_AUTO_TEST_CASE(open_loop_keeps_its_rate)
{
    Loop loop;
    loop.options.per_second = 1'000;
    loop.options.count_max = 100;
    const auto start = std::chrono::steady_clock::now();
    const auto result = loop.run();
    BOOST_TEST(result.accepted == 100U);
    BOOST_TEST((std::chrono::steady_clock::now() - start >= 99ms));
}

// Goal: what is sent during the warm-up is checked, but its times count neither as answers nor as
// deliveries. (Deliveries did: the start of a flood stood in the other tenant's percentiles.)
BOOST_AUTO_TEST_CASE(warm_up_is_not_timed)
{
    Loop loop;
    loop.options.warm_up = loop.options.duration;
    const auto result = loop.run();
    BOOST_TEST(result.accepted == 200U);
    BOOST_TEST(loop.ledger.tally().delivered == 200U);
    BOOST_TEST(result.latency.count() == 0U);
    BOOST_TEST(loop.ledger.end_to_end().count() == 0U);
}

// Goal: refused requests are counted by status, and sent again only when that is asked for.
BOOST_AUTO_TEST_CASE(failures_and_resending)
{
    Loop once;
    once.sink->set_behaviour(0, {.fail_ratio = 0.5, .fail_status = 503});
    const auto result = once.run();
    BOOST_TEST(result.sent == 200U);
    BOOST_TEST(result.statuses.at(503) + result.accepted == 200U);

    Loop again;
    again.sink->set_behaviour(0, {.fail_ratio = 0.5, .fail_status = 503});
    again.options.resend = true;
    const auto complete = again.run();
    BOOST_TEST(complete.accepted == 200U);
    BOOST_TEST(complete.sent > 200U);
}

// Goal: an endpoint that hangs leaves its requests unanswered, and the run still ends.
BOOST_AUTO_TEST_CASE(hanging_endpoint)
{
    Loop loop;
    loop.sink->set_behaviour(0, {.hang = true});
    loop.options.drain = 50ms;
    loop.options.duration = 50ms;
    const auto result = loop.run();
    BOOST_TEST(result.unanswered == 4U);
    BOOST_TEST(result.accepted == 0U);
    BOOST_TEST(loop.sink->counts(0).in_flight_max == 4U);
}

// Goal: an endpoint that recovers answers from then on.
BOOST_AUTO_TEST_CASE(recovering_endpoint)
{
    Loop loop;
    loop.sink->set_behaviour(0, {.fail_ratio = 1});
    loop.options.resend = true;
    loop.options.count_max = 10;
    // On the loop again and again until a request has failed.
    std::function<void()> watch = [&] {
        if (loop.sink->counts(0).attempts == 0) return asio::post(loop.context, watch);
        const auto now = std::chrono::steady_clock::now();
        loop.sink->set_behaviour(0, {.fail_ratio = 1, .recovers_at = now});
    };
    watch();
    const auto result = loop.run();
    BOOST_TEST(result.accepted == 10U);
    BOOST_TEST(result.statuses.at(500) > 0U);
}

// Goal: right signatures pass, wrong ones get 401 and are in the books.
BOOST_AUTO_TEST_CASE(signatures)
{
    for (const bool right : {true, false}) {
        Loop loop{true};
        loop.door.signature = Signature::standard_webhooks;
        loop.door.secret = right ? Loop::secret : "another";
        const auto result = loop.run();
        BOOST_TEST(result.accepted == (right ? 200U : 0U));
        BOOST_TEST(loop.ledger.tally().bad_signatures == (right ? 0U : 200U));
    }
}

// Goal: a result says so when the generator was the limit: nearly a whole core of its own, or a
// timer that came late. A generator that had time to spare says nothing.
BOOST_AUTO_TEST_CASE(says_when_it_is_the_bottleneck)
{
    LoadResult result;
    BOOST_TEST(result.find_bottleneck().empty());
    result.measured = 10s;
    result.own_cpu = 8900ms;
    for (int i = 0; i < 1'000; ++i) result.lateness.record(200us);
    BOOST_TEST(result.find_bottleneck().empty());
    result.own_cpu = 9100ms;
    BOOST_TEST(result.find_bottleneck().starts_with("the generator used 91 % of a core"));
    result.own_cpu = 100ms;
    for (int i = 0; i < 20; ++i) result.lateness.record(8ms);
    BOOST_TEST(result.find_bottleneck().find("timer was late") != std::string::npos);
}

// Goal: what is owed bounds what is sent.
BOOST_AUTO_TEST_CASE(waits_for_deliveries)
{
    Loop loop;
    loop.door.path = "/sink/7";  // 404: nothing is ever accepted, so nothing is owed
    BOOST_TEST(loop.run().statuses.at(404) == 200U);

    Loop bounded;
    bounded.options.outstanding_max = 1;
    BOOST_TEST(bounded.run().accepted == 200U);
}

BOOST_AUTO_TEST_SUITE_END()
