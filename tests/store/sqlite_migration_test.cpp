// Files of older programs.
#include "hub/store/encoding.hpp"
#include "hub/store/sqlite/connection.hpp"
#include "tests/store/sqlite_lab.hpp"

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

BOOST_AUTO_TEST_SUITE(store_sqlite_migration)

namespace {

/// Back to the second schema: one chain of audit entries through all tenants.
constexpr const char* to_second_schema = R"sql(
DROP INDEX events_by_kind;
CREATE INDEX events_by_type ON events(tenant, type);
CREATE INDEX events_by_source ON events(tenant, source);
DELETE FROM meta WHERE key = 'time_disorder';
DROP INDEX audit_by_number;
ALTER TABLE audit DROP COLUMN number;
DROP INDEX records_by_expiry;
ALTER TABLE records DROP COLUMN expires_at;
DROP TABLE activity;
UPDATE audit SET previous_hash = x'00', hash = x'01';
PRAGMA user_version = 2;
)sql";

std::unique_ptr<Store> open_at(const std::string& path)
{
    SqliteOptions options;
    options.path = path;
    return open_sqlite(std::move(options));
}

}  // namespace

// Goal: the audit log of an older file becomes a chain for each tenant, numbered, and goes on.
BOOST_AUTO_TEST_CASE(audit_log_of_an_older_file)
{
    TemporaryDirectory directory;
    const auto path = directory.file("katydid.db");
    TenantId other;
    const auto note = [&](Lab& lab, const TenantId& tenant, const std::string& object) {
        lab.run(lab.store->audit({tenant, lab.clock.now(), "hub", "a", object, "{}"})).value();
    };
    {
        Lab lab{open_at(path)};
        other = lab.ids.make<TenantId>();
        for (const char* object : {"1", "2", "3"}) {
            note(lab, default_tenant(), object);
            note(lab, other, object);
        }
    }
    {
        sqlite::Connection connection{path, SQLITE_OPEN_READWRITE, ""};
        connection.run(to_second_schema);
    }
    Lab lab{open_at(path)};
    note(lab, other, "4");
    for (const auto& [tenant, count] : {std::pair{default_tenant(), 3U}, {other, 4U}}) {
        AuditQuery query;
        query.tenant = tenant;
        query.ascending = true;
        const auto rows = lab.run(lab.store->audit_entries(query)).value();
        BOOST_REQUIRE(rows.size() == count);
        std::string previous;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto digest = chain_hash(rows[i].entry, previous);
            const std::string hash{reinterpret_cast<const char*>(digest.data()), digest.size()};
            BOOST_TEST((rows[i].number == i + 1 && rows[i].previous_hash == previous));
            BOOST_TEST((rows[i].hash == hash && rows[i].entry.object == std::to_string(i + 1)));
            previous = hash;
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
