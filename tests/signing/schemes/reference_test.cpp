// The examples of docs/schemes.md and of docs/signing.md, loaded.
#include "signing/schemes/scheme.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

using namespace katydid;
using namespace katydid::signing;

namespace {

std::string page(const std::string& name)
{
    std::ifstream in{std::string{KATYDID_DOCS} + "/" + name};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The blocks marked ```toml.
std::vector<std::string> examples(const std::string& text)
{
    constexpr std::string_view begin = "```toml\n";
    std::vector<std::string> blocks;
    for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
        at += begin.size();
        const auto end = text.find("```", at);
        blocks.push_back(text.substr(at, end - at));
        at = end + 3;
    }
    return blocks;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signing_scheme_reference)

// Goal: a copied example of the reference is a scheme that works.
BOOST_AUTO_TEST_CASE(examples_load)
{
    const auto blocks = examples(page("schemes.md"));
    BOOST_TEST(blocks.size() >= 20U);
    for (const auto& block : blocks) {
        const auto scheme = load_scheme("example", block);
        BOOST_TEST(!!scheme, (scheme ? "" : scheme.error().message) << " in\n" << block);
    }
}

// Goal: the example of docs/signing.md is taken as it stands, and without its first line.
BOOST_AUTO_TEST_CASE(both_forms)
{
    for (const auto& block : examples(page("signing.md"))) {
        if (!block.starts_with("[schemes.")) continue;
        const auto whole = load_scheme("my-provider", block);
        const auto bare = load_scheme("my-provider", block.substr(block.find('\n') + 1));
        BOOST_REQUIRE((whole && bare));
        BOOST_TEST(scheme_toml(**whole) == scheme_toml(**bare));
    }
    const std::string one = "algorithm = \"token\"\nsignature = {from = \"bearer\", encoding = "
                            "\"text\"}\n";
    const auto two = "[schemes.a]\n" + one + "[schemes.b]\ntitle = \"B\"\n" + one;
    const auto named = load_scheme("b", two);
    BOOST_REQUIRE(!!named);
    BOOST_TEST(scheme_title(**named) == "B");
    const auto unnamed = load_scheme("c", two);
    BOOST_REQUIRE(!unnamed);
    BOOST_TEST((unnamed.error().message.find("several") != std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()
