#include "certs/certificate_facts.hpp"

#include "tests/certs/chain_maker.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::certs;
using namespace katydid::test;

BOOST_AUTO_TEST_SUITE(certs_certificate_facts)

// Goal: of a chain the first certificate is described, as people know it.
BOOST_AUTO_TEST_CASE(of_the_first)
{
    const auto root = make({.name = "Root", .is_authority = true});
    const auto leaf = make({.name = "leaf", .issuer = &root});
    const TemporaryFolder folder;
    const auto file = folder.path() / "chain.pem";
    std::ofstream{file} << leaf.pem() << root.pem();
    const auto facts = read_facts_of_file(file).value();
    BOOST_TEST(facts.subject == "CN=leaf");
    BOOST_TEST(facts.issuer == "CN=Root");
    BOOST_TEST((facts.not_before < facts.not_after));
    BOOST_TEST(facts.sha256.size() == 64U);
    BOOST_REQUIRE(facts.names.size() == 2U);
    BOOST_TEST(facts.names[0] == "hub.example");
    BOOST_TEST(facts.names[1] == "192.0.2.1");
}

// Goal: what is no certificate, or is not there, is said.
BOOST_AUTO_TEST_CASE(of_none)
{
    BOOST_TEST(read_facts("no pem").has_error());
    BOOST_TEST((read_facts_of_file("/does/not/exist").error() == errc::not_found));
}

BOOST_AUTO_TEST_SUITE_END()
