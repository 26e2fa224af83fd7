#include "examples/simulators/people/sign_on.hpp"

#include "examples/simulators/common/json.hpp"
#include "examples/simulators/common/poster.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/core/codec/random.hpp"
#include "signing/keys/jws.hpp"

#include <boost/json.hpp>

namespace katydid::simulators {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto tolerance = 10s;

http::ClientOptions client_options(std::shared_ptr<certs::ClientTls> tls)
{
    http::ClientOptions options;
    options.tls = std::move(tls);
    return options;
}

/// One field of a form; empty: it is not there.
std::string field_of(std::string_view form, std::string_view name)
{
    while (!form.empty()) {
        const auto end = std::min(form.find('&'), form.size());
        const auto pair = form.substr(0, end);
        form.remove_prefix(std::min(end + 1, form.size()));
        if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
            return percent_decode(pair.substr(name.size() + 1), PlusSign::space).value_or("");
    }
    return {};
}

/// Nothing that a browser takes for another host.
bool is_path(std::string_view text)
{
    return text.starts_with('/') && !text.starts_with("//")
           && text.find_first_of("\\\r\n\t ") == std::string_view::npos;
}

std::int64_t number_at(const json::object& claims, std::string_view name)
{
    const auto* value = claims.if_contains(name);
    return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

}  // namespace

SignOn::SignOn(asio::any_io_executor executor, const Clock& clock, Options options)
    : clock_{clock},
      options_{std::move(options)},
      client_{std::move(executor), loopback_only(), client_options(options_.tls)}
{}

void SignOn::add_routes(http::Router& router)
{
    http::Route form;
    form.method = "POST";
    form.pattern = "/sso/katydid";
    form.handle = [this](http::Request& request) { return take(request); };
    router.add(std::move(form));
    http::Route people;
    people.method = "GET";
    people.pattern = "/_sim/people";
    people.handle = [this](http::Request&) -> awaitable<http::Response> {
        json::array names(people_.begin(), people_.end());
        co_return http::Response::json(200, json::serialize(names));
    };
    router.add(std::move(people));
}

std::string SignOn::fault_of(const json::object& claims)
{
    const auto now = clock_.now();
    const Timestamp ends{std::chrono::seconds{number_at(claims, "exp")}};
    std::erase_if(used_, [&](const auto& each) { return each.second < now; });
    if (text_at(claims, "iss") != options_.hub) return "It is of another hub.";
    if (text_at(claims, "aud") != options_.platform) return "It is for another platform.";
    if (now >= ends + tolerance) return "It has expired.";
    if (!is_path(text_at(claims, "return_to"))) return "It leads to another place.";
    const std::string id{text_at(claims, "jti")};
    if (id.empty() || !used_.emplace(id, ends + 2 * tolerance).second)
        return "It was used already.";
    return {};
}

awaitable<http::Response> SignOn::let_in(std::string token)
{
    http::ClientRequest ask;
    ask.method = "GET";
    ask.url = options_.hub + "/.well-known/jwks.json";
    const auto keys = co_await client_.send(std::move(ask), Deadline::after(5s, clock_));
    if (!keys || keys->status != 200)
        co_return http::Response::plain_error(503, "The hub's keys cannot be read.");
    const auto claims = signing::open_jws(token, keys->body);
    if (!claims) co_return http::Response::plain_error(401, claims.error().message);
    if (const auto fault = fault_of(*claims); !fault.empty())
        co_return http::Response::plain_error(401, fault);
    people_.emplace_back(text_at(*claims, "name"));
    auto response = http::Response::text(303, "");
    response.with("Location", std::string{text_at(*claims, "return_to")});
    response.with("Set-Cookie", options_.platform + "="
                                    + encode(Encoding::base64url, random_bytes(32))
                                    + "; Path=/; HttpOnly; SameSite=Lax");
    co_return response;
}

awaitable<http::Response> SignOn::take(const http::Request& request)
{
    if (options_.hub.empty())
        co_return http::Response::plain_error(404, "Nobody is handed on to here.");
    auto response = co_await let_in(field_of(request.body, "token"));
    co_return response;
}

}  // namespace katydid::simulators
