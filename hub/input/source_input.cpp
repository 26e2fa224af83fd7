#include "hub/input/source_input.hpp"

#include "hub/core/text/reserved.hpp"
#include "hub/http/egress/egress.hpp"
#include "hub/registry/named.hpp"
#include "hub/registry/source_entry.hpp"
#include "signing/algorithms/digest.hpp"
#include "signing/schemes/scheme_traits.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::input {
namespace {

namespace json = boost::json;

std::vector<signing::SchemePtr> find_schemes(const Source& source, const SourceRules& rules,
                                             std::vector<Fault>& faults)
{
    std::vector<signing::SchemePtr> found;
    for (std::size_t i = 0; i < source.schemes.size(); ++i) {
        auto scheme = rules.schemes.find(rules.tenant, source.schemes[i]);
        if (scheme) found.push_back(std::move(scheme));
        else
            faults.push_back(
                {"/schemes/" + std::to_string(i),
                 "there is no scheme \"" + source.schemes[i] + "\": GET /v1/schemes lists them"});
    }
    return found;
}

/// Beside another scheme, which would take that key as well, a source gets none by a handshake.
bool gets_its_key(const std::vector<signing::SchemePtr>& schemes)
{
    return schemes.size() == 1 && signing::traits_of(*schemes.front()).receives_key;
}

/// A secret that is given must fit; a new source without one gets one, where the hub can make it.
void settle_secret(SourceInput& input, const std::vector<signing::SchemePtr>& schemes,
                   const SourceRules& rules, std::vector<Fault>& faults)
{
    if (input.secret) {
        if (const auto fits = check_any(schemes, *input.secret); !fits)
            faults.push_back({"/secret", fits.error().message});
        return;
    }
    if (rules.keys != nullptr) {
        const auto is_fit = [&](const signing::Key& key) {
            return !key.is_active(rules.now) || key.secret.empty()
                   || check_any(schemes, key.secret).has_value();
        };
        if (!std::ranges::all_of(rules.keys->keys, is_fit))
            faults.push_back({"/schemes", "the source's secret does not fit this scheme: make a "
                                          "new source for it, or rotate to a secret that fits "
                                          "both"});
        return;
    }
    if (gets_its_key(schemes)) return;
    if (const auto issuing = issuing_scheme(schemes)) {
        faults.push_back({"/secret", "is missing: " + signing::scheme_title(*issuing)
                                         + " shows the secret that it signs with when it is given "
                                           "the URL of this source, …/api/webhooks/"
                                         + input.source.name});
        return;
    }
    auto made = make_any(schemes);
    if (!made) {
        faults.push_back({"/secret", "is missing: " + made.error().message});
        return;
    }
    input.generated = made->secret.text();
    input.secret = std::move(made->secret);
}

}  // namespace

result<void> check_any(const std::vector<signing::SchemePtr>& schemes, const Secret& secret)
{
    std::optional<Error> first;
    for (const auto& scheme : schemes) {
        auto fits = signing::check_secret(*scheme, secret, signing::KeyUse::verify);
        if (fits) return {};
        if (!first) first = fits.error();
    }
    return first.value_or(Error{errc::invalid_argument, "the source has no scheme"});
}

signing::SchemePtr issuing_scheme(const std::vector<signing::SchemePtr>& schemes)
{
    const auto found = std::ranges::find_if(schemes, [](const signing::SchemePtr& scheme) {
        return signing::traits_of(*scheme).issues_secret;
    });
    return found == schemes.end() ? nullptr : *found;
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

void change_source(const json::object& body, Source& source, std::vector<Fault>& faults)
{
    auto& settings = source.settings;
    const auto name = std::exchange(source.name, {});
    from_json(body, source, faults);
    from_json(body, settings, faults);
    if (source.name.empty()) source.name = name;
    if (!source.id.is_nil() && source.name != name)
        faults.push_back(
            {"/name", "cannot be changed: it is part of the URL that the provider has"});
    if (source.name == "." || source.name == "..")
        faults.push_back({"/name", "cannot be a part of a URL"});
    if (source.name != name && is_reserved_name(source.name))
        faults.push_back({"/name", reserved_name_fault(source.name)});
    if (auto fault = registry::id_name_fault<SourceId>(source.name); !fault.empty())
        faults.push_back({"/name", std::move(fault)});
    if (body.contains("public_url") && !settings.public_url.empty())
        if (const auto parsed = http::EgressPolicy::parse_url(settings.public_url); !parsed)
            faults.push_back({"/public_url", parsed.error().message});
    if (settings.tolerance.value_or(milliseconds{0}) > tolerance_max)
        faults.push_back({"/tolerance", "must be at most \"7d\""});
    if (const auto* token = body.if_contains("verify_token")) {
        settings.verify_token_sha256.clear();
        if (!token->is_null())
            settings.verify_token_sha256 = signing::sha256_hex(token->get_string());
    }
}

std::optional<SourceInput> read_source(const json::object& body, const Source& base,
                                       const SourceRules& rules, std::vector<Fault>& faults)
{
    SourceInput input;
    input.source = base;
    change_source(body, input.source, faults);
    const auto& settings = input.source.settings;
    if (body.contains("client_subject") && !settings.client_subject.empty()
        && !rules.asks_for_certificates)
        faults.push_back({"/client_subject", "needs a listener that asks for client certificates: "
                                             "an operator sets tls.client_ca_file"});
    const auto schemes = find_schemes(input.source, rules, faults);
    if (const auto* secret = body.if_contains("secret"))
        input.secret = signing::read_secret(secret->get_string());
    if (auto fault = registry::source_fault(schemes, settings))
        faults.push_back({pointer_to("", fault->setting), std::move(fault->why)});
    if (faults.empty()) settle_secret(input, schemes, rules, faults);
    if (!faults.empty()) return std::nullopt;
    return input;
}

}  // namespace katydid::input
