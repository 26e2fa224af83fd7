#include "hub/store/shared/encoding.hpp"
#include "tests/store/stores.hpp"

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(store_audit)

namespace {

void note(StoreFixture& lab, const TenantId& tenant, std::string action, std::string object)
{
    AuditEntry entry{tenant, lab.clock.now(), "key_1", std::move(action), std::move(object), "{}"};
    lab.run(lab.store->audit(std::move(entry))).value();
}

AuditQuery ascending(const TenantId& tenant)
{
    AuditQuery query;
    query.tenant = tenant;
    query.ascending = true;
    return query;
}

bool is_chained(const std::vector<AuditRow>& rows)
{
    std::string previous;
    for (const auto& row : rows) {
        const auto digest = chain_hash(row.entry, previous);
        const std::string hash{reinterpret_cast<const char*>(digest.data()), digest.size()};
        if (row.previous_hash != previous || row.hash != hash) return false;
        previous = row.hash;
    }
    return true;
}

}  // namespace

// Goal: each tenant's log is one chain of its own, also where tenants take turns, over a restart.
BOOST_DATA_TEST_CASE(one_chain_for_each_tenant, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto other = lab.ids.make<TenantId>();
    for (int i = 0; i < 3; ++i) {
        note(lab, default_tenant(), "source.created", "src_" + std::to_string(i));
        note(lab, other, "key.created", "key_" + std::to_string(i));
    }
    lab.restart();
    note(lab, other, "key.revoked", "key_0");

    const auto mine = lab.run(lab.store->audit_entries(ascending(default_tenant()))).value();
    const auto theirs = lab.run(lab.store->audit_entries(ascending(other))).value();
    BOOST_TEST((mine.size() == 3U && theirs.size() == 4U));
    BOOST_TEST((is_chained(mine) && is_chained(theirs)));
    BOOST_TEST((theirs[3].number == 4U && theirs[3].entry.action == "key.revoked"));
    auto changed = mine;
    changed[1].entry.object = "src_9";
    BOOST_TEST(!is_chained(changed));
}

// Goal: newest first in pages, and each filter alone.
BOOST_DATA_TEST_CASE(pages_and_filters, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    for (int i = 0; i < 5; ++i)
        note(lab, default_tenant(), i < 2 ? "source.created" : "sourcery", std::to_string(i));
    AuditQuery query;
    query.limit = 2;
    const auto page = lab.run(lab.store->audit_entries(query)).value();
    BOOST_REQUIRE(page.size() == 2U);
    BOOST_TEST((page[0].number == 5U && page[1].number == 4U));
    query.cursor = 4;
    const auto next = lab.run(lab.store->audit_entries(query)).value();
    BOOST_TEST((next.size() == 2U && next[0].number == 3U));

    const auto count = [&](AuditQuery asked) {
        return lab.run(lab.store->audit_entries(std::move(asked))).value().size();
    };
    AuditQuery by_action;
    by_action.action = "source.*";
    BOOST_TEST(count(by_action) == 2U);
    by_action.action = "sourcery";
    BOOST_TEST(count(by_action) == 3U);
    AuditQuery by_object;
    by_object.object = "3";
    BOOST_TEST(count(by_object) == 1U);
    AuditQuery by_actor;
    by_actor.actor = "somebody";
    BOOST_TEST(count(by_actor) == 0U);
    AuditQuery by_time;
    by_time.since = lab.clock.now();
    BOOST_TEST(count(by_time) == 5U);
    by_time.until = lab.clock.now();
    BOOST_TEST(count(by_time) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
