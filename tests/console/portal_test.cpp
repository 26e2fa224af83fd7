// /v1/portal-links and /portal/: one entry for a person without a key, to some subscriptions only.
#include "hub/console/console.hpp"
#include "tests/console/browser.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

constexpr const char* frame = R"({"role":"read","frame_origins":["https://app.example"]})";

struct PortalFixture {
    Folder folder;
    void run(std::function<awaitable<>(ApiClient)> script)
    {
        if (console::is_built_in()) run_with_hub(settings_in(folder), std::move(script));
    }
};

struct PortalUrl {
    std::string path;  ///< with its query
    std::string link;
};

awaitable<PortalUrl> make_link(ApiClient person, std::string body)
{
    const auto made = co_await person.manage_as(201, "POST", "/v1/portal-links", std::move(body));
    auto url = text(made, "url");
    BOOST_TEST(url.starts_with(person.url() + "/portal/"));
    url.erase(0, person.url().size());
    const auto at = url.find("#link=");
    co_return PortalUrl{url.substr(0, at), url.substr(at + 6)};
}

awaitable<std::string> make_subscription(ApiClient person, std::string name)
{
    const auto made = co_await person.manage_as(
        201, "POST", "/v1/subscriptions",
        R"({"name":")" + name
            + R"(","event_types":["order.*"],"handler":{"url":"http://127.0.0.1:9/hook"}})");
    co_return text(made, "id");
}

/// The id of the delivery of a subscription's only event.
awaitable<std::string> delivery_of(ApiClient person, std::string subscription)
{
    const auto page = co_await person.wait_for(
        "/v1/deliveries?subscription=" + subscription,
        [](const json::value& value) { return !value.at("data").as_array().empty(); });
    co_return text(page.at("data").at(0), "id");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(console_portal, PortalFixture)

// Goal: a link opens the portal once, says who may what, and its session ends with the link's time.
BOOST_AUTO_TEST_CASE(a_link_is_one_entry)
{
    run([](ApiClient person) -> awaitable<> {
        co_await person.manage_as(
            200, "PATCH", "/v1/tenants/default",
            R"({"branding":{"accent":"#0a7d55","logo":"data:image/png;base64,AAAA"}})");
        const auto made = co_await make_link(person, R"({"role":"operate","expires_in":"2h"})");
        Browser browser{person};
        const auto entered = co_await browser.enter(made.link);
        BOOST_TEST(entered.status == 201U);
        BOOST_TEST(browser.cookie.starts_with("katydid-portal="));
        const auto session = json::parse(entered.body);
        BOOST_TEST(session.at("portal").as_bool());
        BOOST_TEST(session.at("person").is_null());
        BOOST_TEST(session.at("subscriptions").is_null());
        BOOST_TEST(text(session, "role") == "operate");
        const auto& branding = session.at("tenant").at("branding");
        BOOST_TEST(text(branding, "accent") == "#0a7d55");
        const auto events = co_await browser.status_of("/v1/events");
        BOOST_TEST(events == 200U);
        const auto keys = co_await browser.status_of("/v1/keys");
        BOOST_TEST(keys == 403U);
        const auto ticket = co_await browser.call("POST", "/v1/tickets", R"({"path":"/v1/feed"})");
        BOOST_TEST(ticket.status == 403U);

        Browser second{person};
        const auto again = co_await second.enter(made.link);
        BOOST_TEST(again.status == 401U);
        const auto audit = co_await person.manage_as(200, "GET", "/v1/audit?action=session.opened");
        BOOST_TEST(text(audit.at("data").at(0), "actor").starts_with("portal:"));
        // The console's page is not this session's.
        const auto console = co_await browser.status_of("/console/session");
        BOOST_TEST(console == 401U);
    });
}

// Goal: a link that was changed, of another hub, or made with a key that was revoked is none; and
// guesses at links are slowed down.
BOOST_AUTO_TEST_CASE(only_good_links_count)
{
    run([](ApiClient person) -> awaitable<> {
        const auto key = co_await person.manage_as(201, "POST", "/v1/keys",
                                                   R"({"name":"maker","scopes":["admin"]})");
        const auto made = co_await make_link(person.as(text(key, "key")), R"({"role":"read"})");
        const auto other = co_await make_link(person.as(text(key, "key")), R"({"role":"read"})");
        Browser browser{person};
        co_await browser.enter(made.link);
        const auto before = co_await browser.status_of("/v1/events");
        BOOST_TEST(before == 200U);
        co_await person.manage_as(200, "DELETE", "/v1/keys/" + text(key, "id"));
        const auto after = co_await browser.status_of("/v1/events");
        BOOST_TEST(after == 401U);
        Browser late{person};
        const auto refused = co_await late.enter(other.link);
        BOOST_TEST(refused.status == 401U);
        unsigned last = 0;
        for (int guess = 0; guess < 30 && last != 429; ++guess) {
            const auto reply = co_await late.enter("kl_" + std::to_string(guess));
            last = reply.status;
        }
        BOOST_TEST(last == 429U);
    });
}

// Goal: what a link does not name is not there: subscriptions, deliveries, events, routes.
BOOST_AUTO_TEST_CASE(a_link_reaches_its_subscriptions_only)
{
    run([](ApiClient person) -> awaitable<> {
        const auto own = co_await make_subscription(person, "own");
        co_await person.manage_as(202, "POST", "/v1/events", R"({"type":"order.made","data":1})");
        const auto first = co_await delivery_of(person, own);
        const auto other = co_await make_subscription(person, "other");
        co_await person.manage_as(200, "POST", "/v1/subscriptions/" + own + "/pause");
        const auto event = co_await person.manage_as(202, "POST", "/v1/events",
                                                     R"({"type":"order.made","data":2})");
        const auto foreign = co_await delivery_of(person, other);
        co_await person.manage_as(202, "POST", "/v1/subscriptions/" + other + "/test");
        const auto test = co_await person.manage_as(200, "GET", "/v1/events?type=katydid.test");
        const auto hidden = text(test.at("data").at(0), "id");

        const auto made = co_await make_link(person,
                                             R"({"role":"operate","subscriptions":["own"]})");
        Browser browser{person};
        const auto entered = co_await browser.enter(made.link);
        BOOST_TEST(json::parse(entered.body).at("subscriptions").at(0).as_string() == own);
        const auto list = co_await browser.call("GET", "/v1/subscriptions");
        BOOST_TEST(json::parse(list.body).at("data").as_array().size() == 1U);

        const std::vector<std::tuple<unsigned, std::string, std::string, std::string>> calls{
            {200, "GET", "/v1/subscriptions/" + own, ""},
            {200, "GET", "/v1/subscriptions/own/secret", ""},
            {404, "GET", "/v1/subscriptions/" + other, ""},
            {404, "GET", "/v1/subscriptions/other/secret", ""},
            {404, "PATCH", "/v1/subscriptions/other", R"({"timeout":"5s"})"},
            {200, "PATCH", "/v1/subscriptions/own", R"({"timeout":"5s"})"},
            {403, "PATCH", "/v1/subscriptions/own", R"({"event_types":["*"]})"},
            {403, "PATCH", "/v1/subscriptions/own", R"({"filter":null})"},
            {403, "PATCH", "/v1/subscriptions/own", R"({"handler":{"identity":"bank"}})"},
            {403, "PATCH", "/v1/subscriptions/own", R"({"handler":{"kind":"stream"}})"},
            {403, "DELETE", "/v1/subscriptions/own", ""},
            {403, "POST", "/v1/subscriptions", R"({"name":"x","event_types":["*"],"handler":{}})"},
            {200, "GET", "/v1/deliveries?subscription=own", ""},
            {403, "GET", "/v1/deliveries?subscription=other", ""},
            {403, "GET", "/v1/deliveries", ""},
            {200, "GET", "/v1/deliveries/" + first, ""},
            {200, "GET", "/v1/deliveries/" + first + "/attempts", ""},
            {404, "GET", "/v1/deliveries/" + foreign, ""},
            {404, "GET", "/v1/deliveries/" + foreign + "/attempts", ""},
            {404, "POST", "/v1/deliveries/" + foreign + "/retry", "{}"},
            {404, "POST", "/v1/deliveries/" + foreign + "/cancel", ""},
            {403, "POST", "/v1/deliveries/retry", R"({"states":["dead"]})"},
            {403, "POST", "/v1/deliveries/retry", R"({"subscription":"other"})"},
            {202, "POST", "/v1/deliveries/retry", R"({"subscription":"own","states":["dead"]})"},
            {200, "GET", "/v1/events/" + text(event, "id"), ""},
            {404, "GET", "/v1/events/" + hidden, ""},
            {404, "GET", "/v1/events/" + hidden + "/payload", ""},
            {404, "POST", "/v1/events/" + hidden + "/replay", R"({"subscription":"own"})"},
            {403, "POST", "/v1/events/" + text(event, "id") + "/replay", "{}"},
            {403, "GET", "/v1/events", ""},
            {403, "GET", "/v1/sources", ""},
            {403, "GET", "/v1/audit", ""},
            {403, "GET", "/v1/sessions", ""},
            {403, "GET", "/v1/stats", ""},
            {403, "GET", "/v1/stats/now", ""},
            {403, "POST", "/v1/events", R"({"type":"a.b","data":1})"},
        };
        for (const auto& [status, method, path, body] : calls) {
            const auto reply = co_await browser.call(method, path, body);
            BOOST_TEST(reply.status == status,
                       method << " " << path << " answered " << reply.status << " " << reply.body);
        }
    });
}

// Goal: the portal may be framed by the origins of its link and nobody else, the console by nobody.
BOOST_AUTO_TEST_CASE(only_named_origins_may_frame_the_portal)
{
    run([](ApiClient person) -> awaitable<> {
        const auto ancestors = [&](std::string path) -> awaitable<std::string> {
            Call call{"GET", std::move(path), {}, {}};
            const auto reply = co_await person.send(std::move(call));
            const std::string policy{header_value(reply.headers, "content-security-policy")};
            const auto at = policy.find("frame-ancestors ");
            co_return policy.substr(at, policy.find(';', at) - at);
        };
        const auto made = co_await make_link(person, frame);
        BOOST_REQUIRE(made.path.starts_with("/portal/?frame="));
        const auto query = made.path.substr(made.path.find('?'));
        const auto portal = co_await ancestors(made.path);
        BOOST_TEST(portal == "frame-ancestors https://app.example");
        const auto bare = co_await ancestors("/portal/");
        BOOST_TEST(bare == "frame-ancestors 'none'");
        const auto forged = co_await ancestors("/portal/?frame=https://evil.example");
        BOOST_TEST(forged == "frame-ancestors 'none'");
        const auto console = co_await ancestors("/console/" + query);
        BOOST_TEST(console == "frame-ancestors 'none'");

        Browser browser{person, {{"X-Forwarded-Proto", "https"}}};
        const auto entered = co_await browser.enter(made.link);
        const auto set = header_value(entered.headers, "set-cookie");
        BOOST_TEST(set.starts_with("__Host-katydid-portal="));
        BOOST_TEST(set.find("SameSite=None; Partitioned; Secure") != set.npos);
        // With the cookie in the frame, a call still needs the header that only the page has.
        browser.csrf.clear();
        const auto foreign = co_await browser.status_of("/v1/events");
        BOOST_TEST(foreign == 403U);
    });
}

// Goal: who signs out leaves no cookie: that of a frame is another one for the browser.
BOOST_AUTO_TEST_CASE(signing_out_takes_the_cookie_of_frames_away)
{
    run([](ApiClient person) -> awaitable<> {
        const auto made = co_await make_link(person, frame);
        Browser browser{person, {{"X-Forwarded-Proto", "https"}}};
        co_await browser.enter(made.link);
        const auto out = co_await browser.call("DELETE", "/portal/session");
        BOOST_TEST(out.status == 204U);
        int partitioned = 0;
        for (const auto& [name, value] : out.headers) {
            if (name != "Set-Cookie" && name != "set-cookie") continue;
            BOOST_TEST(value.starts_with("__Host-katydid-portal=; "));
            BOOST_TEST(value.ends_with("Max-Age=0"));
            partitioned += value.find("Partitioned") != std::string::npos ? 1 : 0;
        }
        BOOST_TEST(partitioned == 1);
    });
}

// Goal: a page for the frames of one link shows no session of another, whose cookie a browser may
// well give it: the origins of the one are not those of the other.
BOOST_AUTO_TEST_CASE(a_frame_shows_the_session_of_its_own_link_only)
{
    run([](ApiClient person) -> awaitable<> {
        const auto made = co_await make_link(person, frame);
        const auto other = co_await make_link(
            person, R"({"role":"read","frame_origins":["https://evil.example"]})");
        const auto bare = co_await make_link(person, R"({"role":"read"})");
        const auto asked_with = [](const PortalUrl& url) {
            return "/portal/session" + url.path.substr(url.path.find('?'));
        };
        Browser browser{person};
        co_await browser.enter(made.link);
        const auto own = co_await browser.status_of(asked_with(made));
        BOOST_TEST(own == 200U);
        const auto in_no_frame = co_await browser.status_of("/portal/session");
        BOOST_TEST(in_no_frame == 200U);
        const auto foreign = co_await browser.call("GET", asked_with(other));
        BOOST_TEST(foreign.status == 401U);
        BOOST_TEST(foreign.body.find("csrf") == std::string::npos);
        const auto forged = co_await browser.status_of("/portal/session?frame=x");
        BOOST_TEST(forged == 401U);

        Browser unframed{person};
        co_await unframed.enter(bare.link);
        const auto framed = co_await unframed.status_of(asked_with(other));
        BOOST_TEST(framed == 401U);
    });
}

// Goal: who came by a link reads why there is an end, and that another link is the way back.
BOOST_AUTO_TEST_CASE(an_end_is_told_in_words)
{
    run([](ApiClient person) -> awaitable<> {
        const auto tenant = co_await person.manage_as(201, "POST", "/v1/tenants",
                                                      R"({"name":"leaving"})");
        Call call{"POST",
                  "/v1/keys",
                  R"({"name":"theirs","scopes":["admin"]})",
                  {person.authorisation(), {"Katydid-Tenant", text(tenant, "id")}}};
        const auto theirs = co_await person.send(std::move(call));
        const auto of_tenant = person.as(text(json::parse(theirs.body), "key"));
        const auto key = co_await person.manage_as(201, "POST", "/v1/keys",
                                                   R"({"name":"maker","scopes":["admin"]})");
        const auto ended = co_await make_link(person, R"({"role":"read"})");
        const auto revoked = co_await make_link(person.as(text(key, "key")), R"({"role":"read"})");
        const auto left = co_await make_link(of_tenant, R"({"role":"read"})");
        std::vector<Browser> browsers(3, Browser{person});
        co_await browsers[0].enter(ended.link);
        co_await browsers[1].enter(revoked.link);
        co_await browsers[2].enter(left.link);

        const auto sessions = co_await person.manage_as(200, "GET", "/v1/sessions?limit=250");
        for (const auto& row : sessions.at("data").as_array())
            if (text(row, "kind") == "portal")
                co_await person.manage_as(204, "DELETE", "/v1/sessions/" + text(row, "id"));
        co_await person.manage_as(200, "DELETE", "/v1/keys/" + text(key, "id"));
        co_await person.manage_as(204, "DELETE", "/v1/tenants/" + text(tenant, "id"));

        const std::vector<std::string> whys{"The session has ended.",
                                            "What the link gave access to was taken away.",
                                            "What the link gave access to was taken away."};
        for (std::size_t i = 0; i < whys.size(); ++i)
            for (const std::string path : {"/v1/subscriptions", "/portal/session"}) {
                const auto reply = co_await browsers[i].call("GET", path);
                BOOST_TEST(reply.status == 401U);
                BOOST_TEST(text(json::parse(reply.body), "detail")
                           == whys[i] + " Ask for a new link where you got this one.");
            }
    });
}

// Goal: what could widen a policy, or outlive its maker, is refused at the field.
BOOST_AUTO_TEST_CASE(a_link_is_read_strictly)
{
    run([](ApiClient person) -> awaitable<> {
        for (const std::string origin :
             {"*", "https://*.example", "https://app.example/path", "http://app.example",
              "https://app.example; script-src *", "https://app.example https://evil.example",
              "https://APP.example", "data:", "https://user@app.example", "'self'"}) {
            const json::object body{{"role", "read"},
                                    {"frame_origins", json::array{json::value(origin)}}};
            co_await person.manage_as(422, "POST", "/v1/portal-links", json::serialize(body));
        }
        for (const std::string body :
             {R"({"role":"admin"})", R"({"role":"read","expires_in":"8d"})",
              R"({"role":"read","expires_in":"1s"})", R"({"role":"read","subscriptions":["no"]})",
              R"({"role":"read","subscriptions":[]})", "{}"})
            co_await person.manage_as(422, "POST", "/v1/portal-links", body);
        const auto made = co_await person.manage_as(
            201, "POST", "/v1/keys", R"({"name":"writer","scopes":["subscriptions:write"]})");
        co_await person.as(text(made, "key"))
            .manage_as(403, "POST", "/v1/portal-links", R"({"role":"read"})");
    });
}

BOOST_AUTO_TEST_SUITE_END()
