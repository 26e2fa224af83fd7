// Subscriptions as they come out of the store.
#include "hub/observe/log.hpp"
#include "hub/registry/registry.hpp"
#include "hub/registry/sealed_headers.hpp"

#include <algorithm>

namespace katydid::registry {

awaitable<result<std::vector<Subscription>>> Registry::stored_subscriptions()
{
    auto rows = co_await store_.subscriptions();
    if (!rows) co_return rows.error();
    for (auto& row : *rows) {
        const auto opened = open_headers(row, vault_);
        if (!opened)
            log::error("subscription.headers_unreadable", opened.error().message,
                       {{"subscription", row.id.to_string()},
                        {"hint", "its requests go out without them: give them again"}});
    }
    co_return rows;
}

/// At start. What lies there in plain text, or under a master key that goes, is sealed anew.
awaitable<result<std::vector<Subscription>>> Registry::load_subscriptions()
{
    const auto rows = co_await store_.subscriptions();
    if (!rows) co_return rows.error();
    const bool is_ours = std::ranges::all_of(
        *rows, [this](const Subscription& row) { return knows_master_key(row, vault_); });
    if (!is_ours)
        co_return Error{errc::refused,
                        "the headers of some subscriptions were sealed under another master key: "
                        "start with the master key of before, or give it as "
                        "KATYDID_MASTER_KEY_PREVIOUS, and the hub seals them anew"};
    for (auto row : *rows) {
        if (!needs_sealing(row, vault_) || !open_headers(row, vault_)) continue;
        row.version += 1;
        auto sealed = seal_headers(std::move(row), vault_);
        auto put = co_await store_.put_subscription(std::move(sealed));
        // Another hub of the same store may have been quicker.
        if (!put && put.error() != errc::conflict) co_return put.error();
    }
    auto subscriptions = co_await stored_subscriptions();
    co_return subscriptions;
}

}  // namespace katydid::registry
