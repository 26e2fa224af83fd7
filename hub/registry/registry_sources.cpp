// Sources that the API makes.
#include "hub/observe/log.hpp"
#include "hub/registry/registry.hpp"

namespace katydid::registry {
namespace {

Error no_such_source() { return {errc::not_found, "There is no such source."}; }

Error made_by_setting(const std::string& name)
{
    return {errc::conflict, "The source \"" + name
                                + "\" is made by a setting: change it in katydid.toml or in the "
                                  "environment, then restart the hub."};
}

}  // namespace

SourceEntryPtr Registry::make_entry(store::Source source, signing::KeyRingPtr keys,
                                    SourceSettings settings)
{
    const auto tenant = source.tenant;
    return make_source_entry(
        std::move(source), std::move(keys), std::move(settings),
        [this, tenant](std::string_view name) { return tables().schemes().find(tenant, name); });
}

awaitable<void> Registry::tell_source(SourceEntryPtr entry)
{
    Change change = [entry](const Seat& seat) { seat.tables->put_source(entry); };
    co_await tell_all(std::move(change));
}

awaitable<result<SourceEntryPtr>> Registry::put_source(store::Source source,
                                                       std::optional<signing::Secret> secret)
{
    auto stored = co_await one_by_one(store_source(std::move(source), std::move(secret)));
    co_return stored;
}

awaitable<result<SourceEntryPtr>> Registry::store_source(store::Source source,
                                                         std::optional<signing::Secret> secret)
{
    signing::KeyRing keys;
    if (source.id.is_nil()) {
        source.id = ids_.make<SourceId>();
        source.created_at = clock_.now();
        source.version = 0;
    } else {
        const auto known = tables().source(source.tenant, source.id);
        if (!known) co_return no_such_source();
        if (known->source.read_only) co_return made_by_setting(known->source.name);
        keys = *known->keys;
    }
    source.updated_at = clock_.now();
    source.version += 1;
    auto copy = source;
    auto put = co_await store_.put_source(std::move(copy));
    if (!put) co_return put.error();
    if (secret) {
        signing::Key key{ids_.make<KeyId>(), std::move(*secret), std::nullopt, std::nullopt};
        const Ring ring{source.tenant, source.id.to_string(), {}};
        auto kept = co_await store_key(ring, key);
        if (!kept) {
            // Without its key the source refuses everything: better none than a broken one.
            if (source.version == 1) {
                auto removed = co_await store_.delete_source(source.tenant, source.id);
                if (!removed)
                    log::warn("source.left_behind", removed.error().message,
                              {{"source", source.name}});
            }
            co_return kept.error();
        }
        keys.keys.insert(keys.keys.begin(), std::move(key));
    }
    auto settings = read_source_settings(source.settings);
    auto entry = make_entry(std::move(source),
                            std::make_shared<const signing::KeyRing>(std::move(keys)),
                            std::move(settings));
    co_await tell_source(entry);
    co_return entry;
}

awaitable<result<void>> Registry::remove_source(TenantId tenant, SourceId id,
                                                std::optional<std::uint64_t> base)
{
    auto removed = co_await one_by_one(drop_source(tenant, id, base));
    co_return removed;
}

awaitable<result<void>> Registry::drop_source(TenantId tenant, SourceId id,
                                              std::optional<std::uint64_t> base)
{
    const auto known = tables().source(tenant, id);
    if (!known) co_return no_such_source();
    if (known->source.read_only) co_return made_by_setting(known->source.name);
    if (base && known->source.version != *base) co_return changed_meanwhile();
    auto removed = co_await store_.delete_source(tenant, id);
    if (!removed) co_return removed.error();
    const auto name = known->source.name;
    Change change = [tenant, name](const Seat& seat) { seat.tables->remove_source(tenant, name); };
    co_await tell_all(std::move(change));
    for (const auto& key : known->keys->keys) {
        auto deleted = co_await store_.delete_key(tenant, key.id);
        if (!deleted && deleted.error() != errc::not_found)
            log::warn("key.delete_failed", deleted.error().message, {{"key", key.id.to_string()}});
    }
    co_return result<void>{};
}

}  // namespace katydid::registry
