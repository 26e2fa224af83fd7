#include "signing/keys/vault.hpp"

#include "tests/signing/support.hpp"

namespace katydid::signing {

BOOST_AUTO_TEST_SUITE(signing_vault)

std::array<unsigned char, 32> master(unsigned char first)
{
    std::array<unsigned char, 32> key{};
    key[0] = first;
    return key;
}

const TenantId tenant = default_tenant();
const KeyId row = test::key_id(1);

// Goal: what was sealed opens again, and two seals of one secret differ.
BOOST_AUTO_TEST_CASE(round_trip)
{
    const Vault vault{master(1)};
    const std::string sealed = vault.seal(tenant, row, Secret{"whsec_abc"});
    BOOST_TEST(sealed.size() == 1U + 8 + 12 + 9 + 16);
    BOOST_TEST(sealed.find("whsec") == std::string::npos);
    BOOST_TEST(sealed != vault.seal(tenant, row, Secret{"whsec_abc"}));
    const auto opened = vault.open(tenant, row, sealed);
    BOOST_TEST_REQUIRE(opened.has_value());
    BOOST_TEST(opened->text() == "whsec_abc");
}

// Goal: every changed byte, another row, another tenant and every cut is refused as corrupt.
BOOST_AUTO_TEST_CASE(refuses_changes)
{
    const Vault vault{master(1)};
    const std::string sealed = vault.seal(tenant, row, Secret{"s3cret"});
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        const auto opened = vault.open(tenant, row, changed);
        BOOST_TEST_REQUIRE(opened.has_error(), "byte " << i);
        BOOST_TEST((opened.error() == errc::corrupt));
        BOOST_TEST(vault.open(tenant, row, sealed.substr(0, i)).has_error());
    }
    const auto moved = vault.open(tenant, test::key_id(2), sealed);
    BOOST_TEST_REQUIRE(moved.has_error());
    BOOST_TEST(moved.error().message.find(test::key_id(2).to_string()) != std::string::npos);
    BOOST_TEST(vault.open(TenantId{}, row, sealed).has_error());
}

// Goal: after a change of the master key the old rows open, ask to be sealed again, and then the
// old key is not needed any more.
BOOST_AUTO_TEST_CASE(master_key_change)
{
    const Vault before{master(1)};
    const std::string old = before.seal(tenant, row, Secret{"s3cret"});
    BOOST_TEST(!before.needs_reseal(old));

    Vault after{master(2)};
    BOOST_TEST(after.open(tenant, row, old).has_error());
    after.add_previous_key(master(1));
    const auto opened = after.open(tenant, row, old);
    BOOST_TEST_REQUIRE(opened.has_value());
    BOOST_TEST(after.needs_reseal(old));
    const std::string fresh = after.seal(tenant, row, *opened);
    BOOST_TEST(!after.needs_reseal(fresh));
    BOOST_TEST(Vault{master(2)}.open(tenant, row, fresh).has_value());
}

// Goal: a master key is 64 hex digits or the base64 of 32 bytes, a line end after it is fine,
// and a key of zeros is refused.
BOOST_AUTO_TEST_CASE(master_key_text)
{
    const std::string hex = std::string(62, '0') + "07";
    BOOST_TEST_REQUIRE(parse_master_key(hex + "\n").has_value());
    BOOST_TEST(parse_master_key(hex)->at(31) == 7);
    BOOST_TEST(parse_master_key("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAc=")->at(31) == 7);
    for (const auto* bad : {"", "abc", "AAAA", "zz"})
        BOOST_TEST(parse_master_key(bad).has_error(), bad);
    BOOST_TEST(parse_master_key(hex + "00").has_error());
    BOOST_CHECK_THROW(Vault{master(0)}, Failure);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
