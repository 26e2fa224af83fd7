#include "hub/stream/audience.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::stream;

namespace {

using SeatPtr = std::unique_ptr<Audience::Seat>;

struct AudienceBench {
    SeatPtr join(const std::string& type)
    {
        Audience::Wish wish;
        wish.interest = {tenant, std::nullopt, true, false};
        wish.events = [type](const Event& event) { return event.type == type; };
        wish.same = type;
        return audience.join(std::move(wish), [this] { ++woken; });
    }
    void tell_event(const std::string& type, const std::string& text)
    {
        Event event;
        event.tenant = tenant;
        event.id = ids.make<EventId>();
        event.type = type;
        happenings.tell_event(event, [&text] { return text; });
    }
    void tell_delivery(const std::string& text)
    {
        happenings.tell(tenant, ids.make<SubscriptionId>(), Happening::delivery,
                        [&text] { return text; });
    }
    /// Until all have had their turns and it waits for news.
    void run()
    {
        loop.restart();
        loop.run();
    }

    asio::io_context loop{1};
    IdSource ids{system_clock(), 3};
    TenantId tenant = ids.make<TenantId>();
    Happenings happenings;
    Audience audience{happenings, loop.get_executor()};
    int woken = 0;
};

/// All that the seat may take, "gap" where it is one.
std::vector<std::string> take_all(Audience::Seat& seat)
{
    std::vector<std::string> all;
    while (true) {
        const auto taken = seat.take();
        if (std::holds_alternative<std::monostate>(taken)) return all;
        if (const auto* gap = std::get_if<Saying>(&taken)) all.push_back(gap->data);
        if (const auto* batch = std::get_if<BatchPtr>(&taken))
            for (const auto& saying : (*batch)->sayings()) all.push_back(saying.data);
    }
}

using Texts = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_audience)

// Goal: those that want the same share one batch and one box; others have their own.
BOOST_AUTO_TEST_CASE(shares)
{
    AudienceBench bench;
    const auto one = bench.join("a");
    const auto same = bench.join("a");
    const auto other = bench.join("b");
    for (const auto& seat : {one.get(), same.get(), other.get()})
        BOOST_TEST(seat->start_events().empty());
    bench.tell_event("a", "1");
    bench.tell_event("a", "2");
    bench.tell_event("b", "3");
    BOOST_TEST(take_all(*one).empty(), "before its turn");
    bench.run();
    const auto first = std::get<BatchPtr>(one->take());
    BOOST_TEST(first == std::get<BatchPtr>(same->take()));
    BOOST_TEST(first->sayings().size() == 2U);
    BOOST_TEST((take_all(*other) == Texts{"3"}));
    BOOST_TEST(bench.woken == 3);
    bench.tell_event("a", "4");
    bench.run();
    BOOST_TEST((take_all(*one) == Texts{"4"}));
    BOOST_TEST((take_all(*same) == Texts{"4"}));
}

// Goal: who joins later begins with what is told then, and who leaves is not told any more; with
// the last of them goes what they shared.
BOOST_AUTO_TEST_CASE(join_and_leave)
{
    AudienceBench bench;
    auto one = bench.join("a");
    bench.tell_event("a", "1");
    auto late = bench.join("a");
    bench.tell_event("a", "2");
    bench.run();
    BOOST_TEST((take_all(*late) == Texts{"2"}));
    BOOST_TEST((take_all(*one) == Texts{"1", "2"}));
    BOOST_TEST(bench.happenings.has_event_watchers(bench.tenant));
    bench.tell_event("a", "3");
    one.reset();
    bench.run();
    BOOST_TEST((take_all(*late) == Texts{"3"}));
    late.reset();
    BOOST_TEST(!bench.happenings.has_event_watchers(bench.tenant));
    bench.tell_event("a", "4");
    bench.run();
}

// Goal: a slow one is told how much it missed, exactly, and goes on with the newest; another one of
// the same wish has all of it.
BOOST_AUTO_TEST_CASE(gap)
{
    AudienceBench bench;
    const auto slow = bench.join("a");
    const auto quick = bench.join("a");
    std::size_t quick_bytes = 0;
    constexpr std::size_t told = 100;
    const std::string text(10'000, 'x');
    for (std::size_t i = 0; i < told; ++i) {
        bench.tell_event("a", text);
        if (i % 10 != 9) continue;
        bench.run();
        for (const auto& each : take_all(*quick)) quick_bytes += each.size();
    }
    BOOST_TEST(quick_bytes == told * text.size());
    const auto heard = take_all(*slow);
    BOOST_REQUIRE(heard.size() > 1U);
    const auto kept = heard.size() - 1;
    BOOST_TEST(kept * text.size() <= Audience::bytes_max);
    BOOST_TEST(kept * text.size() > Audience::bytes_max / 2);
    BOOST_TEST(heard.front() == R"({"type":"gap","missed":)" + std::to_string(told - kept) + "}");
}

// Goal: a reader that first reads from the store keeps what is told of deliveries meanwhile, and
// none of the events: not even as a gap.
BOOST_AUTO_TEST_CASE(start_events)
{
    AudienceBench bench;
    const auto seat = bench.join("a");
    bench.tell_delivery("d1");
    const std::string text(10'000, 'x');
    for (int i = 0; i < 100; ++i) {
        bench.tell_event("a", text);
        if (i % 10 == 9) bench.run();
    }
    bench.tell_delivery("d2");
    Texts others;
    for (const auto& each : seat->start_events()) others.push_back(each.data);
    BOOST_TEST((others == Texts{R"({"type":"gap","missed":1})", "d2"}));
    bench.tell_event("a", "e");
    bench.run();
    BOOST_TEST((take_all(*seat) == Texts{"e"}));
}

// Goal: while many are told, what else the loop has to do waits for a few of them, not for all.
BOOST_AUTO_TEST_CASE(yields)
{
    AudienceBench bench;
    std::vector<SeatPtr> seats;
    for (int i = 0; i < 200; ++i) seats.push_back(bench.join("a"));
    int most = 0;
    int seen = 0;
    std::function<void()> look = [&] {
        most = std::max(most, bench.woken - std::exchange(seen, bench.woken));
        if (bench.woken < 200) asio::post(bench.loop, look);
    };
    bench.tell_event("a", "1");
    asio::post(bench.loop, look);
    bench.run();
    BOOST_TEST(bench.woken == 200);
    BOOST_TEST(most <= 8);
}

// Goal: a seat that goes in the middle of a round has no turn any more.
BOOST_AUTO_TEST_CASE(leaves_in_a_round)
{
    AudienceBench bench;
    std::vector<SeatPtr> seats;
    for (int i = 0; i < 20; ++i) seats.push_back(bench.join("a"));
    bench.tell_event("a", "1");
    while (bench.woken == 0) bench.loop.run_one();
    BOOST_TEST(bench.woken == 8);
    seats.resize(10);
    bench.run();
    BOOST_TEST(bench.woken == 10);
}

BOOST_AUTO_TEST_SUITE_END()
