#include "certs/x509.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <ctime>

namespace katydid::certs {

Timestamp to_timestamp(const ASN1_TIME* time)
{
    std::tm parts{};
    ASN1_TIME_to_tm(time, &parts);
    return Timestamp{std::chrono::seconds{::timegm(&parts)}};
}

std::string name_text(const X509_NAME* name)
{
    const Bio memory{BIO_new(BIO_s_mem())};
    if (!memory) return {};
    X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253);
    std::string text(BIO_ctrl_pending(memory.get()), '\0');
    BIO_read(memory.get(), text.data(), static_cast<int>(text.size()));
    return text;
}

std::vector<Certificate> read_certificates(std::string_view pem, bool* damaged)
{
    std::vector<Certificate> found;
    const Bio input{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    ERR_clear_error();
    while (Certificate each{PEM_read_bio_X509(input.get(), nullptr, nullptr, nullptr)})
        found.push_back(std::move(each));
    const auto last = ERR_peek_last_error();
    if (damaged != nullptr)
        *damaged = ERR_GET_LIB(last) != ERR_LIB_PEM || ERR_GET_REASON(last) != PEM_R_NO_START_LINE;
    ERR_clear_error();
    return found;
}

}  // namespace katydid::certs
