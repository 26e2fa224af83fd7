#include "hub/observe/redact.hpp"

#include <boost/test/unit_test.hpp>

using katydid::log::redact;

BOOST_AUTO_TEST_SUITE(observe_redact)

// Goal: no secret that has a shape passes, and what it was can still be told.
BOOST_AUTO_TEST_CASE(secrets)
{
    const std::pair<const char*, const char*> table[] = {
        {"signed with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw.", "signed with whsec_[redacted]"},
        {"key kd_live_0123456789abcdef is revoked", "key kd_live_[redacted] is revoked"},
        {"Authorization: Bearer eyJh.bGci.Oi_J-9 refused",
         "Authorization: Bearer [redacted] refused"},
        {"cannot connect to postgres://hub:s3cr3t@db:5432/katydid",
         "cannot connect to postgres://[redacted]@db:5432/katydid"},
        {"GET /hook?id=1&token=abc%20d&x=2", "GET /hook?id=1&token=[redacted]&x=2"},
        {"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
         "-----BEGIN PRIVATE KEY-----[redacted]-----"},
        {"sk_live_abc and xoxb-1-2-3", "sk_live_[redacted] and xoxb-[redacted]"},
        {R"({"secret":"hunter2","id":1})", R"({"secret":"[redacted]","id":1})"},
    };
    for (const auto& [text, safe] : table) BOOST_TEST(redact(text).value_or("") == safe);
}

// Goal: ordinary lines are neither changed nor copied.
BOOST_AUTO_TEST_CASE(ordinary_lines)
{
    for (const auto* text :
         {"", "an attempt ended", "https://example.com/hook?id=1@2", "design=round",
          "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----", "whsec_", "Bearer",
          "evt_01J9Z3", "Bearer \n", "mailto:a@b", "the token is missing"})
        BOOST_TEST(!redact(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
