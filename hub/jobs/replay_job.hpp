// One person's wish to deliver many things again, and how far it is.
#pragma once

#include "hub/store/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace katydid::jobs {

enum class JobStatus : std::uint8_t { waiting, running, paused, cancelled, completed };

/// No step follows.
constexpr bool is_over(JobStatus status) noexcept
{
    return status == JobStatus::cancelled || status == JobStatus::completed;
}

std::string_view to_text(JobStatus status) noexcept;

/// Deliveries that match `query`, made due again in the replay lane, oldest first.
struct ReplayJob {
    TenantId tenant = default_tenant();
    JobId id;
    JobStatus status = JobStatus::waiting;
    store::DeliveryQuery query;     ///< its cursor is how far the job is
    std::uint64_t done = 0;         ///< deliveries made due again
    std::uint64_t skipped = 0;      ///< that were waiting or in flight by themselves
    std::optional<Timestamp> from;  ///< created_at of the first delivery that matched
    std::optional<Timestamp> at;    ///< of the last one that was looked at
    Timestamp created_at{};
    Timestamp updated_at{};
    std::string error;  ///< why the last step failed; empty when it did not
};

/// How far the job is, 0 to 1, by the times of the deliveries it goes through.
[[nodiscard]] double progress(const ReplayJob& job) noexcept;

/// As it is kept in the store: kind "replay_job", the job's id. Pure.
[[nodiscard]] store::Record to_record(const ReplayJob& job);
/// nullopt for a record that this version does not understand.
[[nodiscard]] std::optional<ReplayJob> read_job(const store::Record& record);

constexpr std::string_view job_kind = "replay_job";

}  // namespace katydid::jobs
