#include "hub/cli/client/hub_client.hpp"

#include "hub/core/codec/percent.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <optional>

namespace katydid::cli {

struct HubClient::Impl {
    explicit Impl(HubAddress address) : caller{loop.get_executor(), std::move(address)} {}

    awaitable<> ask(HubCall call) { answer = co_await caller.send(std::move(call)); }

    /// Until `done`, and no longer: pooled connections keep timers of their own.
    template <class Done>
    void run_until(Done done)
    {
        loop.restart();
        while (!done() && loop.run_one() > 0) {}
    }

    asio::io_context loop{1};
    HubCaller caller;
    std::optional<result<HubAnswer>> answer;
};

HubClient::HubClient(HubAddress address) : impl_{std::make_unique<Impl>(std::move(address))} {}

HubClient::~HubClient()
{
    impl_->caller.close();
    impl_->loop.restart();
    impl_->loop.poll();
}

const HubAddress& HubClient::address() const noexcept { return impl_->caller.address(); }

result<HubAnswer> HubClient::send(HubCall call)
{
    impl_->answer.reset();
    std::exception_ptr failure;
    bool ended = false;
    asio::co_spawn(impl_->loop, impl_->ask(std::move(call)), [&](std::exception_ptr thrown) {
        failure = std::move(thrown);
        ended = true;
    });
    impl_->run_until([&] { return ended; });
    if (failure) return Error{errc::internal, describe(failure)};
    return std::move(*impl_->answer);
}

void HubClient::pause(milliseconds time)
{
    boost::asio::steady_timer timer{impl_->loop, time};
    bool rung = false;
    timer.async_wait([&](const boost::system::error_code&) { rung = true; });
    impl_->run_until([&] { return rung; });
}

Query& Query::add(std::string_view name, std::string_view value)
{
    if (value.empty()) return *this;
    text_.append(text_.empty() ? "?" : "&").append(name).append("=").append(percent_encode(value));
    return *this;
}

}  // namespace katydid::cli
