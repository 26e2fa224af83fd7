#include "hub/api/live/feed_reader.hpp"

#include "tests/store/memory/memory_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace asio = boost::asio;

struct Desk {
    void spawn(awaitable<void> work)
    {
        asio::co_spawn(loop, std::move(work), [](const std::exception_ptr& failure) {
            if (failure) std::rethrow_exception(failure);
        });
    }

    awaitable<void> publish(int count)
    {
        for (int i = 0; i < count; ++i) {
            Event event;
            event.tenant = tenant;
            event.id = ids.make<EventId>();
            event.external_id = event.id.to_string();
            event.type = "a";
            event.payload = std::make_shared<const std::string>("1");
            store::Append append{std::make_shared<const Event>(std::move(event)), {}, {}};
            const auto appended = co_await store.append(std::move(append));
            BOOST_TEST(appended.has_value());
        }
        commits.notify(tenant);
    }

    awaitable<void> follow()
    {
        const auto followed = co_await reader.follow(tenant);
        BOOST_TEST(followed.has_value());
    }

    /// Another caller of the loop, who wants a turn all the time.
    void tick()
    {
        ++ticks;
        if (!is_over) asio::post(loop, [this] { tick(); });
    }

    asio::io_context loop{1};
    IdSource ids{system_clock(), 5};
    TenantId tenant = ids.make<TenantId>();
    MemoryStore store;
    intake::CommitNotifier commits;
    stream::Happenings happenings;
    api::FeedReader reader{{loop.get_executor(), store, commits, happenings}};
    std::uint64_t ticks = 0;
    bool is_over = false;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(api_feed_reader)

// Goal: while it is found out who wants which of many events, however long that takes, others have
// their turns of the loop.
BOOST_AUTO_TEST_CASE(costly_watchers_leave_the_loop_to_others)
{
    constexpr int events = 60;
    Desk desk;
    std::vector<std::uint64_t> turns;
    const auto box = desk.happenings.watch(
        {desk.tenant}, desk.loop.get_executor(), [] {},
        [&](const Event&) {
            turns.push_back(desk.ticks);
            const auto begun = SteadyTime::clock::now();
            while (SteadyTime::clock::now() - begun < milliseconds{1}) {}
            return false;
        });
    box->start_events();
    desk.spawn(desk.follow());
    while (desk.loop.poll() > 0) {}
    desk.loop.restart();
    desk.spawn(desk.publish(events));
    desk.tick();
    while (turns.size() < events) desk.loop.run_one();
    desk.is_over = true;
    desk.reader.stop();
    desk.loop.run();

    // At most a few events are looked at in one turn of the loop.
    std::ranges::sort(turns);
    const auto kinds = std::ranges::distance(turns.begin(), std::ranges::unique(turns).begin());
    BOOST_TEST(kinds >= events / 4);
}

BOOST_AUTO_TEST_SUITE_END()
