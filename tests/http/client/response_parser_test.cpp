#include "hub/http/client/response_parser.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <vector>

using namespace katydid;
using namespace katydid::http;
using Status = ResponseParser::Status;

namespace {

struct Answer {
    Status outcome = Status::need_more;
    unsigned status = 0;
    std::string body;
    bool keep_alive = false;
    Headers headers;
    std::size_t consumed = 0;
    bool operator==(const Answer&) const = default;
};

/// In pieces of at most `piece` bytes; then the connection ends, where the answer has not.
Answer read(std::string_view bytes, std::size_t piece, bool is_head = false)
{
    ResponseParser parser;
    parser.begin({}, is_head);
    Answer answer;
    while (!bytes.empty() && answer.outcome == Status::need_more) {
        const auto part = bytes.substr(0, piece);
        std::size_t consumed = 0;
        answer.outcome = parser.put(part, consumed);
        answer.consumed += consumed;
        bytes.remove_prefix(consumed);
    }
    if (answer.outcome == Status::need_more) answer.outcome = parser.put_eof();
    if (parser.is_head_done()) answer.status = parser.status_code();
    answer.body = parser.body();
    answer.keep_alive = parser.is_keep_alive();
    answer.headers = parser.headers();
    return answer;
}

constexpr bool kept = true;
constexpr bool closed = false;

struct Row {
    std::string bytes;
    std::string body;
    bool keep_alive;
    Status outcome = Status::done;
    unsigned status = 200;
};

void check(const std::vector<Row>& rows)
{
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.bytes)
        {
            const auto whole = read(row.bytes, row.bytes.size());
            BOOST_TEST((whole.outcome == row.outcome), static_cast<int>(whole.outcome));
            BOOST_TEST(whole.status == row.status);
            BOOST_TEST(whole.body == row.body);
            BOOST_TEST(whole.keep_alive == row.keep_alive);
            if (row.outcome != Status::done) continue;
            for (std::size_t piece = 1; piece < row.bytes.size(); ++piece)
                BOOST_TEST((read(row.bytes, piece) == whole), "in pieces of " << piece);
        }
    }
}

std::string with(const std::string& fields, const std::string& body = "ok")
{
    return "HTTP/1.1 200 OK\r\n" + fields + "\r\n" + body;
}

const std::string two = "Content-Length: 2\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(http_response_parser)

// Goal: a status line counts however it is written, as long as it has a status.
BOOST_AUTO_TEST_CASE(status_lines)
{
    const auto line = [](const std::string& text) { return text + "\r\n" + two + "\r\nok"; };
    check({
        {line("HTTP/1.1 200 OK"), "ok", kept},
        {line("HTTP/1.1 200 "), "ok", kept},
        {line("HTTP/1.1 200"), "ok", kept},
        {line("HTTP/1.1 200 \xc3\xa9t\xe9\x01"), "ok", kept},
        {line("HTTP/1.0 200 OK"), "ok", closed},
        {line("HTTP/1.0 200 OK\r\nConnection: Keep-Alive"), "ok", kept},
        {line("HTTP/1.1 200 OK\r\nConnection: x, CLOSE"), "ok", closed},
        {line("http/1.1 200 ok"), "ok", closed},
        {line("HTTP/1.1  200 OK"), "ok", closed},
        {line("HTTP/1.1\t200 OK"), "ok", closed},
        {line("HTTP/1.1 200OK"), "ok", closed},
        {line("HTTP/1.1 200\tOK"), "ok", closed},
        {line("HTTP/1.1 404.3 Nothing"), "ok", closed, Status::done, 404},
        {line("HTTP/2 200"), "ok", closed},
        {line("HTTP/2.0 200 OK"), "ok", closed},
        {line("HTTP/1 200 OK"), "ok", closed},
        {line("HTTP/1.2 200 OK"), "ok", closed},
        {line("\r\n\nHTTP/1.1 200 OK"), "ok", closed},
        {line("HTTP/1.1 200 OK\r"), "ok", kept},
    });
    for (const std::string bad :
         {"HTTP/1.1 20", "HTTP/1.1 2000 OK", "HTTP/1.1", "HTTP/1.1 OK", "HTTP/1.1200 OK",
          "HTTP 200 OK", "HTTP/ 200 OK", "XTTP/1.1 200", "HTTP/a.b 200 OK", " HTTP/1.1 200 OK",
          "HTTP/1.1 -20 OK", "HTTP/1.1 099 Low", "HTTP/1.1 600 High", "HTTP/1.1 101 Switch"}) {
        const auto answer = read(line(bad), 1'000);
        BOOST_TEST((answer.outcome == Status::malformed), bad);
        BOOST_TEST(answer.status == 0U, bad);
    }
}

// Goal: what is odd in a header section costs the connection and nothing else.
BOOST_AUTO_TEST_CASE(header_sections)
{
    check({
        {with("X-A : b\r\n" + two), "ok", closed},
        {with("X A: b\r\n" + two), "ok", closed},
        {with(": b\r\n" + two), "ok", closed},
        {with("no colon\r\n" + two), "ok", closed},
        {with("X-A: b\r\n\tfolded\r\n" + two), "ok", closed},
        {with(" folded from the start\r\n" + two), "ok", closed},
        {with("X-A: b\rc\r\n" + two), "ok", closed},
        {with("X-A: b\x01\x7f\r\n" + two), "ok", closed},
        {with("X\xc3\xa9: b\r\n" + two), "ok", closed},
        {with("X-A: \xc3\xa9\xe9\r\n" + two), "ok", kept},
        {with("X-A:\r\n" + two), "ok", kept},
        {with("X-A:\t b \t\r\n" + two), "ok", kept},
        {with("content-LENGTH:2\r\n"), "ok", kept},
        {with("Content-Length : 2\r\n"), "ok", closed},
        {with("Content-Length:\r\n 2\r\n"), "ok", closed},
        {"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "ok", closed},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\n\r\nok", "ok", closed},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\nok", "ok", closed},
        {with("Set-Cookie: " + std::string(300, 'c') + "\r\n" + two), "ok", kept},
    });
    const auto odd = read(
        with("A : 1\r\nB B: 2\r\nC: 3\r\n  and 4\r\nD: \x01\r\n more\r\nE: 5\r\n"), 1'000);
    const Headers expected{{"A", "1"}, {"C", "3 and 4"}, {"E", "5"}};
    BOOST_TEST((odd.headers == expected));
}

// Goal: 24 KB of cookies are read whole; a header section without an end is not.
BOOST_AUTO_TEST_CASE(large_header_sections)
{
    const auto large = with("Set-Cookie: " + std::string(24 * 1024, 'c') + "\r\n" + two);
    BOOST_TEST(read(large, 8 * 1024).keep_alive);
    // Over the limit the status counts, and nothing more is read.
    const auto check_cut = [](const std::string& bytes) {
        for (const std::size_t piece : {1U, 8U * 1024, 2'000'000U}) {
            const auto answer = read(bytes, piece);
            BOOST_TEST((answer.outcome == Status::truncated));
            BOOST_TEST(answer.status == 200U);
            BOOST_TEST(!answer.keep_alive);
        }
    };
    check_cut(with("X: " + std::string(1'000'000, 'x')));
    check_cut(with("Set-Cookie: a\r\n" + std::string(200'000, 'x') + ": b\r\n" + two));
    BOOST_TEST((read("HTTP/1.1 100 Wait\r\nX: " + std::string(200'000, 'x'), 8 * 1024).outcome
                == Status::malformed));
    BOOST_TEST(
        (read("HTTP/1.1 200 " + std::string(200'000, 'x'), 8 * 1024).outcome == Status::malformed));
    const auto many = with([] {
        std::string fields;
        for (int i = 0; i < 100'000; ++i) fields += "a:\n";
        return fields;
    }());
    check_cut(many);
}

// Goal: where the end of a body is doubtful the status counts, what can be read is read, and the
// connection is not used again.
BOOST_AUTO_TEST_CASE(lengths)
{
    check({
        {with(two), "ok", kept},
        {with("Content-Length: 0\r\n", ""), "", kept},
        {with("Content-Length: 2, 2\r\n"), "ok", closed},
        {with(two + two), "ok", closed},
        {with("", "until the end"), "until the end", closed},
        {with("Transfer-Encoding: gzip\r\n"), "ok", closed},
        {with("Transfer-Encoding: identity\r\n" + two), "ok", closed},
        {with("Transfer-Encoding:\r\n" + two), "ok", closed},
        {with("Content-Length: 3\r\n"), "ok", closed, Status::truncated},
        {with("Content-Length: 2\r\nContent-Length: 3\r\n"), "ok", closed, Status::truncated},
        {with("Content-Length: x\r\n"), "ok", closed, Status::truncated},
        {with("Content-Length: -1\r\n"), "ok", closed, Status::truncated},
        {with("Content-Length: +2\r\n"), "ok", closed, Status::truncated},
        {with("Content-Length:\r\n"), "ok", closed, Status::truncated},
        {with("Content-Length: 99999999999999999999\r\n"), "ok", closed, Status::truncated},
    });
    const auto past = read(with(two, "okHTTP/1.1 500"), 1'000);
    BOOST_TEST(past.consumed == with(two).size());
}

// Goal: statuses and requests without a body have none, whatever the fields say.
BOOST_AUTO_TEST_CASE(bodiless)
{
    check({
        {"HTTP/1.1 204 No Content\r\n\r\n", "", kept, Status::done, 204},
        {"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "", kept, Status::done, 204},
        {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "", closed, Status::done, 204},
        {"HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n", "", closed, Status::done, 204},
        {"HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n", "", kept, Status::done, 304},
    });
    const auto answer = read("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", 7, true);
    BOOST_TEST((answer.outcome == Status::done));
    BOOST_TEST(answer.keep_alive);
}

// Goal: chunks as other clients take them; a chunk whose end is unknown leaves the status.
BOOST_AUTO_TEST_CASE(chunks)
{
    const auto chunked = [](const std::string& body, const std::string& more = "") {
        return with("Transfer-Encoding: chunked\r\n" + more, body);
    };
    check({
        {chunked("2\r\nok\r\n0\r\n\r\n"), "ok", kept},
        {chunked("2;a=b\r\nok\r\n0;c\r\nX: y\r\n\r\n"), "ok", kept},
        {chunked("2\r\nok\r\n0\r\n\r\n", two), "ok", closed},
        {chunked("2\r\nok\r\n0\r\n\r\n", "Content-Length: x\r\n"), "ok", closed},
        {chunked("2 \r\nok\r\n0\t \r\n\r\n"), "ok", closed},
        {chunked(" 2\r\nok\r\n0\r\n\r\n"), "ok", closed},
        {chunked("2\nok\n0\n\n"), "ok", closed},
        {chunked("2;\x01\xff garbage\rmore\r\nok\r\n0\r\n\r\n"), "ok", closed},
        {chunked("2;" + std::string(300, 'x') + "\r\nok\r\n0\r\n\r\n"), "ok", kept},
        {chunked("2\r\nok\r\n0\r\nno trailer\r\n\r\n"), "ok", closed},
        {chunked("2\r\nok\r\n0\r\n"), "ok", closed},  // and the end
        {chunked("2\r\nok\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n"), "ok", closed},
        {with("Transfer-Encoding: gzip, Chunked\r\n", "2\r\nok\r\n0\r\n\r\n"), "ok", closed},
        {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "ok", closed},
        {chunked("2\r\nok\r\n0"), "ok", closed, Status::truncated},
        {chunked("2\r\nokX"), "ok", closed, Status::truncated},
        {chunked("0x2\r\nok\r\n0\r\n\r\n"), "", closed, Status::truncated},
        {chunked("2\r\nok\r\n-1\r\n"), "ok", closed, Status::truncated},
        {chunked("\r\n"), "", closed, Status::truncated},
        {chunked("11111111111111111\r\nok"), "", closed, Status::truncated},
    });
}

// Goal: interim answers are skipped, whatever they say and even without their empty line.
BOOST_AUTO_TEST_CASE(interim_answers)
{
    check({
        {"HTTP/1.1 100 Continue\r\n\r\n" + with(two), "ok", kept},
        {"HTTP/1.1 103 Early\r\nLink: <x>\r\n\r\n" + with(two), "ok", kept},
        {"HTTP/1.1 100\n\n" + with(two), "ok", closed},
        {"HTTP/1.1 100 Continue\r\n" + with(two), "ok", closed},
        {"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n" + with(two), "ok", kept},
        {"HTTP/1.1 100 Continue\r\nContent-Length: 9\r\n\r\n" + with(two), "ok", closed},
        {"HTTP/1.1 102 Wait\r\nConnection: close\r\n\r\n" + with(two), "ok", kept},
    });
    std::string waits;  // one a second, say, for as long as the work takes
    for (int i = 0; i < 100; ++i) waits += "HTTP/1.1 102 Processing\r\n\r\n";
    BOOST_TEST((read(waits + with(two), 1'000).outcome == Status::done));
    waits += "HTTP/1.1 102 Processing\r\n\r\n";
    BOOST_TEST((read(waits + with(two), 1'000).outcome == Status::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
