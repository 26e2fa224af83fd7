// Schemes that are not of the catalog.
#include "hub/observe/log.hpp"
#include "hub/registry/registry.hpp"
#include "signing/schemes/scheme_traits.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::registry {
namespace {

namespace json = boost::json;

constexpr const char* record_kind = "scheme";

Error made_by_setting(const std::string& name)
{
    return {errc::conflict, "The scheme \"" + name
                                + "\" is made by a setting: change it in katydid.toml, then "
                                  "restart the hub."};
}

result<OwnScheme> read_record(const store::Record& record)
{
    json::error_code error;
    const auto value = json::parse(record.json, error);
    const auto* const object = error ? nullptr : value.if_object();
    const auto* const toml = object != nullptr ? object->if_contains("toml") : nullptr;
    if (toml == nullptr || !toml->is_string())
        return Error{errc::corrupt, "the record holds no description"};
    OwnScheme own{record.id, nullptr,        std::string{toml->get_string()},
                  false,     record.version, record.updated_at};
    auto scheme = signing::load_scheme(own.name, own.toml);
    if (!scheme) return scheme.error();
    own.scheme = std::move(*scheme);
    return own;
}

std::string joined(const std::vector<std::string>& names)
{
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

bool names(const std::vector<std::string>& schemes, const std::string& name)
{
    return std::ranges::find(schemes, name) != schemes.end();
}

}  // namespace

awaitable<void> Registry::fix_schemes(std::vector<OwnScheme> schemes)
{
    for (auto& scheme : schemes) {
        auto pointer = std::make_shared<const OwnScheme>(std::move(scheme));
        Change change = [pointer](const Seat& seat) {
            seat.tables->put_scheme(default_tenant(), pointer);
        };
        co_await tell_all(std::move(change));
    }
}

awaitable<result<void>> Registry::load_schemes()
{
    auto records = co_await store_.records(record_kind);
    if (!records) co_return records.error();
    for (const auto& record : *records) {
        const auto known = tables().schemes().find_own(record.tenant, record.id);
        if (known && known->read_only)
            co_return Error{errc::conflict, "the setting for the scheme \"" + record.id
                                                + "\" meets one of that name made through the "
                                                  "API: rename one of them"};
        auto own = read_record(record);
        if (!own) {
            log::error("scheme.unreadable", own.error().message, {{"scheme", record.id}});
            continue;
        }
        auto pointer = std::make_shared<const OwnScheme>(std::move(*own));
        Change change = [pointer, tenant = record.tenant](const Seat& seat) {
            seat.tables->put_scheme(tenant, pointer);
        };
        co_await tell_all(std::move(change));
    }
    co_return result<void>{};
}

std::vector<std::string> Registry::users_of(TenantId tenant, const std::string& scheme)
{
    std::vector<std::string> users;
    for (const auto& entry : tables().sources(tenant))
        if (names(entry->source.schemes, scheme)) users.push_back("source " + entry->source.name);
    for (const auto& subscription : tables().subscriptions(tenant))
        if (subscription->signature == scheme)
            users.push_back("subscription " + subscription->name);
    return users;
}

/// The scheme, then everybody who uses it, in one step on each loop.
awaitable<void> Registry::tell_scheme(TenantId tenant, OwnSchemePtr scheme)
{
    std::vector<SourceEntryPtr> sources;
    for (const auto& entry : tables().sources(tenant)) {
        if (!names(entry->source.schemes, scheme->name)) continue;
        sources.push_back(make_source_entry(
            entry->source, entry->keys,
            entry->settings,
            [&](std::string_view name) {
                return name == scheme->name ? scheme->scheme
                                            : tables().schemes().find(tenant, name);
            }));
    }
    Change change = [tenant, scheme, sources](const Seat& seat) {
        seat.tables->put_scheme(tenant, scheme);
        for (const auto& entry : sources) seat.tables->put_source(entry);
        for (const auto& subscription : seat.tables->subscriptions(tenant))
            if (subscription->signature == scheme->name)
                seat.tables->put_subscription(subscription,
                                              seat.tables->subscription_keys(subscription->id));
    };
    co_await tell_all(std::move(change));
}

awaitable<result<OwnSchemePtr>> Registry::put_scheme(TenantId tenant, std::string name,
                                                     std::string toml, std::uint64_t base)
{
    auto stored = co_await one_by_one(store_scheme(tenant, std::move(name), std::move(toml), base));
    co_return stored;
}

awaitable<result<OwnSchemePtr>> Registry::store_scheme(TenantId tenant, std::string name,
                                                       std::string toml, std::uint64_t base)
{
    const auto known = tables().schemes().find_own(tenant, name);
    if (known && known->read_only) co_return made_by_setting(name);
    if (known && base == 0)
        co_return Error{errc::conflict, "There is a scheme \"" + name
                                            + "\" already. Replace it with PUT, or choose another "
                                              "name."};
    if (!known && base != 0)
        co_return Error{errc::not_found, "There is no such scheme of your own."};
    if (known && known->version != base) co_return changed_meanwhile();
    auto scheme = signing::load_scheme(name, toml);
    if (!scheme) co_return scheme.error();
    auto cannot = signing::why_it_cannot_sign(**scheme);
    const bool gives_away = known && signing::traits_of(**scheme).has_token
                            && !signing::traits_of(*known->scheme).has_token;
    if (gives_away) cannot = "its secret would be sent as it is";
    for (const auto& subscription : tables().subscriptions(tenant))
        if (!cannot.empty() && subscription->signature == name)
            co_return Error{errc::conflict, "The subscription \"" + subscription->name
                                                + "\" signs with it, and like this it only "
                                                  "verifies: "
                                                + cannot};
    auto own = std::make_shared<OwnScheme>(
        OwnScheme{name, std::move(*scheme), std::move(toml), false, base + 1, clock_.now()});
    store::Record record{tenant,       record_kind,
                         name,         json::serialize(json::object{{"toml", own->toml}}),
                         own->version, own->updated_at};
    auto put = co_await store_.put_record(std::move(record));
    if (!put) co_return put.error();
    co_await tell_scheme(tenant, own);
    co_return OwnSchemePtr{own};
}

awaitable<result<void>> Registry::remove_scheme(TenantId tenant, std::string name,
                                                std::optional<std::uint64_t> base)
{
    auto removed = co_await one_by_one(drop_scheme(tenant, std::move(name), base));
    co_return removed;
}

awaitable<result<void>> Registry::drop_scheme(TenantId tenant, std::string name,
                                              std::optional<std::uint64_t> base)
{
    const auto known = tables().schemes().find_own(tenant, name);
    if (!known) co_return Error{errc::not_found, "There is no such scheme of your own."};
    if (known->read_only) co_return made_by_setting(name);
    if (base && known->version != *base) co_return changed_meanwhile();
    const auto users = users_of(tenant, name);
    if (!users.empty())
        co_return Error{errc::conflict, "The scheme \"" + name + "\" is in use by " + joined(users)
                                            + ". Give them another scheme first."};
    auto deleted = co_await store_.delete_record(tenant, record_kind, name);
    if (!deleted) co_return deleted.error();
    Change change = [tenant, name](const Seat& seat) { seat.tables->remove_scheme(tenant, name); };
    co_await tell_all(std::move(change));
    co_return result<void>{};
}

}  // namespace katydid::registry
