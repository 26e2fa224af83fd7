// The catalog as a whole: every entry compiles, and the ones that must be there are.
#include "signing/schemes/scheme_data.hpp"
#include "tests/signing/support.hpp"

#include <array>

namespace katydid::signing {

BOOST_AUTO_TEST_SUITE(signing_catalog)

// Goal: every description in the binary compiles; there are at least 60.
BOOST_AUTO_TEST_CASE(every_entry_compiles)
{
    const auto names = scheme_names();
    BOOST_TEST(names.size() >= 60U);
    BOOST_TEST(std::is_sorted(names.begin(), names.end()));
    for (const auto& name : names) {
        BOOST_TEST_CONTEXT(name)
        {
            SchemePtr found;
            BOOST_CHECK_NO_THROW(found = find_scheme(name));
            BOOST_TEST_REQUIRE((found != nullptr));
            BOOST_TEST(found->name == name);
            BOOST_TEST(!found->title.empty());
            BOOST_TEST((found == find_scheme(name)), "compiled twice");
        }
    }
    BOOST_TEST((find_scheme("no-such-scheme") == nullptr));
}

// Goal: the providers that the issue names are all there.
BOOST_AUTO_TEST_CASE(named_providers)
{
    constexpr std::array<std::string_view, 54> named{"stripe",
                                                     "github",
                                                     "gitlab",
                                                     "bitbucket",
                                                     "shopify",
                                                     "slack",
                                                     "twilio",
                                                     "sendgrid",
                                                     "mailgun",
                                                     "paypal",
                                                     "square",
                                                     "adyen",
                                                     "paddle",
                                                     "zoom",
                                                     "zendesk",
                                                     "intercom",
                                                     "hubspot-v1",
                                                     "hubspot-v2",
                                                     "hubspot-v3",
                                                     "linear",
                                                     "vercel",
                                                     "clerk",
                                                     "svix",
                                                     "discord",
                                                     "telegram",
                                                     "meta",
                                                     "x",
                                                     "dropbox",
                                                     "box",
                                                     "docusign",
                                                     "typeform",
                                                     "contentful",
                                                     "sanity",
                                                     "sentry",
                                                     "pagerduty",
                                                     "circleci",
                                                     "aws-sns",
                                                     "google-pubsub",
                                                     "twitch",
                                                     "workos",
                                                     "telnyx",
                                                     "plaid",
                                                     "razorpay",
                                                     "coinbase-commerce",
                                                     "xero",
                                                     "notion",
                                                     "calendly",
                                                     "mux",
                                                     "standard-webhooks",
                                                     "standard-webhooks-v1a",
                                                     "atlvs",
                                                     "grasshopper",
                                                     "cloudevents",
                                                     "rfc9421"};
    for (const auto name : named) BOOST_TEST((find_scheme(name) != nullptr), "no scheme " << name);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
