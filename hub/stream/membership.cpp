#include "hub/stream/membership.hpp"

namespace katydid::stream {

awaitable<result<std::unique_ptr<Membership>>> join(FindOwner find, store::SubscriptionName name,
                                                    std::shared_ptr<handlers::stream::Consumer> as,
                                                    handlers::stream::Terms terms)
{
    const auto owner = co_await find(name);
    if (owner.has_error()) co_return owner.error();
    auto joined = co_await (*owner)->join(name, std::move(as), terms);
    co_return joined;
}

}  // namespace katydid::stream
