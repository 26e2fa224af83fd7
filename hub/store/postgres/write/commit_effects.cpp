#include "hub/store/postgres/write/commit_effects.hpp"

#include "hub/store/shared/encoding.hpp"
#include "hub/store/postgres/sql/cluster.sql.hpp"
#include "hub/store/postgres/sql/counts.sql.hpp"

#include <charconv>

namespace katydid::store::postgres {
namespace {

constexpr std::size_t ulid_digits = 26;
constexpr std::size_t due_digits = 15;
constexpr std::size_t entry_bytes = 2 * ulid_digits + 1 + due_digits;
/// NOTIFY takes less than 8,000 bytes.
constexpr std::size_t entries_max = 7'900 / entry_bytes;

std::string padded(std::int64_t number)
{
    auto text = std::to_string(std::max<std::int64_t>(number, 0));
    return std::string(due_digits - std::min(due_digits, text.size()), '0') + text;
}

std::optional<Notifications::Lanes> read_entry(std::string_view entry)
{
    const auto tenant = parse_ulid_text(entry.substr(0, ulid_digits));
    const auto subscription = parse_ulid_text(entry.substr(ulid_digits, ulid_digits));
    const auto lane = static_cast<std::size_t>(entry[2 * ulid_digits] - '0');
    const auto digits = entry.substr(2 * ulid_digits + 1);
    std::int64_t due = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), due);
    const bool is_good = tenant && subscription && lane < lane_count && read.ec == std::errc{};
    if (!is_good) return std::nullopt;
    return Notifications::Lanes{{TenantId{*tenant}, SubscriptionId{*subscription}},
                                static_cast<Lane>(lane),
                                to_timestamp(due)};
}

}  // namespace

void write_counts(Connection& connection, const Counters& counters, int slot)
{
    Array tenants{Type::id}, kinds{Type::integer}, rows{Type::integer};
    for (const auto& [key, delta] : counters.deltas()) {
        if (delta == 0) continue;
        tenants.add(key.first);
        kinds.add(std::int64_t{key.second});
        rows.add(delta);
    }
    if (tenants.size() == 0) return;
    const auto params = Params::of(std::move(tenants), std::move(kinds), std::move(rows),
                                   std::int64_t{slot});
    connection.add(sql::add_counts, params);
}

void notify(Connection& connection, const std::string& channel, std::string_view payload)
{
    Params params;
    params.add_text(channel).add_text(payload);
    connection.add(sql::notify, params);
}

void Notifications::add(const Subscriber& subscriber, Lane lane, Timestamp due)
{
    const auto [entry, is_new] = lanes_.try_emplace({subscriber, lane}, due);
    if (!is_new) entry->second = std::min(entry->second, due);
}

void Notifications::write(Connection& connection) const
{
    std::string payload;
    const auto send = [&] {
        notify(connection, channel_, payload);
        payload.clear();
    };
    for (const auto& [key, due] : lanes_) {
        if (payload.empty()) payload = "W";
        payload += to_ulid_text(key.first.tenant.bytes());
        payload += to_ulid_text(key.first.subscription.bytes());
        payload.push_back(static_cast<char>('0' + static_cast<int>(key.second)));
        payload += padded(to_integer(due));
        if (payload.size() > entries_max * entry_bytes) send();
    }
    if (!payload.empty()) send();
}

std::vector<Notifications::Lanes> Notifications::read(std::string_view payload)
{
    std::vector<Lanes> lanes;
    if (!payload.starts_with('W')) return lanes;
    payload.remove_prefix(1);
    for (; payload.size() >= entry_bytes; payload.remove_prefix(entry_bytes))
        if (auto lane = read_entry(payload.substr(0, entry_bytes))) lanes.push_back(*lane);
    return lanes;
}

}  // namespace katydid::store::postgres
