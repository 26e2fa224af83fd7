// Who is connected to this loop to consume or to watch, and for how long.
#pragma once

#include "hub/core/async/periodic.hpp"
#include "hub/http/message/message.hpp"
#include "hub/http/server/admission.hpp"
#include "hub/http/watchdog.hpp"
#include "hub/stream/mailbox.hpp"
#include "hub/stream/membership.hpp"
#include "hub/stream/websocket/websocket_options.hpp"

#include <functional>
#include <list>
#include <map>
#include <optional>
#include <unordered_map>

namespace katydid::stream {

/// Who asks.
struct Visitor {
    TenantId tenant;
    KeyId key;  ///< nil: a person's, or an operator's
    boost::asio::ip::address address;
    /// Why the caller may not stay (any more); empty: it may. Asked every second.
    std::function<std::string()> refusal = nullptr;
    /// The browser's session that the caller came with; empty: none.
    std::string session{};
    /// Whether that session goes on. Asked twice a second, once for all that came with it.
    std::function<awaitable<bool>()> goes_on = nullptr;
};

/// The sessions of one loop: admits them, ends those whose key is not good any more, and all of
/// them when the hub drains.
///
/// Lifetime: it outlives its places. Thread safety: none; one loop.
class LiveSessions {
public:
    /// How many one loop has, of one key, one browser's session and one address that is counted.
    static constexpr std::size_t key_max = 10'240;
    static constexpr std::size_t session_max = 100;
    static constexpr std::size_t address_max = 512;
    /// How long a session may go on answering while the hub drains.
    static constexpr milliseconds drain_grace{5'000};

    struct Parts {
        asio::any_io_executor executor;
        const Clock& clock;
        FindOwner find_owner;
        WebSocketOptions websocket{};
        /// Reverse proxies and this machine are not; null: all are.
        std::function<bool(const boost::asio::ip::address&)> is_counted = nullptr;
        /// Of one tenant, with all of its keys and people: others have to connect, too.
        std::size_t tenant_max = key_max;
    };

    explicit LiveSessions(Parts parts);
    LiveSessions(const LiveSessions&) = delete;
    LiveSessions& operator=(const LiveSessions&) = delete;

    /// A session's place. It ends by its mailbox: a Closing, or a notice that the hub drains.
    class Place {
    public:
        Place(LiveSessions& sessions, Visitor visitor, MailboxPtr mailbox);
        ~Place();
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

        /// Since when the hub drains; nullopt: it does not.
        [[nodiscard]] std::optional<SteadyTime> draining_since() const noexcept
        {
            return sessions_.draining_since_;
        }

    private:
        friend class LiveSessions;
        LiveSessions& sessions_;
        Visitor visitor_;
        MailboxPtr mailbox_;
        std::list<Place*>::iterator self_;
    };

    /// Null: `refusal` says why (429, 503).
    [[nodiscard]] std::unique_ptr<Place> admit(Visitor visitor, MailboxPtr mailbox,
                                               http::Response& refusal);

    /// Runs until drain(): looks after the keys.
    awaitable<void> run() { return watch_.run(); }
    /// No more sessions; those there are say `draining` and end.
    void drain();

    [[nodiscard]] const Parts& parts() const noexcept { return parts_; }
    [[nodiscard]] http::Watchdog& watchdog() noexcept { return watchdog_; }
    [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

private:
    awaitable<void> look_after_keys();
    awaitable<void> look_after_sessions();

    Parts parts_;
    http::Watchdog watchdog_;
    Periodic watch_;
    std::list<Place*> places_;
    std::map<TenantId, std::size_t> of_tenant_;
    std::map<std::string, std::size_t> of_caller_;  ///< a key or a browser's session
    std::unordered_map<http::AddressKey, std::size_t, http::AddressKey::Hash> of_address_;
    std::optional<SteadyTime> draining_since_;
};

}  // namespace katydid::stream
