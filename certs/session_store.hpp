// TLS sessions to resume, so that the next handshake with the same peer is short.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace katydid::certs {

/// Remembers the sessions that peers hand out, by a key that says who may use them: it must
/// contain everything the peer's identity and ours depend on (tenant, host, trust, certificate),
/// because a resumed handshake shows no certificate.
///
/// Bounded: a few sessions a key, and a number of keys. A session is used once (RFC 8446, C.4).
/// Thread safety: none; the store and its connections live on one loop, whose contexts may be
/// shared with others.
class SessionStore {
public:
    explicit SessionStore(std::size_t keys_max = 1'024);
    ~SessionStore();
    SessionStore(const SessionStore&) = delete;
    SessionStore& operator=(const SessionStore&) = delete;

    /// Lets a client context hand its sessions to stores. Once, before its first connection.
    static void prepare(ssl_ctx_st* context);

    /// Before the handshake: offers a session when there is one, and keeps those to come. The
    /// connection may outlive the store.
    void attach(ssl_st* connection, std::string key);

    [[nodiscard]] std::size_t size() const noexcept;  ///< sessions

private:
    struct State;
    struct Tie;
    std::shared_ptr<State> state_;
};

}  // namespace katydid::certs
