// RFC 6455, sections 5, 7 and 8, frame by frame: what Autobahn's test suite asks (it needs
// Python 2, which this system has not), as a table. The hub says nothing but what the table says.
#include "tests/hub/consumer_client.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <array>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

enum Opcode : unsigned {
    more = 0,
    text_frame = 1,
    binary = 2,
    close_frame = 8,
    ping = 9,
    pong = 10
};

struct Shape {
    bool is_last = true;
    unsigned reserved = 0;  ///< the three bits after FIN
    bool is_masked = true;
    unsigned length_bytes = 0;  ///< of the extended length, 2 or 8; 0: the shortest form
};

std::string frame(unsigned opcode, std::string payload, Shape shape = {})
{
    std::string bytes;
    bytes += static_cast<char>((shape.is_last ? 0x80U : 0U) | shape.reserved << 4U | opcode);
    const auto size = payload.size();
    const unsigned mask_bit = shape.is_masked ? 0x80U : 0U;
    auto extended = shape.length_bytes;
    if (extended == 0) extended = size < 126 ? 0 : size < 65'536 ? 2 : 8;
    const auto first = extended == 0 ? size : extended == 2 ? 126U : 127U;
    bytes += static_cast<char>(mask_bit | first);
    for (auto i = extended; i > 0; --i) bytes += static_cast<char>(size >> (8 * (i - 1)) & 0xffU);
    if (!shape.is_masked) return bytes + payload;
    const std::string mask{"\x01\x92\x33\x44"};
    bytes += mask;
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
    return bytes + payload;
}

std::string part(unsigned opcode, std::string payload)
{
    Shape shape;
    shape.is_last = false;
    return frame(opcode, std::move(payload), shape);
}

std::string with_bits(unsigned reserved)
{
    Shape shape;
    shape.reserved = reserved;
    return frame(text_frame, "{}", shape);
}

std::string with_length(unsigned bytes, std::size_t size)
{
    Shape shape;
    shape.length_bytes = bytes;
    return frame(text_frame, std::string(size, ' '), shape);
}

std::string closing(unsigned code, const std::string& reason = {})
{
    std::string payload;
    payload += static_cast<char>(code >> 8U);
    payload += static_cast<char>(code & 0xffU);
    return frame(close_frame, payload + reason);
}

struct Case {
    std::string name;
    std::string sent;
    /// Frames with commas between; the end is a close, or "cut". After an error the test closes.
    std::string heard;
};

const std::string bye = closing(1000);
const std::string half = "\xce\xba";  // one letter of two bytes

std::vector<Case> framing_cases()
{
    Shape unmasked;
    unmasked.is_masked = false;
    return {
        {"a text that is no frame of ours", frame(text_frame, "hi"), "error,close 1000"},
        {"an empty text", frame(text_frame, ""), "error,close 1000"},
        {"in the 16-bit length", frame(text_frame, std::string(300, 'x')), "error,close 1000"},
        {"in the 64-bit length", frame(text_frame, std::string(70'000, 'x')), "error,close 1000"},
        {"no mask", frame(text_frame, "{}", unmasked), "close 1002"},
        {"no mask, a ping", frame(ping, "", unmasked), "close 1002"},
        {"reserved bit 1", with_bits(4), "close 1002"},
        {"reserved bit 2", with_bits(2), "close 1002"},
        {"reserved bit 3", with_bits(1), "close 1002"},
        {"all reserved bits", with_bits(7), "close 1002"},
        {"opcode 3", frame(3, ""), "close 1002"},
        {"opcode 7", frame(7, "x"), "close 1002"},
        {"opcode 11", frame(11, ""), "close 1002"},
        {"opcode 15", frame(15, "x"), "close 1002"},
        {"a length of 16 bits that is too long", with_length(2, 5), "close 1002"},
        {"a length of 64 bits that is too long", with_length(8, 300), "close 1002"},
        {"binary", frame(binary, "{}"), "close 1003"},
    };
}

std::vector<Case> fragment_cases()
{
    return {
        {"in two", part(text_frame, "{") + frame(more, "}"), "error,close 1000"},
        {"in five, some empty",
         part(text_frame, "") + part(more, "{") + part(more, "") + part(more, "}")
             + frame(more, ""),
         "error,close 1000"},
        {"a ping between", part(text_frame, "{") + frame(ping, "p") + frame(more, "}"),
         "pong p,error,close 1000"},
        {"a pong between", part(text_frame, "{") + frame(pong, "p") + frame(more, "}"),
         "error,close 1000"},
        {"a close between", part(text_frame, "{") + bye, "close 1000"},
        {"a rest of nothing", frame(more, "x"), "close 1002"},
        {"a part of nothing", part(more, "x"), "close 1002"},
        {"another text between", part(text_frame, "{") + frame(text_frame, "}"), "close 1002"},
        {"a rest after a ping", frame(ping, "p") + frame(more, "x"), "pong p,close 1002"},
    };
}

std::vector<Case> control_cases()
{
    return {
        {"a ping without words", frame(ping, "") + bye, "pong ,close 1000"},
        {"a ping of 125 bytes", frame(ping, std::string(125, 'p')) + bye,
         "pong " + std::string(125, 'p') + ",close 1000"},
        {"a ping of 126 bytes", frame(ping, std::string(126, 'p')), "close 1002"},
        {"a ping in parts", part(ping, "p"), "close 1002"},
        {"a close in parts", part(close_frame, ""), "close 1002"},
        {"a pong that was not asked for", frame(pong, "p") + bye, "close 1000"},
        {"a close of 126 bytes", closing(1000, std::string(124, 'r')), "close 1002"},
        {"a close of one byte", frame(close_frame, "x"), "close 1002"},
        {"a close without a code", frame(close_frame, ""), "close 1000"},
        {"nothing after a close", bye + frame(ping, "p"), "close 1000"},
    };
}

/// Codes above 4999 are of no range: what is said of them is left open, and they are given back.
std::vector<Case> code_cases()
{
    std::vector<Case> cases;
    for (const unsigned code : {1000U, 1001U, 1002U, 1003U, 1007U, 1008U, 1009U, 1010U, 1011U,
                                3000U, 3999U, 4000U, 4999U, 5000U, 65'535U})
        cases.push_back(
            {"code " + std::to_string(code), closing(code), "close " + std::to_string(code)});
    for (const unsigned code : {0U, 999U, 1004U, 1005U, 1006U, 1016U, 1100U, 2000U, 2999U})
        cases.push_back({"code " + std::to_string(code), closing(code), "close 1002"});
    return cases;
}

std::vector<Case> utf8_cases()
{
    const std::string good = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";
    std::vector<Case> cases{
        {"of many bytes", frame(text_frame, good), "error,close 1000"},
        {"a letter in two parts", part(text_frame, half.substr(0, 1)) + frame(more, half.substr(1)),
         "error,close 1000"},
        {"a letter with a ping in it",
         part(text_frame, half.substr(0, 1)) + frame(ping, "") + frame(more, half.substr(1)),
         "pong ,error,close 1000"},
        {"half a letter at the end", frame(text_frame, half.substr(0, 1)), "close 1007"},
        {"half a letter at the end of the parts",
         part(text_frame, "x") + frame(more, half.substr(0, 1)), "close 1007"},
        {"wrong in the first of the parts", part(text_frame, "\xff"), "close 1007"},
    };
    for (const auto* bad : {"\xff", "\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                            "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xce\xba\xce"})
        cases.push_back({"wrong", frame(text_frame, bad), "close 1007"});
    return cases;
}

std::string handshake(const ApiClient& person)
{
    const auto [name, value] = person.authorisation();
    return "GET /v1/subscriptions/work/consume HTTP/1.1\r\nHost: 127.0.0.1\r\n"
           "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Protocol: katydid.v1\r\n"
           + name + ": " + value + "\r\n\r\n";
}

/// One frame of the hub: its opcode and its payload. nullopt: the connection ended.
awaitable<std::optional<std::pair<unsigned, std::string>>> read_frame(asio::ip::tcp::socket& socket)
{
    std::array<unsigned char, 2> head{};
    const auto head_space = asio::buffer(head);
    const auto [error, bytes] = co_await asio::async_read(socket, head_space, use_tuple);
    if (error) co_return std::nullopt;
    std::size_t size = head[1];
    if (size == 126) {
        std::array<unsigned char, 2> length{};
        const auto space = asio::buffer(length);
        co_await asio::async_read(socket, space, use_tuple);
        size = std::size_t{length[0]} << 8U | length[1];
    }
    std::string payload(size, '\0');
    const auto space = asio::buffer(payload);
    const auto [cut, count] = co_await asio::async_read(socket, space, use_tuple);
    if (cut) co_return std::nullopt;
    co_return std::pair{head[0] & 0xfU, std::move(payload)};
}

std::string describe_frame(unsigned opcode, const std::string& payload)
{
    if (opcode == pong) return "pong " + payload;
    if (opcode == text_frame) return text(boost::json::parse(payload), "type");
    if (opcode != close_frame) return "opcode " + std::to_string(opcode);
    if (payload.size() < 2) return "close";
    const auto code = static_cast<unsigned char>(payload[0]) * 256U
                      + static_cast<unsigned char>(payload[1]);
    return "close " + std::to_string(code);
}

/// What the hub says to the bytes, after its hello.
awaitable<std::string> answer_to(const ApiClient& person, std::string sent)
{
    auto socket = co_await connect_to(person);
    asio::steady_timer timer{socket.get_executor(), 20s};
    timer.async_wait([&socket](const boost::system::error_code& error) {
        if (!error) socket.close();
    });
    const auto request = handshake(person);
    const auto out = asio::buffer(request);
    co_await asio::async_write(socket, out, asio::use_awaitable);
    std::string head;
    while (!head.ends_with("\r\n\r\n")) {
        char byte = 0;
        const auto space = asio::buffer(&byte, 1);
        co_await asio::async_read(socket, space, asio::use_awaitable);
        head += byte;
    }
    const auto hello = co_await read_frame(socket);
    BOOST_REQUIRE(hello.has_value());
    const auto bytes = asio::buffer(sent);
    co_await asio::async_write(socket, bytes, use_tuple);
    std::string heard;
    while (true) {
        const auto said = co_await read_frame(socket);
        if (!said) heard += heard.empty() ? "cut" : ",cut";
        else heard += (heard.empty() ? "" : ",") + describe_frame(said->first, said->second);
        if (!said || said->first == close_frame) break;
        const auto end = asio::buffer(bye);
        if (said->first == text_frame) co_await asio::async_write(socket, end, use_tuple);
    }
    timer.cancel();
    co_return heard;
}

void check(std::vector<Case> cases)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [cases](ApiClient person) -> awaitable<> {
        co_await make_stream(person, "work");
        for (const auto& each : cases) {
            const auto heard = co_await answer_to(person, each.sent);
            BOOST_TEST(heard == each.heard, each.name << ": " << heard << ", not " << each.heard);
        }
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_stream_rfc6455)

// Goal: what section 5.2 forbids ends the connection with 1002, what it allows is read.
BOOST_AUTO_TEST_CASE(framing) { check(framing_cases()); }

// Goal: messages in parts, with control frames between (section 5.4).
BOOST_AUTO_TEST_CASE(fragmentation) { check(fragment_cases()); }

// Goal: pings are answered, control frames are short and whole (section 5.5).
BOOST_AUTO_TEST_CASE(control_frames) { check(control_cases()); }

// Goal: a close is answered by its code where that may be sent (section 7.4).
BOOST_AUTO_TEST_CASE(close_codes) { check(code_cases()); }

// Goal: texts are UTF-8, also over the borders of frames (section 8.1).
BOOST_AUTO_TEST_CASE(utf8) { check(utf8_cases()); }

BOOST_AUTO_TEST_SUITE_END()
