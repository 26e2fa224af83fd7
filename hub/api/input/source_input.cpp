#include "hub/api/input/source_input.hpp"

#include "hub/core/reserved.hpp"
#include "hub/http/egress/egress.hpp"
#include "hub/registry/source_entry.hpp"
#include "signing/schemes/scheme_traits.hpp"

#include <algorithm>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::size_t schemes_max = 8;

bool is_name(std::string_view name)
{
    return !name.empty()
           && std::ranges::all_of(name,
                                  [](char c) {
                                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                                             || (c >= '0' && c <= '9') || c == '-' || c == '_'
                                             || c == '.';
                                  })
           && name != "." && name != "..";
}

void read_name(ObjectReader& reader, store::Source& source)
{
    const auto name = reader.text("name", 100);
    if (!source.id.is_nil()) {
        if (name && *name != source.name)
            reader.fault("name", "cannot be changed: it is part of the URL that the provider has");
        return;
    }
    if (!name && !reader.contains("name")) reader.fault("name", "is missing: name the source");
    if (name && !is_name(*name))
        reader.fault("name", "must be letters, digits, '-', '_' and '.': it is part of a URL");
    if (name && is_reserved_name(*name)) reader.fault("name", reserved_name_fault(*name));
    source.name = name.value_or("");
}

std::vector<signing::SchemePtr> find_schemes(const store::Source& source, const SourceRules& rules,
                                             ObjectReader& reader, std::vector<Fault>& faults)
{
    std::vector<signing::SchemePtr> found;
    for (std::size_t i = 0; i < source.schemes.size(); ++i) {
        auto scheme = rules.schemes.find(rules.tenant, source.schemes[i]);
        if (!scheme)
            faults.push_back(
                {reader.pointer_to("schemes") + "/" + std::to_string(i),
                 "there is no scheme \"" + source.schemes[i] + "\": GET /v1/schemes lists them"});
        else found.push_back(std::move(scheme));
    }
    return found;
}

void read_schemes(ObjectReader& reader, store::Source& source)
{
    const bool is_given = reader.contains("schemes");
    const auto names = reader.texts("schemes");
    if (!is_given && !source.id.is_nil()) return;
    if (!names || names->empty() || names->size() > schemes_max)
        reader.fault("schemes", "name 1 to 8 signature schemes: GET /v1/schemes lists them");
    source.schemes = names.value_or(std::vector<std::string>{});
}

/// null takes it away; what is not there leaves it. False: it was a fault.
bool read_or_clear(ObjectReader& reader, std::string_view name, std::string& into)
{
    const auto* value = reader.take(name);
    if (value == nullptr) return true;
    if (value->is_null()) {
        into.clear();
        return true;
    }
    auto text = reader.text(name, 2048);
    if (text) into = std::move(*text);
    return text.has_value();
}

void read_choice(ObjectReader& reader, std::string_view name, Unsigned& into)
{
    const auto text = reader.text(name, 16);
    if (!text) return;
    const auto choice = registry::parse_unsigned(*text);
    if (choice) into = *choice;
    else reader.fault(name, "must be \"accept\" or \"refuse\"");
}

/// null: what the scheme itself allows.
void read_tolerance(ObjectReader& reader, std::optional<milliseconds>& into)
{
    const auto* value = reader.take("tolerance");
    if (value == nullptr) return;
    if (value->is_null()) {
        into.reset();
        return;
    }
    const auto given = reader.duration("tolerance");
    if (given && *given > registry::tolerance_max)
        reader.fault("tolerance", "must be at most \"7d\"");
    else if (given) into = *given;
}

void read_settings(ObjectReader& reader, store::Source& source, const SourceRules& rules)
{
    auto settings = registry::read_source_settings(source.settings);
    const bool is_text = read_or_clear(reader, "public_url", settings.public_url);
    if (is_text && !settings.public_url.empty())
        if (const auto parsed = http::EgressPolicy::parse_url(settings.public_url); !parsed)
            reader.fault("public_url", parsed.error().message);
    const bool is_given = read_or_clear(reader, "client_subject", settings.client_subject)
                          && reader.contains("client_subject");
    if (is_given && !settings.client_subject.empty() && !rules.asks_for_certificates)
        reader.fault("client_subject", "needs a listener that asks for client certificates: an "
                                       "operator sets tls.client_ca_file");
    static_cast<void>(read_or_clear(reader, "principal", settings.principal));
    std::string token;
    const bool is_token = read_or_clear(reader, "verify_token", token);
    if (is_token && reader.contains("verify_token")) {
        settings.verify_token_sha256.clear();
        if (!token.empty()) registry::set_verify_token(settings, token);
    }
    if (const auto gzip = reader.flag("gzip")) settings.gzip = *gzip;
    if (const auto split = reader.flag("split")) settings.split = *split;
    read_choice(reader, "repeats", settings.repeats);
    read_choice(reader, "unsigned_types", settings.unsigned_types);
    read_tolerance(reader, settings.tolerance);
    source.settings = registry::to_text(settings);
}

/// Beside another scheme, which would take that key as well, a source gets none by a handshake.
bool gets_its_key(const std::vector<signing::SchemePtr>& schemes)
{
    return schemes.size() == 1 && signing::traits_of(*schemes.front()).receives_key;
}

/// A secret that is given must fit; a new source without one gets one, where the hub can make it.
void settle_secret(ObjectReader& reader, SourceInput& input,
                   const std::vector<signing::SchemePtr>& schemes, const SourceRules& rules)
{
    if (input.secret) {
        if (const auto fits = check_any(schemes, *input.secret); !fits)
            reader.fault("secret", fits.error().message);
        return;
    }
    if (rules.keys != nullptr) {
        const auto is_fit = [&](const signing::Key& key) {
            return !key.is_active(rules.now) || key.secret.empty()
                   || check_any(schemes, key.secret).has_value();
        };
        if (!std::ranges::all_of(rules.keys->keys, is_fit))
            reader.fault("schemes", "the source's secret does not fit this scheme: make a new "
                                    "source for it, or rotate to a secret that fits both");
        return;
    }
    if (gets_its_key(schemes)) return;
    auto made = make_any(schemes);
    if (!made) {
        reader.fault("secret", "is missing: " + made.error().message);
        return;
    }
    input.generated = made->secret.text();
    input.secret = std::move(made->secret);
}

}  // namespace

result<void> check_any(const std::vector<signing::SchemePtr>& schemes,
                       const signing::Secret& secret)
{
    std::optional<Error> first;
    for (const auto& scheme : schemes) {
        auto fits = signing::check_secret(*scheme, secret, signing::KeyUse::verify);
        if (fits) return {};
        if (!first) first = fits.error();
    }
    return first.value_or(Error{errc::invalid_argument, "the source has no scheme"});
}

result<signing::MadeSecret> make_any(const std::vector<signing::SchemePtr>& schemes)
{
    std::optional<Error> first;
    for (const auto& scheme : schemes) {
        auto made = signing::make_secret(*scheme, signing::KeyUse::verify);
        if (made) return made;
        if (!first) first = made.error();
    }
    return first.value_or(Error{errc::invalid_argument, "the source has no scheme"});
}

std::optional<SourceInput> read_source(const json::object& body, const store::Source& base,
                                       const SourceRules& rules, std::vector<Fault>& faults)
{
    SourceInput input;
    input.source = base;
    ObjectReader reader{body, "", faults};
    read_name(reader, input.source);
    read_schemes(reader, input.source);
    read_settings(reader, input.source, rules);
    const auto schemes = find_schemes(input.source, rules, reader, faults);
    if (const auto text = base.id.is_nil() ? reader.text("secret", 8192) : std::nullopt)
        input.secret = signing::read_secret(*text);
    if (!base.id.is_nil() && reader.contains("secret")) {
        static_cast<void>(reader.take("secret"));
        reader.fault("secret", "is changed by POST /v1/sources/{id}/rotate-secret");
    }
    const auto settings = registry::read_source_settings(input.source.settings);
    if (const auto fault = registry::source_fault(schemes, settings))
        reader.fault(fault->setting, fault->why);
    if (faults.empty()) settle_secret(reader, input, schemes, rules);
    reader.finish();
    if (!faults.empty()) return std::nullopt;
    return input;
}

}  // namespace katydid::api
