#include "hub/config/platforms.hpp"

#include "hub/config/secrets.hpp"
#include "hub/http/egress.hpp"

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

result<void> add_source(Settings& settings, const Environment& environment,
                        const PlatformSource& platform)
{
    auto secret = secret_from_variable(environment, platform.variable);
    if (!secret) return secret.error();
    if (!*secret) return {};
    settings.sources.push_back({platform.name, platform.schemes, {std::move(**secret)}, {}});
    return {};
}

result<void> add_subscription(Settings& settings, const Environment& environment,
                              const PlatformSubscription& platform)
{
    const auto url = environment.find(platform.url_variable);
    if (url == environment.end()) return {};
    if (const auto parsed = http::EgressPolicy::parse_url(url->second); !parsed)
        return Error{errc::invalid_argument, std::string{platform.url_variable} + "=" + url->second
                                                 + ": " + parsed.error().message};
    auto secret = secret_from_variable(environment, platform.secret_variable);
    if (!secret) return secret.error();
    if (!*secret)
        return Error{errc::invalid_argument,
                     std::string{platform.url_variable} + " is set, but " + platform.secret_variable
                         + " is not: the hub would have nothing to sign with. Set both"};
    Subscription subscription;
    subscription.name = platform.name;
    subscription.sources = {platform.source};
    subscription.event_types = {"*"};
    subscription.handler.url = url->second;
    subscription.dialect = platform.dialect;
    subscription.read_only = true;
    settings.subscriptions.push_back({std::move(subscription), std::move(**secret)});
    return {};
}

/// Where the bridge calls a platform, and with which key.
result<void> add_api(PlatformApi& api, const Environment& environment, const std::string& platform)
{
    const auto url_variable = platform + "_API_URL";
    const auto url = environment.find(url_variable);
    if (url == environment.end() || url->second.empty()) return {};
    if (const auto parsed = http::EgressPolicy::parse_url(url->second); !parsed)
        return Error{errc::invalid_argument,
                     url_variable + "=" + url->second + ": " + parsed.error().message};
    auto key = secret_from_variable(environment, platform + "_API_KEY");
    if (!key) return key.error();
    if (!*key)
        return Error{errc::invalid_argument, url_variable + " is set, but " + platform
                                                 + "_API_KEY is not: " + platform
                                                 + " would refuse the hub. Set both"};
    api.url = url->second;
    api.key = std::move(**key);
    return {};
}

}  // namespace

result<void> apply_platforms(Settings& settings, const Environment& environment)
{
    for (const auto& source :
         {PlatformSource{"ATLVS_WEBHOOK_SECRET", "atlvs", {"atlvs", "grasshopper"}},
          PlatformSource{"GRASSHOPPER_WEBHOOK_SECRET", "grasshopper", {"standard-webhooks"}}})
        if (auto added = add_source(settings, environment, source); !added) return added;
    for (const auto& subscription :
         {PlatformSubscription{"GRASSHOPPER_WEBHOOK_URL", "ATLVS_WEBHOOK_SECRET", "to-grasshopper",
                               "atlvs", Dialect::grasshopper},
          PlatformSubscription{"ATLVS_WEBHOOK_URL", "ATLVS_PARTNER_SECRET", "to-atlvs",
                               "grasshopper", Dialect::atlvs}})
        if (auto added = add_subscription(settings, environment, subscription); !added)
            return added;
    if (auto added = add_api(settings.bridge.atlvs, environment, "ATLVS"); !added) return added;
    return add_api(settings.bridge.grasshopper, environment, "GRASSHOPPER");
}

}  // namespace katydid::config
