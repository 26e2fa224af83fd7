#include "hub/config/refused_urls.hpp"

#include "hub/config/load.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::config;

namespace {

std::vector<RefusedUrl> refused_by(Environment environment, http::EgressPolicy policy = {})
{
    for (const char* name : {"ATLVS_WEBHOOK_SECRET", "ATLVS_PARTNER_SECRET", "ATLVS_API_KEY"})
        environment.emplace(name, "swordfish");
    return refused_urls(load({{}, std::move(environment), {}}).value(), policy);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_refused_urls)

// Goal: a URL that no delivery can ever go to is known at the start, without its path.
BOOST_AUTO_TEST_CASE(urls_that_lead_nowhere)
{
    const auto refused = refused_by({{"GRASSHOPPER_WEBHOOK_URL", "http://10.0.0.1/x?token=1"},
                                     {"ATLVS_WEBHOOK_URL", "http://grasshopper.example/x"},
                                     {"ATLVS_API_URL", "http://127.0.0.1:3000"}});
    BOOST_REQUIRE(refused.size() == 3U);
    BOOST_TEST(refused[0].name == "to-grasshopper");
    BOOST_TEST(refused[0].host == "10.0.0.1");
    BOOST_TEST(!refused[0].why.empty());
    BOOST_TEST(refused[1].name == "to-atlvs");
    BOOST_TEST(refused[2].name == "ATLVS_API_URL");
    BOOST_TEST(refused[2].host == "127.0.0.1:3000");
}

// Goal: what may be sent to is not spoken of.
BOOST_AUTO_TEST_CASE(good_urls)
{
    BOOST_TEST(refused_by({{"ATLVS_WEBHOOK_URL", "https://grasshopper.example/x"}}).empty());
    http::EgressPolicy policy;
    policy.allowed = {http::parse_network("127.0.0.0/8").value()};
    BOOST_TEST(refused_by({{"ATLVS_API_URL", "http://127.0.0.1:3000"}}, policy).empty());
}

BOOST_AUTO_TEST_SUITE_END()
