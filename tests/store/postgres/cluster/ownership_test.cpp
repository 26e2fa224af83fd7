#include "hub/store/postgres/write/commit_effects.hpp"
#include "hub/store/postgres/cluster/ownership.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::postgres;

namespace {

struct Names {
    ManualClock clock;
    IdSource ids{clock, 5};
    Subscriber subscriber() { return {default_tenant(), ids.make<SubscriptionId>()}; }
    HubId hub() { return ids.make<HubId>(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(store_ownership)

// Goal: every hub chooses the same owner, shares are fair, and a hub that leaves or joins moves
// its own share only.
BOOST_AUTO_TEST_CASE(choice)
{
    Names names;
    const std::vector<HubId> three{names.hub(), names.hub(), names.hub()};
    Ownership here, there;
    here.self = three[0];
    there.self = three[1];
    here.set_hubs(three);
    there.set_hubs({three[2], three[0], three[1]});
    Ownership two;
    two.set_hubs({three[0], three[1]});
    std::map<HubId, int> shares;
    for (int i = 0; i < 3'000; ++i) {
        const auto subscriber = names.subscriber();
        const auto chosen = here.choose(subscriber);
        BOOST_REQUIRE((chosen == there.choose(subscriber)));
        ++shares[chosen];
        if (chosen != three[2]) BOOST_REQUIRE((two.choose(subscriber) == chosen));
    }
    for (const auto& hub : three) BOOST_TEST(std::abs(shares[hub] - 1'000) < 150);
    BOOST_TEST(!here.set_hubs(three));
}

// Goal: a lease holds to its end and no longer, is renewed with its hub, and ends when it is lost
// or given away.
BOOST_AUTO_TEST_CASE(leases)
{
    Names names;
    Ownership ownership;
    const auto subscriber = names.subscriber();
    const auto now = names.clock.now();
    ownership.renew_until(now + milliseconds{100});
    BOOST_TEST(ownership.take(subscriber, 7));
    BOOST_TEST(!ownership.take(subscriber, 7));
    const std::shared_ptr<const Lease> lease = ownership.find(subscriber)->lease;
    BOOST_TEST(lease->holds_at(now + milliseconds{99}));
    BOOST_TEST(!lease->holds_at(now + milliseconds{100}));
    ownership.renew_until(now + milliseconds{200});
    BOOST_TEST(lease->holds_at(now + milliseconds{199}));
    BOOST_TEST(ownership.find_active(subscriber, now) != nullptr);
    ownership.start_leaving(subscriber, SteadyTime{});
    BOOST_TEST(!lease->holds_at(now));
    ownership.renew_until(now + milliseconds{300});
    BOOST_TEST(!lease->holds_at(now));
    BOOST_TEST(ownership.find_active(subscriber, now) == nullptr);
    BOOST_TEST(ownership.find(subscriber)->token == 7);
    ownership.lose(subscriber);
    BOOST_TEST(ownership.find(subscriber) == nullptr);
    BOOST_TEST(ownership.is_known(subscriber));
    BOOST_TEST(ownership.take(subscriber, 9));
    BOOST_TEST((ownership.find(subscriber)->lease != lease));
}

// Goal: what a transaction took provisionally is no ownership that outlives a rollback, and
// a list that was read before it was confirmed does not end it.
BOOST_AUTO_TEST_CASE(provisional)
{
    Names names;
    Ownership ownership;
    const auto kept = names.subscriber();
    const auto undone = names.subscriber();
    ownership.take_provisionally(kept, 1);
    ownership.take_provisionally(undone, 1);
    BOOST_TEST(ownership.find(kept)->is_provisional);
    const auto epoch = ownership.epoch();
    ownership.confirm(kept);
    ownership.forget(undone);
    BOOST_TEST(!ownership.find(kept)->is_provisional);
    BOOST_TEST(ownership.find(kept)->since > epoch);
    BOOST_TEST(!ownership.is_known(undone));
}

// Goal: a wake-up's payload comes back as it was, and foreign payloads are left alone.
BOOST_AUTO_TEST_CASE(wakeup_payload)
{
    BOOST_TEST(Notifications::read("").empty());
    BOOST_TEST(Notifications::read("L").empty());
    BOOST_TEST(Notifications::read("Wsomething else").empty());
    Names names;
    const auto subscriber = names.subscriber();
    const auto text = "W" + to_ulid_text(subscriber.tenant.bytes())
                      + to_ulid_text(subscriber.subscription.bytes()) + "2" + "001750000000123";
    const auto lanes = Notifications::read(text + text.substr(1));
    BOOST_REQUIRE(lanes.size() == 2U);
    BOOST_TEST((lanes[0].subscriber == subscriber));
    BOOST_TEST((lanes[0].lane == Lane::replay));
    BOOST_TEST((lanes[0].due == Timestamp{milliseconds{1'750'000'000'123}}));
}

BOOST_AUTO_TEST_SUITE_END()
