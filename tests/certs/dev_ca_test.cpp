#include "certs/dev_ca.hpp"

#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <sys/stat.h>

#include <cstdio>

using namespace katydid;
using namespace katydid::certs;
using katydid::test::TemporaryFolder;

namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate load(const std::filesystem::path& file)
{
    std::FILE* input = std::fopen(file.c_str(), "r");
    BOOST_REQUIRE(input != nullptr);
    Certificate certificate{PEM_read_X509(input, nullptr, nullptr, nullptr), &X509_free};
    std::fclose(input);
    BOOST_REQUIRE(certificate != nullptr);
    return certificate;
}

unsigned mode_of(const std::filesystem::path& file)
{
    struct stat info{};
    BOOST_REQUIRE(::stat(file.c_str(), &info) == 0);
    return info.st_mode & 0777U;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(certs_dev_ca)

// Goal: keys can be read by their owner only.
BOOST_AUTO_TEST_CASE(modes)
{
    const TemporaryFolder folder;
    DevCa ca{folder.path()};
    const auto files = ca.issue("server", {});
    BOOST_TEST(mode_of(folder.path() / "ca.key") == 0600U);
    BOOST_TEST(mode_of(files.key) == 0600U);
    BOOST_TEST(mode_of(files.certificate) == 0644U);
}

// Goal: a server certificate names the host and its addresses, for 90 days, signed by the CA.
BOOST_AUTO_TEST_CASE(server_certificate)
{
    const TemporaryFolder folder;
    DevCa ca{folder.path()};
    const auto certificate = load(ca.issue("server", {}).certificate);
    const auto authority = load(ca.ca_file());
    BOOST_TEST(X509_verify(certificate.get(), X509_get0_pubkey(authority.get())) == 1);
    BOOST_TEST(X509_check_host(certificate.get(), "localhost", 0, 0, nullptr) == 1);
    BOOST_TEST(X509_check_ip_asc(certificate.get(), "127.0.0.1", 0) == 1);
    BOOST_TEST(X509_check_ip_asc(certificate.get(), "::1", 0) == 1);
    BOOST_TEST(X509_check_host(certificate.get(), "other", 0, 0, nullptr) == 0);
    BOOST_TEST(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_SERVER, 0) == 1);
    BOOST_TEST(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_CLIENT, 0) == 0);
    BOOST_TEST(X509_check_ca(certificate.get()) == 0);
    int days = 0;
    int seconds = 0;
    ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get()));
    BOOST_TEST((days == 89 || days == 90));
}

// Goal: the CA that is in the folder is used again, so that certificates of two runs fit together.
BOOST_AUTO_TEST_CASE(same_authority)
{
    const TemporaryFolder folder;
    {
        DevCa first{folder.path()};
    }
    const auto before = load(folder.path() / "ca.pem");
    DevCa second{folder.path()};
    const auto certificate = load(second.issue("client", {}).certificate);
    BOOST_TEST(X509_verify(certificate.get(), X509_get0_pubkey(before.get())) == 1);
}

// Goal: a name that would smuggle in another extension is refused.
BOOST_AUTO_TEST_CASE(bad_name)
{
    const TemporaryFolder folder;
    DevCa ca{folder.path()};
    DevCertificate wanted;
    wanted.names = {"a,IP:1.2.3.4"};
    BOOST_CHECK_THROW(ca.issue("server", wanted), Failure);
}

BOOST_AUTO_TEST_SUITE_END()
