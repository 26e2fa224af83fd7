// What doctor says of webhooks that were refused.
#include "hub/checks/source_checks.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid::checks;

BOOST_AUTO_TEST_SUITE(cli_doctor_sources)

// Goal: a source that refuses many for their time is named, with the newest diagnosis and what to
// do; one that does so now and then, or for other reasons, is not.
BOOST_AUTO_TEST_CASE(refused_for_their_time)
{
    std::vector<RefusedWebhook> refused{{"box", "timestamp_future", "the timestamp is 90 s ahead"}};
    for (int i = 0; i < 2; ++i) {
        refused.push_back({"box", "timestamp_old", "the timestamp is 700 s old"});
        refused.push_back({"paddle", "timestamp_old", "late"});
    }
    for (int i = 0; i < 9; ++i) refused.push_back({"stripe", "signature_wrong", "wrong"});
    const auto findings = judge_times(refused);
    BOOST_TEST_REQUIRE(findings.size() == 1U);
    BOOST_TEST((findings.front().weight == Weight::warning));
    BOOST_TEST(findings.front().what
               == "The source \"box\" refused 3 webhooks for their time. The last: the timestamp "
                  "is 90 s ahead.");
    BOOST_TEST(findings.front().hint.find("katydid sources update box --tolerance")
               != std::string::npos);
    BOOST_TEST(judge_times({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
