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

BOOST_AUTO_TEST_SUITE_END()
