#include "hub/dispatch/runtime/breaker_store.hpp"

#include "hub/observe/log.hpp"

#include <boost/json.hpp>

namespace katydid::dispatch {
namespace {

namespace json = boost::json;

store::Record to_record(const BreakerMemory& memory)
{
    const json::object object{{"openings", memory.openings},
                              {"open_until", to_rfc3339(memory.open_until)}};
    store::Record record;
    record.is_setting = false;
    record.tenant = memory.tenant;
    record.kind = store::breaker_kind;
    record.id = memory.subscription.to_string();
    record.json = json::serialize(object);
    record.version = 0;
    return record;
}

std::optional<BreakerMemory> read(const store::Record& record)
{
    json::error_code error;
    const auto value = json::parse(record.json, error);
    const auto id = SubscriptionId::parse(record.id);
    const auto* object = error ? nullptr : value.if_object();
    if (object == nullptr || !id) return std::nullopt;
    const auto* openings = object->if_contains("openings");
    const auto* until = object->if_contains("open_until");
    if (openings == nullptr || until == nullptr || !until->is_string()) return std::nullopt;
    const auto time = parse_rfc3339(until->get_string());
    const auto count = openings->is_number() ? openings->to_number<std::uint32_t>(error) : 0;
    if (!time || error || count == 0) return std::nullopt;
    return BreakerMemory{record.tenant, *id, count, *time};
}

}  // namespace

BreakerStore::BreakerStore(asio::any_io_executor executor, store::Records& store,
                           std::function<void()> written)
    : executor_{std::move(executor)},
      store_{store},
      written_{std::move(written)}
{}

awaitable<result<std::vector<BreakerMemory>>> BreakerStore::load()
{
    auto records = co_await store_.records(std::string{store::breaker_kind});
    if (records.has_error()) co_return records.error();
    std::vector<BreakerMemory> all;
    for (const auto& record : *records)
        if (const auto memory = read(record)) all.push_back(*memory);
    co_return all;
}

void BreakerStore::flush()
{
    if (writing_ || dirty_.empty()) return;
    writing_ = true;
    asio::co_spawn(executor_, write(), [this](const std::exception_ptr& exception) {
        writing_ = false;
        if (exception) log::error("breaker.not_kept", describe(exception));
        written_();
    });
}

awaitable<void> BreakerStore::write()
{
    std::vector<BreakerMemory> refused;
    while (!dirty_.empty()) {
        const auto memory = dirty_.begin()->second;
        dirty_.erase(dirty_.begin());
        const auto written = co_await write(memory);
        if (written.has_value()) continue;
        refused.push_back(memory);
        log::warn("breaker.not_kept", written.error().message,
                  {{"subscription", memory.subscription.to_string()}});
    }
    // What was noted meanwhile is newer.
    for (const auto& memory : refused) dirty_.emplace(memory.subscription, memory);
}

awaitable<result<void>> BreakerStore::write(BreakerMemory memory)
{
    if (memory.openings > 0) {
        auto record = to_record(memory);
        auto put = co_await store_.put_record(std::move(record));
        co_return put;
    }
    auto id = memory.subscription.to_string();
    auto deleted = co_await store_.delete_record(memory.tenant, std::string{store::breaker_kind},
                                                 std::move(id));
    if (deleted.has_error() && deleted.error() == errc::not_found) co_return result<void>{};
    co_return deleted;
}

}  // namespace katydid::dispatch
