// One way to keep a kind of setting: read, change, remove, tell every loop.
#pragma once

#include "hub/core/async/mutex.hpp"
#include "hub/core/json/fault.hpp"
#include "hub/core/async/on_executor.hpp"
#include "hub/observe/log.hpp"
#include "hub/registry/loop_binding.hpp"
#include "hub/store/store.hpp"
#include "signing/keys/vault.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace katydid::registry {

/// What all catalogs share. Everything handed in outlives it.
struct CatalogContext {
    store::Store& store;
    const signing::Vault& vault;
    const Clock& clock;
    IdSource ids;
    std::vector<LoopBinding> loops{};
    AsyncMutex mutex{};

    [[nodiscard]] Tables& tables() { return *loops.front().tables; }

    using Change = std::function<void(const LoopBinding&)>;
    /// Makes a change on every loop, one loop after the other.
    awaitable<void> tell_all(Change change);

    /// Runs a change on the first loop, after those before it, and to its end even when the caller
    /// goes away: the store and the tables must not differ. Others wait meanwhile: what takes long
    /// comes after it.
    template <class T>
    awaitable<result<T>> serialized(awaitable<result<T>> change)
    {
        auto work = locked(std::move(change));
        auto done = co_await on_executor(loops.front().executor, std::move(work));
        co_return done;
    }

private:
    template <class T>
    awaitable<result<T>> locked(awaitable<result<T>> change)
    {
        const auto lock = co_await mutex.lock();
        auto done = co_await std::move(change);
        co_return done;
    }
};

/// Somebody else changed it between the caller's look and now.
[[nodiscard]] Error changed_meanwhile();
[[nodiscard]] Error no_such(std::string kind);
/// The conflict of a setting with what the API made. \param what  "source", …
[[nodiscard]] Error taken_by_api(const std::string& what, const std::string& name);

/// How times lie in the JSON of a record: milliseconds since 1970, or null.
[[nodiscard]] boost::json::value time_json(const std::optional<Timestamp>& time);
[[nodiscard]] std::optional<Timestamp> read_time(const boost::json::value& value);
/// Throws boost::system::system_error when the text is no JSON object.
[[nodiscard]] boost::json::object parse_record(const store::Record& record);

/// Why a record's JSON is left out. \param faults  at least one
[[nodiscard]] Error unreadable(const std::vector<Fault>& faults);

/// A catalog without its kind of row: what loading and refreshing need.
class AnyCatalog {
public:
    virtual ~AnyCatalog() = default;
    /// Reads every row from the store, and tells the loops what differs from what they know. A row
    /// that cannot be read is logged and left out.
    virtual awaitable<result<void>> read() = 0;
    /// Removes every row of a tenant, as the one who asks for each would: other changes may come
    /// between two of them. On the first loop.
    virtual awaitable<result<void>> drop_all(TenantId tenant) = 0;
};

/// The part of a row with tenant, version and times: the row itself, where it has no overload.
template <class Row>
Row& setting_of(Row& row)
{
    return row;
}

/// One kind of setting in the store and in the tables of all loops: a record for each row.
///
/// A kind says how a row becomes a record and comes out of one, how tables take it, and which
/// changes it refuses. A change is durable, and known to every loop, before its call returns.
/// Each kind declares its catalog `extern` and compiles it in its own file, once.
/// Thread safety: the public calls from any loop; each runs on the first loop, one at a time. All
/// else runs on the first loop.
template <class Row>
class Catalog : public AnyCatalog {
public:
    using Pointer = std::shared_ptr<const Row>;

    /// Creates a row (id nil or version 0), or replaces the one of its version.
    /// Errors: conflict (another version is there, a name is taken), those of the kind and the
    /// store.
    awaitable<result<Pointer>> put(Row row);

    /// \param base  the version that is meant; nullopt: whatever is there
    /// Errors: not_found, conflict (another version is there), those of the kind and the store.
    awaitable<result<void>> remove(TenantId tenant, std::string id,
                                   std::optional<std::uint64_t> base = std::nullopt);

    awaitable<result<void>> read() override;
    awaitable<result<void>> drop_all(TenantId tenant) override;

protected:
    using Key = std::pair<TenantId, std::string>;

    Catalog(CatalogContext& context, const char* kind) : context_{context}, kind_{kind} {}

    /// What the record holds. \param record  complete but for its JSON; may be changed
    [[nodiscard]] virtual boost::json::object to_json(const Row& row, store::Record& record) const
        = 0;
    /// Tenant, version and time of the change are filled in afterwards. May throw when the object
    /// is not as to_json() wrote it.
    /// Errors: corrupt (the row is left out); any other one ends the reading.
    virtual result<Row>
    from_json(const store::Record& record, const boost::json::object& object, const Row* known) = 0;
    /// Why this row cannot be put. \param known  what it replaces, or null
    virtual std::optional<Error> refusal(const Row&, const Row*) { return std::nullopt; }
    /// What only this process knows of a row, e.g. the schemes that it names.
    virtual void complete(Row&) {}
    virtual void put_into(const LoopBinding& loop, const Pointer& row) = 0;
    /// A kind that is never deleted has none.
    virtual void remove_from(const LoopBinding&, const Row&) {}

    [[nodiscard]] Pointer find(TenantId tenant, const std::string& id) const
    {
        const auto found = rows_.find({tenant, id});
        return found == rows_.end() ? nullptr : found->second;
    }
    awaitable<result<Pointer>> store(Row row);
    virtual awaitable<result<void>> drop(TenantId tenant, std::string id,
                                         std::optional<std::uint64_t> base);
    /// What is left to do when a row is gone for all, while other changes go on.
    virtual awaitable<result<void>> clean_up(TenantId /*tenant*/, std::string /*id*/)
    {
        co_return result<void>{};
    }
    /// Removes a row from the store, then from the loops. Errors: not_found when another hub was
    /// quicker, and those of the store.
    awaitable<result<void>> erase(Pointer row);
    /// Notes what the store has, and shows it.
    awaitable<Pointer> tell(Row row);
    /// Puts a row into all loops.
    awaitable<void> show(Pointer row);
    awaitable<void> forget(Pointer row);

    CatalogContext& context_;
    const char* const kind_;
    std::map<Key, Pointer> rows_;  ///< what the store has

private:
    /// Tenant and id of its record.
    [[nodiscard]] Key key_of(const Row& row) const
    {
        const auto& setting = setting_of(row);
        if constexpr (!requires { setting.tenant; }) return {setting.id, kind_};
        else if constexpr (requires { setting.id; })
            return {setting.tenant, setting.id.to_string()};
        else return {setting.tenant, setting.name};
    }
    [[nodiscard]] store::Record to_record(const Row& row) const
    {
        const auto& setting = setting_of(row);
        const auto key = key_of(row);
        store::Record record{key.first, kind_, key.second, "", setting.version, setting.updated_at};
        record.json = boost::json::serialize(to_json(row, record));
        return record;
    }
    awaitable<result<void>> remove_now(TenantId tenant, std::string id,
                                       std::optional<std::uint64_t> base);
    result<Row> read_row(const store::Record& record, const Row* known);
    awaitable<void> forget_all_but(std::set<Key> listed);
};

template <class Row>
auto Catalog<Row>::put(Row row) -> awaitable<result<Pointer>>
{
    auto stored = co_await context_.serialized(store(std::move(row)));
    co_return stored;
}

template <class Row>
awaitable<result<void>> Catalog<Row>::remove(TenantId tenant, std::string id,
                                             std::optional<std::uint64_t> base)
{
    auto work = remove_now(tenant, std::move(id), base);
    auto removed = co_await on_executor(context_.loops.front().executor, std::move(work));
    co_return removed;
}

template <class Row>
awaitable<result<void>> Catalog<Row>::remove_now(TenantId tenant, std::string id,
                                                 std::optional<std::uint64_t> base)
{
    auto dropped = co_await context_.serialized(drop(tenant, id, base));
    if (!dropped) co_return dropped.error();
    auto cleaned = co_await clean_up(tenant, std::move(id));
    co_return cleaned;
}

template <class Row>
auto Catalog<Row>::store(Row row) -> awaitable<result<Pointer>>
{
    auto& setting = setting_of(row);
    // It may have waited behind the deletion of its tenant.
    if constexpr (requires { setting.tenant; })
        if (context_.tables().is_leaving(setting.tenant)) co_return no_such("tenant");
    if constexpr (requires { setting.id.is_nil(); })
        if (setting.id.is_nil()) {
            setting.id = context_.ids.template make<std::decay_t<decltype(setting.id)>>();
            setting.version = 0;
        }
    const auto key = key_of(row);
    const auto known = find(key.first, key.second);
    if (known && setting_of(*known).version != setting.version) co_return changed_meanwhile();
    if (auto refused = refusal(row, known.get())) co_return *refused;
    setting.updated_at = context_.clock.now();
    if (setting.version == 0) setting.created_at = setting.updated_at;
    ++setting.version;
    auto record = to_record(row);
    auto put = co_await context_.store.put_record(std::move(record));
    if (!put) co_return put.error();
    auto told = co_await tell(std::move(row));
    co_return told;
}

template <class Row>
awaitable<result<void>> Catalog<Row>::drop(TenantId tenant, std::string id,
                                           std::optional<std::uint64_t> base)
{
    const auto known = find(tenant, id);
    if (!known) co_return no_such(kind_);
    if (base && setting_of(*known).version != *base) co_return changed_meanwhile();
    auto erased = co_await erase(known);
    co_return erased;
}

template <class Row>
awaitable<result<void>> Catalog<Row>::drop_all(TenantId tenant)
{
    std::vector<std::string> ids;
    for (auto each = rows_.lower_bound({tenant, ""});
         each != rows_.end() && each->first.first == tenant; ++each)
        ids.push_back(each->first.second);
    for (auto& id : ids) {
        auto removed = co_await remove_now(tenant, std::move(id), std::nullopt);
        if (!removed && removed.error() != errc::not_found) co_return removed.error();
    }
    co_return result<void>{};
}

template <class Row>
awaitable<result<void>> Catalog<Row>::erase(Pointer row)
{
    auto key = key_of(*row);
    auto deleted = co_await context_.store.delete_record(key.first, kind_, std::move(key.second));
    if (deleted || deleted.error() == errc::not_found) co_await forget(std::move(row));
    co_return deleted;
}

template <class Row>
auto Catalog<Row>::tell(Row row) -> awaitable<Pointer>
{
    complete(row);
    Pointer pointer = std::make_shared<const Row>(std::move(row));
    rows_[key_of(*pointer)] = pointer;
    co_await show(pointer);
    co_return pointer;
}

template <class Row>
awaitable<void> Catalog<Row>::show(Pointer row)
{
    CatalogContext::Change change = [this, row](const LoopBinding& loop) { put_into(loop, row); };
    co_await context_.tell_all(std::move(change));
}

template <class Row>
awaitable<void> Catalog<Row>::forget(Pointer row)
{
    rows_.erase(key_of(*row));
    CatalogContext::Change change = [this, row](const LoopBinding& loop) {
        remove_from(loop, *row);
    };
    co_await context_.tell_all(std::move(change));
}

/// What is gone goes first: its name may be another's by now.
template <class Row>
awaitable<void> Catalog<Row>::forget_all_but(std::set<Key> listed)
{
    std::vector<Pointer> gone;
    for (const auto& [key, row] : rows_)
        if (!listed.contains(key)) gone.push_back(row);
    for (auto& row : gone) co_await forget(std::move(row));
}

template <class Row>
awaitable<result<void>> Catalog<Row>::read()
{
    const auto records = co_await context_.store.records(kind_);
    if (!records) co_return records.error();
    std::set<Key> listed;
    for (const auto& record : *records) listed.emplace(record.tenant, record.id);
    co_await forget_all_but(std::move(listed));
    for (const auto& record : *records) {
        const auto known = find(record.tenant, record.id);
        if (known && setting_of(*known).version == record.version
            && setting_of(*known).updated_at == record.updated_at)
            continue;
        auto row = read_row(record, known.get());
        if (row) {
            co_await tell(std::move(*row));
            continue;
        }
        if (row.error() != errc::corrupt) co_return row.error();
        log::error(std::string{kind_} + ".unreadable", row.error().message,
                   {{"id", record.id}, {"tenant", record.tenant.to_string()}});
    }
    co_return result<void>{};
}

template <class Row>
result<Row> Catalog<Row>::read_row(const store::Record& record, const Row* known)
{
    try {
        auto row = from_json(record, parse_record(record), known);
        if (row) {
            auto& setting = setting_of(*row);
            if constexpr (requires { setting.tenant; }) setting.tenant = record.tenant;
            setting.version = record.version;
            setting.updated_at = record.updated_at;
        }
        return row;
    } catch (const std::exception& failure) {
        return Error{errc::corrupt, std::string{"the record cannot be read: "} + failure.what()};
    }
}

}  // namespace katydid::registry
