// The egress guard at every door: what it lets through at one is judged again at the next.
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

std::string subscription_to(const std::string& url)
{
    return R"({"name":"hook","event_types":["test.*"],"retry":{"delays":["1h"]},)"
           R"("handler":{"url":")"
           + url + "\"}}";
}

Settings closed(const Folder& folder)
{
    auto settings = settings_in(folder);
    settings.egress_allow.clear();
    return settings;
}

std::string pointer_of(const boost::json::value& refused)
{
    return text(refused.at("errors").at(0), "pointer");
}

/// Waits until the delivery was attempted so often; the last attempt.
awaitable<boost::json::value> attempt_number(ApiClient& person, std::string delivery,
                                             std::size_t number)
{
    const auto page = co_await person.wait_for(
        "/v1/deliveries/" + delivery + "/attempts", [number](const boost::json::value& value) {
            return value.at("data").as_array().size() >= number;
        });
    for (const auto& attempt : page.at("data").as_array())
        if (attempt.at("number").as_int64() == static_cast<std::int64_t>(number)) co_return attempt;
    throw std::runtime_error{"no such attempt: " + boost::json::serialize(page)};
}

/// The one delivery of an event.
awaitable<std::string> delivery_of(ApiClient& person, std::string event)
{
    const auto page = co_await person.wait_for(
        "/v1/deliveries?event=" + event,
        [](const boost::json::value& value) { return !value.at("data").as_array().empty(); });
    co_return text(page.at("data").at(0), "id");
}

/// An attempt that sent nothing, and says so without naming an address.
void expect_refused(const boost::json::value& attempt)
{
    BOOST_TEST(text(attempt, "outcome") == "refused", boost::json::serialize(attempt));
    BOOST_TEST(text(attempt, "error") == "the address of this host is not allowed");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_served_egress)

// Goal: a URL that leads where it must not is refused when a subscription is made and when it is
// changed, with its pointer, before anything is stored.
BOOST_AUTO_TEST_CASE(create_and_update)
{
    const Folder folder;
    run_with_hub(closed(folder), [](ApiClient person) -> awaitable<> {
        for (const std::string url :
             {"https://127.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/",
              "https://localhost/", "https://2130706433/", "https://0x7f.1/", "http://example.com/",
              "https://example.com:22/", "https://user@example.com/"}) {
            const auto refused = co_await person.manage_as(422, "POST", "/v1/subscriptions",
                                                           subscription_to(url));
            BOOST_TEST(pointer_of(refused) == "/handler/url", url);
        }
        const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                                    subscription_to("https://hook.example/"));
        const auto one = "/v1/subscriptions/" + text(made, "id");
        const auto refused = co_await person.manage_as(
            422, "PATCH", one, R"({"handler":{"url":"https://10.0.0.1/"}})");
        BOOST_TEST(pointer_of(refused) == "/handler/url");
        const auto shown = co_await person.manage_as(200, "GET", one);
        BOOST_TEST(text(shown.at("handler"), "url") == "https://hook.example/");
    });
}

// Goal: headers that are the hub's or the connection's, and what is no header, are refused with a
// pointer when a subscription is made and when it is changed; others are taken.
BOOST_AUTO_TEST_CASE(custom_headers)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto with = [](const std::string& name, const std::string& value) {
            boost::json::object headers;
            headers[name] = value;
            boost::json::object handler{{"url", "https://hooks.example/"}};
            handler["headers"] = std::move(headers);
            boost::json::object body{{"name", "hook"}};
            body["event_types"] = boost::json::array{"test.*"};
            body["handler"] = std::move(handler);
            return boost::json::serialize(body);
        };
        const auto good = with("X-Team", "stage 4");
        const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions", good);
        const auto path = "/v1/subscriptions/" + text(made, "id");
        const std::vector<std::pair<std::string, std::string>> bad_ones{
            {"Host", "x"},
            {"content-length", "1"},
            {"Transfer-Encoding", "chunked"},
            {"CONNECTION", "x"},
            {"Upgrade", "x"},
            {"trailer", "x"},
            {"webhook-id", "x"},
            {"Webhook-Signature", "x"},
            {"webhook-anything", "x"},
            {"X Y", "x"},
            {"X:", "x"},
            {"", "x"},
            {"X\r\nA", "x"},
            {"X", "a\r\nB: c"},
            {"X", "a\nb"},
            {"X", std::string{"a\0b", 3}},
            {"X", "\x7f"}};
        for (const auto& [name, value] : bad_ones) {
            const auto bad = with(name, value);
            const auto created = co_await person.manage_as(422, "POST", "/v1/subscriptions", bad);
            BOOST_TEST(pointer_of(created) == "/handler/headers", name);
            const auto changed = co_await person.manage_as(422, "PATCH", path, bad);
            BOOST_TEST(pointer_of(changed) == "/handler/headers", name);
        }
    });
}

// Goal: a subscription that was made while its network was open is judged anew when the network
// is closed: at the first send, at a person's retry, at a replay of the event and of the
// subscription, and at a test. Nothing reaches the receiver.
BOOST_AUTO_TEST_CASE(every_send)
{
    const Folder folder;
    using boost::asio::ip::tcp;
    asio::io_context loop{1};
    tcp::acceptor receiver{loop, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
    receiver.non_blocking(true);
    const auto url = "http://127.0.0.1:" + std::to_string(receiver.local_endpoint().port()) + "/";
    std::string id;
    run_with_hub(settings_in(folder), [&](ApiClient person) -> awaitable<> {
        const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                                    subscription_to(url));
        id = text(made, "id");
    });
    run_with_hub(closed(folder), [&](ApiClient person) -> awaitable<> {
        const auto published = co_await person.manage_as(202, "POST", "/v1/events",
                                                         R"({"type":"test.made","data":{}})");
        const auto event = text(published, "id");
        const auto delivery = co_await delivery_of(person, event);
        auto attempt = co_await attempt_number(person, delivery, 1);
        expect_refused(attempt);

        co_await person.manage("POST", "/v1/deliveries/" + delivery + "/retry");
        attempt = co_await attempt_number(person, delivery, 2);
        expect_refused(attempt);

        co_await person.manage("POST", "/v1/events/" + event + "/replay");
        attempt = co_await attempt_number(person, delivery, 3);
        expect_refused(attempt);

        const auto job = co_await person.manage(
            "POST", "/v1/subscriptions/" + id + "/replay",
            R"({"since":"2020-01-01T00:00:00Z","states":["scheduled"]})");
        BOOST_TEST_REQUIRE(job.status / 100 == 2U, job.body);
        attempt = co_await attempt_number(person, delivery, 4);
        expect_refused(attempt);

        const auto tested = co_await person.manage_as(202, "POST",
                                                      "/v1/subscriptions/" + id + "/test");
        const auto test = co_await delivery_of(person, text(tested, "id"));
        attempt = co_await attempt_number(person, test, 1);
        expect_refused(attempt);
    });
    boost::system::error_code nobody;
    receiver.accept(nobody);
    BOOST_TEST((nobody == asio::error::would_block));
}

BOOST_AUTO_TEST_SUITE_END()
