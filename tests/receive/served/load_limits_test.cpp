// What a hub takes from a caller before it says no, as its settings say.
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

/// The Retry-After of an answer in seconds; 0: it has none.
int wait_of(const http::ClientReply& reply)
{
    for (const auto& header : reply.headers)
        if (header.name == "Retry-After" || header.name == "retry-after")
            return std::stoi(header.value);
    return 0;
}

awaitable<http::ClientReply> knock(ApiClient& person, std::string source)
{
    Call call{"POST", "/api/webhooks/" + source, "{}", {}};
    call.headers = {{"Content-Type", "application/json"}};
    auto reply = co_await person.send(std::move(call));
    co_return reply;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_served_load_limits)

// Goal: a source over its rate gets 429 and when to come back, and only that source: another one,
// and the management API, are answered as ever.
BOOST_AUTO_TEST_CASE(rate_of_a_source)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.callers.requests_per_second_source = 1;
    settings.callers.requests_burst_source = 1;
    run_with_hub(std::move(settings), [](ApiClient person) -> awaitable<> {
        co_await person.make_source("busy", "github", "0123456789abcdef0123456789abcdef");
        co_await person.make_source("calm", "github", "0123456789abcdef0123456789abcdef");
        auto reply = co_await knock(person, "busy");
        BOOST_TEST(reply.status == 401U);
        // Each may come a second behind the last one on a machine that is very busy, but not all.
        for (int i = 0; i < 20 && reply.status != 429; ++i) {
            auto next = co_await knock(person, "busy");
            reply = std::move(next);
        }
        BOOST_TEST(reply.status == 429U);
        BOOST_TEST(wait_of(reply) == 1);
        const auto calm = co_await knock(person, "calm");
        BOOST_TEST(calm.status == 401U);
        const auto managed = co_await person.manage("GET", "/v1/sources");
        BOOST_TEST(managed.status == 200U);
    });
}

// Goal: a hub that has enough refuses what it would have to store with 503 and when to come back,
// and still answers questions.
BOOST_AUTO_TEST_CASE(shedding)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.callers.requests_under_way_max = 0;  // always enough
    run_with_hub(std::move(settings), [](ApiClient person) -> awaitable<> {
        const auto webhook = co_await knock(person, "atlvs");
        BOOST_TEST(webhook.status == 503U);
        BOOST_TEST(wait_of(webhook) >= 1);
        const auto published = co_await person.manage("POST", "/v1/events",
                                                      R"({"type":"a.b","data":{}})");
        BOOST_TEST(published.status == 503U);
        const auto asked = co_await person.manage("GET", "/v1/events");
        BOOST_TEST(asked.status == 200U);
    });
}

BOOST_AUTO_TEST_SUITE_END()
