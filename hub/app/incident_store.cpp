#include "hub/app/incident_store.hpp"

#include <charconv>

namespace katydid {
namespace {

constexpr const char* incident_kind = "incident";

std::string id_of(std::size_t alert, const std::string& subscription)
{
    return std::to_string(alert) + " " + subscription;
}

std::optional<IncidentStore::Open> read(const store::Record& record)
{
    IncidentStore::Open open;
    const auto* const end = record.id.data() + record.id.size();
    const auto [rest, error] = std::from_chars(record.id.data(), end, open.alert);
    auto incident = alerts::read_incident(record.json);
    if (error != std::errc{} || !incident) return std::nullopt;
    open.incident = std::move(*incident);
    return open;
}

}  // namespace

awaitable<result<std::optional<alerts::Incident>>> IncidentStore::find(std::size_t alert,
                                                                       std::string subscription)
{
    auto id = id_of(alert, subscription);
    const auto record = co_await records_.record(default_tenant(), incident_kind, std::move(id));
    if (record) co_return alerts::read_incident(record->json);
    if (record.error() != errc::not_found) co_return record.error();
    co_return std::nullopt;
}

awaitable<result<void>> IncidentStore::put(std::size_t alert, alerts::Incident incident)
{
    store::Record record;
    record.is_setting = false;
    record.kind = incident_kind;
    record.id = id_of(alert, incident.last.subscription);
    record.json = alerts::write(incident);
    record.version = 0;
    auto put = co_await records_.put_record(std::move(record));
    co_return put;
}

awaitable<result<void>> IncidentStore::erase(std::size_t alert, std::string subscription)
{
    auto id = id_of(alert, subscription);
    auto erased = co_await records_.delete_record(default_tenant(), incident_kind, std::move(id));
    if (!erased && erased.error() == errc::not_found) co_return result<void>{};
    co_return erased;
}

awaitable<result<std::vector<IncidentStore::Open>>> IncidentStore::all()
{
    const auto records = co_await records_.records(incident_kind);
    if (!records) co_return records.error();
    std::vector<Open> all;
    for (const auto& record : *records)
        if (auto open = read(record)) all.push_back(std::move(*open));
    co_return all;
}

awaitable<result<std::set<std::string>>> IncidentStore::held_back()
{
    const auto records = co_await records_.records(store::breaker_kind);
    if (!records) co_return records.error();
    std::set<std::string> all;
    for (const auto& record : *records)
        if (record.tenant == default_tenant()) all.insert(record.id);
    co_return all;
}

}  // namespace katydid
