#include "signing/algorithms/digest.hpp"

#include "hub/core/codec/encoding.hpp"

#include <boost/test/unit_test.hpp>

namespace katydid::signing {

BOOST_AUTO_TEST_SUITE(signing_digest)

std::string hex(const Digest& digest) { return encode(Encoding::hex, digest.view()); }

// Goal: RFC 4231, test cases 1, 2 and 6 (a key longer than the block), and RFC 2202 for SHA-1.
BOOST_AUTO_TEST_CASE(hmac_vectors)
{
    const std::string key_1(20, '\x0b');
    BOOST_TEST(hex(hmac(Hash::sha256, key_1, "Hi There"))
               == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    BOOST_TEST(hex(hmac(Hash::sha384, "Jefe", "what do ya want for nothing?"))
               == "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
                  "8e2240ca5e69e2c78b3239ecfab21649");
    const std::string key_6(131, '\xaa');
    const std::string_view text_6 = "Test Using Larger Than Block-Size Key - Hash Key First";
    BOOST_TEST(hex(hmac(Hash::sha256, key_6, text_6))
               == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    BOOST_TEST(hex(hmac(Hash::sha512, key_6, text_6))
               == "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
                  "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
    BOOST_TEST(hex(hmac(Hash::sha1, key_1, "Hi There"))
               == "b617318655057264e28bc0b6fb378c8ef146be00");
}

// Goal: how a message is cut into parts makes no difference.
BOOST_AUTO_TEST_CASE(messages_in_parts)
{
    const std::array<std::string_view, 4> parts{"what do ", "", "ya want ", "for nothing?"};
    BOOST_TEST(hex(hmac(Hash::sha256, "Jefe", parts))
               == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    BOOST_TEST(hex(digest(Hash::sha256, parts)) == sha256_hex("what do ya want for nothing?"));
}

// Goal: the check value of CRC-32, and the comparison of unequal lengths.
BOOST_AUTO_TEST_CASE(small_things)
{
    BOOST_TEST(crc32("123456789") == 0xcbf43926U);
    BOOST_TEST(crc32("") == 0U);
    BOOST_TEST(equal_bytes("abc", "abc"));
    BOOST_TEST(!equal_bytes("abc", "abd"));
    BOOST_TEST(!equal_bytes("abc", "ab"));
    BOOST_TEST(sha256_hex("")
               == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
