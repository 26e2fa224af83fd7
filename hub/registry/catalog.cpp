#include "hub/registry/catalog.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::registry {

awaitable<void> CatalogContext::tell_all(Change change)
{
    for (const auto& loop : loops) {
        const auto* target = &loop;
        auto told = [target, &change]() -> awaitable<void> {
            change(*target);
            co_return;
        };
        co_await on_executor(loop.executor, std::move(told));
    }
}

Error changed_meanwhile()
{
    return {errc::conflict,
            "Somebody else changed it at the same moment: read it again, then repeat the change."};
}

Error no_such(std::string kind)
{
    std::ranges::replace(kind, '_', ' ');
    return {errc::not_found, "There is no such " + kind + "."};
}

Error taken_by_api(const std::string& what, const std::string& name)
{
    return {errc::conflict, "the setting for the " + what + " \"" + name
                                + "\" meets one of that name made through the API: rename one of "
                                  "them"};
}

boost::json::value time_json(const std::optional<Timestamp>& time)
{
    return time ? boost::json::value(time->time_since_epoch().count()) : boost::json::value();
}

std::optional<Timestamp> read_time(const boost::json::value& value)
{
    if (value.is_null()) return std::nullopt;
    return Timestamp{milliseconds{value.to_number<std::int64_t>()}};
}

boost::json::object parse_record(const store::Record& record)
{
    boost::json::parse_options options;
    options.allow_invalid_utf8 = true;  // names and addresses come back as they were given
    options.max_depth = 128;            // a body of the API has 32, and is deeper within its record
    return boost::json::parse(record.json, {}, options).as_object();
}

Error unreadable(const std::vector<Fault>& faults)
{
    return {errc::corrupt,
            "the record cannot be read: " + faults.front().pointer + " " + faults.front().detail};
}

}  // namespace katydid::registry
