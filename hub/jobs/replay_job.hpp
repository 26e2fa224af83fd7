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

/// What became of the deliveries that a job made due.
struct ReplayTally {
    std::uint64_t pending = 0;    ///< nothing was tried yet, or in flight
    std::uint64_t scheduled = 0;  ///< tried, and to be tried again
    std::uint64_t delivered = 0;
    std::uint64_t dead = 0;
    std::uint64_t cancelled = 0;
    friend bool operator==(const ReplayTally&, const ReplayTally&) = default;
};

/// Deliveries that match `query`, made due again in the replay lane, oldest first.
struct ReplayJob {
    TenantId tenant = default_tenant();
    JobId id;
    JobStatus status = JobStatus::waiting;
    store::DeliveryQuery query;          ///< its cursor is how far the job is
    std::optional<std::uint64_t> total;  ///< that matched when it began; nullopt: not counted yet
    std::uint64_t made_due = 0;          ///< by the job, less what it took back
    std::uint64_t skipped = 0;           ///< that were waiting or in flight by themselves
    bool all_due = false;                ///< nothing is left that matches
    ReplayTally tally;                   ///< of those made due, as counted last
    Timestamp created_at{};
    Timestamp updated_at{};
    std::string error;          ///< why the last step failed; empty when it did not
    std::uint64_t version = 0;  ///< of its record; 0: it has none yet
};

/// Deliveries made due that have ended since, or that somebody else made due after it.
[[nodiscard]] std::uint64_t ended(const ReplayJob& job) noexcept;
/// How far the job is, 0 to 1: of what matched, that which has ended or was skipped.
[[nodiscard]] double progress(const ReplayJob& job) noexcept;

/// As it is to be kept in the store: kind "replay_job", the job's id, the next version. Pure.
[[nodiscard]] store::Record to_record(const ReplayJob& job);
/// nullopt for a record that this version does not understand.
[[nodiscard]] std::optional<ReplayJob> read_job(const store::Record& record);

constexpr std::string_view job_kind = store::replay_job_kind;

}  // namespace katydid::jobs
