#include "hub/cli/client/session.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid::cli;

BOOST_AUTO_TEST_SUITE(cli_session)

// Goal: every status of the API stands for one exit status of the contract.
BOOST_AUTO_TEST_CASE(exit_statuses)
{
    const std::pair<unsigned, ExitCode> table[] = {
        {200, done},         {202, done},         {204, done},        {404, answer_is_no},
        {409, answer_is_no}, {412, answer_is_no}, {400, wrong_usage}, {401, wrong_usage},
        {403, wrong_usage},  {422, wrong_usage},  {408, not_reached}, {429, not_reached},
        {500, not_reached},  {503, not_reached},  {302, not_reached}};
    for (const auto& [status, code] : table)
        BOOST_TEST(exit_code_of(status) == code, "status " << status);
}

// Goal: a refusal is shown with every fault the hub found, and 401 with the fix.
BOOST_AUTO_TEST_CASE(sentences)
{
    HubAnswer answer;
    answer.status = 422;
    answer.json = boost::json::parse(
        R"({"title": "Unprocessable", "detail": "Two faults.",
            "errors": [{"pointer": "/name", "detail": "is missing"},
                       {"pointer": "/url", "detail": "must begin with https://"}]})");
    BOOST_TEST(sentence_of(answer)
               == "Two faults.\n  /name is missing\n  /url must begin with https://");
    BOOST_TEST(sentence_of({502, {}, "<html>", {}}) == "the hub answered 502");
    const auto unknown = sentence_of({401, boost::json::parse(R"({"detail": "No."})"), "", {}});
    BOOST_TEST(unknown.starts_with("No.\n"));
    BOOST_TEST(unknown.find("KATYDID_API_KEY") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
