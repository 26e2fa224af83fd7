#include "hub/cli/declare/document.hpp"

#include "hub/cli/terminal/table.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

using namespace katydid;
using namespace katydid::cli::declare;

namespace {

Document document_of(const std::string& text, std::vector<std::string> expected = {})
{
    config::Mistakes mistakes;
    auto document = read_document(text, "hub.toml", mistakes);
    BOOST_TEST(mistakes.sentences() == expected, boost::test_tools::per_element());
    return document;
}

/// One of the caller's own rows.
const Wish& wish(const Document& document, std::string_view name)
{
    for (const auto& each : document.wishes.front().rows)
        if (each.name == name) return each;
    BOOST_FAIL("there is no row " << name);
    throw 0;
}

const boost::json::value& shown(const Wish& wish, std::string_view member)
{
    return cli::value_at(wish.shown, member);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_declare_document)

// Goal: the words of the settings file and those of the API's bodies mean the same.
BOOST_AUTO_TEST_CASE(flat_and_nested)
{
    const auto document = document_of(R"(
[[subscriptions]]
name = "flat"
event_types = ["a.*"]
url = "https://a.example/"
in_flight = 3
delays = ["300s"]

[[subscriptions]]
name = "nested"
event_types = ["a.*"]
handler = { url = "https://a.example/" }
limits = { in_flight = 3 }
retry = { delays = ["5m"] }
)");
    auto flat = wish(document, "flat").shown;
    auto nested = wish(document, "nested").shown;
    flat.erase("name");
    nested.erase("name");
    BOOST_TEST(flat == nested);
    BOOST_TEST(shown(wish(document, "flat"), "retry.delays") == boost::json::parse(R"(["5m"])"));
    BOOST_TEST(shown(wish(document, "flat"), "limits.in_flight") == boost::json::value(3));
}

// Goal: secrets are references, and the document says where each one is.
BOOST_AUTO_TEST_CASE(secrets_by_reference)
{
    const auto document = document_of(R"([[sources]]
name = "stripe"
schemes = ["stripe"]
secret_env = "S"
verify_token_file = "/run/token"
)");
    const auto& secrets = wish(document, "stripe").secrets;
    BOOST_TEST(secrets.at("secret").variable == "S");
    BOOST_TEST(secrets.at("secret").place == "hub.toml:4");
    BOOST_TEST(secrets.at("verify_token").file == "/run/token");
    document_of("[[sources]]\nname = \"x\"\nschemes = [\"github\"]\nsecret = \"topsecret\"\n",
                {"hub.toml:4: secrets come by reference only: use secret_env = \"VARIABLE\" or "
                 "secret_file = \"PATH\""});
}

// Goal: a schema or a filter may be a table or a text with JSON, which can say null.
BOOST_AUTO_TEST_CASE(json_in_text)
{
    const auto document = document_of(R"([[event_types]]
name = "a"
schema = { type = "object" }

[[event_types]]
name = "b"
schema = '''{"enum": [null, 1]}'''
)");
    BOOST_TEST(shown(wish(document, "a"), "schema.type") == boost::json::value("object"));
    BOOST_TEST(shown(wish(document, "b"), "schema.enum") == boost::json::parse("[null, 1]"));
    document_of("[[event_types]]\nname = \"c\"\nschema = '{'\n",
                {"hub.toml:3: \"schema\": the text is not JSON: incomplete JSON"});
}

// Goal: rows below a tenant are that tenant's.
BOOST_AUTO_TEST_CASE(tenants)
{
    const auto document = document_of(R"([[tenants]]
name = "acme"
retention = { delivered = "168h" }

[[tenants.event_types]]
name = "order.created"

[tenants.schemes.own]
algorithm = "token"
signature = { from = "bearer", encoding = "text" }
)");
    BOOST_REQUIRE(document.tenants.size() == 1U);
    BOOST_TEST(cli::value_at(document.tenants[0].shown, "retention.delivered")
               == boost::json::value("7d"));
    BOOST_REQUIRE(document.wishes.size() == 2U);
    BOOST_TEST(document.wishes[0].kinds.empty());
    BOOST_TEST(document.wishes[1].tenant == "acme");
    BOOST_TEST(document.wishes[1].rows.size() == 2U);
}

// Goal: every mistake at once, each with its line.
BOOST_AUTO_TEST_CASE(mistakes)
{
    document_of(
        R"(listen = "127.0.0.1:1"
[[subscriptions]]
name = "one"
event_types = ["a"]
url = "https://a.example/"
in_flight = "many"
timeout = "3m"

[[subscriptions]]
name = "one"
event_types = ["a"]
url = "https://a.example/"

[schemes.broken]
algorithm = "none"
)",
        {"hub.toml:1: there is no list \"listen\": a document has tenants, event_types, schemes, "
         "sources and subscriptions",
         "hub.toml:6: \"in_flight\" must be a whole number from 1 to 10000",
         "hub.toml:7: \"timeout\" must be from \"1ms\" to \"2m\"",
         "hub.toml:9: \"one\" is a duplicate in subscriptions, first at hub.toml:2: rename one",
         "hub.toml:14: broken.algorithm: unknown algorithm \"none\""});
}

// Goal: a subscription says where it delivers, or that it is taken by those who are connected.
BOOST_AUTO_TEST_CASE(where_to_deliver)
{
    const std::string head = "[[subscriptions]]\nname = \"s\"\nevent_types = [\"a\"]\n";
    document_of(head, {"hub.toml:1: \"url\" is missing: where to POST"});
    document_of(head + "kind = \"stream\"\n");
}

// Goal: the documents of the guide can be applied, and its first one is the file of the examples.
BOOST_AUTO_TEST_CASE(guide)
{
    const auto text_of = [](const std::string& path) {
        std::ifstream in{std::string{KATYDID_SOURCE_DIR} + "/" + path};
        return std::string{std::istreambuf_iterator<char>{in}, {}};
    };
    constexpr std::string_view begin = "```toml\n";
    const auto page = text_of("docs/guides/declarative.md");
    std::vector<std::string> blocks;
    for (auto at = page.find(begin); at != std::string::npos; at = page.find(begin, at)) {
        at += begin.size();
        blocks.push_back(page.substr(at, page.find("```", at) - at));
        document_of(blocks.back());
    }
    BOOST_REQUIRE(blocks.size() == 2U);
    BOOST_TEST(text_of("examples/declarative/hub.toml").ends_with(blocks.front()));
}

BOOST_AUTO_TEST_SUITE_END()
