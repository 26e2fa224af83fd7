#include "hub/peers/peers.hpp"

#include "hub/core/async/on_executor.hpp"
#include "hub/observe/log.hpp"

#include <boost/asio/post.hpp>

namespace katydid::peers {
namespace {

namespace json = boost::json;

constexpr milliseconds look_interval{1'000};

}  // namespace

Peers::Peers(Parts parts, Listening* listening)
    : parts_{std::move(parts)},
      own_address_{listening == nullptr ? "" : listening->address()},
      tls_{parts_.keys},
      watch_{look_interval, [this] { return look(); }}
{
    if (listening == nullptr) return;
    server_ = std::make_unique<PeerServer>(
        PeerServer::Parts{parts_.executor, tls_, parts_.loop_of, parts_.happenings}, *listening);
    parts_.happenings.on_watch = [this] {
        asio::post(parts_.executor, [this] {
            told_.clear();
            tell_what_is_watched();
        });
    };
}

awaitable<result<stream::OwnerPtr>> Peers::find_owner(store::SubscriptionName name)
{
    if (!server_) co_return parts_.loop_of(name.subscription);
    const std::vector<store::SubscriptionName> names(1, name);
    const auto found = co_await parts_.store.owner_addresses(names);
    if (found.has_error()) co_return found.error();
    const auto& address = found->front();
    if (address == own_address_) co_return parts_.loop_of(name.subscription);
    if (address.empty())
        co_return Error{errc::store_unavailable,
                        "The subscription is moving to another hub: try again."};
    auto work = owner_at(address);
    auto owner = co_await on_executor(parts_.executor, std::move(work));
    co_return owner;
}

awaitable<stream::OwnerPtr> Peers::owner_at(std::string address)
{
    co_return make_remote_owner(parts_.executor, link_to(address));
}

LinkPtr Peers::link_to(const std::string& address)
{
    auto& link = links_[address];
    if (!link)
        link = std::make_shared<Link>(Link::Parts{parts_.executor, tls_, address,
                                                  [this](const Frame& frame) { hear(frame); },
                                                  [this, address] {
                                                      told_.erase(address);
                                                      tell_what_is_watched();
                                                  }});
    if (links_are_closed_) link->close();  // a new one would be open for ever
    return link;
}

awaitable<void> Peers::run()
{
    if (!server_) co_return;
    asio::co_spawn(parts_.executor, watch_.run(), log::OnFailure{"peers.watch_ended"});
    co_await server_->run();
}

void Peers::stop_serving()
{
    if (server_) server_->stop();
}

void Peers::stop()
{
    watch_.stop();
    stop_serving();
}

void Peers::close_links()
{
    links_are_closed_ = true;
    for (const auto& [address, link] : links_) link->close();
}

awaitable<void> Peers::look()
{
    co_await send_consumers_on();
    co_await reach_others();
}

/// Consumers joined a loop of this hub while it owned the subscription. When it does not any more,
/// they would wait for ever.
awaitable<void> Peers::send_consumers_on()
{
    const auto names = co_await parts_.consumed();
    if (names.empty()) co_return;
    const auto owners = co_await parts_.store.owner_addresses(names);
    if (owners.has_error()) co_return;  // the database is away, and so are all owners
    for (std::size_t i = 0; i < names.size(); ++i)
        if (!owners->at(i).empty() && owners->at(i) != own_address_)
            parts_.move_consumers(names[i].subscription);
}

/// Who watches here hears of all hubs.
awaitable<void> Peers::reach_others()
{
    const auto watched = parts_.happenings.interests();
    if (watched.empty() && links_.empty()) co_return;
    const auto living = co_await parts_.store.hub_addresses();
    if (living.has_error()) co_return;
    const std::set<std::string> addresses{living->begin(), living->end()};
    for (auto each = links_.begin(); each != links_.end();) {
        const bool is_gone = !addresses.contains(each->first) && !each->second->is_open();
        each = is_gone ? links_.erase(each) : std::next(each);
    }
    if (watched.empty()) co_return;
    for (const auto& address : addresses) {
        if (address.empty() || address == own_address_) continue;
        const auto link = link_to(address);
        if (!link->is_open()) told_.erase(address);
        co_await link->open();
    }
    tell_what_is_watched();
}

void Peers::tell_what_is_watched()
{
    json::array tenants;
    for (const auto& each : parts_.happenings.interests())
        tenants.push_back(json::object{{"tenant", each.tenant.to_string()},
                                       {"deliveries", each.deliveries},
                                       {"attempts", each.attempts}});
    const json::object head{{"do", "watch"}, {"tenants", std::move(tenants)}};
    for (const auto& [address, link] : links_) {
        if (!link->is_open() || !told_.insert(address).second) continue;
        link->tell(head);
    }
}

void Peers::hear(const Frame& frame)
{
    const auto& head = frame.head;
    const auto tenant = TenantId::parse(head.at("tenant").as_string()).value();
    const auto subscription = SubscriptionId::parse(head.at("subscription").as_string()).value();
    const auto what = static_cast<stream::Happening>(head.at("what").to_number<int>());
    const auto missed = head.at("missed").to_number<std::size_t>();
    if (missed > 0) parts_.happenings.miss(tenant, missed);
    else parts_.happenings.tell_from_elsewhere(tenant, subscription, what, frame.body);
}

}  // namespace katydid::peers
