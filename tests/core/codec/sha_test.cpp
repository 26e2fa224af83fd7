#include "hub/core/codec/sha.hpp"

#include "hub/core/codec/encoding.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace katydid;

BOOST_AUTO_TEST_SUITE(core_sha)

// Goal: the examples of FIPS 180-4 come out, at once and in pieces.
BOOST_AUTO_TEST_CASE(known_digests)
{
    struct Row {
        Sha kind;
        std::string_view digest;
    };
    constexpr std::array rows{
        Row{Sha::sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
        Row{Sha::sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        Row{Sha::sha384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
                         "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
        Row{Sha::sha512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                         "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"}};
    for (const auto& row : rows) {
        for (const std::size_t first : {0U, 1U, 3U}) {
            constexpr std::string_view text = "abc";
            ShaState state{row.kind};
            state.update(text.substr(0, first));
            state.update(text.substr(first));
            std::array<unsigned char, 64> out{};
            state.finish(out.data());
            const std::string_view bytes{reinterpret_cast<const char*>(out.data()),
                                         row.digest.size() / 2};
            BOOST_TEST(encode(Encoding::hex, bytes) == row.digest);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
