#include "hub/app/certificate_keeper.hpp"

#include "hub/observe/log.hpp"

#include <algorithm>
#include <iterator>

namespace katydid {
namespace {

constexpr std::chrono::days warned_ahead{30};
constexpr std::chrono::hours warned_again{24};
constexpr std::chrono::minutes look_again{1};

CertificateKeeper::Watched each_once(CertificateKeeper::Watched watched)
{
    std::ranges::sort(watched);
    const auto rest = std::ranges::unique(watched);
    watched.erase(rest.begin(), rest.end());
    return watched;
}

std::vector<std::filesystem::path> files_of(const CertificateKeeper::Watched& watched)
{
    std::vector<std::filesystem::path> all;
    for (const auto& each : watched) std::ranges::move(each->files(), std::back_inserter(all));
    return all;
}

}  // namespace

CertificateKeeper::CertificateKeeper(boost::asio::any_io_executor executor, Watched watched,
                                     observe::Metrics& metrics, const Clock& clock)
    : watched_{each_once(std::move(watched))},
      metrics_{metrics},
      clock_{clock},
      watch_{executor, files_of(watched_), [this] { reload(); }, {}},
      looks_{look_again, [this]() -> awaitable<void> {
                 look();
                 co_return;
             }}
{}

awaitable<void> CertificateKeeper::run()
{
    if (watched_.empty()) co_return;
    if (!looks_.is_stopped()) watch_.start();
    co_await looks_.run();
}

void CertificateKeeper::stop()
{
    looks_.stop();
    watch_.stop();
}

void CertificateKeeper::reload()
{
    if (looks_.is_stopped()) return;
    if (watched_.empty()) {
        log::info("hub.reload", "there is nothing to read again");
        return;
    }
    bool is_whole = true;
    for (const auto& each : watched_) {
        const auto done = each->reload();
        if (done) continue;
        is_whole = false;
        log::error("tls.not_reloaded", "the old certificates stay: " + done.error().message);
    }
    if (is_whole) log::info("tls.reloaded", "new connections get the certificates as they are now");
    warned_at_ = {};
    look();
}

void CertificateKeeper::look()
{
    const auto now = clock_.now();
    const bool may_warn = now - warned_at_ >= warned_again;
    std::vector<certs::CertificateExpiry> expiries;
    for (const auto& each : watched_)
        std::ranges::move(each->expiries(), std::back_inserter(expiries));
    for (const auto& each : expiries) {
        const auto left = std::chrono::duration_cast<std::chrono::seconds>(each.not_after - now);
        metrics_.certificate_expires(each.file, static_cast<double>(left.count()));
        if (!may_warn || left > warned_ahead) continue;
        warned_at_ = now;
        log::warn("tls.expires",
                  left.count() > 0 ? "a certificate ends soon" : "a certificate has ended",
                  {{"file", each.file},
                   {"not_after", to_rfc3339(each.not_after)},
                   {"days_left", left / std::chrono::days{1}}});
    }
}

}  // namespace katydid
