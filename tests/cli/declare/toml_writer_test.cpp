#include "hub/cli/declare/toml_writer.hpp"

#include "hub/config/tables/toml_json.hpp"
#include "hub/config/tables/toml_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::cli::declare;

namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(cli_declare_toml_writer)

// Goal: what is written is read back as it was.
BOOST_AUTO_TEST_CASE(round_trip)
{
    const auto value = json::parse(R"({
        "text": "a \"b\" \\ \n \u0007 ü '''", "n": -7, "real": 2.0, "small": 1e-7, "yes": true,
        "list": [1, "x", [], {"a.b": {}, "": 1}], "table": {"quoted key": [true], "ü": "x"}})");
    config::Mistakes mistakes;
    const auto root = config::parse_toml("value = " + toml_value(value), "t", mistakes);
    BOOST_REQUIRE(root);
    BOOST_TEST(config::to_json(*root).at("value") == value);
    // Code is easier to read as lines. Regression: numbers in JSON were written as 1.5E0.
    BOOST_TEST(toml_value("a\n\tb'\n") == "'''\na\n\tb'\n'''");
    BOOST_TEST(toml_value("a\n'") == "\"a\\n'\"");
    BOOST_TEST(toml_json_text(1.5) == "'''\n1.5\n'''");
}

// Goal: what TOML cannot say is written as JSON in a text.
BOOST_AUTO_TEST_CASE(beyond_toml)
{
    for (const auto* text : {R"({"enum": [null]})", R"({"max": 18446744073709551615})",
                             R"({"pattern": "'''", "const": null})", R"([{"a": [1, {}]}, []])"}) {
        const auto value = json::parse(text);
        config::Mistakes mistakes;
        const auto root = config::parse_toml("value = " + toml_json_text(value), "t", mistakes);
        BOOST_REQUIRE(root);
        BOOST_TEST(json::parse((*root)["value"].value_or(std::string{})) == value);
    }
    BOOST_TEST(toml_value(json::parse("[null]")).empty());
    BOOST_TEST(toml_json_text(json::parse(R"({"type":"object","required":["a"]})"))
               == "'''\n{\n  \"type\": \"object\",\n  \"required\": [\"a\"]\n}\n'''");
}

BOOST_AUTO_TEST_SUITE_END()
