// A disk that is full, fails or lies.
#include "tests/store/sqlite/fault_vfs.hpp"
#include "tests/store/sqlite/sqlite_lab.hpp"

#include <fstream>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

BOOST_AUTO_TEST_SUITE(store_sqlite_disk)

namespace {

struct ClearFault {
    ~ClearFault() { clear_fault(); }
};

/// Appends one by one; the ids that were acknowledged.
std::vector<EventId> append_many(StoreFixture& lab, int count, SubscriptionId subscription)
{
    std::vector<EventId> acknowledged;
    for (int i = 0; i < count; ++i) {
        auto append = lab.make_append(lab.ids.make<EventId>().to_string(), {subscription});
        const auto answer = lab.run(lab.store->append(std::move(append)));
        if (answer) acknowledged.push_back(answer->event);
    }
    return acknowledged;
}

void check_all_there(const SqliteOptions& options, const std::vector<EventId>& acknowledged)
{
    auto plain = options;
    plain.vfs.clear();
    StoreFixture lab{open_sqlite(plain)};
    for (const auto& id : acknowledged) {
        const auto event = lab.run(lab.store->event(default_tenant(), id));
        BOOST_REQUIRE_MESSAGE(event.has_value(), id.to_string() + " was acknowledged and is lost");
    }
}

}  // namespace

// Goal: wherever the first write or sync fails for good, the store says so once, refuses all that
// follows, and nothing it acknowledged before is lost.
BOOST_AUTO_TEST_CASE(io_error_anywhere)
{
    const ClearFault clear;
    int strikes = 0;
    for (int at = 1; at < 350; at += at < 24 ? 1 : 17) {
        TemporaryDirectory directory;
        SqliteOptions options;
        options.path = directory.file("katydid.db");
        options.vfs = fault_vfs();
        options.checkpoint_pages = 20;
        std::vector<EventId> acknowledged;
        {
            StoreFixture lab{open_sqlite(options)};
            const auto subscription = lab.ids.make<SubscriptionId>();
            acknowledged = append_many(lab, 3, subscription);
            BOOST_REQUIRE(acknowledged.size() == 3U);
            arm(Fault::io_error, at);
            const auto more = append_many(lab, 60, subscription);
            acknowledged.insert(acknowledged.end(), more.begin(), more.end());
            if (has_struck()) {
                ++strikes;
                BOOST_TEST(lab.recorder.wait_for(Health::failed));
                BOOST_TEST((lab.store->health() == Health::failed));
                const auto answer = lab.run(lab.store->append(lab.make_append("late", {})));
                BOOST_TEST((answer.error() == errc::store_failed));
            }
            lab.store->close();
        }
        clear_fault();
        check_all_there(options, acknowledged);
    }
    BOOST_TEST(strikes > 30);
}

// Goal: a full disk refuses, loses nothing, and the store goes on by itself when there is room.
BOOST_AUTO_TEST_CASE(full_disk_recovers)
{
    const ClearFault clear;
    for (const int at : {1, 2, 5, 9, 30, 60}) {
        TemporaryDirectory directory;
        SqliteOptions options;
        options.path = directory.file("katydid.db");
        options.vfs = fault_vfs();
        options.checkpoint_pages = 20;
        options.probe_interval = milliseconds{5};
        std::vector<EventId> acknowledged;
        {
            StoreFixture lab{open_sqlite(options)};
            const auto subscription = lab.ids.make<SubscriptionId>();
            acknowledged = append_many(lab, 3, subscription);
            arm(Fault::full, at);
            const auto some = append_many(lab, 90, subscription);
            acknowledged.insert(acknowledged.end(), some.begin(), some.end());
            BOOST_REQUIRE(has_struck());
            BOOST_TEST(lab.recorder.wait_for(Health::full));
            const auto refused = lab.run(lab.store->append(lab.make_append("refused", {})));
            BOOST_TEST((refused.error() == errc::store_full));
            clear_fault();
            BOOST_TEST(lab.recorder.wait_for(Health::ok));
            BOOST_TEST((lab.store->health() == Health::ok));
            const auto rest = append_many(lab, 5, subscription);
            BOOST_TEST(rest.size() == 5U);
            acknowledged.insert(acknowledged.end(), rest.begin(), rest.end());
            lab.store->close();
        }
        check_all_there(options, acknowledged);
    }
}

// Goal: at a size limit, deleting old rows makes the room that lets the store go on.
BOOST_AUTO_TEST_CASE(purge_makes_room)
{
    TemporaryDirectory directory;
    SqliteOptions options;
    options.path = directory.file("katydid.db");
    options.pages_max = 400;
    options.probe_interval = milliseconds{5};
    StoreFixture lab{open_sqlite(options)};
    bool full = false;
    for (int i = 0; i < 2'000 && !full; ++i) {
        const Append append{lab.make_event("e" + std::to_string(i), std::string(2'000, 'x')), {}};
        const auto answer = lab.run(lab.store->append(append));
        full = answer.has_error();
        if (full) BOOST_TEST((answer.error() == errc::store_full));
    }
    BOOST_REQUIRE(full);
    BOOST_TEST(lab.recorder.wait_for(Health::full));
    lab.clock.advance(std::chrono::hours{24 * 40});
    while (lab.run(lab.store->purge({}, lab.clock.now(), 50)).value() > 0) {}
    BOOST_TEST(lab.recorder.wait_for(Health::ok));
    BOOST_TEST(lab.run(lab.store->append({lab.make_event("after"), {}})).has_value());
}

// Goal: a flipped bit in a payload is found: never shown, never handed over, and the delivery ends
// with the reason; its neighbours are unharmed.
BOOST_AUTO_TEST_CASE(flipped_bit)
{
    TemporaryDirectory directory;
    SqliteOptions options;
    options.path = directory.file("katydid.db");
    EventId damaged;
    EventId sound;
    SubscriptionId subscription;
    {
        StoreFixture lab{open_sqlite(options)};
        subscription = lab.ids.make<SubscriptionId>();
        const Append first{lab.make_event("a", std::string(600, 'Z')), {{subscription, ""}}};
        damaged = lab.run(lab.store->append(first)).value().event;
        const Append second{lab.make_event("b", std::string(600, 'Y')), {{subscription, ""}}};
        sound = lab.run(lab.store->append(second)).value().event;
    }
    {
        std::fstream file{options.path, std::ios::in | std::ios::out | std::ios::binary};
        const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
        const auto at = bytes.find(std::string(600, 'Z'));
        BOOST_REQUIRE(at != std::string::npos);
        file.seekp(static_cast<std::streamoff>(at + 300));
        file.put('[');
    }
    StoreFixture lab{open_sqlite(options)};
    BOOST_TEST((lab.run(lab.store->event(default_tenant(), damaged)).error() == errc::corrupt));
    BOOST_TEST(lab.run(lab.store->event(default_tenant(), sound)).has_value());
    const auto claimed = lab.claim(subscription);
    BOOST_REQUIRE(claimed.works.size() == 1U);
    BOOST_TEST((claimed.works[0].event->id == sound));
    const auto listed = lab.run(lab.store->deliveries({.event = damaged})).value();
    BOOST_REQUIRE(listed.size() == 1U);
    BOOST_TEST((listed[0].state == DeliveryState::dead));
    BOOST_TEST(listed[0].reason.find("damaged") != std::string::npos);
    BOOST_TEST((lab.store->health() == Health::ok));
}

BOOST_AUTO_TEST_SUITE_END()
