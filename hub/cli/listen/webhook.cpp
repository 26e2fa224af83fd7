#include "hub/cli/listen/webhook.hpp"

#include "hub/cli/client/session.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/http/egress/egress.hpp"
#include "hub/registry/subscription_matcher.hpp"

#include <algorithm>

namespace katydid::cli {
namespace {

std::string member_text(const boost::json::value& value, std::string_view path)
{
    const auto* text = value_at(value, path).if_string();
    return text == nullptr ? std::string{} : std::string{*text};
}

bool is_url(std::string_view text)
{
    return text.starts_with("http://") || text.starts_with("https://");
}

/// "3000" or "3000/hooks".
bool is_port(std::string_view text)
{
    const auto digits = text.substr(0, text.find('/'));
    return !digits.empty() && digits.size() <= 5
           && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
}

bool fits(std::string_view pattern, std::string_view type)
{
    if (pattern == "*" || pattern == type) return true;
    return pattern.ends_with(".*") && type.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

Webhook read_webhook(const boost::json::value& frame)
{
    Webhook webhook;
    webhook.delivery = member_text(frame, "delivery");
    if (const auto* attempt = value_at(frame, "attempt").if_int64(); attempt != nullptr)
        webhook.attempt = static_cast<std::uint64_t>(*attempt);
    webhook.event = member_text(frame, "event.id");
    webhook.type = member_text(frame, "event.type");
    webhook.source = member_text(frame, "event.source");
    if (const auto* headers = value_at(frame, "headers").if_array())
        for (const auto& header : *headers)
            webhook.headers.push_back(
                {std::string{header.at(0).as_string()}, std::string{header.at(1).as_string()}});
    const auto coded = member_text(frame, "payload_base64");
    webhook.payload = coded.empty() ? member_text(frame, "payload")
                                    : decode(Encoding::base64, coded).value_or("");
    return webhook;
}

Forward to_forward(const std::string& text)
{
    Forward forward{"*", text};
    const auto equals = text.find('=');
    const bool has_pattern = !is_url(text) && equals != std::string::npos && equals > 0;
    if (has_pattern) forward = {text.substr(0, equals), text.substr(equals + 1)};
    if (const auto fault = registry::pattern_fault(forward.pattern); !fault.empty())
        throw CommandEnd{wrong_usage, "--forward " + printable(text) + ": " + fault};
    if (is_port(forward.url)) forward.url = "http://localhost:" + forward.url;
    if (!is_url(forward.url))
        throw CommandEnd{wrong_usage,
                         "--forward takes a URL (http://localhost:3000/hooks), a port (3000/hooks) "
                         "or TYPE=URL (order.*=http://localhost:3000/orders), not "
                             + printable(text)};
    if (const auto parsed = http::EgressPolicy::parse_url(forward.url); !parsed)
        throw CommandEnd{wrong_usage, "--forward: " + parsed.error().message};
    return forward;
}

const Forward* forward_for(std::span<const Forward> forwards, std::string_view type)
{
    const auto found = std::ranges::find_if(
        forwards, [type](const Forward& each) { return fits(each.pattern, type); });
    return found == forwards.end() ? nullptr : &*found;
}

}  // namespace katydid::cli
