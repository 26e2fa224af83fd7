#include "hub/store/sqlite/rows/interned_ids.hpp"
#include "hub/store/sqlite/sql/ids.sql.hpp"

namespace katydid::store::sqlite {
namespace {

constexpr std::size_t remembered_max = 65'536;
constexpr std::size_t remembered_bytes_max = 256;  ///< of a word

template <class Bind>
std::int64_t find_or_add(Connection& connection, Statement& find, Statement& add, Bind bind)
{
    bind(find);
    {
        const ResetGuard guard{find};
        if (find.step()) return find.integer(0);
    }
    bind(add);
    add.run();
    return sqlite3_last_insert_rowid(connection.handle());
}

}  // namespace

InternedIds::InternedIds(Connection& connection)
    : connection_{connection},
      find_tenant_{connection.prepare(sql::find_tenant)},
      add_tenant_{connection.prepare(sql::add_tenant)},
      find_word_{connection.prepare(sql::find_name)},
      add_word_{connection.prepare(sql::add_name)},
      find_subscriber_{connection.prepare(sql::find_subscriber)},
      add_subscriber_{connection.prepare(sql::add_subscriber)},
      change_uses_{connection.prepare(sql::change_name_uses)},
      delete_unused_{connection.prepare(sql::delete_unused_names)}
{}

std::int64_t InternedIds::tenant(const TenantId& id)
{
    if (const auto found = tenants_.find(id); found != tenants_.end()) return found->second;
    if (tenants_.size() >= remembered_max) tenants_.clear();
    const auto number = find_or_add(connection_, find_tenant_, add_tenant_,
                                    [&](Statement& statement) { statement.with(id); });
    tenants_.emplace(id, number);
    return number;
}

std::int64_t InternedIds::word(std::string_view text)
{
    if (const auto found = words_.find(text); found != words_.end()) return found->second;
    if (words_.size() >= remembered_max) words_.clear();
    const auto number = find_or_add(connection_, find_word_, add_word_,
                                    [&](Statement& statement) { statement.with(text); });
    if (text.size() <= remembered_bytes_max) words_.emplace(text, number);
    return number;
}

std::int64_t InternedIds::subscriber(std::int64_t tenant, const SubscriptionId& id)
{
    const Subscriber key{tenant, id};
    if (const auto found = subscribers_.find(key); found != subscribers_.end())
        return found->second;
    if (subscribers_.size() >= remembered_max) subscribers_.clear();
    const auto number = find_or_add(connection_, find_subscriber_, add_subscriber_,
                                    [&](Statement& statement) { statement.with(tenant, id); });
    subscribers_.emplace(key, number);
    return number;
}

void InternedIds::flush_uses()
{
    for (const auto& [number, uses] : uses_)
        if (uses != 0) change_uses_.with(number, uses).run();
    uses_.clear();
}

std::uint64_t InternedIds::delete_unused_words(std::int64_t count_max)
{
    flush_uses();  // what this batch has used is in use
    delete_unused_.with(count_max).run();
    const auto deleted = static_cast<std::uint64_t>(connection_.changes());
    if (deleted > 0) words_.clear();
    return deleted;
}

void InternedIds::forget()
{
    uses_.clear();
    tenants_.clear();
    words_.clear();
    subscribers_.clear();
}

}  // namespace katydid::store::sqlite
