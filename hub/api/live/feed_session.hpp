// The feed: what happens in a tenant, for people and screens.
#pragma once

#include "hub/api/api.hpp"
#include "hub/intake/commit_notifier.hpp"
#include "hub/stream/conversation.hpp"
#include "hub/stream/happenings.hpp"
#include "hub/stream/live_sessions.hpp"

#include <deque>
#include <memory>
#include <optional>

namespace katydid::api {

constexpr std::string_view feed_protocol = "katydid.feed.v1";

/// What one reader asked for.
struct FeedQuery {
    TenantId tenant;
    std::vector<std::string> types{};    ///< patterns; empty: any
    std::vector<std::string> sources{};  ///< empty: any
    SubscriptionPtr subscription{};      ///< null: any
    bool deliveries = false;
    bool attempts = false;
    std::optional<EventId> after{};  ///< nullopt: from now on
};

/// Whether the reader wants to see the event: by its type and source, and those that the
/// subscription asks for. Pure.
[[nodiscard]] bool wants(const FeedQuery& query, const Event& event);

/// Reads events from the store as they are committed, so that a slow reader costs the hub nothing
/// but its own page and misses no event; what happens to deliveries comes from Happenings, where a
/// slow reader has a gap.
///
/// Thread safety: none; the connection's loop.
class FeedSession final : public stream::Conversation {
public:
    /// \param waiter  of the tenant's commits, admitted; it wakes the mailbox
    struct Parts {
        store::Store& store;
        stream::Happenings* happenings = nullptr;  ///< null: deliveries are not told
        intake::CommitNotifier& commits;
        asio::any_io_executor executor;
        stream::MailboxPtr mailbox;
        std::unique_ptr<stream::LiveSessions::Place> place;
    };

    FeedSession(Parts parts, FeedQuery query);
    ~FeedSession() override;

    /// Whether one more may wait for this tenant's events.
    [[nodiscard]] bool is_admitted() const noexcept { return waiter_.is_admitted(); }

    /// Where it begins, read before the reader is told that it does.
    awaitable<result<void>> begin();

    awaitable<stream::Said> next(SteadyTime until) override;
    awaitable<void> hear(std::string text) override;
    void close(std::uint16_t code, std::string reason) override;
    void stop() override { parts_.mailbox->stop(); }
    [[nodiscard]] bool is_over() const override { return parts_.mailbox->is_stopped(); }

private:
    /// What is at hand without waiting. monostate: nothing.
    [[nodiscard]] stream::Said say();
    awaitable<result<void>> read_events();

    Parts parts_;
    FeedQuery query_;
    std::shared_ptr<bool> has_commit_ = std::make_shared<bool>(true);
    std::shared_ptr<stream::Happenings::Box> box_;
    intake::CommitNotifier::Waiter waiter_;
    std::deque<stream::Saying> events_;  ///< of the page that was read last
};

}  // namespace katydid::api
