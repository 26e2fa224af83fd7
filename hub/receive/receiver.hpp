// /api/webhooks/{source}: verified, normalised, durable, answered.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/limits/shared_rate.hpp"
#include "hub/http/server/router.hpp"
#include "hub/intake/intake.hpp"
#include "hub/observe/metrics.hpp"
#include "hub/receive/arrival.hpp"
#include "hub/receive/normalise.hpp"
#include "hub/receive/origin.hpp"
#include "hub/receive/privacy_gate.hpp"
#include "hub/receive/rejected/rejected_requests.hpp"
#include "hub/receive/remote_keys.hpp"
#include "hub/registry/registry.hpp"
#include "signing/handshake.hpp"
#include "signing/verify.hpp"

#include <variant>

namespace katydid::receive {

/// Turns a signed request into an Event, or says why not; answers handshakes.
///
/// One way for all of them: an Arrival is verified, judged by the source's settings, made into
/// events and stored. The raw bytes are verified before anything is parsed. Outwardly every refusal
/// of a signature is one identical 401; inwardly the diagnosis is logged and kept with the request,
/// at a bounded rate. What is refused after a good signature is kept as well, and told why.
/// Thread safety: none; each event loop has its own.
class Receiver {
public:
    /// All of it outlives the receiver.
    struct Parts {
        const registry::Tables& tables;
        registry::Registry& registry;
        intake::Intake& intake;
        store::Store& store;
        const signing::Vault& vault;
        signing::Fetcher& fetcher;
        const Clock& clock;
        observe::Metrics& metrics;
        std::vector<http::AllowedNetwork> trusted_proxies{};
        std::string ca_file{};  ///< for certificates of providers; empty: the system's roots
        const privacy::PrivacyTables* privacy = nullptr;  ///< null: every byte is stored
        /// Awaited before an event is stored, e.g. to drop what it makes wrong. Optional.
        std::function<awaitable<void>(const Event&)> before_append = nullptr;
    };

    explicit Receiver(Parts parts);

    /// Adds the routes of sources, of the default tenant and of others.
    void add_routes(http::Router& router, std::size_t body_bytes_max);

    /// A rejected request, judged by its source as it is now, at the time it came; then
    /// taken in as any other. Errors: not_found (the source is gone), those of the intake, and
    /// temporary ones of a key that has to be fetched.
    using Replayed = std::variant<store::Appended, signing::Refusal>;
    awaitable<result<Replayed>> replay(const store::Rejected& row, KeptRequest request);

    /// Takes in what a platform sends by another way than a signed webhook: its privacy table holds
    /// and its source is its name, which the code of that way sets. Errors: those of the intake.
    awaitable<result<store::Appended>> take_in(Event event);

    /// Why a request does not come in.
    struct Refused {
        signing::Refusal refusal;
        bool is_verified = false;  ///< its signature was good: it is told why
        unsigned status = 0;       ///< 0: what is usual for the reason
    };

    /// The source of a path below /api/webhooks/, by ids or names; null: there is none.
    [[nodiscard]] registry::SourceEntryPtr find_source(const http::Request& request) const;

private:
    [[nodiscard]] std::optional<http::Response> admit(const http::Request& head);
    /// Whether the connection's certificate is the source's, where the source has one.
    [[nodiscard]] std::optional<http::Response>
    check_client_certificate(const registry::SourceEntry& source, const http::Peer& peer);
    awaitable<http::Response> receive(http::Request& request);
    [[nodiscard]] std::variant<signing::Verified, Refused> judge(const Arrival& arrival,
                                                                 signing::Verdict verdict) const;
    // Storing. No coroutine where a single event waits for nothing else.
    awaitable<result<store::Appended>> store_events(Arrival& arrival, signing::Verified verified);
    awaitable<result<store::Appended>> store_one(intake::Arrived one,
                                                 const json_text::Outline& outline);
    awaitable<result<store::Appended>> store_prepared(intake::Arrived one,
                                                      std::optional<std::string> strict);
    awaitable<result<store::Appended>> store_all(ArrivedList events,
                                                 const json_text::Outline& outline);
    /// What is done to every event before it is stored: its privacy table's work, as far as that
    /// waits for nothing (PrivacyGate::filter), then the rest, where there is any.
    [[nodiscard]] std::optional<std::string> filter(Event& event,
                                                    const json_text::Outline& outline) const;
    awaitable<result<void>> prepare(Event& event, std::optional<std::string> strict);
    /// Whether what is good by its signature may still be refused when it is stored.
    [[nodiscard]] bool may_be_refused_later(const registry::SourceEntry& source) const;
    [[nodiscard]] static std::optional<Refused>
    later_refusal(const result<store::Appended>& stored);
    http::Response key_not_fetched(const registry::SourceEntry& source, const Error& error);
    http::Response not_stored(const registry::SourceEntry& source, const Error& error);
    http::Response answer_to(const Arrival& arrival, const store::Appended& stored);

    // Refusals (refusals.cpp).
    /// Answers, and keeps the request with the reason.
    http::Response reject(const asio::any_io_executor& executor, Arrival& arrival, Refused refused);

    /// Whether a line about what strangers do at this source may be written: at a rate that one
    /// source's strangers cannot use up. The diagnosis of a refusal goes by it too.
    [[nodiscard]] bool may_log(const registry::SourceEntry& source);

    // Handshakes (handshakes.cpp).
    awaitable<http::Response> answer_handshake(http::Request& request);
    awaitable<std::optional<http::Response>> try_handshakes(const registry::SourceEntry& source,
                                                            signing::RequestView view);
    awaitable<http::Response> carry_out(const registry::SourceEntry& source,
                                        signing::HandshakeReply reply);

    Parts parts_;
    Proxies proxies_;
    RemoteKeys remote_keys_;
    RejectedRequests rejected_;
    json_text::Outline spare_outline_;          ///< its memory is for the next request
    std::size_t body_bytes_max_ = 1024 * 1024;  ///< of a body, compressed or not
    SharedRate log_rate_{{{20, 10}, 5, {5, 2}}};
};

/// Index of the first scheme whose signature the request carries, else of the first one.
[[nodiscard]] std::size_t choose_scheme(const registry::SourceEntry& source,
                                        const Headers& headers) noexcept;

/// The one 401 for everything that is wrong with a signature.
[[nodiscard]] http::Response unauthorised();
[[nodiscard]] http::Response unavailable(std::string_view why);
/// The provider's own answer, where its scheme has one.
[[nodiscard]] http::Response answer(const registry::SourceEntry& source, std::size_t index,
                                    signing::AnswerKind kind, http::Response usual);

}  // namespace katydid::receive
