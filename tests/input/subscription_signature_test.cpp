#include "hub/input/subscription_signature.hpp"

#include "hub/input/subscription_input.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::input;

namespace {

const registry::Schemes catalog;

struct Settled {
    SubscriptionInput input;
    ShownSecret shown;
    std::vector<Fault> faults;
};

Settled settle(Dialect dialect, std::string signature, std::optional<std::string> secret,
               const signing::KeyRing* keys = nullptr)
{
    Settled settled;
    settled.input.subscription.dialect = dialect;
    settled.input.subscription.signature = std::move(signature);
    if (secret) settled.input.secret = Secret{*secret};
    settled.shown = settle_signature(settled.input, catalog, keys, Timestamp{}, settled.faults);
    return settled;
}

std::string pointer_of(const Settled& settled)
{
    return settled.faults.empty() ? std::string{} : settled.faults.front().pointer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(api_subscription_signature)

// Goal: without a signature each dialect signs as ever; `raw` is not signed and takes no secret.
BOOST_AUTO_TEST_CASE(by_dialect)
{
    for (const auto dialect :
         {Dialect::standard, Dialect::cloudevents, Dialect::atlvs, Dialect::grasshopper}) {
        const auto settled = settle(dialect, "", std::nullopt);
        BOOST_TEST(pointer_of(settled) == "");
        BOOST_TEST(!settled.shown.secret.empty());
        BOOST_TEST(settled.input.secret->text() == settled.shown.secret);
    }
    const auto raw = settle(Dialect::raw, "", std::nullopt);
    BOOST_TEST(!raw.input.secret.has_value());
    BOOST_TEST(pointer_of(settle(Dialect::raw, "", "s")) == "/secret");
    BOOST_TEST(pointer_of(settle(Dialect::raw, "github", "s")) == "");
}

// Goal: the kind of key fits the scheme, or it is refused; a pair shows its public half.
BOOST_AUTO_TEST_CASE(kinds_of_keys)
{
    const auto made = settle(Dialect::standard, "standard-webhooks-v1a", std::nullopt);
    BOOST_TEST(made.shown.secret.starts_with("whsk_"));
    BOOST_TEST(made.shown.public_key.starts_with("whpk_"));
    const auto given = settle(Dialect::standard, "standard-webhooks-v1a", made.shown.secret);
    BOOST_TEST(given.shown.secret == "");
    BOOST_TEST(given.shown.public_key == made.shown.public_key);
    BOOST_TEST(pointer_of(settle(Dialect::standard, "standard-webhooks-v1a", made.shown.public_key))
               == "/secret");
    BOOST_TEST(pointer_of(settle(Dialect::standard, "nonsense", "s")) == "/signature");
    BOOST_TEST(pointer_of(settle(Dialect::standard, "paypal", "s")) == "/signature");
}

// Goal: a change of scheme keeps the key where it fits, and asks for a new one where it does not.
BOOST_AUTO_TEST_CASE(of_a_change)
{
    signing::KeyRing keys;
    keys.keys.push_back(
        {KeyId{}, Secret{"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}, {}, {}});
    BOOST_TEST(pointer_of(settle(Dialect::standard, "stripe", std::nullopt, &keys)) == "");
    BOOST_TEST(pointer_of(settle(Dialect::standard, "standard-webhooks-v1a", std::nullopt, &keys))
               == "/signature");
    const signing::KeyRing none;
    const auto fresh = settle(Dialect::standard, "", std::nullopt, &none);
    BOOST_TEST(!fresh.shown.secret.empty());  // from raw to a dialect that is signed
}

// Goal: a rotation keeps the kind of key.
BOOST_AUTO_TEST_CASE(successors)
{
    const auto standard = signing::find_scheme("standard-webhooks");
    signing::KeyRing keys;
    BOOST_TEST(make_successor(*standard, keys)->secret.text().starts_with("whsec_"));
    keys.keys.push_back({KeyId{}, signing::generate_key_pair().private_key, {}, {}});
    BOOST_TEST(make_successor(*standard, keys)->secret.text().starts_with("whsk_"));
}

BOOST_AUTO_TEST_SUITE_END()
