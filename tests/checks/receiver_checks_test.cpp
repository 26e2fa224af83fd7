#include "hub/checks/receiver_checks.hpp"

#include "hub/http/server/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::checks;

namespace {

http::EgressPolicy with_loopback()
{
    http::EgressPolicy policy;
    policy.allowed = {http::parse_network("127.0.0.0/8").value()};
    return policy;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_doctor_receiver)

// Goal: mistake 9, a receiver in a network that deliveries may not go to.
BOOST_AUTO_TEST_CASE(deny_listed)
{
    for (const auto* url : {"http://169.254.169.254/latest", "https://10.1.2.3/hook",
                            "https://127.0.0.1/hook", "https://[::1]/hook"}) {
        const auto finding = judge_url({"x", url}, {});
        BOOST_TEST((finding.weight == Weight::fault), url);
        BOOST_TEST((finding.hint.find("KATYDID_EGRESS_ALLOW") != std::string::npos), finding.hint);
    }
    BOOST_TEST((judge_url({"x", "http://127.0.0.1:9/"}, with_loopback()).weight == Weight::ok));
    BOOST_TEST((judge_url({"x", "https://example.com/hook"}, {}).weight == Weight::ok));
}

// Goal: mistake 10, a receiver that is not there; one that is, is asked nothing but HEAD, and its
// clock is noted.
BOOST_AUTO_TEST_CASE(unreachable)
{
    asio::io_context loop{1};
    std::vector<std::string> methods;
    http::Router router;
    http::Route route;
    route.method = "HEAD";
    route.pattern = "/{rest*}";
    route.handle = [&](http::Request& request) -> awaitable<http::Response> {
        methods.push_back(request.method);
        co_return http::Response::text(204, "");
    };
    router.add(std::move(route));
    const boost::asio::ip::tcp::endpoint any{boost::asio::ip::address_v4::loopback(), 0};
    http::Server server{loop.get_executor(), any, router, {}};
    server.start();
    const auto there = "http://127.0.0.1:" + std::to_string(server.local_endpoint().port()) + "/a";

    const auto policy = with_loopback();
    http::Client client{loop.get_executor(), policy, {}};
    ReceiverReport report;
    auto look = [&]() -> awaitable<> {
        const std::vector<Receiver> receivers{
            {"up", there}, {"down", "http://127.0.0.1:1/"}, {"denied", "https://10.0.0.1/"}};
        auto checked = co_await check_receivers(client, policy, receivers, milliseconds{5'000});
        report = std::move(checked);
        client.close();
        const auto deadline = Deadline::after(milliseconds{500});
        co_await server.drain(deadline);
    };
    asio::co_spawn(loop, look(), [](std::exception_ptr failure) { BOOST_TEST(!failure); });
    loop.run();

    BOOST_REQUIRE(report.findings.size() == 3U);
    BOOST_TEST((report.findings[0].weight == Weight::ok), report.findings[0].what);
    BOOST_TEST((report.findings[1].weight == Weight::fault));
    BOOST_TEST((report.findings[1].what.find("cannot be reached") != std::string::npos));
    BOOST_TEST((report.findings[2].weight == Weight::fault));
    BOOST_TEST(methods == std::vector<std::string>{"HEAD"}, boost::test_tools::per_element());
    BOOST_TEST(report.dates.size() == 1U);
}

// Goal: what answers is there, whatever it answers; what wants nothing any more is said.
BOOST_AUTO_TEST_CASE(answers)
{
    http::ClientReply reply;
    const std::pair<unsigned, Weight> table[] = {{200, Weight::ok},      {405, Weight::ok},
                                                 {500, Weight::ok},      {401, Weight::ok},
                                                 {404, Weight::warning}, {410, Weight::warning}};
    for (const auto& [status, weight] : table) {
        reply.status = status;
        BOOST_TEST((judge_answer({"x", "https://x/"}, reply).weight == weight), status);
    }
    for (const auto code :
         {errc::timed_out, errc::resolve_failed, errc::tls_failed, errc::connect_failed}) {
        const auto finding = judge_answer({"x", "https://x/"}, Error{code, "no"});
        BOOST_TEST((finding.weight == Weight::fault));
        BOOST_TEST(!finding.hint.empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()
