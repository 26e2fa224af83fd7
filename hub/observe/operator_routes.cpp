#include "hub/observe/operator_routes.hpp"

#include <boost/json.hpp>

namespace katydid::observe {
namespace {

void add_get(http::Router& router, std::string pattern, std::function<http::Response()> answer)
{
    http::Route route;
    route.method = "GET";
    route.pattern = std::move(pattern);
    route.body_bytes_max = 0;
    route.handle = [answer = std::move(answer)](http::Request&) -> awaitable<http::Response> {
        co_return answer();
    };
    router.add(std::move(route));
}

}  // namespace

void add_operator_routes(http::Router& router, const Metrics& metrics, AskReadiness ask)
{
    add_get(router, "/healthz", [] { return http::Response::json(200, R"({"status":"ok"})"); });
    add_get(router, "/readyz", [ask = std::move(ask)] {
        const auto readiness = ask();
        if (!readiness.refusal.empty()) return http::Response::problem(503, readiness.refusal);
        boost::json::object body{{"status", "ready"}};
        if (!readiness.shards_away.empty())
            body["shards_away"] = boost::json::value_from(readiness.shards_away);
        return http::Response::json(200, boost::json::serialize(body));
    });
    add_get(router, "/metrics", [&metrics] {
        auto response = http::Response::text(200, metrics.expose());
        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
        return response;
    });
}

}  // namespace katydid::observe
