// The receiver: many endpoints at one address, each with the behaviour a scenario gives it.
#pragma once

#include "bench/load/hmac.hpp"
#include "bench/load/ledger.hpp"
#include "bench/load/wire.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

namespace katydid::bench {

/// What an endpoint does with a complete request.
struct Behaviour {
    nanoseconds delay{0};   ///< before the answer
    double fail_ratio = 0;  ///< this share is answered with fail_status, at random
    unsigned fail_status = 500;
    bool hang = false;                           ///< never answers
    SteadyTime recovers_at = SteadyTime::max();  ///< from then on it only answers 204 at once
};

/// How deliveries are signed, and how to check them.
struct Verification {
    bool enabled = false;
    std::string prefix = "webhook-";  ///< of the headers …id, …timestamp, …signature
};

/// What one endpoint has seen.
struct EndpointCounts {
    std::uint64_t attempts = 0;   ///< complete requests
    std::uint64_t delivered = 0;  ///< answered with 2xx
    std::uint32_t in_flight = 0;
    std::uint32_t in_flight_max = 0;
};

/// An HTTP/1.1 server on a loopback port: endpoint e lives at /sink/e.
///
/// It tells the ledger of every delivery it answers with 2xx, when the request is complete, before
/// it answers. Hot path: one receive, one send, a HMAC, no allocation.
///
/// Thread safety: none; lives on one loop, the generator's, so that both share a clock.
class Sink {
public:
    Sink(asio::io_context& loop, Verification verification);
    ~Sink();

    [[nodiscard]] unsigned short port() const { return acceptor_.local_endpoint().port(); }
    [[nodiscard]] std::string url_of(unsigned endpoint) const;

    unsigned add_endpoint();  ///< \returns its number, from 0
    /// \param secret  whsec_… or raw: what the endpoint's deliveries must be signed with
    void set_secret(unsigned endpoint, const std::string& secret);
    void set_behaviour(unsigned endpoint, const Behaviour& behaviour);
    [[nodiscard]] const EndpointCounts& counts(unsigned endpoint) const
    {
        return endpoints_.at(endpoint).counts;
    }
    [[nodiscard]] std::size_t size() const noexcept { return endpoints_.size(); }
    /// Where the deliveries of a ledger's run are written down, until remove(). Those of other runs
    /// are answered and forgotten.
    void add(Ledger& ledger) { ledgers_.push_back(&ledger); }
    void remove(Ledger& ledger) { std::erase(ledgers_, &ledger); }
    [[nodiscard]] std::size_t connections() const noexcept { return connections_.size(); }

private:
    class Connection;
    struct Endpoint {
        std::optional<HmacSha256> key;
        Behaviour behaviour;
        EndpointCounts counts;
    };
    /// The parts of a request that matter here.
    struct Request {
        std::string_view target, id, timestamp, signature, body;
    };

    void accept();
    [[nodiscard]] Request parse(std::string_view head, std::string_view body) const;
    [[nodiscard]] Endpoint* find(std::string_view target, unsigned& index);
    [[nodiscard]] bool is_signed(const Endpoint& endpoint, const Request& request) const;
    void write_down(const Request& request, unsigned index);

    Verification verification_;
    std::string id_name_, timestamp_name_, signature_name_;
    asio::basic_socket_acceptor<tcp, asio::io_context::executor_type> acceptor_;
    std::vector<Endpoint> endpoints_;
    std::unordered_set<Connection*> connections_;  ///< they keep themselves alive
    std::vector<Ledger*> ledgers_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< gone with this sink
    std::minstd_rand random_{20'260'615};
};

}  // namespace katydid::bench
