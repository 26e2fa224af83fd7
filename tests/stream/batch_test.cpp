#include "hub/stream/batch.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid::stream;

BOOST_AUTO_TEST_SUITE(stream_batch)

// Goal: each text but the last is a frame of RFC 6455, section 5.2, whatever its size.
BOOST_AUTO_TEST_CASE(frames)
{
    struct Row {
        std::size_t bytes;
        std::string head;
    };
    using namespace std::string_literals;
    const std::vector<Row> rows{{1, "\x81\x01"s},
                                {125, "\x81\x7d"s},
                                {126, "\x81\x7e\0\x7e"s},
                                {65'535, "\x81\x7e\xff\xff"s},
                                {65'536, "\x81\x7f\0\0\0\0\0\x01\0\0"s}};
    std::vector<Saying> sayings;
    std::string expected;
    for (const auto& row : rows) {
        sayings.push_back({"event", {}, std::string(row.bytes, 'x')});
        expected += row.head + sayings.back().data;
    }
    sayings.push_back({"event", {}, "last"});
    Batch batch{std::move(sayings)};
    BOOST_TEST((batch.frames_before_last() == expected));
    BOOST_TEST(batch.frames_before_last().data() == batch.frames_before_last().data());
}

// Goal: one alone has nothing before it.
BOOST_AUTO_TEST_CASE(one)
{
    Batch batch{{{"event", {}, "a"}}};
    BOOST_TEST(batch.frames_before_last().empty());
}

// Goal: all of them are Server-Sent Events, with their ids where they have one.
BOOST_AUTO_TEST_CASE(events)
{
    Batch batch{{{"event", "evt_1", "a"}, {"gap", {}, "b"}}};
    BOOST_TEST(batch.events() == "event: event\nid: evt_1\ndata: a\n\nevent: gap\ndata: b\n\n");
}

BOOST_AUTO_TEST_SUITE_END()
