#include "signing/builtins.hpp"

#include "hub/core/text.hpp"
#include "signing/http_signature.hpp"
#include "signing/parameters.hpp"

#include <algorithm>

namespace katydid::signing {
namespace {

/// `https://host:443/x` for `https://host/x` and the other way round: senders differ.
std::string with_port_toggled(std::string_view url)
{
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return {};
    const auto host = scheme_end + 3;
    const auto host_end = std::min(url.find_first_of("/?#", host), url.size());
    const auto colon = url.find(':', host);
    std::string toggled{url.substr(0, std::min(colon, host_end))};
    if (colon >= host_end) toggled += url.starts_with("http://") ? ":80" : ":443";
    toggled += url.substr(host_end);
    return toggled;
}

bool is_form(const RequestView& request)
{
    const auto type = header_value(request.headers, "Content-Type");
    constexpr std::string_view form = "application/x-www-form-urlencoded";
    return type.size() >= form.size() && equal_names(type.substr(0, form.size()), form);
}

std::string lower_case(std::string_view text)
{
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// JavaScript's encodeURI leaves reserved and unreserved characters, and % as part of an escape.
std::string encoded_query(std::string_view query)
{
    constexpr std::string_view kept = "-_.!~*'();/?:@&=+$,#%";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : query) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
                           || (c >= 'A' && c <= 'Z') || kept.find(c) != std::string_view::npos;
        if (plain) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

}  // namespace

BuiltinMessages builtin_messages(Exchange& exchange, Candidates& candidates, const KeyRing& keys,
                                 Timestamp now)
{
    switch (exchange.scheme().builtin) {
    case Builtin::none: return {};
    case Builtin::twilio: return twilio_messages(exchange);
    case Builtin::contentful: return contentful_messages(exchange);
    case Builtin::sns: return sns_messages(exchange, candidates, keys, now);
    case Builtin::adyen: return adyen_messages(exchange);
    case Builtin::rfc9421: return http_signature_messages(exchange, candidates, now);
    }
    return {};
}

BuiltinMessages twilio_messages(Exchange& exchange)
{
    const auto& request = exchange.request();
    static const Source body_hash{SourceKind::query, "bodySHA256", Transform::none, false};
    static const Source parameters{SourceKind::form_all, "", Transform::sorted_params, false};
    std::string suffix;
    if (const auto hash = exchange.value(body_hash)) {
        if (!equal_bytes(lower_case(*hash), sha256_hex(request.body)))
            return builtin_refusal(RefusalReason::signature_wrong,
                                   "the body is not the one whose hash is in bodySHA256");
    } else if (is_form(request)) {
        suffix = *exchange.value(parameters);
    } else if (!request.body.empty()) {
        // Nothing would vouch for the body.
        return builtin_refusal(RefusalReason::signature_wrong,
                               "the body is neither a form nor covered by bodySHA256");
    }
    BuiltinMessages made;
    made.messages.push_back(std::string{request.public_url} + suffix);
    const std::string other = with_port_toggled(request.public_url);
    if (!other.empty()) made.messages.push_back(other + suffix);
    return made;
}

BuiltinMessages contentful_messages(Exchange& exchange)
{
    const auto& request = exchange.request();
    auto names = header_value(request.headers, "x-contentful-signed-headers");
    if (names.empty())
        return builtin_refusal(RefusalReason::signature_wrong,
                               "there is no header x-contentful-signed-headers");
    constexpr std::size_t names_max = 64;
    std::vector<std::string> listed;
    while (!names.empty() && listed.size() < names_max)
        listed.push_back(lower_case(take_item(names, ",")));
    // The signature is a header itself; the timestamp has to be among those that are covered.
    for (const std::string_view needed :
         {"x-contentful-timestamp", "x-contentful-signed-headers"}) {
        if (std::find(listed.begin(), listed.end(), needed) == listed.end())
            return builtin_refusal(RefusalReason::signature_wrong,
                                   "the header " + std::string{needed} + " is not signed");
    }
    std::sort(listed.begin(), listed.end());
    std::string headers;
    for (const auto& name : listed) {
        if (count_headers(request.headers, name) != 1)
            return builtin_refusal(RefusalReason::signature_wrong,
                                   "the signed header " + name + " is not there exactly once");
        headers += headers.empty() ? "" : ";";
        headers.append(name).append(":").append(trimmed(header_value(request.headers, name)));
    }
    std::string message{request.method};
    message.append("\n").append(request.target.substr(0, request.target.find('?')));
    if (const auto query = query_of(request.target); !query.empty())
        message.append("?").append(encoded_query(query));
    message.append("\n").append(headers).append("\n").append(request.body);
    return {{std::move(message)}, {}, {}};
}

BuiltinMessages adyen_messages(Exchange& exchange)
{
    const auto* const document = exchange.json();
    boost::system::error_code error;
    const auto* const items = document != nullptr
                                  ? document->find_pointer("/notificationItems", error)
                                  : nullptr;
    if (items == nullptr || !items->is_array() || items->get_array().size() != 1)
        return builtin_refusal(RefusalReason::signature_wrong,
                               "the body does not hold exactly one notification item");
    const auto message = exchange.message(exchange.scheme().message);
    if (!message)
        return builtin_refusal(RefusalReason::signature_wrong,
                               "the item has no " + exchange.missing()->name);
    return {{message->joined()}, {}, {}};
}

}  // namespace katydid::signing
