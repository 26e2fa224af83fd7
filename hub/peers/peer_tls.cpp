#include "hub/peers/peer_tls.hpp"

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace katydid::peers {

/// What OpenSSL's callbacks read. The name of a key is part of its hash: it tells nothing of it.
struct PeerTls::Keys {
    struct Key {
        std::string name;
        std::string bytes;
    };
    std::vector<Key> keys;

    static int index()
    {
        static const int made = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
        return made;
    }
    static const Keys& of(SSL* ssl)
    {
        return *static_cast<const Keys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), index()));
    }
    static unsigned give(const std::string& bytes, unsigned char* to, unsigned size_max)
    {
        if (bytes.size() > size_max) return 0;
        std::memcpy(to, bytes.data(), bytes.size());
        return static_cast<unsigned>(bytes.size());
    }

    static unsigned for_client(SSL* ssl, const char* /*hint*/, char* name, unsigned name_max,
                               unsigned char* to, unsigned size_max)
    {
        const auto& own = of(ssl).keys.front();
        if (own.name.size() >= name_max) return 0;
        std::memcpy(name, own.name.c_str(), own.name.size() + 1);
        return give(own.bytes, to, size_max);
    }
    static unsigned for_server(SSL* ssl, const char* name, unsigned char* to, unsigned size_max)
    {
        const auto& keys = of(ssl).keys;
        const auto found = std::ranges::find(keys, std::string_view{name}, &Key::name);
        return found == keys.end() ? 0 : give(found->bytes, to, size_max);
    }
};

namespace {

namespace ssl = boost::asio::ssl;

std::string name_of(const std::string& key)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned size = 0;
    const auto named = "katydid peer key name" + key;
    EVP_Digest(named.data(), named.size(), hash.data(), &size, EVP_sha256(), nullptr);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string name;
    for (std::size_t i = 0; i < 8; ++i)
        name.append({digits[hash[i] >> 4U], digits[hash[i] & 0xfU]});
    return name;
}

/// Without the shared key there is no handshake: a server has no certificate to show, and a client
/// trusts none.
void set_up(ssl::context& context)
{
    auto* handle = context.native_handle();
    SSL_CTX_set_min_proto_version(handle, TLS1_3_VERSION);
    SSL_CTX_set_ciphersuites(handle, "TLS_AES_128_GCM_SHA256");
    SSL_CTX_set_num_tickets(handle, 0);
    SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);
}

}  // namespace

PeerTls::PeerTls(std::vector<std::string> keys)
    : server_{ssl::context::tls_server},
      client_{ssl::context::tls_client}
{
    auto made = std::make_shared<Keys>();
    for (auto& key : keys) made->keys.push_back({name_of(key), key});
    keys_ = made;
    set_up(server_);
    set_up(client_);
    client_.set_verify_mode(ssl::verify_peer);
    SSL_CTX_set_ex_data(server_.native_handle(), Keys::index(), made.get());
    SSL_CTX_set_ex_data(client_.native_handle(), Keys::index(), made.get());
    SSL_CTX_set_psk_server_callback(server_.native_handle(), Keys::for_server);
    SSL_CTX_set_psk_client_callback(client_.native_handle(), Keys::for_client);
}

}  // namespace katydid::peers
