#include "bench/sink/sink.hpp"

#include "bench/load/requests.hpp"
#include "bench/load/scanner.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <charconv>
#include <ctime>

namespace katydid::bench {

namespace {

constexpr std::string_view path_prefix = "/sink/";
constexpr std::string_view answer_ok = "HTTP/1.1 204 No Content\r\n\r\n";
constexpr std::string_view answer_not_found = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

std::string failure_answer(unsigned status)
{
    return "HTTP/1.1 " + std::to_string(status) + " No\r\nContent-Length: 0\r\n\r\n";
}

/// Whether a list of signatures ("v1,AAA v1,BBB") holds this one.
bool holds(std::string_view list, std::string_view wanted) noexcept
{
    while (!list.empty()) {
        const auto item = list.substr(0, list.find(' '));
        if (item.starts_with("v1,") && item.substr(3) == wanted) return true;
        list.remove_prefix(std::min(list.size(), item.size() + 1));
    }
    return false;
}

bool is_recent(std::string_view timestamp) noexcept
{
    std::int64_t seconds = 0;
    std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
    return std::abs(std::time(nullptr) - seconds) <= 300;
}

}  // namespace

/// One connection of the target's; requests are answered one after another.
class Sink::Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(Sink& owner, Socket socket)
        : owner_{&owner},
          socket_{std::move(socket)},
          timer_{socket_.get_executor()}
    {
        owner_->connections_.insert(this);
    }
    ~Connection()
    {
        if (owner_ == nullptr) return;
        leave();
        owner_->connections_.erase(this);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void read()
    {
        socket_.async_read_some(in_.space(scanner_.size_wanted()),
                                [self = shared_from_this()](auto error, std::size_t count) {
                                    if (error || self->owner_ == nullptr) return;
                                    self->in_.commit(count);
                                    self->serve();
                                });
    }

    void abandon()
    {
        owner_ = nullptr;
        boost::system::error_code ignored;
        socket_.close(ignored);
        timer_.cancel();
    }

private:
    /// Answers what is complete in the buffer, and reads on unless an answer has to wait.
    void serve()
    {
        for (;;) {
            const auto progress = scanner_.scan(in_.view());
            if (progress == MessageScanner::Progress::broken) return;
            if (progress == MessageScanner::Progress::more) return read();
            const auto answer = take_request();
            in_.consume(scanner_.size());
            scanner_.reset();
            if (answer.empty()) return read();  // hanging: later requests here hang as well
            if (delay_ > nanoseconds{0}) return send_later(answer);
            if (!send(answer)) return;
        }
    }

    /// Judges the request at the front. Empty: no answer is to be sent.
    std::string_view take_request()
    {
        const auto bytes = in_.view();
        std::string unchunked;
        const auto head = bytes.substr(0, scanner_.head_bytes());
        auto body = bytes.substr(head.size(), scanner_.size() - head.size());
        if (scanner_.is_chunked()) body = unchunked = scanner_.body(bytes);
        const auto request = owner_->parse(head, body);
        unsigned index = 0;
        delay_ = nanoseconds{0};
        auto* endpoint = owner_->find(request.target, index);
        if (endpoint == nullptr) return answer_not_found;
        enter(*endpoint);
        const auto& behaviour = endpoint->behaviour;
        const bool recovered = behaviour.recovers_at <= std::chrono::steady_clock::now();
        if (!recovered && behaviour.hang) return {};
        if (!recovered) delay_ = behaviour.delay;
        if (!recovered && behaviour.fail_ratio > 0
            && std::generate_canonical<double, 24>(owner_->random_) < behaviour.fail_ratio) {
            failure_ = failure_answer(behaviour.fail_status);
            return failure_;
        }
        if (!owner_->is_signed(*endpoint, request)) {
            for (auto* ledger : owner_->ledgers_) ledger->bad_signature();
            return failure_ = failure_answer(401);
        }
        ++endpoint->counts.delivered;
        owner_->write_down(request, index);
        return answer_ok;
    }

    void send_later(std::string_view answer)
    {
        timer_.expires_after(delay_);
        timer_.async_wait([self = shared_from_this(), answer](auto error) {
            if (error || self->owner_ == nullptr) return;
            if (self->send(answer)) self->serve();
        });
    }

    bool send(std::string_view answer)
    {
        leave();
        boost::system::error_code error;
        socket_.write_some(asio::buffer(answer), error);  // an answer fits the empty send buffer
        return !error;
    }

    void enter(Endpoint& endpoint)
    {
        leave();
        auto& counts = endpoint.counts;
        ++counts.attempts;
        counts.in_flight_max = std::max(counts.in_flight_max, ++counts.in_flight);
        at_ = static_cast<std::size_t>(&endpoint - owner_->endpoints_.data());
    }

    void leave()
    {
        if (at_ == nowhere) return;
        --owner_->endpoints_[at_].counts.in_flight;
        at_ = nowhere;
    }

    static constexpr auto nowhere = static_cast<std::size_t>(-1);

    Sink* owner_;
    Socket socket_;
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               asio::io_context::executor_type>
        timer_;
    InputBuffer in_{4096};
    MessageScanner scanner_;
    std::string failure_;
    nanoseconds delay_{0};
    std::size_t at_ = nowhere;  ///< the endpoint whose request is being answered
};

Sink::Sink(asio::io_context& loop, Verification verification)
    : verification_{std::move(verification)},
      id_name_{verification_.prefix + "id"},
      timestamp_name_{verification_.prefix + "timestamp"},
      signature_name_{verification_.prefix + "signature"},
      acceptor_{loop, {asio::ip::address_v4::loopback(), 0}}
{
    accept();
}

Sink::~Sink()
{
    for (auto* connection : connections_) connection->abandon();
}

std::string Sink::url_of(unsigned endpoint) const
{
    return "http://127.0.0.1:" + std::to_string(port()) + std::string{path_prefix}
           + std::to_string(endpoint);
}

unsigned Sink::add_endpoint()
{
    endpoints_.emplace_back();
    return static_cast<unsigned>(endpoints_.size() - 1);
}

void Sink::set_secret(unsigned endpoint, const std::string& secret)
{
    endpoints_.at(endpoint).key.emplace(key_of_secret(secret));
}

void Sink::set_behaviour(unsigned endpoint, const Behaviour& behaviour)
{
    endpoints_.at(endpoint).behaviour = behaviour;
}

void Sink::accept()
{
    acceptor_.async_accept([this, alive = std::weak_ptr{alive_}](auto error, auto socket) {
        if (alive.expired()) return;
        if (!error) {
            Socket accepted{std::move(socket)};
            accepted.set_option(tcp::no_delay{true});
            accepted.non_blocking(true);
            std::make_shared<Connection>(*this, std::move(accepted))->read();
        }
        accept();
    });
}

Sink::Request Sink::parse(std::string_view head, std::string_view body) const
{
    Request request;
    request.body = body;
    const auto begin = head.find(' ') + 1;
    request.target = head.substr(begin, head.find(' ', begin) - begin);
    for_each_header(head, [&](std::string_view name, std::string_view value) {
        if (equals_ignoring_case(name, id_name_)) request.id = value;
        else if (equals_ignoring_case(name, timestamp_name_)) request.timestamp = value;
        else if (equals_ignoring_case(name, signature_name_)) request.signature = value;
    });
    return request;
}

Sink::Endpoint* Sink::find(std::string_view target, unsigned& index)
{
    if (!target.starts_with(path_prefix)) return nullptr;
    target.remove_prefix(path_prefix.size());
    std::from_chars(target.data(), target.data() + target.size(), index);
    return index < endpoints_.size() ? &endpoints_[index] : nullptr;
}

bool Sink::is_signed(const Endpoint& endpoint, const Request& request) const
{
    if (!verification_.enabled) return true;
    if (!endpoint.key) return false;
    const auto digest = endpoint.key->sign({request.id, ".", request.timestamp, ".", request.body});
    std::array<char, base64_chars> expected;
    write_base64(digest, expected.data());
    return holds(request.signature, {expected.data(), expected.size()})
           && is_recent(request.timestamp);
}

void Sink::write_down(const Request& request, unsigned index)
{
    Marker marker;
    if (ledgers_.empty() || !find_marker(request.body, marker)) return;
    for (auto* ledger : ledgers_)
        if (ledger->run() == marker.run)
            ledger->delivered(marker.number, index, request.id, std::chrono::steady_clock::now());
}

}  // namespace katydid::bench
