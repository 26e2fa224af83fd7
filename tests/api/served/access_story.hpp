// Whatever the document describes of keys, tickets, links and sessions.
#pragma once

#include "tests/api/served/api_story.hpp"

namespace katydid::test {

inline awaitable<> of_keys(Story& story)
{
    const auto made = co_await story.tell(201, "POST /v1/keys",
                                          R"({"name":"k","scopes":["events:read"],"mode":"test",)"
                                          R"("expires_at":"2999-01-01T00:00:00Z"})");
    BOOST_TEST(text(made, "key").starts_with("kd_test_"));
    co_await story.tell(200, "GET /v1/keys");
    story.thing("keys") = text(made, "id");
    co_await story.tell(200, "DELETE /v1/keys/{id}");
    co_await story.tell(201, "POST /v1/tickets", R"({"path":"/v1/feed"})");
    co_await story.tell(201, "POST /v1/portal-links",
                        R"({"role":"read","subscriptions":[")" + story.thing("subscriptions")
                            + R"("],"expires_in":"1h","frame_origins":["https://a.example"]})");
    co_await story.tell(200, "GET /v1/sessions");
    co_await story.tell(204, "DELETE /v1/sessions/{id}");
}

}  // namespace katydid::test
