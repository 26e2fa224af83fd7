// Settings of schemes, signatures, proxies and master keys.
#include "hub/config/load.hpp"
#include "hub/core/subscription/fixed_subscription.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace katydid;
using namespace katydid::config;

namespace {

result<Settings> load_text(const std::string& text, Environment environment = {})
{
    const auto path = (std::filesystem::temp_directory_path()
                       / ("katydid-signing-settings-" + std::to_string(::getpid()) + ".toml"))
                          .string();
    std::ofstream{path} << text;
    auto loaded = load({path, std::move(environment), {}});
    std::filesystem::remove(path);
    return loaded;
}

constexpr const char* house = R"(
[schemes.house]
algorithm = "hmac-sha256"
signature = { from = "header:X-House", encoding = "hex" }
message = "{body}"
)";

std::string subscription(const std::string& signature)
{
    return R"(
[[subscriptions]]
name = "billing"
event_types = ["*"]
url = "https://billing.example.com/hooks"
secret_env = "BILLING"
signature = ")"
           + signature + "\"\n";
}

const Environment secrets{{"BILLING", "topsecret"}, {"PROVIDER", "topsecret"}};

std::string refusal(const std::string& text)
{
    const auto loaded = load_text(text, secrets);
    return loaded ? std::string{} : loaded.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_signing_settings)

// Goal: a scheme of the file can be named by the sources and subscriptions of the file, in
// whatever order they stand.
BOOST_AUTO_TEST_CASE(own_schemes)
{
    const auto source = "[[sources]]\nname = \"p\"\nschemes = [\"house\"]\n"
                        "secret_env = \"PROVIDER\"\n";
    const auto loaded = load_text(source + subscription("house") + house, secrets);
    BOOST_REQUIRE_MESSAGE(loaded.has_value(), (loaded ? "" : loaded.error().message));
    BOOST_TEST_REQUIRE(loaded->schemes.size() == 1U);
    BOOST_TEST(loaded->schemes.front().name == "house");
    BOOST_TEST(loaded->subscriptions.front()->subscription.signature == "house");
}

// Goal: what cannot work is refused with the line and the reason.
BOOST_AUTO_TEST_CASE(refusals)
{
    const std::vector<std::pair<std::string, std::string>> rows{
        {"[schemes.stripe]\nalgorithm = \"hmac-sha256\"\n", "is a scheme of the catalog"},
        {"[schemes.Mine]\nalgorithm = \"hmac-sha256\"\n", "small letters"},
        {"[schemes.mine]\nalgorithm = \"md5\"\n", ":1: "},
        {"schemes = 3\n", "[schemes.NAME]"},
        {subscription("nonsense"), "there is no scheme \"nonsense\""},
        {subscription("aws-sns"), "only verifies"},
        {subscription("standard-webhooks-v1a"), "whsk_"},
    };
    for (const auto& [text, expected] : rows) {
        const auto found = refusal(text);
        BOOST_TEST(found.find(expected) != std::string::npos, expected << " is not in: " << found);
    }
    BOOST_TEST(refusal(subscription("github")) == "");
}

// Goal: proxies are networks, and the master key of before comes by its variable.
BOOST_AUTO_TEST_CASE(proxies_and_master_keys)
{
    auto loaded = load_text("[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"fd00::/8\"]\n");
    BOOST_TEST_REQUIRE(loaded.has_value());
    BOOST_TEST(loaded->trusted_proxies.size() == 2U);
    loaded = load_text("", {{"KATYDID_TRUSTED_PROXIES", "10.0.0.0/8"},
                            {"KATYDID_MASTER_KEY_PREVIOUS", std::string(64, 'a')}});
    BOOST_TEST_REQUIRE(loaded.has_value());
    BOOST_TEST(loaded->trusted_proxies.size() == 1U);
    BOOST_TEST(loaded->master_key_previous->text() == std::string(64, 'a'));
    BOOST_TEST(load_text("", {{"KATYDID_TRUSTED_PROXIES", "everybody"}}).has_error());
    BOOST_TEST(load_text("", {{"KATYDID_MASTER_KEY_PREVIOUS", ""}}).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
