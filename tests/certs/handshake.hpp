// A TLS handshake in memory: no socket, no loop.
#pragma once

#include "certs/tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <utility>

namespace katydid::test {

/// Both ends of one connection and what they agreed upon.
class Handshake {
public:
    using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;

    Handshake(std::shared_ptr<boost::asio::ssl::context> server_context,
              boost::asio::ssl::context& client_context, const std::string& name)
        : context_{std::move(server_context)},
          server{SSL_new(context_->native_handle()), &SSL_free},
          client{SSL_new(client_context.native_handle()), &SSL_free}
    {
        BIO* near = nullptr;
        BIO* far = nullptr;
        BIO_new_bio_pair(&near, 0, &far, 0);
        SSL_set_bio(client.get(), near, near);
        SSL_set_bio(server.get(), far, far);
        SSL_set_connect_state(client.get());
        SSL_set_accept_state(server.get());
        auto text = name;
        if (!name.empty())
            SSL_ctrl(client.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                     text.data());
    }

    /// Whether both ends came to an end of it. Tickets are read too.
    bool run()
    {
        bool both = false;
        for (int turn = 0; turn < 20 && !both; ++turn) {
            const int near = SSL_do_handshake(client.get());
            const int far = SSL_do_handshake(server.get());
            both = near == 1 && far == 1;
        }
        char byte = 0;
        SSL_read(client.get(), &byte, 1);
        return both;
    }

    /// Ends it properly: a session that broke off is not resumed.
    void close()
    {
        SSL_shutdown(client.get());
        SSL_shutdown(server.get());
    }

    [[nodiscard]] std::string alpn() const
    {
        const unsigned char* chosen = nullptr;
        unsigned length = 0;
        SSL_get0_alpn_selected(client.get(), &chosen, &length);
        return {reinterpret_cast<const char*>(chosen), length};
    }
    [[nodiscard]] bool shown_is_for(const std::string& name) const
    {
        return X509_check_host(SSL_get0_peer_certificate(client.get()), name.c_str(), 0, 0, nullptr)
               == 1;
    }
    [[nodiscard]] bool is_resumed() const { return SSL_session_reused(client.get()) == 1; }
    [[nodiscard]] std::string version() const { return SSL_get_version(client.get()); }

private:
    std::shared_ptr<boost::asio::ssl::context> context_;

public:
    Ssl server;
    Ssl client;
};

}  // namespace katydid::test
