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
    BOOST_TEST(sentence_of(answer) == "/name is missing\n  /url must begin with https://");
    BOOST_TEST(sentence_of({502, {}, "<html>", {}}) == "the hub answered 502");
    const auto unknown = sentence_of({401, boost::json::parse(R"({"detail": "No."})"), "", {}});
    BOOST_TEST(unknown.starts_with("No.\n"));
    BOOST_TEST(unknown.find("KATYDID_API_KEY") != std::string::npos);
}

// Goal: a fault is said by the option that the person gave, where the command has one for it.
BOOST_AUTO_TEST_CASE(faults_name_options)
{
    CLI::App command;
    std::string text;
    for (const auto* name : {"--scope", "--in-flight", "--to", "--types", "--secret-env", "name"})
        command.add_option(name, text);
    const std::pair<const char*, const char*> table[] = {{"/scopes/0", "--scope"},
                                                         {"/limits/in_flight", "--in-flight"},
                                                         {"/handler/url", "--to"},
                                                         {"/event_types/3", "--types"},
                                                         {"/secret", "--secret-env"},
                                                         {"/name", "the name"},
                                                         {"?since", "--since"},
                                                         {"/burst", "/burst"},
                                                         {"", "the body"}};
    for (const auto& [pointer, option] : table) {
        HubAnswer answer;
        answer.status = 422;
        const boost::json::object fault{{"pointer", pointer}, {"detail", "is wrong"}};
        answer.json = boost::json::object{{"detail", "x"}, {"errors", boost::json::array{fault}}};
        BOOST_TEST(sentence_of(answer, &command) == std::string{option} + " is wrong");
    }
}

// Goal: what fails on the way to the hub says what to try.
BOOST_AUTO_TEST_CASE(remedies)
{
    using katydid::errc;
    const HubAddress https{"https://hub.example", {}, {}, {}};
    const HubAddress http{"http://hub.example", {}, {}, {}};
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    BOOST_TEST(has(remedy_of(https, {errc::tls_failed, "its certificate is not accepted: x"}),
                   "--ca-file"));
    BOOST_TEST(has(remedy_of(https, {errc::tls_failed, "wrong version number"}), "http://"));
    BOOST_TEST(has(remedy_of(http, {errc::protocol_error, "not HTTP"}), "https://"));
    BOOST_TEST(remedy_of(http, {errc::connect_failed, "refused"}).empty());
}

// Goal: --since takes a time, or how long ago.
BOOST_AUTO_TEST_CASE(times)
{
    using namespace std::chrono_literals;
    BOOST_TEST(time_of("", "--since").empty());
    BOOST_TEST(time_of("2026-06-15T18:00:00Z", "--since") == "2026-06-15T18:00:00Z");
    const auto hour = katydid::parse_rfc3339(time_of("1h", "--since"));
    BOOST_REQUIRE(hour.has_value());
    const auto ago = katydid::system_clock().now() - *hour;
    BOOST_TEST((ago >= 1h && ago < 1h + 1min));
    BOOST_CHECK_THROW(static_cast<void>(time_of("yesterday", "--since")), CommandEnd);
}

BOOST_AUTO_TEST_SUITE_END()
