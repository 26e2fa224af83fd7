#include "bench/load/hmac.hpp"
#include "bench/load/requests.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <map>

using namespace katydid::bench;

namespace {

Door atlvs_door()
{
    Door door;
    door.path = "/api/webhooks/atlvs";
    door.host = "127.0.0.1:1";
    door.headers = {{"X-Webhook-Event", "{{type}}"}};
    door.body = R"({"id":"{{id}}","name":"{{type}}","payload":{{data}}})";
    door.signature = Signature::atlvs;
    door.secret = "secret";
    return door;
}

std::string body_of(const std::string& request)
{
    return request.substr(request.find("\r\n\r\n") + 4);
}

std::string header_of(const std::string& request, const std::string& name)
{
    const auto at = request.find("\r\n" + name + ": ") + name.size() + 4;
    return request.substr(at, request.find("\r\n", at) - at);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_requests)

// Goal: our HMAC agrees with the vectors of RFC 4231, sections 4.3 and 4.7 (a key over 64 bytes).
BOOST_AUTO_TEST_CASE(hmac_vectors)
{
    std::array<char, hex_chars> hex;
    write_hex(HmacSha256{"Jefe"}.sign({"what do ya want ", "for nothing?"}), hex.data());
    BOOST_TEST(std::string(hex.data(), hex.size())
               == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    write_hex(HmacSha256{std::string(131, '\xaa')}.sign(
                  {"Test Using Larger Than Block-Size Key - Hash Key First"}),
              hex.data());
    BOOST_TEST(std::string(hex.data(), hex.size())
               == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// Goal: the test vector of the Standard Webhooks specification.
BOOST_AUTO_TEST_CASE(standard_webhooks_vector)
{
    const HmacSha256 mac{key_of_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")};
    std::array<char, base64_chars> text;
    write_base64(mac.sign({"msg_p5jXN8AQM9LWM0D4loKWxJek", ".", "1614265330", ".",
                           R"({"test": 2432232314})"}),
                 text.data());
    BOOST_TEST(std::string(text.data(), text.size())
               == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

// Goal: every request's body is JSON, its length and signature are right, its marker is its number.
BOOST_AUTO_TEST_CASE(atlvs_requests_are_whole)
{
    const Requests requests{atlvs_door(), make_mix("atlvs", {.run = 7, .data_bytes = 0})};
    const HmacSha256 mac{"secret"};
    std::string request;
    for (const std::uint32_t number : {0U, 1U, 255U, 70'000U}) {
        requests.write(number, 0, request);
        const auto body = body_of(request);
        BOOST_TEST(boost::json::parse(body).is_object());
        BOOST_TEST(header_of(request, "Content-Length") == std::to_string(body.size()));
        std::array<char, hex_chars> hex;
        write_hex(mac.sign({body}), hex.data());
        BOOST_TEST(header_of(request, "X-Webhook-Signature")
                   == std::string(hex.data(), hex.size()));
        Marker marker;
        BOOST_TEST(find_marker(body, marker));
        BOOST_TEST(marker.run == 7U);
        BOOST_TEST(marker.number == number);
    }
}

// Goal: signing beforehand gives the same bytes as signing live.
BOOST_AUTO_TEST_CASE(presigned_equals_live)
{
    auto door = atlvs_door();
    door.signature = Signature::standard_webhooks;
    door.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const Requests live{door, make_mix("grasshopper", {.run = 1, .data_bytes = 512})};
    Requests presigned{door, make_mix("grasshopper", {.run = 1, .data_bytes = 512})};
    presigned.presign(50, 1'700'000'000);
    std::string left, right;
    for (std::uint32_t number = 0; number < 60; ++number) {
        live.write(number, 1'700'000'000, left);
        presigned.write(number, 1'700'000'000, right);
        BOOST_TEST(left == right);
    }
}

// Goal: a mix keeps its proportions also over a short stretch, and padding reaches the size asked.
BOOST_AUTO_TEST_CASE(mix_and_padding)
{
    const Requests requests{atlvs_door(), make_mix("atlvs", {.run = 1, .data_bytes = 1'024})};
    std::map<std::string, int> seen;
    std::string request;
    for (std::uint32_t number = 0; number < 20; ++number) {
        requests.write(number, 0, request);
        ++seen[header_of(request, "X-Webhook-Event")];
        const auto payload = boost::json::parse(body_of(request)).at("payload");
        BOOST_TEST(payload.as_object().contains("notes"));
        const auto text = body_of(request);
        const auto data = text.substr(text.find("\"payload\":") + 10);
        BOOST_TEST(data.size() - 1 == 1'024U);
    }
    BOOST_TEST(seen["resource.updated"] == 8);
    BOOST_TEST(seen["budget.alert"] == 1);
}

// Goal: a variable that nobody defines is named, not sent.
BOOST_AUTO_TEST_CASE(unknown_variable)
{
    BOOST_CHECK_THROW(expand("{{nobody}}", {{"somebody", "x"}}), std::invalid_argument);
    BOOST_TEST(expand(R"({"a":{{a}}})", {{"a", "1"}}) == R"({"a":1})");
}

BOOST_AUTO_TEST_SUITE_END()
