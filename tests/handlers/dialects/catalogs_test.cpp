// The data below handlers/ hangs together.
#include "handlers/dialects/dialects.hpp"
#include "handlers/dialects/grasshopper/type_map.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <set>

using namespace katydid::dialects;
namespace json = boost::json;

namespace {

json::value file(const std::string& name)
{
    const auto text = embedded_text(embedded_files, name);
    return json::parse(json::string_view{text.data(), text.size()});
}

std::string text(const json::value& value)
{
    return std::string{std::string_view{value.as_string()}};
}

std::set<std::string> types_of(const std::string& platform, const char* list)
{
    const auto catalog = file(platform + "/catalog.json");
    std::set<std::string> types;
    for (const auto& row : catalog.at(list).as_array()) types.insert(text(row.at("type")));
    return types;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_catalogs)

// Goal: every type of platforms.md is in a catalog.
BOOST_AUTO_TEST_CASE(complete)
{
    const auto atlvs = types_of("atlvs", "types");
    for (const auto* type :
         {"event.updated", "event.cancelled", "resource.updated", "artist.updated", "project.*",
          "job.*", "job.assigned", "person.*", "company.*", "invoice.*", "contract.*", "user.*",
          "production.status_changed", "resource.allocation_changed", "budget.alert",
          "staff.assigned"})
        BOOST_TEST(atlvs.contains(type), type);
    const auto grasshopper = types_of("grasshopper", "types");
    for (const auto* type :
         {"ticket.sold", "event.created", "event.updated", "event.cancelled", "order.refunded"})
        BOOST_TEST(grasshopper.contains(type), type);
}

// Goal: Grasshopper's receiver gets only the four types it knows.
BOOST_AUTO_TEST_CASE(mapped_types)
{
    using grasshopper::map_type;
    for (const auto& [ours, theirs] : {std::pair{"event.updated", "event.updated"},
                                       {"event.cancelled", "event.cancelled"},
                                       {"resource.updated", "resource.updated"},
                                       {"artist.updated", "artist.updated"},
                                       {"production.status_changed", "event.updated"},
                                       {"resource.allocation_changed", "resource.updated"},
                                       {"staff.assigned", "resource.updated"}})
        BOOST_TEST(map_type(ours).value_or("none") == theirs, ours);
    for (const auto* type : {"budget.alert", "project.created", "ticket.sold", "", "event"})
        BOOST_TEST(!map_type(type), type);
}

BOOST_AUTO_TEST_SUITE_END()
