#include "certs/certificate_facts.hpp"

#include "certs/x509.hpp"
#include "hub/core/codec/encoding.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace katydid::certs {
namespace {

using Names = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

std::string text_of(const ASN1_STRING* text)
{
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// Four or sixteen bytes.
std::string address_text(const std::string& bytes)
{
    namespace ip = boost::asio::ip;
    if (bytes.size() == 4) {
        ip::address_v4::bytes_type v4{};
        std::ranges::copy(bytes, v4.begin());
        return ip::address_v4{v4}.to_string();
    }
    ip::address_v6::bytes_type v6{};
    if (bytes.size() != v6.size()) return {};
    std::ranges::copy(bytes, v6.begin());
    return ip::address_v6{v6}.to_string();
}

/// RFC 5280, section 4.2.1.6.
std::vector<std::string> names_of(const X509* certificate)
{
    std::vector<std::string> found;
    const Names names{static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const auto* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS) found.push_back(text_of(name->d.dNSName));
        if (name->type != GEN_IPADD) continue;
        found.push_back(address_text(text_of(name->d.iPAddress)));
    }
    return found;
}

}  // namespace

result<CertificateFacts> read_facts(std::string_view pem)
{
    const auto certificates = read_certificates(pem, nullptr);
    if (certificates.empty())
        return Error{errc::invalid_argument, "There is no certificate in it."};
    const auto* leaf = certificates.front().get();
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    X509_digest(leaf, EVP_sha256(), digest.data(), &size);
    return CertificateFacts{
        name_text(X509_get_subject_name(leaf)),
        name_text(X509_get_issuer_name(leaf)),
        names_of(leaf),
        to_timestamp(X509_get0_notBefore(leaf)),
        to_timestamp(X509_get0_notAfter(leaf)),
        encode(Encoding::hex, {reinterpret_cast<const char*>(digest.data()), size})};
}

result<CertificateFacts> read_facts_of_file(const std::filesystem::path& file)
{
    std::ifstream input{file, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{input}, {}};
    if (!input.is_open() || input.bad())
        return Error{errc::not_found, file.string() + " cannot be read."};
    return read_facts(text);
}

}  // namespace katydid::certs
