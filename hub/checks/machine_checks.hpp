// What the hub needs of the machine to do well: a clock, room, a library, good certificates.
#pragma once

#include "hub/checks/finding.hpp"
#include "hub/config/settings.hpp"

#include <optional>

namespace katydid::checks {

/// How far this clock is from another's, by the Date header of an answer (RFC 9110, section
/// 5.6.7). Signatures carry times: receivers refuse what is minutes off. Pure.
/// \param others  Date headers; those that cannot be read are passed over
[[nodiscard]] Finding judge_clock(const std::vector<std::string>& others, Timestamp now);

/// Whether the disk of the folder has room, by the bytes that are free. Pure.
[[nodiscard]] Finding judge_room(const std::filesystem::path& folder, std::uintmax_t bytes);

/// \param version  as sqlite3_libversion_number(): 3040001 is 3.40.1. Pure.
[[nodiscard]] Finding judge_sqlite(int version);

/// The listener's certificates and those the hub shows to receivers.
[[nodiscard]] Findings check_certificates(const config::Settings& settings, Timestamp now);

/// Whether as many connections may be open as the settings say. Pure.
[[nodiscard]] Finding judge_descriptors(std::uint64_t limit, std::size_t connections_max);

}  // namespace katydid::checks
