#include "hub/cli/listen/screen_display.hpp"

#include "hub/cli/terminal/prompt.hpp"
#include "hub/core/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <ctime>
#include <iostream>

namespace katydid::cli {
namespace {

constexpr milliseconds frame_time{16};
constexpr milliseconds escape_time{50};  ///< an escape sequence comes at once

std::chrono::seconds offset_from_utc()
{
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    return std::chrono::seconds{local.tm_gmtoff};
}

/// The terminal opened once more: Asio makes what it reads non-blocking, and the standard input is
/// shared with the shell, the editor and the output.
int open_terminal()
{
    const char* const name = ::ttyname(STDIN_FILENO);
    const int file = name == nullptr ? -1 : ::open(name, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (file < 0) throw Failure{{errc::invalid_argument, "the terminal cannot be opened"}};
    return file;
}

}  // namespace

ScreenDisplay::ScreenDisplay(asio::any_io_executor executor, ListenLook look, Callbacks callbacks)
    : look_{std::move(look)},
      callbacks_{std::move(callbacks)},
      input_{executor, open_terminal()},
      resized_{executor, SIGWINCH},
      frame_{executor}
{
    look_.utc_offset = offset_from_utc();
    model_.set_connection(false, "");
    draw();
}

void ScreenDisplay::connected()
{
    model_.set_connection(true, "");
    draw_soon();
}

void ScreenDisplay::trouble(const std::string& sentence)
{
    model_.set_connection(false, sentence);
    draw_soon();
}

std::uint64_t ScreenDisplay::begin(Webhook webhook)
{
    const auto number = model_.begin(std::move(webhook), system_clock().now());
    wait(number);
    return number;
}

std::uint64_t ScreenDisplay::begin_edited(Webhook webhook)
{
    const auto number = model_.begin_edited(std::move(webhook), system_clock().now());
    wait(number);
    return number;
}

void ScreenDisplay::wait(std::uint64_t number)
{
    model_.wait(number);
    draw_soon();
}

void ScreenDisplay::end(std::uint64_t number, const boost::json::value&, Try result)
{
    model_.end(number, std::move(result));
    draw_soon();
}

void ScreenDisplay::say(std::string sentence)
{
    model_.say(std::move(sentence));
    draw_soon();
}

std::string ScreenDisplay::ask_key(const std::string& sentence)
{
    screen_.leave();
    auto key = ask_hidden("katydid listen: " + sentence + ". Another one (it is not displayed): ");
    screen_.enter();
    draw_soon();
    return key;
}

awaitable<void> ScreenDisplay::read_keys()
{
    std::array<char, 256> bytes{};
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer escape{executor};
    while (!is_closed_) {
        const auto buffer = asio::buffer(bytes);
        const auto [error, count] = co_await input_.async_read_some(buffer, use_tuple);
        if (is_closed_) co_return;
        if (error) {
            callbacks_.quit();  // the terminal is gone
            co_return;
        }
        escape.cancel();
        for (const auto& key : decoder_.feed({bytes.data(), count})) press(key);
        if (!decoder_.is_waiting()) continue;
        escape.expires_after(escape_time);
        escape.async_wait([this](const boost::system::error_code& cancelled) {
            if (cancelled || is_closed_) return;
            for (const auto& key : decoder_.settle()) press(key);
        });
    }
}

awaitable<void> ScreenDisplay::follow_size()
{
    while (!is_closed_) {
        const auto [error, signal] = co_await resized_.async_wait(use_tuple);
        if (error || is_closed_) co_return;
        draw_soon();
    }
}

void ScreenDisplay::close()
{
    is_closed_ = true;
    boost::system::error_code ignored;
    input_.close(ignored);
    resized_.cancel(ignored);
    frame_.cancel();
    screen_.leave();
}

void ScreenDisplay::press(const KeyPress& key)
{
    const auto wish = model_.press(key, page_rows(FullScreen::size()));
    const auto* row = model_.selected();
    switch (wish) {
    case ListenModel::Wish::none: break;
    case ListenModel::Wish::quit: callbacks_.quit(); return;
    case ListenModel::Wish::again: callbacks_.again(*row); break;
    case ListenModel::Wish::edit: edit(); break;
    case ListenModel::Wish::pause:
        model_.set_paused(!model_.is_paused());
        callbacks_.pause(model_.is_paused());
        break;
    }
    draw_soon();
}

void ScreenDisplay::edit()
{
    const auto row = *model_.selected();
    screen_.leave();
    auto payload = edit_text(row.webhook.payload);
    screen_.enter();
    if (!payload) say("Nothing was changed, so nothing was sent.");
    else callbacks_.edited(row, std::move(*payload));
}

void ScreenDisplay::draw_soon()
{
    if (is_drawing_ || is_closed_) return;
    is_drawing_ = true;
    frame_.expires_after(frame_time);
    frame_.async_wait([this](const boost::system::error_code& cancelled) {
        is_drawing_ = false;
        if (!cancelled && !is_closed_) draw();
    });
}

void ScreenDisplay::draw() { screen_.show(render(model_, look_, FullScreen::size())); }

}  // namespace katydid::cli
