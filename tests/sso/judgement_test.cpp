// What is decided without a network: ID tokens, roles, paths, the provider's description.
#include "hub/sso/id_token.hpp"
#include "hub/sso/login_state.hpp"
#include "hub/sso/pages.hpp"
#include "hub/sso/provider.hpp"
#include "hub/sso/roles.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::sso;

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

const Timestamp now{1'800'000'000s};

json::object good_claims()
{
    return {
        {"iss", "https://login.example"}, {"aud", "hub"},        {"sub", "sub-1"}, {"nonce", "n"},
        {"iat", 1'800'000'000},           {"exp", 1'800'000'300}};
}

bool is_good(const json::object& changes)
{
    auto claims = good_claims();
    for (const auto& member : changes) {
        if (member.value().is_null()) claims.erase(member.key());
        else claims[member.key()] = member.value();
    }
    return check_id_token(claims, {"https://login.example", "hub", "n", now}).has_value();
}

config::SignOnSettings settings_with(std::vector<config::RoleRule> roles)
{
    config::SignOnSettings settings;
    settings.issuer = "https://login.example";
    settings.roles = std::move(roles);
    return settings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sso_judgement)

// Goal: each claim that ties a token to this sign-in is looked at.
BOOST_AUTO_TEST_CASE(claims_of_a_token)
{
    BOOST_TEST(is_good({}));
    const std::pair<bool, json::object> cases[] = {
        {false, {{"iss", "https://login.example/"}}},
        {false, {{"iss", "https://evil.example"}}},
        {false, {{"iss", nullptr}}},
        {false, {{"aud", "other"}}},
        {false, {{"aud", nullptr}}},
        {false, {{"aud", json::array{}}}},
        {false, {{"aud", 1}}},
        {true, {{"aud", json::array{"hub"}}}},
        {false, {{"aud", json::array{"hub", "other"}}}},
        {true, {{"aud", json::array{"hub", "other"}}, {"azp", "hub"}}},
        {false, {{"azp", "other"}}},
        {false, {{"azp", 1}}},
        {false, {{"nonce", "other"}}},
        {false, {{"nonce", nullptr}}},
        {false, {{"nonce", ""}}},
        {false, {{"sub", nullptr}}},
        {false, {{"sub", ""}}},
        {false, {{"sub", std::string(256, 'a')}}},
        {false, {{"exp", nullptr}}},
        {false, {{"exp", "1800000300"}}},
        {false, {{"exp", 1'799'999'940}}},
        {true, {{"exp", 1'799'999'941}}},  // within the skew
        {true, {{"exp", 1'800'000'300.5}}},
        {false, {{"iat", nullptr}}},
        {false, {{"iat", 1'800'000'061}}},
        {true, {{"iat", 1'800'000'059}}},
        {false, {{"iat", 1e300}}},
        {false, {{"iat", -1}}},
        {false, {{"nbf", 1'800'000'061}}},
        {false, {{"nbf", "soon"}}},
        {true, {{"nbf", 1'800'000'060}}},
    };
    for (const auto& [good, changes] : cases)
        BOOST_TEST(is_good(changes) == good, json::serialize(changes));
}

// Goal: the first rule that fits counts, an unverified address is nobody's, no rule is no role.
BOOST_AUTO_TEST_CASE(roles_of_people)
{
    const TenantId acme{IdBytes{7}};
    const auto settings = settings_with({{"email", "root@example.com", "admin", {}, true},
                                         {"groups", "ops", "operate", acme, false},
                                         {"staff", "true", "read"}});
    const auto role = [&](const json::object& claims) {
        const auto grant = grant_of(settings, claims);
        return grant ? std::string{api::to_text(grant->role)} : std::string{"none"};
    };
    BOOST_TEST(role({{"sub", "1"}}) == "none");
    BOOST_TEST(role({{"sub", "1"}, {"groups", "ops"}}) == "operate");
    BOOST_TEST(role({{"sub", "1"}, {"groups", json::array{"x", "ops"}}}) == "operate");
    BOOST_TEST(role({{"sub", "1"}, {"groups", "ops,x"}}) == "none");
    BOOST_TEST(role({{"sub", "1"}, {"groups", "OPS"}}) == "none");
    BOOST_TEST(role({{"sub", "1"}, {"groups", json::object{{"ops", true}}}}) == "none");
    BOOST_TEST(role({{"sub", "1"}, {"staff", true}}) == "read");
    BOOST_TEST(role({{"sub", "1"}, {"email", "root@example.com"}}) == "none");
    BOOST_TEST(role({{"sub", "1"}, {"email", "root@example.com"}, {"email_verified", "true"}})
               == "none");
    const json::object root{
        {"sub", "1"}, {"groups", "ops"}, {"email", "root@example.com"}, {"email_verified", true}};
    const auto grant = grant_of(settings, root);
    BOOST_REQUIRE(grant.has_value());
    BOOST_TEST(grant->is_operator);
    BOOST_TEST(grant->person == "root@example.com");
    BOOST_TEST((grant_of(settings, {{"sub", "1"}, {"groups", "ops"}})->tenant == acme));
}

// Goal: a name cannot forge a line of a log, and nobody is without one.
BOOST_AUTO_TEST_CASE(names_of_people)
{
    BOOST_TEST(person_of({{"sub", "s"}, {"email", "a@b"}}) == "s");
    BOOST_TEST(person_of({{"sub", "s"}, {"name", "Ada"}}) == "Ada");
    BOOST_TEST(person_of({{"sub", "s"}, {"name", "a\nsession.opened\x1b[2J"}}).find('\n')
               == std::string::npos);
    BOOST_TEST(person_of({{"sub", "s"}, {"name", std::string(5'000, 'a')}}).size() <= 200U);
}

// Goal: nothing that a browser could take for another host is a path.
BOOST_AUTO_TEST_CASE(paths_and_what_is_none)
{
    for (const auto* good : {"/", "/console/", "/console/#/events?x=1", "/a//b", "/%2F%2Fevil",
                             "/sso/handoff?to=a&return_to=%2F"})
        BOOST_TEST(is_local_path(good), good);
    for (const auto* bad :
         {"", "console", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example",
          "/a\\b", "https://evil.example", "javascript:alert(1)", "/\t/evil.example", "/a b",
          "/\n/evil.example", " /", "@evil.example", ".evil.example", "/\xc3\xa9"})
        BOOST_TEST(!is_local_path(bad), bad);
    BOOST_TEST(!is_local_path("/" + std::string(2'000, 'a')));
}

// Goal: a sign-in that is under way is this hub's, whole, and not too old.
BOOST_AUTO_TEST_CASE(the_state_of_a_sign_in)
{
    const signing::Vault vault{std::array<unsigned char, 32>{7}};
    const auto state = LoginState::begin("/console/", now);
    const auto text = state.seal(vault);
    BOOST_TEST(LoginState::open(vault, text, now)->nonce == state.nonce);
    BOOST_TEST(!LoginState::open(vault, text, now + LoginState::lifetime));
    BOOST_TEST(!LoginState::open(vault, text + "A", now));
    BOOST_TEST(!LoginState::open(vault, "", now));
    const signing::Vault other{std::array<unsigned char, 32>{8}};
    BOOST_TEST(!LoginState::open(other, text, now));
    const auto next = LoginState::begin("/console/", now);
    BOOST_TEST(next.state != state.state);
    BOOST_TEST(next.verifier != state.verifier);
    // RFC 7636, appendix B
    const LoginState known{"", "", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "", {}};
    BOOST_TEST(known.challenge() == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

// Goal: a description of another issuer, or with endpoints over http, is refused.
BOOST_AUTO_TEST_CASE(the_description_of_a_provider)
{
    const auto settings = settings_with({});
    const auto is_taken = [&](const json::object& changes) {
        json::object said{{"issuer", "https://login.example"},
                          {"authorization_endpoint", "https://login.example/a"},
                          {"token_endpoint", "https://login.example/t"},
                          {"jwks_uri", "https://login.example/k"}};
        for (const auto& member : changes) said[member.key()] = member.value();
        return read_metadata(json::serialize(said), settings).has_value();
    };
    BOOST_TEST(is_taken({}));
    for (const auto* issuer : {"https://login.example/", "https://evil.example", ""})
        BOOST_TEST(!is_taken({{"issuer", issuer}}));
    for (const auto* url :
         {"http://login.example/t", "", "javascript:alert(1)", "/t", "https://a@login.example/t"})
        for (const auto* name : {"token_endpoint", "jwks_uri", "authorization_endpoint"})
            BOOST_TEST(!is_taken({{name, url}}), name << " " << url);
    BOOST_TEST(!is_taken({{"end_session_endpoint", "javascript:alert(1)"}}));
    BOOST_TEST(!is_taken({{"code_challenge_methods_supported", json::array{"plain"}}}));
    BOOST_TEST(!read_metadata("[]", settings));
    BOOST_TEST(!read_metadata("<html>", settings));
}

// Goal: what goes into a page stays text.
BOOST_AUTO_TEST_CASE(pages_escape_what_they_show)
{
    const Handover hostile{"<b>", "https://atlvs.example/sso", "t",
                           "/\"><script>alert(1)</script>"};
    const auto page = handover_page(hostile);
    BOOST_TEST(page.body.find("<script>") == std::string::npos);
    BOOST_TEST(page.body.find("<b>") == std::string::npos);
    BOOST_TEST(page.body.find("&quot;&gt;&lt;script&gt;") != std::string::npos);
    const auto policy = header_value(page.headers, "content-security-policy");
    BOOST_TEST(policy.find("form-action https://atlvs.example") != policy.npos);
    BOOST_TEST(policy.find("/sso") == policy.npos);
    BOOST_TEST(message_page(401, "<i>", "<u>").body.find("<u>") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
