#include "examples/simulators/common/receiver.hpp"

#include "signing/verify.hpp"

#include <algorithm>
#include <chrono>

namespace katydid::simulators {
namespace {

using namespace std::chrono_literals;
constexpr auto slow_wait = 400ms;

}  // namespace

result<void> Receiver::set_mode(const boost::json::object& settings)
{
    auto done = mode_.set(settings);
    if (done) release();
    return done;
}

void Receiver::release()
{
    for (auto* timer : hanging_) timer->cancel();
}

awaitable<> Receiver::hang()
{
    const auto latest = clock_.steady_now() + hang_max;
    asio::steady_timer timer{executor_, std::min(mode_.ends_at().value_or(latest), latest)};
    hanging_.insert(&timer);
    const auto [ignored] = co_await timer.async_wait(use_tuple);
    static_cast<void>(ignored);
    hanging_.erase(&timer);
}

awaitable<> Receiver::be_slow()
{
    asio::steady_timer timer{executor_, slow_wait};
    const auto [ignored] = co_await timer.async_wait(use_tuple);
    static_cast<void>(ignored);
}

Answer Receiver::judge(const http::Request& request, const ReceiverRules& rules, Mode mode) const
{
    if (mode == Mode::down || mode == Mode::hang || rules.keys.keys.empty()) {
        auto response = http::Response::plain_error(503, "Service unavailable");
        response.close = mode == Mode::hang;
        return {std::move(response)};
    }
    const signing::RequestView view{
        request.method, request.target, {}, request.headers, request.body};
    const auto verdict = signing::verify(*rules.scheme, view, rules.keys, clock_.now());
    const auto* refusal = std::get_if<signing::Refusal>(&verdict);
    if (refusal != nullptr && refusal->reason != signing::RefusalReason::body_malformed)
        return {http::Response::plain_error(401, rules.wrong_signature)};
    if (mode == Mode::lost) {
        auto answer = rules.accept(request);
        answer.response = http::Response::plain_error(502, "Bad gateway");
        return answer;
    }
    if (mode == Mode::error || mode == Mode::wrong)
        return {http::Response::plain_error(500, rules.failed)};
    return rules.accept(request);
}

awaitable<http::Response> Receiver::receive(const http::Request& request,
                                            const ReceiverRules& rules)
{
    Mode mode = mode_.take();
    if (mode == Mode::mix) mode = roll(dice_);
    if (mode == Mode::hang) {
        co_await hang();
    } else if (mode == Mode::slow) {
        co_await be_slow();
    }
    auto answer = judge(request, rules, mode);
    if (answer.received) ledger_.add_received(std::move(*answer.received));
    else ledger_.add_refused(mode == Mode::hang ? 0 : answer.response.status);
    co_return std::move(answer.response);
}

}  // namespace katydid::simulators
