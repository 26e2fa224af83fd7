#include "certs/dev_ca.hpp"
#include "certs/tls.hpp"
#include "tests/certs/handshake.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::certs;
using namespace katydid::test;

namespace {

/// A server that insists on client certificates, and files for a client.
struct ClientTlsFixture {
    ClientTlsFixture()
    {
        const auto files = ca.issue("server", {});
        server = std::make_unique<ServerTls>(
            ServerTls::Options{{{files.certificate, files.key}}, ca.ca_file(), true});
    }

    CertificateFiles issue(const std::string& common_name)
    {
        return ca.issue("client", {DevCertificate::Use::client, common_name, {}});
    }

    /// The common name that a new connection shows; empty: the handshake failed.
    std::string shown(const ClientTls& client)
    {
        const auto context = client.context();
        Handshake handshake{server->context(), *context, "localhost"};
        if (!handshake.run()) return {};
        X509* certificate = SSL_get0_peer_certificate(handshake.server.get());
        std::array<char, 64> name{};
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                                  static_cast<int>(name.size()));
        return name.data();
    }

    TemporaryFolder folder;
    DevCa ca{folder.path()};
    std::unique_ptr<ServerTls> server;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(certs_client_tls, ClientTlsFixture)

// Goal: a renewed client certificate is shown by new connections once it was read again, and its
// sessions are told apart; a file that cannot be used changes nothing.
BOOST_AUTO_TEST_CASE(reloads)
{
    const auto files = issue("first");
    ClientTls client{{ca.ca_file(), files.certificate, files.key}};
    BOOST_TEST(shown(client) == "first");
    const auto before = client.current().number;

    issue("second");
    BOOST_TEST(shown(client) == "first");
    BOOST_TEST(client.reload().has_value());
    BOOST_TEST(shown(client) == "second");
    BOOST_TEST(client.current().number != before);

    std::ofstream{files.certificate} << "not a certificate";
    const auto failed = client.reload();
    BOOST_TEST_REQUIRE(failed.has_error());
    BOOST_TEST(failed.error().message.find(files.certificate.string()) != std::string::npos);
    BOOST_TEST(shown(client) == "second");
}

// Goal: what is to be watched, and until when the certificate is good.
BOOST_AUTO_TEST_CASE(files_and_expiry)
{
    const auto files = issue("first");
    const ClientTls client{{ca.ca_file(), files.certificate, files.key}};
    BOOST_TEST(client.files().size() == 3U);
    const auto expiries = client.expiries();
    BOOST_TEST_REQUIRE(expiries.size() == 1U);
    BOOST_TEST(expiries[0].file == files.certificate);
    const auto left = expiries[0].not_after - system_clock().now();
    BOOST_TEST((left > std::chrono::days{89} && left <= std::chrono::days{90}));

    const ClientTls plain{ClientTls::Options{}};
    BOOST_TEST(plain.files().empty());
    BOOST_TEST(plain.expiries().empty());
}

BOOST_AUTO_TEST_SUITE_END()
