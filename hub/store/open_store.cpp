#include "hub/store/open_store.hpp"

#include "hub/store/postgres/postgres_store.hpp"
#include "hub/store/shards/sharded_store.hpp"
#include "hub/store/sqlite/sqlite_store.hpp"

namespace katydid::store {
namespace {

constexpr std::string_view sqlite_prefix = "sqlite:";

std::unique_ptr<Store> open_shared(StoreOptions options)
{
    PostgresOptions postgres;
    postgres.url = std::move(options.url);
    postgres.address = std::move(options.address);
    postgres.queue_count_max = options.queue_count_max;
    postgres.warn = std::move(options.warn);
    postgres.on_commit = std::move(options.on_commit);
    return open_postgres(std::move(postgres));
}

std::unique_ptr<Store> open_one(StoreOptions options)
{
    if (is_shared_store(options.url)) return open_shared(std::move(options));
    SqliteOptions sqlite;
    sqlite.path = sqlite_path(options.url);
    sqlite.queue_count_max = options.queue_count_max;
    sqlite.warn = std::move(options.warn);
    sqlite.note = std::move(options.note);
    sqlite.on_commit = std::move(options.on_commit);
    sqlite.on_checkpoint = std::move(options.on_checkpoint);
    return open_sqlite(std::move(sqlite));
}

std::unique_ptr<Store> open_shards(const StoreOptions& options)
{
    ShardedOptions sharded;
    sharded.warn = options.warn;
    for (const auto& shard : options.shards) {
        auto own = options;
        own.url = shard.url;
        own.shards.clear();
        sharded.shards.push_back({shard.name, [own] { return open_one(own); }});
    }
    return open_sharded(std::move(sharded));
}

}  // namespace

bool is_shared_store(std::string_view url) noexcept
{
    return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

std::string sqlite_path(const std::string& url)
{
    return url.substr(std::min(sqlite_prefix.size(), url.size()));
}

std::string describe_store(std::string_view url)
{
    if (!is_shared_store(url)) return std::string{url};
    // scheme://[user[:password]@]hosts/database[?words]; words may hold a password too.
    const auto authority = url.find("//") + 2;
    const auto words = std::min(url.find('?'), url.size());
    const auto at = url.substr(0, words).rfind('@');
    const bool has_user = at != std::string_view::npos && at >= authority;
    const auto hosts = has_user ? at + 1 : authority;
    std::string shown{url.substr(0, authority)};
    return shown.append(url.substr(hosts, words - hosts));
}

std::unique_ptr<Store> open_store(StoreOptions options)
{
    return options.shards.empty() ? open_one(std::move(options)) : open_shards(options);
}

}  // namespace katydid::store
