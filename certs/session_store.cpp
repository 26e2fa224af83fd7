#include "certs/session_store.hpp"

#include <openssl/ssl.h>

#include <list>
#include <unordered_map>
#include <vector>

namespace katydid::certs {
namespace {

constexpr std::size_t sessions_per_key_max = 4;

struct SessionFree {
    void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
};
using Session = std::unique_ptr<SSL_SESSION, SessionFree>;

}  // namespace

struct SessionStore::State {
    struct Entry {
        std::string key;
        std::vector<Session> sessions;  ///< newest last
    };

    void put(const std::string& key, Session session);
    Session take(const std::string& key);

    std::size_t keys_max = 0;
    std::list<Entry> entries;  ///< used last first
    std::unordered_map<std::string, std::list<Entry>::iterator> places;
};

void SessionStore::State::put(const std::string& key, Session session)
{
    const auto [place, is_new] = places.try_emplace(key);
    if (is_new) {
        entries.push_front({key, {}});
        place->second = entries.begin();
    }
    auto& sessions = place->second->sessions;
    if (sessions.size() >= sessions_per_key_max) sessions.erase(sessions.begin());
    sessions.push_back(std::move(session));
    entries.splice(entries.begin(), entries, place->second);
    if (entries.size() <= keys_max) return;
    places.erase(entries.back().key);
    entries.pop_back();
}

Session SessionStore::State::take(const std::string& key)
{
    const auto place = places.find(key);
    if (place == places.end()) return nullptr;
    auto& sessions = place->second->sessions;
    auto session = std::move(sessions.back());
    sessions.pop_back();
    if (sessions.empty()) {
        entries.erase(place->second);
        places.erase(place);
    }
    return session;
}

/// What hangs on a connection: where its sessions go. Freed with it.
struct SessionStore::Tie {
    std::weak_ptr<State> state;
    std::string key;

    static int index();
    static void free(void*, void* tie, CRYPTO_EX_DATA*, int, long, void*);
    static int on_session(SSL* connection, SSL_SESSION* session);
};

void SessionStore::Tie::free(void*, void* tie, CRYPTO_EX_DATA*, int, long, void*)
{
    const std::unique_ptr<Tie> owned{static_cast<Tie*>(tie)};
}

int SessionStore::Tie::index()
{
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, &Tie::free);
    return index;
}

/// 1: we keep the reference that OpenSSL hands us.
int SessionStore::Tie::on_session(SSL* connection, SSL_SESSION* session)
{
    const auto* tie = static_cast<const Tie*>(SSL_get_ex_data(connection, index()));
    if (tie == nullptr) return 0;
    const auto state = tie->state.lock();
    if (!state || SSL_SESSION_is_resumable(session) != 1) return 0;
    state->put(tie->key, Session{session});
    return 1;
}

SessionStore::SessionStore(std::size_t keys_max) : state_{std::make_shared<State>()}
{
    state_->keys_max = std::max<std::size_t>(1, keys_max);
}

SessionStore::~SessionStore() = default;

void SessionStore::prepare(ssl_ctx_st* context)
{
    SSL_CTX_set_session_cache_mode(context,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(context, &Tie::on_session);
}

void SessionStore::attach(ssl_st* connection, std::string key)
{
    const auto session = state_->take(key);
    if (session) SSL_set_session(connection, session.get());
    auto tie = std::make_unique<Tie>(Tie{state_, std::move(key)});
    if (SSL_set_ex_data(connection, Tie::index(), tie.get()) == 1) (void)tie.release();
}

std::size_t SessionStore::size() const noexcept
{
    std::size_t count = 0;
    for (const auto& entry : state_->entries) count += entry.sessions.size();
    return count;
}

}  // namespace katydid::certs
