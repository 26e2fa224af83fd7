#include "hub/registry/event_type.hpp"

#include <boost/json.hpp>

namespace katydid::registry {
namespace {

namespace json = boost::json;

}  // namespace

store::Record to_record(const EventType& type)
{
    const json::object object{{"description", type.description},
                              {"schema", type.schema_text},
                              {"created_at", type.created_at.time_since_epoch().count()}};
    return {type.tenant,  event_type_kind, type.name, json::serialize(object),
            type.version, type.updated_at};
}

result<EventType> read_event_type(const store::Record& record, WorkBudget& work)
{
    EventType type;
    type.tenant = record.tenant;
    type.name = record.id;
    type.version = record.version;
    type.updated_at = record.updated_at;
    try {
        const auto object = json::parse(record.json).as_object();
        type.description = std::string{object.at("description").as_string()};
        type.schema_text = std::string{object.at("schema").as_string()};
        type.created_at = Timestamp{
            milliseconds{object.at("created_at").to_number<std::int64_t>()}};
        if (type.schema_text.empty()) return type;
        std::vector<Fault> faults;
        const auto root = json::parse(type.schema_text);
        type.schema = schema::JsonSchema::compile(root, faults, {}, &work);
        if (!type.schema)
            type.schema_fault = "#" + faults.front().pointer + " " + faults.front().detail;
    } catch (const std::exception& failure) {
        return Error{errc::corrupt, "The record of the event type " + record.id
                                        + " cannot be read: " + failure.what()};
    }
    return type;
}

}  // namespace katydid::registry
