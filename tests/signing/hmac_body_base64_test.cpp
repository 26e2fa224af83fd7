// Vectors of the schemes that sign the body alone under a shared secret, in base64.
#include "tests/signing/hmac_rows.hpp"

namespace katydid::signing::test {

namespace {

const std::vector<Row> body_in_base64_rows{
    {"shopify",
     "SHA256",
     'b',
     "X-Shopify-Hmac-Sha256",
     "$",
     R"({"id":1})",
     "",
     "",
     "orders/create",
     "w-1",
     {{"X-Shopify-Topic", "orders/create"}, {"X-Shopify-Webhook-Id", "w-1"}}},
    {"shopify",
     "SHA256",
     'b',
     "shopify-hmac-sha256",
     "$",
     R"({"id":1})",
     "",
     "",
     "orders/create",
     "w-1",
     {{"shopify-topic", "orders/create"}, {"shopify-webhook-id", "w-1"}}},
    {"woocommerce",
     "SHA256",
     'b',
     "X-WC-Webhook-Signature",
     "$",
     R"({"id":1})",
     "",
     "",
     "order.created",
     "d-1",
     {{"X-WC-Webhook-Topic", "order.created"}, {"X-WC-Webhook-Delivery-ID", "d-1"}}},
    {"xero", "SHA256", 'b', "x-xero-signature", "$", R"({"events":[{"eventCategory":"INVOICE"}]})",
     "", "", "INVOICE", ""},
    {"docusign",
     "SHA256",
     'b',
     "x-docusign-signature-2",
     "$",
     R"({"event":"envelope-sent"})",
     "",
     "",
     "envelope-sent",
     "",
     {{"x-docusign-signature-1", "AAAA"}}},
    {"heroku", "SHA256", 'b', "Heroku-Webhook-Hmac-SHA256", "$",
     R"({"webhook_metadata":{"event":{"id":"h-1","include":"api:app"}}})", "", "", "api:app",
     "h-1"},
    {"line", "SHA256", 'b', "x-line-signature", "$",
     R"({"events":[{"type":"message","webhookEventId":"01H"}]})", "", "", "message", "01H"},
    {"typeform", "SHA256", 'b', "Typeform-Signature", "sha256=$",
     R"({"event_id":"t-1","event_type":"form_response"})", "", "", "form_response", "t-1"},
    {"x", "SHA256", 'b', "x-twitter-webhooks-signature", "sha256=$",
     R"({"for_user_id":"1","tweet_create_events":[]})", "", "", "tweet_create_events", ""},
    {"help-scout",
     "SHA1",
     'b',
     "X-HelpScout-Signature",
     "$",
     R"({"id":1})",
     "",
     "",
     "convo.created",
     "",
     {{"X-HelpScout-Event", "convo.created"}}},
    {"adyen-platform",
     "SHA256",
     'b',
     "hmacsignature",
     "$",
     R"({"type":"balancePlatform.transfer.created"})",
     "",
     "",
     "balancePlatform.transfer.created",
     "",
     {},
     Keyed::hex},
    {"hookdeck",
     "SHA256",
     'b',
     "x-hookdeck-signature-2",
     "$",
     R"({"a":1})",
     "",
     "",
     "",
     "evt_1",
     {{"x-hookdeck-signature", "AAAA"}, {"x-hookdeck-eventid", "evt_1"}}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(signing_hmac_body_base64)

// Goal: every scheme that signs the body alone, in base64.
BOOST_AUTO_TEST_CASE(body_in_base64)
{
    for (auto row : body_in_base64_rows) {
        // These two take a signature from either header, so "missing" still finds the other one.
        if (row.scheme == "docusign")
            row.header_name = "x-docusign-signature-1", row.headers.clear();
        if (row.scheme == "hookdeck") row.headers.erase(row.headers.begin());
        check_row(row);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing::test
