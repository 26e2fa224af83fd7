#include "examples/simulators/common/control.hpp"

#include "examples/simulators/common/json.hpp"

#include <boost/json/serialize.hpp>

namespace katydid::simulators {
namespace {

namespace json = boost::json;
using http::Request;
using http::Response;

Response answer(const json::object& object)
{
    return Response::json(200, json::serialize(object) + "\n");
}

Response set_mode(const Request& request, Receiver& receiver)
{
    const auto settings = parse_object(request.body);
    if (!settings) return Response::plain_error(400, settings.error().message);
    const auto done = receiver.set_mode(*settings);
    if (!done) return Response::plain_error(400, done.error().message);
    return answer(receiver.mode().to_json());
}

Response post_more(const Request& request, const std::string& hub_path, Poster& poster)
{
    const auto settings = parse_object(request.body);
    if (!settings) return Response::plain_error(400, settings.error().message);
    const auto* count = settings->if_contains("count");
    if (count == nullptr || !count->is_int64() || count->get_int64() < 1)
        return Response::plain_error(400, "count is a number of webhooks, at least 1");
    std::string url{text_at(*settings, "hub")};
    if (!url.empty()) url += hub_path;
    std::optional<double> per_second;
    if (const auto* rate = settings->if_contains("rate"); rate != nullptr && rate->is_number()) {
        per_second = rate->to_number<double>();
        if (*per_second <= 0)
            return Response::plain_error(400, "rate is webhooks a second, above 0");
    }
    poster.post_more(static_cast<std::uint64_t>(count->get_int64()), std::move(url), per_second);
    return answer({{"posting", true}});
}

}  // namespace

void add_control_routes(http::Router& router, std::string hub_path, Ledger& ledger,
                        Receiver& receiver, Poster& poster)
{
    router.add({"GET", "/_sim/ledger", [&](Request& request) -> awaitable<Response> {
                    auto object = ledger.to_json(request.query_parameter("entries").has_value());
                    object["posting"] = poster.is_busy();
                    object["mode"] = receiver.mode().to_json();
                    co_return answer(object);
                }});
    router.add({"POST", "/_sim/mode", [&](Request& request) -> awaitable<Response> {
                    co_return set_mode(request, receiver);
                }});
    router.add({"POST", "/_sim/post", [&, hub_path](Request& request) -> awaitable<Response> {
                    co_return post_more(request, hub_path, poster);
                }});
}

}  // namespace katydid::simulators
