#include "certs/dev_ca.hpp"
#include "certs/session_store.hpp"
#include "certs/tls.hpp"
#include "tests/certs/handshake.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::certs;
using namespace katydid::test;

namespace {

struct Fixture {
    CertificatePair issue(const std::string& name, std::vector<std::string> names = {"localhost"})
    {
        DevCertificate wanted;
        wanted.names = std::move(names);
        const auto files = ca.issue(name, wanted);
        return {files.certificate, files.key};
    }

    ClientTls::Options trust() { return {ca.ca_file(), {}, {}}; }

    const TemporaryFolder folder;
    DevCa ca{folder.path()};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(certs_server_tls, Fixture)

// Goal: what is wrong with a file is said with its name.
BOOST_AUTO_TEST_CASE(errors_name_the_file)
{
    const auto good = issue("server");
    const auto other = issue("other");
    const auto says = [](CertificatePair pair, const std::string& client_ca,
                         const std::string& words) {
        const ServerTls::Options options{{std::move(pair)}, client_ca, true};
        BOOST_CHECK_EXCEPTION(ServerTls{options}, Failure, [&](const Failure& failure) {
            BOOST_TEST_MESSAGE(failure.what());
            return std::string{failure.what()}.find(words) != std::string::npos;
        });
    };
    const std::string ca_file = ca.ca_file();
    says({"/nowhere.pem", good.key_file}, ca_file, "cannot use the certificate /nowhere.pem: ");
    says({good.certificate_file, "/nowhere.key"}, ca_file,
         "cannot use the private key /nowhere.key: ");
    says({good.key_file, good.key_file}, ca_file, "cannot use the certificate " + good.key_file);
    says({good.certificate_file, other.key_file}, ca_file, other.key_file);
    says(good, "/nowhere-ca.pem", "cannot use the client CA /nowhere-ca.pem");
    says(good, {}, "no client CA file");
    BOOST_CHECK_THROW(ServerTls{ServerTls::Options{}}, Failure);
    BOOST_CHECK_THROW((ClientTls{{"/nowhere-ca.pem", {}, {}}}), Failure);
}

// Goal: each name gets its certificate, wildcards included; an unknown one and none the first.
BOOST_AUTO_TEST_CASE(certificate_by_name)
{
    const ServerTls tls{{{issue("one", {"one.example"}), issue("two", {"two.example"}),
                          issue("three", {"*.three.example"})},
                         {},
                         false}};
    struct Row {
        const char* asked;
        const char* shown;
    };
    for (const auto& row :
         {Row{"one.example", "one.example"}, Row{"two.example", "two.example"},
          Row{"TWO.example", "two.example"}, Row{"two.example.", "two.example"},
          Row{"a.three.example.", "x.three.example"}, Row{".", "one.example"},
          Row{"hooks.three.example", "x.three.example"}, Row{"a.b.three.example", "one.example"},
          Row{"elsewhere.example", "one.example"}, Row{"", "one.example"}}) {
        ClientTls client{trust()};
        Handshake handshake{tls.context(), *client.context(), row.asked};
        BOOST_TEST(handshake.run(), row.asked);
        BOOST_TEST(handshake.shown_is_for(row.shown), row.asked);
    }
}

// Goal: 1.3 where both can, 1.2 with forward secrecy, nothing older, nothing weak, http/1.1 only.
BOOST_AUTO_TEST_CASE(versions_and_ciphers)
{
    const ServerTls tls{{{issue("server")}, {}, false}};
    const auto shake = [&](int version_max, const char* ciphers, Handshake** keep) {
        static std::unique_ptr<Handshake> held;
        ClientTls client{trust()};
        SSL_CTX_set_min_proto_version(client.context()->native_handle(), TLS1_VERSION);
        SSL_CTX_set_security_level(client.context()->native_handle(), 0);
        SSL_CTX_set_max_proto_version(client.context()->native_handle(), version_max);
        if (ciphers != nullptr) SSL_CTX_set_cipher_list(client.context()->native_handle(), ciphers);
        held = std::make_unique<Handshake>(tls.context(), *client.context(), "localhost");
        *keep = held.get();
        return held->run();
    };
    Handshake* made = nullptr;
    BOOST_TEST(shake(TLS1_3_VERSION, nullptr, &made));
    BOOST_TEST(made->version() == "TLSv1.3");
    BOOST_TEST(made->alpn() == "http/1.1");
    BOOST_TEST(shake(TLS1_2_VERSION, "ALL", &made));
    BOOST_TEST(made->version() == "TLSv1.2");
    BOOST_TEST(std::string{SSL_get_cipher_name(made->client.get())}.starts_with("ECDHE-"));
    BOOST_TEST(!shake(TLS1_1_VERSION, "ALL", &made));
    BOOST_TEST(!shake(TLS1_VERSION, "ALL", &made));
    for (const auto* weak : {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "DHE-RSA-AES128-SHA",
                             "ECDHE-ECDSA-AES256-SHA384", "aNULL"})
        BOOST_TEST(!shake(TLS1_2_VERSION, weak, &made), weak);
}

// Goal: a peer that speaks another protocol only is told so in the handshake.
BOOST_AUTO_TEST_CASE(another_protocol)
{
    const ServerTls tls{{{issue("server")}, {}, false}};
    ClientTls client{trust()};
    constexpr std::array<unsigned char, 3> h2{2, 'h', '2'};
    SSL_CTX_set_alpn_protos(client.context()->native_handle(), h2.data(), h2.size());
    Handshake handshake{tls.context(), *client.context(), "localhost"};
    BOOST_TEST(!handshake.run());
}

// Goal: a session is resumed with 1.2 and 1.3, across certificates of one reading, not across a
// reload: a client CA that was taken away has no effect left.
BOOST_AUTO_TEST_CASE(sessions_end_with_a_reload)
{
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        ServerTls tls{{{issue("one", {"one.example"}), issue("two", {"two.example"})}, {}, false}};
        ClientTls client{trust()};
        SSL_CTX_set_max_proto_version(client.context()->native_handle(), version);
        SessionStore sessions;
        const auto is_resumed = [&](const std::string& name) {
            Handshake handshake{tls.context(), *client.context(), name};
            sessions.attach(handshake.client.get(), name);
            BOOST_TEST(handshake.run());
            handshake.close();
            return handshake.is_resumed();
        };
        BOOST_TEST(!is_resumed("two.example"));
        BOOST_TEST(sessions.size() > 0U);
        BOOST_TEST(is_resumed("two.example"));
        BOOST_TEST(!is_resumed("one.example"));  // the store keeps names apart
        BOOST_TEST(tls.reload().has_value());
        BOOST_TEST(!is_resumed("two.example"));
    }
}

// Goal: a reload takes new files, and a bad one leaves the old certificate in place.
BOOST_AUTO_TEST_CASE(reload_takes_new_files)
{
    const auto files = issue("server");
    ServerTls tls{{{files}, {}, false}};
    const auto first = tls.context();
    issue("server");
    BOOST_TEST(tls.reload().has_value());
    const auto second = tls.context();
    BOOST_TEST(first != second);
    std::filesystem::resize_file(files.certificate_file, 10);
    const auto bad = tls.reload();
    BOOST_REQUIRE(bad.has_error());
    BOOST_TEST(bad.error().message.find(files.certificate_file) != std::string::npos);
    BOOST_TEST(tls.context() == second);
}

// Goal: until when each certificate is good, to the second.
BOOST_AUTO_TEST_CASE(expiry_of_each)
{
    DevCertificate soon;
    soon.valid_to = std::chrono::hours{48};
    const auto files = ca.issue("soon", soon);
    const ServerTls tls{{{issue("server"), {files.certificate, files.key}}, {}, false}};
    const auto ends = tls.expiries();
    BOOST_REQUIRE(ends.size() == 2U);
    BOOST_TEST(ends[1].file == files.certificate);
    const auto left = ends[1].not_after - system_clock().now();
    BOOST_TEST((left > std::chrono::hours{47} && left <= std::chrono::hours{48}));
    BOOST_TEST((ends[0].not_after > ends[1].not_after));
    BOOST_TEST(tls.files().size() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
