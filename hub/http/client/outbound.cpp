#include "hub/http/client/outbound_buffer.hpp"

#include <openssl/ssl.h>

#include <algorithm>

namespace katydid::http {
namespace {

constexpr std::size_t connections_per_key_max = 64;  ///< that are idle
constexpr std::size_t connections_max = 1'024;

}  // namespace

Outbound::Outbound(Watchdog& dog, boost::asio::ip::tcp::socket socket, std::string pool_key)
    : transport{std::move(socket)},
      key{std::move(pool_key)},
      buffer{std::make_unique<Buffer>()},
      watch{dog, [this] { on_expire(); }}
{}

Outbound::~Outbound()
{
    // Without this OpenSSL would not resume the session of a connection that is just closed.
    if (auto* tls = transport.tls()) SSL_set_shutdown(tls->native_handle(), SSL_SENT_SHUTDOWN);
}

void Outbound::on_expire()
{
    if (pool != nullptr) pool->drop(*this);
    else transport.cancel();
}

std::unique_ptr<Outbound> Pool::take(const std::string& key)
{
    const auto found = idle_.find(key);
    if (found == idle_.end()) return nullptr;
    auto& connections = found->second;
    while (!connections.empty()) {
        auto connection = std::move(connections.back());
        connections.pop_back();
        --size_;
        connection->pool = nullptr;
        connection->watch.clear();
        if (!connection->transport.is_quiet()) continue;
        connection->reused = true;
        return connection;
    }
    return nullptr;
}

void Pool::give(std::unique_ptr<Outbound> connection)
{
    if (closed_ || size_ >= connections_max) return;
    forget_empty();
    auto& connections = idle_[connection->key];
    if (connections.size() >= connections_per_key_max) return;
    connection->pool = this;
    connection->limit(std::chrono::steady_clock::now() + idle_timeout_);
    connections.push_back(std::move(connection));
    ++size_;
}

void Pool::drop(Outbound& connection)
{
    const auto found = idle_.find(connection.key);
    if (found == idle_.end()) return;
    auto& connections = found->second;
    const auto place = std::find_if(connections.begin(), connections.end(),
                                    [&](const auto& each) { return each.get() == &connection; });
    if (place == connections.end()) return;
    --size_;
    const auto owned = std::move(*place);
    connections.erase(place);
    if (connections.empty()) idle_.erase(found);
}

/// Keys whose connections were taken and never came back.
void Pool::forget_empty()
{
    constexpr std::size_t spare = 64;
    if (idle_.size() <= 2 * size_ + spare) return;
    std::erase_if(idle_, [](const auto& entry) { return entry.second.empty(); });
}

void Pool::close()
{
    closed_ = true;
    idle_.clear();
    size_ = 0;
}

}  // namespace katydid::http
