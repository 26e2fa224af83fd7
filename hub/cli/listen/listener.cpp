#include "hub/cli/listen/listener.hpp"

#include "hub/cli/client/session.hpp"
#include "hub/cli/listen/screen_display.hpp"
#include "hub/cli/listen/sign_anew.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/core/codec/utf8.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <unistd.h>

#include <algorithm>

namespace katydid::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t answer_bytes_max = 16 * 1024;
constexpr milliseconds goodbye_time{1'000};

/// The beginning of an answer as text that JSON can carry.
std::string as_text(const std::string& body)
{
    auto text = body.substr(0, answer_bytes_max);
    for (int cut = 0; cut < 3 && !is_utf8(text) && !text.empty(); ++cut) text.pop_back();
    return as_utf8(text);
}

std::string said_of(const std::vector<Forward>& forwards)
{
    if (forwards.empty()) return "shown only";
    std::string text;
    for (const auto& each : forwards)
        text += (text.empty() ? "" : ", ") + (each.pattern == "*" ? "" : each.pattern + " ")
                + each.url;
    return text;
}

/// What the hub records as the attempt.
json::object members_of(const Try& result)
{
    json::object members;
    if (result.status != 0)
        members["status"] = result.status >= 200 && result.status <= 299
                                ? result.status
                                : std::clamp(result.status, 300U, 599U);
    if (!result.answer.empty()) members["body"] = result.answer;
    if (!result.error.empty()) members["reason"] = result.error;
    return members;
}

class Listener {
public:
    Listener(const HubAddress& address, const ListenOptions& options, const Terminal& terminal)
        : options_{options},
          signals_{loop_, SIGINT, SIGTERM, SIGHUP}
    {
        for (const auto& forward : options.forwards)
            servers_.push_back(
                std::make_unique<LocalServer>(loop_.get_executor(), forward.url, options.server));
        make_consumer(address);
        make_display(address, terminal);
    }

    void run()
    {
        spawn(consumer_->run(), true);
        spawn(consumer_->renew(), false);
        spawn(wait_for_signal(), false);
        if (screen_ != nullptr) {
            spawn(screen_->read_keys(), false);
            spawn(screen_->follow_size(), false);
        }
        while (!has_ended_ && loop_.run_one() > 0) {}
        for (auto& server : servers_) server->close();
        consumer_->caller().close();
        if (screen_ != nullptr) screen_->close();
        loop_.poll();
        display_.reset();
        if (failure_) std::rethrow_exception(failure_);
        if (is_interrupted_) throw CommandEnd{interrupted, {}};
    }

private:
    void make_consumer(const HubAddress& address)
    {
        StreamConsumer::Callbacks callbacks;
        callbacks.on_delivery = [this](const json::value& frame) { take(frame); };
        callbacks.on_connected = [this] { display_->connected(); };
        callbacks.on_trouble = [this](const std::string& sentence) { display_->trouble(sentence); };
        callbacks.ask_key = [this](const std::string& sentence) {
            return screen_ == nullptr ? std::string{} : screen_->ask_key(sentence);
        };
        auto stream = options_.stream;
        if (options_.count > 0) stream.credit = 1;
        consumer_ = std::make_unique<StreamConsumer>(loop_.get_executor(), address,
                                                     std::move(stream), std::move(callbacks));
    }

    void make_display(const HubAddress& address, const Terminal& terminal)
    {
        const auto forward = said_of(options_.forwards);
        const bool has_screen = !options_.json && !options_.lines && options_.count == 0
                                && terminal.out && ::isatty(STDIN_FILENO) == 1;
        if (!has_screen) {
            const auto where = options_.forwards.empty() ? std::string{"shown here"}
                                                         : "forwarded to " + forward;
            display_ = make_lines(
                {address.url, where, options_.json, terminal.colour, !options_.forwards.empty()});
            return;
        }
        ScreenDisplay::Callbacks callbacks;
        callbacks.quit = [this] { stop(); };
        callbacks.again = [this](Row row) {
            screen_->wait(row.number);
            spawn(hand_over(row.number, std::move(row.webhook)), false);
        };
        callbacks.edited = [this](Row row, std::string payload) {
            spawn(edited(std::move(row), std::move(payload)), false);
        };
        callbacks.pause = [this](bool is_paused) { consumer_->pause(is_paused); };
        ListenLook look{address.url, forward, terminal.colour};
        auto screen = std::make_unique<ScreenDisplay>(loop_.get_executor(), std::move(look),
                                                      std::move(callbacks));
        screen_ = screen.get();
        display_ = std::move(screen);
    }

    /// \param is_main  when it ends, so does everything
    void spawn(awaitable<void> work, bool is_main)
    {
        auto on_end = [this, is_main](std::exception_ptr failure) {
            if (failure && !failure_ && !is_stopping_) failure_ = failure;
            has_ended_ = has_ended_ || is_main || failure_;
        };
        if (is_main)
            asio::co_spawn(loop_, std::move(work),
                           asio::bind_cancellation_slot(cancelled_.slot(), std::move(on_end)));
        else asio::co_spawn(loop_, std::move(work), std::move(on_end));
    }

    /// Gives back what is in hand, and waits for that no longer than a moment.
    void stop()
    {
        if (std::exchange(is_stopping_, true)) return;
        consumer_->stop();
        goodbye_.expires_after(goodbye_time);
        goodbye_.async_wait([this](const boost::system::error_code& error) {
            if (!error) cancelled_.emit(asio::cancellation_type::terminal);
        });
    }

    awaitable<void> wait_for_signal()
    {
        const auto [error, number] = co_await signals_.async_wait(use_tuple);
        if (error) co_return;
        is_interrupted_ = true;
        stop();
    }

    void take(const json::value& frame)
    {
        auto webhook = read_webhook(frame);
        const auto number = display_->begin(webhook);
        spawn(handle(number, frame, std::move(webhook)), false);
    }

    awaitable<void> handle(std::uint64_t number, json::value frame, Webhook webhook)
    {
        auto headers = webhook.headers;
        auto result = co_await try_locally(webhook.type, std::move(headers), webhook.payload);
        result.attempt = webhook.attempt;
        const bool was_asked = forward_for(options_.forwards, webhook.type) != nullptr;
        const bool is_good = !was_asked || (result.status >= 200 && result.status <= 299);
        consumer_->answer(webhook.delivery, is_good, members_of(result));
        display_->end(number, frame, std::move(result));
        if (++handled_ == options_.count) stop();
    }

    awaitable<Try> try_locally(std::string type, Headers headers, std::string payload)
    {
        Try result;
        result.at = system_clock().now();
        const auto* const forward = forward_for(options_.forwards, type);
        if (forward == nullptr) co_return result;
        auto& server = *servers_[static_cast<std::size_t>(forward - options_.forwards.data())];
        auto answer = co_await server.post(std::move(headers), std::move(payload));
        result.status = answer.status;
        result.answer = as_text(answer.body);
        result.error = std::move(answer.error);
        result.remedy = std::move(answer.remedy);
        result.duration = answer.duration;
        co_return result;
    }

    /// Between the person and the local server: the hub hears nothing of it.
    awaitable<void> hand_over(std::uint64_t number, Webhook webhook)
    {
        auto result = co_await try_locally(webhook.type, webhook.headers, webhook.payload);
        screen_->end(number, {}, std::move(result));
    }

    awaitable<void> edited(Row row, std::string payload)
    {
        auto webhook = std::move(row.webhook);
        webhook.payload = std::move(payload);
        const auto source = webhook.source;
        std::string trouble;
        if (options_.secret.empty())
            trouble = "It has the old signature: --secret-env names the secret to sign anew.";
        else {
            auto found = co_await scheme_of(source);
            const auto* forward = forward_for(options_.forwards, webhook.type);
            const auto url = forward == nullptr ? std::string{} : forward->url;
            const auto now = system_clock().now();
            auto fresh = found ? sign_anew(webhook, **found, options_.secret, url, now)
                               : result<Webhook>{found.error()};
            if (fresh) webhook = std::move(*fresh);
            else trouble = "It has the old signature: " + fresh.error().message;
        }
        const auto number = screen_->begin_edited(webhook);
        co_await hand_over(number, std::move(webhook));
        if (!trouble.empty()) screen_->say(std::move(trouble));
    }

    awaitable<result<signing::SchemePtr>> scheme_of(std::string source)
    {
        HubCall call{"GET", "/v1/sources/" + percent_encode(source), {}, {}};
        const auto answer = co_await consumer_->caller().send(std::move(call));
        if (!answer) co_return answer.error();
        const auto* schemes = value_at(answer->json, "schemes").if_array();
        if (answer->status != 200 || schemes == nullptr || schemes->empty())
            co_return Error{errc::not_found,
                            "the hub does not say how the source signs: " + sentence_of(*answer)};
        auto scheme = signing::find_scheme(cell_text(schemes->front()));
        if (!scheme) co_return Error{errc::not_found, "its scheme is not one of the catalog"};
        co_return scheme;
    }

    const ListenOptions& options_;
    asio::io_context loop_{1};
    asio::signal_set signals_;
    asio::steady_timer goodbye_{loop_};
    asio::cancellation_signal cancelled_;
    std::vector<std::unique_ptr<LocalServer>> servers_;  ///< as options_.forwards
    std::unique_ptr<StreamConsumer> consumer_;
    std::unique_ptr<Display> display_;
    ScreenDisplay* screen_ = nullptr;  ///< display_, where it is one
    std::size_t handled_ = 0;
    bool is_stopping_ = false;
    bool is_interrupted_ = false;
    bool has_ended_ = false;
    std::exception_ptr failure_;
};

}  // namespace

void listen(const HubAddress& address, const ListenOptions& options, const Terminal& terminal)
{
    Listener listener{address, options, terminal};
    listener.run();
}

}  // namespace katydid::cli
