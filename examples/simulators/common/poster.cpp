#include "examples/simulators/common/poster.hpp"

#include "examples/simulators/common/json.hpp"
#include "hub/observe/log.hpp"
#include "signing/schemes/scheme_traits.hpp"
#include "signing/sign.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

#include <algorithm>
#include <chrono>

namespace katydid::simulators {
namespace {

using namespace std::chrono_literals;
constexpr auto post_time_max = 10s;

http::ClientOptions client_options(const PosterOptions& options)
{
    http::ClientOptions result;
    result.tls = options.tls;
    return result;
}

/// What the hub's `{"success":true,"id":"evt_…","duplicate":true}` says.
void read_answer(const http::ClientReply& reply, Posted& posted)
{
    posted.status = reply.status;
    const auto answer = parse_object(reply.body);
    if (!answer) return;
    posted.event = text_at(*answer, "id");
    const auto* duplicate = answer->if_contains("duplicate");
    posted.duplicate = duplicate != nullptr && duplicate->is_bool() && duplicate->get_bool();
}

}  // namespace

http::EgressPolicy loopback_only()
{
    return {{http::parse_network("127.0.0.0/8").value(), http::parse_network("::1/128").value()}};
}

Poster::Poster(asio::any_io_executor executor, const Clock& clock, PosterOptions options,
               Ledger& ledger, std::function<Webhook()> next)
    : executor_{executor},
      clock_{clock},
      options_{std::move(options)},
      ledger_{ledger},
      next_{std::move(next)},
      client_{executor, loopback_only(), client_options(options_)},
      dice_{options_.seed},
      url_{options_.url},
      left_{options_.count},
      slot_{clock.steady_now()},
      more_{executor, SteadyTime::max()}
{}

void Poster::start()
{
    for (std::size_t i = 0; i < options_.connections; ++i) {
        auto& stop = *stops_.emplace_back(std::make_unique<asio::cancellation_signal>());
        const auto on_end = [](const std::exception_ptr& exception) {
            if (exception) log::error("simulator.poster", describe(exception));
        };
        asio::co_spawn(executor_, work(), asio::bind_cancellation_slot(stop.slot(), on_end));
    }
}

void Poster::post_more(std::uint64_t count, std::string url, std::optional<double> per_second)
{
    left_ = left_.value_or(0) + count;
    if (!url.empty()) url_ = std::move(url);
    if (per_second) options_.per_second = *per_second;
    more_.cancel();
}

void Poster::stop()
{
    stopped_ = true;
    more_.cancel();
    for (const auto& stop : stops_) stop->emit(asio::cancellation_type::terminal);
    client_.close();
}

awaitable<bool> Poster::take_slot()
{
    while (!stopped_ && (url_.empty() || left_ == 0)) {
        const auto [ignored] = co_await more_.async_wait(use_tuple);
        static_cast<void>(ignored);
    }
    if (stopped_) co_return false;
    if (left_) --*left_;
    ++under_way_;
    const auto gap = std::chrono::duration_cast<SteadyTime::duration>(1s / options_.per_second);
    const auto turn = std::max(slot_, clock_.steady_now());
    slot_ = turn + gap;
    asio::steady_timer timer{executor_, turn};
    const auto [error] = co_await timer.async_wait(use_tuple);
    co_return !error;
}

awaitable<> Poster::work()
{
    co_await asio::this_coro::throw_if_cancelled(false);
    while (true) {
        const bool is_my_turn = co_await take_slot();
        if (!is_my_turn) co_return;
        const Webhook webhook = next_();
        co_await post(webhook);
        // Without an id a second copy is an event of its own (docs/signing.md, "The same event").
        const bool has_id = !signing::repeat_rule_of(*webhook.scheme).id.empty();
        const bool is_repeated = has_id && options_.repeat_one_in != 0
                                 && dice_.one_in(options_.repeat_one_in);
        if (is_repeated) co_await post(webhook);
        --under_way_;
    }
}

awaitable<> Poster::post(const Webhook& webhook)
{
    Posted posted{webhook.id, webhook.type, webhook.subject, 0, {}, false};
    http::ClientRequest request;
    request.url = url_;
    request.headers = webhook.headers;
    request.headers.push_back({"Content-Type", "application/json"});
    const std::string_view id = webhook.has_id_header ? std::string_view{webhook.id}
                                                      : std::string_view{};
    const signing::SignInput input{"POST",      url_, id, webhook.type, "application/json",
                                   webhook.body};
    auto proof = signing::sign(*webhook.scheme, input, options_.keys, clock_.now());
    if (!proof) throw Failure{proof.error()};
    for (auto& header : *proof) {
        if (find_header(request.headers, header.name) == nullptr)
            request.headers.push_back(std::move(header));
    }
    request.body = std::make_shared<const std::string>(webhook.body);
    const auto reply = co_await client_.send(std::move(request),
                                             Deadline::after(post_time_max, clock_));
    if (reply) read_answer(*reply, posted);
    else log::warn("simulator.post", reply.error().message, {{"url", url_}});
    ledger_.add_posted(std::move(posted));
}

}  // namespace katydid::simulators
