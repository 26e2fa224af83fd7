// Runs the fuzz targets over their corpus, so that they never rot.
#include "tests/http/fuzz/targets.hpp"
#include "tests/support/fuzz_corpus.hpp"

#include <boost/test/unit_test.hpp>

namespace katydid::http::fuzz {

BOOST_AUTO_TEST_SUITE(http_fuzz_corpus)

// Goal: no input of the corpus, and none near it, crashes or breaks a promise.
BOOST_AUTO_TEST_CASE(corpus)
{
    const auto folder = std::filesystem::path{KATYDID_CASES} / "../fuzz/corpus";
    BOOST_TEST(test::run_corpus(read_any_request, folder / "read_any_request") >= 15U);
    BOOST_TEST(test::run_corpus(read_any_chunks, folder / "read_any_chunks") >= 8U);
    BOOST_TEST(test::run_corpus(read_any_answer, folder / "read_any_answer") >= 20U);
    BOOST_TEST(test::run_corpus(check_any_url, folder / "check_any_url") >= 15U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::http::fuzz
