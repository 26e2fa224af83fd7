#include "hub/checks/machine_checks.hpp"

#include "certs/check_chain.hpp"

#include <algorithm>
#include <ctime>

namespace katydid::checks {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr milliseconds clock_warning = 5s;
constexpr milliseconds clock_fault = 60s;
constexpr std::uintmax_t room_fault = 64ULL * 1024 * 1024;
constexpr std::uintmax_t room_warning = 1024ULL * 1024 * 1024;
constexpr int sqlite_least = 3'035'000;
constexpr int sqlite_tested = 3'040'000;
constexpr std::uint64_t descriptors_besides = 256;  ///< files, sockets of deliveries, timers

std::optional<Timestamp> parse_http_date(const std::string& text)
{
    std::tm parts{};
    const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return Timestamp{std::chrono::seconds{::timegm(&parts)}};
}

std::string megabytes(std::uintmax_t bytes) { return std::to_string(bytes / 1024 / 1024) + " MB"; }

std::string version_text(int version)
{
    return std::to_string(version / 1'000'000) + "." + std::to_string(version / 1'000 % 1'000) + "."
           + std::to_string(version % 1'000);
}

void add_chain(Findings& findings, const certs::ChainFiles& files, Timestamp now)
{
    const auto found = certs::check_chain_files(files, now);
    for (const auto& each : found) {
        const bool is_fault = each.weight == certs::ChainFinding::Weight::fault;
        findings.push_back({is_fault ? Weight::fault : Weight::warning, "certificates",
                            files.certificate_file.string() + ": " + each.what, each.hint});
    }
    if (found.empty())
        findings.push_back(well("certificates", files.certificate_file.string()
                                                    + " is whole, valid and fits its key."));
}

}  // namespace

Finding judge_clock(const std::vector<std::string>& others, Timestamp now)
{
    std::optional<milliseconds> nearest;
    for (const auto& text : others)
        if (const auto date = parse_http_date(text)) {
            // The header has whole seconds: half a second is no fault.
            const auto off = now - *date - 500ms;
            if (!nearest || std::chrono::abs(off) < std::chrono::abs(*nearest)) nearest = off;
        }
    if (!nearest) return well("clock", "No server answered to compare this clock with.");
    const auto off = std::chrono::abs(*nearest);
    const auto seconds = std::to_string(std::chrono::round<std::chrono::seconds>(off).count());
    if (off < clock_warning) return well("clock", "The clock agrees with others.");
    const auto what = "The clock is " + seconds + " s "
                      + (nearest->count() > 0 ? "ahead of" : "behind") + " that of others.";
    const std::string hint
        = "Let it be set: timedatectl set-ntp true, or install chrony. Receivers "
          "refuse signatures whose time is minutes off.";
    return off < clock_fault ? warning("clock", what, hint) : fault("clock", what, hint);
}

Finding judge_room(const fs::path& folder, std::uintmax_t bytes)
{
    if (bytes >= room_warning) return well("data", folder.string() + " has room.");
    return {bytes < room_fault ? Weight::fault : Weight::warning, "data",
            "Only " + megabytes(bytes) + " are left on the disk of " + folder.string() + ".",
            "Make room: on a full disk webhooks get 503 and nothing is sent."};
}

Finding judge_sqlite(int version)
{
    const auto text = "SQLite " + version_text(version);
    if (version < sqlite_least)
        return fault("sqlite", text + " is too old: 3.35 is the least that works.",
                     "Upgrade libsqlite3-0; Debian 12 has 3.40.");
    if (version < sqlite_tested)
        return warning("sqlite", text + " is older than what the hub is tested with, 3.40.",
                       "Upgrade libsqlite3-0; Debian 12 has 3.40.");
    // https://www.sqlite.org/wal.html, the WAL-reset bug; the hub has one connection that writes.
    const bool has_bug = version < 3'051'003;
    return well("sqlite", text + " is new enough."
                              + (has_bug ? " Let no other program write to the store while the hub "
                                           "runs: before 3.51.3 that can lose writes."
                                         : ""));
}

Findings check_certificates(const config::Settings& settings, Timestamp now)
{
    Findings findings;
    const auto& tls = settings.tls;
    for (std::size_t i = 0; i < tls.certificate_files.size(); ++i) {
        certs::ChainFiles files;
        files.certificate_file = tls.certificate_files[i];
        if (i < tls.key_files.size()) files.key_file = tls.key_files[i];
        add_chain(findings, files, now);
    }
    if (!settings.egress_certificate_file.empty()) {
        certs::ChainFiles files;
        files.certificate_file = settings.egress_certificate_file;
        files.key_file = settings.egress_key_file;
        files.use = certs::ChainUse::client;
        add_chain(findings, files, now);
    }
    if (findings.empty())
        findings.push_back(well("certificates", "The settings name none: the listener is plain."));
    return findings;
}

Finding judge_descriptors(std::uint64_t limit, std::size_t connections_max)
{
    const auto needed = connections_max + descriptors_besides;
    if (limit >= needed)
        return well("files", "Up to " + std::to_string(limit) + " files may be open at a time.");
    return warning("files",
                   "Only " + std::to_string(limit) + " files may be open at a time, and "
                       + std::to_string(connections_max) + " connections are allowed.",
                   "Raise it (ulimit -n, LimitNOFILE= in the unit), or lower "
                   "limits.connections_max.");
}

}  // namespace katydid::checks
