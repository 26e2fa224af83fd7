#include "signing/schemes/value_refs.hpp"

#include "hub/core/text/text.hpp"

namespace katydid::signing {
namespace {

struct KindInfo {
    ValueKind kind;
    std::string_view name;
    bool has_argument;
};

constexpr std::array<KindInfo, 18> kinds{{
    {ValueKind::header, "header", true},
    {ValueKind::query, "query", true},
    {ValueKind::form, "form", true},
    {ValueKind::form_all, "form-params", false},
    {ValueKind::json, "json", true},
    {ValueKind::json_key, "json-key", true},
    {ValueKind::field, "field", true},
    {ValueKind::literal, "literal", true},
    {ValueKind::bearer, "bearer", false},
    {ValueKind::basic, "basic", false},
    {ValueKind::method, "method", false},
    {ValueKind::path, "path", false},
    {ValueKind::target, "target", false},
    {ValueKind::url, "url", false},
    {ValueKind::body, "body", false},
    {ValueKind::timestamp, "timestamp", false},
    {ValueKind::id, "id", false},
    {ValueKind::secret, "secret", false},
}};

constexpr NameTable<Transform, 8> transforms{{
    {Transform::lower, "lower"},
    {Transform::url_decode, "url-decode"},
    {Transform::sha256_hex, "sha256-hex"},
    {Transform::sha256_base64, "sha256-base64"},
    {Transform::crc32_decimal, "crc32-dec"},
    {Transform::sorted_params, "sorted-params"},
    {Transform::hmac_hex, "hmac-hex"},
    {Transform::hmac_base64, "hmac-base64"},
}};

Error wrong(std::string text) { return {errc::invalid_argument, std::move(text)}; }

std::string quoted(std::string_view text) { return "\"" + std::string{text} + "\""; }

}  // namespace

result<ValueRef> parse_value_ref(std::string_view text)
{
    ValueRef ref;
    if (const auto bar = text.find('|'); bar != std::string_view::npos) {
        const auto transform = value_of(transforms, text.substr(bar + 1));
        if (!transform) return wrong("unknown transform " + quoted(text.substr(bar + 1)));
        ref.transform = *transform;
        text = text.substr(0, bar);
    }
    const auto of = text.find(" of ");
    const auto scope = of == std::string_view::npos ? std::string_view{} : text.substr(of + 4);
    text = text.substr(0, of);
    const auto colon = text.find(':');
    const auto kind = text.substr(0, colon);
    for (const auto& info : kinds) {
        if (info.name != kind) continue;
        if (info.has_argument != (colon != std::string_view::npos))
            return wrong("the value source " + quoted(text)
                         + (info.has_argument ? " needs a name after a colon" : " takes no name"));
        ref.kind = info.kind;
        if (info.has_argument) ref.name = text.substr(colon + 1);
        if (info.has_argument && ref.name.empty())
            return wrong("the value source " + quoted(text) + " has an empty name");
        if (info.has_argument && info.kind != ValueKind::literal && ref.name.ends_with('?')) {
            ref.optional = true;
            ref.name.pop_back();
        }
        if (!scope.empty() && info.kind != ValueKind::json && info.kind != ValueKind::header)
            return wrong("\"of\" goes with json and header only: " + quoted(text));
        if (info.kind == ValueKind::json
            && (!ref.name.starts_with('/') || (!scope.empty() && !scope.starts_with('/'))))
            return wrong("the JSON pointer in " + quoted(text) + " must begin with a slash");
        if ((ref.kind == ValueKind::form_all) != (ref.transform == Transform::sorted_params))
            return wrong("form-params and sorted-params go together: {form-params|sorted-params}");
        if (!scope.empty()) ref.scope.push_back({ref.kind, std::string{scope}, ref.transform});
        return ref;
    }
    return wrong("unknown value source " + quoted(text));
}

std::string to_text(const ValueRef& ref)
{
    std::string text;
    for (const auto& info : kinds)
        if (info.kind == ref.kind) text = info.name;
    if (!ref.name.empty()) text.append(":").append(ref.name);
    if (!ref.scope.empty()) text.append(" of ").append(ref.scope.front().name);
    return text;
}

result<ValueRefs> parse_template(std::string_view text)
{
    ValueRefs parts;
    std::string literal;
    const auto end_literal = [&] {
        if (!literal.empty())
            parts.push_back({ValueKind::literal, literal, Transform::none, false, {}});
        literal.clear();
    };
    while (!text.empty()) {
        if (text.starts_with("{{") || text.starts_with("}}")) {
            literal += text.front();
            text.remove_prefix(2);
        } else if (text.front() == '}') {
            return wrong("a } without a { in a template; write }} for the character");
        } else if (text.front() == '{') {
            const auto close = text.find('}');
            if (close == std::string_view::npos) return wrong("a { without a } in a template");
            auto ref = parse_value_ref(text.substr(1, close - 1));
            if (!ref) return ref.error();
            end_literal();
            parts.push_back(std::move(*ref));
            text.remove_prefix(close + 1);
        } else {
            literal += text.front();
            text.remove_prefix(1);
        }
    }
    end_literal();
    return parts;
}

}  // namespace katydid::signing
