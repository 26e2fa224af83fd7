// Parts of queries that both stores write alike.
#pragma once

#include "hub/store/store.hpp"

#include <algorithm>
#include <string>

namespace katydid::store {

/// A query for some types or sources looks at each kind of event that a tenant has, unless there
/// are more.
constexpr std::int64_t kinds_max = 5'000;

inline bool wants(const DeliveryQuery& query, DeliveryState state)
{
    return query.states.empty()
           || std::find(query.states.begin(), query.states.end(), state) != query.states.end();
}

/// A delivery is in one of these in the store; in flight is none of them.
inline std::vector<DeliveryState> states_or_all(const std::vector<DeliveryState>& states)
{
    using enum DeliveryState;
    if (!states.empty()) return states;
    return {pending, scheduled, delivered, dead, cancelled};
}

inline std::string state_list(const DeliveryQuery& query)
{
    std::string list;
    for (const auto state : query.states)
        list += (list.empty() ? "" : ", ") + std::to_string(static_cast<int>(state));
    return list;
}

/// The first text after those that begin with "prefix.", of "prefix.*" or "prefix.".
inline std::string end_of_prefix(std::string prefix)
{
    prefix.resize(prefix.rfind('.') + 1);
    prefix.back() = '/';  // the character after '.'
    return prefix;
}

/// The conditions and the order of a list of audit entries. \param number  the column's name
template <class Text>
void add_conditions(Text& text, const AuditQuery& query, const std::string& number)
{
    if (query.action && query.action->ends_with(".*")) {
        text.add(" AND action >= ?", query.action->substr(0, query.action->size() - 1));
        text.add(" AND action < ?", end_of_prefix(*query.action));
    } else if (query.action) {
        text.add(" AND action = ?", *query.action);
    }
    if (query.actor) text.add(" AND actor = ?", *query.actor);
    if (query.object) text.add(" AND object = ?", *query.object);
    if (query.since) text.add(" AND at >= ?", *query.since);
    if (query.until) text.add(" AND at < ?", *query.until);
    if (query.cursor)
        text.add(" AND " + number + (query.ascending ? " > ?" : " < ?"),
                 static_cast<std::int64_t>(*query.cursor));
    text.add(" ORDER BY " + number + (query.ascending ? " LIMIT ?" : " DESC LIMIT ?"),
             std::int64_t{std::clamp(query.limit, 1U, list_limit_max)});
}

}  // namespace katydid::store
