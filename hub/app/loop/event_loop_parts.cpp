// What an event loop gives its parts.
#include "hub/app/build.hpp"
#include "hub/app/loop/event_loop.hpp"
#include "hub/app/loop/told_deliveries.hpp"
#include "hub/console/console.hpp"
#include "hub/sso/sso.hpp"

#include <algorithm>

namespace katydid {

stream::LiveSessions::Parts EventLoop::live_session_parts()
{
    return {
        executor(),
        resources_.clock,
        [&peers = services_.peers](store::SubscriptionName name) { return peers.find_owner(name); },
        {resources_.settings.streams.idle_timeout, resources_.settings.streams.compresses},
        [uncounted = load_limits().uncounted](const boost::asio::ip::address& address) {
            return std::ranges::none_of(uncounted, [&](const http::AllowedNetwork& network) {
                return network.contains(address);
            });
        },
        connections_of_loop(resources_.settings) * 3 / 4};
}

api::Context EventLoop::api_context()
{
    auto& limits = services_.limits;
    return {.store = *resources_.store,
            .registry = resources_.registry,
            .tables = context_.tables,
            .intake = context_.intake,
            .egress = resources_.egress,
            .clock = resources_.clock,
            .state_of = services_.state_of,
            .hub_limits = [&limits] { return limits.current(); },
            .change_hub_limits = [&limits](auto change) { return limits.change(change); },
            .replay_jobs = &services_.replay_jobs,
            .receiver = &receiver_,
            .vault = resources_.vault.get(),
            .identities = &resources_.identities,
            .throttle = throttle_,
            .audience = &audience_,
            .feed = &services_.feed,
            .live_sessions = &live_sessions_,
            .transforms = &transforms_,
            .allowed_origins = resources_.settings.streams.allowed_origins,
            .takes_sessions = resources_.settings.has_console && console::is_built_in(),
            .report = &report_,
            .bridge = &bridge_view_,
            .asks_for_certificates = !resources_.settings.tls.client_ca_file.empty(),
            .public_url = resources_.settings.public_url,
            .sign_on = sign_on()};
}

std::optional<api::SignOn> EventLoop::sign_on() const
{
    const auto& settings = resources_.settings.sign_on;
    return settings ? std::optional{sso::describe(*settings)} : std::nullopt;
}

receive::Receiver::Parts EventLoop::receiver_parts()
{
    receive::Receiver::Parts parts{context_.tables,   resources_.registry, context_.intake,
                                   *resources_.store, *resources_.vault,   fetcher_,
                                   resources_.clock,  resources_.metrics};
    for (const auto& network : resources_.settings.trusted_proxies)
        parts.trusted_proxies.push_back(http::parse_network(network).value());
    parts.ca_file = resources_.settings.egress_ca_file;
    parts.privacy = &resources_.privacy;
    if (has_bridge(resources_.settings))
        parts.before_append = [this](const Event& event) {
            return services_.bridge.before_append(event);
        };
    return parts;
}

dispatch::Dispatcher::Parts EventLoop::dispatcher_parts()
{
    return {executor(),
            resources_.clock,
            *resources_.store,
            [this](const Subscription& subscription) { return handlers_.find(subscription); },
            &resources_.metrics,
            resources_.tracer.get()};
}

dispatch::Dispatcher::Options EventLoop::dispatcher_options()
{
    const auto loops = resources_.settings.loops;
    dispatch::Dispatcher::Options options;
    options.scheduler.shares = {dispatch::share_of(limits_.in_flight, index_, loops),
                                share_of_tenants_limit(limits_.tenant_in_flight)};
    options.scheduler.seed = random_seed();
    options.scheduler.breaker.open_min = resources_.settings.breaker_open;
    options.owns = [index = index_, loops](SubscriptionId id) {
        return owner_index(id, loops) == index;
    };
    options.on_gone = [this](const SubscriptionPtr& subscription, std::string reason) {
        disable(subscription, std::move(reason));
    };
    options.on_started = [this](const dispatch::Item& item) {
        tell_started(resources_.happenings, item);
    };
    options.on_settled = [this](const dispatch::Settle& settle) {
        tell_settled(resources_.happenings, settle);
    };
    options.on_notice = [this](const dispatch::SubscriptionNotice& notice) { on_notice(notice); };
    return options;
}

}  // namespace katydid
