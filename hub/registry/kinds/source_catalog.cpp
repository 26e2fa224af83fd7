#include "hub/registry/kinds/source_catalog.hpp"

#include "hub/core/source_json.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::registry {

template class Catalog<SourceEntry>;
template class KeyedCatalog<SourceEntry>;

namespace {

namespace json = boost::json;

Error source_made_by_setting(const std::string& name)
{
    return {errc::conflict, "The source \"" + name
                                + "\" is made by a setting: change it in katydid.toml or in the "
                                  "environment, then restart the hub."};
}

}  // namespace

json::object SourceCatalog::to_json(const SourceEntry& row, store::Record& record) const
{
    record.name = row.source.name;
    json::object object{{"source", katydid::to_json(row.source)}};
    Secrets secrets{row.keys, row.unreadable_keys};
    if (row.source.read_only) secrets = {};
    seal_secrets(secrets, record, context_.vault, object);
    return object;
}

/// Secrets of sources that settings made are in this process only: those stay as they are.
result<SourceEntry> SourceCatalog::from_json(const store::Record& record,
                                             const json::object& object, const SourceEntry* known)
{
    if (known != nullptr && known->source.read_only) return *known;
    SourceEntry row;
    std::vector<Fault> faults;
    katydid::from_json(object.at("source").as_object(), row.source, faults);
    if (!faults.empty()) return unreadable(faults);
    row.source.id = SourceId::parse(record.id).value();
    row.source.name = record.name;
    auto secrets = open_secrets(record, context_.vault, object);
    row.keys = std::move(secrets.keys);
    row.unreadable_keys = std::move(secrets.unreadable);
    return row;
}

void SourceCatalog::complete(SourceEntry& row)
{
    complete_source(row, [&](std::string_view name) {
        return context_.tables().schemes().find(row.source.tenant, name);
    });
}

void SourceCatalog::put_into(const LoopBinding& loop, const SourceEntryPtr& row)
{
    loop.tables->put_source(row);
}

void SourceCatalog::remove_from(const LoopBinding& loop, const SourceEntry& row)
{
    loop.tables->remove_source(row.source.tenant, row.source.name);
}

awaitable<result<SourceEntryPtr>> SourceCatalog::put(Source source, std::optional<Secret> secret)
{
    auto stored = co_await context_.serialized(store_source(std::move(source), std::move(secret)));
    co_return stored;
}

awaitable<result<SourceEntryPtr>> SourceCatalog::store_source(Source source,
                                                              std::optional<Secret> secret)
{
    SourceEntry row;
    row.keys = std::make_shared<const signing::KeyRing>();
    if (!source.id.is_nil()) {
        const auto known = find(source.tenant, source.id.to_string());
        if (!known) co_return no_such(kind_);
        if (known->source.read_only) co_return source_made_by_setting(known->source.name);
        row = *known;
    }
    if (secret) {
        auto ring = *row.keys;
        ring.keys.insert(ring.keys.begin(), {context_.ids.make<KeyId>(), std::move(*secret),
                                             std::nullopt, std::nullopt});
        row.keys = std::make_shared<const signing::KeyRing>(std::move(ring));
    }
    row.source = std::move(source);
    auto stored = co_await store(std::move(row));
    co_return stored;
}

awaitable<result<void>> SourceCatalog::drop(TenantId tenant, std::string id,
                                            std::optional<std::uint64_t> base)
{
    const auto known = find(tenant, id);
    if (known && known->source.read_only) co_return source_made_by_setting(known->source.name);
    auto dropped = co_await KeyedCatalog::drop(tenant, std::move(id), base);
    co_return dropped;
}

awaitable<result<void>> SourceCatalog::keep_first_key(TenantId tenant, SourceId id, Secret secret)
{
    auto kept = co_await context_.serialized(store_first_key(tenant, id, std::move(secret)));
    co_return kept;
}

awaitable<result<void>> SourceCatalog::store_first_key(TenantId tenant, SourceId id, Secret secret)
{
    const auto known = find(tenant, id.to_string());
    if (!known) co_return no_such(kind_);
    if (!known->keys->keys.empty())  // one that is over counts as well: trust is given once
        co_return Error{errc::conflict, "the source has a key by now: the new one is not kept"};
    auto row = *known;
    std::vector<Secret> secrets;
    secrets.push_back(std::move(secret));
    row.keys = ring_of(std::move(secrets));
    auto stored = co_await store(std::move(row));
    if (!stored) co_return stored.error();
    co_return result<void>{};
}

awaitable<result<void>> SourceCatalog::fix(const FixedSource& fixed)
{
    const auto known = context_.tables().source(default_tenant(), fixed.name);
    if (known && !known->source.read_only) co_return taken_by_api(kind_, fixed.name);
    SourceEntry row;
    if (known) row = *known;
    row.source.name = fixed.name;
    row.source.schemes = fixed.schemes;
    row.source.read_only = true;
    row.source.settings = fixed.settings;
    row.keys = ring_of(fixed.secrets);
    if (known && known->source.schemes == fixed.schemes
        && known->source.settings == fixed.settings) {
        co_await tell(std::move(row));
        co_return result<void>{};
    }
    auto stored = co_await store(std::move(row));
    if (!stored) co_return stored.error();
    co_return result<void>{};
}

awaitable<result<void>> SourceCatalog::retire(const std::vector<FixedSource>& fixed)
{
    for (const auto& entry : context_.tables().sources(default_tenant())) {
        const auto& name = entry->source.name;
        if (!entry->source.read_only
            || std::ranges::find(fixed, name, &FixedSource::name) != fixed.end())
            continue;
        auto erased = co_await erase(entry);
        if (!erased && erased.error() != errc::not_found) co_return erased.error();
        log::warn("source.removed", "no setting asks for this source any more", {{"source", name}});
    }
    co_return result<void>{};
}

}  // namespace katydid::registry
