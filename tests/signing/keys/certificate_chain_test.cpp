#include "signing/keys/certificate_chain.hpp"

#include "tests/signing/keys/certificates.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace katydid::signing {

using namespace test;

namespace {

struct RootFile {
    std::filesystem::path path = std::filesystem::temp_directory_path()
                                 / ("katydid-roots-" + std::to_string(::getpid()) + ".pem");
    explicit RootFile(const std::string& pem) { std::ofstream{path} << pem; }
    ~RootFile() { std::filesystem::remove(path); }
};

Timestamp now() { return system_clock().now(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(signing_certificate_chain)

// Goal: a leaf is trusted over the certificates after it, and only when they are there.
BOOST_AUTO_TEST_CASE(chains_to_a_root)
{
    const auto root = make_authority("root", nullptr);
    const auto middle = make_authority("middle", &root);
    const auto leaf = make_leaf("leaf", middle);
    const RootFile file{root.pem};
    const TrustAnchors anchors{file.path.string()};
    BOOST_TEST(anchors.check(leaf.pem + middle.pem, now()).has_value());
    BOOST_TEST(anchors.check(leaf.pem + middle.pem + root.pem, now()).has_value());
    BOOST_TEST(anchors.check(leaf.pem, now()).has_error());
    BOOST_TEST(anchors.check("", now()).has_error());
    BOOST_TEST(
        anchors.check("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", now())
            .has_error());
}

// Goal: a leaf of somebody else, or one that issues like an authority, is not trusted; nor is one
// whose time is over.
BOOST_AUTO_TEST_CASE(others_are_refused)
{
    const auto root = make_authority("root", nullptr);
    const auto stranger = make_authority("root", nullptr);
    const RootFile file{root.pem};
    const TrustAnchors anchors{file.path.string()};
    BOOST_TEST(anchors.check(make_leaf("leaf", stranger).pem, now()).has_error());
    BOOST_TEST(anchors.check(stranger.pem, now()).has_error());
    const auto leaf = make_leaf("leaf", root);
    const auto false_authority = make_leaf("other", leaf);
    BOOST_TEST(anchors.check(false_authority.pem + leaf.pem, now()).has_error());
    BOOST_TEST(anchors.check(leaf.pem, now()).has_value());
    const auto late = anchors.check(leaf.pem, now() + std::chrono::days{30});
    BOOST_TEST((late.error() == errc::refused));
    BOOST_TEST(late.error().message.find("expired") != std::string::npos, late.error().message);
}

// Goal: a file without a certificate is refused at once, and the system's roots can be read.
BOOST_AUTO_TEST_CASE(anchors_are_read_at_start)
{
    const RootFile file{"not a certificate"};
    BOOST_CHECK_THROW(TrustAnchors{file.path.string()}, Failure);
    const TrustAnchors system;
    BOOST_TEST(system.check(make_authority("root", nullptr).pem, now()).has_error());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
