// Bad requests at the webhook routes: each gets the answer of robustness.md, and none gets in.
#include "tests/e2e/fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace katydid::test {
namespace {

const std::string payload = R"({"id":"res_42"})";

struct Refused {
    const char* what;
    WireRequest request;
};

/// The same webhook with its signature header changed.
WireRequest with_signature(const std::string& value)
{
    auto request = atlvs_webhook("id-1", "resource.updated", payload);
    request.headers[1].value = value;
    return request;
}

WireRequest with_body(const std::string& body)
{
    auto request = atlvs_webhook("id-1", "resource.updated", payload);
    request.body = body;
    return request;
}

WireRequest with_signature_twice()
{
    auto request = atlvs_webhook("id-1", "resource.updated", payload);
    request.headers.push_back(request.headers[1]);
    return request;
}

WireRequest without_signature()
{
    auto request = atlvs_webhook("id-1", "resource.updated", payload);
    request.headers.erase(request.headers.begin() + 1);
    return request;
}

std::vector<Refused> refused_signatures()
{
    const auto good = atlvs_webhook("id-1", "resource.updated", payload);
    const auto& signature = good.headers[1].value;
    auto grasshopper = grasshopper_webhook("msg_1", "ticket.sold", payload);
    auto old = grasshopper;
    old.headers[2].value = "1614265330";
    old.headers[3].value = standard_signature(grasshopper_secret, "msg_1", "1614265330", old.body);
    auto other_id = grasshopper;
    other_id.headers[1].value = "msg_2";
    return {{"missing", without_signature()},
            {"empty", with_signature("")},
            {"wrong", with_signature(hmac_hex("another secret", good.body))},
            {"truncated", with_signature(signature.substr(0, 40))},
            {"too long", with_signature(signature + "00")},
            {"not hex", with_signature("zz" + signature.substr(2))},
            {"sent twice", with_signature_twice()},
            {"another body", with_body(good.body + " ")},
            {"an old timestamp", old},
            {"another id", other_id}};
}

BOOST_AUTO_TEST_SUITE(e2e_refusals)

// Goal: every bad signature gets the same 401, byte for byte, and leaves nothing behind.
BOOST_AUTO_TEST_CASE(bad_signatures_are_told_apart_by_nobody)
{
    E2eFixture floor;
    std::string first;
    for (const auto& [what, request] : refused_signatures()) {
        const auto reply = floor.post(request);
        BOOST_TEST(reply.status == 401U, what << ": " << reply.head << reply.body);
        if (first.empty()) first = reply.without_date();
        BOOST_TEST(reply.without_date() == first, what);
    }
    BOOST_TEST(floor.hub.list("/v1/events").empty());
    BOOST_TEST(floor.grasshopper.requests().empty());
}

// Goal: a right signature over bytes that are no JSON is a 400; over any JSON the webhook is taken.
BOOST_AUTO_TEST_CASE(bad_json_behind_a_good_signature)
{
    E2eFixture floor;
    const std::string deep = R"({"id":"1","name":"a.b","payload":)" + std::string(4'000, '[')
                             + std::string(4'000, ']') + "}";
    for (const std::string& body : {std::string{"{"}, std::string{}, std::string{"{} x"},
                                    std::string{"{\"name\":\"\xFF\"}"}}) {
        const auto reply = floor.post(atlvs_bytes(body));
        BOOST_TEST(reply.status == 400U, body.substr(0, 40) << ": " << reply.head << reply.body);
        BOOST_TEST(reply.body.starts_with(R"({"error":)"));
    }
    BOOST_TEST(floor.hub.list("/v1/events").empty());
    for (const std::string& body : {std::string{"null"}, deep, std::string{"\xEF\xBB\xBF{}"}}) {
        const auto reply = floor.post(atlvs_bytes(body));
        BOOST_TEST(reply.status == 200U, body.substr(0, 40) << ": " << reply.head << reply.body);
    }
    BOOST_TEST(floor.hub.list("/v1/events?source=atlvs").size() == 3U);
}

// Goal: a body over 1 MiB is refused from its head: not a byte of it is read.
BOOST_AUTO_TEST_CASE(declared_body_over_the_limit)
{
    E2eFixture floor;
    Wire wire{floor.hub.port()};
    wire.send("POST /api/webhooks/atlvs HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
              "Content-Length: 1048577\r\n\r\n");
    BOOST_TEST(wire.read_reply().status == 413U);
}

// Goal: a chunked body over 1 MiB is refused in the middle, before its end was sent.
BOOST_AUTO_TEST_CASE(chunked_body_over_the_limit)
{
    E2eFixture floor;
    Wire wire{floor.hub.port()};
    wire.send("POST /api/webhooks/atlvs HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    // 17 chunks of 64 KiB: one over the limit. The end of the body is never sent.
    for (int i = 0; i < 17 && wire.send(chunk); ++i) {}
    BOOST_TEST(wire.read_reply().status == 413U);
}

// Goal: exactly 1 MiB is not too much.
BOOST_AUTO_TEST_CASE(body_at_the_limit)
{
    E2eFixture floor;
    const std::string head = R"({"id":"big","name":"resource.updated",)"
                             R"("occurredAt":"2026-06-15T18:00:00.000Z","payload":{"id":")";
    const std::string tail = R"("}})";
    const auto body = head + std::string(1024 * 1024 - head.size() - tail.size(), 'x') + tail;
    const auto reply = floor.post(atlvs_bytes(body));
    BOOST_TEST(reply.status / 100 == 2U, reply.head << reply.body);
}

// Goal: a source nobody configured is a 404, whatever is sent.
BOOST_AUTO_TEST_CASE(unknown_source)
{
    E2eFixture floor;
    auto request = atlvs_webhook("id-1", "resource.updated", payload);
    request.target = "/api/webhooks/nobody";
    const auto reply = floor.post(request);
    BOOST_TEST(reply.status == 404U);
    BOOST_TEST(reply.body.starts_with(R"({"error":)"));
}

// Goal: a method that the route does not have is a 405 that names those it has.
BOOST_AUTO_TEST_CASE(wrong_method)
{
    E2eFixture floor;
    for (const char* method : {"GET", "PUT", "DELETE"}) {
        const auto reply = exchange(floor.hub.port(),
                                    {method, "/api/webhooks/atlvs", {{"Content-Length", "0"}}, {}});
        BOOST_TEST(reply.status == 405U, method << ": " << reply.head);
        BOOST_TEST(reply.header("Allow").find("POST") != std::string_view::npos, reply.head);
    }
}

// Goal: management needs the operator's key; without it the answer is a 401 and nothing else.
BOOST_AUTO_TEST_CASE(management_without_a_key)
{
    E2eFixture floor;
    for (const char* path : {"/v1/events", "/v1/deliveries", "/v1/subscriptions"}) {
        BOOST_TEST(exchange(floor.hub.port(), {"GET", path, {}, {}}).status == 401U, path);
        BOOST_TEST(
            exchange(floor.hub.port(), {"GET", path, {{"Authorization", "Bearer nonsense"}}, {}})
                    .status
                == 401U,
            path);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace katydid::test
