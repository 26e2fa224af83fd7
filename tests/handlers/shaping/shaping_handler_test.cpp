#include "handlers/shaping/shaping_handler.hpp"

#include "handlers/shaping/shape.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "tests/support/run_coroutine.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::handlers;
using namespace katydid::handlers::shaping;

namespace {

/// Keeps what it is handed.
struct Receiver final : Handler {
    awaitable<Outcome> handle(Call call) override
    {
        calls.push_back(std::move(call));
        co_return Outcome::delivered();
    }
    [[nodiscard]] std::optional<std::uint32_t> capacity(SubscriptionId) const override { return 3; }
    [[nodiscard]] bool keeps_time() const noexcept override { return true; }
    std::vector<Call> calls;
};

Call make_call(const std::string& code)
{
    Event event;
    event.type = "order.made";
    event.content_type = "application/json";
    event.payload = std::make_shared<const std::string>(R"({"a":1})");
    Subscription subscription;
    subscription.handler.url = "https://shop.example:8443/hooks?key=1";
    subscription.handler.headers = {{"X-Team", "blue"}, {"X-Other", "kept"}};
    subscription.transform.code = code;
    Call call;
    call.event = std::make_shared<const Event>(std::move(event));
    call.subscription = std::make_shared<const Subscription>(std::move(subscription));
    call.deadline = Deadline::after(std::chrono::seconds{5});
    return call;
}

/// With workers that cannot start.
Outcome handle(const std::shared_ptr<Receiver>& receiver, const std::string& code)
{
    asio::io_context loop{1};
    transform::Pool pool{loop.get_executor(), {.program = "/nonexistent/katydid-transform"}};
    ShapingHandler handler{receiver, pool};
    BOOST_TEST(handler.capacity({}).value_or(0) == 3U);
    BOOST_TEST(handler.keeps_time());
    Outcome outcome;
    test::run_coroutine(loop, [&]() -> awaitable<> {
        outcome = co_await handler.handle(make_call(code));
        co_await pool.stop();
    });
    return outcome;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_shaping)

// Goal: without a transform the call goes on as it is.
BOOST_AUTO_TEST_CASE(without_code_goes_on)
{
    const auto receiver = std::make_shared<Receiver>();
    BOOST_TEST(handle(receiver, "").is_success());
    BOOST_TEST(receiver->calls.size() == 1U);
}

// Goal: what the workers cannot do now is a failed attempt that is tried again, and no dead
// delivery.
BOOST_AUTO_TEST_CASE(trouble_with_workers_is_retried)
{
    const auto receiver = std::make_shared<Receiver>();
    const auto outcome = handle(receiver, "function transform() {}");
    BOOST_TEST(receiver->calls.empty());
    BOOST_TEST(!outcome.is_success());
    BOOST_TEST(!outcome.final);
    BOOST_TEST(!outcome.cancelled);
    BOOST_TEST(outcome.error.find("transform: this hub runs no transforms") == 0U);
}

// Goal: headers replace those of their name, however a receiver reads it; the path keeps the host;
// the event stays the same one where its payload does.
BOOST_AUTO_TEST_CASE(headers_and_path)
{
    const auto call = make_call("");
    transform::Output output;
    output.headers = {{"X_Team", "red"}};
    output.path = "/new?b=2";
    const auto shaped = shape(call, output);
    BOOST_TEST_REQUIRE(shaped.has_value());
    BOOST_TEST((shaped->event == call.event));
    const auto& handler = shaped->subscription->handler;
    BOOST_TEST(handler.url == "https://shop.example:8443/new?b=2");
    BOOST_TEST(handler.headers.size() == 2U);
    BOOST_TEST(header_value(handler.headers, "X_Team") == "red");
    BOOST_TEST(header_value(handler.headers, "X-Other") == "kept");
}

// Goal: the type of the body is what the body is.
BOOST_AUTO_TEST_CASE(content_type_follows_the_body)
{
    const auto type_of = [](std::string payload, Headers headers) {
        transform::Output output;
        output.payload = std::move(payload);
        output.headers = std::move(headers);
        return shape(make_call(""), output).value().event->content_type;
    };
    BOOST_TEST(type_of("{}", {}) == "application/json");
    BOOST_TEST(type_of("a text", {}) == "text/plain; charset=utf-8");
    BOOST_TEST(type_of("<a/>", {{"content-type", "application/xml"}}) == "application/xml");
}

BOOST_AUTO_TEST_SUITE_END()
