// What one platform says and hears at /api/realtime.
#pragma once

#include "hub/api/api.hpp"
#include "hub/api/live/realtime_frames.hpp"
#include "hub/intake/commit_notifier.hpp"
#include "hub/stream/conversation.hpp"
#include "hub/stream/live_sessions.hpp"

#include <deque>
#include <memory>

namespace katydid::api {

constexpr std::string_view realtime_protocol = "katydid.realtime.v1";

/// One of the two platforms at the hub: what it publishes, and what it hears of.
struct Side {
    std::string_view platform;  ///< the source of what it publishes
    std::string_view scope;     ///< that of the platform it talks to
    /// Sources whose events are updates for it. The calls that the hub carries out are none.
    [[nodiscard]] bool hears(std::string_view source, std::string_view type) const noexcept;
};
[[nodiscard]] const Side& grasshopper_side() noexcept;
[[nodiscard]] const Side& atlvs_side() noexcept;

/// Updates by topics, from the positions that were asked for, and events from the platform.
///
/// Updates are read from the store when the platform has taken those before: nothing is lost, and
/// one that is slow costs the hub a page. One event of a connection is taken in at a time, in the
/// order of its frames; meanwhile nothing is read from the connection.
/// Thread safety: none; the connection's loop.
class RealtimeSession final : public stream::Conversation {
public:
    static constexpr unsigned errors_max = 100;
    static constexpr std::size_t topics_max = 200;
    static constexpr std::size_t readings_max = 8;
    /// Answers that the platform has not taken yet.
    static constexpr std::size_t answers_max = 256;

    struct Parts {
        store::Store& store;
        receive::Receiver& receiver;
        intake::CommitNotifier& commits;
        asio::any_io_executor executor;
        stream::MailboxPtr mailbox;
        std::unique_ptr<stream::LiveSessions::Place> place;
    };

    RealtimeSession(Parts parts, const Side& side);

    /// Whether one more may wait for events.
    [[nodiscard]] bool is_admitted() const noexcept { return waiter_.is_admitted(); }

    awaitable<stream::Said> next(SteadyTime until) override;
    awaitable<void> hear(std::string text) override;
    void close(std::uint16_t code, std::string reason) override;
    void stop() override { parts_.mailbox->stop(); }
    [[nodiscard]] bool is_over() const override { return parts_.mailbox->is_stopped(); }

private:
    /// Topics that are at the same position. Positions have no order that ids would tell: two
    /// readings become one when they stand after the same event.
    struct Reading {
        std::vector<std::string> topics;
        EventId after;
        bool is_at_end = false;
    };
    struct Waiting {
        EventId id;
        std::string type;
    };

    [[nodiscard]] stream::Said say();
    [[nodiscard]] std::optional<SteadyTime> ends_at() const;
    [[nodiscard]] Reading* unread();
    [[nodiscard]] bool is_repeat(EventId id);
    awaitable<result<void>> read_page(EventId after);
    void merge_readings();
    awaitable<result<stream::Said>> read_update();
    awaitable<result<EventId>> newest();

    awaitable<void> subscribe(Subscribe subscribe);
    void unsubscribe(const std::vector<std::string>& topics);
    awaitable<void> publish(PlatformPublish publish);
    void refuse(const Misfit& misfit);
    void answer(std::string text);

    Parts parts_;
    const Side& side_;
    std::shared_ptr<bool> has_commit_ = std::make_shared<bool>(true);
    intake::CommitNotifier::Waiter waiter_;
    std::vector<Reading> readings_;
    std::deque<Waiting> updates_;  ///< of the page that was read last
    std::deque<EventId> recent_;   ///< said while there are several readings
    std::size_t answers_ = 0;      ///< in the mailbox
    unsigned errors_ = 0;
    bool is_publishing_ = false;
};

}  // namespace katydid::api
