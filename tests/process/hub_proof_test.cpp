#include "hub/process/hub_proof.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

BOOST_AUTO_TEST_SUITE(process_hub_proof)

// Goal: who has the master key makes the same proof; another challenge, port or key, another one.
BOOST_AUTO_TEST_CASE(what_it_is_bound_to)
{
    const signing::Vault vault{std::array<unsigned char, 32>{7}};
    const signing::Vault same{std::array<unsigned char, 32>{7}};
    const signing::Vault other{std::array<unsigned char, 32>{8}};
    const auto proof = hub_proof(vault, "a", 8080);
    BOOST_TEST(proof.size() == 64U);
    BOOST_TEST(hub_proof(same, "a", 8080) == proof);
    BOOST_TEST(hub_proof(vault, "b", 8080) != proof);
    BOOST_TEST(hub_proof(vault, "a", 8081) != proof);
    BOOST_TEST(hub_proof(other, "a", 8080) != proof);
}

BOOST_AUTO_TEST_SUITE_END()
