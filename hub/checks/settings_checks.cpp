#include "hub/checks/settings_checks.hpp"

#include "hub/core/subscription/fixed_subscription.hpp"
#include "hub/input/subscription_signature.hpp"
#include "signing/schemes/scheme.hpp"
#include "signing/keys/secrets.hpp"

#include <algorithm>

namespace katydid::checks {
namespace {

signing::SchemePtr find_scheme(const config::Settings& settings, const std::string& name)
{
    for (const auto& own : settings.schemes)
        if (own.name == name) {
            auto loaded = signing::load_scheme(own.name, own.toml);
            return loaded ? *loaded : nullptr;
        }
    return signing::find_scheme(name);
}

/// A scheme and a secret that are to work together, and whose they are.
struct Pair {
    const config::Settings& settings;
    std::string whose;
    std::string scheme;
    signing::KeyUse use = signing::KeyUse::verify;
};

void check_pair(const Pair& pair, const Secret& secret, Findings& findings)
{
    const auto scheme = find_scheme(pair.settings, pair.scheme);
    if (!scheme) {
        findings.push_back(fault("secrets",
                                 pair.whose + " names the scheme \"" + pair.scheme
                                     + "\", and there is none of that name.",
                                 "`katydid schemes` lists them."));
        return;
    }
    const auto checked = signing::check_secret(*scheme, secret, pair.use);
    if (!checked)
        findings.push_back(fault("secrets",
                                 "The secret of " + pair.whose + " does not fit the scheme \""
                                     + pair.scheme + "\".",
                                 checked.error().message));
}

/// What was not taken away because it may be meant, but probably is not.
void check_writing(std::string_view whose, const Secret& secret, Findings& findings)
{
    const auto doubt = signing::secret_doubt(secret.text());
    if (doubt.empty()) return;
    findings.push_back(warning("secrets", "The secret of " + std::string{whose} + " " + doubt + ".",
                               "Compare it with what the other side shows."));
}

bool is_set(const config::Environment& environment, const char* name)
{
    const auto found = environment.find(name);
    return found != environment.end() && !found->second.empty();
}

}  // namespace

LoadedSettings check_settings(const config::Inputs& inputs)
{
    auto loaded = config::load_all(inputs);
    if (loaded.mistakes.empty())
        return {std::move(loaded.settings), {well("settings", "Every setting can be read.")}, {}};
    Findings findings;
    for (auto& mistake : loaded.mistakes)
        findings.push_back(fault("settings", std::move(mistake), {}));
    return {std::nullopt, std::move(findings), std::move(loaded.settings)};
}

Findings check_secrets(const config::Settings& settings)
{
    Findings findings;
    std::size_t checked = 0;
    for (const auto& source : settings.sources)
        for (const auto& scheme : source.schemes)
            for (const auto& secret : source.secrets) {
                check_pair({settings, "the source \"" + source.name + "\"", scheme,
                            signing::KeyUse::verify},
                           secret, findings);
                ++checked;
            }
    for (const auto& source : settings.sources)
        for (const auto& secret : source.secrets)
            check_writing("the source \"" + source.name + "\"", secret, findings);
    for (const auto& made : settings.subscriptions) {
        const auto scheme = input::signing_scheme_name(made->subscription);
        if (made->secret)
            check_writing("the subscription \"" + made->subscription.name + "\"", *made->secret,
                          findings);
        if (!made->secret || scheme.empty()) continue;
        check_pair({settings, "the subscription \"" + made->subscription.name + "\"", scheme,
                    signing::KeyUse::sign},
                   *made->secret, findings);
        ++checked;
    }
    for (const auto& identity : settings.identities)
        if (identity.oauth)
            check_writing("the identity \"" + identity.name + "\"", identity.oauth->client_secret,
                          findings);
    check_writing("ATLVS_API_KEY", settings.bridge.atlvs.key, findings);
    check_writing("GRASSHOPPER_API_KEY", settings.bridge.grasshopper.key, findings);
    if (settings.operator_key) {
        check_writing("KATYDID_OPERATOR_KEY", *settings.operator_key, findings);
        if (settings.operator_key->text().size() < config::operator_key_bytes_min)
            findings.push_back(fault("secrets", "KATYDID_OPERATOR_KEY can be guessed.",
                                     config::operator_key_rule));
    }
    if (findings.empty())
        findings.push_back(
            well("secrets", checked == 0 ? "No secrets to check."
                                         : std::to_string(checked)
                                               + " secrets of the settings fit their schemes."));
    return findings;
}

Findings check_platforms(const config::Settings& settings, const config::Environment& environment)
{
    Findings findings;
    const auto has_source = [&](std::string_view name) {
        return std::ranges::any_of(settings.sources, [&](const auto& s) { return s.name == name; });
    };
    struct Half {
        const char* is_there;
        const char* is_missing;
        const char* why;
    };
    constexpr Half halves[] = {
        {"ATLVS_API_URL", "ATLVS_API_KEY", "the bridge would call ATLVS without a key"},
        {"GRASSHOPPER_API_URL", "GRASSHOPPER_API_KEY",
         "the bridge would call Grasshopper without a key"},
        {"ATLVS_API_KEY", "ATLVS_API_URL", "the key is used nowhere"},
        {"GRASSHOPPER_API_KEY", "GRASSHOPPER_API_URL", "the key is used nowhere"}};
    for (const auto& [there, missing, why] : halves)
        if (is_set(environment, there) && !is_set(environment, missing))
            findings.push_back(
                fault("platforms",
                      std::string{there} + " is set and " + missing + " is not: " + why + ".",
                      std::string{"Set "} + missing + ", or take " + there + " away."));
    if (is_set(environment, "GRASSHOPPER_WEBHOOK_URL") && !has_source("atlvs"))
        findings.push_back(
            fault("platforms",
                  "Grasshopper is to get what ATLVS posts, and nothing verifies what "
                  "ATLVS posts.",
                  "Set ATLVS_WEBHOOK_SECRET."));
    if (is_set(environment, "ATLVS_WEBHOOK_URL") && !has_source("grasshopper"))
        findings.push_back(
            fault("platforms",
                  "ATLVS is to get what Grasshopper posts, and nothing verifies what "
                  "Grasshopper posts.",
                  "Set GRASSHOPPER_WEBHOOK_SECRET."));
    if (findings.empty()) findings.push_back(well("platforms", "No platform is half set up."));
    return findings;
}

Findings check_duplicate_sources(const config::Settings& settings,
                                 const std::vector<std::string>& made_by_api)
{
    Findings findings;
    for (const auto& source : settings.sources)
        if (std::ranges::find(made_by_api, source.name) != made_by_api.end())
            findings.push_back(
                fault("sources",
                      "The source \"" + source.name
                          + "\" is in the settings and was made by the API too.",
                      "Rename or remove one of them: katydid sources delete " + source.name + "."));
    return findings;
}

}  // namespace katydid::checks
