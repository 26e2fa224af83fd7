#include "handlers/handler_table.hpp"

#include "hub/core/subscription/subscription.hpp"

namespace katydid::handlers {

result<void> HandlerTable::add(std::string name, std::shared_ptr<Handler> handler)
{
    if (name.empty()) return Error{errc::invalid_argument, "a handler needs a name that stays"};
    const auto [place, is_new] = by_name_.try_emplace(std::move(name), std::move(handler));
    if (!is_new)
        return Error{errc::conflict, "there is a handler named \"" + place->first + "\" already"};
    return {};
}

Handler* HandlerTable::find(const Subscription& subscription) const noexcept
{
    if (subscription.handler.kind == HandlerKind::endpoint) return endpoint_.get();
    if (subscription.handler.kind == HandlerKind::stream) return stream_.get();
    const auto found = by_name_.find(subscription.name);
    return found == by_name_.end() ? nullptr : found->second.get();
}

}  // namespace katydid::handlers
