#include "signing/keys/certificate_chain.hpp"

#include "hub/core/codec/openssl.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

namespace katydid::signing {
namespace {

constexpr int chain_length_max = 10;

void free_chain(STACK_OF(X509) * chain) noexcept { sk_X509_pop_free(chain, X509_free); }

using Certificate = Owned<X509, X509_free>;
using Chain = Owned<STACK_OF(X509), free_chain>;

Certificate next_certificate(BIO* bio)
{
    Certificate next{PEM_read_bio_X509(bio, nullptr, nullptr, nullptr)};
    if (!next) ERR_clear_error();  // the end of the file is no error
    return next;
}

Error untrusted(const std::string& why)
{
    return {errc::refused, "the certificate that was fetched is not trusted: " + why};
}

}  // namespace

struct TrustAnchors::Impl {
    Owned<X509_STORE, X509_STORE_free> store{X509_STORE_new()};
};

TrustAnchors::TrustAnchors() : impl_{std::make_unique<Impl>()}
{
    if (!impl_->store || X509_STORE_set_default_paths(impl_->store.get()) != 1)
        throw Failure{Error{errc::internal, "OpenSSL cannot read the system's root certificates"}};
}

TrustAnchors::TrustAnchors(const std::string& pem_file) : impl_{std::make_unique<Impl>()}
{
    if (!impl_->store
        || X509_STORE_load_locations(impl_->store.get(), pem_file.c_str(), nullptr) != 1)
        throw Failure{Error{errc::invalid_argument, pem_file + ": holds no certificate in PEM"}};
}

TrustAnchors::~TrustAnchors() = default;

result<void> TrustAnchors::check(std::string_view pem_chain, Timestamp at) const
{
    const Owned<BIO, BIO_free> bio{
        BIO_new_mem_buf(pem_chain.data(), static_cast<int>(pem_chain.size()))};
    const auto leaf = bio ? next_certificate(bio.get()) : nullptr;
    const Chain others{sk_X509_new_null()};
    if (!leaf || !others) return untrusted("it is no certificate in PEM");
    for (int i = 0; i < chain_length_max; ++i) {
        auto next = next_certificate(bio.get());
        if (!next) break;
        if (sk_X509_push(others.get(), next.get()) > 0) static_cast<void>(next.release());
    }
    const Owned<X509_STORE_CTX, X509_STORE_CTX_free> context{X509_STORE_CTX_new()};
    if (!context
        || X509_STORE_CTX_init(context.get(), impl_->store.get(), leaf.get(), others.get()) != 1)
        return untrusted("OpenSSL cannot check it");
    X509_STORE_CTX_set_time(context.get(), 0,
                            static_cast<std::time_t>(at.time_since_epoch().count() / 1000));
    const bool is_good = X509_verify_cert(context.get()) == 1;
    const auto* const why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
    ERR_clear_error();
    if (!is_good) return untrusted(why);
    return {};
}

}  // namespace katydid::signing
