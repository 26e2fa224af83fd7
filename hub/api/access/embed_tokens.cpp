#include "hub/api/access/embed_tokens.hpp"

#include "hub/api/access/recognise.hpp"
#include "hub/api/access/sealed_token.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/json/parse.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::string_view embed_prefix = "ke_";
constexpr std::string_view embed_purpose = "katydid embed token";
constexpr std::string_view embed_bearer = "Bearer ";

http::Response refuse_embed(unsigned status, std::string_view why)
{
    return http::Response::problem(status, "The token " + std::string{why}
                                               + " Make a new one with POST /v1/embed-tokens.");
}

/// What a sealed token holds; it is our own, so it has every member.
struct OpenedGrant {
    EmbedGrant grant;
    std::string key_sha256;
};

std::optional<OpenedGrant> open_grant(const signing::Vault& vault, std::string_view authorisation)
{
    if (!authorisation.starts_with(embed_bearer)) return std::nullopt;
    authorisation.remove_prefix(embed_bearer.size());
    if (!authorisation.starts_with(embed_prefix)) return std::nullopt;
    const auto text = open_token(vault, embed_purpose, authorisation.substr(embed_prefix.size()));
    if (!text) return std::nullopt;
    const auto value = json_text::parse_or_null(text->text());
    const auto& object = value.as_object();
    OpenedGrant opened;
    opened.grant.widget = json_text::text_at(object, "widget");
    opened.grant.event_id = json_text::text_at(object, "event_id");
    for (const auto& origin : object.at("origins").as_array())
        opened.grant.origins.emplace_back(std::string_view{origin.as_string()});
    opened.grant.expires_at = Timestamp{milliseconds{object.at("expires").as_int64()}};
    opened.key_sha256 = decode(Encoding::hex, json_text::text_at(object, "key")).value_or("");
    return opened;
}

}  // namespace

std::string EmbedTokens::make(const Caller& caller, const EmbedGrant& grant) const
{
    json::array origins;
    for (const auto& origin : grant.origins) origins.emplace_back(origin);
    const json::object object{{"widget", grant.widget},
                              {"event_id", grant.event_id},
                              {"origins", std::move(origins)},
                              {"expires", grant.expires_at.time_since_epoch().count()},
                              {"key", encode(Encoding::hex, caller.api_key->sha256)}};
    return std::string{embed_prefix} + seal_token(vault, embed_purpose, json::serialize(object));
}

std::variant<std::string, http::Response> EmbedTokens::admit(const http::Request& request,
                                                             std::string_view widget,
                                                             std::string_view event_id) const
{
    const auto opened = open_grant(vault, request.header("authorization"));
    if (!opened) return refuse_embed(401, "cannot be read.");
    const auto& grant = opened->grant;
    const std::string origin{request.header("origin")};
    if (std::ranges::find(grant.origins, origin) == grant.origins.end())
        return refuse_embed(403, "is for pages of another origin.");
    if (grant.widget != widget || grant.event_id != event_id)
        return refuse_embed(403, "is for another event.");
    const auto now = clock.now();
    const auto key = tables.api_key(opened->key_sha256);
    if (now < grant.expires_at && key && is_good(*key, now)) return origin;
    // A page of the right origin may know, so that it can ask for another one.
    auto late = refuse_embed(401, "has expired.");
    late.with("Access-Control-Allow-Origin", origin).with("Vary", "Origin");
    return late;
}

}  // namespace katydid::api
