// The bridge's paths.
#include "hub/bridge/bridge_impl.hpp"

#include "hub/observe/log.hpp"

#include <boost/json.hpp>

namespace katydid::bridge {
namespace {

namespace json = boost::json;

constexpr std::size_t body_bytes_max = 256UL * 1024;
constexpr std::uint32_t backlog_shown_max = 250;
/// Anybody may ask for the health; a key of either scope shows more of it.
constexpr std::string_view health_path = "/api/health";

/// A problem document as `{"error"}`, which is what both platforms read.
http::Response in_plain(http::Response response)
{
    boost::system::error_code error;
    const auto body = json::parse(response.body, error);
    const auto* object = error ? nullptr : body.if_object();
    const auto* detail = object != nullptr ? object->if_contains("detail") : nullptr;
    if (detail == nullptr || !detail->is_string()) return response;
    auto plain = http::Response::plain_error(response.status,
                                             std::string_view{detail->get_string()});
    plain.headers = std::move(response.headers);
    plain.close = response.close;
    return plain;
}

http::Response not_set_up(Platform platform)
{
    const std::string prefix = platform == Platform::atlvs ? "ATLVS" : "GRASSHOPPER";
    return http::Response::plain_error(503, "The hub has no way to "
                                                + std::string{name_of(platform)} + ": set " + prefix
                                                + "_API_URL and " + prefix + "_API_KEY");
}

/// A probe is no integration call, and what it would warn of has a line (bridge.platform_down).
log::Level level_of(std::string_view pattern, unsigned status)
{
    if (pattern == health_path) return log::Level::debug;
    return status < 500 ? log::Level::info : log::Level::warn;
}

/// One line for every call: which endpoint, how it ended, how long it took. No query, no id.
void write_line(const http::Request& request, std::string_view pattern,
                const http::Response& response, milliseconds duration)
{
    const auto level = level_of(pattern, response.status);
    if (!log::is_enabled(level)) return;
    log::write(level, "bridge.request", "a request to the bridge was answered",
               {{"method", request.method},
                {"endpoint", pattern},
                {"status", response.status},
                {"duration_ms", duration.count()},
                {"error", response.status < 400 ? "" : http::reason_phrase(response.status)}});
}

using Answer = std::function<awaitable<http::Response>(const http::Request&)>;

http::Route make_route(std::string method, std::string pattern, const Clock& clock, Answer answer)
{
    http::Route route;
    route.method = std::move(method);
    route.pattern = std::move(pattern);
    route.body_bytes_max = body_bytes_max;
    route.handle = [&clock, path = route.pattern, answer = std::move(answer)](
                       http::Request& request) -> awaitable<http::Response> {
        const auto start = clock.steady_now();
        auto response = co_await answer(request);
        const auto took = std::chrono::round<milliseconds>(clock.steady_now() - start);
        write_line(request, path, response, took);
        co_return response;
    };
    return route;
}

}  // namespace

awaitable<http::Response> Bridge::Impl::write(const WriteCall& call, const http::Request& request)
{
    if (!atlvs.is_set_up()) co_return not_set_up(Platform::atlvs);
    auto response = co_await writer.write(call, request);
    co_return response;
}

awaitable<http::Response> Bridge::Impl::read(const ReadCall& call, const http::Request& request)
{
    auto& upstream = upstream_of(call.platform);
    if (!upstream.is_set_up()) co_return not_set_up(call.platform);
    auto response = co_await reader.read(call, upstream, request);
    co_return response;
}

awaitable<http::Response> Bridge::Impl::show_operation(const http::Request& request)
{
    const auto id = EventId::parse(request.parameter("id"));
    if (!id) co_return http::Response::plain_error(404, "There is no such operation.");
    const auto operation = co_await operations.find(*id);
    if (operation) co_return http::Response::json(200, to_json(*operation));
    if (operation.error() == errc::not_found)
        co_return http::Response::plain_error(404, "There is no such operation.");
    co_return not_stored();
}

/// Anybody may ask; a caller whose key is refused is told no details, and waits when it guesses.
awaitable<http::Response> Bridge::Impl::show_health(std::optional<http::Response> refused)
{
    if (refused && refused->status == 429) co_return in_plain(std::move(*refused));
    const auto until = parts.clock.steady_now() + options.wait;
    const auto health = co_await atlvs_health.health(until);
    const bool is_up = health.reachable.value_or(false);
    const auto* const otherwise = health.is_set_up ? "down" : "not configured";
    json::object body{{"status", is_up ? "ok" : otherwise},
                      {"version", health.version.empty() ? KATYDID_VERSION : health.version}};
    if (!health.last_sync.empty()) body["lastSync"] = health.last_sync;
    if (!refused) {
        auto platforms = co_await describe_platforms(until);
        body["platforms"] = std::move(platforms);
    }
    co_return http::Response::json(is_up ? 200 : 503, json::serialize(body));
}

awaitable<json::object> Bridge::Impl::describe_platforms(SteadyTime until)
{
    const auto to_atlvs = co_await atlvs_health.health(until);
    const auto to_grasshopper = co_await grasshopper_health.health(until);
    json::object platforms;
    platforms["grasshopper"] = bridge::to_json(to_grasshopper, nullptr, 0, false);
    platforms["atlvs"] = bridge::to_json(to_atlvs, nullptr, 0, false);
    if (!atlvs.is_set_up()) co_return platforms;
    const auto state = co_await parts.state_of(subscription_id());
    store::DeliveryQuery waiting;
    waiting.states = {DeliveryState::pending, DeliveryState::scheduled};
    waiting.subscription = subscription_id();
    waiting.limit = backlog_shown_max;
    const auto rows = co_await parts.store.deliveries(std::move(waiting));
    const auto backlog = rows ? rows->size() : 0;
    platforms["atlvs"] = bridge::to_json(to_atlvs, &state, backlog, backlog == backlog_shown_max);
    co_return platforms;
}

void Bridge::add_routes(http::Router& router, Access access)
{
    auto& impl = *impl_;
    const auto& clock = impl.parts.clock;
    const auto add = [&](http::Route route, std::string_view scope) {
        route.admit = [access, scope](const http::Request& head) {
            auto refused = access(head, scope);
            if (refused) refused = in_plain(std::move(*refused));
            return refused;
        };
        router.add(std::move(route));
    };
    for (const auto& call : write_calls())
        add(make_route("POST", std::string{call.pattern}, clock,
                       [&impl, &call](const http::Request& request) {
                           return impl.on_loop(impl.write(call, request));
                       }),
            scope_of(Platform::atlvs));
    for (const auto& call : read_calls())
        add(make_route("GET", std::string{call.pattern}, clock,
                       [&impl, &call](const http::Request& request) {
                           return impl.on_loop(impl.read(call, request));
                       }),
            scope_of(call.platform));
    add(make_route("GET", "/api/operations/{id}", clock,
                   [&impl](const http::Request& request) {
                       return impl.on_loop(impl.show_operation(request));
                   }),
        scope_of(Platform::atlvs));
    router.add(make_route("GET", std::string{health_path}, clock,
                          [&impl, access](const http::Request& request) {
                              auto refused = access(request, scope_of(Platform::atlvs));
                              if (refused && refused->status == 403)
                                  refused = access(request, scope_of(Platform::grasshopper));
                              return impl.on_loop(impl.show_health(std::move(refused)));
                          }));
    for (const auto* prefix :
         {"/api/production/", "/api/business/", "/api/intelligence/", "/api/events", "/api/orders",
          "/api/tickets", "/api/operations/", "/api/health"})
        router.set_error_body(prefix, http::Response::plain_error);
}

}  // namespace katydid::bridge
