#include "hub/http/egress/resolver.hpp"

#include "hub/core/async/on_executor.hpp"
#include "hub/core/async/start_thread.hpp"
#include "hub/http/egress/dns_ttl.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

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
    ~SystemResolver() override { stop(); }

    awaitable<result<Resolved>> resolve(std::string host) override
    {
        start_threads();
        auto work = look_up_in_place(std::move(host));
        auto resolved = co_await on_executor(io_.get_executor(), std::move(work));
        co_return resolved;
    }

    void stop() override
    {
        io_.stop();
        for (auto& thread : threads_) thread.join();
        threads_.clear();
    }

private:
    /// With the first name. Fewer threads than wanted will do; with none it throws Failure. (A
    /// boost::asio::thread_pool waits for ever for its first threads when a later one fails.)
    void start_threads()
    {
        if (!threads_.empty()) return;
        threads_.push_back(start_thread([this] { io_.run(); }));
        try {
            while (threads_.size() < threads)
                threads_.push_back(start_thread([this] { io_.run(); }));
        } catch (const Failure&) {
            return;
        }
    }

    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
        io_.get_executor()};
    std::vector<std::thread> threads_;  ///< joined by stop()
};

}  // namespace

std::shared_ptr<Resolver> make_system_resolver() { return std::make_shared<SystemResolver>(); }

}  // namespace katydid::http
