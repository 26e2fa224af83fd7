#include "hub/registry/kinds/scheme_catalog.hpp"

#include "hub/core/subscription/subscription.hpp"
#include "signing/schemes/scheme_traits.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::registry {

template class Catalog<OwnScheme>;

namespace {

Error scheme_made_by_setting(const std::string& name)
{
    return {errc::conflict, "The scheme \"" + name
                                + "\" is made by a setting: change it in katydid.toml, then "
                                  "restart the hub."};
}

bool names(const SourceEntry& entry, const std::string& scheme)
{
    return std::ranges::find(entry.source.schemes, scheme) != entry.source.schemes.end();
}

}  // namespace

boost::json::object SchemeCatalog::to_json(const OwnScheme& row, store::Record&) const
{
    return {{"toml", row.toml}, {"created_at", time_json(row.created_at)}};
}

result<OwnScheme> SchemeCatalog::from_json(const store::Record& record,
                                           const boost::json::object& object, const OwnScheme*)
{
    const auto fixed = context_.tables().schemes().find_own(record.tenant, record.id);
    if (fixed && fixed->read_only) return taken_by_api(kind_, record.id);
    OwnScheme row;
    row.name = record.id;
    row.toml = object.at("toml").as_string();
    row.created_at = read_time(object.at("created_at")).value();
    auto scheme = signing::load_scheme(row.name, row.toml);
    if (!scheme) return Error{errc::corrupt, scheme.error().message};
    row.scheme = std::move(*scheme);
    return row;
}

void SchemeCatalog::put_into(const LoopBinding& loop, const OwnSchemePtr& row)
{
    auto& tables = *loop.tables;
    tables.put_scheme(row);
    for (const auto& entry : tables.sources(row->tenant)) {
        if (!names(*entry, row->name)) continue;
        auto changed = std::make_shared<SourceEntry>(*entry);
        complete_source(*changed, [&](std::string_view name) {
            return tables.schemes().find(row->tenant, name);
        });
        tables.put_source(std::move(changed));
    }
    for (const auto& subscription : tables.subscriptions(row->tenant))
        if (subscription->signature == row->name)
            tables.put_subscription(subscription, tables.subscription_keys(subscription->id));
}

void SchemeCatalog::remove_from(const LoopBinding& loop, const OwnScheme& row)
{
    loop.tables->remove_scheme(row.tenant, row.name);
}

awaitable<void> SchemeCatalog::fix(std::vector<OwnScheme> schemes)
{
    for (auto& scheme : schemes) {
        auto row = std::make_shared<const OwnScheme>(std::move(scheme));
        co_await show(std::move(row));
    }
}

std::string SchemeCatalog::users_of(TenantId tenant, const std::string& scheme)
{
    std::string users;
    const auto add = [&users](const std::string& user) {
        users += (users.empty() ? "" : ", ") + user;
    };
    for (const auto& entry : context_.tables().sources(tenant))
        if (names(*entry, scheme)) add("source " + entry->source.name);
    for (const auto& subscription : context_.tables().subscriptions(tenant))
        if (subscription->signature == scheme) add("subscription " + subscription->name);
    return users;
}

/// What a subscription signs with must sign, and must not begin to give its secret away.
std::optional<Error> SchemeCatalog::refusal(const OwnScheme& row, const OwnScheme* known)
{
    auto cannot = signing::why_it_cannot_sign(*row.scheme);
    const bool gives_away = known != nullptr && signing::traits_of(*row.scheme).has_token
                            && !signing::traits_of(*known->scheme).has_token;
    if (gives_away) cannot = "its secret would be sent as it is";
    if (cannot.empty()) return std::nullopt;
    for (const auto& subscription : context_.tables().subscriptions(row.tenant))
        if (subscription->signature == row.name)
            return Error{errc::conflict,
                         "The subscription \"" + subscription->name
                             + "\" signs with it, and like this it only verifies: " + cannot};
    return std::nullopt;
}

awaitable<result<OwnSchemePtr>> SchemeCatalog::put(TenantId tenant, std::string name,
                                                   std::string toml, std::uint64_t base)
{
    auto stored = co_await context_.serialized(
        store_scheme(tenant, std::move(name), std::move(toml), base));
    co_return stored;
}

awaitable<result<OwnSchemePtr>> SchemeCatalog::store_scheme(TenantId tenant, std::string name,
                                                            std::string toml, std::uint64_t base)
{
    const auto known = context_.tables().schemes().find_own(tenant, name);
    if (known && known->read_only) co_return scheme_made_by_setting(name);
    if (known && base == 0)
        co_return Error{errc::conflict, "There is a scheme \"" + name
                                            + "\" already. Replace it with PUT, or choose another "
                                              "name."};
    if (!known && base != 0)
        co_return Error{errc::not_found, "There is no such scheme of your own."};
    OwnScheme row;
    if (known) row = *known;
    row.tenant = tenant;
    row.version = base;
    auto scheme = signing::load_scheme(name, toml);
    if (!scheme) co_return scheme.error();
    row.scheme = std::move(*scheme);
    row.name = std::move(name);
    row.toml = std::move(toml);
    auto stored = co_await store(std::move(row));
    co_return stored;
}

awaitable<result<void>> SchemeCatalog::drop(TenantId tenant, std::string id,
                                            std::optional<std::uint64_t> base)
{
    const auto known = context_.tables().schemes().find_own(tenant, id);
    if (!known) co_return Error{errc::not_found, "There is no such scheme of your own."};
    if (known->read_only) co_return scheme_made_by_setting(id);
    if (base && known->version != *base) co_return changed_meanwhile();
    const auto users = users_of(tenant, id);
    if (!users.empty())
        co_return Error{errc::conflict, "The scheme \"" + id + "\" is in use by " + users
                                            + ". Give them another scheme first."};
    auto dropped = co_await Catalog::drop(tenant, std::move(id), base);
    co_return dropped;
}

}  // namespace katydid::registry
