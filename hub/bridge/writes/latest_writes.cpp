#include "hub/bridge/writes/latest_writes.hpp"

#include "hub/core/json/parse.hpp"
#include "signing/algorithms/digest.hpp"

#include <boost/json.hpp>

namespace katydid::bridge {
namespace {

namespace json = boost::json;

constexpr const char* kind = "bridge_write";

}  // namespace

awaitable<result<std::optional<LatestWrite>>> LatestWrites::find(std::string name)
{
    auto record = co_await store_.record(default_tenant(), kind, signing::sha256_hex(name));
    if (!record && record.error() == errc::not_found) co_return std::optional<LatestWrite>{};
    if (!record) co_return record.error();
    if (record->expires_at && *record->expires_at <= clock_.now())
        co_return std::optional<LatestWrite>{};
    const auto value = json_text::parse_or_null(record->json);
    const auto* object = value.if_object();
    if (object == nullptr) co_return std::optional<LatestWrite>{};
    LatestWrite latest{json_text::text_at(*object, "hash"),
                       json_text::text_at(*object, "external_id"), record->version};
    co_return std::optional<LatestWrite>{std::move(latest)};
}

awaitable<result<void>> LatestWrites::put(std::string name, LatestWrite latest)
{
    store::Record record;
    record.kind = kind;
    record.id = signing::sha256_hex(name);
    record.json = json::serialize(
        json::object{{"hash", latest.hash}, {"external_id", latest.external_id}});
    record.version = latest.version;
    record.updated_at = clock_.now();
    record.is_setting = false;
    record.expires_at = clock_.now() + kept_;
    auto put = co_await store_.put_record(std::move(record));
    co_return put;
}

}  // namespace katydid::bridge
