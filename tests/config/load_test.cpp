#include "hub/config/load.hpp"

#include "hub/config/keys.hpp"
#include "hub/core/subscription/fixed_subscription.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace katydid;
using namespace katydid::config;

namespace {

/// A settings file that goes with the test.
class File {
public:
    explicit File(const std::string& text)
        : path_{(std::filesystem::temp_directory_path()
                 / ("katydid-config-" + std::to_string(::getpid()) + ".toml"))
                    .string()}
    {
        std::ofstream{path_} << text;
    }
    ~File() { std::filesystem::remove(path_); }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

result<Settings> load_text(const std::string& text, Environment environment = {},
                           std::vector<std::pair<std::string, std::string>> flags = {})
{
    const File file{text};
    return load({file.path(), std::move(environment), std::move(flags)});
}

void check_refused(const result<Settings>& settings, std::string_view part)
{
    BOOST_REQUIRE(!settings.has_value());
    BOOST_TEST(settings.error().message.find(part) != std::string::npos,
               settings.error().message << " lacks " << part);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_load)

// Goal: a flag wins over a variable, a variable over the file, the file over the default.
BOOST_AUTO_TEST_CASE(precedence)
{
    const std::string text = "listen = \"127.0.0.1:1\"\n[log]\nlevel = \"debug\"\n";
    BOOST_TEST(load_text("").value().listen.port() == 8080);
    BOOST_TEST(load_text(text).value().listen.port() == 1);
    BOOST_TEST((load_text(text).value().log_level == log::Level::debug));
    BOOST_TEST(load_text(text, {{"KATYDID_LISTEN", "127.0.0.1:2"}}).value().listen.port() == 2);
    BOOST_TEST(load_text(text, {{"KATYDID_LISTEN", "127.0.0.1:2"}}, {{"--listen", "[::1]:3"}})
                   .value()
                   .listen.port()
               == 3);
}

// Goal: every error names the place and the fix.
BOOST_AUTO_TEST_CASE(errors_name_the_place)
{
    check_refused(load_text("\n\nlisten = \"nowhere\"\n"),
                  ".toml:3: listen = \"nowhere\": write ADDRESS");
    check_refused(load_text("listne = \"127.0.0.1:1\"\n"),
                  ".toml:1: there is no setting \"listne\"");
    check_refused(load_text("[log]\nlevel = \"loud\"\n"), ".toml:2: log.level = \"loud\"");
    check_refused(load_text("listen = \n"), ".toml:1:");
    check_refused(load_text("", {{"KATYDID_LISTNE", "x"}}),
                  "KATYDID_LISTNE: there is no such setting");
    check_refused(load_text("", {{"KATYDID_LOOPS", "0"}}), "from 1 to 64");
    check_refused(load_text("", {{"KATYDID_EGRESS_ALLOW", "127.0.0.0/33"}}), "is not a network");
    check_refused(load_text("", {}, {{"--log-level", "x"}}), "--log-level x: write debug");
    check_refused(load_text("[tls]\ncertificate_file = \"a.pem\"\n"), "belong together");
}

// Goal: a settings file that is not there is no syntax error on its line 0.
BOOST_AUTO_TEST_CASE(missing_file)
{
    const auto loaded = load({"/nonexistent/katydid.toml", {}, {}});
    check_refused(loaded, "/nonexistent/katydid.toml cannot be read (No such file or directory): "
                          "`katydid init` writes");
}

// Goal: an empty or inline secret never starts a hub.
BOOST_AUTO_TEST_CASE(secrets_come_by_reference_and_are_not_empty)
{
    check_refused(load_text("", {{"ATLVS_WEBHOOK_SECRET", ""}}),
                  "ATLVS_WEBHOOK_SECRET is set but empty");
    const std::string source = "[[sources]]\nname = \"shop\"\nschemes = [\"stripe\"]\n";
    check_refused(load_text(source), "secret_env or secret_file is missing");
    check_refused(load_text(source + "secret = \"abc\"\n"), "by reference only");
    check_refused(load_text(source + "secret_env = \"NOT_SET\"\n"), "NOT_SET is not set");
    check_refused(load_text(source + "secret_file = \"/nonexistent\"\n"), "cannot be read");
    const auto settings
        = load_text(source + "secret_env = \"SHOP\"\n", {{"SHOP", "s3cret"}}).value();
    BOOST_REQUIRE(settings.sources.size() == 1U);
    BOOST_TEST(settings.sources[0].secrets[0].text() == "s3cret");
}

// Goal: what an editor, a paste or a here-document leaves around a secret is not part of it, by
// variable and by file; what is in it stays.
BOOST_AUTO_TEST_CASE(what_surrounds_a_secret_is_not_part_of_it)
{
    const std::string source = "[[sources]]\nname = \"shop\"\nschemes = [\"stripe\"]\n";
    const test::TemporaryFolder folder;
    const auto path = (folder.path() / "secret").string();
    for (const std::string written : {"s3 cret", "s3 cret\n", "s3 cret\r\n", " s3 cret\t \n\n",
                                      "\xEF\xBB\xBFs3 cret\r\n", "\xEF\xBB\xBF s3 cret"}) {
        std::ofstream{path, std::ios::binary} << written;
        const auto by_variable = load_text(source + "secret_env = \"S\"\n", {{"S", written}});
        const auto by_file = load_text(source + "secret_file = \"" + path + "\"\n");
        BOOST_TEST(by_variable.value().sources[0].secrets[0].text() == "s3 cret", written);
        BOOST_TEST(by_file.value().sources[0].secrets[0].text() == "s3 cret", written);
    }
    std::ofstream{path, std::ios::binary} << "\xEF\xBB\xBF \r\n";
    check_refused(load_text(source + "secret_file = \"" + path + "\"\n"), "is empty");
    check_refused(load_text(source + "secret_env = \"S\"\n", {{"S", " \n"}}), "set but empty");
}

// Goal: the hub's own names are nobody else's.
BOOST_AUTO_TEST_CASE(reserved_names)
{
    for (const std::string name : {"bridge", "Bridge-atlvs", "katydid-watch"}) {
        check_refused(load_text("[[sources]]\nname = \"" + name + "\"\n"),
                      ".toml:2: the name \"" + name + "\" is the hub's own");
        check_refused(load_text("[[subscriptions]]\nname = \"" + name + "\"\n"),
                      ".toml:2: the name \"" + name + "\" is the hub's own");
    }
}

// Goal: the collector's headers come by variable or by file, and a refusal does not print them.
BOOST_AUTO_TEST_CASE(headers_for_the_collector)
{
    const auto from_variable = load_text(
        "", {{"KATYDID_OTLP_HEADERS", "Authorization: Bearer t0ken\n\nX-Scope: hub "}});
    const auto& headers = from_variable.value().otlp_headers;
    BOOST_REQUIRE(headers.size() == 2U);
    BOOST_TEST(headers[0].value == "Bearer t0ken");
    BOOST_TEST(headers[1].name == "X-Scope");
    BOOST_TEST(headers[1].value == "hub");

    const test::TemporaryFolder folder;
    const auto path = (folder.path() / "headers").string();
    std::ofstream{path} << "api-key: t0ken\n";
    const auto from_file = load_text("[trace]\notlp_headers_file = \"" + path + "\"\n");
    BOOST_TEST(from_file.value().otlp_headers.at(0).value == "t0ken");
    check_refused(load_text("[trace]\notlp_headers_file = \"" + path + "\"\n",
                            {{"KATYDID_OTLP_HEADERS", "a: b"}}),
                  "set one of them");
    check_refused(load_text("", {{"KATYDID_OTLP_HEADERS_FILE", path + ".gone"}}), "cannot be read");
    check_refused(load_text("", {{"KATYDID_OTLP_HEADERS", ""}}), "is set but empty");
    check_refused(load_text("", {{"KATYDID_OTLP_HEADERS", "a: b\nContent-Length: 7"}}), "line 2");
    const auto refused = load_text("", {{"KATYDID_OTLP_HEADERS", "t0ken"}});
    check_refused(refused, "line 1 is no header");
    BOOST_TEST(refused.error().message.find("t0ken") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(unknown_scheme_is_refused)
{
    check_refused(load_text("[[sources]]\nname = \"a\"\nschemes = [\"nope\"]\nsecret_env = \"S\"\n",
                            {{"S", "swordfish"}}),
                  ".toml:3: there is no scheme \"nope\"");
}

// Goal: the platforms' own variables work without a file.
BOOST_AUTO_TEST_CASE(platform_variables)
{
    const auto settings = load_text("", {{"ATLVS_WEBHOOK_SECRET", "atlvs"},
                                         {"GRASSHOPPER_WEBHOOK_SECRET", "grasshopper"},
                                         {"ATLVS_PARTNER_SECRET", "p"},
                                         {"GRASSHOPPER_WEBHOOK_URL", "http://127.0.0.1:9/x"},
                                         {"ATLVS_WEBHOOK_URL", "https://atlvs.example.com/hook"}})
                              .value();
    BOOST_REQUIRE(settings.sources.size() == 2U);
    BOOST_TEST(settings.sources[0].schemes.size() == 2U);
    BOOST_REQUIRE(settings.subscriptions.size() == 2U);
    BOOST_TEST(settings.subscriptions[0]->subscription.name == "to-grasshopper");
    BOOST_TEST(settings.subscriptions[0]->subscription.sources[0] == "atlvs");
    BOOST_TEST(settings.subscriptions[0]->secret->text() == "atlvs");
    BOOST_TEST((settings.subscriptions[1]->subscription.dialect == Dialect::atlvs));
    BOOST_TEST(settings.subscriptions[1]->secret->text() == "p");
}

BOOST_AUTO_TEST_CASE(platform_url_without_secret_is_refused)
{
    check_refused(load_text("", {{"ATLVS_WEBHOOK_URL", "https://a.example.com/"}}),
                  "ATLVS_PARTNER_SECRET is not");
    check_refused(load_text("", {{"ATLVS_WEBHOOK_URL", "ftp://a"}, {"ATLVS_PARTNER_SECRET", "p"}}),
                  "ATLVS_WEBHOOK_URL=ftp://a");
}

// Goal: a platform's API needs its key; an empty URL, as a template leaves it, is none.
BOOST_AUTO_TEST_CASE(platform_apis)
{
    check_refused(load_text("", {{"ATLVS_API_URL", "https://a.example.com/api"}}), "ATLVS_API_KEY");
    const auto without = load_text("", {{"ATLVS_API_URL", ""}, {"ATLVS_API_KEY", "k"}});
    BOOST_TEST_REQUIRE(without.has_value());
    BOOST_TEST(without->bridge.atlvs.url.empty());
}

// Goal: the file that `katydid init` writes loads as it is, and with every line uncommented but
// those that name files and secrets.
BOOST_AUTO_TEST_CASE(example_file_loads)
{
    BOOST_TEST(load_text(example_file()).has_value());
    for (const auto& spec : keys()) {
        Settings settings;
        BOOST_TEST(spec.set(settings, spec.shown.text).has_value(), spec.key);
    }
}

// Goal: shards are stores with names, instead of `store`, and of one kind.
BOOST_AUTO_TEST_CASE(shards)
{
    const auto settings = load_text("[[shards]]\nname = \"a\"\nurl = \"postgres://h/db\"\n"
                                    "[[shards]]\nname = \"b\"\nurl = \"postgres://h/db?x=1\"\n"
                                    "schema = \"second\"\n");
    BOOST_REQUIRE(settings.has_value());
    BOOST_REQUIRE(settings->shards.size() == 2U);
    BOOST_TEST(settings->store_url() == "postgres://h/db");
    BOOST_TEST(settings->shards[1].name == "b");
    BOOST_TEST(settings->shards[1].url == "postgres://h/db?x=1&options=-csearch_path%3Dsecond");
    const std::string one = "[[shards]]\nname = \"a\"\nurl = \"postgres://h/db\"\n";
    check_refused(load_text("store = \"sqlite:x\"\n" + one), "store: leave it out");
    check_refused(load_text(one + one), "a");
    check_refused(load_text(one + "[[shards]]\nname = \"b\"\nurl = \"sqlite:x\"\n"),
                  "they must all be PostgreSQL");
    check_refused(load_text("[[shards]]\nname = \"A b\"\nurl = \"sqlite:x\"\n"), "lower-case");
    check_refused(load_text("[[shards]]\nname = \"a\"\nurl = \"mysql://x\"\n"), "write sqlite:");
    check_refused(load_text("[[shards]]\nname = \"a\"\nurl = \"sqlite:x\"\nschema = \"s\"\n"),
                  "a schema of PostgreSQL");
}

BOOST_AUTO_TEST_SUITE_END()
