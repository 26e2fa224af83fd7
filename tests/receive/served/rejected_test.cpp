// Refused webhooks: kept, shown, let in.
#include "tests/hub/running_hub.hpp"

#include "hub/core/codec/encoding.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::test;

namespace {

bool has_rows(const boost::json::value& page) { return !page.at("data").as_array().empty(); }

std::string first_id(const boost::json::value& page)
{
    return text(page.at("data").as_array().front(), "id");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_served_rejected)

// Goal: an operator reads why a webhook was refused, fixes the source, replays it: the event is
// there and nothing rejected is left. While the mistake stands, the replay says so.
BOOST_AUTO_TEST_CASE(fix_and_replay)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto source = co_await person.make_source("github", "github", "mistyped");
        const auto github = signing::find_scheme("github");
        const std::string body = R"({"action":"opened"})";
        const auto refused = co_await person.post_signed("github", *github, "right", body);
        BOOST_TEST(refused.status == 401U);
        BOOST_TEST(refused.body == R"({"error":"Invalid webhook signature"})");

        const auto page = co_await person.wait_for("/v1/rejected?source=" + text(source, "id"),
                                                   has_rows);
        const auto one = "/v1/rejected/" + first_id(page);
        const auto shown = co_await person.manage_as(200, "GET", one);
        BOOST_TEST(text(shown, "reason") == "signature_wrong");
        BOOST_TEST(text(shown, "diagnosis").find("the secret is another one") != std::string::npos);
        BOOST_TEST(text(shown, "client") == "127.0.0.1");
        BOOST_TEST(*decode(Encoding::base64, text(shown, "body_base64")) == body);

        const auto still = co_await person.manage_as(409, "POST", one + "/replay");
        BOOST_TEST(text(still, "detail").find("still refused") != std::string::npos);
        co_await person.manage_as(200, "POST",
                                  "/v1/sources/" + text(source, "id") + "/rotate-secret",
                                  R"({"secret":"right"})");
        const auto replayed = co_await person.manage_as(200, "POST", one + "/replay");
        const auto event = co_await person.manage_as(200, "GET",
                                                     "/v1/events/" + text(replayed, "id"));
        BOOST_TEST(text(event, "source") == "github");
        co_await person.manage_as(404, "GET", one);
    });
}

// Goal: a delivery that was late is judged by the time it came, not by the time of the replay.
BOOST_AUTO_TEST_CASE(replay_judges_by_the_time_of_arrival)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        co_await person.make_source("stripe", "stripe", "topsecret");
        Call late{"POST",
                  "/api/webhooks/stripe",
                  R"({"id":"evt_1","type":"a"})",
                  {{"Stripe-Signature", "t=1600000000,v1=00"}}};
        co_await person.send(std::move(late));
        const auto page = co_await person.wait_for("/v1/rejected", has_rows);
        const auto one = "/v1/rejected/" + first_id(page);
        const auto still = co_await person.manage_as(409, "POST", one + "/replay");
        BOOST_TEST(text(still, "detail").find("s old, 300 s are allowed") != std::string::npos);
        co_await person.manage_as(204, "DELETE", one);
        const auto empty = co_await person.manage_as(200, "GET", "/v1/rejected");
        BOOST_TEST(empty.at("data").as_array().empty());
    });
}

// Goal: nothing of the request stands in the store in the clear, and credentials are not shown.
BOOST_AUTO_TEST_CASE(kept_requests_are_sealed)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        co_await person.make_source("gitlab", "gitlab", "topsecret");
        Call call{"POST",
                  "/api/webhooks/gitlab?code=in-the-query",
                  R"({"who":"a-person@example.org"})",
                  {{"X-Gitlab-Token", "another-secret"}, {"X-Gitlab-Event", "Push Hook"}}};
        co_await person.send(std::move(call));
        const auto page = co_await person.wait_for("/v1/rejected", has_rows);
        const auto shown = co_await person.manage_as(200, "GET", "/v1/rejected/" + first_id(page));
        const auto whole = boost::json::serialize(shown);
        BOOST_TEST(whole.find("another-secret") == std::string::npos);
        BOOST_TEST(whole.find("Push Hook") != std::string::npos);
        BOOST_TEST(whole.find("in-the-query") == std::string::npos);
    });
    for (const auto& file : std::filesystem::directory_iterator{folder.path()}) {
        std::ifstream stream{file.path(), std::ios::binary};
        const std::string bytes{std::istreambuf_iterator<char>{stream}, {}};
        for (const auto* secret :
             {"another-secret", "a-person@example.org", "in-the-query", "topsecret"})
            BOOST_TEST(bytes.find(secret) == std::string::npos, file.path() << ": " << secret);
    }
}

// Goal: a flood is answered, and costs little disk: about ten a second are kept.
BOOST_AUTO_TEST_CASE(a_flood_is_not_kept)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        co_await person.make_source("github", "github", "topsecret");
        const auto start = system_clock().steady_now();
        for (int i = 0; i < 100; ++i) {
            Call call{"POST", "/api/webhooks/github", "{}", {{"X-Hub-Signature-256", "sha256=00"}}};
            const auto reply = co_await person.send(std::move(call));
            BOOST_TEST(reply.status == 401U);
        }
        const std::chrono::duration<double> passed = system_clock().steady_now() - start;
        const auto page = co_await person.wait_for("/v1/rejected?limit=250", has_rows);
        const auto kept = static_cast<double>(page.at("data").as_array().size());
        BOOST_TEST(kept <= 11 + 10 * passed.count());
    });
}

// Goal: another tenant's rejected webhooks are not there.
BOOST_AUTO_TEST_CASE(tenants_do_not_see_each_other)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        co_await person.make_source("github", "github", "topsecret");
        Call call{"POST", "/api/webhooks/github", "{}", {{"X-Hub-Signature-256", "sha256=00"}}};
        co_await person.send(std::move(call));
        const auto page = co_await person.wait_for("/v1/rejected", has_rows);
        const auto tenant = co_await person.manage_as(201, "POST", "/v1/tenants",
                                                      R"({"name":"other"})");
        const Headers theirs{person.authorisation(), {"Katydid-Tenant", text(tenant, "id")}};
        for (const auto* method : {"GET", "DELETE"}) {
            Call look{method, "/v1/rejected/" + first_id(page), "", theirs};
            const auto reply = co_await person.send(std::move(look));
            BOOST_TEST(reply.status == 404U);
        }
        Call list{"GET", "/v1/rejected", "", theirs};
        const auto empty = co_await person.send(std::move(list));
        BOOST_TEST(empty.body.find(first_id(page)) == std::string::npos);
    });
}

// Goal: who throws a refused webhook away is in the audit log, without what was in it.
BOOST_AUTO_TEST_CASE(deletions_are_noted)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto source = co_await person.make_source("github", "github", "mistyped");
        const auto github = signing::find_scheme("github");
        co_await person.post_signed("github", *github, "right", R"({"a":"private"})");
        const auto page = co_await person.wait_for("/v1/rejected", has_rows);
        const auto id = first_id(page);
        const auto gone = co_await person.manage("DELETE", "/v1/rejected/" + id);
        BOOST_TEST(gone.status == 204U);
        const auto log = co_await person.manage_as(200, "GET", "/v1/audit?object=" + id);
        const auto& rows = log.at("data").as_array();
        BOOST_TEST_REQUIRE(rows.size() == 1U);
        BOOST_TEST(text(rows[0], "action") == "rejected.deleted");
        BOOST_TEST(text(rows[0], "actor") == "operator");
        BOOST_TEST(text(rows[0], "detail").find(text(source, "id")) != std::string::npos);
        BOOST_TEST(text(rows[0], "detail").find("private") == std::string::npos);
    });
}

BOOST_AUTO_TEST_SUITE_END()
