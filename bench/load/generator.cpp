#include "bench/load/generator.hpp"

#include "bench/load/scanner.hpp"
#include "bench/measure/process.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace katydid::bench {

namespace {

SteadyTime steady_now() noexcept { return std::chrono::steady_clock::now(); }

std::int64_t unix_now() noexcept { return std::time(nullptr); }

/// Timers closer than this are put together: one wake-up then sends several requests.
constexpr auto pace_step = 100us;
constexpr auto reconnect_after = 20ms;
/// Over these a result is the generator's as much as the target's.
constexpr double own_cpu_share_max = 0.9;
constexpr auto lateness_max = 5ms;

}  // namespace

double LoadResult::per_second() const noexcept
{
    const auto seconds = std::chrono::duration<double>(measured).count();
    return seconds > 0 ? static_cast<double>(accepted_measured) / seconds : 0;
}

std::string LoadResult::find_bottleneck() const
{
    const auto wall = std::chrono::duration<double>(measured).count();
    const auto cpu = std::chrono::duration<double>(own_cpu).count();
    if (wall > 0 && cpu / wall > own_cpu_share_max)
        return "the generator used " + std::to_string(static_cast<int>(100 * cpu / wall))
               + " % of a core: the target may be faster than this";
    if (lateness.percentile(99) > lateness_max)
        return "the generator's timer was late by " + std::to_string(lateness.percentile(99) / 1us)
               + " us at p99: latencies include that";
    return {};
}

/// One keep-alive connection with at most one request on it. Kept alive by its own handlers.
class Generator::Connection : public std::enable_shared_from_this<Connection> {
public:
    explicit Connection(Generator& owner)
        : owner_{&owner},
          socket_{owner.loop_},
          timer_{owner.loop_}
    {}

    void connect()
    {
        boost::system::error_code ignored;
        socket_.close(ignored);
        socket_.async_connect(owner_->options_.target, [self = shared_from_this()](auto error) {
            if (self->owner_ == nullptr) return;
            if (error) return self->connect_later();
            self->socket_.set_option(tcp::no_delay{true});
            self->socket_.non_blocking(true);
            self->owner_->on_idle(self, steady_now());
        });
    }

    void start(const Work& work)
    {
        work_ = work;
        busy_ = true;
        ++owner_->busy_;
        ++owner_->result_.sent;
        if (owner_->ledger_ != nullptr) owner_->ledger_->sent(work.number, work.intended);
        owner_->requests_.write(work.number, owner_->unix_seconds_, out_);
        in_.clear();
        scanner_.reset();
        // The socket's buffer nearly always takes the request at once; the loop is asked only
        // when it does not.
        boost::system::error_code error;
        const auto written = socket_.write_some(asio::buffer(out_), error);
        if (error && error != asio::error::would_block) return fail();
        if (written < out_.size()) return write_rest(error ? 0 : written);
        read();
    }

    /// The generator is about to go: no handler may call it any more.
    void abandon()
    {
        owner_ = nullptr;
        boost::system::error_code ignored;
        socket_.close(ignored);
        timer_.cancel();
    }

private:
    void connect_later()
    {
        ++owner_->result_.failures;
        timer_.expires_after(reconnect_after);
        timer_.async_wait([self = shared_from_this()](auto error) {
            if (!error && self->owner_ != nullptr) self->connect();
        });
    }

    void write_rest(std::size_t written)
    {
        asio::async_write(socket_, asio::buffer(out_) + written,
                          [self = shared_from_this()](auto error, auto) {
                              if (self->owner_ == nullptr) return;
                              if (error) return self->fail();
                              self->read();
                          });
    }

    void read()
    {
        socket_.async_read_some(in_.space(scanner_.size_wanted()),
                                [self = shared_from_this()](auto error, std::size_t count) {
                                    if (self->owner_ != nullptr) self->on_read(error, count);
                                });
    }

    void on_read(const boost::system::error_code& error, std::size_t count)
    {
        in_.commit(count);
        const auto progress = error == asio::error::eof ? scanner_.end_of_stream()
                              : error                   ? MessageScanner::Progress::broken
                                                        : scanner_.scan(in_.view());
        if (progress == MessageScanner::Progress::more) return read();
        if (progress == MessageScanner::Progress::broken) return fail();
        if (scanner_.status() < 200) {  // an interim answer: the final one follows
            in_.consume(scanner_.size());
            scanner_.reset();
            return in_.view().empty() ? read() : on_read({}, 0);
        }
        busy_ = false;
        --owner_->busy_;
        const auto now = steady_now();
        owner_->on_answer(work_, scanner_.status(), now);
        if (scanner_.closes() || error) return connect();
        owner_->on_idle(shared_from_this(), now);
    }

    void fail()
    {
        busy_ = false;
        --owner_->busy_;
        owner_->on_failure(work_);
        connect_later();
    }

    Generator* owner_;
    Socket socket_;
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               asio::io_context::executor_type>
        timer_;
    Work work_;
    std::string out_;
    InputBuffer in_;
    MessageScanner scanner_;
    bool busy_ = false;
};

Generator::Generator(asio::io_context& loop, const LoadOptions& options, const Requests& requests,
                     Ledger* ledger)
    : loop_{loop},
      options_{options},
      requests_{requests},
      ledger_{ledger},
      next_{options.first_number},
      interval_ns_{options.per_second > 0 ? 1e9 / options.per_second : 0},
      pace_{loop}
{}

Generator::~Generator()
{
    for (const auto& connection : connections_) connection->abandon();
}

SteadyTime Generator::intended(std::uint32_t number) const noexcept
{
    const auto offset = static_cast<double>(number - options_.first_number) * interval_ns_;
    return start_ + nanoseconds{static_cast<std::int64_t>(offset)};
}

bool Generator::take(SteadyTime now, Work& work)
{
    if (!again_.empty()) {
        work = again_.front();
        again_.pop_front();
        return true;
    }
    if (stopped_ || next_ - options_.first_number >= options_.count_max) return false;
    if (options_.outstanding_max > 0 && ledger_->outstanding() >= options_.outstanding_max)
        return false;
    const auto at = interval_ns_ > 0 ? intended(next_) : now;
    if (at > now || at >= end_) return false;
    work = {next_++, at};
    return true;
}

void Generator::pump(SteadyTime now)
{
    if (!measuring_ && now >= measured_from_) begin_measuring(now);
    Work work;
    while (!idle_.empty() && take(now, work)) {
        auto* connection = idle_.front();
        idle_.pop_front();
        connection->start(work);
    }
    if (interval_ns_ > 0 && !idle_.empty() && !stopped_)
        arm(std::max(intended(next_), now + pace_step));
}

void Generator::arm(SteadyTime at)
{
    if (armed_ || at >= end_) return;
    armed_ = true;
    pace_.expires_at(at);
    pace_.async_wait([this, at](auto error) {
        if (error) return;  // cancelled: this generator is gone
        armed_ = false;
        const auto now = steady_now();
        if (measuring_) result_.lateness.record(now - at);
        pump(now);
    });
}

void Generator::on_idle(const std::shared_ptr<Connection>& connection, SteadyTime now)
{
    idle_.push_back(connection.get());
    pump(now);
}

void Generator::on_answer(const Work& work, unsigned status, SteadyTime now)
{
    ++result_.answered;
    ++result_.statuses[status];
    last_answer_ = now;
    if (status < 200 || status > 299) {
        if (options_.resend) again_.push_back(work);
        return;
    }
    ++result_.accepted;
    if (ledger_ != nullptr) ledger_->accepted(work.number, now);
    second_.record(now - work.intended);
    if (work.intended < measured_from_) return;
    ++result_.accepted_measured;
    result_.latency.record(now - work.intended);
}

void Generator::on_failure(const Work& work)
{
    ++result_.failures;
    if (options_.resend) again_.push_back(work);
}

void Generator::begin_measuring(SteadyTime now)
{
    measuring_ = true;
    measured_from_ = std::max(measured_from_, now);
    cpu_at_start_ = own_thread_cpu();
    if (ledger_ != nullptr) ledger_->measure_from(measured_from_);
}

awaitable<LoadResult> Generator::run()
{
    start_ = steady_now();
    measured_from_ = start_ + options_.warm_up;
    if (ledger_ != nullptr) ledger_->measure_from(measured_from_);
    end_ = start_ + options_.duration;
    last_answer_ = start_;
    unix_seconds_ = unix_now();
    if (options_.outstanding_max > 0)
        ledger_->on_progress = [this] {
            if (!idle_.empty()) pump(steady_now());
        };
    for (unsigned i = 0; i < options_.connections; ++i) {
        connections_.push_back(std::make_shared<Connection>(*this));
        connections_.back()->connect();
    }
    co_await wait_for_end();
    result_.unanswered = busy_;
    if (interval_ns_ > 0 && !stopped_) {
        const auto due = static_cast<std::uint64_t>(
            options_.per_second * std::chrono::duration<double>(options_.duration).count());
        const auto begun = static_cast<std::uint64_t>(next_ - options_.first_number);
        result_.never_sent = std::min<std::uint64_t>(due, options_.count_max)
                             - std::min(begun, due);
    }
    result_.measured = last_answer_ - measured_from_;
    result_.own_cpu = own_thread_cpu() - cpu_at_start_;
    result_.bottleneck = result_.find_bottleneck();
    stopped_ = true;
    if (ledger_ != nullptr) ledger_->on_progress = nullptr;
    pace_.cancel();
    for (const auto& connection : connections_) connection->abandon();
    connections_.clear();
    idle_.clear();
    // One turn of the loop, so that the pace timer's last handler has run before we may be gone.
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
    co_return std::move(result_);
}

awaitable<> Generator::wait_for_end()
{
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor};
    SteadyTime give_up = end_ + options_.drain;
    for (;;) {
        timer.expires_after(10ms);
        const auto [error] = co_await timer.async_wait(use_tuple);
        if (error) co_return;
        unix_seconds_ = unix_now();
        const auto now = steady_now();
        const bool sent_all = stopped_ || now >= end_
                              || next_ - options_.first_number >= options_.count_max;
        if (sent_all) give_up = std::min(give_up, now + options_.drain);
        if (sent_all && busy_ == 0 && again_.empty()) co_return;
        if (sent_all && now >= give_up) co_return;
    }
}

}  // namespace katydid::bench
