#include "signing/sources.hpp"

#include "hub/core/text.hpp"

namespace katydid::signing {
namespace {

struct KindInfo {
    SourceKind kind;
    std::string_view name;
    bool has_argument;
};

constexpr std::array<KindInfo, 18> kinds{{
    {SourceKind::header, "header", true},
    {SourceKind::query, "query", true},
    {SourceKind::form, "form", true},
    {SourceKind::form_all, "form-params", false},
    {SourceKind::json, "json", true},
    {SourceKind::json_key, "json-key", true},
    {SourceKind::field, "field", true},
    {SourceKind::literal, "literal", true},
    {SourceKind::bearer, "bearer", false},
    {SourceKind::basic, "basic", false},
    {SourceKind::method, "method", false},
    {SourceKind::path, "path", false},
    {SourceKind::target, "target", false},
    {SourceKind::url, "url", false},
    {SourceKind::body, "body", false},
    {SourceKind::timestamp, "timestamp", false},
    {SourceKind::id, "id", false},
    {SourceKind::secret, "secret", false},
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

result<Source> parse_source(std::string_view text)
{
    Source source;
    if (const auto bar = text.find('|'); bar != std::string_view::npos) {
        const auto transform = value_of(transforms, text.substr(bar + 1));
        if (!transform) return wrong("unknown transform " + quoted(text.substr(bar + 1)));
        source.transform = *transform;
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
        source.kind = info.kind;
        if (info.has_argument) source.name = text.substr(colon + 1);
        if (info.has_argument && source.name.empty())
            return wrong("the value source " + quoted(text) + " has an empty name");
        if (info.has_argument && info.kind != SourceKind::literal && source.name.ends_with('?')) {
            source.optional = true;
            source.name.pop_back();
        }
        if (!scope.empty() && info.kind != SourceKind::json && info.kind != SourceKind::header)
            return wrong("\"of\" goes with json and header only: " + quoted(text));
        if (info.kind == SourceKind::json
            && (!source.name.starts_with('/') || (!scope.empty() && !scope.starts_with('/'))))
            return wrong("the JSON pointer in " + quoted(text) + " must begin with a slash");
        if ((source.kind == SourceKind::form_all) != (source.transform == Transform::sorted_params))
            return wrong("form-params and sorted-params go together: {form-params|sorted-params}");
        if (!scope.empty())
            source.scope.push_back({source.kind, std::string{scope}, source.transform});
        return source;
    }
    return wrong("unknown value source " + quoted(text));
}

std::string to_text(const Source& source)
{
    std::string text;
    for (const auto& info : kinds)
        if (info.kind == source.kind) text = info.name;
    if (!source.name.empty()) text.append(":").append(source.name);
    if (!source.scope.empty()) text.append(" of ").append(source.scope.front().name);
    return text;
}

result<Sources> parse_template(std::string_view text)
{
    Sources parts;
    std::string literal;
    const auto end_literal = [&] {
        if (!literal.empty())
            parts.push_back({SourceKind::literal, literal, Transform::none, false, {}});
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
            auto source = parse_source(text.substr(1, close - 1));
            if (!source) return source.error();
            end_literal();
            parts.push_back(std::move(*source));
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
