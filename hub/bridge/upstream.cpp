#include "hub/bridge/upstream.hpp"

#include "hub/core/codec/percent.hpp"
#include "hub/observe/log.hpp"

namespace katydid::bridge {
namespace {

std::string path_segment(std::string_view text)
{
    // A segment of dots would be another path.
    if (text == "." || text == "..") return text == "." ? "%2E" : "%2E%2E";
    return percent_encode(text);
}

void write_line(Platform platform, const Upstream::Call& call, unsigned status,
                milliseconds duration, std::string_view error)
{
    const auto usual = status >= 200 && status <= 499 ? log::Level::info : log::Level::warn;
    const auto level = call.is_routine ? log::Level::debug : usual;
    if (!log::is_enabled(level)) return;
    log::write(level, "bridge.call", "a call of the bridge ended",
               {{"platform", to_text(platform)},
                {"method", call.method},
                {"endpoint", call.endpoint},
                {"status", status},
                {"duration_ms", duration.count()},
                {"error", error}});
}

}  // namespace

Upstream::Upstream(Parts parts) : parts_{std::move(parts)}
{
    while (parts_.url.ends_with('/')) parts_.url.pop_back();
}

awaitable<result<http::ClientReply>> Upstream::send(Call call, Deadline deadline)
{
    // Anything but a path could lead the key to another port or host.
    if (!call.target.starts_with('/'))
        co_return Error{errc::refused, "the target of a call is no path"};
    http::ClientRequest request;
    request.method = call.method;
    request.url = parts_.url + call.target;
    request.headers = {{"Authorization", "Bearer " + std::string{parts_.key.text()}},
                       {"Accept", "application/json"},
                       {"User-Agent", "Katydid/" KATYDID_VERSION}};
    if (call.body) request.headers.push_back({"Content-Type", "application/json"});
    if (!call.idempotency_key.empty())
        request.headers.push_back({"Idempotency-Key", call.idempotency_key});
    request.body = call.body;
    const auto start = parts_.clock.steady_now();
    auto reply = co_await parts_.client.send(std::move(request), deadline);
    const auto took = std::chrono::round<milliseconds>(parts_.clock.steady_now() - start);
    if (reply) write_line(parts_.platform, call, reply->status, took, "");
    else write_line(parts_.platform, call, 0, took, reply.error().message);
    if (parts_.on_outcome) parts_.on_outcome(reply && reply->status < 500);
    co_return reply;
}

std::string fill_path(std::string_view pattern, std::string_view value)
{
    const auto open = pattern.find('{');
    if (open == std::string_view::npos) return std::string{pattern};
    const auto close = pattern.find('}', open);
    std::string path{pattern.substr(0, open)};
    path += path_segment(value);
    path += pattern.substr(close + 1);
    return path;
}

}  // namespace katydid::bridge
