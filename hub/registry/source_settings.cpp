#include "hub/registry/source_settings.hpp"

#include "hub/core/text.hpp"
#include "signing/algorithms/digest.hpp"

#include <boost/json.hpp>

namespace katydid::registry {
namespace {

namespace json = boost::json;

constexpr NameTable<Unsigned, 2> choices{
    {{Unsigned::accept, "accept"}, {Unsigned::refuse, "refuse"}}};

json::value text_or_null(const std::string& text)
{
    return text.empty() ? json::value{} : json::value(text);
}

std::string text_of(const json::object& object, std::string_view name)
{
    const auto* value = object.if_contains(name);
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string{*text} : std::string{};
}

bool flag_of(const json::object& object, std::string_view name)
{
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace

json::object to_json(const SourceSettings& settings)
{
    json::object object;
    object["public_url"] = text_or_null(settings.public_url);
    object["client_subject"] = text_or_null(settings.client_subject);
    object["gzip"] = settings.gzip;
    object["tolerance"] = settings.tolerance ? json::value(to_duration_text(*settings.tolerance))
                                             : json::value{};
    object["repeats"] = to_text(settings.repeats);
    object["unsigned_types"] = to_text(settings.unsigned_types);
    object["split"] = settings.split;
    object["principal"] = text_or_null(settings.principal);
    object["has_verify_token"] = !settings.verify_token_sha256.empty();
    return object;
}

std::string to_text(const SourceSettings& settings)
{
    auto object = to_json(settings);
    object["verify_token_sha256"] = settings.verify_token_sha256;
    return json::serialize(object);
}

void set_verify_token(SourceSettings& settings, std::string_view token)
{
    settings.verify_token_sha256 = signing::sha256_hex(token);
}

SourceSettings read_source_settings(std::string_view text)
{
    SourceSettings settings;
    json::error_code error;
    const auto value = json::parse(text, error);
    if (error || !value.is_object()) return settings;
    const auto& object = value.get_object();
    settings.public_url = text_of(object, "public_url");
    settings.client_subject = text_of(object, "client_subject");
    settings.gzip = flag_of(object, "gzip");
    settings.tolerance = parse_duration(text_of(object, "tolerance"));
    settings.repeats = parse_unsigned(text_of(object, "repeats")).value_or(Unsigned::accept);
    settings.unsigned_types
        = parse_unsigned(text_of(object, "unsigned_types")).value_or(Unsigned::accept);
    settings.split = flag_of(object, "split");
    settings.principal = text_of(object, "principal");
    settings.verify_token_sha256 = text_of(object, "verify_token_sha256");
    return settings;
}

std::string_view to_text(Unsigned choice) noexcept { return name_of(choices, choice); }

std::optional<Unsigned> parse_unsigned(std::string_view text) noexcept
{
    return value_of(choices, text);
}

}  // namespace katydid::registry
