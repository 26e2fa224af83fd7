// A store of shards in memory that fail when they are told to.
#pragma once

#include "hub/store/shards/sharded_store.hpp"
#include "tests/store/memory/memory_store.hpp"

#include <boost/asio/io_context.hpp>

#include <map>

namespace katydid::test {

/// What the shards hold, by name, over a restart.
class MemoryShards {
public:
    store::ShardedOptions options(const std::vector<std::string>& names)
    {
        store::ShardedOptions options;
        options.reopen_interval = milliseconds{5};
        for (const auto& name : names)
            options.shards.push_back({name, [this, name] { return open(name); }});
        return options;
    }
    std::unique_ptr<store::Store> open(const std::string& name)
    {
        if (closed.contains(name) && closed[name])
            throw Failure{{errc::store_unavailable, "no connection"}};
        auto& kept = kept_[name];
        if (!kept) kept = std::make_shared<MemoryData>();
        kept->restart(256);
        auto opened = std::make_unique<MemoryStore>(kept);
        stores[name] = opened.get();
        return opened;
    }

    std::map<std::string, std::atomic<bool>> closed;  ///< these cannot be opened
    std::map<std::string, MemoryStore*> stores;

private:
    std::map<std::string, std::shared_ptr<MemoryData>> kept_;
};

/// The record that says where a tenant lives.
inline store::Record place_of(TenantId tenant, std::string shard)
{
    store::Record record;
    record.tenant = tenant;
    record.kind = "tenant_shard";
    record.id = "place";
    record.json = std::move(shard);
    record.version = 0;
    return record;
}

}  // namespace katydid::test
