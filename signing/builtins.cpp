#include "signing/builtins.hpp"

#include "hub/core/codec/percent.hpp"
#include "hub/core/text/text.hpp"
#include "signing/algorithms/http_signature.hpp"
#include "signing/request/parameters.hpp"

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

constexpr std::string_view unreserved = "-_.!~*'()";
constexpr std::string_view reserved_too = "-_.!~*'();/?:@&=+$,#";

/// JavaScript's encodeURI, over which escapes that are there go once more.
std::string encoded_uri(std::string_view text) { return percent_encode(text, reserved_too); }

/// Contentful's toolkit escapes the query as a whole, and then the path with the query once more:
/// `/a?x=1` is signed as `/a?x%253D1`.
std::string encoded_target(std::string_view path, std::string_view query)
{
    if (query.empty()) return encoded_uri(path);
    return encoded_uri(std::string{path} + "?" + percent_encode(query, unreserved));
}

/// `name:value;name:value`, sorted; a refusal when that is not one way to read these headers.
struct SignedHeaders {
    std::string text;
    std::string fault;
};

SignedHeaders signed_headers(const Headers& headers, const std::vector<std::string>& names)
{
    SignedHeaders made;
    for (const auto& name : names) {
        if (count_headers(headers, name) != 1)
            made.fault = "the signed header " + name + " is not there exactly once";
        const auto value = trimmed(header_value(headers, name));
        for (const auto& other : names)
            if (value.find(";" + other + ":") != std::string_view::npos)
                made.fault = "the value of the signed header " + name + " reads as another header";
        if (!made.fault.empty()) return made;
        made.text += made.text.empty() ? "" : ";";
        made.text.append(name).append(":").append(value);
    }
    return made;
}

}  // namespace

BuiltinMessages builtin_messages(RequestValues& values, Candidates& candidates, const KeyRing& keys,
                                 Timestamp now)
{
    switch (values.scheme().builtin) {
    case Builtin::none: return {};
    case Builtin::twilio: return twilio_messages(values);
    case Builtin::contentful: return contentful_messages(values);
    case Builtin::sns: return sns_messages(values, candidates, keys, now);
    case Builtin::adyen: return adyen_messages(values);
    case Builtin::rfc9421: return http_signature_messages(values, candidates, now);
    }
    return {};
}

BuiltinMessages twilio_messages(RequestValues& values)
{
    const auto& request = values.request();
    static const ValueRef parameters{ValueKind::form_all, "", Transform::sorted_params, false};
    // The hash counts only where it is signed: in the URL, and not in any other target.
    const auto in_url = parse_parameters(query_of(request.public_url));
    const auto hash = in_url ? std::find_if(in_url->begin(), in_url->end(),
                                            [](const auto& p) { return p.first == "bodySHA256"; })
                             : Parameters::const_iterator{};
    std::string suffix;
    if (in_url && hash != in_url->end()) {
        if (!equal_bytes(lower_case(hash->second), sha256_hex(request.body)))
            return builtin_refusal(RefusalReason::signature_wrong,
                                   "the body is not the one whose hash is in bodySHA256");
    } else if (is_form(request)) {
        const auto text = values.value(parameters);
        if (!text)
            return builtin_refusal(RefusalReason::over_limit, std::string{values.over_limit()});
        suffix = *text;
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

BuiltinMessages contentful_messages(RequestValues& values)
{
    const auto& request = values.request();
    auto names = header_value(request.headers, "x-contentful-signed-headers");
    if (names.empty())
        return builtin_refusal(RefusalReason::signature_wrong,
                               "there is no header x-contentful-signed-headers");
    constexpr std::size_t names_max = 64;
    std::vector<std::string> listed;
    while (!names.empty()) {
        if (listed.size() == names_max)
            return builtin_refusal(RefusalReason::over_limit, "more than 64 headers are signed");
        listed.push_back(lower_case(take_item(names, ",")));
    }
    // The signature is a header itself; the timestamp has to be among those that are covered.
    for (const std::string_view needed :
         {"x-contentful-timestamp", "x-contentful-signed-headers"}) {
        if (std::find(listed.begin(), listed.end(), needed) == listed.end())
            return builtin_refusal(RefusalReason::signature_wrong,
                                   "the header " + std::string{needed} + " is not signed");
    }
    std::sort(listed.begin(), listed.end());
    const auto headers = signed_headers(request.headers, listed);
    if (!headers.fault.empty())
        return builtin_refusal(RefusalReason::signature_wrong, headers.fault);
    const auto path = request.target.substr(0, request.target.find('?'));
    const auto query = query_of(request.target);
    if (query.find('?') != std::string_view::npos)  // the toolkit signs what is before it
        return builtin_refusal(RefusalReason::signature_wrong,
                               "the query has a second question mark, which is not signed");
    const auto text = [&](const std::string& target) {
        return std::string{request.method} + "\n" + target + "\n" + headers.text + "\n"
               + std::string{request.body};
    };
    BuiltinMessages made;
    made.messages.push_back(text(encoded_target(path, query)));
    return made;
}

BuiltinMessages adyen_messages(RequestValues& values)
{
    const auto* const document = values.json();
    boost::system::error_code error;
    const auto* const items = document != nullptr
                                  ? document->find_pointer("/notificationItems", error)
                                  : nullptr;
    if (items == nullptr || !items->is_array() || items->get_array().size() != 1)
        return builtin_refusal(RefusalReason::signature_wrong,
                               "the body does not hold exactly one notification item");
    for (const auto& ref : values.scheme().message) {
        if (ref.kind != ValueKind::json) continue;
        const auto* const field = document->find_pointer(ref.name, error);
        const auto text = values.value(ref);
        if (field != nullptr && !field->is_null() && !text)
            return builtin_refusal(RefusalReason::signature_wrong,
                                   "the signed field " + ref.name + " is no text");
        // The shop's own reference may hold the separator: it has one place among those without.
        if (text && text->find(':') != std::string_view::npos
            && !ref.name.ends_with("/merchantReference"))
            return builtin_refusal(RefusalReason::signature_wrong,
                                   "the signed field " + ref.name + " holds a colon");
    }
    const auto message = values.message(values.scheme().message);
    if (!message)
        return builtin_refusal(RefusalReason::signature_wrong,
                               "the item has no " + values.missing()->name);
    BuiltinMessages made;
    made.messages.push_back(message->joined());
    return made;
}

}  // namespace katydid::signing
