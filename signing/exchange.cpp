#include "signing/exchange.hpp"

#include "hub/core/json/scan.hpp"
#include "hub/core/text.hpp"
#include "signing/parameters.hpp"

#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace katydid::signing {
namespace {

std::string lower_case(std::string_view text)
{
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// Twilio's and Mandrill's form: sorted by name, repeated values once each and sorted.
std::string sorted_parameters(std::string_view form)
{
    Parameters parameters = parse_parameters(form);
    std::sort(parameters.begin(), parameters.end());
    parameters.erase(std::unique(parameters.begin(), parameters.end()), parameters.end());
    std::string out;
    for (const auto& [name, value] : parameters) out.append(name).append(value);
    return out;
}

}  // namespace

std::string MessageParts::joined() const
{
    std::string out;
    for (const auto part : view()) out += part;
    return out;
}

std::optional<std::string> scalar_text(std::string_view value)
{
    if (json_text::is_string(value)) return json_text::unescaped(value.substr(1, value.size() - 2));
    if (value.starts_with('{') || value.starts_with('[') || value == "null") return std::nullopt;
    return std::string{value};
}

std::optional<std::string> scalar_text(const boost::json::value& value)
{
    if (value.is_string()) return std::string{std::string_view{value.get_string()}};
    if (value.is_bool() || value.is_number()) return boost::json::serialize(value);
    return std::nullopt;
}

std::optional<std::string_view> Exchange::value(const Source& source)
{
    const auto plain = plain_value(source);
    if (!plain || source.transform == Transform::none) return plain;
    return transformed(source.transform, *plain);
}

std::optional<std::string_view> Exchange::first(const Sources& sources)
{
    for (const auto& source : sources) {
        const auto found = value(source);
        if (found && !found->empty()) return found;
    }
    return std::nullopt;
}

std::optional<MessageParts> Exchange::message(const Sources& parts)
{
    MessageParts message;
    for (const auto& source : parts) {
        auto found = value(source);
        if (!found && source.optional) found = std::string_view{};
        if (!found) {
            missing_ = &source;
            return std::nullopt;
        }
        message.add(*found);
    }
    return message;
}

std::optional<std::string_view> Exchange::plain_value(const Source& source)
{
    switch (source.kind) {
    case SourceKind::literal: return source.name;
    case SourceKind::header: return header(source);
    case SourceKind::query: return parameter(source, query_of(request_.target));
    case SourceKind::form: return parameter(source, content());
    case SourceKind::form_all: return content();
    case SourceKind::json: return json_value(source.name);
    case SourceKind::json_key: return json_key(source.name);
    case SourceKind::field: return signature_field(source.name);
    case SourceKind::bearer: return credentials("Bearer ");
    case SourceKind::basic: {
        const auto text = credentials("Basic ");
        if (!text) return std::nullopt;
        auto bytes = decode(Encoding::base64, *text);
        if (!bytes) return std::nullopt;
        return keep(std::move(*bytes));
    }
    case SourceKind::method: return request_.method;
    case SourceKind::path: return request_.target.substr(0, request_.target.find('?'));
    case SourceKind::target: return request_.target;
    case SourceKind::url: return request_.public_url;
    case SourceKind::body: return request_.body;
    case SourceKind::timestamp:
        return scheme_.timestamp ? first(scheme_.timestamp->sources) : std::nullopt;
    case SourceKind::id: return first(scheme_.id);
    case SourceKind::secret: return secret_;
    }
    return std::nullopt;
}

std::optional<std::string_view> Exchange::header(const Source& source)
{
    const std::string* found = nullptr;
    for (const auto& field : request_.headers) {
        // The length tells most of them apart without a call: this is the hot path.
        if (field.name.size() != source.name.size() || !equal_names(field.name, source.name))
            continue;
        if (found != nullptr) {
            duplicated_ = &source;
            break;
        }
        found = &field.value;
    }
    if (found == nullptr) return std::nullopt;
    return *found;
}

std::optional<std::string_view> Exchange::parameter(const Source& source,
                                                    std::string_view parameters)
{
    std::optional<std::string> found;
    for (auto& [name, text] : parse_parameters(parameters)) {
        if (name != source.name) continue;
        if (found) {
            duplicated_ = &source;
            break;
        }
        found = std::move(text);
    }
    if (!found) return std::nullopt;
    return keep(std::move(*found));
}

bool Exchange::is_json()
{
    if (!is_json_) is_json_ = json_text::is_json(content());
    return *is_json_;
}

const boost::json::value* Exchange::json()
{
    if (!json_tried_) {
        json_tried_ = true;
        boost::json::parse_options options;
        options.max_depth = 32;
        json_resource_.emplace(json_memory_.data(), json_memory_.size());
        std::array<unsigned char, 4096> scratch;
        boost::json::parser parser{{}, options, scratch.data(), scratch.size()};
        parser.reset(&*json_resource_);
        boost::system::error_code error;
        parser.write(content().data(), content().size(), error);
        if (!error) json_.emplace(parser.release());
    }
    return json_ ? &*json_ : nullptr;
}

std::optional<std::string_view> Exchange::json_value(std::string_view pointer)
{
    if (!is_json()) return std::nullopt;
    const auto found = json_text::find(content(), pointer);
    if (!found) return std::nullopt;
    // Most are numbers and texts without escapes: views into the body.
    if (json_text::is_string(*found) && found->find('\\') == std::string_view::npos)
        return found->substr(1, found->size() - 2);
    auto text = scalar_text(*found);
    if (!text) return std::nullopt;
    return keep(std::move(*text));
}

std::optional<std::string_view> Exchange::json_key(std::string_view pattern)
{
    if (!is_json()) return std::nullopt;
    if (pattern.starts_with('*')) pattern.remove_prefix(1);
    std::optional<std::string_view> found;
    json_text::for_each_member(json_text::without_mark(content()),
                               [&](std::string_view name, std::string_view) {
                                   if (!found && name.ends_with(pattern)) found = name;
                               });
    return found;
}

std::optional<std::string_view> Exchange::signature_field(std::string_view name)
{
    const auto& rule = scheme_.signature;
    auto list = first(rule.sources);
    if (!list) return std::nullopt;
    std::size_t index = 0;
    std::optional<std::string_view> found;
    while (!list->empty()) {
        const auto item = take_item(*list, rule.items);
        if (rule.pair.empty()) {
            if (std::to_string(index++) == name) return item;
            continue;
        }
        const auto split = item.find(rule.pair);
        if (split == std::string_view::npos || trimmed(item.substr(0, split)) != name) continue;
        if (found) duplicated_ = &rule.sources.front();
        found = trimmed(item.substr(split + rule.pair.size()));
    }
    return found;
}

std::optional<std::string_view> Exchange::credentials(std::string_view scheme_name)
{
    static const Source authorization{SourceKind::header, "Authorization"};
    const auto text = header(authorization);
    if (!text || text->size() <= scheme_name.size()
        || !equal_names(text->substr(0, scheme_name.size()), scheme_name))
        return std::nullopt;
    return trimmed(text->substr(scheme_name.size()));
}

std::string_view Exchange::transformed(Transform transform, std::string_view text)
{
    switch (transform) {
    case Transform::none: return text;
    case Transform::lower: return keep(lower_case(text));
    case Transform::url_decode: return keep(url_decoded(text, false));
    case Transform::sha256_hex: return keep(sha256_hex(text));
    case Transform::sha256_base64:
        return keep(encode(Encoding::base64, digest(Hash::sha256, text).view()));
    case Transform::crc32_decimal: return keep(std::to_string(crc32(text)));
    case Transform::sorted_params: return keep(sorted_parameters(text));
    case Transform::hmac_hex:
        return keep(encode(Encoding::hex, hmac(Hash::sha256, secret_, text).view()));
    case Transform::hmac_base64:
        return keep(encode(Encoding::base64, hmac(Hash::sha256, secret_, text).view()));
    }
    return {};
}

}  // namespace katydid::signing
