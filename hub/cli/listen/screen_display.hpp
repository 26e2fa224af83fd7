// `katydid listen` on a full screen.
#pragma once

#include "hub/cli/listen/display.hpp"
#include "hub/cli/listen/view.hpp"
#include "hub/cli/terminal/keys.hpp"
#include "hub/core/async/asio.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>

namespace katydid::cli {

/// Draws what the model says, at most some sixty times a second, and reads keys.
///
/// Thread safety: none; the executor's thread. Lifetime: outlives read_keys() and follow_size().
class ScreenDisplay final : public Display {
public:
    /// What a person wants besides looking.
    struct Callbacks {
        std::function<void()> quit;
        std::function<void(Row row)> again;
        std::function<void(Row row, std::string payload)> edited;
        std::function<void(bool is_paused)> pause;
    };

    ScreenDisplay(asio::any_io_executor executor, ListenLook look, Callbacks callbacks);

    void connected() override;
    void trouble(const std::string& sentence) override;
    std::uint64_t begin(Webhook webhook) override;
    void end(std::uint64_t number, const boost::json::value& frame, Try result) override;

    /// A row for a webhook that was edited.
    std::uint64_t begin_edited(Webhook webhook);
    void wait(std::uint64_t number);
    void say(std::string sentence);
    /// Asks for a new key, below the screen. Empty: none was given.
    std::string ask_key(const std::string& sentence);

    /// Until close().
    awaitable<void> read_keys();
    awaitable<void> follow_size();
    void close();

private:
    void press(const KeyPress& key);
    void edit();
    void draw_soon();
    void draw();

    FullScreen screen_;
    ListenModel model_;
    ListenLook look_;
    Callbacks callbacks_;
    KeyDecoder decoder_;
    asio::posix::stream_descriptor input_;
    asio::signal_set resized_;
    asio::steady_timer frame_;
    bool is_drawing_ = false;
    bool is_closed_ = false;
};

}  // namespace katydid::cli
