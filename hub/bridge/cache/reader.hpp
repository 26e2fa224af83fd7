// Reads instead of a platform's: from the cache, or asked once for all callers.
#pragma once

#include "handlers/privacy/privacy_table.hpp"
#include "hub/bridge/cache/read_cache.hpp"
#include "hub/bridge/upstream.hpp"
#include "hub/core/async/single_flight.hpp"
#include "hub/http/message/message.hpp"

#include <functional>
#include <string>

namespace katydid::bridge {

/// Answers from the cache while an answer is fresh. Else it asks the platform, once for all
/// callers who ask the same meanwhile, and serves what it has, with its age and marked as stale,
/// where the platform fails or takes longer than a caller should wait.
///
/// Personal fields are taken out before anything is kept.
/// Lifetime: it outlives its calls. Thread safety: none; on the bridge's loop.
class Reader {
public:
    struct Options {
        milliseconds wait{500};        ///< for the platform, where there is an older answer
        milliseconds timeout{10'000};  ///< where there is none
        milliseconds fresh_max{std::chrono::hours{1}};  ///< no answer is fresh for longer
    };

    /// Whether a webhook of that tag was stored since then, by whichever hub.
    using ChangedSince = std::function<awaitable<bool>(std::string_view tag, Timestamp since)>;

    /// \param changed_since  empty: this hub gets every webhook itself, and drop() is enough
    Reader(const Clock& clock, const privacy::PrivacyTables& privacy, Options options,
           ChangedSince changed_since);

    /// \param call  of the tables, so it stays
    awaitable<http::Response> read(const ReadCall& call, Upstream& upstream,
                                   const http::Request& request);

    /// Forgets the answers of that tag. A caller from now on does not join a question that is under
    /// way.
    void drop(std::string_view tag);
    [[nodiscard]] const ReadCache& cache() const noexcept { return cache_; }

private:
    struct Answer {
        http::Response response;  ///< what a caller without a copy gets
        bool platform_failed = true;
    };

    awaitable<bool> is_good(const ReadCall& call, const ReadCache::Copy& copy) const;
    awaitable<Answer> ask(const ReadCall& call, Upstream& upstream, std::string target,
                          std::string key);
    /// When a question was asked, and what it is kept under.
    struct Asked {
        const std::string& key;
        std::uint64_t generation;
        SteadyTime at;
    };
    [[nodiscard]] http::Response judge(const ReadCall& call, const Asked& asked,
                                       result<http::ClientReply> reply, bool& platform_failed);

    const Clock& clock_;
    const privacy::PrivacyTables& privacy_;
    const Options options_;
    const ChangedSince changed_since_;
    ReadCache cache_;
    SingleFlight<std::string, Answer> questions_;  ///< by the tag, a space and the key
};

/// What is wrong with the query of a read, as a 400; nullopt: nothing.
[[nodiscard]] std::optional<http::Response> query_fault(const ReadCall& call,
                                                        const http::Request& request);

/// The elements of a list of resources whose type it is, each as it stands.
/// nullopt when it is no list of objects.
[[nodiscard]] std::optional<std::string> only_of_type(std::string_view resources,
                                                      std::string_view type);

/// Whether a text is a day that exists: "2026-06-15".
[[nodiscard]] bool is_iso_date(std::string_view text);

/// 503 `{"error"}` with Retry-After.
[[nodiscard]] http::Response out_of_reach(Platform platform);

}  // namespace katydid::bridge
