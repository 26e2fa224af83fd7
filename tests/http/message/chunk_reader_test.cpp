#include "hub/http/message/chunk_reader.hpp"

#include "hub/http/message/message.hpp"
#include "hub/http/client/response_parser.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::http;
using Status = ChunkReader::Status;

namespace {

struct Reading {
    Status status = Status::need_more;
    std::string body;
    std::size_t consumed = 0;
    bool operator==(const Reading&) const = default;
};

/// In pieces of at most `piece` bytes.
Reading read(std::string_view bytes, std::size_t piece, std::uint64_t limit = 1'000,
             bool early = true)
{
    ChunkReader reader;
    reader.begin(limit, early);
    Reading reading;
    while (!bytes.empty() && reading.status == Status::need_more) {
        const auto part = bytes.substr(0, piece);
        const auto before = reading.consumed;
        reading.status = reader.put(part, reading.body, reading.consumed);
        bytes.remove_prefix(reading.consumed - before);
        if (reading.status == Status::need_more && reading.consumed - before != part.size())
            BOOST_FAIL("bytes were left although more are wanted");
    }
    return reading;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_chunk_reader)

// Goal: what comes out does not depend on how the bytes come in, and nothing after is taken.
BOOST_AUTO_TEST_CASE(sound_bodies_in_any_pieces)
{
    struct Row {
        std::string bytes;
        std::string body;
    };
    for (const auto& row : {Row{"0\r\n\r\n", ""}, Row{"5\r\nhello\r\n0\r\n\r\n", "hello"},
                            Row{"2\r\nhe\r\n3;a=\"b;c\"\r\nllo\r\n000\r\n\r\n", "hello"},
                            Row{"A\r\n0123456789\r\n0;x\r\nX: y\r\nZ:\r\n\r\n", "0123456789"},
                            Row{"0000000000000005\r\n\r\n\r\n0\r\n0\r\n\r\n", "\r\n\r\n0"}}) {
        const Reading expected{Status::done, row.body, row.bytes.size()};
        for (std::size_t piece = 1; piece <= row.bytes.size() + 3; ++piece)
            BOOST_TEST((read(row.bytes + "GET", piece) == expected),
                       row.bytes << " in pieces of " << piece);
    }
}

// Goal: nothing that another reader could understand otherwise passes.
BOOST_AUTO_TEST_CASE(malformed_bodies)
{
    for (const auto* bytes : {"\r\n",
                              "x\r\n",
                              "0x5\r\n",
                              "+5\r\n",
                              "-5\r\n",
                              " 5\r\n",
                              "5 \r\n",
                              "5\t;a\r\n",
                              "5\n",
                              "5\r\r\n",
                              "5\rx",
                              "5;a\n",
                              "5;\x01\r\n",
                              "5;a\rb\r\n",
                              "00000000000000005\r\n",
                              "5\r\nhello0\r\n",
                              "5\r\nhello\n",
                              "5\r\nhello\rx",
                              "5\r\nhello!\r\n",
                              "0\r\nX\r\n\r\n",
                              "0\r\n: y\r\n\r\n",
                              "0\r\nX Y: z\r\n\r\n",
                              "0\r\n y\r\n\r\n",
                              "0\r\nX: y\n",
                              "0\r\nX: y\r\n z\r\n",
                              "0\r\nX: \x01\r\n\r\n",
                              "0\r\n\rx",
                              "0\r\n\n"}) {
        const std::string text{bytes};
        for (std::size_t piece = 1; piece <= text.size(); ++piece)
            BOOST_TEST((read(text, piece).status == Status::malformed), text);
    }
}

// Goal: digits, extensions and trailers end where they are meant to, over the whole body.
BOOST_AUTO_TEST_CASE(bounds)
{
    const std::string extension(255, 'a');
    BOOST_TEST((read("0;" + extension + "\r\n\r\n", 7).status == Status::done));
    BOOST_TEST((read("0;a" + extension + "\r\n\r\n", 7).status == Status::malformed));
    BOOST_TEST((read("1;" + extension + "\r\nx\r\n0;\r\n\r\n", 7).status == Status::malformed));
    BOOST_TEST(
        (read("0\r\nX: " + std::string(8'000, 'a') + "\r\n\r\n", 999).status == Status::done));
    BOOST_TEST(
        (read("0\r\nX: " + std::string(9'000, 'a') + "\r\n\r\n", 999).status == Status::malformed));
}

// Goal: too much is told at once, or when what fits is kept.
BOOST_AUTO_TEST_CASE(too_large)
{
    BOOST_TEST((read("5\r\nhello\r\n0\r\n\r\n", 3, 5).status == Status::done));
    BOOST_TEST((read("6\r\n", 3, 5) == Reading{Status::too_large, "", 3}));
    BOOST_TEST((read("3\r\nabc\r\n3\r\n", 30, 5) == Reading{Status::too_large, "abc", 11}));
    BOOST_TEST((read("FFFFFFFFFFFFFFFF\r\n", 30, 5).status == Status::too_large));
    const auto kept = read("3\r\nabc\r\n3\r\ndef\r\n", 1, 5, false);
    BOOST_TEST((kept.status == Status::too_large));
    BOOST_TEST(kept.body == "abcde");
}

// Goal: a last chunk in three pieces, on which an assertion of Beast 1.81 fails (the process ends
// where assertions are on), is read on both sides.
BOOST_AUTO_TEST_CASE(last_chunk_in_three_pieces)
{
    ChunkReader requests;
    requests.begin(10, true);
    std::string body;
    std::size_t taken = 0;
    for (const auto* piece : {"0\r\n", "\r"})
        BOOST_TEST((requests.put(piece, body, taken) == ChunkReader::Status::need_more));
    BOOST_TEST((requests.put("\n", body, taken) == ChunkReader::Status::done));

    ResponseParser answers;
    answers.begin({}, false);
    std::size_t consumed = 0;
    auto status = ResponseParser::Status::need_more;
    for (const auto* piece :
         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\n", "\r", "\n"}) {
        BOOST_TEST((status == ResponseParser::Status::need_more));
        status = answers.put(piece, consumed);
    }
    BOOST_TEST((status == ResponseParser::Status::done));
}

BOOST_AUTO_TEST_SUITE_END()
