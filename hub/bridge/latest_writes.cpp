#include "hub/bridge/latest_writes.hpp"

#include "signing/algorithms/digest.hpp"

#include <boost/json.hpp>

namespace katydid::bridge {
namespace {

namespace json = boost::json;

constexpr const char* kind = "bridge_write";

std::string text_at(const json::object& object, std::string_view name)
{
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string()
               ? std::string{std::string_view{value->get_string()}}
               : std::string{};
}

}  // namespace

awaitable<result<std::optional<LatestWrite>>> LatestWrites::find(std::string name)
{
    auto record = co_await store_.record(default_tenant(), kind, signing::sha256_hex(name));
    if (!record && record.error() == errc::not_found) co_return std::optional<LatestWrite>{};
    if (!record) co_return record.error();
    if (record->expires_at && *record->expires_at <= clock_.now())
        co_return std::optional<LatestWrite>{};
    boost::system::error_code error;
    const auto value = json::parse(record->json, error);
    if (error || !value.is_object()) co_return std::optional<LatestWrite>{};
    const auto& object = value.get_object();
    LatestWrite latest{text_at(object, "hash"), text_at(object, "external_id"), record->version};
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
