// [[identities]], and who may name them; sources that are bound to a client certificate.
#include "hub/config/load.hpp"

#include "hub/core/subscription/fixed_subscription.hpp"
#include "hub/core/source_json.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::config;

namespace {

constexpr const char* bank = R"(
[[identities]]
name = "bank"
hosts = ["billing.example.com", "*.bank.example:8443"]
ca_file = "ca.pem"
certificate_file = "client.pem"
key_file = "client.key"
tenants = ["default"]
[identities.oauth]
token_url = "https://login.bank.example/token"
client_id = "katydid"
client_secret_env = "BANK"
scopes = ["a", "b"]
ca_file = "public.pem"
)";

result<Settings> load_text(const std::string& text)
{
    const test::TemporaryFolder folder;
    const auto path = (folder.path() / "katydid.toml").string();
    std::ofstream{path} << text;
    return load({path, {{"BANK", "topsecret"}, {"HOOK", "topsecret"}}, {}});
}

std::string refusal(const std::string& text)
{
    const auto loaded = load_text(text);
    return loaded ? std::string{"none"} : loaded.error().message;
}

std::string identity(const std::string& lines)
{
    return "[[identities]]\nname = \"bank\"\n" + lines + "\n";
}

std::string oauth(const std::string& lines) { return identity("[identities.oauth]\n" + lines); }

std::string subscription(const std::string& name)
{
    return R"(
[[subscriptions]]
name = "billing"
event_types = ["*"]
url = "https://billing.example.com/hooks"
secret_env = "HOOK"
identity = ")"
           + name + "\"\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_identity_settings)

// Goal: everything an identity can say is read, and a subscription of the file may name it,
// wherever it stands.
BOOST_AUTO_TEST_CASE(whole)
{
    const auto loaded = load_text(subscription("bank") + bank);
    BOOST_TEST_REQUIRE(loaded.has_value(), (loaded ? "" : loaded.error().message));
    BOOST_TEST_REQUIRE(loaded->identities.size() == 1U);
    const auto& made = loaded->identities[0];
    BOOST_TEST(made.name == "bank");
    BOOST_TEST(made.ca_file == "ca.pem");
    BOOST_TEST(made.certificate_file == "client.pem");
    BOOST_TEST(made.key_file == "client.key");
    BOOST_TEST(
        (made.hosts == std::vector<std::string>{"billing.example.com", "*.bank.example:8443"}));
    BOOST_TEST((made.tenants == std::vector<TenantId>{default_tenant()}));
    BOOST_TEST_REQUIRE(made.oauth.has_value());
    BOOST_TEST(made.oauth->token_url == "https://login.bank.example/token");
    BOOST_TEST(made.oauth->client_id == "katydid");
    BOOST_TEST(made.oauth->client_secret.text() == "topsecret");
    BOOST_TEST(made.oauth->scope == "a b");
    BOOST_TEST(made.oauth->ca_file == "public.pem");
    BOOST_TEST(loaded->subscriptions[0]->subscription.handler.identity == "bank");
}

// Goal: what cannot work is refused with the place and the fix.
BOOST_AUTO_TEST_CASE(refused)
{
    const std::string url = "token_url = \"https://a.example/\"\n";
    const std::string client = "client_id = \"me\"\n";
    const std::vector<std::pair<std::string, std::string>> rows{
        {identity(""), "says nothing"},
        {identity("certificate_file = \"a\""), "belong together"},
        {identity("colour = \"red\""), "no key \"colour\""},
        {identity("ca_file = \"\""), "not empty"},
        {identity("ca_file = \"a\"\ntenants = [\"acme\"]"), "\"acme\" is no tenant"},
        {identity("ca_file = \"a\"\ntenants = []"), "leave the key out"},
        {"[[identities]]\nca_file = \"a\"\n", "\"name\" is missing"},
        {std::string{bank} + bank, "is a duplicate in identities"},
        {oauth(client), "\"token_url\" is missing"},
        {oauth("token_url = \"nonsense\"\n" + client), "katydid.toml:4"},
        {oauth(url), "\"client_id\" is missing"},
        {oauth(url + client), "client_secret_env or client_secret_file is missing"},
        {oauth(url + client + "client_secret = \"x\""), "by reference only"},
        {oauth(url + client + "client_secret_env = \"NONE\""), "NONE is not set"},
        {subscription("bank"), "there is no [[identities]] of that name"},
        {identity("ca_file = \"a\""), "\"hosts\" is missing"},
        {identity("ca_file = \"a\"\nhosts = []"), "\"hosts\" is missing"},
        {identity("ca_file = \"a\"\nhosts = [\"https://a.example\"]"), "is no host"},
        {identity("ca_file = \"a\"\nhosts = [\"other.example\"]") + subscription("bank"),
         "may not be used for this URL"},
        {identity("hosts = [\"a\"]\nca_file = \"a\"\n"
                  "tenants = [\"ten_00000000000000000000000009\"]")
             + subscription("bank"),
         "default tenant"},
    };
    for (const auto& [text, words] : rows) {
        const auto why = refusal(text);
        BOOST_TEST(why.find(words) != std::string::npos, text + "\n" + why);
    }
}

// Goal: a source can be bound to a certificate only where certificates are asked for.
BOOST_AUTO_TEST_CASE(client_subject)
{
    const std::string source = R"(
[[sources]]
name = "a"
schemes = ["github"]
secret_env = "HOOK"
client_subject = "CN=provider"
)";
    BOOST_TEST(refusal(source).find("tls.client_ca_file") != std::string::npos, refusal(source));
    const auto loaded = load_text("[tls]\ncertificate_file = \"s.pem\"\nkey_file = \"s.key\"\n"
                                  "client_ca_file = \"ca.pem\"\n"
                                  + source);
    BOOST_TEST_REQUIRE(loaded.has_value(), (loaded ? "" : loaded.error().message));
    BOOST_TEST(loaded->sources[0].settings.client_subject == "CN=provider");
}

// Goal: everything that may be chosen for a source is read, and mistakes are named.
BOOST_AUTO_TEST_CASE(source_settings)
{
    const std::string source = "[[sources]]\nname = \"a\"\nschemes = [\"github\"]\n"
                               "secret_env = \"HOOK\"\n";
    const auto loaded = load_text(source + R"(
tolerance = "10m"
repeats = "refuse"
unsigned_types = "refuse"
split = true
principal = "hooks@example.com"
verify_token_env = "HOOK"
)");
    BOOST_TEST_REQUIRE(loaded.has_value(), (loaded ? "" : loaded.error().message));
    const auto& settings = loaded->sources[0].settings;
    BOOST_TEST((settings.tolerance == std::chrono::minutes{10}));
    BOOST_TEST((settings.repeats == Unsigned::refuse));
    BOOST_TEST((settings.unsigned_types == Unsigned::refuse));
    BOOST_TEST((settings.split && settings.principal == "hooks@example.com"));
    BOOST_TEST(settings.verify_token_sha256.size() == 64U);
    SourceSettings again;
    std::vector<Fault> faults;
    from_json(to_json(settings), again, faults);
    BOOST_TEST((faults.empty() && again == settings));
    for (const auto* bad :
         {"tolerance = \"soon\"", "tolerance = \"8d\"", "tolerance = 5", "repeats = \"maybe\"",
          "unsigned_types = true", "split = \"yes\"", "principal = 1", "verify_token = \"plain\"",
          "verify_token_env = \"NOT_THERE\""})
        BOOST_TEST(!load_text(source + bad).has_value(), bad);
}

// Goal: a source that could not tell its sender from others is refused, with what to do.
BOOST_AUTO_TEST_CASE(sources_that_cannot_work)
{
    const std::string source = "[[sources]]\nname = \"a\"\nsecret_env = \"HOOK\"\n";
    const auto without = load_text(source + "schemes = [\"google-pubsub\"]\n");
    BOOST_TEST_REQUIRE(without.has_error());
    BOOST_TEST(without.error().message.find("principal: is missing") != std::string::npos);
    BOOST_TEST(
        load_text(source + "schemes = [\"google-pubsub\"]\nprincipal = \"a@b\"\n").has_value());
    const auto mixed = load_text(source + "schemes = [\"paypal\", \"github\"]\n");
    BOOST_TEST_REQUIRE(mixed.has_error());
    BOOST_TEST(mixed.error().message.find("a source of its own") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
