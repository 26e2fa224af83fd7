// Posts webhooks to the hub at a rate.
#pragma once

#include "examples/simulators/common/dice.hpp"
#include "examples/simulators/common/happening.hpp"
#include "examples/simulators/common/ledger.hpp"
#include "hub/core/async/asio.hpp"
#include "hub/http/client/client.hpp"
#include "signing/keys/key_ring.hpp"
#include "signing/schemes/scheme.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>
#include <string>

namespace katydid::simulators {

/// A webhook as its platform writes it, not yet signed.
struct Webhook {
    std::string id;
    std::string type;
    std::string subject;
    Headers headers;
    std::string body;
    signing::SchemePtr scheme;
    bool has_id_header = true;  ///< whether the id is sent in a header too
};

/// Where the simulators may go.
[[nodiscard]] http::EgressPolicy loopback_only();

struct PosterOptions {
    std::string url;  ///< of the hub's receiving route; empty: nothing is posted
    double per_second = 20;
    std::optional<std::uint64_t> count;  ///< how many to post; nullopt: until stopped
    std::uint64_t repeat_one_in = 0;     ///< one in so many is posted twice; 0: none
    std::uint64_t seed = 1;
    signing::KeyRing keys;
    std::size_t connections = 4;
    std::shared_ptr<certs::ClientTls> tls;  ///< null: the system's trust store
};

/// Takes webhooks from `next`, signs and posts them, and writes down what the hub said.
///
/// Like the real dispatcher it does not try a refused webhook again. At most
/// options.connections posts are under way; when the hub is slow, the rate falls.
/// Thread safety: none; one loop. Outlives its workers: await stopped() before destruction.
class Poster {
public:
    Poster(asio::any_io_executor executor, const Clock& clock, PosterOptions options,
           Ledger& ledger, std::function<Webhook()> next);

    /// Spawns the workers. Returns at once.
    void start();
    /// Posts so many more, to another hub or at another rate when given.
    void post_more(std::uint64_t count, std::string url, std::optional<double> per_second);
    /// Whether webhooks are still to be posted, or on their way.
    [[nodiscard]] bool is_busy() const { return !url_.empty() && (left_ != 0 || under_way_ != 0); }
    /// Ends the workers: posts under way are cut.
    void stop();

private:
    awaitable<> work();
    /// Waits for its turn at the rate. False: stopped.
    awaitable<bool> take_slot();
    awaitable<> post(const Webhook& webhook);

    asio::any_io_executor executor_;
    const Clock& clock_;
    PosterOptions options_;
    Ledger& ledger_;
    std::function<Webhook()> next_;
    http::Client client_;
    Dice dice_;
    std::string url_;
    std::optional<std::uint64_t> left_;
    std::size_t under_way_ = 0;
    SteadyTime slot_;
    asio::steady_timer more_;  ///< cancelled when there is more to post
    std::vector<std::unique_ptr<asio::cancellation_signal>> stops_;
    bool stopped_ = false;
};

}  // namespace katydid::simulators
