#include "hub/input/source_input.hpp"

#include "hub/input/schemas.hpp"
#include "hub/core/source_json.hpp"

#include <boost/json.hpp>

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::input;

namespace {

const registry::Schemes catalog;

std::optional<SourceInput> read(std::string_view text, std::vector<Fault>& faults,
                                const Source& base = {}, const signing::KeyRing* keys = nullptr)
{
    const auto body = boost::json::parse(text);
    const auto schema = base.id.is_nil() ? "NewSource" : "ChangedSource";
    if (!check_schema(schema, body, faults)) return std::nullopt;
    return read_source(body.get_object(), base, {default_tenant(), catalog, keys, Timestamp{}},
                       faults);
}

/// The pointer of the only fault; empty when there is none.
std::string fault_of(std::string_view text, const Source& base = {},
                     const signing::KeyRing* keys = nullptr)
{
    std::vector<Fault> faults;
    const auto input = read(text, faults, base, keys);
    BOOST_TEST(input.has_value() == faults.empty());
    return faults.empty() ? std::string{} : faults.front().pointer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(api_source_input)

// Goal: a secret is taken as it is given, or made in the form that the scheme takes.
BOOST_AUTO_TEST_CASE(secrets)
{
    std::vector<Fault> faults;
    auto input = read(R"({"name":"a","schemes":["github"],"secret":"given"})", faults);
    BOOST_TEST_REQUIRE(input.has_value());
    BOOST_TEST(input->secret->text() == "given");
    BOOST_TEST(input->generated == "");
    input = read(R"({"name":"a","schemes":["standard-webhooks"]})", faults);
    BOOST_TEST_REQUIRE(input.has_value());
    BOOST_TEST(input->generated.starts_with("whsec_"));
    BOOST_TEST(input->secret->text() == input->generated);
    input = read(R"({"name":"a","schemes":["notion"]})", faults);
    BOOST_TEST_REQUIRE(input.has_value());
    BOOST_TEST(!input->secret.has_value());  // the provider delivers it
    input = read(R"({"name":"a","schemes":["github","notion"]})", faults);
    BOOST_TEST(!input.has_value());  // beside another scheme it does not
    BOOST_TEST(faults.back().pointer == "/secret");
    faults.clear();
    input = read(R"({"name":"a","schemes":["meta"],"secret":"app-secret","verify_token":"shown"})",
                 faults);
    BOOST_TEST_REQUIRE(input.has_value());
    BOOST_TEST(boost::json::serialize(to_json(input->source)).find("shown") == std::string::npos);
    BOOST_TEST(input->source.settings.verify_token_sha256.size() == 64U);
}

// Goal: every fault is named with its pointer.
BOOST_AUTO_TEST_CASE(faults)
{
    const std::vector<std::pair<std::string_view, std::string_view>> rows{
        {R"({"schemes":["github"]})", "/name"},
        {R"({"name":"a/b","schemes":["github"]})", "/name"},
        {R"({"name":"..","schemes":["github"]})", "/name"},
        {R"({"name":"a"})", "/schemes"},
        {R"({"name":"a","schemes":[]})", "/schemes"},
        {R"({"name":"a","schemes":["github","nonsense"]})", "/schemes/1"},
        {R"({"name":"a","schemes":["discord"]})", "/secret"},
        {R"({"name":"a","schemes":["stripe"]})", "/secret"},
        {R"({"name":"a","schemes":["discord"],"secret":"not hex"})", "/secret"},
        {R"({"name":"a","schemes":["github"],"secret":""})", "/secret"},
        {R"({"name":"a","schemes":["github"],"public_url":"hub.example"})", "/public_url"},
        {R"({"name":"a","schemes":["github"],"colour":"red"})", "/colour"},
        {R"({"name":"a","schemes":["google-pubsub"],"secret":"aud"})", "/principal"},
        {R"({"name":"a","schemes":["google-pubsub","github"],"secret":"aud","principal":"p"})",
         "/schemes"},
        {R"({"name":"a","schemes":["github"],"verify_token":1})", "/verify_token"},
        {R"({"name":"a","schemes":["stripe","notion"],"secret":""})", "/secret"},
    };
    for (const auto& [text, pointer] : rows) BOOST_TEST(fault_of(text) == pointer, text);
}

// Goal: a change leaves what it does not name, refuses another name and a secret, and schemes that
// the secret does not fit.
BOOST_AUTO_TEST_CASE(changes)
{
    Source base;
    IdBytes bytes{};
    bytes[15] = 1;
    base.id = SourceId{bytes};
    base.name = "a";
    base.schemes = {"github"};
    signing::KeyRing keys;
    keys.keys.push_back({KeyId{}, Secret{"plain text!"}, {}, {}});
    BOOST_TEST(fault_of(R"({"name":"b"})", base, &keys) == "/name");
    BOOST_TEST(fault_of(R"({"secret":"s"})", base, &keys) == "/secret");
    BOOST_TEST(fault_of(R"({"schemes":["svix"]})", base, &keys) == "/schemes");
    BOOST_TEST(fault_of(R"({"schemes":["stripe"]})", base, &keys) == "");
    BOOST_TEST(fault_of(R"({"tolerance":"8d"})", base, &keys) == "/tolerance");
    BOOST_TEST(fault_of(R"({"repeats":"maybe"})", base, &keys) == "/repeats");
    BOOST_TEST(fault_of(R"({"unsigned_types":true})", base, &keys) == "/unsigned_types");
    BOOST_TEST(fault_of(R"({"tolerance":null,"principal":null,"split":true})", base, &keys) == "");
    std::vector<Fault> faults;
    const auto input = read(R"({"public_url":"https://a.example/x"})", faults, base, &keys);
    BOOST_TEST_REQUIRE(input.has_value());
    BOOST_TEST(input->source.schemes.front() == "github");
    BOOST_TEST(input->source.settings.public_url == "https://a.example/x");
}

BOOST_AUTO_TEST_SUITE_END()
