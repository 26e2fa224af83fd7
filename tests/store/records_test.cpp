#include "tests/store/stores.hpp"

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(store_records)

namespace {

Record make_record(StoreFixture& lab, std::string id, std::uint64_t version,
                   std::string json = "{}")
{
    return {default_tenant(), "scheme", std::move(id), std::move(json), version, lab.clock.now()};
}

}  // namespace

// Goal: records come back by kind, over a restart, and another kind's stay away.
BOOST_DATA_TEST_CASE(record_round_trip, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    lab.run(lab.store->put_record(make_record(lab, "one", 1, R"({"a":"ü"})"))).value();
    auto other = make_record(lab, "one", 1);
    other.kind = "breaker";
    lab.run(lab.store->put_record(other)).value();
    lab.restart();
    const auto all = lab.run(lab.store->records("scheme")).value();
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].id == "one");
    BOOST_TEST(all[0].json == R"({"a":"ü"})");
    BOOST_TEST(all[0].version == 1U);
    BOOST_TEST((all[0].updated_at == lab.clock.now()));
    BOOST_TEST(lab.run(lab.store->records("nothing")).value().empty());
}

// Goal: a put that did not read the latest version is refused; version 0 always writes.
BOOST_DATA_TEST_CASE(record_versions, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    lab.run(lab.store->put_record(make_record(lab, "one", 1))).value();
    const auto twice = lab.run(lab.store->put_record(make_record(lab, "one", 1)));
    BOOST_TEST((!twice && twice.error().code == errc::conflict));
    lab.run(lab.store->put_record(make_record(lab, "one", 2, "[2]"))).value();
    lab.run(lab.store->put_record(make_record(lab, "one", 0, "[3]"))).value();
    lab.run(lab.store->put_record(make_record(lab, "new", 0, "[4]"))).value();
    const auto all = lab.run(lab.store->records("scheme")).value();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST((all[0].id == "new" && all[0].version == 1U));
    BOOST_TEST((all[1].json == "[3]" && all[1].version == 3U));
}

// Goal: a record is deleted once, and then not found.
BOOST_DATA_TEST_CASE(record_deleted, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    lab.run(lab.store->put_record(make_record(lab, "one", 1))).value();
    lab.run(lab.store->delete_record(default_tenant(), "scheme", "one")).value();
    const auto again = lab.run(lab.store->delete_record(default_tenant(), "scheme", "one"));
    BOOST_TEST((!again && again.error().code == errc::not_found));
    BOOST_TEST(lab.run(lab.store->records("scheme")).value().empty());
}

// Goal: one record is found by its name in its tenant, and in no other.
BOOST_DATA_TEST_CASE(one_record, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    lab.run(lab.store->put_record(make_record(lab, "one", 1, "[1]"))).value();
    const auto found = lab.run(lab.store->record(default_tenant(), "scheme", "one")).value();
    BOOST_TEST((found.json == "[1]" && found.version == 1U && !found.expires_at));
    const auto other_kind = lab.run(lab.store->record(default_tenant(), "breaker", "one"));
    BOOST_TEST((other_kind.error() == errc::not_found));
    const auto other_tenant = lab.run(lab.store->record(lab.ids.make<TenantId>(), "scheme", "one"));
    BOOST_TEST((other_tenant.error() == errc::not_found));
}

// Goal: version 1 claims a name; once it has expired the name is free again, and a purge takes
// only what expired.
BOOST_DATA_TEST_CASE(records_expire, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    auto claim = make_record(lab, "key", 1, "[1]");
    claim.expires_at = lab.clock.now() + milliseconds{1'000};
    lab.run(lab.store->put_record(claim)).value();
    lab.run(lab.store->put_record(make_record(lab, "stays", 1))).value();
    lab.restart();
    const auto kept = lab.run(lab.store->record(default_tenant(), "scheme", "key")).value();
    BOOST_TEST((kept.expires_at == claim.expires_at));
    claim.updated_at = lab.clock.now() + milliseconds{999};
    BOOST_TEST((lab.run(lab.store->put_record(claim)).error() == errc::conflict));

    const auto purge_all = [&](Timestamp now) {
        std::uint64_t gone = 0;
        while (true) {
            const auto some = lab.run(lab.store->purge({}, now, 10)).value();
            if (some == 0) return gone;
            gone += some;
        }
    };
    BOOST_TEST(purge_all(lab.clock.now()) == 0U);
    claim.updated_at = *claim.expires_at;
    claim.expires_at = claim.updated_at + milliseconds{1'000};
    lab.run(lab.store->put_record(claim)).value();
    BOOST_TEST(purge_all(*claim.expires_at) == 1U);
    const auto gone = lab.run(lab.store->record(default_tenant(), "scheme", "key"));
    BOOST_TEST((gone.error() == errc::not_found));
    BOOST_TEST(lab.run(lab.store->records("scheme")).value().size() == 1U);
}

// Goal: a name is taken once in its tenant and kind, by whichever id; a refusal changes nothing,
// and a name that was given up is free.
BOOST_DATA_TEST_CASE(names_are_unique, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto named = [&](std::string id, std::uint64_t version, std::string name) {
        auto record = make_record(lab, std::move(id), version);
        record.name = std::move(name);
        return record;
    };
    lab.run(lab.store->put_record(named("one", 1, "first"))).value();
    const auto taken = lab.run(lab.store->put_record(named("two", 1, "first")));
    BOOST_TEST_REQUIRE((taken.error() == errc::conflict));
    BOOST_TEST(taken.error().message
               == "There is a scheme named \"first\" already. Choose another name.");
    BOOST_TEST(
        (lab.run(lab.store->put_record(named("two", 0, "first"))).error() == errc::conflict));
    auto elsewhere = named("two", 1, "first");
    elsewhere.tenant = lab.ids.make<TenantId>();
    BOOST_TEST(lab.run(lab.store->put_record(elsewhere)).has_value());
    auto other_kind = named("two", 1, "first");
    other_kind.kind = "breaker";
    BOOST_TEST(lab.run(lab.store->put_record(other_kind)).has_value());

    lab.run(lab.store->put_record(named("one", 2, "renamed"))).value();
    lab.run(lab.store->put_record(named("two", 1, "first"))).value();
    for (const auto* id : {"three", "four"})
        BOOST_TEST(lab.run(lab.store->put_record(named(id, 1, ""))).has_value());
    lab.restart();
    const auto all = lab.run(lab.store->records("scheme")).value();
    BOOST_REQUIRE(all.size() == 5U);
    const auto renamed = lab.run(lab.store->record(default_tenant(), "scheme", "one")).value();
    BOOST_TEST((renamed.name == "renamed" && renamed.version == 2U));
}

BOOST_AUTO_TEST_SUITE_END()
