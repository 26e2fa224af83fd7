// What `katydid listen` shows, and what a key does to it.
#pragma once

#include "hub/cli/listen/webhook.hpp"
#include "hub/cli/terminal/keys.hpp"
#include "hub/core/clock.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace katydid::cli {

/// One time that a webhook was handed to the local server.
struct Try {
    Timestamp at{};
    unsigned status = 0;  ///< 0: there was no answer, or nobody was asked
    std::string answer;
    std::string error;
    std::string remedy;
    milliseconds duration{0};
    std::uint64_t attempt = 0;  ///< of the delivery; 0: again by hand
};

struct Row {
    std::uint64_t number = 0;
    Timestamp at{};
    Webhook webhook;
    std::vector<Try> tries;
    bool is_waiting = false;  ///< for the local server
    bool is_edited = false;
};

/// The state of the screen. Pure: it knows no terminal, time or network.
///
/// Newest first. It keeps a bounded number of webhooks and of their bytes; the oldest go.
/// Thread safety: none.
class ListenModel {
public:
    static constexpr std::size_t rows_max = 1'000;
    static constexpr std::size_t bytes_max = 64 * 1024 * 1024;

    enum class Page : std::uint8_t { list, details, help };
    enum class Wish : std::uint8_t { none, quit, again, edit, pause };

    /// A delivery that came before (its hub tries again) is the same row. Returns its number.
    std::uint64_t begin(Webhook webhook, Timestamp now);
    /// One that a person edited.
    std::uint64_t begin_edited(Webhook webhook, Timestamp now);
    void wait(std::uint64_t number);
    void end(std::uint64_t number, Try result);

    void set_connection(bool is_connected, std::string sentence);
    /// Said at the bottom until the next key.
    void say(std::string sentence) { message_ = std::move(sentence); }
    void set_paused(bool is_paused) noexcept { is_paused_ = is_paused; }

    /// \param page_rows  how far page up and page down go
    Wish press(const KeyPress& key, std::size_t page_rows);

    [[nodiscard]] std::vector<const Row*> visible_rows() const;
    /// The row that keys concern; null: there is none.
    [[nodiscard]] const Row* selected() const;
    [[nodiscard]] Page page() const noexcept { return page_; }
    [[nodiscard]] std::size_t scroll() const noexcept { return scroll_; }
    [[nodiscard]] const std::string& filter() const noexcept { return filter_; }
    [[nodiscard]] bool is_typing() const noexcept { return is_typing_; }
    [[nodiscard]] bool is_paused() const noexcept { return is_paused_; }
    [[nodiscard]] bool is_connected() const noexcept { return is_connected_; }
    [[nodiscard]] const std::string& connection() const noexcept { return connection_; }
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }

private:
    std::uint64_t add(Webhook webhook, Timestamp now);
    Row* find(std::uint64_t number);
    void move(std::ptrdiff_t by);
    Wish press_in_list(const KeyPress& key, std::size_t page_rows);
    Wish press_in_details(const KeyPress& key, std::size_t page_rows);
    Wish press_while_typing(const KeyPress& key);

    std::deque<Row> rows_;  ///< newest first
    std::size_t bytes_ = 0;
    std::uint64_t last_number_ = 0;
    std::uint64_t selected_ = 0;  ///< 0: the newest, whatever comes
    Page page_ = Page::list;
    std::size_t scroll_ = 0;
    std::string filter_;
    bool is_typing_ = false;
    bool is_paused_ = false;
    bool is_connected_ = false;
    std::string connection_;
    std::string message_;
};

}  // namespace katydid::cli
