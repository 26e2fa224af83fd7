#include "hub/app/loop/http_observer.hpp"

#include "tests/observe/captured_log.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

namespace {

std::string log_of_failure(const std::string& pattern, const std::string& path)
{
    observe::Metrics metrics;
    HttpObserver observer{metrics, system_clock(), nullptr};
    http::Request request;
    request.method = "DELETE";
    request.path = path;
    http::Route route;
    route.pattern = pattern;
    return test::captured_log([&] { observer.on_exception(request, &route, "the disk is full"); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(app_http_observer)

// Regression: the line of a request that failed had the path as it came, with whom it named.
BOOST_AUTO_TEST_CASE(a_failed_request_names_no_person)
{
    const auto line = log_of_failure("/v1/subjects/{subject}", "/v1/subjects/jane@example.org");
    BOOST_TEST(line.find("request.failed") != std::string::npos, line);
    BOOST_TEST(line.find("the disk is full") != std::string::npos, line);
    BOOST_TEST(line.find("/v1/subjects/{subject}") != std::string::npos, line);
    BOOST_TEST(line.find("jane") == std::string::npos, line);
    BOOST_TEST(log_of_failure("/v1/events/{id}", "/v1/events/evt_1").find("/v1/events/evt_1")
               != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
