#include "hub/config/platforms.hpp"

#include "hub/config/secrets.hpp"
#include "hub/core/subscription/fixed_subscription.hpp"
#include "hub/http/egress/egress.hpp"
#include "signing/keys/secrets.hpp"

namespace katydid::config {
namespace {

struct PlatformSource {
    const char* variable;
    const char* name;
    std::vector<std::string> schemes;
};

struct PlatformSubscription {
    const char* url_variable;
    const char* secret_variable;
    const char* name;
    const char* source;
    Dialect dialect;
};

void add_source(Settings& settings, const Environment& environment, const PlatformSource& platform,
                Mistakes& mistakes)
{
    auto secret = secret_from_variable(environment, platform.variable);
    if (!mistakes.note(secret) || !*secret) return;
    if ((*secret)->text().size() < signing::secret_bytes_min)
        mistakes.add(platform.variable, guessable_secret);
    mistakes.claim("sources", platform.name, platform.variable);
    settings.given.insert_or_assign(platform.variable, GivenSetting{"", platform.variable});
    settings.sources.push_back({platform.name, platform.schemes, {std::move(**secret)}, {}});
}

/// Notes what is wrong with the URL in this variable. Whether it is sound.
bool check_url(const std::string& variable, const std::string& url, Mistakes& mistakes)
{
    const auto parsed = http::EgressPolicy::parse_url(url);
    if (!parsed) mistakes.add(variable + "=" + url, parsed.error().message);
    return parsed.has_value();
}

/// The secret that a URL needs. nullopt: there is none, which was noted.
/// \param why  what happens without it
std::optional<Secret> need_secret(const Environment& environment, const std::string& url,
                                  const std::string& secret, std::string_view why,
                                  Mistakes& mistakes)
{
    auto found = secret_from_variable(environment, secret);
    if (!mistakes.note(found)) return std::nullopt;
    if (!*found)
        mistakes.add(url + " is set, but " + secret + " is not: " + std::string{why}
                     + ". Set both");
    return std::move(*found);
}

void add_subscription(Settings& settings, const Environment& environment,
                      const PlatformSubscription& platform, Mistakes& mistakes)
{
    const auto url = environment.find(platform.url_variable);
    if (url == environment.end()) return;
    const bool is_url = check_url(platform.url_variable, url->second, mistakes);
    auto secret = need_secret(environment, platform.url_variable, platform.secret_variable,
                              "the hub would have nothing to sign with", mistakes);
    mistakes.claim("subscriptions", platform.name, platform.url_variable);
    if (!is_url || !secret) return;
    settings.given.insert_or_assign(platform.url_variable,
                                    GivenSetting{url->second, platform.url_variable});
    Subscription subscription;
    subscription.name = platform.name;
    subscription.sources = {platform.source};
    subscription.event_types = {"*"};
    subscription.handler.url = url->second;
    subscription.dialect = platform.dialect;
    subscription.read_only = true;
    settings.subscriptions.push_back(std::make_shared<const FixedSubscription>(
        FixedSubscription{std::move(subscription), std::move(secret)}));
}

/// Where the bridge calls a platform, and with which key.
void add_api(Settings& settings, PlatformApi& api, const Environment& environment,
             const std::string& platform, Mistakes& mistakes)
{
    const auto url_variable = platform + "_API_URL";
    const auto url = environment.find(url_variable);
    if (url == environment.end() || url->second.empty()) return;
    const bool is_url = check_url(url_variable, url->second, mistakes);
    auto key = need_secret(environment, url_variable, platform + "_API_KEY",
                           platform + " would refuse the hub", mistakes);
    if (!is_url || !key) return;
    settings.given.insert_or_assign(url_variable, GivenSetting{url->second, url_variable});
    settings.given.insert_or_assign(platform + "_API_KEY", GivenSetting{"", platform + "_API_KEY"});
    api.url = url->second;
    api.key = std::move(*key);
}

}  // namespace

void apply_platforms(Settings& settings, const Environment& environment, Mistakes& mistakes)
{
    for (const auto& source :
         {PlatformSource{"ATLVS_WEBHOOK_SECRET", "atlvs", {"atlvs", "grasshopper"}},
          PlatformSource{"GRASSHOPPER_WEBHOOK_SECRET", "grasshopper", {"standard-webhooks"}}})
        add_source(settings, environment, source, mistakes);
    for (const auto& subscription :
         {PlatformSubscription{"GRASSHOPPER_WEBHOOK_URL", "ATLVS_WEBHOOK_SECRET", "to-grasshopper",
                               "atlvs", Dialect::grasshopper},
          PlatformSubscription{"ATLVS_WEBHOOK_URL", "ATLVS_PARTNER_SECRET", "to-atlvs",
                               "grasshopper", Dialect::atlvs}})
        add_subscription(settings, environment, subscription, mistakes);
    add_api(settings, settings.bridge.atlvs, environment, "ATLVS", mistakes);
    add_api(settings, settings.bridge.grasshopper, environment, "GRASSHOPPER", mistakes);
}

}  // namespace katydid::config
