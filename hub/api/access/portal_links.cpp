#include "hub/api/access/portal_links.hpp"

#include "hub/api/access/sealed_token.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/http/egress/egress.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::string_view link_prefix = "kl_";
constexpr const char* link_kind = "portal_link";

constexpr std::string_view link_purpose = "katydid portal link";
constexpr std::string_view frame_purpose = "katydid portal frame";

/// What the vault vouches for was written by seal_token().
std::optional<json::object> open_object(const signing::Vault& vault, std::string_view purpose,
                                        std::string_view text)
{
    const auto opened = open_token(vault, purpose, text);
    if (!opened) return std::nullopt;
    return json::parse(opened->text()).as_object();
}

json::array origins_json(const PortalLink& link)
{
    json::array origins;
    for (const auto& origin : link.frame_origins) origins.emplace_back(origin);
    return origins;
}

Timestamp time_at(const json::object& object, std::string_view name)
{
    return Timestamp{milliseconds{object.at(name).as_int64()}};
}

http::Response refused_link(std::string_view why)
{
    return http::Response::problem(401, "The link " + std::string{why}
                                            + " Ask for a new one where you got it.");
}

}  // namespace

store::Record to_record(UsedOnce used)
{
    store::Record record{used.tenant, std::move(used.kind), std::move(used.id), "{}", 1, used.now};
    record.is_setting = false;
    record.expires_at = used.expires_at;
    return record;
}

bool is_frame_origin(std::string_view text)
{
    if (text.empty() || text.size() > 200 || text.ends_with('/')) return false;
    const auto safe = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':'
               || c == '/' || c == '[' || c == ']';
    };
    if (!std::ranges::all_of(text, safe)) return false;
    const auto url = http::EgressPolicy::parse_url(text);
    if (!url || url->target != "/") return false;
    return url->tls || url->host == "localhost" || url->host == "127.0.0.1" || url->host == "::1";
}

std::string PortalLinks::make(const PortalLink& link) const
{
    const json::object object{{"id", random_id()},
                              {"grant", to_json(link.grant)},
                              {"ends_at", link.ends_at.time_since_epoch().count()},
                              {"frame_origins", origins_json(link)}};
    return std::string{link_prefix} + seal_token(vault, link_purpose, json::serialize(object));
}

std::string PortalLinks::make_frame(const PortalLink& link) const
{
    if (link.frame_origins.empty()) return {};
    const json::object object{{"link", link.grant.subject}, {"frame_origins", origins_json(link)}};
    return seal_token(vault, frame_purpose, json::serialize(object));
}

std::optional<PortalFrame> PortalLinks::read_frame(std::string_view text) const
{
    const auto object = open_object(vault, frame_purpose, text);
    if (!object) return std::nullopt;
    PortalFrame frame;
    frame.link = object->at("link").as_string();
    for (const auto& origin : object->at("frame_origins").as_array())
        frame.origins.append(frame.origins.empty() ? "" : " ").append(origin.as_string());
    return frame;
}

awaitable<std::variant<PortalLink, http::Response>> PortalLinks::spend(std::string text) const
{
    if (!text.starts_with(link_prefix)) co_return refused_link("cannot be read.");
    const auto sealed = std::string_view{text}.substr(link_prefix.size());
    const auto object = open_object(vault, link_purpose, sealed);
    if (!object) co_return refused_link("cannot be read.");
    PortalLink link;
    link.grant = read_grant(object->at("grant").as_object());
    link.ends_at = time_at(*object, "ends_at");
    for (const auto& origin : object->at("frame_origins").as_array())
        link.frame_origins.emplace_back(origin.as_string());
    if (clock.now() >= link.ends_at) co_return refused_link("has expired.");
    UsedOnce used{link.grant.tenant, link_kind, std::string{object->at("id").as_string()},
                  clock.now(), link.ends_at + std::chrono::hours{1}};
    auto record = to_record(std::move(used));
    const auto put = co_await records.put_record(std::move(record));
    if (put) co_return link;
    if (put.error() == errc::conflict) co_return refused_link("was used already.");
    co_return error_response(put.error());
}

}  // namespace katydid::api
