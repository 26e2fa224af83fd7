#include "hub/transform/wire.hpp"

#include "tests/support/fuzz_corpus.hpp"
#include "tests/transform/fuzz/targets.hpp"

#include <boost/test/unit_test.hpp>

namespace katydid::transform {
namespace {

Request some_request()
{
    Request request;
    request.program = {
        .language = Language::jq, .source = "{payload}", .timeout = std::chrono::milliseconds{70}};
    request.input.payload = std::string{"{\"a\":\0}", 7};
    request.input.headers = {{"content-type", "application/json"}, {"x", ""}};
    request.input.now += std::chrono::milliseconds{1'750'000'000'000};
    return request;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transform_wire)

// Goal: a request arrives as it was sent.
BOOST_AUTO_TEST_CASE(requests_arrive)
{
    const auto sent = some_request();
    const auto read = decode_request(encode(sent));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((read->program.language == sent.program.language));
    BOOST_TEST(read->program.source == sent.program.source);
    BOOST_TEST((read->program.timeout == sent.program.timeout));
    BOOST_TEST(read->input.payload == sent.input.payload);
    BOOST_TEST((read->input.headers == sent.input.headers));
    BOOST_TEST(read->input.event == "{}");
    BOOST_TEST((read->input.now == sent.input.now));
}

// Goal: replies of both kinds arrive as they were sent.
BOOST_AUTO_TEST_CASE(replies_arrive)
{
    const Output output{
        .payload = "{}", .headers = {{"X-A", "b"}}, .path = std::nullopt, .cancel = "not today"};
    const Output misspelt{.ignored = {"paylod", ""}};
    const Fault fault{.kind = Fault::Kind::time, .message = "m", .line = 3, .column = 4};
    for (const Outcome& outcome :
         {Outcome{output}, Outcome{misspelt}, Outcome{fault}, Outcome{Output{}}}) {
        const auto read = decode_reply(encode(Reply{outcome, std::chrono::microseconds{7}}));
        BOOST_REQUIRE(read.has_value());
        BOOST_TEST((read->outcome == outcome));
        BOOST_TEST(read->duration.count() == 7);
    }
}

// Goal: a worker cannot make the hub take more than it may, or a header that no wire takes.
BOOST_AUTO_TEST_CASE(replies_are_bounded)
{
    const auto is_taken = [](Output output) {
        return decode_reply(encode(Reply{std::move(output), {}})).has_value();
    };
    BOOST_TEST(is_taken({.payload = std::string(output_bytes_max, 'x')}));
    BOOST_TEST(!is_taken({.payload = std::string(output_bytes_max + 1, 'x')}));
    BOOST_TEST(!is_taken({.headers = {{"a b", "c"}}}));
    BOOST_TEST(!is_taken({.headers = {{"a", "c\r\nd: e"}}}));
    BOOST_TEST(!is_taken({.headers = {{"", "c"}}}));
    BOOST_TEST(!is_taken({.headers = Headers(header_count_max + 1, {"a", "b"})}));
    BOOST_TEST(!is_taken({.cancel = std::string(message_bytes_max + 1, 'x')}));
    BOOST_TEST(!is_taken({.ignored = {std::string(ignored_bytes_max + 1, 'x')}}));
    BOOST_TEST(!is_taken({.ignored = std::vector<std::string>(ignored_count_max + 1)}));
}

// Goal: a frame that breaks off, or goes on, is none.
BOOST_AUTO_TEST_CASE(every_cut_is_noticed)
{
    const auto request = encode(some_request());
    for (std::size_t size = 0; size < request.size(); ++size)
        BOOST_TEST(!decode_request(request.substr(0, size)));
    BOOST_TEST(!decode_request(request + '\0'));
}

BOOST_AUTO_TEST_CASE(fuzz_corpus)
{
    BOOST_TEST(katydid::test::run_corpus(fuzz::read_any_frame,
                                         std::string{KATYDID_CORPUS} + "/read_any_frame")
               >= 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::transform
