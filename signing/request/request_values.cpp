#include "signing/exchange.hpp"

#include "hub/core/json/parse.hpp"
#include "hub/core/json/scan.hpp"
#include "hub/core/text.hpp"
#include "signing/work.hpp"

#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace katydid::signing {
namespace {

/// Twilio's and Mandrill's form: name and value of every parameter, sorted. The SDKs write equal
/// pairs once; what is not written is not signed, so here every pair counts.
std::string sorted_parameters(Parameters parameters)
{
    std::sort(parameters.begin(), parameters.end());
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
    if (source.transform == Transform::none) return plain_value(source);
    for (const auto& [known, text] : made_)
        if (known == &source) return text;
    const auto plain = plain_value(source);
    if (!plain) return std::nullopt;
    auto made = transformed(source.transform, *plain);
    if (!made) return std::nullopt;
    const auto text = keep(std::move(*made));
    // Under another key the text is the same, but for those that the key makes.
    if (!is_keyed(source.transform)) made_.emplace_back(&source, text);
    return text;
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
    case SourceKind::query:
        return parameter(source, parameters(query_, query_of(request_.target)));
    case SourceKind::form: return parameter(source, form());
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

const Parameters* Exchange::form() { return parameters(form_, content()); }

const Parameters* Exchange::parameters(std::optional<Parameters>& parsed, std::string_view text)
{
    if (!over_limit_.empty()) return nullptr;
    if (!parsed) parsed = parse_parameters(text);
    if (!parsed) over_limit_ = "the request has more than 1000 parameters";
    return parsed ? &*parsed : nullptr;
}

std::optional<std::string_view> Exchange::parameter(const Source& source, const Parameters* list)
{
    const std::string* found = nullptr;
    if (list == nullptr) return std::nullopt;
    for (const auto& [name, text] : *list) {
        if (name != source.name) continue;
        if (found != nullptr) duplicated_ = &source;
        found = &text;
    }
    if (found == nullptr) return std::nullopt;
    return *found;
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
        count_work(json_work_factor * content().size());
        boost::json::parse_options options;
        options.max_depth = 32;
        json_resource_.emplace(json_memory_.data(), json_memory_.size());
        std::array<unsigned char, 4096> scratch;
        boost::json::parser parser{{}, options, scratch.data(), scratch.size()};
        parser.reset(&*json_resource_);
        boost::system::error_code error;
        parser.write(content().data(), content().size(), error);
        if (!error) json_.emplace(parser.release());
        else if (auto value = json_text::parse(content(), error, &*json_resource_); !error)
            json_.emplace(std::move(value));
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

std::optional<std::string> Exchange::transformed(Transform transform, std::string_view text)
{
    count_work(text.size());
    switch (transform) {
    case Transform::none: return std::string{text};
    case Transform::lower: return lower_case(text);
    case Transform::url_decode: return url_decoded(text, false);
    case Transform::sha256_hex: return sha256_hex(text);
    case Transform::sha256_base64:
        return encode(Encoding::base64, digest(Hash::sha256, text).view());
    case Transform::crc32_decimal: return std::to_string(crc32(text));
    case Transform::sorted_params:
        if (const auto* list = form()) return sorted_parameters(*list);
        return std::nullopt;
    case Transform::hmac_hex:
        return encode(Encoding::hex, hmac(Hash::sha256, secret_, text).view());
    case Transform::hmac_base64:
        return encode(Encoding::base64, hmac(Hash::sha256, secret_, text).view());
    }
    return std::nullopt;
}

}  // namespace katydid::signing
