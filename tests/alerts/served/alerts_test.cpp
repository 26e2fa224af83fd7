// What goes wrong, told once to whom the settings name.
#include "hub/alerts/message.hpp"
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

Settings alerting_to(const Folder& folder, std::string subscription)
{
    auto settings = settings_in(folder);
    settings.public_url = "https://hub.example";
    config::AlertSettings alert;
    alert.on = {"katydid.delivery.dead"};
    alert.way = config::AlertSettings::Way::subscription;
    alert.to = std::move(subscription);
    settings.alerts = {alert};
    return settings;
}

/// \param more  members of the body, with a comma before each
std::string body_of(const std::string& name, const std::string& types, const Inbox& inbox,
                    const std::string& more)
{
    return R"({"name":")" + name + R"(","event_types":[")" + types + R"("],"handler":{"url":")"
           + inbox.url() + "\"}" + more + "}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(alerts_served)

// Goal: many deaths are one message with the reason and the link to replay; that a subscription is
// disabled is another one.
BOOST_AUTO_TEST_CASE(one_message_for_an_incident)
{
    const Folder folder;
    run_with_hub(alerting_to(folder, "people"), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox people{executor};
        Inbox gone{executor};
        gone.answer_with(410);
        const json::object shape{{"transform", json::object{{"code", alerts::slack_code}}}};
        const auto slack = json::serialize(shape);
        co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            body_of("people", "none.such", people, "," + slack.substr(1, slack.size() - 2)));
        co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            body_of("billing", "order.*", gone, R"(,"limits":{"payload_bytes":5})"));
        for (int i = 0; i < 3; ++i)
            co_await person.manage_as(202, "POST", "/v1/events",
                                      R"({"type":"order.made","data":"too large for it"})");
        auto request = co_await people.next();
        auto text = std::string{json::parse(request.body).at("text").as_string()};
        BOOST_TEST(text.find("a delivery of \"billing\" is dead") != std::string::npos);
        BOOST_TEST(text.find("https://hub.example/console/#/deliveries") != std::string::npos);
        co_await person.wait_for(
            "/v1/deliveries?subscription=katydid-alerts&state=delivered",
            [](const json::value& page) { return page.at("data").as_array().size() == 3; });
        co_await person.manage_as(202, "POST", "/v1/events", R"({"type":"order.made","data":1})");
        request = co_await people.next();
        text = std::string{json::parse(request.body).at("text").as_string()};
        BOOST_TEST(text.find("\"billing\" is disabled") != std::string::npos);
        BOOST_TEST(text.find("the receiver answered 410") != std::string::npos);
        BOOST_TEST(text.find("katydid subscriptions resume billing") != std::string::npos);
        co_await people.close();
        co_await gone.close();
    });
}

// Goal: an alert whose subscription is not there waits and says so; it is not lost.
BOOST_AUTO_TEST_CASE(nobody_to_tell)
{
    const Folder folder;
    run_with_hub(alerting_to(folder, "people"), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            body_of("billing", "order.*", inbox, R"(,"limits":{"payload_bytes":5})"));
        co_await person.manage_as(202, "POST", "/v1/events",
                                  R"({"type":"order.made","data":"too large for it"})");
        const auto page = co_await person.wait_for(
            "/v1/deliveries?subscription=katydid-alerts&state=scheduled",
            [](const json::value& found) { return !found.at("data").as_array().empty(); });
        BOOST_TEST(text(page.at("data").at(0), "reason").find("\"people\"") != std::string::npos);
        co_await inbox.close();
    });
}

BOOST_AUTO_TEST_SUITE_END()
