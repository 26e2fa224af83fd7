#include "hub/config/describe.hpp"

#include "hub/config/keys.hpp"
#include "hub/config/load.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::config;

namespace {

namespace json = boost::json;

json::object row_of(const json::array& rows, std::string_view key)
{
    for (const auto& row : rows)
        if (row.at("key").as_string() == key) return row.as_object();
    throw std::runtime_error{"there is no row " + std::string{key}};
}

std::string text(const json::object& row, const char* member)
{
    return std::string{row.at(member).as_string()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_describe)

// Goal: each setting says its value in force and where it comes from; the last place wins.
BOOST_AUTO_TEST_CASE(origins)
{
    const test::TemporaryFolder folder;
    const auto file = (folder.path() / "katydid.toml").string();
    std::ofstream{file} << "listen = \"127.0.0.1:1\"\nloops = 2\n[log]\nlevel = \"debug\"\n";
    const auto settings = load({file,
                                {{"KATYDID_LISTEN", "127.0.0.1:2"}, {"KATYDID_LOOPS", "3"}},
                                {{"--listen", "127.0.0.1:3"}}})
                              .value();
    const auto rows = describe_settings(settings);
    BOOST_TEST(rows.size() == keys().size());
    const auto listen = row_of(rows, "listen");
    BOOST_TEST(text(listen, "value") == "127.0.0.1:3");
    BOOST_TEST(text(listen, "origin") == "flag");
    BOOST_TEST(text(row_of(rows, "loops"), "origin") == "environment");
    const auto level = row_of(rows, "log.level");
    BOOST_TEST(text(level, "origin") == "file");
    BOOST_TEST(text(level, "place") == file + ":4");
    BOOST_TEST(text(row_of(rows, "breaker.open"), "origin") == "default");
    BOOST_TEST(text(row_of(rows, "breaker.open"), "value") == "30s");
    BOOST_TEST(row_of(rows, "egress.proxy").at("value").is_null());
    // Regression: examples were shown as if they were in force.
    for (const auto* key : {"peer_listen", "console.public_url", "transforms.program",
                            "streams.allowed_origins", "port_file"}) {
        BOOST_TEST(row_of(rows, key).at("value").is_null(), key);
        BOOST_TEST(text(row_of(rows, key), "origin") == "unset");
    }
}

// Goal: no secret is shown: neither those that come by variable, nor passwords in URLs.
BOOST_AUTO_TEST_CASE(secrets)
{
    const auto settings = load({"",
                                {{"KATYDID_STORE", "postgres://hub:pw-of-store@db/k"},
                                 {"KATYDID_OPERATOR_KEY", "a-long-operator-key"},
                                 {"ATLVS_WEBHOOK_SECRET", "secret-of-atlvs"},
                                 {"ATLVS_API_URL", "https://atlvs.example/api"},
                                 {"ATLVS_API_KEY", "key-at-atlvs"}},
                                {}})
                              .value();
    const auto rows = describe_settings(settings);
    const auto all = json::serialize(rows);
    for (const auto* secret :
         {"pw-of-store", "a-long-operator-key", "secret-of-atlvs", "key-at-atlvs"})
        BOOST_TEST(all.find(secret) == std::string::npos, secret);
    BOOST_TEST(row_of(rows, "KATYDID_OPERATOR_KEY").at("is_secret").as_bool());
    BOOST_TEST(text(row_of(rows, "ATLVS_API_URL"), "value") == "https://atlvs.example/api");
    BOOST_TEST(text(row_of(rows, "store"), "value") == "postgres://hub:[hidden]@db/k");
    BOOST_TEST(without_password("postgres://db/k?user=u&password=p@x&sslmode=off")
               == "postgres://db/k?user=u&password=[hidden]&sslmode=off");
    BOOST_TEST(without_password("./a:b@c") == "./a:b@c");
}

// Goal: a tenant sees the identities that it may name, and not their files.
BOOST_AUTO_TEST_CASE(identities)
{
    Settings settings;
    IdentitySettings bank;
    bank.name = "bank";
    bank.certificate_file = "client.pem";
    bank.hosts = {"api.bank.example"};
    settings.identities.push_back(bank);
    bank.name = "other";
    bank.tenants = {default_tenant()};
    settings.identities.push_back(bank);
    IdSource ids{system_clock(), 1};
    const auto stranger = ids.make<TenantId>();
    const auto theirs = describe_identities(settings, stranger, false);
    BOOST_REQUIRE(theirs.size() == 1U);
    BOOST_TEST(!theirs.at(0).as_object().contains("certificate_file"));
    BOOST_TEST(describe_identities(settings, default_tenant(), false).size() == 2U);
    const auto all = describe_identities(settings, std::nullopt, true);
    BOOST_TEST(all.at(1).at("certificate_file").as_string() == "client.pem");
}

BOOST_AUTO_TEST_SUITE_END()
