#include "hub/bridge/cache/reader.hpp"

#include "hub/core/codec/utf8.hpp"
#include "hub/core/json/scan.hpp"
#include "hub/core/text/text.hpp"
#include "hub/observe/log.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace katydid::bridge {
namespace {

namespace json = boost::json;

/// How far the clocks of two hubs may be apart.
constexpr milliseconds clock_slack{2'000};
constexpr std::array<std::string_view, 3> resource_types{"staff", "equipment", "venue"};

bool is_json(std::string_view text)
{
    json::parse_options options;
    options.max_depth = 32;
    boost::system::error_code error;
    const auto value = json::parse(json::string_view{text.data(), text.size()}, error, {}, options);
    return !error && is_utf8(text);
}

http::Response from_copy(const ReadCache::Copy& copy, bool stale)
{
    auto response = http::Response::json(200, *copy.body);
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(copy.age).count();
    response.with("Age", std::to_string(age));
    if (stale) response.with("X-Katydid-Stale", "true");
    return response;
}

/// The query without white space or control bytes: it goes upstream as it came.
bool is_plain(std::string_view query)
{
    return std::ranges::all_of(query, [](char c) { return c > ' ' && c < '\x7f'; });
}

http::Response finish(const ReadCall& call, const http::Request& request, http::Response response)
{
    const auto type = call.is_resources ? request.query_parameter("type") : std::nullopt;
    if (!type || response.status != 200) return response;
    auto chosen = only_of_type(response.body, *type);
    if (chosen) response.body = std::move(*chosen);
    return response;
}

}  // namespace

http::Response out_of_reach(Platform platform)
{
    auto response = http::Response::plain_error(503, std::string{name_of(platform)}
                                                         + " cannot be reached: try again");
    response.with("Retry-After", "5");
    return response;
}

bool is_iso_date(std::string_view text)
{
    constexpr std::size_t day_chars = 10;
    return text.size() == day_chars && parse_rfc3339(std::string{text} + "T00:00:00Z").has_value();
}

std::optional<http::Response> query_fault(const ReadCall& call, const http::Request& request)
{
    if (!is_plain(request.query))
        return http::Response::plain_error(400, "the query must be percent-encoded");
    if (!call.is_resources) return std::nullopt;
    const auto date = request.query_parameter("date");
    if (!date || !is_iso_date(*date))
        return http::Response::plain_error(400, "date must be a day such as 2026-06-15");
    const auto type = request.query_parameter("type");
    if (type && std::ranges::find(resource_types, *type) == resource_types.end())
        return http::Response::plain_error(400, "type must be staff, equipment or venue");
    return std::nullopt;
}

std::optional<std::string> only_of_type(std::string_view resources, std::string_view type)
{
    const auto elements = json_text::elements(resources);
    if (!elements) return std::nullopt;
    const auto wanted = '"' + std::string{type} + '"';
    std::string chosen = "[";
    for (const auto element : *elements) {
        const auto member = json_text::member(element, "type");
        if (!member || *member != wanted) continue;
        if (chosen.size() > 1) chosen += ',';
        chosen += element;
    }
    return chosen + ']';
}

Reader::Reader(const Clock& clock, const privacy::PrivacyTables& privacy, Options options,
               ChangedSince changed_since)
    : clock_{clock},
      privacy_{privacy},
      options_{options},
      changed_since_{std::move(changed_since)}
{}

void Reader::drop(std::string_view tag)
{
    cache_.drop(tag);
    const auto prefix = std::string{tag} + ' ';
    questions_.forget_if([&](const std::string& key) { return key.starts_with(prefix); });
}

awaitable<http::Response> Reader::read(const ReadCall& call, Upstream& upstream,
                                       const http::Request& request)
{
    if (auto fault = query_fault(call, request)) co_return std::move(*fault);
    const auto value = request.parameters.empty() ? std::string{}
                                                  : request.parameters.front().second;
    auto target = fill_path(call.upstream, value);
    if (!request.query.empty()) target += "?" + request.query;
    const auto key = std::string{to_text(call.platform)} + " " + target;

    const auto start = clock_.steady_now();
    const auto copy = cache_.find(key, std::min(call.fresh, options_.fresh_max), start);
    if (copy && copy->fresh) {
        const bool serves = co_await is_good(call, *copy);
        if (serves) co_return finish(call, request, from_copy(*copy, false));
    }
    const auto patience = copy ? options_.wait : options_.timeout + milliseconds{500};
    auto work = [this, &call, &upstream, target, key] { return ask(call, upstream, target, key); };
    auto question = std::string{call.tag} + ' ' + key;
    const auto answer = co_await questions_.run(std::move(question), std::move(work),
                                                start + patience);
    if (copy && (!answer || answer->platform_failed))
        co_return finish(call, request, from_copy(*copy, true));
    if (!answer) co_return out_of_reach(call.platform);
    co_return finish(call, request, answer->response);
}

/// A webhook that came to another hub on the same store is in the store before it is delivered.
awaitable<bool> Reader::is_good(const ReadCall& call, const ReadCache::Copy& copy) const
{
    if (!changed_since_) co_return true;
    const auto asked_at = clock_.now() - copy.age - clock_slack;
    const bool changed = co_await changed_since_(call.tag, asked_at);
    co_return !changed;
}

awaitable<Reader::Answer> Reader::ask(const ReadCall& call, Upstream& upstream, std::string target,
                                      std::string key)
{
    const Asked asked{key, cache_.generation(call.tag), clock_.steady_now()};
    const auto deadline = Deadline::after(options_.timeout, clock_);
    Upstream::Call question{"GET", call.upstream, std::move(target)};
    Answer answer;
    try {
        auto reply = co_await upstream.send(std::move(question), deadline);
        answer.response = judge(call, asked, std::move(reply), answer.platform_failed);
    } catch (const std::exception& failure) {
        // All callers that wait share this answer; those with an old copy get that.
        log::error("bridge.read_failed", failure.what());
        answer = {http::Response::plain_error(500, "internal error"), true};
    }
    co_return answer;
}

http::Response Reader::judge(const ReadCall& call, const Asked& asked,
                             result<http::ClientReply> reply, bool& platform_failed)
{
    platform_failed = true;
    if (!reply || reply->status >= 500 || reply->status == 408 || reply->status == 429)
        return out_of_reach(call.platform);
    const std::string name{name_of(call.platform)};
    if (reply->status == 401 || reply->status == 403)
        return http::Response::plain_error(502, name + " refuses the hub's key");
    const bool is_refusal = reply->status >= 400;
    const bool is_whole = is_json(reply->body) && !reply->truncated;
    const bool is_list = !call.is_resources || json_text::elements(reply->body);
    if (!is_refusal && (reply->status != 200 || !is_whole || !is_list))
        return http::Response::plain_error(502, name + " gave an answer that is none: try again");
    platform_failed = false;
    if (is_refusal) cache_.forget(asked.key);
    if (is_refusal && !is_whole)
        return http::Response::plain_error(reply->status, http::reason_phrase(reply->status));
    const auto* table = privacy_.of(to_text(call.platform));
    auto filtered = table->filter(call.answer_rule, reply->body, false);
    auto body = filtered ? std::move(*filtered) : std::move(reply->body);
    if (!is_refusal) cache_.put(asked.key, call.tag, body, asked.generation, asked.at);
    return http::Response::json(reply->status, std::move(body));
}

}  // namespace katydid::bridge
