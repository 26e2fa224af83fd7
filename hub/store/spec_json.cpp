#include "hub/store/spec_json.hpp"

#include "hub/core/json/fields.hpp"

namespace katydid::store {

static void fields_of(auto& source, auto& visit)
    requires std::same_as<std::remove_cvref_t<decltype(source)>, Source>
{
    visit("name", source.name);
    visit("schemes", source.schemes);
    visit.json("settings", source.settings);
    visit("read_only", source.read_only);
    visit("created_at", source.created_at);
    visit("updated_at", source.updated_at);
}

boost::json::object to_json(const Source& source) { return write_fields(source); }

void from_json(const boost::json::object& object, Source& into, std::vector<Fault>& faults)
{
    read_fields(object, into, faults);
}

}  // namespace katydid::store
