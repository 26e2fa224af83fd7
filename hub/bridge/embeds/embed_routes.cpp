// GET /embed/analytics: what a widget in another page asks for.
#include "hub/bridge/bridge_impl.hpp"

#include "hub/core/codec/percent.hpp"

#include <boost/json.hpp>

#include <cstdlib>

namespace katydid::bridge {
namespace {

constexpr const char* embed_path = "/embed/analytics";
constexpr const char* preflight_kept_s = "600";

http::Response kept_by_nobody(http::Response response)
{
    response.with("Cache-Control", "no-store").with("X-Content-Type-Options", "nosniff");
    return response;
}

/// A browser asks whether a page of another origin may send the header Authorization. It may: the
/// token says later what that page can read. https://fetch.spec.whatwg.org/#cors-preflight-fetch
awaitable<http::Response> preflight(http::Request& request)
{
    http::Response response;
    response.status = 204;
    response.with("Access-Control-Allow-Origin", std::string{request.header("origin")})
        .with("Access-Control-Allow-Methods", "GET")
        .with("Access-Control-Allow-Headers", "authorization")
        .with("Access-Control-Max-Age", preflight_kept_s)
        .with("Vary", "Origin");
    co_return response;
}

const ReadCall& analytics_call()
{
    for (const auto& call : read_calls())
        if (call.name == "analytics") return call;
    std::abort();  // it is in the table
}

}  // namespace

awaitable<http::Response> Bridge::Impl::read_analytics(std::string event_id)
{
    http::Request request;
    request.method = "GET";
    request.query = "eventId=" + percent_encode(event_id);
    auto response = co_await read(analytics_call(), request);
    co_return response;
}

awaitable<http::Response> Bridge::Impl::show_figures(std::string event_id, std::string origin)
{
    const auto figures = co_await analytics.figures_of(std::move(event_id));
    auto response = http::Response::json(200, boost::json::serialize(figures));
    response.with("Access-Control-Allow-Origin", std::move(origin)).with("Vary", "Origin");
    co_return response;
}

void Bridge::add_embed_routes(http::Router& router, EmbedAccess access)
{
    http::Route asked;
    asked.method = "GET";
    asked.pattern = embed_path;
    asked.handle = [impl = impl_.get(), access = std::move(access)](
                       http::Request& request) -> awaitable<http::Response> {
        const auto event_id = request.query_parameter("event_id");
        if (!event_id) co_return http::Response::problem(400, "Name one event: ?event_id=ID.");
        auto judged = access(request, *event_id);
        if (auto* refusal = std::get_if<http::Response>(&judged))
            co_return kept_by_nobody(std::move(*refusal));
        auto work = impl->show_figures(*event_id, std::get<std::string>(std::move(judged)));
        auto response = co_await impl->on_loop(std::move(work));
        co_return kept_by_nobody(std::move(response));
    };
    router.add(std::move(asked));
    http::Route before;
    before.method = "OPTIONS";
    before.pattern = embed_path;
    before.handle = preflight;
    router.add(std::move(before));
}

}  // namespace katydid::bridge
