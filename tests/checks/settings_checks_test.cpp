#include "hub/checks/settings_checks.hpp"

#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>

using namespace katydid;
using namespace katydid::checks;

namespace {

config::Inputs inputs_of(const test::TemporaryFolder& folder, const std::string& toml,
                         config::Environment environment = {})
{
    config::Inputs inputs;
    inputs.file = (folder.path() / "katydid.toml").string();
    std::ofstream{inputs.file} << toml;
    inputs.environment = std::move(environment);
    return inputs;
}

const Finding* fault_in(const Findings& findings)
{
    const auto found = std::ranges::find(findings, Weight::fault, &Finding::weight);
    return found == findings.end() ? nullptr : &*found;
}

void check_fault(const Findings& findings, std::string_view check, std::string_view in_what,
                 std::string_view in_hint)
{
    const auto* fault = fault_in(findings);
    BOOST_REQUIRE_MESSAGE(fault != nullptr, "no fault was found: " << in_what);
    BOOST_TEST(fault->check == check);
    BOOST_TEST((fault->what.find(in_what) != std::string::npos), fault->what);
    BOOST_TEST((fault->hint.find(in_hint) != std::string::npos), fault->hint);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_doctor_settings)

// Goal: mistake 1, a duplicate source, whether in the settings or made by the API too.
BOOST_AUTO_TEST_CASE(duplicate_source)
{
    const test::TemporaryFolder folder;
    const std::string source = "[[sources]]\nname = \"shop\"\nschemes = [\"github\"]\n"
                               "secret_env = \"S\"\n";
    const auto loaded = check_settings(inputs_of(folder, source + source, {{"S", "topsecret"}}));
    check_fault(loaded.findings, "settings", "\"shop\" is a duplicate", "");
    BOOST_TEST(!loaded.settings.has_value());

    const auto once = check_settings(inputs_of(folder, source, {{"S", "topsecret"}}));
    BOOST_REQUIRE(once.settings);
    BOOST_TEST(check_duplicate_sources(*once.settings, {"other"}).empty());
    check_fault(check_duplicate_sources(*once.settings, {"shop"}), "sources", "\"shop\"",
                "katydid sources delete shop");
}

// Goal: mistake 2, a secret that is not written as its scheme takes it; it is not shown.
BOOST_AUTO_TEST_CASE(wrong_secret_format)
{
    const test::TemporaryFolder folder;
    const std::string source = "[[sources]]\nname = \"shop\"\nschemes = [\"standard-webhooks\"]\n"
                               "secret_env = \"S\"\n";
    const auto loaded = check_settings(
        inputs_of(folder, source, {{"S", "whsec_not base64 at all!"}}));
    BOOST_REQUIRE(loaded.settings);
    const auto findings = check_secrets(*loaded.settings);
    check_fault(findings, "secrets", "the source \"shop\"", "");
    BOOST_TEST(!fault_in(findings)->hint.empty());
    for (const auto& each : findings)
        BOOST_TEST((each.what + each.hint).find("not base64") == std::string::npos);

    const auto good = check_settings(
        inputs_of(folder, source, {{"S", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}));
    BOOST_REQUIRE(good.settings);
    BOOST_TEST(fault_in(check_secrets(*good.settings)) == nullptr);
}

// Goal: what a paste left in a secret is a warning that does not show it; an operator's key that
// can be guessed, and a source's secret, are faults.
BOOST_AUTO_TEST_CASE(secrets_that_look_wrong)
{
    const test::TemporaryFolder folder;
    const std::string source = "[[sources]]\nname = \"shop\"\nschemes = [\"github\"]\n"
                               "secret_env = \"S\"\n";
    const auto quoted = check_settings(inputs_of(folder, source, {{"S", "\"topsecret\""}}));
    BOOST_REQUIRE(quoted.settings);
    const auto findings = check_secrets(*quoted.settings);
    BOOST_TEST(fault_in(findings) == nullptr);
    BOOST_TEST_REQUIRE(findings.size() == 1U);
    BOOST_TEST(findings[0].what == "The secret of the source \"shop\" has quotes around it.");

    auto guessed = *quoted.settings;
    guessed.sources[0].secrets = {Secret{"x"}};
    check_fault(check_secrets(guessed), "secrets", "the source \"shop\"", "too short");
    guessed.operator_key = Secret{"k"};
    guessed.sources.clear();
    check_fault(check_secrets(guessed), "secrets", "KATYDID_OPERATOR_KEY",
                "at least 16 characters");
    for (const auto& [name, value] : {std::pair{"S", "x"}, {"KATYDID_OPERATOR_KEY", "k"}}) {
        config::Environment environment{{"S", "topsecret"}};
        environment[name] = value;
        const auto refused = check_settings(inputs_of(folder, source, std::move(environment)));
        check_fault(refused.findings, "settings", "can be guessed", "");
        BOOST_TEST(!refused.settings.has_value());
    }
}

// Goal: mistake 3, a platform that is half set up: a URL without its secret, an API without its
// key, deliveries of what nothing verifies.
BOOST_AUTO_TEST_CASE(missing_platform_key)
{
    const test::TemporaryFolder folder;
    const auto unsigned_out = check_settings(
        inputs_of(folder, "", {{"ATLVS_WEBHOOK_URL", "https://atlvs.example/hook"}}));
    check_fault(unsigned_out.findings, "settings", "ATLVS_PARTNER_SECRET", "");

    const config::Settings none;
    check_fault(check_platforms(none, {{"ATLVS_API_URL", "https://atlvs.example"}}), "platforms",
                "ATLVS_API_KEY is not", "Set ATLVS_API_KEY");
    check_fault(check_platforms(none, {{"ATLVS_WEBHOOK_URL", "https://atlvs.example/hook"}}),
                "platforms", "nothing verifies what Grasshopper posts",
                "GRASSHOPPER_WEBHOOK_SECRET");
    BOOST_TEST(fault_in(check_platforms(none, {})) == nullptr);
}

// Goal: a key that is not known is named with its place, and the rest waits.
BOOST_AUTO_TEST_CASE(unknown_key)
{
    const test::TemporaryFolder folder;
    const auto loaded = check_settings(inputs_of(folder, "liste = \"127.0.0.1:1\"\n"));
    check_fault(loaded.findings, "settings", "liste", "");
}

BOOST_AUTO_TEST_SUITE_END()
