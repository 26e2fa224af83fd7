#include "certs/dev_ca.hpp"

#include "certs/x509.hpp"

#include <boost/asio/ip/address.hpp>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace katydid::certs {
namespace {

namespace fs = std::filesystem;

using Extension = Owned<X509_EXTENSION, X509_EXTENSION_free>;

constexpr std::chrono::seconds ca_valid_to = std::chrono::days{90};

[[noreturn]] void fail(const std::string& what)
{
    std::array<char, 256> reason{};
    ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
    ERR_clear_error();
    throw Failure{{errc::tls_failed, what + ": " + reason.data()}};
}

[[noreturn]] void fail_file(const fs::path& file)
{
    throw Failure{
        {errc::tls_failed, "cannot write " + file.string() + ": " + std::strerror(errno)}};
}

/// Writes beside the file and renames, so that a reader never sees half a key.
void write_file(const fs::path& file, const Bio& content, mode_t mode)
{
    auto fresh = file;
    fresh += ".new";
    ::unlink(fresh.c_str());
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0) fail_file(fresh);
    std::string text(BIO_ctrl_pending(content.get()), '\0');
    BIO_read(content.get(), text.data(), static_cast<int>(text.size()));
    const auto written = ::write(descriptor, text.data(), text.size());
    const bool closed = ::close(descriptor) == 0;
    const bool ok = closed && written == static_cast<ssize_t>(text.size());
    if (!ok || ::rename(fresh.c_str(), file.c_str()) != 0) fail_file(file);
}

void write_certificate(const fs::path& file, X509* certificate)
{
    const Bio memory{BIO_new(BIO_s_mem())};
    if (PEM_write_bio_X509(memory.get(), certificate) != 1) fail("cannot encode a certificate");
    write_file(file, memory, 0644);
}

void write_key(const fs::path& file, EVP_PKEY* key)
{
    const Bio memory{BIO_new(BIO_s_mem())};
    if (PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        fail("cannot encode a key");
    write_file(file, memory, 0600);
}

Key make_key()
{
    Key key{EVP_EC_gen("P-256")};
    if (!key) fail("cannot make a key");
    return key;
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str())};
    if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
        fail("cannot add the extension " + value);
}

void set_serial(X509* certificate)
{
    std::uint64_t serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), (serial >> 1U) | 1U);
}

void add_to_subject(X509* certificate, const char* field, const std::string& value)
{
    const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
    const auto size = static_cast<int>(value.size());
    if (X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), field, MBSTRING_UTF8, bytes,
                                   size, -1, 0)
        != 1)
        fail("cannot write the subject " + value);
}

Certificate make_certificate(const std::string& common_name, EVP_PKEY* key,
                             std::chrono::seconds from, std::chrono::seconds to)
{
    Certificate certificate{X509_new()};
    X509_set_version(certificate.get(), X509_VERSION_3);
    set_serial(certificate.get());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from.count());
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), to.count());
    X509_set_pubkey(certificate.get(), key);
    add_to_subject(certificate.get(), "O", "Katydid development");
    add_to_subject(certificate.get(), "CN", common_name);
    return certificate;
}

/// "DNS:localhost,IP:127.0.0.1", as OpenSSL's extension parser takes it.
std::string alternative_names(const std::vector<std::string>& names)
{
    std::string text;
    for (const auto& name : names) {
        boost::system::error_code error;
        boost::asio::ip::make_address(name, error);
        if (name.find_first_of(",\n") != std::string::npos)
            throw Failure{
                {errc::invalid_argument, "\"" + name + "\" is not a name for a certificate"}};
        text += (text.empty() ? "" : ",") + std::string{error ? "DNS:" : "IP:"} + name;
    }
    return text;
}

template <class T, class Read>
T read_pem(const fs::path& file, Read read)
{
    const Bio input{BIO_new_file(file.c_str(), "r")};
    if (!input) fail("cannot open " + file.string());
    T object{read(input.get(), nullptr, nullptr, nullptr)};
    if (!object) fail("cannot read " + file.string());
    return object;
}

bool is_good_for_a_day(const X509* certificate)
{
    int days = 0;
    int seconds = 0;
    ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate));
    return days >= 1;
}

}  // namespace

struct DevCa::Authority {
    Key key;
    Certificate certificate;
};

DevCa::DevCa(fs::path folder)
    : folder_{std::move(folder)},
      authority_{std::make_unique<Authority>()}
{
    fs::create_directories(folder_);
    const auto key_file = folder_ / "ca.key";
    if (fs::exists(ca_file()) && fs::exists(key_file)) {
        authority_->certificate = read_pem<Certificate>(ca_file(), PEM_read_bio_X509);
        authority_->key = read_pem<Key>(key_file, PEM_read_bio_PrivateKey);
        if (is_good_for_a_day(authority_->certificate.get())) return;
    }
    make_authority();
}

/// Writes a new CA.
void DevCa::make_authority()
{
    const auto key_file = folder_ / "ca.key";
    authority_->key = make_key();
    authority_->certificate = make_certificate("Katydid development CA", authority_->key.get(),
                                               std::chrono::hours{-1}, ca_valid_to);
    X509* certificate = authority_->certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
    if (X509_sign(certificate, authority_->key.get(), EVP_sha256()) == 0)
        fail("cannot sign the CA");
    write_key(key_file, authority_->key.get());
    write_certificate(ca_file(), certificate);
}

DevCa::~DevCa() = default;

CertificateFiles DevCa::issue(const std::string& name, const DevCertificate& wanted)
{
    const auto key = make_key();
    const auto owned = make_certificate(wanted.common_name, key.get(), wanted.valid_from,
                                        wanted.valid_to);
    X509* certificate = owned.get();
    X509* issuer = authority_->certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    const bool is_server = wanted.use == DevCertificate::Use::server;
    add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature");
    add_extension(certificate, issuer, NID_ext_key_usage, is_server ? "serverAuth" : "clientAuth");
    add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
    if (!wanted.names.empty())
        add_extension(certificate, issuer, NID_subject_alt_name, alternative_names(wanted.names));
    if (X509_sign(certificate, authority_->key.get(), EVP_sha256()) == 0)
        fail("cannot sign " + name);

    const CertificateFiles files{folder_ / (name + ".pem"), folder_ / (name + ".key")};
    write_key(files.key, key.get());
    write_certificate(files.certificate, certificate);
    return files;
}

}  // namespace katydid::certs
