// Schemes of one's own, through the API and in katydid.toml.
#include "tests/hub/running_hub.hpp"

#include "hub/config/load.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::test;

namespace {

constexpr const char* in_hex = R"(
algorithm = "hmac-sha256"
signature = { from = "header:X-Mine", encoding = "hex" }
message = "{body}"
type = "json:/kind"
)";

constexpr const char* in_base64 = R"(
algorithm = "hmac-sha256"
signature = { from = "header:X-Mine", encoding = "base64" }
message = "{body}"
type = "json:/kind"
)";

std::string scheme_body(const std::string& name, const std::string& toml)
{
    return boost::json::serialize(boost::json::object{{"name", name}, {"toml", toml}});
}

std::string toml_body(const std::string& toml)
{
    return boost::json::serialize(boost::json::object{{"toml", toml}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(registry_served_schemes)

// Goal: a tenant's own scheme verifies on the next request, on every loop, and a change of it
// counts as soon as it is answered; it survives a restart.
BOOST_AUTO_TEST_CASE(made_through_the_api)
{
    const Folder folder;
    const auto hex = signing::load_scheme("mine", in_hex).value();
    const auto base64 = signing::load_scheme("mine", in_base64).value();
    auto settings = settings_in(folder);
    settings.loops = 2;
    run_with_hub(settings, [&](ApiClient person) -> awaitable<> {
        co_await person.manage_as(201, "POST", "/v1/schemes", scheme_body("mine", in_hex));
        co_await person.make_source("provider", "mine", "topsecret");
        for (int i = 0; i < 4; ++i) {
            auto reply = co_await person.post_signed("provider", *hex, "topsecret",
                                                     R"({"kind":"a.b"})");
            BOOST_TEST(reply.status == 200U);
            reply = co_await person.post_signed("provider", *base64, "topsecret", "{}");
            BOOST_TEST(reply.status == 401U);
        }
        co_await person.manage_as(200, "PUT", "/v1/schemes/mine", toml_body(in_base64));
        auto reply = co_await person.post_signed("provider", *base64, "topsecret",
                                                 R"({"kind":"a.c"})");
        BOOST_TEST(reply.status == 200U);
        reply = co_await person.post_signed("provider", *hex, "topsecret", R"({"kind":"a.b"})");
        BOOST_TEST(reply.status == 401U);
    });
    run_with_hub(settings_in(folder), [&](ApiClient person) -> awaitable<> {
        const auto reply = co_await person.post_signed("provider", *base64, "topsecret",
                                                       R"({"kind":"a.d"})");
        BOOST_TEST(reply.status == 200U);
        const auto shown = co_await person.manage_as(200, "GET", "/v1/schemes/mine");
        BOOST_TEST(text(shown, "origin") == "own");
        BOOST_TEST(text(shown, "toml") == in_base64);
    });
}

// Goal: what cannot work is refused with the reason, a name of the catalog is not taken, and what
// is in use is not deleted.
BOOST_AUTO_TEST_CASE(refusals)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto bad = co_await person.manage_as(
            422, "POST", "/v1/schemes",
            scheme_body("mine", "algorithm = \"hmac-sha256\"\nmessage = \"{nonsense:x}\"\n"
                                "signature = { from = \"header:X\", encoding = \"hex\" }"));
        const auto& fault = bad.at("errors").as_array().front();
        BOOST_TEST(text(fault, "pointer") == "/toml");
        BOOST_TEST(text(fault, "detail").find("nonsense") != std::string::npos);
        const auto taken = co_await person.manage_as(422, "POST", "/v1/schemes",
                                                     scheme_body("stripe", in_hex));
        BOOST_TEST(text(taken.at("errors").as_array().front(), "pointer") == "/name");

        co_await person.manage_as(201, "POST", "/v1/schemes", scheme_body("mine", in_hex));
        co_await person.manage_as(409, "POST", "/v1/schemes", scheme_body("mine", in_hex));
        const auto source = co_await person.make_source("provider", "mine", "topsecret");
        const auto in_use = co_await person.manage_as(409, "DELETE", "/v1/schemes/mine");
        BOOST_TEST(text(in_use, "detail").find("source provider") != std::string::npos);
        co_await person.manage_as(204, "DELETE", "/v1/sources/" + text(source, "id"));
        co_await person.manage_as(204, "DELETE", "/v1/schemes/mine");
        co_await person.manage_as(404, "GET", "/v1/schemes/mine");
        co_await person.manage_as(404, "PUT", "/v1/schemes/stripe", toml_body(in_hex));
        co_await person.manage_as(404, "DELETE", "/v1/schemes/stripe");
    });
}

// Goal: the catalog is listed page by page, with what each scheme can do.
BOOST_AUTO_TEST_CASE(the_catalog_is_listed)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        std::size_t count = 0;
        std::string cursor;
        do {
            std::string path = "/v1/schemes?limit=50";
            if (!cursor.empty()) path += "&cursor=" + cursor;
            const auto page = co_await person.manage_as(200, "GET", path);
            count += page.at("data").as_array().size();
            cursor = page.at("cursor").is_null() ? "" : text(page, "cursor");
        } while (!cursor.empty());
        BOOST_TEST(count == signing::scheme_names().size());
        const auto stripe = co_await person.manage_as(200, "GET", "/v1/schemes/stripe");
        BOOST_TEST(stripe.at("signs").as_bool());
        BOOST_TEST(text(stripe, "toml").find("hmac-sha256") != std::string::npos);
    });
}

// Goal: a scheme of katydid.toml works for the sources beside it, is read-only in the API, and one
// that cannot work is refused with file and line.
BOOST_AUTO_TEST_CASE(made_by_a_setting)
{
    const Folder folder;
    std::filesystem::create_directories(folder.path());
    const auto file = (folder.path() / "katydid.toml").string();
    std::ofstream{file} << "[schemes.house]\n"
                        << in_hex << "\n[[sources]]\nname = \"provider\"\nschemes = [\"house\"]\n"
                        << "secret_env = \"PROVIDER_SECRET\"\n";
    auto loaded = config::load({file, {{"PROVIDER_SECRET", "topsecret"}}, {}});
    BOOST_REQUIRE_MESSAGE(loaded.has_value(), (loaded ? "" : loaded.error().message));
    auto settings = settings_in(folder);
    settings.schemes = loaded->schemes;
    settings.sources = loaded->sources;
    const auto house = signing::load_scheme("house", in_hex).value();
    run_with_hub(settings, [&](ApiClient person) -> awaitable<> {
        const auto reply = co_await person.post_signed("provider", *house, "topsecret",
                                                       R"({"kind":"a.b"})");
        BOOST_TEST(reply.status == 200U);
        co_await person.manage_as(409, "DELETE", "/v1/schemes/house");
        co_await person.manage_as(409, "PUT", "/v1/schemes/house", toml_body(in_hex));
        co_await person.make_source("another", "house", "other");
    });

    std::ofstream{file} << "\n[schemes.house]\nalgorithm = \"md5\"\n";
    const auto refused = config::load({file, {}, {}});
    BOOST_TEST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error().message.find("katydid.toml:2") != std::string::npos,
               refused.error().message);
}

BOOST_AUTO_TEST_SUITE_END()
