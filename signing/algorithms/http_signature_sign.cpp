// The sending side of RFC 9421.
#include "signing/algorithms/asymmetric.hpp"
#include "signing/algorithms/http_signature.hpp"
#include "signing/keys/key_material.hpp"

#include <algorithm>

namespace katydid::signing {
namespace {

Error cannot(const Scheme& scheme, const std::string& why)
{
    return {errc::invalid_argument, "cannot sign by " + scheme.name + ": " + why};
}

/// The header of the first source that is one; empty when there is none.
std::string_view header_of(const ValueRefs& refs)
{
    for (const auto& ref : refs)
        if (ref.kind == ValueKind::header) return ref.name;
    return {};
}

/// The headers that are covered besides the derived components.
Headers covered_headers(const Scheme& scheme, const SignInput& input)
{
    Headers headers;
    if (const auto name = header_of(scheme.id); !name.empty() && !input.id.empty())
        headers.push_back({std::string{name}, std::string{input.id}});
    if (const auto name = header_of(scheme.type); !name.empty() && !input.event_type.empty())
        headers.push_back({std::string{name}, std::string{input.event_type}});
    headers.push_back({"Content-Digest", content_digest(input.body)});
    return headers;
}

std::vector<std::string> components_of(const Scheme& scheme, const SignInput& input)
{
    auto components = scheme.http_signature.covers;
    for (const auto* refs : {&scheme.id, &scheme.type}) {
        const bool sent = refs == &scheme.id ? !input.id.empty() : !input.event_type.empty();
        const auto name = std::string{header_of(*refs)};
        if (sent && !name.empty()
            && std::find(components.begin(), components.end(), name) == components.end())
            components.push_back(name);
    }
    return components;
}

std::string parameters(const std::vector<std::string>& components, const Key& key, Timestamp now)
{
    std::string text = "(";
    for (const auto& component : components)
        text.append(text.size() > 1 ? " " : "").append("\"").append(component).append("\"");
    text.append(");created=").append(std::to_string(now.time_since_epoch().count() / 1000));
    return text.append(";keyid=\"").append(key.id.to_string()).append("\"");
}

result<std::string> signature_over(const Scheme& scheme, const Secret& secret,
                                   std::string_view base)
{
    if (secret.text().starts_with("whpk_")) return cannot(scheme, "whpk_ verifies; whsk_ signs");
    for (const auto& method : scheme.methods) {
        if (!suits(scheme, method, secret)) continue;
        KeyMaterial material;
        if (!material.decode(method.key, secret)) return cannot(scheme, "a key cannot be decoded");
        if (method.algorithm == Algorithm::hmac)
            return encode(Encoding::base64, hmac(method.hash, material.bytes(), base).view());
        const auto key = load_private_key(method, material.bytes());
        const auto bytes = key ? make_signature(method, *key, base) : std::nullopt;
        if (!bytes) return cannot(scheme, "the key is no private key of its kind");
        return encode(Encoding::base64, *bytes);
    }
    return cannot(scheme, "a key is not of a kind it knows");
}

}  // namespace

result<Headers> sign_http_message(const Scheme& scheme, const SignInput& input, const KeyRing& keys,
                                  Timestamp now)
{
    if (input.content_type.empty())
        return cannot(scheme, "it covers content-type, and there is none");
    const auto host = input.url.find("://");
    if (host == std::string_view::npos)
        return cannot(scheme, "it covers the URL, and there is none");
    const auto slash = std::min(input.url.find('/', host + 3), input.url.size());
    Headers headers = covered_headers(scheme, input);
    Headers seen = headers;
    seen.push_back({"Content-Type", std::string{input.content_type}});
    const RequestView request{input.method, input.url.substr(slash), input.url, seen, input.body};
    const auto components = components_of(scheme, input);
    std::string lines;
    for (const auto& component : components) {
        const auto line = component_line(request, component);
        if (!line) return cannot(scheme, "a component that it covers is absent: " + component);
        lines.append(*line).append("\n");
    }
    std::string inputs;
    std::string signatures;
    std::size_t used = 0;
    Error unfit = cannot(scheme, "there is no active key");
    for (const auto& key : keys.keys) {
        if (!key.is_active(now) || used == labels_max) continue;
        const std::string params = parameters(components, key, now);
        const auto signature = signature_over(scheme, key.secret,
                                              lines + "\"@signature-params\": " + params);
        if (!signature) {  // of another kind, while a ring changes from one to the other
            unfit = signature.error();
            continue;
        }
        const std::string label = std::string{used == 0 ? "" : ", "} + "sig"
                                  + std::to_string(used + 1) + "=";
        inputs.append(label).append(params);
        signatures.append(label).append(":").append(*signature).append(":");
        ++used;
    }
    if (used == 0) return unfit;
    headers.push_back({"Signature-Input", std::move(inputs)});
    headers.push_back({"Signature", std::move(signatures)});
    return headers;
}

}  // namespace katydid::signing
