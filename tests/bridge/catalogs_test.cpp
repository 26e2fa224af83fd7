// The platforms' catalogs as event types of the tenant.
#include "hub/bridge/catalogs.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace katydid;
using namespace katydid::bridge;

namespace {

registry::EventType type_named(std::string name, std::string schema)
{
    registry::EventType type;
    type.name = std::move(name);
    type.schema_text = std::move(schema);
    return type;
}

registry::EventTypePtr stored(std::string name, std::string schema)
{
    return std::make_shared<const registry::EventType>(
        type_named(std::move(name), std::move(schema)));
}

std::vector<std::string> put(std::vector<registry::EventType> types,
                             const std::vector<registry::EventTypePtr>& known, Offered& offered)
{
    std::vector<std::string> names;
    for (const auto& type : types_to_put(std::move(types), known, offered))
        names.push_back(type.name);
    return names;
}

using Names = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_catalogs)

// Goal: every type has a schema that is enforced; one that both platforms send takes either's data.
BOOST_AUTO_TEST_CASE(every_type)
{
    const auto types = catalog_types();
    BOOST_TEST(types.size() == 28U);
    for (const auto& type : types) {
        BOOST_TEST((type.schema != nullptr), type.name);
        BOOST_TEST(!type.description.empty(), type.name);
        BOOST_TEST((type.tenant == default_tenant()), type.name);
    }
    const auto shared = std::ranges::find(types, "event.updated", &registry::EventType::name);
    BOOST_TEST_REQUIRE((shared != types.end()));
    for (const auto* good : {R"({"id":"prd_1","capacity":12})", R"({"id":"evt_1","slug":"s"})"})
        BOOST_TEST(shared->schema->check(boost::json::parse(good)).empty(), good);
    BOOST_TEST(!shared->schema->check(boost::json::parse(R"({"name":"N"})")).empty());
}

// Goal: once put, a second start puts nothing; what the tenant made, changed or removed stays; what
// a newer hub describes differently is brought up to date where the tenant left it alone.
BOOST_AUTO_TEST_CASE(idempotent)
{
    Offered offered;
    const std::vector<registry::EventType> types{type_named("a", "{}"), type_named("b", "{}")};
    BOOST_TEST(put(types, {}, offered) == (Names{"a", "b"}), boost::test_tools::per_element());
    BOOST_TEST(put(types, {stored("a", "{}"), stored("b", "{}")}, offered).empty());
    BOOST_TEST(put(types, {stored("b", "{}")}, offered).empty());  // "a" was removed

    const std::vector<registry::EventType> newer{type_named("a", "[1]"), type_named("b", "[1]"),
                                                 type_named("c", "{}")};
    const std::vector<registry::EventTypePtr> known{stored("a", "{}"), stored("b", "mine"),
                                                    stored("c", "mine")};
    BOOST_TEST(put(newer, known, offered) == Names{"a"}, boost::test_tools::per_element());
    BOOST_TEST(put(newer, {stored("a", "[1]"), known[1], known[2]}, offered).empty());
}

BOOST_AUTO_TEST_SUITE_END()
