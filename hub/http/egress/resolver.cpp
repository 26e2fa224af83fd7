#include "hub/http/egress/resolver.hpp"

#include "hub/core/async/on_executor.hpp"
#include "hub/http/egress/dns_ttl.hpp"

#include <boost/asio/thread_pool.hpp>

#include <netdb.h>
#include <sys/socket.h>

#include <cstring>
#include <optional>

namespace katydid::http {
namespace {

using boost::asio::ip::address;
using Addresses = std::vector<address>;

constexpr std::size_t threads = 4;

std::optional<address> to_address(const sockaddr& any)
{
    if (any.sa_family == AF_INET) {
        sockaddr_in inner{};
        std::memcpy(&inner, &any, sizeof inner);
        return boost::asio::ip::address_v4{ntohl(inner.sin_addr.s_addr)};
    }
    if (any.sa_family == AF_INET6) {
        sockaddr_in6 inner{};
        std::memcpy(&inner, &any, sizeof inner);
        boost::asio::ip::address_v6::bytes_type bytes{};
        std::memcpy(bytes.data(), &inner.sin6_addr, bytes.size());
        return boost::asio::ip::address_v6{bytes, inner.sin6_scope_id};
    }
    return std::nullopt;
}

/// Blocks for as long as the system's configuration lets it.
result<Resolved> look_up(const std::string& host)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
    if (failed != 0)
        return Error{errc::resolve_failed,
                     "cannot resolve " + host + ": " + ::gai_strerror(failed)};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner{list, &::freeaddrinfo};
    Addresses addresses;
    for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next)
        if (const auto found = to_address(*entry->ai_addr)) addresses.push_back(*found);
    if (addresses.empty()) return Error{errc::resolve_failed, host + " has no address"};
    const auto ttl = ask_ttl(host, addresses.front().is_v6());
    return Resolved{std::move(addresses), ttl};
}

awaitable<result<Resolved>> look_up_in_place(std::string host) { co_return look_up(host); }

class SystemResolver final : public Resolver {
public:
    awaitable<result<Resolved>> resolve(std::string host) override
    {
        if (!pool_) pool_.emplace(threads);
        auto work = look_up_in_place(std::move(host));
        auto resolved = co_await on_executor(pool_->get_executor(), std::move(work));
        co_return resolved;
    }

    void stop() override
    {
        if (!pool_) return;
        pool_->stop();
        pool_->join();
    }

private:
    std::optional<boost::asio::thread_pool> pool_;  ///< made by the first name; joined by stop()
};

}  // namespace

std::shared_ptr<Resolver> make_system_resolver() { return std::make_shared<SystemResolver>(); }

}  // namespace katydid::http
