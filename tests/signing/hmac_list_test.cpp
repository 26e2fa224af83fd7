// Vectors of the schemes whose signature list carries the timestamp, and of Standard Webhooks.
#include "tests/signing/hmac_rows.hpp"

namespace katydid::signing::test {

namespace {

const std::string typed = R"({"id":"evt_1","type":"a.b","event":"e.f"})";
const std::vector<Row> timestamp_in_the_list_rows{
    {"stripe",
     "SHA256",
     'h',
     "Stripe-Signature",
     "t=" + T + ",v1=00,v1=$,v0=1",
     typed,
     T + ".",
     "",
     "a.b",
     "evt_1",
     {},
     Keyed::utf8,
     300,
     300},
    {"mux",
     "SHA256",
     'h',
     "Mux-Signature",
     "t=" + T + ",v1=$",
     typed,
     T + ".",
     "",
     "a.b",
     "evt_1",
     {},
     Keyed::utf8,
     300,
     300},
    {"calendly",
     "SHA256",
     'h',
     "Calendly-Webhook-Signature",
     "t=" + T + ",v1=$",
     typed,
     T + ".",
     "",
     "e.f",
     "evt_1",
     {},
     Keyed::utf8,
     300,
     300},
    {"tailscale",
     "SHA256",
     'h',
     "Tailscale-Webhook-Signature",
     "t=" + T + ",v1=$",
     R"([{"type":"nodeCreated"}])",
     T + ".",
     "",
     "nodeCreated",
     "",
     {},
     Keyed::utf8,
     300,
     300},
    {"elevenlabs",
     "SHA256",
     'h',
     "ElevenLabs-Signature",
     "t=" + T + ",v0=$",
     R"({"type":"post_call"})",
     T + ".",
     "",
     "post_call",
     "",
     {},
     Keyed::utf8,
     1800,
     1800},
    {"workos",
     "SHA256",
     'h',
     "WorkOS-Signature",
     "t=" + Tms + ", v1=$",
     typed,
     Tms + ".",
     "",
     "e.f",
     "evt_1",
     {},
     Keyed::utf8,
     180,
     180},
    {"sanity",
     "SHA256",
     'u',
     "sanity-webhook-signature",
     "t=" + Tms + ",v1=$",
     typed,
     Tms + ".",
     "",
     "",
     "k-1",
     {{"idempotency-key", "k-1"}},
     Keyed::utf8,
     3600,
     300},
    {"paddle",
     "SHA256",
     'h',
     "Paddle-Signature",
     "ts=" + T + ";h1=$",
     R"({"event_id":"evt_1","event_type":"a.b"})",
     T + ":",
     "",
     "a.b",
     "evt_1",
     {},
     Keyed::utf8,
     60,
     60},
    {"recurly",
     "SHA256",
     'h',
     "recurly-signature",
     Tms + ",00ff,$",
     "<x/>",
     Tms + ".",
     "",
     "",
     "",
     {},
     Keyed::utf8,
     300,
     300},
    {"retell",
     "SHA256",
     'h',
     "x-retell-signature",
     "v=" + Tms + ",d=$",
     typed,
     "",
     Tms,
     "e.f",
     "",
     {},
     Keyed::utf8,
     300,
     300},
    {"buildkite",
     "SHA256",
     'h',
     "X-Buildkite-Signature",
     "timestamp=" + T + ",signature=$",
     typed,
     T + ".",
     "",
     "e.f",  // the signed body says so, whatever the header does
     "",
     {{"X-Buildkite-Event", "build.finished"}},
     Keyed::utf8,
     300,
     300},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(signing_hmac_list)

// Goal: the Standard Webhooks family, under either header name and with either kind of secret.
BOOST_AUTO_TEST_CASE(standard_family)
{
    const auto row = [](const std::string& scheme, const std::string& prefix,
                        const std::string& body, const std::string& type,
                        Keyed keyed = Keyed::whsec) {
        return Row{scheme,
                   "SHA256",
                   'b',
                   prefix + "-signature",
                   "v1,AAAA v1,$ v2,x",
                   body,
                   "msg_1." + T + ".",
                   "",
                   type,
                   "msg_1",
                   {{prefix + "-id", "msg_1"}, {prefix + "-timestamp", T}},
                   keyed,
                   300,
                   300};
    };
    const std::string typed = R"({"type":"user.created","data":{}})";
    for (const auto* scheme : {"standard-webhooks", "render", "openai"})
        check_row(row(scheme, "webhook", typed, "user.created"));
    for (const auto* scheme : {"svix", "clerk", "resend"})
        check_row(row(scheme, "svix", typed, "user.created"));
    check_row(row("svix", "webhook", typed, "user.created"));
    check_row(row("brex", "svix", R"({"event_type":"TRANSFER_PROCESSED"})", "TRANSFER_PROCESSED"));
    check_row(row("loops", "svix", R"({"eventName":"contact.created"})", "contact.created"));
    check_row(row("replicate", "webhook", R"({"status":"succeeded"})", "succeeded"));
    check_row(row("gitlab-signing-token", "webhook", R"({"object_kind":"push"})", "push"));
    check_row(row("polar", "webhook", typed, "user.created", Keyed::utf8));
}

// Goal: every scheme that signs a timestamp with the body, in a list beside the signature.
BOOST_AUTO_TEST_CASE(timestamp_in_the_list)
{
    for (const auto& row : timestamp_in_the_list_rows) check_row(row);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing::test
