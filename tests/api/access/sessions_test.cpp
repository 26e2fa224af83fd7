#include "hub/api/access/portal_links.hpp"
#include "hub/api/access/sessions.hpp"

#include "tests/support/run_coroutine.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace katydid;
using namespace katydid::api;

namespace {

using namespace std::chrono_literals;

/// Records as a store keeps them: by id, with versions.
class FewRecords final : public store::Records {
public:
    awaitable<result<void>> put_record(store::Record record) override
    {
        const auto there = rows.find(record.id);
        const auto version = there == rows.end() ? 0 : there->second.version;
        if (record.version != version + 1) co_return Error{errc::conflict, "another version"};
        rows.insert_or_assign(record.id, record);
        co_return result<void>{};
    }
    awaitable<result<void>> delete_record(TenantId, std::string, std::string id) override
    {
        if (rows.erase(id) == 0) co_return Error{errc::not_found, "there is none"};
        co_return result<void>{};
    }
    awaitable<result<std::vector<store::Record>>> records(std::string kind) override
    {
        std::vector<store::Record> found;
        for (const auto& [id, row] : rows)
            if (row.kind == kind) found.push_back(row);
        co_return found;
    }
    awaitable<result<store::Record>> record(TenantId, std::string, std::string id) override
    {
        const auto there = rows.find(id);
        if (there == rows.end()) co_return Error{errc::not_found, "there is none"};
        co_return there->second;
    }

    std::map<std::string, store::Record> rows;
};

struct SessionFixture {
    signing::Vault vault{std::array<unsigned char, 32>{7}};
    registry::Tables tables;
    FewRecords records;
    ManualClock clock;
    IdSource ids{clock, 1};
    Sessions sessions{vault, tables, records, clock};
    registry::ApiKeyPtr key;

    SessionFixture()
    {
        registry::ApiKey made;
        made.id = ids.make<KeyId>();
        made.tenant = ids.make<TenantId>();
        made.sha256 = hash_api_key("kd_live_1");
        made.scopes = {"events:read"};
        key = std::make_shared<const registry::ApiKey>(made);
        tables.put_api_key(key);
    }

    std::string open()
    {
        std::string token;
        test::run_coroutine([&]() -> awaitable<void> {
            auto opened = co_await sessions.open(key);
            token = opened.value();
        });
        return token;
    }

    /// 200, or the status of whichever refuses, as a route asks.
    unsigned ask(const std::string& token, const std::string& csrf)
    {
        http::Request request;
        request.headers = {{"Katydid-Csrf", csrf}};
        const auto access = sessions.admit(request, token, "events:read");
        if (const auto* refusal = std::get_if<http::Response>(&access)) return refusal->status;
        unsigned status = 200;
        test::run_coroutine([&]() -> awaitable<void> {
            const auto ended = co_await sessions.check(token);
            if (ended) status = ended->status;
        });
        return status;
    }
    unsigned ask(const std::string& token) { return ask(token, csrf_of(token)); }
};

http::Request with_cookie(std::string cookie, bool tls)
{
    http::Request request;
    request.peer.tls = tls;
    request.headers = {{"Cookie", std::move(cookie)}};
    return request;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sessions, SessionFixture)

// Goal: a session that is used goes on for seven days and no longer.
BOOST_AUTO_TEST_CASE(a_used_session_ends_after_seven_days)
{
    const auto token = open();
    for (int hours = 0; hours < 7 * 24; hours += 8) {
        BOOST_TEST(ask(token) == 200U);
        clock.advance(8h);
    }
    BOOST_TEST(ask(token) == 401U);
}

// Goal: a session that nobody uses ends after twelve hours.
BOOST_AUTO_TEST_CASE(an_idle_session_ends_after_twelve_hours)
{
    const auto token = open();
    clock.advance(11h + 59min);
    BOOST_TEST(ask(token) == 200U);
    clock.advance(11h + 59min);
    BOOST_TEST(ask(token) == 200U);
    clock.advance(12h);
    BOOST_TEST(ask(token) == 401U);
}

// Goal: calls shortly after each other write nothing.
BOOST_AUTO_TEST_CASE(the_record_is_written_seldom)
{
    const auto token = open();
    for (int call = 0; call < 10; ++call) {
        clock.advance(20s);
        BOOST_TEST(ask(token) == 200U);
    }
    BOOST_TEST(records.rows.begin()->second.version == 1U);
    clock.advance(5min);
    BOOST_TEST(ask(token) == 200U);
    BOOST_TEST(records.rows.begin()->second.version == 2U);
}

// Goal: a token that was changed in any place, is of another hub, or whose record is gone is none.
BOOST_AUTO_TEST_CASE(only_whole_tokens_of_this_hub_count)
{
    const auto token = open();
    for (std::size_t at = 0; at < token.size(); ++at) {
        auto changed = token;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        if (!sessions.read(changed)) continue;
        // The last digit of base64url has bits that mean nothing; they are refused when not zero.
        BOOST_TEST(changed == token);
    }
    BOOST_TEST(ask("") == 401U);
    const signing::Vault other{std::array<unsigned char, 32>{8}};
    const Sessions elsewhere{other, tables, records, clock};
    BOOST_TEST(!elsewhere.read(token));
    records.rows.clear();
    BOOST_TEST(ask(token) == 401U);
}

// Goal: the header belongs to this session.
BOOST_AUTO_TEST_CASE(the_header_of_another_session_is_wrong)
{
    const auto token = open();
    const auto other = open();
    BOOST_TEST(ask(token, csrf_of(token)) == 200U);
    BOOST_TEST(ask(token, csrf_of(other)) == 403U);
    BOOST_TEST(ask(token, "") == 403U);
}

// Goal: the cookie is found among others, by its whole name, and by the name for this connection.
BOOST_AUTO_TEST_CASE(the_cookie_is_found)
{
    const auto plain = [](std::string text) {
        return session_cookie_of(with_cookie(std::move(text), false));
    };
    BOOST_TEST(plain("katydid-session=a") == "a");
    BOOST_TEST(plain("x=1; katydid-session=a; y=2") == "a");
    BOOST_TEST(plain("katydid-sessions=a") == "");
    BOOST_TEST(plain("xkatydid-session=a") == "");
    BOOST_TEST(plain("__Host-katydid-session=a") == "");
    BOOST_TEST(plain("") == "");
    BOOST_TEST(session_cookie_of(with_cookie("__Host-katydid-session=a", true)) == "a");
    BOOST_TEST(session_cookie_of(with_cookie("katydid-session=a", true)) == "");
}

// Goal: a browser may be in the console and, in a frame, in the portal: a call is of the page that
// sends its own header, and without one of the console, which then refuses it.
BOOST_AUTO_TEST_CASE(the_header_tells_console_and_portal_apart)
{
    auto request = with_cookie("katydid-session=a; katydid-portal=b", false);
    BOOST_TEST(session_cookie_of(request) == "a");
    request.headers.push_back({"Katydid-Csrf", csrf_of("b")});
    BOOST_TEST(session_cookie_of(request) == "b");
    request.headers.back().value = csrf_of("a");
    BOOST_TEST(session_cookie_of(request) == "a");
    BOOST_TEST(session_cookie_of(request, Page::portal) == "b");
}

// Goal: only what has to lie in a frame of another site is sent there, and only over TLS.
BOOST_AUTO_TEST_CASE(a_cookie_for_a_frame_is_partitioned)
{
    const auto frame = session_set_cookie(with_cookie("", true), "t", Page::portal, true);
    BOOST_TEST(frame.starts_with("__Host-katydid-portal=t; Path=/; HttpOnly; SameSite=None; "
                                 "Partitioned; Secure"));
    for (const auto& other : {session_set_cookie(with_cookie("", true), "t", Page::portal, false),
                              session_set_cookie(with_cookie("", false), "t", Page::portal, true),
                              session_set_cookie(with_cookie("", true), "t")})
        BOOST_TEST(other.find("SameSite=Lax") != other.npos);
}

// Goal: a key has so many sessions and no more; the oldest ends for a new one.
BOOST_AUTO_TEST_CASE(the_oldest_session_makes_room)
{
    std::vector<std::string> tokens;
    for (std::size_t i = 0; i < sessions_max + 2; ++i) {
        tokens.push_back(open());
        clock.advance(1s);
    }
    BOOST_TEST(records.rows.size() == sessions_max);
    BOOST_TEST(ask(tokens[0]) == 401U);
    BOOST_TEST(ask(tokens[1]) == 401U);
    BOOST_TEST(ask(tokens[2]) == 200U);
    BOOST_TEST(ask(tokens.back()) == 200U);
}

// Goal: however many links and keys a tenant makes, what every sign-in looks through is bounded;
// and a tenant's sessions do not end an operator's.
BOOST_AUTO_TEST_CASE(a_tenant_has_so_many_sessions)
{
    const auto first = open();
    const auto row = records.rows.begin()->second;
    const auto add = [&](std::size_t number, std::string_view is_operator) {
        auto other = row;
        other.id = "s" + std::to_string(number);
        other.json = R"({"owner":"portal:)" + other.id + R"(","who":"portal","kind":"portal",)"
                     + R"("role":"read","operator":)" + std::string{is_operator}
                     + R"(,"created_at":"2026-01-01T00:00:00Z","used_at":"2026-01-01T00:00:00Z"})";
        records.rows.insert_or_assign(other.id, other);
    };
    add(0, "true");
    for (std::size_t i = 1; i < tenant_sessions_max; ++i) add(i, "false");
    clock.advance(1s);
    const auto token = open();
    BOOST_TEST(records.rows.size() == tenant_sessions_max + 1);
    BOOST_TEST(records.rows.contains("s0"));
    BOOST_TEST(ask(token) == 200U);
}

// Goal: a key of a tenant that is being deleted opens nothing, by its session neither.
BOOST_AUTO_TEST_CASE(a_session_of_a_leaving_tenant_ends)
{
    const auto token = open();
    registry::Tenant tenant;
    tenant.id = key->tenant;
    tenant.name = "leaving";
    tenant.deleted_at = clock.now();
    tables.put_tenant(std::make_shared<const registry::Tenant>(tenant));
    BOOST_TEST(ask(token) == 401U);
}

// Goal: a person may what their role says, until the sign-on settings change or half a day is over.
BOOST_AUTO_TEST_CASE(a_person_is_their_role)
{
    registry::Tenant tenant;
    tenant.id = key->tenant;
    tenant.name = "acme";
    tables.put_tenant(std::make_shared<const registry::Tenant>(tenant));
    Sessions now{vault, tables, records, clock, "settings"};
    Grant grant;
    grant.subject = "sub-1";
    grant.person = "ada@example.com";
    grant.tenant = key->tenant;
    grant.stamp = "settings";
    std::string token;
    test::run_coroutine([&]() -> awaitable<void> {
        const auto ends_at = clock.now() + person_session_age_max;
        auto opened = co_await now.open(grant, ends_at);
        token = opened.value();
    });
    http::Request call;
    call.headers = {{"Katydid-Csrf", csrf_of(token)}};
    const auto access = now.admit(call, token, "events:read");
    BOOST_REQUIRE(std::holds_alternative<Caller>(access));
    BOOST_TEST(actor_of(std::get<Caller>(access)) == "ada@example.com (read)");
    for (const auto scope : {"events:write", "admin", "tenants:write", "operator"}) {
        const auto refused = now.admit(call, token, scope);
        BOOST_TEST(std::get<http::Response>(refused).status == 403U);
    }
    // Other settings, or none.
    BOOST_TEST(ask(token) == 401U);
    now.sign_on_stamp = "other settings";
    BOOST_TEST(std::holds_alternative<http::Response>(now.admit(call, token, "events:read")));
    now.sign_on_stamp = "settings";
    clock.advance(person_session_age_max);
    BOOST_TEST(std::holds_alternative<http::Response>(now.admit(call, token, "events:read")));
}

// Goal: the page of a link that has ended still lies in its frame, where it says so; the link opens
// nothing any more.
BOOST_AUTO_TEST_CASE(a_frame_outlives_its_link)
{
    const PortalLinks links{vault, records, clock};
    PortalLink link;
    link.grant.subject = "portal:1";
    link.ends_at = clock.now() + 1h;
    link.frame_origins = {"https://app.example", "https://b.example"};
    const auto text = links.make_frame(link);
    clock.advance(1h);
    const auto frame = links.read_frame(text);
    BOOST_REQUIRE(frame);
    BOOST_TEST(frame->link == "portal:1");
    BOOST_TEST(frame->origins == "https://app.example https://b.example");
    auto made = links.make(link);
    test::run_coroutine([&]() -> awaitable<void> {
        const auto spent = co_await links.spend(std::move(made));
        const auto* refusal = std::get_if<http::Response>(&spent);
        BOOST_REQUIRE(refusal != nullptr);
        BOOST_TEST(refusal->status == 401U);
        BOOST_TEST(refusal->body.find("has expired") != std::string::npos);
    });
}

BOOST_AUTO_TEST_SUITE_END()
