#include "signing/keys/key_ring.hpp"

#include "hub/core/codec/encoding.hpp"
#include "tests/signing/support.hpp"

namespace katydid::signing {

BOOST_AUTO_TEST_SUITE(signing_key_ring)

using namespace std::chrono_literals;

// Goal: a generated pair has 32 random bytes on each side, and no two are the same.
BOOST_AUTO_TEST_CASE(generated_pairs)
{
    const KeyPair pair = generate_key_pair();
    BOOST_TEST(pair.private_key.text() != generate_key_pair().private_key.text());
    BOOST_TEST(pair.private_key.text().starts_with("whsk_"));
    BOOST_TEST(decode(Encoding::base64, pair.public_key.substr(5)).value_or("").size() == 32U);
}

// Goal: a secret that was moved from holds nothing any more.
BOOST_AUTO_TEST_CASE(moved_secrets_are_empty)
{
    Secret one{"short"};
    const Secret two{std::move(one)};
    BOOST_TEST(one.empty());
    BOOST_TEST(two.text() == "short");
}

// Goal: a rotation puts the fresh key first and lets the old one go after the overlap.
BOOST_AUTO_TEST_CASE(rotation_overlaps)
{
    const Timestamp now = test::at_unix(1'700'000'000);
    const KeyRing before = test::ring({"old"});
    const KeyRing after = rotate(before, {test::key_id(9), Secret{"new"}, {}, {}}, now);
    BOOST_TEST_REQUIRE(after.keys.size() == 2U);
    BOOST_TEST(after.keys[0].secret.text() == "new");
    BOOST_TEST(after.keys[1].is_active(now + 24h - 1ms));
    BOOST_TEST(!after.keys[1].is_active(now + 24h));
    BOOST_TEST(before.keys[0].is_active(now + 48h), "the ring in use was changed");
}

// Goal: a second rotation never lengthens an old key's life; expired keys go; 8 are kept.
BOOST_AUTO_TEST_CASE(rotation_never_lengthens)
{
    const Timestamp now = test::at_unix(1'700'000'000);
    KeyRing ring = test::ring({"a", "b"});
    ring.keys[0].not_after = now + 1h;
    ring.keys[1].not_after = now - 1h;
    KeyRing after = rotate(ring, {test::key_id(9), Secret{"c"}, {}, {}}, now, 24h);
    BOOST_TEST_REQUIRE(after.keys.size() == 2U);
    BOOST_TEST((after.keys[1].not_after == now + 1h));
    for (int i = 0; i < 20; ++i)
        after = rotate(after, {test::key_id(9), Secret{"d"}, {}, {}}, now, 24h);
    BOOST_TEST(after.keys.size() == 8U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
