// Where a subscription's credentials may go, and who sees them.
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

using namespace katydid;
using namespace katydid::test;

namespace {

constexpr const char* hook = "https://receiver.example/hook";

std::string new_subscription(const std::string& handler, const std::string& more = {})
{
    return R"({"name":"s","event_types":["x"],"handler":{"url":")" + std::string{hook} + "\""
           + handler + "}" + more + "}";
}

std::string first_pointer(const boost::json::value& refused)
{
    return text(refused.at("errors").at(0), "pointer");
}

std::string everything_in(const Folder& folder)
{
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder.path()}) {
        std::ifstream file{entry.path(), std::ios::binary};
        all.append(std::istreambuf_iterator<char>{file}, {});
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_served_credentials)

// Goal: the values of a subscription's headers are shown to nobody and are nowhere on disk; what
// the API showed may come back, and then the value that is there stays.
BOOST_AUTO_TEST_CASE(headers_are_hidden)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const auto made = co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            R"({"name":"s","event_types":["x"],"dialect":"raw","handler":{"url":")" + inbox.url()
                + R"(","headers":{"Authorization":"Bearer hush-hush"}}})");
        const auto path = "/v1/subscriptions/" + text(made, "id");
        BOOST_TEST(text(made.at("handler").at("headers"), "Authorization") == "(hidden)");
        for (const auto& [method, where, body] :
             {std::tuple{"GET", path, ""},
              {"GET", std::string{"/v1/subscriptions"}, ""},
              {"PATCH", path, R"({"timeout":"9s"})"},
              {"PATCH", path,
               R"x({"handler":{"headers":{"Authorization":"(hidden)","X-A":"1"}}})x"},
              {"GET", std::string{"/v1/audit"}, ""}}) {
            const auto reply = co_await person.manage(method, where, body);
            BOOST_TEST(reply.status == 200U);
            BOOST_TEST(reply.body.find("hush") == std::string::npos, reply.body);
        }
        co_await person.manage_as(202, "POST", "/v1/events", R"({"type":"x","data":1})");
        const auto received = co_await inbox.next();
        BOOST_TEST(received.header("authorization") == "Bearer hush-hush");
        BOOST_TEST(received.header("x-a") == "1");
        co_await inbox.close();
    });
    BOOST_TEST(everything_in(folder).find("hush-hush") == std::string::npos);
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto listed = co_await person.manage_as(200, "GET", "/v1/subscriptions");
        const auto& headers = listed.at("data").at(0).at("handler").at("headers");
        BOOST_TEST(text(headers, "Authorization") == "(hidden)");
    });
}

// Goal: headers stay with the scheme, host and port that they were given for: with another one they
// are asked for again, and the value that is there cannot be carried over.
BOOST_AUTO_TEST_CASE(headers_stay_with_their_host)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto made = co_await person.manage_as(
            201, "POST", "/v1/subscriptions", new_subscription(R"(,"headers":{"X-Key":"hush"})"));
        const auto path = "/v1/subscriptions/" + text(made, "id");
        const auto moved = [](const std::string& url, const std::string& more = {}) {
            return R"({"handler":{"url":")" + url + "\"" + more + "}}";
        };
        for (const auto& body :
             {moved("https://evil.example/hook"), moved("http://127.0.0.1:9/hook"),
              moved("https://evil.example/", R"x(,"headers":{"X-Key":"(hidden)"})x")}) {
            const auto refused = co_await person.manage_as(422, "PATCH", path, body);
            BOOST_TEST(first_pointer(refused) == "/handler/headers", body);
        }
        for (const auto& body : {moved("https://RECEIVER.example:443/other"),
                                 moved("https://other.example/", R"(,"headers":{"X-Key":"new"})"),
                                 moved("https://third.example/", R"(,"headers":{})")})
            co_await person.manage_as(200, "PATCH", path, body);
        const auto fresh = co_await person.manage_as(
            422, "POST", "/v1/subscriptions",
            new_subscription(R"x(,"headers":{"X-Key":"(hidden)"})x"));
        BOOST_TEST(first_pointer(fresh) == "/handler/headers");
    });
}

// Goal: a secret that the signature sends as it is stays with its receiver too, by whichever way
// the subscription or the scheme is changed.
BOOST_AUTO_TEST_CASE(a_sent_secret_stays_with_its_host)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto made = co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            new_subscription("", R"(,"signature":"gitlab","secret":"topsecret")"));
        const auto path = "/v1/subscriptions/" + text(made, "id");
        const std::string moved = R"({"handler":{"url":"https://evil.example/"})";
        const auto refused = co_await person.manage_as(422, "PATCH", path, moved + "}");
        BOOST_TEST(first_pointer(refused) == "/secret");
        co_await person.manage_as(200, "PATCH", path, moved + R"(,"secret":"another"})");

        co_await person.manage_as(200, "PATCH", path, R"({"signature":"github"})");
        const auto back = co_await person.manage_as(422, "PATCH", path,
                                                    R"({"signature":"gitlab"})");
        BOOST_TEST(first_pointer(back) == "/secret");

        const std::string mac = "algorithm = \"hmac-sha256\"\nmessage = \"{body}\"\n"
                                "signature = { from = \"header:X-Sig\", encoding = \"hex\" }\n";
        const std::string token = "algorithm = \"token\"\n"
                                  "signature = { from = \"header:X-Sig\" }\n";
        const auto scheme = [](const std::string& toml) {
            return boost::json::object{{"name", "mine"}, {"toml", toml}};
        };
        co_await person.manage_as(201, "POST", "/v1/schemes", boost::json::serialize(scheme(mac)));
        co_await person.manage_as(200, "PATCH", path, R"({"signature":"mine"})");
        auto changed = scheme(token);
        changed.erase("name");
        const auto given_away = co_await person.manage("PUT", "/v1/schemes/mine",
                                                       boost::json::serialize(changed));
        BOOST_TEST(given_away.status == 409U);
        BOOST_TEST(given_away.body.find("would be sent as it is") != std::string::npos,
                   given_away.body);
    });
}

// Goal: a header that can never be sent is refused when the subscription is made, not on a slow
// schedule; so is a signature that would write one.
BOOST_AUTO_TEST_CASE(headers_that_can_never_be_sent)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        for (const std::string name :
             {"Host", "Expect", "TE", "Keep-Alive", "Proxy-Connection", "Content-Type",
              "content-encoding", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade",
              "Trailer", "Proxy-Authorization", "HTTP2-Settings", "webhook-id", "katydid-attempt",
              "two words", ""}) {
            const auto refused = co_await person.manage_as(
                422, "POST", "/v1/subscriptions",
                new_subscription(R"(,"headers":{")" + name + R"(":"1"})"));
            BOOST_TEST(first_pointer(refused) == "/handler/headers", name);
        }
        const boost::json::object scheme{
            {"name", "framing"},
            {"toml", "algorithm = \"hmac-sha256\"\nmessage = \"{body}\"\n"
                     "signature = { from = \"header:Expect\", encoding = \"hex\" }\n"}};
        co_await person.manage_as(201, "POST", "/v1/schemes", boost::json::serialize(scheme));
        const auto refused = co_await person.manage_as(
            422, "POST", "/v1/subscriptions", new_subscription("", R"(,"signature":"framing")"));
        BOOST_TEST(first_pointer(refused) == "/signature");
    });
}

// Goal: the receiver's secret in a URL is not in the audit log, whatever happens to the
// subscription.
BOOST_AUTO_TEST_CASE(urls_in_the_audit_log)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto made = co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            R"({"name":"s","event_types":["x"],)"
            R"("handler":{"url":"https://receiver.example/services/hush-1?token=hush-2"}})");
        const auto path = "/v1/subscriptions/" + text(made, "id");
        co_await person.manage_as(200, "PATCH", path,
                                  R"({"handler":{"url":"https://receiver.example/hush-3"}})");
        co_await person.manage("DELETE", path);
        const auto log = co_await person.manage("GET", "/v1/audit");
        BOOST_TEST(log.status == 200U);
        BOOST_TEST(log.body.find("hush") == std::string::npos, log.body);
        BOOST_TEST(log.body.find("https://receiver.example/(hidden)") != std::string::npos);
    });
}

// Goal: what surrounds a secret that comes by the API is not part of it, and one that can be
// guessed is refused, when a source is made and when its secret is rotated.
BOOST_AUTO_TEST_CASE(secrets_by_the_api)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto made = co_await person.manage_as(
            201, "POST", "/v1/sources",
            R"({"name":"a","schemes":["github"],"secret":"\ufefftopsecret \r\n"})");
        const auto github = signing::find_scheme("github");
        const auto first = co_await person.post_signed("a", *github, "topsecret", "{}");
        BOOST_TEST(first.status == 200U);
        const auto rotate = "/v1/sources/" + text(made, "id") + "/rotate-secret";
        co_await person.manage_as(200, "POST", rotate, R"({"secret":"\tsecond-secret\n"})");
        const auto second = co_await person.post_signed("a", *github, "second-secret", "[]");
        BOOST_TEST(second.status == 200U);

        for (const auto* secret : {"x", "abc", " y ", "  \n", ""}) {
            boost::json::object body{{"secret", secret}};
            const auto refused = co_await person.manage_as(422, "POST", rotate,
                                                           boost::json::serialize(body));
            BOOST_TEST(first_pointer(refused) == "/secret", secret);
            body["name"] = "b";
            body["schemes"] = boost::json::array{"github"};
            const auto none = co_await person.manage_as(422, "POST", "/v1/sources",
                                                        boost::json::serialize(body));
            BOOST_TEST(first_pointer(none) == "/secret", secret);
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
