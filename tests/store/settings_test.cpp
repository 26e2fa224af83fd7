#include "tests/store/stores.hpp"

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(store_settings)

namespace {

Subscription make_subscription(Lab& lab, std::string name)
{
    Subscription subscription;
    subscription.id = lab.ids.make<SubscriptionId>();
    subscription.name = std::move(name);
    subscription.sources = {"atlvs", "stripe"};
    subscription.event_types = {"resource.*"};
    subscription.filter = R"({"a":1})";
    subscription.handler.url = "https://example.com/hook?x=\"y\"";
    subscription.handler.headers = {{"X-Team", "blue"}, {"X-Name", "ünïcode"}};
    subscription.dialect = Dialect::cloudevents;
    subscription.limits = {4, 2.5, 7, Ordering::key, "/id", true, 1'000'000};
    subscription.retry.delays = {milliseconds{5'000}, milliseconds{300'000}};
    subscription.retry.age_max = std::chrono::hours{72};
    subscription.retry.statuses = {{400, 404, RetryClass::dead}, {409, 409, RetryClass::few}};
    subscription.signature = "stripe";
    subscription.timeout = milliseconds{9'000};
    subscription.connect_timeout = milliseconds{700};
    subscription.first_byte_timeout = milliseconds{3'000};
    subscription.status = SubscriptionStatus::paused;
    subscription.status_reason = "by hand";
    subscription.created_at = subscription.updated_at = lab.clock.now();
    return subscription;
}

}  // namespace

// Goal: every field of a subscription comes back, also after a restart.
BOOST_DATA_TEST_CASE(subscription_round_trip, data::make(kinds()), kind)
{
    Lab lab{kind};
    const auto put = make_subscription(lab, "one");
    lab.run(lab.store->put_subscription(put)).value();
    lab.restart();
    const auto all = lab.run(lab.store->subscriptions()).value();
    BOOST_REQUIRE(all.size() == 1U);
    const auto& got = all[0];
    BOOST_TEST((got.tenant == put.tenant && got.id == put.id));
    BOOST_TEST(got.name == put.name);
    BOOST_TEST(got.sources == put.sources, boost::test_tools::per_element());
    BOOST_TEST(got.event_types == put.event_types, boost::test_tools::per_element());
    BOOST_TEST(got.filter == put.filter);
    BOOST_TEST(got.handler.url == put.handler.url);
    BOOST_TEST(
        (got.handler.headers == put.handler.headers && got.handler.kind == put.handler.kind));
    BOOST_TEST((got.dialect == put.dialect && got.status == put.status));
    BOOST_TEST(got.limits.in_flight == 4U);
    BOOST_TEST(got.limits.per_second == 2.5);
    BOOST_TEST(got.limits.burst == 7U);
    BOOST_TEST((got.limits.ordering == Ordering::key));
    BOOST_TEST(got.limits.order_key == "/id");
    BOOST_TEST((got.retry.delays == put.retry.delays && got.retry.age_max == put.retry.age_max));
    BOOST_TEST((got.timeout == put.timeout));
    BOOST_TEST((got.limits.adaptive && got.limits.payload_bytes == 1'000'000));
    BOOST_REQUIRE(got.retry.statuses.size() == 2U);
    BOOST_TEST(got.retry.statuses[0].status_max == 404U);
    BOOST_TEST((got.retry.statuses[1].retry == RetryClass::few));
    BOOST_TEST(got.signature == "stripe");
    BOOST_TEST((got.connect_timeout == put.connect_timeout));
    BOOST_TEST((got.first_byte_timeout == put.first_byte_timeout));
    BOOST_TEST(got.status_reason == put.status_reason);
    BOOST_TEST(got.version == 1U);
    BOOST_TEST((got.created_at == put.created_at && got.updated_at == put.updated_at));
    BOOST_TEST(!got.read_only);
}

// Goal: a change needs the version before it, a name is taken once per tenant, a refusal is void.
BOOST_DATA_TEST_CASE(subscription_conflicts, data::make(kinds()), kind)
{
    Lab lab{kind};
    auto one = make_subscription(lab, "one");
    lab.run(lab.store->put_subscription(one)).value();
    BOOST_TEST((lab.run(lab.store->put_subscription(one)).error() == errc::conflict));
    one.version = 3;
    BOOST_TEST((lab.run(lab.store->put_subscription(one)).error() == errc::conflict));
    one.version = 2;
    one.name = "renamed";
    BOOST_TEST(lab.run(lab.store->put_subscription(one)).has_value());

    auto other = make_subscription(lab, "renamed");
    BOOST_TEST((lab.run(lab.store->put_subscription(other)).error() == errc::conflict));
    other.tenant = lab.ids.make<TenantId>();
    BOOST_TEST(lab.run(lab.store->put_subscription(other)).has_value());
    BOOST_TEST((lab.run(lab.store->delete_subscription(default_tenant(), other.id)).error()
                == errc::not_found));
    BOOST_TEST(lab.run(lab.store->delete_subscription(default_tenant(), one.id)).has_value());
    BOOST_TEST((lab.run(lab.store->delete_subscription(default_tenant(), one.id)).error()
                == errc::not_found));
    const auto left = lab.run(lab.store->subscriptions()).value();
    BOOST_TEST((left.size() == 1U && left[0].id == other.id));
}

// Goal: sources, sealed keys and API keys come back as they were put.
BOOST_DATA_TEST_CASE(sources_and_keys, data::make(kinds()), kind)
{
    Lab lab{kind};
    Source source;
    source.id = lab.ids.make<SourceId>();
    source.name = "atlvs";
    source.schemes = {"standard", "hmac"};
    source.settings = R"({"tolerance":"5m"})";
    source.read_only = true;
    lab.run(lab.store->put_source(source)).value();
    BOOST_TEST((lab.run(lab.store->put_source(source)).error() == errc::conflict));
    SealedKey sealed;
    sealed.id = lab.ids.make<KeyId>();
    sealed.owner = source.id.to_string();
    sealed.sealed = std::string{"\0\1\2", 3};
    sealed.not_after = lab.clock.now();
    lab.run(lab.store->put_key(sealed)).value();
    ApiKey api;
    api.id = lab.ids.make<KeyId>();
    api.name = "ci";
    api.sha256 = std::string(32, '\x80');
    api.scopes = {"events:write", "admin"};
    api.is_operator = true;
    lab.run(lab.store->put_api_key(api)).value();
    api.revoked_at = lab.clock.now();
    lab.run(lab.store->put_api_key(api)).value();

    lab.restart();
    const auto sources = lab.run(lab.store->sources()).value();
    BOOST_REQUIRE(sources.size() == 1U);
    BOOST_TEST(sources[0].schemes == source.schemes, boost::test_tools::per_element());
    BOOST_TEST(sources[0].settings == source.settings);
    BOOST_TEST(sources[0].read_only);
    const auto keys = lab.run(lab.store->keys()).value();
    BOOST_REQUIRE(keys.size() == 1U);
    BOOST_TEST((keys[0].sealed == sealed.sealed));
    BOOST_TEST(keys[0].owner == sealed.owner);
    BOOST_TEST(!keys[0].not_before.has_value());
    BOOST_TEST((keys[0].not_after == sealed.not_after));
    const auto api_keys = lab.run(lab.store->api_keys()).value();
    BOOST_REQUIRE(api_keys.size() == 1U);
    BOOST_TEST((api_keys[0].sha256 == api.sha256));
    BOOST_TEST(api_keys[0].scopes == api.scopes, boost::test_tools::per_element());
    BOOST_TEST(api_keys[0].is_operator);
    BOOST_TEST((api_keys[0].revoked_at == api.revoked_at));
    BOOST_TEST(!api_keys[0].expires_at.has_value());
    BOOST_TEST(lab.run(lab.store->delete_key(default_tenant(), sealed.id)).has_value());
    BOOST_TEST(lab.run(lab.store->delete_source(default_tenant(), source.id)).has_value());
    BOOST_TEST(lab.run(lab.store->audit({default_tenant(), lab.clock.now(), "hub", "a", "b", "{}"}))
                   .has_value());
}

BOOST_AUTO_TEST_SUITE_END()
