#include "hub/config/refused_urls.hpp"

#include "hub/core/subscription/fixed_subscription.hpp"

namespace katydid::config {

std::vector<RefusedUrl> refused_urls(const Settings& settings, const http::EgressPolicy& policy)
{
    std::vector<RefusedUrl> refused;
    const auto look = [&](const std::string& name, const std::string& url) {
        if (url.empty()) return;
        const auto checked = policy.check_url(url);
        if (checked) return;
        const auto parsed = http::EgressPolicy::parse_url(url);
        refused.push_back({name, parsed ? parsed->authority() : "", checked.error().message});
    };
    for (const auto& made : settings.subscriptions)
        if (made->subscription.handler.kind == HandlerKind::endpoint)
            look(made->subscription.name, made->subscription.handler.url);
    look("ATLVS_API_URL", settings.bridge.atlvs.url);
    look("GRASSHOPPER_API_URL", settings.bridge.grasshopper.url);
    return refused;
}

}  // namespace katydid::config
