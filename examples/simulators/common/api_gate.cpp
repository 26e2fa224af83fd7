#include "examples/simulators/common/api_gate.hpp"

#include "examples/simulators/common/json.hpp"

#include <boost/json/serialize.hpp>

namespace katydid::simulators {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using http::Response;

constexpr milliseconds slow_answer = 900ms;

}  // namespace

void ApiGate::add(http::Router& router, std::string method, std::string pattern, Answer answer)
{
    http::Route route;
    route.method = std::move(method);
    route.pattern = std::move(pattern);
    route.handle = [this, pattern = route.method + " " + route.pattern, answer = std::move(answer)](
                       http::Request& request) { return let_in(request, pattern, answer); };
    router.add(std::move(route));
}

void ApiGate::add_control_routes(http::Router& router)
{
    http::Route set;
    set.method = "POST";
    set.pattern = "/_sim/api";
    set.handle = [this](http::Request& request) -> awaitable<Response> {
        co_return set_mode(request);
    };
    router.add(std::move(set));
    http::Route get;
    get.method = "GET";
    get.pattern = "/_sim/api";
    get.handle = [this](http::Request&) -> awaitable<Response> {
        json::object calls;
        for (const auto& [pattern, count] : calls_) calls[pattern] = count;
        const json::object body{{"mode", mode_.to_json()}, {"calls", std::move(calls)}};
        co_return Response::json(200, json::serialize(body));
    };
    router.add(std::move(get));
}

Response ApiGate::set_mode(const http::Request& request)
{
    const auto settings = parse_object(request.body);
    if (!settings) return Response::plain_error(400, settings.error().message);
    const auto done = mode_.set(*settings);
    if (!done) return Response::plain_error(400, done.error().message);
    for (auto* timer : hanging_) timer->cancel();
    return Response::json(200, json::serialize(mode_.to_json()));
}

awaitable<> ApiGate::wait(milliseconds at_most)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor, at_most};
    hanging_.insert(&timer);
    const auto [ignored] = co_await timer.async_wait(use_tuple);
    static_cast<void>(ignored);
    hanging_.erase(&timer);
}

awaitable<Response> ApiGate::let_in(const http::Request& request, const std::string& pattern,
                                    const Answer& answer)
{
    ++calls_[pattern];
    auto mode = mode_.take();
    if (mode == Mode::mix) mode = roll(dice_);
    if (mode == Mode::hang) {
        const auto left = mode_.ends_at() ? *mode_.ends_at() - clock_.steady_now() : hang_max;
        co_await wait(std::min(hang_max, std::chrono::ceil<milliseconds>(left)));
        auto response = Response::plain_error(503, "Service unavailable");
        response.close = true;
        co_return response;
    }
    if (mode == Mode::slow) co_await wait(slow_answer);
    if (mode == Mode::down || key_.empty())
        co_return Response::plain_error(503, "Service unavailable");
    if (request.header("authorization") != "Bearer " + key_)
        co_return Response::plain_error(401, "Invalid API key");
    if (mode == Mode::error) co_return Response::plain_error(500, "Internal error");
    auto response = answer(request);
    if (mode == Mode::wrong) co_return Response::text(200, "<html>Welcome</html>");
    if (mode == Mode::lost) co_return Response::plain_error(502, "Bad gateway");
    co_return response;
}

}  // namespace katydid::simulators
