#include "hub/store/shards/identity.hpp"

namespace katydid::store::shards {
namespace {

constexpr const char* identity_kind = "shard";
constexpr const char* identity_id = "self";

std::string describe(const std::string& name, bool is_first)
{
    return is_first ? "\"" + name + "\", the first of its hub" : "\"" + name + "\"";
}

}  // namespace

awaitable<result<void>> claim_identity(Records& shard, std::string name, bool is_first)
{
    const auto wanted = describe(name, is_first);
    Record own;
    own.kind = identity_kind;
    own.id = identity_id;
    own.json = wanted;
    const auto put = co_await shard.put_record(std::move(own));
    if (put || put.error() != errc::conflict) co_return put;
    const auto known = co_await shard.record(default_tenant(), identity_kind, identity_id);
    if (!known) co_return known.error();
    if (known->json == wanted) co_return result<void>{};
    co_return Error{errc::refused, "[[shards]]: this store is the shard " + known->json + ", not "
                                       + wanted
                                       + ". The names and the first place must stay as they were."};
}

}  // namespace katydid::store::shards
