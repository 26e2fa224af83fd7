#include "tests/store/stores.hpp"

#include <algorithm>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(store_rejected)

namespace {

Rejected make_rejected(StoreFixture& lab, std::string body, SourceId source = {})
{
    Rejected rejected;
    rejected.id = lab.ids.make<RejectedId>();
    rejected.source = source;
    rejected.at = lab.clock.now();
    rejected.reason = "wrong_signature";
    rejected.diagnosis = "The secret is another one.";
    rejected.remote = "127.0.0.1";
    rejected.method = "POST";
    rejected.target = "/api/webhooks/atlvs?x=1";
    rejected.headers = {{"X-Signature", "abc"}, {"X-Signature", "def"}};
    rejected.body_bytes = body.size();
    rejected.body = std::make_shared<const std::string>(std::move(body));
    return rejected;
}

Rejected keep(StoreFixture& lab, std::string body, RejectedBounds bounds = {}, SourceId source = {})
{
    auto rejected = make_rejected(lab, std::move(body), source);
    lab.run(lab.store->add_rejected(rejected, bounds)).value();
    return rejected;
}

}  // namespace

// Goal: a refused webhook comes back whole, bytes and doubled headers included.
BOOST_DATA_TEST_CASE(rejected_round_trip, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto put = keep(lab, std::string{"a\0\xff", 3});
    lab.restart();
    const auto got = lab.run(lab.store->rejected(default_tenant(), put.id)).value();
    BOOST_TEST((got.id == put.id && got.source == put.source && got.at == put.at));
    BOOST_TEST(got.reason == put.reason);
    BOOST_TEST(got.diagnosis == put.diagnosis);
    BOOST_TEST(got.remote == put.remote);
    BOOST_TEST(got.method == put.method);
    BOOST_TEST(got.target == put.target);
    BOOST_TEST((got.headers == put.headers));
    BOOST_TEST(*got.body == *put.body);
    BOOST_TEST(got.body_bytes == 3U);
}

// Goal: lists go newest first, by source, page by page and without bodies; a foreign tenant
// sees nothing.
BOOST_DATA_TEST_CASE(rejected_list, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto mine = lab.ids.make<SourceId>();
    const auto first = keep(lab, "1", {}, mine);
    keep(lab, "2", {}, lab.ids.make<SourceId>());
    const auto last = keep(lab, "3", {}, mine);
    RejectedQuery query;
    query.source = mine;
    query.limit = 1;
    const auto page = lab.run(lab.store->rejected(query)).value();
    BOOST_REQUIRE(page.size() == 1U);
    BOOST_TEST((page[0].id == last.id && !page[0].body && page[0].body_bytes == 1U));
    query.cursor = page[0].id;
    const auto rest = lab.run(lab.store->rejected(query)).value();
    BOOST_REQUIRE(rest.size() == 1U);
    BOOST_TEST((rest[0].id == first.id));
    query.cursor.reset();
    query.tenant = lab.ids.make<TenantId>();
    BOOST_TEST(lab.run(lab.store->rejected(query)).value().empty());
    const auto foreign = lab.run(lab.store->rejected(query.tenant, first.id));
    BOOST_TEST((!foreign && foreign.error().code == errc::not_found));
}

// Goal: over the bound in number or bytes the oldest go, never the newest alone.
BOOST_DATA_TEST_CASE(rejected_are_bounded, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    for (int i = 0; i < 5; ++i) keep(lab, "x", {3, 1'000'000});
    BOOST_TEST(lab.run(lab.store->rejected(RejectedQuery{})).value().size() == 3U);
    const auto large = keep(lab, std::string(900, 'x'), {3, 1'000});
    const auto left = lab.run(lab.store->rejected(RejectedQuery{})).value();
    BOOST_REQUIRE(left.size() == 1U);
    BOOST_TEST((left[0].id == large.id));
}

// Goal: a flood at one source takes nothing from another, whatever its size; and of what was
// verified nothing goes while there is something that was not.
BOOST_DATA_TEST_CASE(rejected_are_shared, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto flooded = lab.ids.make<SourceId>();
    const auto quiet = lab.ids.make<SourceId>();
    const RejectedBounds bounds{10, 10'000};
    auto good = make_rejected(lab, "good", quiet);
    good.verified = true;
    lab.run(lab.store->add_rejected(good, bounds)).value();
    const auto of_quiet = keep(lab, std::string(900, 'q'), bounds, quiet);
    RejectedId last;
    for (int i = 0; i < 50; ++i) last = keep(lab, "x", bounds, flooded).id;
    const auto left = lab.run(lab.store->rejected(RejectedQuery{})).value();
    const auto has = [&](RejectedId id) {
        return std::ranges::any_of(left, [&](const Rejected& each) { return each.id == id; });
    };
    BOOST_TEST(left.size() == 10U);
    BOOST_TEST(has(good.id));
    BOOST_TEST(has(of_quiet.id));
    BOOST_TEST(has(last));
    // Over the bytes, too, the one that fills the most makes room; verified ones come last.
    for (int i = 0; i < 20; ++i) keep(lab, std::string(2'000, 'x'), bounds, flooded);
    const auto rest = lab.run(lab.store->rejected(RejectedQuery{})).value();
    const auto still = [&](RejectedId id) {
        return std::ranges::any_of(rest, [&](const Rejected& each) { return each.id == id; });
    };
    BOOST_TEST(still(good.id));
    BOOST_TEST(still(of_quiet.id));
    BOOST_TEST(rest.back().verified);
}

// Goal: one is taken out by hand, and once only.
BOOST_DATA_TEST_CASE(rejected_deleted, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto put = keep(lab, "x");
    lab.run(lab.store->delete_rejected(default_tenant(), put.id)).value();
    const auto again = lab.run(lab.store->delete_rejected(default_tenant(), put.id));
    BOOST_TEST((!again && again.error().code == errc::not_found));
}

// Goal: refused webhooks go when their retention is over, and not before.
BOOST_DATA_TEST_CASE(rejected_purged, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    keep(lab, "old");
    lab.clock.advance(std::chrono::days{4});
    const auto young = keep(lab, "young");
    const auto purge = [&] {
        while (lab.run(lab.store->purge({}, lab.clock.now(), 100)).value() > 0) {}
    };
    purge();
    BOOST_TEST(lab.run(lab.store->rejected(RejectedQuery{})).value().size() == 2U);
    lab.clock.advance(std::chrono::days{4});
    purge();
    const auto left = lab.run(lab.store->rejected(RejectedQuery{})).value();
    BOOST_REQUIRE(left.size() == 1U);
    BOOST_TEST((left[0].id == young.id));
}

BOOST_AUTO_TEST_SUITE_END()
