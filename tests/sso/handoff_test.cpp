// A person who is signed in here is handed on to a platform.
#include "hub/core/codec/percent.hpp"
#include "hub/sso/handoff_keys.hpp"
#include "tests/sso/person.hpp"
#include "tests/support/run_coroutine.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

/// The value of a hidden field.
std::string field(const std::string& page, const std::string& name)
{
    const auto label = "name=\"" + name + "\" value=\"";
    const auto at = page.find(label);
    if (at == std::string::npos) return {};
    const auto begin = at + label.size();
    return page.substr(begin, page.find('"', begin) - begin);
}

class KeyRecords final : public store::Records {
public:
    awaitable<result<void>> put_record(store::Record record) override
    {
        rows.push_back(std::move(record));
        co_return result<void>{};
    }
    awaitable<result<void>> delete_record(TenantId, std::string, std::string) override
    {
        co_return Error{errc::not_found, "there is none"};
    }
    awaitable<result<std::vector<store::Record>>> records(std::string) override { co_return rows; }
    awaitable<result<store::Record>> record(TenantId, std::string, std::string) override
    {
        co_return Error{errc::not_found, "there is none"};
    }

    std::vector<store::Record> rows;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sso_handoff, SignOnFixture)

// Goal: the platform gets a token that says who it is, for it alone, for a minute, under a key that
// this hub publishes; and the log says that it did.
BOOST_AUTO_TEST_CASE(a_person_is_handed_on)
{
    run([this](Person person) -> awaitable<> {
        co_await person.sign_in(provider);
        const auto page = co_await person.get("/sso/handoff?to=atlvs&return_to=/orders/1");
        BOOST_TEST(page.status == 200U);
        BOOST_TEST(page.body.find("method=\"post\" action=\"https://atlvs.example/sso/katydid\"")
                   != std::string::npos);
        BOOST_TEST(page.body.find("<button>") != std::string::npos);
        const auto policy = header_value(page.headers, "content-security-policy");
        BOOST_TEST(policy.find("form-action https://atlvs.example") != policy.npos);
        BOOST_TEST(policy.find("unsafe") == policy.npos);
        BOOST_TEST(field(page.body, "return_to") == "/orders/1");

        const auto set = co_await person.get("/.well-known/jwks.json");
        const auto claims = signing::open_jws(field(page.body, "token"), set.body);
        BOOST_REQUIRE(claims.has_value());
        BOOST_TEST(claims->at("iss") == hub_url);
        BOOST_TEST(claims->at("aud") == "atlvs");
        BOOST_TEST(claims->at("sub") == "sub-1");
        BOOST_TEST(claims->at("name") == "ada@example.com");
        BOOST_TEST(claims->at("role") == "operate");
        BOOST_TEST(claims->at("return_to") == "/orders/1");
        BOOST_TEST(claims->at("exp").as_int64() - claims->at("iat").as_int64() == 60);
        BOOST_TEST(set.body.find("\"d\"") == std::string::npos);

        const auto next = co_await person.get("/sso/handoff?to=atlvs");
        const auto others = signing::open_jws(field(next.body, "token"), set.body);
        BOOST_TEST(others->at("jti") != claims->at("jti"));
        const auto script = co_await person.get("/sso/handoff.js");
        BOOST_TEST(script.status == 200U);
        const auto audit = co_await person.client.manage_as(200, "GET",
                                                            "/v1/audit?action=session.handed_on");
        BOOST_TEST(audit.at("data").as_array().size() == 2U);
    });
}

// Goal: where a token goes is in the settings: neither the platform's URL nor another host in the
// path is the caller's to choose.
BOOST_AUTO_TEST_CASE(a_handoff_leads_to_platforms_of_the_settings_only)
{
    run([this](Person person) -> awaitable<> {
        co_await person.sign_in(provider);
        for (const auto* path : {"?to=evil", "", "?to=https://evil.example", "?to=ATLVS"}) {
            const auto reply = co_await person.get("/sso/handoff" + std::string{path});
            BOOST_TEST(reply.status == 404U);
        }
        for (const auto* to : {"//evil.example", "%2F%2Fevil.example", "/%5Cevil.example",
                               "https://evil.example", "javascript:alert(1)", ""}) {
            const auto reply = co_await person.get("/sso/handoff?to=atlvs&return_to="
                                                   + std::string{to});
            BOOST_TEST(reply.status == 400U, to);
        }
        const auto own = co_await person.get(
            "/sso/handoff?to=atlvs&callback_url=https://evil.example/&redirect_uri=//evil");
        BOOST_TEST(own.status == 200U);
        BOOST_TEST(own.body.find("evil") == std::string::npos);
        const auto hostile = co_await person.get(
            "/sso/handoff?to=atlvs&return_to=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
        BOOST_TEST(hostile.body.find("<script>") == std::string::npos);
    });
}

// Goal: who is not signed in signs in first and then goes on; a key is no person.
BOOST_AUTO_TEST_CASE(a_handoff_begins_with_signing_in)
{
    run([this](Person person) -> awaitable<> {
        const auto first = co_await person.get("/sso/handoff?to=atlvs&return_to=/orders/1");
        BOOST_TEST(first.status == 303U);
        const auto login = location_of(first);
        BOOST_REQUIRE(login.starts_with("/sso/login?return_to="));
        const auto asked_page = co_await person.get(login);
        const std::string url{header_value(asked_page.headers, "location")};
        const auto asked = fields_of(url.substr(url.find('?') + 1));
        auto code = provider.authorize(asked);
        const auto back = co_await person.come_back(code, asked.at("state"), provider.issuer());
        BOOST_TEST(location_of(back) == "/sso/handoff?to=atlvs&return_to=%2Forders%2F1");
        const auto page = co_await person.get(location_of(back));
        BOOST_TEST(field(page.body, "return_to") == "/orders/1");

        Person keyed{person.client};
        const auto key = person.client.authorisation().value.substr(7);
        co_await keyed.call("POST", "/console/session", "{\"key\":\"" + key + "\"}");
        const auto refused = co_await keyed.get("/sso/handoff?to=atlvs");
        BOOST_TEST(refused.status == 403U);
        BOOST_TEST(field(refused.body, "token").empty());
    });
}

// Goal: no platform takes in who came by a portal link, under whichever name they send the portal's
// cookie; and the console's page does not take it for its own.
BOOST_AUTO_TEST_CASE(a_portal_link_is_no_person)
{
    run([this](Person person) -> awaitable<> {
        const auto made = co_await person.client.manage_as(201, "POST", "/v1/portal-links",
                                                           R"({"role":"operate"})");
        const std::string url{made.at("url").as_string()};
        Person customer{person.client};
        const auto link = url.substr(url.find("#link=") + 6);
        co_await customer.call("POST", "/portal/session", "{\"link\":\"" + link + "\"}");
        const auto cookie = customer.cookies.at("__Host-katydid-portal");
        customer.cookies["__Host-katydid-session"] = cookie;
        const auto page = co_await customer.get("/sso/handoff?to=atlvs");
        BOOST_TEST(page.status == 303U);
        BOOST_TEST(location_of(page).starts_with("/sso/login"));
        BOOST_TEST(field(page.body, "token").empty());
        const auto console = co_await customer.get("/console/session");
        BOOST_TEST(console.status == 401U);

        co_await person.sign_in(provider);
        person.cookies["__Host-katydid-portal"] = person.cookies.at("__Host-katydid-session");
        const auto portal = co_await person.get("/portal/session");
        BOOST_TEST(portal.status == 401U);
    });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sso_handoff_keys)

// Goal: a new key is published before it signs, and an old one after it did; both hubs of a store
// have the same.
BOOST_AUTO_TEST_CASE(keys_rotate_without_a_gap)
{
    const signing::Vault vault{std::array<unsigned char, 32>{7}};
    KeyRecords records;
    ManualClock clock;
    sso::HandoffKeys one{vault, records, clock};
    sso::HandoffKeys other{vault, records, clock};
    const auto signs = [&](sso::HandoffKeys& keys) -> awaitable<std::string> {
        const auto key = co_await keys.signer();
        co_return key.value().kid;
    };
    const auto publishes = [&](sso::HandoffKeys& keys, std::string kid) -> awaitable<bool> {
        const auto set = co_await keys.jwks();
        co_return set.value().find(kid) != std::string::npos;
    };
    run_coroutine([&]() -> awaitable<> {
        const auto first = co_await signs(one);
        const auto same = co_await signs(other);
        BOOST_TEST(first == same);
        BOOST_TEST(records.rows.front().json.find("PRIVATE") == std::string::npos);
        clock.advance(30 * 24h + 1s);
        const auto still = co_await signs(one);
        BOOST_TEST(still == first);
        BOOST_REQUIRE(records.rows.size() == 2U);
        const auto next = records.rows.back().id;
        const auto early = co_await publishes(other, next);
        BOOST_TEST(early);
        clock.advance(11min);
        const auto now = co_await signs(one);
        BOOST_TEST(now == next);
        const auto late = co_await publishes(other, first);
        BOOST_TEST(late);
        clock.advance(2 * 24h);
        const auto gone = co_await publishes(one, first);
        BOOST_TEST(!gone);
    });
}

// Goal: keys that were sealed under a master key of former times are no obstacle.
BOOST_AUTO_TEST_CASE(unreadable_keys_are_replaced)
{
    const signing::Vault vault{std::array<unsigned char, 32>{7}};
    const signing::Vault changed{std::array<unsigned char, 32>{8}};
    KeyRecords records;
    ManualClock clock;
    sso::HandoffKeys before{vault, records, clock};
    sso::HandoffKeys after{changed, records, clock};
    run_coroutine([&]() -> awaitable<> {
        const auto old = co_await before.signer();
        const auto made = co_await after.signer();
        BOOST_TEST(made.value().kid != old.value().kid);
    });
}

BOOST_AUTO_TEST_SUITE_END()
