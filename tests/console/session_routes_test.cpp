// /console/session, and /v1 with its cookie.
#include "hub/console/console.hpp"
#include "tests/console/browser.hpp"
#include "tests/hub/consumer_client.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

struct SessionFixture {
    Folder folder;
    void run(std::function<awaitable<>(ApiClient)> script)
    {
        if (console::is_built_in()) run_with_hub(settings_in(folder), std::move(script));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(console_sessions, SessionFixture)

// Goal: a key is exchanged for a cookie that scripts cannot read, and /v1 takes it with the header.
BOOST_AUTO_TEST_CASE(a_key_is_exchanged_for_a_cookie)
{
    run([](ApiClient person) -> awaitable<> {
        Browser browser{person};
        const auto before = co_await browser.status_of("/console/session");
        BOOST_TEST(before == 401U);
        const auto reply = co_await browser.sign_in(key_of(person));
        BOOST_TEST(reply.status == 201U);
        const auto set = header_value(reply.headers, "set-cookie");
        BOOST_TEST(set.starts_with("katydid-session="));
        for (const auto* part : {"; HttpOnly", "; SameSite=Lax", "; Path=/"})
            BOOST_TEST(set.find(part) != set.npos);
        BOOST_TEST(set.find(key_of(person)) == set.npos);
        BOOST_TEST(header_value(reply.headers, "cache-control") == "no-store");
        const auto session = json::parse(reply.body);
        BOOST_TEST(session.at("role").as_string() == "admin");
        BOOST_TEST(session.at("operator").as_bool());

        const auto events = co_await browser.status_of("/v1/events");
        BOOST_TEST(events == 200U);
        const auto who = co_await browser.call("GET", "/console/session");
        BOOST_TEST(who.status == 200U);
        BOOST_TEST(json::parse(who.body) == session);
    });
}

// Goal: behind TLS the cookie is one that no other host and no plain connection can plant.
BOOST_AUTO_TEST_CASE(over_tls_the_cookie_is_bound_to_the_host)
{
    run([](ApiClient person) -> awaitable<> {
        Browser browser{person, {{"X-Forwarded-Proto", "https"}}};
        const auto reply = co_await browser.sign_in(key_of(person));
        const auto set = header_value(reply.headers, "set-cookie");
        BOOST_TEST(set.starts_with("__Host-katydid-session="));
        BOOST_TEST(set.find("; Secure") != set.npos);
        const auto events = co_await browser.status_of("/v1/events");
        BOOST_TEST(events == 200U);
        // The plain name does not count there.
        browser.cookie = "katydid-session=" + browser.cookie.substr(browser.cookie.find('=') + 1);
        const auto planted = co_await browser.status_of("/v1/events");
        BOOST_TEST(planted == 401U);
    });
}

// Goal: what another site can make a browser send does nothing: the cookie without the header.
BOOST_AUTO_TEST_CASE(the_cookie_alone_opens_nothing)
{
    run([](ApiClient person) -> awaitable<> {
        Browser browser{person};
        co_await browser.sign_in(key_of(person));
        const auto csrf = std::exchange(browser.csrf, "");
        const auto read = co_await browser.status_of("/v1/events");
        BOOST_TEST(read == 403U);
        const auto out = co_await browser.call("DELETE", "/console/session");
        BOOST_TEST(out.status == 403U);
        browser.csrf = csrf + "x";
        const auto wrong = co_await browser.status_of("/v1/events");
        BOOST_TEST(wrong == 403U);
        browser.csrf = csrf;
        const auto right = co_await browser.status_of("/v1/events");
        BOOST_TEST(right == 200U);
        // A form cannot send JSON, and nothing else signs in.
        Call form{"POST", "/console/session", "{\"key\":\"" + key_of(person) + "\"}", {}};
        form.headers = {{"Content-Type", "text/plain"}};
        const auto foreign = co_await browser.client.send(std::move(form));
        BOOST_TEST(foreign.status == 415U);
    });
}

// Goal: signing out, signing in again and revoking the key each end a session at once, with every
// copy of its cookie.
BOOST_AUTO_TEST_CASE(a_session_ends)
{
    run([](ApiClient person) -> awaitable<> {
        Browser browser{person};
        co_await browser.sign_in(key_of(person));
        auto thief = browser;
        co_await browser.sign_in(key_of(person));
        BOOST_TEST(thief.cookie != browser.cookie);
        const auto former = co_await thief.status_of("/v1/events");
        BOOST_TEST(former == 401U);

        thief = browser;
        const auto out = co_await browser.call("DELETE", "/console/session");
        BOOST_TEST(out.status == 204U);
        BOOST_TEST(header_value(out.headers, "set-cookie").find("Max-Age=0") != std::string::npos);
        const auto after = co_await thief.status_of("/v1/events");
        BOOST_TEST(after == 401U);

        // Whatever tenant the page looks at, also one that is gone.
        co_await browser.sign_in(key_of(person));
        thief = browser;
        browser.sent.push_back({"Katydid-Tenant", "no-such-tenant"});
        const auto shown = co_await browser.status_of("/console/session");
        BOOST_TEST(shown == 200U);
        const auto left = co_await browser.call("DELETE", "/console/session");
        BOOST_TEST(left.status == 204U);
        const auto gone = co_await thief.status_of("/v1/events");
        BOOST_TEST(gone == 401U);

        const auto made = co_await person.manage_as(
            201, "POST", "/v1/keys", R"({"name":"reader","scopes":["events:read"]})");
        Browser reader{person};
        const auto reply = co_await reader.sign_in(text(made, "key"));
        BOOST_TEST(json::parse(reply.body).at("role").as_string() == "read");
        const auto lacks = co_await reader.status_of("/v1/subscriptions");
        BOOST_TEST(lacks == 403U);
        co_await person.manage_as(200, "DELETE", "/v1/keys/" + text(made, "id"));
        const auto revoked = co_await reader.status_of("/v1/events");
        BOOST_TEST(revoked == 401U);
    });
}

// Goal: a restart ends no session, since it lies in the store and the vault's key beside it.
BOOST_AUTO_TEST_CASE(a_session_outlives_a_restart)
{
    std::string cookie;
    std::string csrf;
    run([&](ApiClient person) -> awaitable<> {
        Browser browser{person};
        co_await browser.sign_in(key_of(person));
        cookie = browser.cookie;
        csrf = browser.csrf;
    });
    run([&](ApiClient person) -> awaitable<> {
        Browser browser{person, {}, cookie, csrf};
        const auto events = co_await browser.status_of("/v1/events");
        BOOST_TEST(events == 200U);
    });
}

// Goal: sign-ins and sign-outs stand in the audit log, without the key or the cookie.
BOOST_AUTO_TEST_CASE(sessions_are_audited)
{
    run([](ApiClient person) -> awaitable<> {
        Browser browser{person};
        co_await browser.sign_in(key_of(person));
        co_await browser.call("DELETE", "/console/session");
        const auto audit = co_await person.manage_as(200, "GET", "/v1/audit?action=session.*");
        const auto& rows = audit.at("data").as_array();
        BOOST_REQUIRE(rows.size() == 2U);
        BOOST_TEST(text(rows[0], "action") == "session.closed");
        BOOST_TEST(text(rows[1], "action") == "session.opened");
        BOOST_TEST(text(rows[0], "object") == text(rows[1], "object"));
        const auto detail = json::parse(text(rows[1], "detail"));
        BOOST_TEST(text(detail, "role") == "admin");
    });
}

// Goal: an admin sees and ends the tenant's sessions, others their own and no others'.
BOOST_AUTO_TEST_CASE(sessions_are_listed_and_ended)
{
    run([](ApiClient person) -> awaitable<> {
        Browser admin{person};
        co_await admin.sign_in(key_of(person));
        std::vector<Browser> readers(2, Browser{person});
        for (auto& reader : readers) {
            const auto made = co_await person.manage_as(
                201, "POST", "/v1/keys", R"({"name":"reader","scopes":["events:read"]})");
            co_await reader.sign_in(text(made, "key"));
        }
        const auto own = co_await readers[0].call("GET", "/v1/sessions");
        const auto mine = json::parse(own.body).at("data").as_array();
        BOOST_REQUIRE(mine.size() == 1U);
        BOOST_TEST(mine[0].at("current").as_bool());
        BOOST_TEST(text(mine[0], "who") == "reader");
        BOOST_TEST(text(mine[0], "role") == "read");
        const auto all = co_await admin.call("GET", "/v1/sessions");
        const auto rows = json::parse(all.body).at("data").as_array();
        BOOST_REQUIRE(rows.size() == 3U);
        BOOST_TEST(text(rows[2], "kind") == "key");
        BOOST_TEST(rows[2].at("current").as_bool());
        const auto paged = co_await admin.call("GET", "/v1/sessions?limit=2");
        const auto cursor = text(json::parse(paged.body), "cursor");
        const auto rest = co_await admin.call("GET", "/v1/sessions?cursor=" + cursor);
        BOOST_TEST(json::parse(rest.body).at("data").as_array().size() == 1U);

        const auto others = co_await readers[1].call("DELETE",
                                                     "/v1/sessions/" + text(mine[0], "id"));
        BOOST_TEST(others.status == 404U);
        const auto ended = co_await admin.call("DELETE", "/v1/sessions/" + text(mine[0], "id"));
        BOOST_TEST(ended.status == 204U);
        const auto gone = co_await readers[0].status_of("/v1/events");
        BOOST_TEST(gone == 401U);
        const auto other = co_await readers[1].status_of("/v1/events");
        BOOST_TEST(other == 200U);
        const auto audit = co_await person.manage_as(200, "GET",
                                                     "/v1/audit?action=session.revoked");
        BOOST_TEST(audit.at("data").as_array().size() == 1U);
    });
}

// Goal: an operator's session is seen and ended by operators only, not by the admins of the tenant
// that its key lies in.
BOOST_AUTO_TEST_CASE(admins_cannot_end_operators_sessions)
{
    run([](ApiClient person) -> awaitable<> {
        Browser hub_operator{person};
        co_await hub_operator.sign_in(key_of(person));
        const auto made = co_await person.manage_as(201, "POST", "/v1/keys",
                                                    R"({"name":"admin","scopes":["admin"]})");
        Browser admin{person};
        co_await admin.sign_in(text(made, "key"));

        const auto all = co_await hub_operator.call("GET", "/v1/sessions");
        const auto rows = json::parse(all.body).at("data").as_array();
        BOOST_REQUIRE(rows.size() == 2U);
        const auto ids = std::pair{text(rows[0], "id"), text(rows[1], "id")};
        const auto seen = co_await admin.call("GET", "/v1/sessions");
        const auto own = json::parse(seen.body).at("data").as_array();
        BOOST_REQUIRE(own.size() == 1U);
        BOOST_TEST(text(own[0], "id") == ids.first);
        const auto refused = co_await admin.call("DELETE", "/v1/sessions/" + ids.second);
        BOOST_TEST(refused.status == 404U);
        const auto goes_on = co_await hub_operator.status_of("/v1/events");
        BOOST_TEST(goes_on == 200U);
        const auto ended = co_await hub_operator.call("DELETE", "/v1/sessions/" + ids.first);
        BOOST_TEST(ended.status == 204U);
    });
}

// Goal: guesses count as they do for /v1, and nonsense is refused.
BOOST_AUTO_TEST_CASE(guesses_are_slowed_down)
{
    run([](ApiClient person) -> awaitable<> {
        Browser browser{person};
        for (const std::string body : {"{}", "[]", "x", R"({"key":1})", R"({"key":"a","b":1})"}) {
            const auto reply = co_await browser.call("POST", "/console/session", body);
            BOOST_TEST((reply.status == 400U || reply.status == 422U));
        }
        unsigned last = 0;
        for (int guess = 0; guess < 30 && last != 429; ++guess) {
            const auto reply = co_await browser.sign_in("kd_live_" + std::to_string(guess));
            last = reply.status;
            BOOST_TEST((last == 401U || last == 429U));
        }
        BOOST_TEST(last == 429U);
        const auto right = co_await browser.sign_in(key_of(person));
        BOOST_TEST(right.status == 201U);
        browser.cookie = "katydid-session=AAAA";
        const auto nonsense = co_await browser.status_of("/v1/events");
        BOOST_TEST(nonsense == 401U);
    });
}

// Goal: a feed that was opened in a session ends with it, by cookie or by a ticket that was made in
// it, and that of another session goes on.
BOOST_AUTO_TEST_CASE(feeds_end_with_their_session)
{
    run([](ApiClient person) -> awaitable<> {
        Browser browser{person};
        Browser other{person};
        co_await browser.sign_in(key_of(person));
        co_await other.sign_in(key_of(person));
        const auto open_feed = [](ApiClient client, Browser& by) -> awaitable<ConsumerClient> {
            const auto made = co_await by.call("POST", "/v1/tickets", R"({"path":"/v1/feed"})");
            BOOST_REQUIRE(made.status == 201U);
            const auto ticket = text(json::parse(made.body), "ticket");
            ConsumerClient reader;
            const auto stranger = client.as("");
            const auto status = co_await reader.connect(stranger, "/v1/feed?ticket=" + ticket,
                                                        "katydid.feed.v1");
            BOOST_REQUIRE(status == 101U);
            co_return reader;
        };
        auto mine = co_await open_feed(person, browser);
        auto theirs = co_await open_feed(person, other);
        const auto left = co_await browser.call("POST", "/v1/tickets", R"({"path":"/v1/feed"})");
        const auto out = co_await browser.call("DELETE", "/console/session");
        BOOST_TEST(out.status / 100 == 2U);
        const auto frame = co_await mine.next();
        BOOST_TEST(frame.is_null());
        BOOST_TEST(mine.close_code() == 4401U);
        ConsumerClient late;
        const auto ticket = text(json::parse(left.body), "ticket");
        const auto stranger = person.as("");
        const auto refused = co_await late.connect(stranger, "/v1/feed?ticket=" + ticket,
                                                   "katydid.feed.v1");
        BOOST_TEST(refused == 401U);
        co_await person.manage_as(202, "POST", "/v1/events", R"({"type":"a.b","data":1})");
        const auto news = co_await theirs.next();
        BOOST_TEST(text(news, "type") == "event");
    });
}

BOOST_AUTO_TEST_SUITE_END()
