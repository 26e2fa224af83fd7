// W3C trace context and OTLP through a whole hub.
#include "tests/hub/running_hub.hpp"

#include "hub/core/text/trace_context.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

using namespace katydid;

namespace {

namespace json = boost::json;

constexpr std::string_view trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr std::string_view caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A collector with a thread of its own, so that it lives through a hub's whole life.
class Collector {
public:
    Collector()
    {
        http::Route route;
        route.method = "POST";
        route.pattern = "/v1/traces";
        route.handle = [this](http::Request& request) -> awaitable<http::Response> {
            keep(json::parse(request.body));
            co_return http::Response::json(200, "{}");
        };
        router_.add(std::move(route));
        http::Route hook;
        hook.method = "POST";
        hook.pattern = "/hook";
        hook.handle = [this](http::Request& request) -> awaitable<http::Response> {
            const std::scoped_lock lock{mutex_};
            received_.emplace_back(request.header("traceparent"));
            co_return http::Response::text(is_up_ ? 200U : 500U, "");
        };
        router_.add(std::move(hook));
        const boost::asio::ip::tcp::endpoint any{boost::asio::ip::address_v4::loopback(), 0};
        server_ = std::make_unique<http::Server>(loop_.get_executor(), any, router_,
                                                 http::ServerOptions{});
        server_->start();
        thread_ = std::thread{[this] { loop_.run(); }};
    }
    ~Collector()
    {
        asio::co_spawn(loop_, server_->drain(Deadline::after(milliseconds{500})),
                       [](std::exception_ptr) {});
        thread_.join();
    }
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;

    [[nodiscard]] std::string url() const
    {
        return "http://127.0.0.1:" + std::to_string(server_->local_endpoint().port());
    }
    void set_up(bool is_up) { is_up_ = is_up; }

    /// The spans of the caller's trace, by name.
    std::multimap<std::string, json::object> spans()
    {
        const std::scoped_lock lock{mutex_};
        std::multimap<std::string, json::object> found;
        for (const auto& span : spans_)
            if (span.at("traceId").as_string() == trace_id)
                found.emplace(std::string{span.at("name").as_string()}, span);
        return found;
    }
    std::vector<std::string> received()
    {
        const std::scoped_lock lock{mutex_};
        return received_;
    }

private:
    void keep(const json::value& body)
    {
        const std::scoped_lock lock{mutex_};
        for (const auto& span :
             body.at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans").as_array())
            spans_.push_back(span.as_object());
    }

    asio::io_context loop_{1};
    http::Router router_;
    std::unique_ptr<http::Server> server_;
    std::mutex mutex_;
    std::vector<json::object> spans_;
    std::vector<std::string> received_;
    std::atomic<bool> is_up_ = true;
    std::thread thread_;
};

Settings traced(const test::Folder& folder, const Collector& collector)
{
    auto settings = test::settings_in(folder);
    settings.otlp_url = collector.url();
    settings.retry_delays = {milliseconds{50}, milliseconds{50}, milliseconds{50}};
    return settings;
}

std::string attribute(const json::object& span, std::string_view name)
{
    for (const auto& each : span.at("attributes").as_array())
        if (each.at("key").as_string() == name)
            return json::serialize(each.at("value").as_object().begin()->value());
    return {};
}

std::string id_of(const json::object& span, const char* name = "spanId")
{
    return std::string{span.at(name).as_string()};
}

awaitable<> subscribe(test::ApiClient& person, const Collector& collector)
{
    const json::object body{{"name", "traced"},
                            {"event_types", {"a.b"}},
                            {"handler", {{"url", collector.url() + "/hook"}}}};
    co_await person.manage_as(201, "POST", "/v1/subscriptions", json::serialize(body));
}

awaitable<> publish(test::ApiClient& person)
{
    test::Call call{"POST", "/v1/events", R"({"type": "a.b", "data": 1})", {}};
    call.headers = {person.authorisation(), {"traceparent", std::string{caller}}};
    const auto reply = co_await person.send(std::move(call));
    BOOST_TEST(reply.status == 202U);
}

std::function<bool(const json::value&)> in_state(std::string state, std::int64_t attempts_min)
{
    return [state = std::move(state), attempts_min](const json::value& page) {
        const auto& rows = page.at("data").as_array();
        return rows.size() == 1 && rows[0].at("state").as_string() == state
               && rows[0].at("attempts").to_number<std::int64_t>() >= attempts_min;
    };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(observe_trace)

// Goal: receive, store and every attempt are spans of the caller's trace, also across a restart,
// and the receiver gets the id of the very span that says how its attempt went.
BOOST_AUTO_TEST_CASE(one_trace_over_a_restart)
{
    const test::Folder folder;
    Collector collector;
    collector.set_up(false);
    test::run_with_hub(traced(folder, collector), [&](test::ApiClient person) -> awaitable<> {
        co_await subscribe(person, collector);
        co_await publish(person);
        co_await person.wait_for("/v1/deliveries", in_state("scheduled", 1));
    });
    const auto tried_before = collector.received().size();
    collector.set_up(true);
    test::run_with_hub(traced(folder, collector), [&](test::ApiClient person) -> awaitable<> {
        co_await person.wait_for("/v1/deliveries", in_state("delivered", 2));
    });

    const auto spans = collector.spans();
    BOOST_REQUIRE(spans.count("POST /v1/events") == 1U);
    BOOST_REQUIRE(spans.count("store") == 1U);
    const auto& request = spans.find("POST /v1/events")->second;
    BOOST_TEST(id_of(request, "parentSpanId") == "00f067aa0ba902b7");
    BOOST_TEST(id_of(spans.find("store")->second, "parentSpanId") == id_of(request));
    const auto received = collector.received();
    BOOST_TEST(received.size() > tried_before);
    BOOST_REQUIRE(spans.count("attempt") == received.size());
    std::set<std::string> sent;
    for (const auto& traceparent : received) {
        const auto context = parse_traceparent(traceparent);
        BOOST_REQUIRE(context);
        BOOST_TEST(to_text(context->trace) == trace_id);
        sent.insert(to_text(context->span));
    }
    BOOST_TEST(sent.size() == received.size());
    const auto [first, last] = spans.equal_range("attempt");
    for (auto it = first; it != last; ++it) {
        BOOST_TEST(id_of(it->second, "parentSpanId") == id_of(request));
        BOOST_TEST(sent.contains(id_of(it->second)));
        const bool arrived = attribute(it->second, "katydid.outcome") == "\"success\"";
        BOOST_TEST(it->second.contains("status") == !arrived);
    }
}

// Goal: without a collector nothing is traced, and the caller's context passes as it came; what is
// no context does not pass.
BOOST_AUTO_TEST_CASE(without_a_collector)
{
    const test::Folder folder;
    Collector collector;
    auto settings = traced(folder, collector);
    settings.otlp_url.clear();
    test::run_with_hub(std::move(settings), [&](test::ApiClient person) -> awaitable<> {
        co_await subscribe(person, collector);
        co_await publish(person);
        co_await person.wait_for("/v1/deliveries", in_state("delivered", 1));
        test::Call call{"POST", "/v1/events", R"({"type": "a.b", "data": 2})", {}};
        call.headers = {person.authorisation(), {"traceparent", "00-nonsense"}};
        co_await person.send(std::move(call));
        co_await person.wait_for("/v1/deliveries?state=delivered", [](const json::value& page) {
            return page.at("data").as_array().size() == 2U;
        });
    });
    const auto received = collector.received();
    BOOST_REQUIRE(received.size() == 2U);
    BOOST_TEST(received[0] == caller);
    BOOST_TEST(received[1].empty());
    BOOST_TEST(collector.spans().empty());
}

BOOST_AUTO_TEST_SUITE_END()
