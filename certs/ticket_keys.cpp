#include "certs/ticket_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <stdexcept>

namespace katydid::certs {
namespace {

int ex_data_index()
{
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

bool set_mac_key(EVP_MAC_CTX* mac, TicketKeys::Key& key)
{
    std::string digest = "sha256";
    const std::array parameters{
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
}

/// OpenSSL's question: seal (1) or open (0) a ticket. Answers: -1 failure, 0 unknown key, so a
/// full handshake, 1 fine, 2 fine but make a new ticket.
int on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
              EVP_MAC_CTX* mac, int seal)
{
    auto* keys = static_cast<TicketKeys*>(
        SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), ex_data_index()));
    if (keys == nullptr) return -1;
    if (seal == 1) {
        auto key = keys->current();
        if (RAND_bytes(iv, EVP_MAX_IV_LENGTH) != 1) return -1;
        std::copy(key.name.begin(), key.name.end(), name);
        const bool sealed
            = EVP_EncryptInit_ex2(cipher, EVP_aes_256_cbc(), key.cipher.data(), iv, nullptr) == 1
              && set_mac_key(mac, key);
        return sealed ? 1 : -1;
    }
    auto found = keys->find(name);
    if (!found) return 0;
    const bool opened
        = EVP_DecryptInit_ex2(cipher, EVP_aes_256_cbc(), found->key.cipher.data(), iv, nullptr) == 1
          && set_mac_key(mac, found->key);
    if (!opened) return -1;
    return found->is_old ? 2 : 1;
}

}  // namespace

TicketKeys::TicketKeys(std::chrono::seconds lifetime, const Clock& clock)
    : lifetime_{lifetime},
      clock_{clock},
      present_{make()}
{}

TicketKeys::Key TicketKeys::make() const
{
    Key key;
    const bool made = RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1
                      && RAND_bytes(key.cipher.data(), static_cast<int>(key.cipher.size())) == 1
                      && RAND_bytes(key.mac.data(), static_cast<int>(key.mac.size())) == 1;
    if (!made) throw std::runtime_error{"the system gives no random numbers"};
    key.made_at = clock_.steady_now();
    return key;
}

void TicketKeys::rotate()
{
    const auto age = clock_.steady_now() - present_.made_at;
    if (age < lifetime_) return;
    if (age < 2 * lifetime_) before_ = present_;
    else before_.reset();  // no client came for so long that its tickets are too old
    present_ = make();
}

TicketKeys::Key TicketKeys::current()
{
    const std::lock_guard lock{mutex_};
    rotate();
    return present_;
}

std::optional<TicketKeys::Found> TicketKeys::find(const unsigned char* name)
{
    const std::lock_guard lock{mutex_};
    rotate();
    const auto is_named = [name](const Key& key) {
        return std::equal(key.name.begin(), key.name.end(), name);
    };
    if (is_named(present_)) return Found{present_, false};
    if (before_ && is_named(*before_)) return Found{*before_, true};
    return std::nullopt;
}

void TicketKeys::install(ssl_ctx_st* context)
{
    SSL_CTX_set_ex_data(context, ex_data_index(), this);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &on_ticket);
    SSL_CTX_set_timeout(context, static_cast<long>(lifetime_.count()));
}

}  // namespace katydid::certs
