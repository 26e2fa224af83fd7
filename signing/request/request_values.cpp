#include "signing/request/request_values.hpp"

#include "hub/core/json/parse.hpp"
#include "hub/core/json/scan.hpp"
#include "hub/core/text/text.hpp"
#include "signing/algorithms/work.hpp"

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

std::optional<std::string_view> RequestValues::value(const ValueRef& ref)
{
    if (ref.transform == Transform::none) return plain_value(ref);
    for (const auto& [known, text] : made_)
        if (known == &ref) return text;
    const auto plain = plain_value(ref);
    if (!plain) return std::nullopt;
    auto made = transformed(ref.transform, *plain);
    if (!made) return std::nullopt;
    const auto text = keep(std::move(*made));
    // Under another key the text is the same, but for those that the key makes.
    if (!is_keyed(ref.transform)) made_.emplace_back(&ref, text);
    return text;
}

std::optional<std::string_view> RequestValues::first(const ValueRefs& refs)
{
    for (const auto& ref : refs) {
        const auto found = value(ref);
        if (found && !found->empty()) return found;
    }
    return std::nullopt;
}

std::optional<MessageParts> RequestValues::message(const ValueRefs& parts)
{
    MessageParts message;
    for (const auto& ref : parts) {
        auto found = value(ref);
        if (!found && ref.optional) found = std::string_view{};
        if (!found) {
            missing_ = &ref;
            return std::nullopt;
        }
        message.add(*found);
    }
    return message;
}

std::optional<std::string_view> RequestValues::plain_value(const ValueRef& ref)
{
    switch (ref.kind) {
    case ValueKind::literal: return ref.name;
    case ValueKind::header: return header(ref);
    case ValueKind::query: return parameter(ref, parameters(query_, query_of(request_.target)));
    case ValueKind::form: return parameter(ref, form());
    case ValueKind::form_all: return content();
    case ValueKind::json: return json_value(ref.name);
    case ValueKind::json_key: return json_key(ref.name);
    case ValueKind::field: return signature_field(ref.name);
    case ValueKind::bearer: return credentials("Bearer ");
    case ValueKind::basic: {
        const auto text = credentials("Basic ");
        if (!text) return std::nullopt;
        auto bytes = decode(Encoding::base64, *text);
        if (!bytes) return std::nullopt;
        return keep(std::move(*bytes));
    }
    case ValueKind::method: return request_.method;
    case ValueKind::path: return request_.target.substr(0, request_.target.find('?'));
    case ValueKind::target: return request_.target;
    case ValueKind::url: return request_.public_url;
    case ValueKind::body: return request_.body;
    case ValueKind::timestamp:
        return scheme_.timestamp ? first(scheme_.timestamp->refs) : std::nullopt;
    case ValueKind::id: return first(scheme_.id);
    case ValueKind::secret: return secret_;
    }
    return std::nullopt;
}

std::optional<std::string_view> RequestValues::header(const ValueRef& ref)
{
    const std::string* found = nullptr;
    for (const auto& field : request_.headers) {
        // The length tells most of them apart without a call: this is the hot path.
        if (field.name.size() != ref.name.size() || !equal_names(field.name, ref.name)) continue;
        if (found != nullptr) {
            duplicated_ = &ref;
            break;
        }
        found = &field.value;
    }
    if (found == nullptr) return std::nullopt;
    return *found;
}

const Parameters* RequestValues::form() { return parameters(form_, content()); }

const Parameters* RequestValues::parameters(std::optional<Parameters>& parsed,
                                            std::string_view text)
{
    if (!over_limit_.empty()) return nullptr;
    if (!parsed) parsed = parse_parameters(text);
    if (!parsed) over_limit_ = "the request has more than 1000 parameters";
    return parsed ? &*parsed : nullptr;
}

std::optional<std::string_view> RequestValues::parameter(const ValueRef& ref,
                                                         const Parameters* list)
{
    const std::string* found = nullptr;
    if (list == nullptr) return std::nullopt;
    for (const auto& [name, text] : *list) {
        if (name != ref.name) continue;
        if (found != nullptr) duplicated_ = &ref;
        found = &text;
    }
    if (found == nullptr) return std::nullopt;
    return *found;
}

bool RequestValues::is_json()
{
    if (!is_json_)
        is_json_ = request_.outline != nullptr ? request_.outline->read(content())
                                               : json_text::is_json(content());
    return *is_json_;
}

const boost::json::value* RequestValues::json()
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

std::optional<std::string_view> RequestValues::json_value(std::string_view pointer)
{
    if (!is_json()) return std::nullopt;
    const auto* const outline = request_.outline;
    const auto found = outline != nullptr && outline->is_of(content())
                           ? outline->find(pointer)
                           : json_text::find(content(), pointer);
    if (!found) return std::nullopt;
    // Most are numbers and texts without escapes: views into the body.
    if (json_text::is_string(*found) && found->find('\\') == std::string_view::npos)
        return found->substr(1, found->size() - 2);
    auto text = scalar_text(*found);
    if (!text) return std::nullopt;
    return keep(std::move(*text));
}

std::optional<std::string_view> RequestValues::json_key(std::string_view pattern)
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

std::optional<std::string_view> RequestValues::signature_field(std::string_view name)
{
    const auto& rule = scheme_.signature;
    auto list = first(rule.refs);
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
        if (found) duplicated_ = &rule.refs.front();
        found = trimmed(item.substr(split + rule.pair.size()));
    }
    return found;
}

std::optional<std::string_view> RequestValues::credentials(std::string_view scheme_name)
{
    static const ValueRef authorization{ValueKind::header, "Authorization"};
    const auto text = header(authorization);
    if (!text || text->size() <= scheme_name.size()
        || !equal_names(text->substr(0, scheme_name.size()), scheme_name))
        return std::nullopt;
    return trimmed(text->substr(scheme_name.size()));
}

std::optional<std::string> RequestValues::transformed(Transform transform, std::string_view text)
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
