#include "hub/http/client/oauth.hpp"

#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/percent.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace katydid::http {
namespace {

constexpr std::chrono::seconds ahead{30};            ///< a token is renewed so long before it ends
constexpr std::chrono::seconds lifetime_unsaid{60};  ///< of one whose answer tells no time
constexpr std::chrono::hours lifetime_max{24};
constexpr std::size_t token_bytes_max = 8 * 1024;

/// application/x-www-form-urlencoded, all but letters, digits and -._ escaped.
std::string form_encode(std::string_view text) { return percent_encode(text, "-._"); }

Error no_token(std::string why) { return {errc::refused, "no OAuth token: " + std::move(why)}; }

/// The same failure, of the token server and not of the receiver.
Error without_token(Error error)
{
    error.message = no_token(std::move(error.message)).message;
    return error;
}

}  // namespace

TokenSource::TokenSource(Parts parts, const Clock& clock) : parts_{std::move(parts)}, clock_{clock}
{}

ClientRequest TokenSource::make_request() const
{
    const auto& options = parts_.options;
    std::string form = "grant_type=client_credentials";
    if (!options.scope.empty()) form += "&scope=" + form_encode(options.scope);
    ClientRequest request;
    request.tenant = parts_.tenant;
    request.identity = parts_.identity;
    request.url = options.token_url;
    // RFC 6749, section 2.3.1: both are form-encoded before they become user and password.
    const auto login = form_encode(options.client_id) + ":" + form_encode(options.client_secret);
    request.headers = {{"Authorization", "Basic " + encode(Encoding::base64, login)},
                       {"Content-Type", "application/x-www-form-urlencoded"},
                       {"Accept", "application/json"}};
    request.body = std::make_shared<const std::string>(std::move(form));
    return request;
}

result<void> TokenSource::keep(const ClientReply& reply)
{
    if (reply.status != 200) {
        auto error = no_token("the token server answered " + std::to_string(reply.status));
        const bool may_pass = reply.status >= 500 || reply.status == 429 || reply.status == 408;
        if (may_pass) error.code = make_error_code(errc::over_limit);
        return error;
    }
    boost::system::error_code error;
    const auto document = boost::json::parse(reply.body, error);
    if (error || !document.is_object()) return no_token("the answer is not a JSON object");
    const auto& object = document.get_object();
    const auto* token = object.if_contains("access_token");
    const auto* type = object.if_contains("token_type");
    if (token == nullptr || !token->is_string() || type == nullptr || !type->is_string()
        || !equal_names(std::string_view{type->get_string()}, "bearer"))
        return no_token("the answer holds no bearer token");
    const std::string_view text = token->get_string();
    if (text.empty() || text.size() > token_bytes_max || !is_header_safe("authorization", text))
        return no_token("the token is not one to put into a header");
    std::chrono::seconds lifetime = lifetime_unsaid;
    if (const auto* seconds = object.if_contains("expires_in"); seconds && seconds->is_int64())
        lifetime = std::chrono::seconds{std::clamp<std::int64_t>(
            seconds->get_int64(), 1, lifetime_max / ahead * ahead.count())};
    token_ = text;
    until_ = clock_.steady_now() + std::max(lifetime - ahead, lifetime / 2);
    return {};
}

awaitable<result<std::string>> TokenSource::token(Deadline deadline)
{
    const auto turn = co_await asking_.lock(deadline.at);
    if (!turn) co_return Error{errc::timed_out, "no OAuth token in time"};
    if (!token_.empty() && clock_.steady_now() < until_) co_return token_;
    auto request = make_request();
    const auto reply = co_await parts_.client.send(std::move(request), deadline);
    if (!reply) co_return without_token(reply.error());
    const auto kept = keep(*reply);
    if (!kept) co_return kept.error();
    co_return token_;
}

void TokenSource::give_up(std::string_view token)
{
    if (token == token_) token_.clear();
}

awaitable<result<ClientReply>> send_with_token(Client& client, TokenSource& tokens,
                                               ClientRequest request, Deadline deadline)
{
    std::erase_if(request.headers,
                  [](const auto& header) { return equal_names(header.name, "authorization"); });
    for (bool again = false;; again = true) {
        const auto token = co_await tokens.token(deadline);
        if (!token) co_return token.error();
        auto attempt = request;
        attempt.headers.push_back({"Authorization", "Bearer " + *token});
        auto reply = co_await client.send(std::move(attempt), deadline);
        if (again || !reply || reply->status != 401) co_return reply;
        tokens.give_up(*token);
    }
}

}  // namespace katydid::http
