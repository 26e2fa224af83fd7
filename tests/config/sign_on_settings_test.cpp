// [sso] and its tables.
#include "hub/config/browser_url.hpp"
#include "hub/config/load.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::config;

namespace {

constexpr const char* whole = R"(
[console]
public_url = "https://hub.example/prefix/"
[sso]
issuer = "https://login.example"
client_id = "hub"
client_secret_env = "SECRET"
[[sso.roles]]
claim = "groups"
value = "admins"
role = "admin"
tenant = "*"
[[sso.roles]]
claim = "groups"
value = "ops"
role = "operate"
[[sso.platforms]]
name = "atlvs"
callback_url = "https://atlvs.example/sso"
)";

result<Settings> load_sso(const std::string& text)
{
    const test::TemporaryFolder folder;
    const auto path = (folder.path() / "katydid.toml").string();
    std::ofstream{path} << text;
    return load({path, {{"SECRET", "topsecret"}}, {}});
}

/// The refusal of the whole with one line in another's place.
std::string sso_refusal(const std::string& line, const std::string& other)
{
    std::string text = whole;
    const auto at = text.find(line);
    BOOST_REQUIRE(at != std::string::npos);
    text.replace(at, line.size(), other);
    const auto loaded = load_sso(text);
    return loaded ? std::string{"none"} : loaded.error().message;
}

bool is_said(const std::string& message, const std::string& part)
{
    return message.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_sign_on)

// Goal: every key arrives, with what is usual where it is left out.
BOOST_AUTO_TEST_CASE(the_whole_table)
{
    const auto settings = load_sso(whole);
    BOOST_REQUIRE(settings.has_value());
    BOOST_TEST(settings->public_url == "https://hub.example/prefix");
    const auto& sso = settings->sign_on.value();
    BOOST_TEST(sso.issuer == "https://login.example");
    BOOST_TEST(sso.client_secret->text() == "topsecret");
    BOOST_TEST(sso.scopes.size() == 3U);
    BOOST_REQUIRE(sso.roles.size() == 2U);
    BOOST_TEST(sso.roles[0].is_operator);
    BOOST_TEST((sso.roles[1].tenant == default_tenant()));
    BOOST_TEST(!sso.roles[1].is_operator);
    BOOST_TEST(sso.platforms.at(0).callback_url == "https://atlvs.example/sso");
    BOOST_TEST(!load_sso("").value().sign_on);
}

// Goal: what would let in the wrong people, or lead them elsewhere, is refused at start.
BOOST_AUTO_TEST_CASE(mistakes_are_told)
{
    const std::tuple<const char*, const char*, const char*> mistakes[] = {
        {"issuer = \"https://login.example\"", "", "issuer"},
        {"https://login.example", "http://login.example", "must be https"},
        {"client_id = \"hub\"", "", "client_id"},
        {"client_secret_env = \"SECRET\"", "client_secret = \"topsecret\"", "client_secret"},
        {"role = \"operate\"", "role = \"root\"", "must be \"read\""},
        {"role = \"admin\"", "role = \"read\"", "for every tenant"},
        {"tenant = \"*\"", "tenant = \"acme\"", "ten_"},
        {"https://atlvs.example/sso", "http://atlvs.example/sso", "must be https"},
        {"https://atlvs.example/sso", "javascript:alert(1)", "callback_url"},
        {"public_url = \"https://hub.example/prefix/\"", "", "console.public_url"},
        {"[console]", "[console]\nenabled = false", "console.enabled"},
        {"[[sso.platforms]]", "[[sso.platform]]", "platform"},
    };
    for (const auto& [line, other, part] : mistakes) {
        const auto said = sso_refusal(line, other);
        BOOST_TEST(is_said(said, part), other << ": " << said);
    }
    BOOST_TEST(is_said(load_sso("[console]\npublic_url = \"https://h\"\n[sso]\nissuer = "
                                "\"https://l\"\nclient_id = \"h\"\n")
                           .error()
                           .message,
                       "[[sso.roles]] is missing"));
}

// Goal: a URL that browsers are sent to is https, or this machine's, and has nothing that a policy
// of a page would read as its own.
BOOST_AUTO_TEST_CASE(urls_of_browsers)
{
    for (const auto* good : {"https://a.example", "https://a.example:8443/x",
                             "http://127.0.0.1:1/x", "http://localhost:1"})
        BOOST_TEST(browser_url_fault(good) == "", good);
    for (const auto* bad :
         {"", "http://a.example", "https://a.example/?x=1", "https://a.example/#x",
          "https://a.example/x;script-src", "https://a.example/x y", "https://u@a.example",
          "//a.example", "ftp://a.example"})
        BOOST_TEST(browser_url_fault(bad) != "", bad);
}

BOOST_AUTO_TEST_SUITE_END()
