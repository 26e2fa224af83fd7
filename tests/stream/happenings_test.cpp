#include "hub/stream/happenings.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::stream;

namespace {

struct Bench {
    std::shared_ptr<Happenings::Box> watch(bool deliveries, bool attempts)
    {
        Interest interest{tenant, std::nullopt, deliveries, attempts};
        return happenings.watch(interest, loop.get_executor(), [this] { ++woken; });
    }
    void tell(Happening what, const std::string& text)
    {
        happenings.tell(tenant, subscription, what, [&] {
            ++written;
            return text;
        });
    }

    asio::io_context loop{1};
    IdSource ids{system_clock(), 3};
    TenantId tenant = ids.make<TenantId>();
    SubscriptionId subscription = ids.make<SubscriptionId>();
    Happenings happenings;
    int woken = 0;
    int written = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_happenings)

// Goal: nothing is written while no one wants it, and once for all who do.
BOOST_AUTO_TEST_CASE(written_once)
{
    Bench bench;
    bench.tell(Happening::delivery, "a");
    BOOST_TEST(bench.written == 0);
    const auto one = bench.watch(true, false);
    const auto other = bench.watch(true, true);
    bench.tell(Happening::delivery, "a");
    bench.tell(Happening::attempt, "b");
    BOOST_TEST(bench.written == 2);
    bench.loop.poll();
    BOOST_TEST(bench.woken == 2);
    BOOST_TEST(one->take()->data == "a");
    BOOST_TEST(!one->take().has_value());
    BOOST_TEST(other->take()->data == "a");
    BOOST_TEST(other->take()->name == "attempt");
    bench.happenings.leave(one);
    bench.happenings.leave(other);
    bench.happenings.leave(other);
    bench.tell(Happening::delivery, "c");
    BOOST_TEST(bench.written == 2);
}

// Goal: a slow watcher keeps 256 KiB, then hears how much it missed, then goes on.
BOOST_AUTO_TEST_CASE(gap)
{
    Bench bench;
    const auto box = bench.watch(true, false);
    const std::string text(10'000, 'x');
    for (int i = 0; i < 40; ++i) bench.tell(Happening::delivery, text);
    std::size_t bytes = 0;
    std::size_t count = 0;
    auto saying = box->take();
    for (; saying && saying->name == "delivery"; saying = box->take()) {
        bytes += saying->data.size();
        ++count;
    }
    BOOST_TEST(bytes <= Happenings::Box::bytes_max);
    BOOST_REQUIRE(saying.has_value());
    BOOST_TEST(saying->data == R"({"type":"gap","missed":)" + std::to_string(40 - count) + "}");
    BOOST_TEST(!box->take().has_value());
    bench.tell(Happening::delivery, "again");
    BOOST_TEST(box->take()->data == "again");
}

// Goal: an event goes to those who want it, once they take events, and is written once.
BOOST_AUTO_TEST_CASE(events)
{
    Bench bench;
    const auto wants = [](const std::string& type) {
        return [type](const Event& event) { return event.type == type; };
    };
    const auto watch = [&](const std::string& type) {
        return bench.happenings.watch(
            {bench.tenant}, bench.loop.get_executor(), [] {}, wants(type));
    };
    const auto one = watch("a");
    const auto other = watch("b");
    BOOST_TEST(!bench.happenings.has_event_watchers(bench.tenant));
    one->start_events();
    BOOST_TEST(bench.happenings.has_event_watchers(bench.tenant));
    Event event;
    event.tenant = bench.tenant;
    event.id = bench.ids.make<EventId>();
    for (const auto* type : {"a", "b"}) {
        event.type = type;
        bench.happenings.tell_event(event, [&] {
            ++bench.written;
            return event.type;
        });
    }
    BOOST_TEST(bench.written == 1);
    const auto said = one->take();
    BOOST_REQUIRE(said.has_value());
    BOOST_TEST(said->data == "a");
    BOOST_TEST(said->id == event.id.to_string());
    BOOST_TEST(!other->take().has_value());
}

// Goal: however many watch, the hub tells so much a second and no more;
// what was missed is said.
BOOST_AUTO_TEST_CASE(told_a_second)
{
    Bench bench;
    std::vector<std::shared_ptr<Happenings::Box>> boxes;
    for (int i = 0; i < 1'000; ++i) boxes.push_back(bench.watch(true, false));
    constexpr std::size_t told = 100;
    for (std::size_t i = 0; i < told; ++i) bench.tell(Happening::delivery, "x");
    bench.happenings.tell_gaps(bench.tenant);
    std::size_t heard = 0;
    std::size_t missed = 0;
    for (const auto& box : boxes) {
        while (const auto next = box->take_told()) {
            if (next->text) ++heard;
            missed += next->missed;
        }
    }
    BOOST_TEST(heard + missed == told * boxes.size());
    BOOST_TEST(heard >= Happenings::told_per_second_max);
    BOOST_TEST(missed > 0U);
}

// Goal: a tenant whose watchers want more than the hub tells in a second leaves others their share.
BOOST_AUTO_TEST_CASE(tenants_share_what_is_told)
{
    Bench bench;
    std::vector<std::shared_ptr<Happenings::Box>> boxes;
    for (int i = 0; i < 1'000; ++i) boxes.push_back(bench.watch(true, false));
    const auto other = bench.ids.make<TenantId>();
    const auto quiet = bench.happenings.watch({other, std::nullopt, true, false},
                                              bench.loop.get_executor(), [] {});
    for (int i = 0; i < 100; ++i) bench.tell(Happening::delivery, "x");
    bench.happenings.tell(other, bench.subscription, Happening::delivery, [] { return "y"; });
    const auto told = quiet->take_told();
    BOOST_REQUIRE(told.has_value());
    BOOST_REQUIRE(told->text != nullptr);
    BOOST_TEST(*told->text == "y");
}

// Goal: what another hub tells goes to those who watch here, and not back to other hubs.
BOOST_AUTO_TEST_CASE(other_hubs)
{
    Bench bench;
    stream::Interest remote{bench.tenant, std::nullopt, true, true, true};
    const auto hub = bench.happenings.watch(remote, bench.loop.get_executor(), [] {});
    BOOST_TEST(bench.happenings.interests().empty());
    const auto here = bench.watch(true, false);
    BOOST_REQUIRE(bench.happenings.interests().size() == 1U);
    BOOST_TEST(bench.happenings.interests().front().deliveries);
    BOOST_TEST(!bench.happenings.interests().front().attempts);
    bench.happenings.tell_from_elsewhere(bench.tenant, bench.subscription, Happening::delivery,
                                         "d");
    bench.happenings.miss(bench.tenant, 3);
    BOOST_TEST(here->take()->data == "d");
    BOOST_TEST(here->take()->name == "gap");
    BOOST_TEST(!hub->take().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
