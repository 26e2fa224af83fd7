#include "hub/observe/operator_routes.hpp"

#include <boost/json.hpp>

namespace katydid::observe {
namespace {

using Answer = std::function<http::Response(const http::Request&)>;

void add_get(http::Router& router, std::string pattern, Answer answer)
{
    http::Route route;
    route.method = "GET";
    route.pattern = std::move(pattern);
    route.body_bytes_max = 0;
    route.handle =
        [answer = std::move(answer)](http::Request& request) -> awaitable<http::Response> {
        co_return answer(request);
    };
    router.add(std::move(route));
}

}  // namespace

void add_operator_routes(http::Router& router, const Metrics& metrics, AskReadiness ask,
                         Health health)
{
    add_get(router, "/healthz", [health = std::move(health)](const http::Request& request) {
        auto response = http::Response::json(200, R"({"status":"ok"})");
        health(request, response);
        return response;
    });
    add_get(router, "/readyz", [ask = std::move(ask)](const http::Request&) {
        const auto readiness = ask();
        if (!readiness.refusal.empty()) return http::Response::problem(503, readiness.refusal);
        boost::json::object body{{"status", "ready"}};
        if (!readiness.shards_away.empty())
            body["shards_away"] = boost::json::value_from(readiness.shards_away);
        return http::Response::json(200, boost::json::serialize(body));
    });
    add_get(router, "/metrics", [&metrics](const http::Request&) {
        auto response = http::Response::text(200, metrics.expose());
        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
        return response;
    });
}

}  // namespace katydid::observe
