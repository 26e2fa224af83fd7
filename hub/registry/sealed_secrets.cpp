#include "hub/registry/sealed_secrets.hpp"

#include "hub/observe/log.hpp"
#include "hub/registry/catalog.hpp"
#include "hub/core/codec/encoding.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::registry {
namespace {

namespace json = boost::json;

bool is_of_source(const store::Record& record) { return record.kind == store::source_kind; }

/// The record's own id instead of a key's, for headers: no key has the id of a subscription.
KeyId headers_row(const store::Record& record)
{
    return KeyId{SubscriptionId::parse(record.id).value_or(SubscriptionId{}).bytes()};
}

KeyId id_of(const json::value& key)
{
    return KeyId::parse(key.at("id").as_string()).value_or(KeyId{});
}

std::string bytes_of(const json::value& sealed)
{
    return decode(Encoding::base64, sealed.as_string()).value_or("");
}

std::string seal_text(const store::Record& record, KeyId row, const Secret& secret,
                      const signing::Vault& vault)
{
    return encode(Encoding::base64, vault.seal(record.tenant, row, secret));
}

Secret to_secret(const Headers& headers)
{
    json::array list;
    for (const auto& [name, value] : headers) list.push_back(json::array{name, value});
    return Secret{json::serialize(list)};
}

Headers read_headers(const Secret& secret)
{
    json::parse_options options;
    options.allow_invalid_utf8 = true;  // a header's value may hold any byte beyond ASCII
    const auto list = json::parse(secret.text(), {}, options);
    Headers headers;
    for (const auto& pair : list.as_array())
        headers.push_back(
            {std::string{pair.at(0).as_string()}, std::string{pair.at(1).as_string()}});
    return headers;
}

/// Calls `visit` with the row and the text of every sealed secret of a record.
template <class Visit>
void for_each_sealed(const store::Record& record, json::object& object, Visit visit)
{
    for (auto& key : object.at("keys").as_array()) visit(id_of(key), key.at("sealed"));
    if (auto* headers = object.if_contains("headers")) visit(headers_row(record), *headers);
}

/// Whether any went.
bool remove_over(const store::Record& record, json::array& keys, Timestamp now)
{
    KeyId newest;
    if (is_of_source(record))
        for (const auto& key : keys) newest = std::max(newest, id_of(key));
    const auto rest = std::ranges::remove_if(keys, [&](const json::value& key) {
        const auto end = read_time(key.at("not_after"));
        return end && *end <= now && id_of(key) != newest;
    });
    const bool any = rest.begin() != rest.end();
    keys.erase(rest.begin(), rest.end());
    return any;
}

/// How many secrets there are, and how many of them another master key sealed.
struct Census {
    const signing::Vault* vault;  ///< null: which key is not asked
    std::size_t all = 0;
    std::size_t unknown = 0;

    /// False, and nothing is counted, where it is no such record: reading it says so.
    bool count(const store::Record& record)
    {
        try {
            auto object = parse_record(record);
            for_each_sealed(record, object, [this](KeyId, const json::value& sealed) {
                ++all;
                if (vault != nullptr && !vault->knows_master_key(bytes_of(sealed))) ++unknown;
            });
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }

    [[nodiscard]] result<void> verdict() const
    {
        if (unknown == 0) return {};
        return Error{errc::refused,
                     std::to_string(unknown) + " of " + std::to_string(all)
                         + " stored secrets were sealed under another master key: start with "
                           "the master key of before, or give it as "
                           "KATYDID_MASTER_KEY_PREVIOUS, and the hub seals them anew"};
    }
};

struct Renewal {
    const signing::Vault& vault;
    Timestamp now;
    std::size_t resealed = 0;

    /// Whether the record changed.
    bool renew(store::Record& record)
    {
        auto object = parse_record(record);
        bool changed = remove_over(record, object.at("keys").as_array(), now);
        for_each_sealed(record, object, [&](KeyId row, json::value& sealed) {
            const auto bytes = bytes_of(sealed);
            if (!vault.needs_reseal(bytes)) return;
            const auto secret = vault.open(record.tenant, row, bytes);
            if (!secret) return;  // open_secrets() says so
            sealed = seal_text(record, row, *secret, vault);
            changed = true;
            ++resealed;
        });
        if (changed) record.json = json::serialize(object);
        return changed;
    }
};

/// Drops what is no such record: reading it says so.
awaitable<result<std::vector<store::Record>>> records_with_secrets(store::Records& store,
                                                                   Census& census)
{
    std::vector<store::Record> all;
    for (const auto& kind : kinds_with_secrets()) {
        auto some = co_await store.records(kind);
        if (!some) co_return some.error();
        for (auto& record : *some)
            if (census.count(record)) all.push_back(std::move(record));
    }
    co_return all;
}

}  // namespace

void seal_secrets(const Secrets& secrets, const store::Record& record, const signing::Vault& vault,
                  json::object& object)
{
    json::array keys;
    for (const auto& key : secrets.keys->keys) {
        if (key.secret.empty()) continue;  // one of the unreadable
        keys.push_back(json::object{{"id", key.id.to_string()},
                                    {"sealed", seal_text(record, key.id, key.secret, vault)},
                                    {"not_before", time_json(key.not_before)},
                                    {"not_after", time_json(key.not_after)}});
    }
    for (const auto& key : secrets.unreadable) keys.push_back(key);
    object["keys"] = std::move(keys);
    if (!secrets.headers.empty())
        object["headers"] = seal_text(record, headers_row(record), to_secret(secrets.headers),
                                      vault);
}

Secrets open_secrets(const store::Record& record, const signing::Vault& vault,
                     const json::object& object)
{
    Secrets secrets;
    signing::KeyRing ring;
    for (const auto& key : object.at("keys").as_array()) {
        const auto id = id_of(key);
        auto secret = vault.open(record.tenant, id, bytes_of(key.at("sealed")));
        if (!secret) {
            log::error("key.unreadable", secret.error().message,
                       {{"key", id.to_string()}, {"owner", record.id}});
            secrets.unreadable.push_back(key);
            if (!is_of_source(record)) continue;
            secret = Secret{};
        }
        ring.keys.push_back({id, std::move(*secret), read_time(key.at("not_before")),
                             read_time(key.at("not_after"))});
    }
    std::ranges::sort(ring.keys, std::greater<>{}, &signing::Key::id);
    secrets.keys = std::make_shared<const signing::KeyRing>(std::move(ring));
    if (const auto* sealed = object.if_contains("headers")) {
        const auto text = vault.open(record.tenant, headers_row(record), bytes_of(*sealed));
        if (text) secrets.headers = read_headers(*text);
        else
            log::error("subscription.headers_unreadable", text.error().message,
                       {{"subscription", record.id},
                        {"hint", "its requests go out without them: give them again"}});
    }
    return secrets;
}

awaitable<result<void>> renew_secrets(store::Records& store, const signing::Vault& vault,
                                      Timestamp now)
{
    Census census{&vault};
    auto records = co_await records_with_secrets(store, census);
    if (!records) co_return records.error();
    if (auto verdict = census.verdict(); !verdict) co_return verdict;
    Renewal renewal{vault, now};
    for (auto& record : *records) {
        if (!renewal.renew(record)) continue;
        ++record.version;
        record.updated_at = now;
        auto put = co_await store.put_record(std::move(record));
        // Another hub of the same store may have been quicker.
        if (!put && put.error() != errc::conflict) co_return put.error();
    }
    if (renewal.resealed > 0)
        log::info("keys.resealed",
                  "the stored secrets are sealed under the new master key: the one of before is "
                  "not needed for them any more",
                  {{"count", renewal.resealed}});
    co_return result<void>{};
}

const std::vector<std::string>& kinds_with_secrets()
{
    static const std::vector<std::string> kinds{store::source_kind, store::subscription_kind};
    return kinds;
}

std::size_t count_sealed(const std::vector<store::Record>& records)
{
    Census census{nullptr};
    for (const auto& record : records) census.count(record);
    return census.all;
}

result<void> check_master_key(const std::vector<store::Record>& records,
                              const signing::Vault& vault)
{
    Census census{&vault};
    for (const auto& record : records) census.count(record);
    return census.verdict();
}

}  // namespace katydid::registry
