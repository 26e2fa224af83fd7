// The wide lines of a running hub.
#include <katydid/hub.hpp>

#include "hub/observe/log.hpp"
#include "tests/hub/running_hub.hpp"
#include "tests/observe/captured_log.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace katydid;

namespace {

namespace json = boost::json;

constexpr std::string_view caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::vector<json::object> lines_of(const std::string& log, std::string_view event)
{
    std::vector<json::object> found;
    std::istringstream lines{log};
    for (std::string line; std::getline(lines, line);) {
        auto object = json::parse(line).as_object();
        if (object.at("event").as_string() == event) found.push_back(std::move(object));
    }
    return found;
}

/// A hub whose handler fails, publishing one event with a caller's trace and a secret in its URL.
std::string run(bool log_requests)
{
    return test::captured_log([&] {
        const test::Folder folder;
        auto settings = test::settings_in(folder);
        settings.log_level = log::Level::info;
        settings.log_format = log::Format::json;
        settings.log_requests = log_requests;
        Hub hub{std::move(settings)};
        hub.on({.name = "x", .event_types = {"a.b"}}, [](const Event&) -> awaitable<Outcome> {
            co_return Outcome::dead("https://user:hunter2@example.com refused whsec_c2VjcmV0");
        });
        test::run_with_hub(hub, [](test::ApiClient person) -> awaitable<> {
            test::Call call{"POST", "/v1/events", R"({"type": "a.b", "data": 1})", {}};
            call.headers = {person.authorisation(),
                            {"traceparent", std::string{caller}},
                            {"User-Agent", "a test"}};
            co_await person.send(std::move(call));
            co_await person.wait_for("/v1/deliveries?state=dead", [](const json::value& page) {
                return !page.at("data").as_array().empty();
            });
        });
        log::configure(log::Level::error, log::Format::text);
        log::configure_routine(false);
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(observe_lines)

// Goal: one wide line for each request and each attempt, with the trace that joins them, and no
// secret in either.
BOOST_AUTO_TEST_CASE(one_line_each)
{
    const auto log = run(true);
    const auto requests = lines_of(log, "request");
    BOOST_REQUIRE(!requests.empty());
    const auto& request = requests.front();
    for (const auto* name : {"time", "level", "method", "route", "path", "status", "microseconds",
                             "bytes", "peer", "tls", "agent", "trace"})
        BOOST_TEST(request.contains(name), name);
    BOOST_TEST(request.at("route") == "/v1/events");
    BOOST_TEST(request.at("status") == 202);
    BOOST_TEST(request.at("bytes") == 26);  // regression: "28"
    BOOST_TEST(request.at("trace") == "4bf92f3577b34da6a3ce929d0e0e4736");

    const auto attempts = lines_of(log, "attempt.dead");
    BOOST_REQUIRE_MESSAGE(attempts.size() == 1U, log);
    const auto& attempt = attempts.front();
    for (const auto* name : {"tenant", "subscription", "name", "event_id", "type", "delivery",
                             "attempt", "outcome", "duration_ms", "error", "state"})
        BOOST_TEST(attempt.contains(name), name);
    BOOST_TEST(!attempt.contains("status"));  // regression: 0 where there was no answer
    BOOST_TEST(attempt.at("trace") == request.at("trace").as_string());
    for (const auto* secret : {"hunter2", "c2VjcmV0", "kd_live_"})
        BOOST_TEST((log.find(secret) == std::string::npos), secret);
}

// Goal: unless it is asked for, what goes well has no line; what fails has.
BOOST_AUTO_TEST_CASE(failures_only)
{
    const auto log = run(false);
    BOOST_TEST(lines_of(log, "request").empty());
    BOOST_TEST(lines_of(log, "attempt.dead").size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
