// Vectors of the schemes that sign with a shared secret: body alone, timestamp or id with it.
#include "tests/signing/vectors.hpp"

namespace katydid::signing::test {

BOOST_AUTO_TEST_SUITE(signing_hmac_vectors)

const std::string T = std::to_string(vector_time);
const std::string Tms = T + "000";
const std::string Tiso = "2025-06-15T12:00:00Z";
const std::string Thttp = "Sun, 15 Jun 2025 12:00:00 GMT";
const std::string utf8_secret = "s3cret of ours";
const std::string raw_secret = "0123456789abcdef0123456789abcdef";

/// How a row's secret is written, and what key it stands for.
enum class Keyed { utf8, hex, base64, whsec };

struct Row {
    std::string scheme;
    const char* hash;
    char encoding;       ///< h: hex, b: base64, u: base64url
    std::string header_name;
    std::string header;  ///< with $ for the signature
    std::string body;
    std::string before;  ///< what is signed before the body
    std::string after;   ///< and behind it
    std::string type;
    std::string id;
    Headers headers = {};
    Keyed keyed = Keyed::utf8;
    std::optional<std::int64_t> past_max = {};
    std::optional<std::int64_t> future_max = {};
};

std::string written(Keyed keyed, const std::string& key)
{
    switch (keyed) {
    case Keyed::hex: return oracle::hex(key);
    case Keyed::base64: return oracle::base64(key);
    case Keyed::whsec: return "whsec_" + oracle::base64(key);
    default: return key;
    }
}

std::string encoded(char encoding, const std::string& bytes)
{
    return encoding == 'h' ? oracle::hex(bytes) : encoding == 'b' ? oracle::base64(bytes) : oracle::base64url(bytes);
}

void check_row(const Row& row)
{
    const std::string key = row.keyed == Keyed::utf8 ? utf8_secret : raw_secret;
    const std::string mac = oracle::hmac(row.hash, key, row.before + row.body + row.after);
    Vector vector;
    vector.scheme = row.scheme;
    vector.secret = written(row.keyed, key);
    vector.other_secret = written(row.keyed, "another secret, as long as it is");
    vector.body = row.body;
    vector.header_name = row.header_name;
    vector.header = row.header;
    vector.signature = encoded(row.encoding, mac);
    vector.reencoded = encoded(row.encoding == 'h' ? 'b' : 'h', mac);
    vector.headers = row.headers;
    vector.type = row.type;
    vector.id = row.id;
    vector.past_max = row.past_max;
    vector.future_max = row.future_max;
    check_vector(vector);
}

// Goal: every scheme that signs the body alone, in hexadecimal.
BOOST_AUTO_TEST_CASE(body_in_hex)
{
    const std::vector<Row> rows{
        {"atlvs", "SHA256", 'h', "X-Webhook-Signature", "$", R"({"id":"6b1f","name":"resource.updated"})", "", "", "resource.updated", "6b1f"},
        {"grasshopper", "SHA256", 'h', "X-ATLVS-Signature", "$", R"({"event":"artist.updated","data":{}})", "", "", "artist.updated", ""},
        {"github", "SHA256", 'h', "X-Hub-Signature-256", "sha256=$", R"({"ref":"main"})", "", "", "push", "d-1", {{"X-GitHub-Event", "push"}, {"X-GitHub-Delivery", "d-1"}}},
        {"meta", "SHA256", 'h', "X-Hub-Signature-256", "sha256=$", R"({"object":"page","entry":[]})", "", "", "page", ""},
        {"whatsapp", "SHA256", 'h', "X-Hub-Signature-256", "sha256=$", R"({"object":"whatsapp_business_account"})", "", "", "whatsapp_business_account", ""},
        {"bitbucket", "SHA256", 'h', "X-Hub-Signature", "sha256=$", R"({"push":{}})", "", "", "repo:push", "r-1", {{"X-Event-Key", "repo:push"}, {"X-Request-UUID", "r-1"}}},
        {"jira", "SHA256", 'h', "X-Hub-Signature", "sha256=$", R"({"webhookEvent":"jira:issue_created"})", "", "", "jira:issue_created", "j-1", {{"X-Atlassian-Webhook-Identifier", "j-1"}}},
        {"intercom", "SHA1", 'h', "X-Hub-Signature", "sha1=$", R"({"topic":"user.created","id":"notif_1"})", "", "", "user.created", "notif_1"},
        {"vercel", "SHA1", 'h', "x-vercel-signature", "$", R"({"type":"deployment.created","id":"uev_1"})", "", "", "deployment.created", "uev_1"},
        {"linear", "SHA256", 'h', "Linear-Signature", "$", R"({"type":"Issue","webhookTimestamp":)" + Tms + "}", "", "", "Issue", "l-1", {{"Linear-Delivery", "l-1"}}, Keyed::utf8, 60, 60},
        {"notion", "SHA256", 'h', "X-Notion-Signature", "sha256=$", R"({"id":"n-1","type":"page.created"})", "", "", "page.created", "n-1"},
        {"pagerduty", "SHA256", 'h', "X-PagerDuty-Signature", "v1=00ff,v1=$", R"({"event":{"id":"01","event_type":"incident.triggered"}})", "", "", "incident.triggered", "01"},
        {"circleci", "SHA256", 'h', "circleci-signature", "v1=$,v2=x", R"({"id":"c-1","type":"job-completed"})", "", "", "job-completed", "c-1", {{"circleci-event-type", "job-completed"}}},
        {"sentry", "SHA256", 'h', "sentry-hook-signature", "$", R"({"action":"created"})", "", "", "issue", "s-1", {{"sentry-hook-resource", "issue"}, {"Request-ID", "s-1"}}},
        {"lemon-squeezy", "SHA256", 'h', "X-Signature", "$", R"({"meta":{"event_name":"order_created"}})", "", "", "order_created", ""},
        {"razorpay", "SHA256", 'h', "X-Razorpay-Signature", "$", R"({"event":"payment.captured"})", "", "", "payment.captured", "rz-1", {{"x-razorpay-event-id", "rz-1"}}},
        {"coinbase-commerce", "SHA256", 'h', "X-CC-Webhook-Signature", "$", R"({"id":1,"event":{"id":"cc-1","type":"charge:confirmed"}})", "", "", "charge:confirmed", "cc-1"},
        {"checkout", "SHA256", 'h', "Cko-Signature", "$", R"({"id":"evt_1","type":"payment_approved"})", "", "", "payment_approved", "evt_1"},
        {"gocardless", "SHA256", 'h', "Webhook-Signature", "$", R"({"events":[{"resource_type":"payments"}],"meta":{"webhook_id":"WB1"}})", "", "", "payments", "WB1"},
        {"cal-com", "SHA256", 'h', "X-Cal-Signature-256", "$", R"({"triggerEvent":"BOOKING_CREATED"})", "", "", "BOOKING_CREATED", ""},
        {"attio", "SHA256", 'h', "Attio-Signature", "$", R"({"events":[{"event_type":"note.created"}]})", "", "", "note.created", ""},
        {"dropbox", "SHA256", 'h', "X-Dropbox-Signature", "$", R"({"list_folder":{"accounts":["a"]}})", "", "", "", ""},
        {"mollie", "SHA256", 'h', "X-Mollie-Signature", "sha256=$", R"({"id":"event_1","type":"payment-link.paid"})", "", "", "payment-link.paid", "event_1"},
        {"airtable", "SHA256", 'h', "X-Airtable-Content-MAC", "hmac-sha256=$", R"({"base":{"id":"app"}})", "", "", "", "", {}, Keyed::base64},
        {"asana", "SHA256", 'h', "X-Hook-Signature", "$", R"({"events":[{"action":"changed"}]})", "", "", "changed", ""},
        {"paystack", "SHA512", 'h', "X-Paystack-Signature", "$", R"({"event":"charge.success"})", "", "", "charge.success", ""},
        {"terraform-cloud", "SHA512", 'h', "X-TFE-Notification-Signature", "$", R"({"notifications":[{"trigger":"run:created"}]})", "", "", "run:created", ""},
        {"authorize-net", "SHA512", 'h', "X-ANET-Signature", "SHA512=$", R"({"notificationId":"a-1","eventType":"net.authorize.payment"})", "", "", "net.authorize.payment", "a-1", {}, Keyed::hex},
    };
    for (const auto& row : rows) check_row(row);
}

// Goal: every scheme that signs the body alone, in base64.
BOOST_AUTO_TEST_CASE(body_in_base64)
{
    const std::vector<Row> rows{
        {"shopify", "SHA256", 'b', "X-Shopify-Hmac-Sha256", "$", R"({"id":1})", "", "", "orders/create", "w-1", {{"X-Shopify-Topic", "orders/create"}, {"X-Shopify-Webhook-Id", "w-1"}}},
        {"shopify", "SHA256", 'b', "shopify-hmac-sha256", "$", R"({"id":1})", "", "", "orders/create", "w-1", {{"shopify-topic", "orders/create"}, {"shopify-webhook-id", "w-1"}}},
        {"woocommerce", "SHA256", 'b', "X-WC-Webhook-Signature", "$", R"({"id":1})", "", "", "order.created", "d-1", {{"X-WC-Webhook-Topic", "order.created"}, {"X-WC-Webhook-Delivery-ID", "d-1"}}},
        {"xero", "SHA256", 'b', "x-xero-signature", "$", R"({"events":[{"eventCategory":"INVOICE"}]})", "", "", "INVOICE", ""},
        {"docusign", "SHA256", 'b', "x-docusign-signature-2", "$", R"({"event":"envelope-sent"})", "", "", "envelope-sent", "", {{"x-docusign-signature-1", "AAAA"}}},
        {"heroku", "SHA256", 'b', "Heroku-Webhook-Hmac-SHA256", "$", R"({"webhook_metadata":{"event":{"id":"h-1","include":"api:app"}}})", "", "", "api:app", "h-1"},
        {"line", "SHA256", 'b', "x-line-signature", "$", R"({"events":[{"type":"message","webhookEventId":"01H"}]})", "", "", "message", "01H"},
        {"typeform", "SHA256", 'b', "Typeform-Signature", "sha256=$", R"({"event_id":"t-1","event_type":"form_response"})", "", "", "form_response", "t-1"},
        {"x", "SHA256", 'b', "x-twitter-webhooks-signature", "sha256=$", R"({"for_user_id":"1","tweet_create_events":[]})", "", "", "tweet_create_events", ""},
        {"help-scout", "SHA1", 'b', "X-HelpScout-Signature", "$", R"({"id":1})", "", "", "convo.created", "", {{"X-HelpScout-Event", "convo.created"}}},
        {"adyen-platform", "SHA256", 'b', "hmacsignature", "$", R"({"type":"balancePlatform.transfer.created"})", "", "", "balancePlatform.transfer.created", "", {}, Keyed::hex},
        {"hookdeck", "SHA256", 'b', "x-hookdeck-signature-2", "$", R"({"a":1})", "", "", "", "evt_1", {{"x-hookdeck-signature", "AAAA"}, {"x-hookdeck-eventid", "evt_1"}}},
    };
    for (auto row : rows) {
        // These two take a signature from either header, so "missing" still finds the other one.
        if (row.scheme == "docusign") row.header_name = "x-docusign-signature-1", row.headers.clear();
        if (row.scheme == "hookdeck") row.headers.erase(row.headers.begin());
        check_row(row);
    }
}

// Goal: the Standard Webhooks family, under either header name and with either kind of secret.
BOOST_AUTO_TEST_CASE(standard_family)
{
    const auto row = [](const std::string& scheme, const std::string& prefix, const std::string& body,
                        const std::string& type, Keyed keyed = Keyed::whsec) {
        return Row{scheme, "SHA256", 'b', prefix + "-signature", "v1,AAAA v1,$ v2,x", body, "msg_1." + T + ".", "",
                   type, "msg_1", {{prefix + "-id", "msg_1"}, {prefix + "-timestamp", T}}, keyed, 300, 300};
    };
    const std::string typed = R"({"type":"user.created","data":{}})";
    for (const auto* scheme : {"standard-webhooks", "render", "openai"})
        check_row(row(scheme, "webhook", typed, "user.created"));
    for (const auto* scheme : {"svix", "clerk", "resend"}) check_row(row(scheme, "svix", typed, "user.created"));
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
    const std::string typed = R"({"id":"evt_1","type":"a.b","event":"e.f"})";
    const std::vector<Row> rows{
        {"stripe", "SHA256", 'h', "Stripe-Signature", "t=" + T + ",v1=00,v1=$,v0=1", typed, T + ".", "", "a.b", "evt_1", {}, Keyed::utf8, 300, 300},
        {"mux", "SHA256", 'h', "Mux-Signature", "t=" + T + ",v1=$", typed, T + ".", "", "a.b", "evt_1", {}, Keyed::utf8, 300, 300},
        {"calendly", "SHA256", 'h', "Calendly-Webhook-Signature", "t=" + T + ",v1=$", typed, T + ".", "", "e.f", "evt_1", {}, Keyed::utf8, 300, 300},
        {"tailscale", "SHA256", 'h', "Tailscale-Webhook-Signature", "t=" + T + ",v1=$", R"([{"type":"nodeCreated"}])", T + ".", "", "nodeCreated", "", {}, Keyed::utf8, 300, 300},
        {"elevenlabs", "SHA256", 'h', "ElevenLabs-Signature", "t=" + T + ",v0=$", R"({"type":"post_call"})", T + ".", "", "post_call", "", {}, Keyed::utf8, 1800, 1800},
        {"workos", "SHA256", 'h', "WorkOS-Signature", "t=" + Tms + ", v1=$", typed, Tms + ".", "", "e.f", "evt_1", {}, Keyed::utf8, 180, 180},
        {"sanity", "SHA256", 'u', "sanity-webhook-signature", "t=" + Tms + ",v1=$", typed, Tms + ".", "", "", "k-1", {{"idempotency-key", "k-1"}}},
        {"paddle", "SHA256", 'h', "Paddle-Signature", "ts=" + T + ";h1=$", R"({"event_id":"evt_1","event_type":"a.b"})", T + ":", "", "a.b", "evt_1", {}, Keyed::utf8, 5, 5},
        {"recurly", "SHA256", 'h', "recurly-signature", Tms + ",00ff,$", "<x/>", Tms + ".", "", "", "", {}, Keyed::utf8, 300, 300},
        {"retell", "SHA256", 'h', "x-retell-signature", "v=" + Tms + ",d=$", typed, "", Tms, "e.f", "", {}, Keyed::utf8, 300, 300},
        {"buildkite", "SHA256", 'h', "X-Buildkite-Signature", "timestamp=" + T + ",signature=$", typed, T + ".", "", "build.finished", "", {{"X-Buildkite-Event", "build.finished"}}, Keyed::utf8, 300, 300},
    };
    for (const auto& row : rows) check_row(row);
}

// Goal: every scheme that signs a timestamp of another header with the body.
BOOST_AUTO_TEST_CASE(timestamp_in_a_header)
{
    const std::vector<Row> rows{
        {"slack", "SHA256", 'h', "X-Slack-Signature", "v0=$", R"({"event_id":"Ev1","event":{"type":"app_mention"}})", "v0:" + T + ":", "", "app_mention", "Ev1", {{"X-Slack-Request-Timestamp", T}}, Keyed::utf8, 300, 300},
        {"zoom", "SHA256", 'h', "x-zm-signature", "v0=$", R"({"event":"meeting.started"})", "v0:" + T + ":", "", "meeting.started", "", {{"x-zm-request-timestamp", T}}, Keyed::utf8, 300, 300},
        {"customer-io", "SHA256", 'h', "X-CIO-Signature", "$", R"({"metric":"sent","event_id":"01E"})", "v0:" + T + ":", "", "sent", "01E", {{"X-CIO-Timestamp", T}}, Keyed::utf8, 300, 300},
        {"zendesk", "SHA256", 'b', "x-zendesk-webhook-signature", "$", R"({"type":"zen:event-type:user.created"})", Tiso, "", "zen:event-type:user.created", "z-1", {{"x-zendesk-webhook-signature-timestamp", Tiso}, {"x-zendesk-webhook-invocation-id", "z-1"}}, Keyed::utf8, 300, 300},
        {"webflow", "SHA256", 'h', "x-webflow-signature", "$", R"({"triggerType":"form_submission"})", Tms + ":", "", "form_submission", "", {{"x-webflow-timestamp", Tms}}, Keyed::utf8, 300, 300},
        {"twitch", "SHA256", 'h', "Twitch-Eventsub-Message-Signature", "sha256=$", R"({"event":{}})", "m-1" + Tiso, "", "channel.follow", "m-1", {{"Twitch-Eventsub-Message-Id", "m-1"}, {"Twitch-Eventsub-Message-Timestamp", Tiso}, {"Twitch-Eventsub-Subscription-Type", "channel.follow"}}, Keyed::utf8, 600, 600},
        {"box", "SHA256", 'b', "BOX-SIGNATURE-PRIMARY", "$", R"({"id":"b-1","trigger":"FILE.UPLOADED"})", "", Tiso, "FILE.UPLOADED", "b-1", {{"BOX-DELIVERY-TIMESTAMP", Tiso}}, Keyed::utf8, 600, 0},
        {"box", "SHA256", 'b', "BOX-SIGNATURE-SECONDARY", "$", R"({"id":"b-1","trigger":"FILE.UPLOADED"})", "", Tiso, "FILE.UPLOADED", "b-1", {{"BOX-DELIVERY-TIMESTAMP", Tiso}}, Keyed::utf8, 600, 0},
        {"close", "SHA256", 'h', "close-sig-hash", "$", R"({"event":{"action":"created","id":"ev_1"}})", T, "", "created", "ev_1", {{"close-sig-timestamp", T}}, Keyed::hex, 300, 300},
        {"metronome", "SHA256", 'h', "metronome-webhook-signature", "$", R"({"id":"me-1","type":"invoice.finalized"})", Thttp + "\n", "", "invoice.finalized", "me-1", {{"Date", Thttp}}, Keyed::utf8, 300, 300},
        {"front", "SHA256", 'b', "X-Front-Signature", "$", R"({"type":"inbound","id":"f-1"})", Tms + ":", "", "inbound", "f-1", {{"X-Front-Request-Timestamp", Tms}}},
    };
    for (const auto& row : rows) check_row(row);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing::test
