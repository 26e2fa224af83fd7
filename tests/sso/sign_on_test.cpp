// Signing in at a provider, and what people try there.
#include "hub/console/console.hpp"
#include "tests/sso/person.hpp"

#include "hub/core/codec/encoding.hpp"
#include "signing/algorithms/digest.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

constexpr const char* session_cookie = "__Host-katydid-session";
constexpr const char* state_cookie = "__Host-katydid-sign-on";

std::string base64url(std::string_view bytes) { return encode(Encoding::base64url, bytes); }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sso_sign_on, SignOnFixture)

// Goal: a person comes back with a code, has their role, and stands in the audit log by name.
BOOST_AUTO_TEST_CASE(a_person_signs_in)
{
    run([this](Person person) -> awaitable<> {
        const auto before = co_await person.get("/console/session");
        BOOST_TEST(json::parse(before.body).at("sign_on").as_string() == "Example");
        const auto asked = co_await person.begin("/console/#/events");
        BOOST_TEST(asked.at("response_type") == "code");
        BOOST_TEST(asked.at("client_id") == "hub");
        BOOST_TEST(asked.at("code_challenge_method") == "S256");
        BOOST_TEST(asked.at("redirect_uri") == std::string{hub_url} + "/sso/callback");
        BOOST_TEST(asked.at("scope") == "openid profile email");
        auto code = provider.authorize(asked);
        const auto reply = co_await person.come_back(code, asked.at("state"), provider.issuer());
        BOOST_TEST(reply.status == 303U);
        BOOST_TEST(location_of(reply) == "/console/#/events");
        BOOST_TEST(person.cookies.contains(session_cookie));
        BOOST_TEST(!person.cookies.contains(state_cookie));
        const auto known = co_await person.is_signed_in();
        BOOST_TEST(known);
        const auto session = co_await person.get("/console/session");
        const auto who = json::parse(session.body);
        BOOST_TEST(text(who, "person") == "ada@example.com");
        BOOST_TEST(text(who, "role") == "operate");
        BOOST_TEST(!who.at("operator").as_bool());

        const auto made = co_await person.call("POST", "/v1/events", R"({"type":"a.b","data":1})");
        BOOST_TEST(made.status == 202U);
        const auto keys = co_await person.get("/v1/keys");
        BOOST_TEST(keys.status == 403U);
        const auto sessions = co_await person.get("/v1/sessions");
        const auto row = json::parse(sessions.body).at("data").at(0);
        BOOST_TEST(text(row, "kind") == "person");
        BOOST_TEST(text(row, "who") == "ada@example.com");
        const auto audit = co_await person.client.manage_as(200, "GET",
                                                            "/v1/audit?action=session.opened");
        const auto& opened = audit.at("data").at(0);
        BOOST_TEST(text(opened, "actor") == "ada@example.com (operate)");
        const auto detail = json::parse(text(opened, "detail"));
        BOOST_TEST(text(detail, "issuer") == provider.issuer());
    });
}

// Goal: a token that is not this provider's, for this hub, of this sign-in, signs nobody in: each
// of the known forgeries, and with a good one the next person still comes in.
BOOST_AUTO_TEST_CASE(forged_tokens_sign_nobody_in)
{
    const auto claims_with = [](std::string name, json::value value) {
        return [name, value](FakeProvider::Settings& settings) { settings.claims[name] = value; };
    };
    const auto header_with = [](std::string header, std::string signature) {
        return [header, signature](FakeProvider::Settings& settings) {
            settings.sign = [=](const signing::JwsKey& key, const json::object& claims) {
                auto text = base64url(header) + "." + base64url(json::serialize(claims));
                if (signature != "hmac") return text + "." + signature;
                const auto mac = signing::hmac(signing::Hash::sha256,
                                               "{\"keys\":[" + key.jwk + "]}", text);
                return text + "." + base64url(mac.view());
            };
        };
    };
    const std::map<std::string, std::function<void(FakeProvider::Settings&)>> forgeries{
        {"alg=none", header_with(R"({"alg":"none"})", "")},
        {"HS256 with the public key", header_with(R"({"alg":"HS256"})", "hmac")},
        {"no token",
         [](auto& settings) {
             settings.sign = [](const auto&, const auto&) { return std::string{}; };
         }},
        {"another key of the same id",
         [](auto& settings) {
             settings.sign = [](const signing::JwsKey& key, const json::object& claims) {
                 auto other = signing::JwsKey::make();
                 other.kid = key.kid;
                 return signing::sign_jws(other, claims);
             };
         }},
        {"another issuer", claims_with("iss", "https://evil.example")},
        {"another audience", claims_with("aud", "another-client")},
        {"several audiences", claims_with("aud", json::array{"hub", "other"})},
        {"another party", claims_with("azp", "other")},
        {"another nonce", claims_with("nonce", "of-another-sign-in")},
        {"no nonce", claims_with("nonce", nullptr)},
        {"expired", claims_with("exp", 1'000'000'000)},
        {"not yet valid", claims_with("nbf", 90'000'000'000)},
        {"nobody", claims_with("sub", nullptr)},
    };
    run([&, this](Person person) -> awaitable<> {
        for (const auto& [name, forge] : forgeries) {
            FakeProvider::Settings good;
            provider.change([&](FakeProvider::Settings& settings) {
                good = settings;
                forge(settings);
            });
            auto victim = person;
            const auto reply = co_await victim.sign_in(provider);
            BOOST_TEST((reply.status == 401U || reply.status == 429U), name << " " << reply.status);
            BOOST_TEST(!victim.cookies.contains(session_cookie), name);
            provider.change([&](FakeProvider::Settings& settings) { settings = good; });
        }
        const auto reply = co_await person.sign_in(provider);
        BOOST_TEST(reply.status == 303U);
    });
}

// Goal: an answer works once: neither its state nor its code is taken again, from anybody.
BOOST_AUTO_TEST_CASE(replayed_state_and_code_are_refused)
{
    run([this](Person person) -> awaitable<> {
        const auto asked = co_await person.begin();
        const auto code = provider.authorize(asked);
        auto copy = person;  // with the cookie of the sign-in that is under way
        const auto first = co_await person.come_back(code, asked.at("state"), provider.issuer());
        BOOST_TEST(first.status == 303U);
        const auto again = co_await copy.come_back(code, asked.at("state"), provider.issuer());
        BOOST_TEST(again.status == 401U);
        BOOST_TEST(provider.counts().tokens == 1);
        // The code in a sign-in of one's own.
        Person thief{person.client};
        const auto own = co_await thief.begin();
        const auto stolen = co_await thief.come_back(code, own.at("state"), provider.issuer());
        BOOST_TEST(stolen.status == 401U);
        BOOST_TEST(!thief.cookies.contains(session_cookie));
    });
}

// Goal: a code that was intercepted before it was used is worth nothing in another browser (PKCE).
BOOST_AUTO_TEST_CASE(an_intercepted_code_needs_its_verifier)
{
    run([this](Person person) -> awaitable<> {
        const auto asked = co_await person.begin();
        const auto code = provider.authorize(asked);
        Person thief{person.client};
        const auto own = co_await thief.begin();
        const auto reply = co_await thief.come_back(code, own.at("state"), provider.issuer());
        BOOST_TEST(reply.status == 401U);
        BOOST_TEST(!thief.cookies.contains(session_cookie));
    });
}

// Goal: nobody is signed in as somebody else by a link: the answer has to be of a sign-in that this
// browser began.
BOOST_AUTO_TEST_CASE(an_answer_of_another_browser_is_refused)
{
    run([this](Person attacker) -> awaitable<> {
        const auto asked = co_await attacker.begin();
        const auto code = provider.authorize(asked);
        Person victim{attacker.client};
        const auto without = co_await victim.come_back(code, asked.at("state"), provider.issuer());
        BOOST_TEST(without.status == 401U);
        co_await victim.begin();
        const auto other = co_await victim.come_back(code, asked.at("state"), provider.issuer());
        BOOST_TEST(other.status == 401U);
        BOOST_TEST(!victim.cookies.contains(session_cookie));
        BOOST_TEST(provider.counts().tokens == 0);
    });
}

// Goal: an answer of another provider (RFC 9207) never sends this one's code or secret anywhere.
BOOST_AUTO_TEST_CASE(mixed_up_issuers_are_refused)
{
    run([this](Person person) -> awaitable<> {
        for (const std::string issuer : {"https://evil.example", "", " "}) {
            const auto asked = co_await person.begin();
            const auto code = provider.authorize(asked);
            const auto reply = co_await person.come_back(code, asked.at("state"), issuer);
            BOOST_TEST(reply.status == 401U);
        }
        BOOST_TEST(provider.counts().tokens == 0);
    });
}

// Goal: a description that names another issuer is not believed.
BOOST_AUTO_TEST_CASE(a_description_of_another_issuer_is_refused)
{
    provider.change([](FakeProvider::Settings& settings) {
        settings.metadata["issuer"] = "https://evil.example";
    });
    run([](Person person) -> awaitable<> {
        const auto reply = co_await person.get("/sso/login");
        BOOST_TEST(reply.status == 503U);
    });
}

// Goal: sign-on leads back to this hub and nowhere else.
BOOST_AUTO_TEST_CASE(return_to_is_a_path_of_this_hub)
{
    run([](Person person) -> awaitable<> {
        for (const auto* to :
             {"//evil.example", "%2F%2Fevil.example", "/%5Cevil.example", "%5C%5Cevil.example",
              "https://evil.example", "https:evil.example", "javascript:alert(1)", "%09//evil",
              "/%09/evil.example", "/%0D%0ASet-Cookie:a=b", "", "evil"}) {
            const auto reply = co_await person.get("/sso/login?return_to=" + std::string{to});
            BOOST_TEST(reply.status == 400U, to);
            BOOST_TEST(header_value(reply.headers, "location").empty());
        }
    });
}

// Goal: a session that somebody planted before does not become the person's.
BOOST_AUTO_TEST_CASE(a_planted_session_ends_at_sign_in)
{
    run([this](Person attacker) -> awaitable<> {
        co_await attacker.sign_in(provider);
        Person victim{attacker.client};
        victim.cookies = attacker.cookies;
        const auto reply = co_await victim.sign_in(provider);
        BOOST_TEST(reply.status == 303U);
        BOOST_TEST(victim.cookies.at(session_cookie) != attacker.cookies.at(session_cookie));
        const auto planted = co_await attacker.get("/v1/events");
        BOOST_TEST(planted.status == 401U);
        const auto own = co_await victim.get("/v1/events");
        BOOST_TEST(own.status == 200U);
    });
}

// Goal: who has no role is told, and has no session; a role that only userinfo tells counts, when
// it is of the same person.
BOOST_AUTO_TEST_CASE(roles_come_from_claims)
{
    run([this](Person person) -> awaitable<> {
        provider.change(
            [](FakeProvider::Settings& settings) { settings.claims = {{"groups", "visitors"}}; });
        const auto none = co_await person.sign_in(provider);
        BOOST_TEST((none.status == 403U || none.status == 401U));
        BOOST_TEST(!person.cookies.contains(session_cookie));
        provider.change([](FakeProvider::Settings& settings) {
            settings.claims = {{"name", "Ada"}};
            settings.userinfo = {{"sub", "somebody-else"}, {"groups", json::array{"admins"}}};
        });
        const auto other = co_await person.sign_in(provider);
        BOOST_TEST(other.status == 401U);
        provider.change(
            [](FakeProvider::Settings& settings) { settings.userinfo["sub"] = "sub-1"; });
        const auto admin = co_await person.sign_in(provider);
        BOOST_TEST(admin.status == 303U);
        const auto tenants = co_await person.get("/v1/tenants");
        BOOST_TEST(tenants.status == 200U);
        const auto session = co_await person.get("/console/session");
        BOOST_TEST(json::parse(session.body).at("operator").as_bool());
    });
}

// Goal: that one address is verified, as userinfo says, makes no other one verified that the token
// has.
BOOST_AUTO_TEST_CASE(an_address_is_verified_where_it_is_said)
{
    run([this](Person person) -> awaitable<> {
        provider.change([](FakeProvider::Settings& settings) {
            settings.claims = {{"email", "root@example.com"}, {"email_verified", nullptr}};
            settings.userinfo = {{"sub", "sub-1"},
                                 {"groups", "ops"},
                                 {"email", "ada@example.com"},
                                 {"email_verified", true}};
        });
        co_await person.sign_in(provider);
        const auto session = co_await person.get("/console/session");
        BOOST_TEST((json::parse(session.body).at("person") == "sub-1"));
        provider.change([](FakeProvider::Settings& settings) {
            settings.claims = {{"email", nullptr}, {"email_verified", true}};
            settings.userinfo["email_verified"] = false;
        });
        co_await person.sign_in(provider);
        const auto other = co_await person.get("/console/session");
        BOOST_TEST((json::parse(other.body).at("person") == "sub-1"));
    });
}

// Goal: signing out ends the session here and leads to the provider's; another site cannot do it.
BOOST_AUTO_TEST_CASE(signing_out_here_and_there)
{
    run([this](Person person) -> awaitable<> {
        co_await person.sign_in(provider);
        auto copy = person;
        auto elsewhere = person;
        elsewhere.sent.push_back({"Sec-Fetch-Site", "cross-site"});
        const auto foreign = co_await elsewhere.get("/sso/logout");
        BOOST_TEST(foreign.status == 403U);
        const auto still = co_await copy.get("/v1/events");
        BOOST_TEST(still.status == 200U);
        const auto reply = co_await person.get("/sso/logout");
        BOOST_TEST(reply.status == 303U);
        const auto url = location_of(reply);
        BOOST_TEST(url.starts_with(provider.issuer() + "/logout?from=hub&client_id=hub&"));
        BOOST_TEST(fields_of(url.substr(url.find('&'))).at("post_logout_redirect_uri")
                   == std::string{hub_url} + "/console/");
        const auto gone = co_await copy.get("/v1/events");
        BOOST_TEST(gone.status == 401U);
    });
}

// Goal: no page of sign-on is shown in a frame, and none is kept.
BOOST_AUTO_TEST_CASE(pages_are_in_nobodys_frame)
{
    run([](Person person) -> awaitable<> {
        for (const std::string path : {"/sso/login?return_to=x", "/sso/callback", "/sso/handoff"}) {
            const auto reply = co_await person.get(path);
            const auto policy = header_value(reply.headers, "content-security-policy");
            BOOST_TEST(policy.find("frame-ancestors 'none'") != policy.npos, path);
            BOOST_TEST(header_value(reply.headers, "cache-control") == "no-store");
        }
    });
}

// Goal: made-up answers are slowed down.
BOOST_AUTO_TEST_CASE(guesses_are_slowed_down)
{
    run([](Person person) -> awaitable<> {
        unsigned last = 0;
        for (int guess = 0; guess < 30 && last != 429; ++guess) {
            const auto reply = co_await person.come_back("c", "s", "");
            last = reply.status;
        }
        BOOST_TEST(last == 429U);
    });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sso_without_provider)

// Goal: while the provider is down people are told so, and keys sign in as always.
BOOST_AUTO_TEST_CASE(a_provider_that_is_down)
{
    if (!console::is_built_in()) return;
    const Folder folder;
    run_with_hub(sign_on_settings(folder, "http://127.0.0.1:9"),
                 [](ApiClient client) -> awaitable<> {
                     Person person{client};
                     const auto reply = co_await person.get("/sso/login");
                     BOOST_TEST(reply.status == 503U);
                     BOOST_TEST(reply.body.find("does not answer") != std::string::npos);
                     const auto key = client.authorisation().value.substr(7);
                     const auto in = co_await person.call("POST", "/console/session",
                                                          "{\"key\":\"" + key + "\"}");
                     BOOST_TEST(in.status == 201U);
                     // And out again, without the provider.
                     const auto out = co_await person.get("/sso/logout");
                     BOOST_TEST(location_of(out) == "/console/");
                 });
}

// Goal: without [sso] there is nothing of it.
BOOST_AUTO_TEST_CASE(without_settings_there_is_nothing)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient client) -> awaitable<> {
        Person person{client};
        for (const auto* path : {"/sso/login", "/sso/callback", "/sso/handoff", "/sso/logout",
                                 "/.well-known/jwks.json"}) {
            const auto reply = co_await person.get(path);
            BOOST_TEST(reply.status == 404U);
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
