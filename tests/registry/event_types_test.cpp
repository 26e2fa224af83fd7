// The catalog of event types: what a tenant may have in all, and what is loaded at a start.
#include "hub/registry/registry.hpp"
#include "hub/store/sqlite/sqlite_store.hpp"
#include "tests/support/run_coroutine.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>

#include <unistd.h>

using namespace katydid;
namespace json = boost::json;

namespace {

/// A store, and registries that come and go as hubs do.
class TypesFixture {
public:
    TypesFixture() : store_{store::open_sqlite(options())} {}
    ~TypesFixture()
    {
        store_->close();
        std::filesystem::remove_all(folder_);
    }

    struct Hub {
        explicit Hub(TypesFixture& fixture)
            : registry{*fixture.store_, fixture.vault_, fixture.clock_, 1}
        {
            registry.add_loop({fixture.loop_.get_executor(), &tables});
        }
        registry::Tables tables;
        registry::Registry registry;
    };

    void run(std::function<awaitable<>()> body) { test::run_coroutine(loop_, std::move(body)); }
    [[nodiscard]] store::Store& store() { return *store_; }

    /// One that was stored by an older program, which had no budget.
    awaitable<void> store_type(std::string name, const json::value& schema)
    {
        store::Record record;
        record.kind = "event_type";
        record.id = std::move(name);
        record.json = json::serialize(json::object{
            {"description", ""}, {"schema", json::serialize(schema)}, {"created_at", 0}});
        const auto put = co_await store_->put_record(std::move(record));
        BOOST_REQUIRE(put.has_value());
    }

private:
    store::SqliteOptions options()
    {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        store::SqliteOptions made;
        made.path = (folder_ / "test.db").string();
        return made;
    }

    std::filesystem::path folder_ = std::filesystem::temp_directory_path()
                                    / ("katydid-event-types-" + std::to_string(::getpid()));
    asio::io_context loop_{1};
    ManualClock clock_;
    signing::Vault vault_{std::array<unsigned char, 32>{7}};
    std::unique_ptr<store::Store> store_;
};

/// About a third of what a schema may cost, and different for each `number`.
json::value costly_schema(int number)
{
    json::object properties;
    for (int i = 0; i < 30; ++i)
        properties["p" + std::to_string(i)] = json::object{
            {"pattern", "^[a-z]{1,200}-" + std::to_string(number) + "-" + std::to_string(i) + "$"}};
    return json::object{{"properties", properties}};
}

json::value endless_schema()
{
    json::object properties;
    for (int i = 0; i < 400; ++i)
        properties["p" + std::to_string(i)] = json::object{
            {"pattern", "\\pL{0,45}" + std::to_string(i)}};
    return json::object{{"properties", properties}};
}

registry::EventType type_with(std::string name, const json::value& schema)
{
    registry::EventType type;
    type.tenant = default_tenant();
    type.version = 0;
    type.name = std::move(name);
    type.schema_text = json::serialize(schema);
    std::vector<Fault> faults;
    type.schema = schema::JsonSchema::compile(schema, faults);
    return type;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(registry_event_types, TypesFixture)

// Goal: a stored schema over the budget does not stop the hub at its start; the type stays, so that
// it can be replaced, and the others are enforced.
BOOST_AUTO_TEST_CASE(a_stored_schema_over_the_budget_is_disabled)
{
    run([this]() -> awaitable<> {
        co_await store_type("bad", endless_schema());
        co_await store_type("good", json::parse(R"({"type":"object"})"));
        co_await store_type("strange", json::parse(R"({"unknown":1})"));
        Hub hub{*this};
        const auto loaded = co_await hub.registry.load();
        BOOST_REQUIRE(loaded.has_value());
        const auto bad = hub.tables.event_type(default_tenant(), "bad");
        BOOST_REQUIRE(bad);
        BOOST_TEST(!bad->schema);
        const auto good = hub.tables.event_type(default_tenant(), "good");
        BOOST_REQUIRE(good);
        BOOST_TEST(!!good->schema);
        const auto strange = hub.tables.event_type(default_tenant(), "strange");
        BOOST_REQUIRE(strange);
        BOOST_TEST(!strange->schema);
    });
}

// Goal: all schemas of a tenant have a budget together: when they are stored, and for what older
// programs stored.
BOOST_AUTO_TEST_CASE(a_tenant_has_a_budget)
{
    run([this]() -> awaitable<> {
        int stored = 0;
        {
            Hub hub{*this};
            bool is_refused = false;
            for (; stored < 100 && !is_refused; ++stored) {
                auto type = type_with("t" + std::to_string(stored), costly_schema(stored));
                BOOST_REQUIRE(type.schema);
                const auto put = co_await hub.registry.event_types.put(std::move(type));
                is_refused = !put && put.error() == errc::invalid_argument;
            }
            BOOST_TEST(is_refused);
            // One without a schema, and the same one again, cost nothing more.
            auto plain = co_await hub.registry.event_types.put(type_with("plain", true));
            BOOST_TEST(plain.has_value());
            auto again = type_with("t0", costly_schema(0));
            again.version = 1;
            const auto replaced = co_await hub.registry.event_types.put(std::move(again));
            BOOST_TEST(replaced.has_value());
        }
        for (int i = stored; i < 3 * stored; ++i)
            co_await store_type("t" + std::to_string(i), costly_schema(i));
        Hub later{*this};
        const auto loaded = co_await later.registry.load();
        BOOST_REQUIRE(loaded.has_value());
        std::uint64_t work = 0;
        int enforced = 0;
        for (const auto& type : later.tables.event_types(default_tenant())) {
            if (!type->schema) continue;
            ++enforced;
            work += type->schema->compile_work();
        }
        BOOST_TEST(enforced >= stored - 2);
        BOOST_TEST(work <= 50'000'000U);
    });
}

BOOST_AUTO_TEST_SUITE_END()
