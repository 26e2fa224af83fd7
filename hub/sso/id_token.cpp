#include "hub/sso/id_token.hpp"

#include "hub/core/json/parse.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace katydid::sso {
namespace {

namespace json = boost::json;
using json_text::text_at;

constexpr std::size_t subject_bytes_max = 255;

Error refused_token(std::string_view why)
{
    return {errc::refused, "The provider's token " + std::string{why} + "."};
}

/// Seconds since 1970, maybe with a fraction; nullopt: no such time.
std::optional<Timestamp> claim_time(const json::object& claims, std::string_view name)
{
    constexpr double seconds_max = 1e11;
    const auto* value = claims.if_contains(name);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    const auto seconds = value->to_number<double>();
    if (!(seconds >= 0 && seconds < seconds_max)) return std::nullopt;
    return Timestamp{milliseconds{static_cast<std::int64_t>(seconds * 1000)}};
}

/// The one text, or a list of texts.
bool names_audience(const json::object& claims, std::string_view client_id)
{
    const auto* audience = claims.if_contains("aud");
    if (audience == nullptr) return false;
    if (!audience->is_array()) return audience->is_string() && audience->get_string() == client_id;
    return std::ranges::any_of(audience->get_array(), [&](const json::value& each) {
        return each.is_string() && each.get_string() == client_id;
    });
}

bool has_other_audiences(const json::object& claims)
{
    const auto* audience = claims.if_contains("aud");
    return audience != nullptr && audience->is_array() && audience->get_array().size() > 1;
}

std::string_view time_fault(const json::object& claims, Timestamp now)
{
    const auto expires = claim_time(claims, "exp");
    const auto issued = claim_time(claims, "iat");
    if (!expires || !issued) return "does not say when it was made and when it ends";
    if (now >= *expires + clock_skew) return "has expired";
    if (*issued > now + clock_skew) return "was made in the future: compare the clocks";
    const auto not_before = claim_time(claims, "nbf");
    if (claims.contains("nbf") && !not_before) return "has a time that is none";
    if (not_before && now + clock_skew < *not_before) return "is not valid yet";
    return {};
}

}  // namespace

result<void> check_id_token(const json::object& claims, const ExpectedToken& expected)
{
    if (text_at(claims, "iss") != expected.issuer) return refused_token("is of another issuer");
    if (!names_audience(claims, expected.client_id)) return refused_token("is for another client");
    const auto party = text_at(claims, "azp");
    if (claims.contains("azp") ? party != expected.client_id : has_other_audiences(claims))
        return refused_token("was made for another client (azp)");
    if (const auto fault = time_fault(claims, expected.now); !fault.empty())
        return refused_token(fault);
    if (expected.nonce.empty() || text_at(claims, "nonce") != expected.nonce)
        return refused_token("is of another sign-in (nonce)");
    const auto subject = text_at(claims, "sub");
    if (subject.empty() || subject.size() > subject_bytes_max)
        return refused_token("does not say who it is (sub)");
    return {};
}

}  // namespace katydid::sso
