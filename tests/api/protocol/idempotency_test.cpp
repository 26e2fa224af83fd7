#include "hub/api/protocol/idempotency.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

namespace {

http::Request request_with(Headers headers)
{
    http::Request request;
    request.method = "POST";
    request.target = "/v1/events";
    request.headers = std::move(headers);
    request.body = "{}";
    return request;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(api_idempotency)

// Goal: a CloudEvent in binary mode is what its ce- headers say: another one under the same key is
// another request. Their order, the case of their names and other headers say nothing.
BOOST_AUTO_TEST_CASE(fingerprint_covers_cloud_attributes)
{
    const auto of = [](Headers headers) {
        return api::fingerprint_of(request_with(std::move(headers)));
    };
    const auto first = of({{"ce-id", "1"}, {"ce-source", "/s"}});
    BOOST_TEST((first == of({{"CE-Source", "/s"}, {"Ce-Id", "1"}, {"X-Other", "x"}})));
    BOOST_TEST((first != of({{"ce-id", "2"}, {"ce-source", "/s"}})));
    BOOST_TEST((first != of({{"ce-id", "1"}, {"ce-source", "/s"}, {"ce-type", "a"}})));
    BOOST_TEST((first != of({})));
    BOOST_TEST((of({{"ce-a", "1\nce-b: 2"}}) != of({})));
}

BOOST_AUTO_TEST_SUITE_END()
