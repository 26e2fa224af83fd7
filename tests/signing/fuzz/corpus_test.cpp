// Runs the fuzz targets over their corpus, so that they never rot.
#include "tests/signing/fuzz/targets.hpp"
#include "tests/support/fuzz_corpus.hpp"

#include <boost/test/unit_test.hpp>

namespace katydid::signing::fuzz {

BOOST_AUTO_TEST_SUITE(signing_fuzz_corpus)

// Goal: no input of the corpus, and none near it, crashes or breaks a promise.
BOOST_AUTO_TEST_CASE(corpus)
{
    const std::filesystem::path folder{KATYDID_CORPUS};
    BOOST_TEST(test::run_corpus(load_any_scheme, folder / "load_any_scheme") >= 3U);
    BOOST_TEST(test::run_corpus(verify_any_request, folder / "verify_any_request") >= 3U);
    BOOST_TEST(test::run_corpus(read_any_header, folder / "read_any_header") >= 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing::fuzz
