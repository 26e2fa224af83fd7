// Everything that is wrong with the settings is said at once, each with its place.
#include "hub/config/load.hpp"
#include "hub/config/mistakes.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::config;

namespace {

struct Fixture {
    using Flags = std::vector<std::pair<std::string, std::string>>;

    std::vector<std::string> mistakes_of(const std::string& text, Environment environment = {},
                                         Flags flags = {})
    {
        const auto path = (folder.path() / "katydid.toml").string();
        std::ofstream{path} << text;
        auto mistakes = load_all({path, std::move(environment), std::move(flags)}).mistakes;
        for (auto& mistake : mistakes) {
            for (auto at = mistake.find(path); at != std::string::npos; at = mistake.find(path))
                mistake.replace(at, path.size(), "F");
        }
        return mistakes;
    }

    /// Each mistake begins with its row, and there are no others.
    void check(const std::vector<std::string>& mistakes, const std::vector<std::string>& begins)
    {
        for (std::size_t i = 0; i < std::max(mistakes.size(), begins.size()); ++i) {
            const auto mistake = i < mistakes.size() ? mistakes[i] : "nothing";
            const auto begin = i < begins.size() ? begins[i] : "nothing";
            BOOST_TEST(mistake.starts_with(begin), mistake << " is not " << begin);
        }
    }

    test::TemporaryFolder folder;
};

constexpr const char* all_wrong = R"(listne = "127.0.0.1:1"
operator_listen = "nowhere"
[log]
level = "loud"
colour = true
[[sources]]
name = "shop"
schemes = ["nope", "stripe", "neither"]
secret = "inline"
gzip = "yes"
size = 3
[[sources]]
schemes = []
[[subscriptions]]
name = "billing"
url = "ftp://a"
dialect = "latin"
in_flight = 0
timeout = "soon"
delays = ["never"]
identity = "bank"
secret_env = "GONE"
[[identities]]
name = "other"
tenants = ["acme", "emca"]
certificate_file = "a.pem"
[identities.oauth]
token_url = "x"
)";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(config_mistakes, Fixture)

// Goal: unknown keys, bad values and bad references of the file come together, in its order, and
// those of the environment and the flags after them.
BOOST_AUTO_TEST_CASE(everything_at_once)
{
    const auto mistakes = mistakes_of(all_wrong,
                                      {{"KATYDID_LOOPS", "0"},
                                       {"KATYDID_NOPE", "1"},
                                       {"KATYDID_OPERATOR_KEY", ""},
                                       {"ATLVS_API_URL", "x"},
                                       {"ATLVS_WEBHOOK_URL", "y"}},
                                      {{"--listen", "there"}, {"--data-dir", ""}});
    check(mistakes, {"F:1: there is no setting \"listne\"",
                     "F:2: operator_listen = \"nowhere\": write ADDRESS:PORT",
                     "F:4: log.level = \"loud\": write debug",
                     "F:5: there is no setting \"log.colour\"",
                     "F:8: there is no scheme \"nope\"",
                     "F:8: there is no scheme \"neither\"",
                     "F:9: secrets come by reference only",
                     "F:10: \"gzip\" must be true or false",
                     "F:11: there is no key \"size\"",
                     "F:12: \"name\" is missing",
                     "F:12: secret_env or secret_file is missing",
                     "F:13: \"schemes\" must be a list of 1 to 8 items",
                     "F:14: \"event_types\" is missing",
                     "F:16: the URL must begin with",
                     "F:17: \"dialect\" must be \"standard\", \"raw\"",
                     "F:18: \"in_flight\" must be a whole number from 1 to 10000",
                     "F:19: \"timeout\" must be a duration such as",
                     "F:20: \"delays/0\" must be a duration such as",
                     "F:21: there is no [[identities]] of that name",
                     "F:22: the variable GONE is not set",
                     "F:23: certificate_file and key_file belong together",
                     "F:23: \"hosts\" is missing",
                     "F:25: \"acme\" is no tenant",
                     "F:25: \"emca\" is no tenant",
                     "F:27: \"client_id\" is missing",
                     "F:27: client_secret_env or client_secret_file is missing",
                     "F:28: the URL must begin with",
                     "KATYDID_LOOPS=0: write a whole number",
                     "KATYDID_NOPE: there is no such setting",
                     "--listen there: write ADDRESS:PORT",
                     "--data-dir : it is empty",
                     "KATYDID_OPERATOR_KEY is set but empty",
                     "ATLVS_WEBHOOK_URL=y: the URL must begin with",
                     "ATLVS_WEBHOOK_URL is set, but ATLVS_PARTNER_SECRET is not",
                     "ATLVS_API_URL=x: the URL must begin with",
                     "ATLVS_API_URL is set, but ATLVS_API_KEY is not"});
}

// Goal: what one setting says against another names the place of one of them, wherever it was set.
BOOST_AUTO_TEST_CASE(across_settings)
{
    const std::string source = "[[sources]]\nname = \"atlvs\"\nschemes = [\"github\"]\n"
                               "secret_env = \"S\"\nclient_subject = \"CN=a\"\n";
    check(mistakes_of("listen = \"127.0.0.1:7\"\n[tls]\ncertificate_file = \"a.pem\"\n" + source
                          + source,
                      {{"S", "swordfish"},
                       {"ATLVS_WEBHOOK_SECRET", "swordfish"},
                       {"KATYDID_EGRESS_KEY_FILE", "k"},
                       {"KATYDID_TLS_CLIENT_REQUIRED", "true"},
                       {"KATYDID_LOOPS", "4"},
                       {"KATYDID_IN_FLIGHT_MAX", "3"}},
                      {{"--operator-listen", "127.0.0.1:7"}}),
          {"F:9: \"atlvs\" is a duplicate in sources, first at F:4: rename one",
           "ATLVS_WEBHOOK_SECRET: \"atlvs\" is a duplicate in sources, first at F:4",
           "F:3: tls.certificate_file: certificate_file and key_file belong together",
           "KATYDID_EGRESS_KEY_FILE: egress.key_file: certificate_file and key_file belong",
           "KATYDID_TLS_CLIENT_REQUIRED: tls.client_required: set tls.client_ca_file",
           "F:4: \"atlvs\" has a client_subject",
           "KATYDID_IN_FLIGHT_MAX: limits.in_flight_max: must be at least 4",
           "--operator-listen: operator_listen: is the same address as listen"});
}

// Goal: a secret that can be guessed is a mistake like any other, said with its place and the rest.
BOOST_AUTO_TEST_CASE(guessable_secrets)
{
    check(mistakes_of("loops = 0\n[[sources]]\nname = \"a\"\nschemes = [\"github\"]\n"
                      "secret_env = \"S\"\n",
                      {{"S", " abc\n"},
                       {"ATLVS_WEBHOOK_SECRET", "a"},
                       {"KATYDID_MASTER_KEY", "short"},
                       {"KATYDID_OPERATOR_KEY", "short"},
                       {"GRASSHOPPER_WEBHOOK_SECRET", "x"}}),
          {"F:1: loops", "F:5: the secret can be guessed: give at least 4 characters",
           "KATYDID_OPERATOR_KEY: the key can be guessed",
           "KATYDID_MASTER_KEY: a master key is 64 hex digits",
           "ATLVS_WEBHOOK_SECRET: the secret can be guessed",
           "GRASSHOPPER_WEBHOOK_SECRET: the secret can be guessed"});
}

// Goal: one mistake is said once: what depends on a refused value, on a scheme or an identity that
// is wrong itself, is no mistake of its own.
BOOST_AUTO_TEST_CASE(no_echoes)
{
    check(mistakes_of("[tls]\nclient_ca_file = \"\"\nclient_required = true\n"),
          {"F:2: tls.client_ca_file"});
    check(mistakes_of("[[sources]]\nname = \"a\"\nschemes = [\"mine\"]\nsecret_env = \"S\"\n"
                      "[schemes.mine]\nalgorithm = \"md5\"\n",
                      {{"S", "swordfish"}}),
          {"F:5: "});
    check(mistakes_of("[[subscriptions]]\nname = \"a\"\nurl = \"https://a.example/\"\n"
                      "event_types = [\"*\"]\nsecret_env = \"S\"\nidentity = \"bank\"\n"
                      "[[identities]]\nname = \"bank\"\ncolour = \"red\"\nca_file = \"a.pem\"\n"
                      "hosts = [\"a.example\"]\n",
                      {{"S", "swordfish"}}),
          {"F:9: there is no key \"colour\""});
    check(mistakes_of("", {{"ATLVS_WEBHOOK_SECRET", ""},
                           {"GRASSHOPPER_WEBHOOK_URL", "https://a.example/"}}),
          {"ATLVS_WEBHOOK_SECRET is set but empty"});
}

// Goal: a line that is no TOML does not hide the mistakes beside it, and what it may have said is
// not missed. Where the file cannot be read on from, the rest of the inputs is still judged.
BOOST_AUTO_TEST_CASE(broken_lines)
{
    check(mistakes_of("loops = 2\nloops = 3\nlisten = \nlistne = 1\n"
                      "[[sources]]\nname = \nschemes = [\"nope\"]\nsecret_env = \"S\"\n",
                      {{"KATYDID_NOPE", "1"}}),
          {"F:2: Error while parsing key-value pair: cannot redefine",
           "F:3: Error while parsing key-value pair", "F:4: there is no setting \"listne\"",
           "F:6: Error while parsing key-value pair", "F:8: the variable S is not set",
           "KATYDID_NOPE: there is no such setting"});
    check(mistakes_of("listne = 1\n[[sources\nname = \"a\"\n", {{"KATYDID_NOPE", "1"}}),
          {"F:2: Error while parsing", "KATYDID_NOPE: there is no such setting"});
    check(mistakes_of("a = [1,\n2\nlistne = 3\n", {{"KATYDID_TLS_CLIENT_REQUIRED", "true"}}),
          {"F:3: Error while parsing array"});
}

// Goal: load() says all of them, one a line.
BOOST_AUTO_TEST_CASE(as_one_error)
{
    const auto loaded = load({"/nonexistent/katydid.toml", {{"KATYDID_NOPE", "1"}}, {}});
    BOOST_TEST_REQUIRE(loaded.has_error());
    BOOST_TEST(loaded.error().message.starts_with("/nonexistent/katydid.toml cannot be read"));
    BOOST_TEST(loaded.error().message.find("\nKATYDID_NOPE: ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
