// Queries about events and deliveries.
#pragma once

#include "hub/store/sqlite/read/reader.hpp"
#include "hub/store/shared/record_names.hpp"
#include "hub/store/store.hpp"

namespace katydid::store::sqlite {

// Lists go by order of acceptance. All run on a reader's thread.
result<std::vector<EventRow>> list_events(ReadSession& session, const EventQuery& query);
result<EventPtr> get_event(ReadSession& session, const TenantId& tenant, const EventId& id);
result<std::vector<Delivery>> list_deliveries(ReadSession& session, const DeliveryQuery& query);
result<std::vector<DeliveryId>> list_delivery_ids(ReadSession& session, const DeliveryQuery& query);
result<std::vector<ReplayCount>> count_of_job(ReadSession& session, const TenantId& tenant,
                                              const JobId& job,
                                              const std::vector<DeliveryState>& states);
result<Delivery> get_delivery(ReadSession& session, const TenantId& tenant, const DeliveryId& id);
result<std::vector<Attempt>> list_attempts(ReadSession& session, const TenantId& tenant,
                                           const DeliveryId& id);
result<Stats> count(ReadSession& session, const std::optional<TenantId>& tenant);

// Records.
/// The rows of sql::list_records, which was bound.
std::vector<Record> read_records(Statement& list, const std::string& kind);
result<std::vector<Record>> list_records(ReadSession& session, const std::string& kind);
result<Record> get_record(ReadSession& session, const RecordName& name);

// Rejected webhooks.
result<std::vector<Rejected>> list_rejected(ReadSession& session, const RejectedQuery& query);
result<Rejected> get_rejected(ReadSession& session, const TenantId& tenant, const RejectedId& id);

/// A consistent copy in a new file.
result<void> copy_to(ReadSession& session, const std::string& path, const BackupProgress& progress);

}  // namespace katydid::store::sqlite
