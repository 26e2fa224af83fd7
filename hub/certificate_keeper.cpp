#include "hub/certificate_keeper.hpp"

#include "hub/observe/log.hpp"

namespace katydid {
namespace {

constexpr std::chrono::days warned_ahead{30};
constexpr std::chrono::hours warned_again{24};
constexpr std::chrono::minutes look_again{1};

}  // namespace

CertificateKeeper::CertificateKeeper(boost::asio::any_io_executor executor,
                                     std::shared_ptr<certs::ServerTls> tls,
                                     observe::Metrics& metrics, const Clock& clock)
    : tls_{std::move(tls)},
      metrics_{metrics},
      clock_{clock},
      watch_{executor, tls_->files(), [this] { reload(); }, {}},
      timer_{executor}
{}

void CertificateKeeper::start()
{
    watch_.start();
    look();
}

void CertificateKeeper::stop()
{
    stopped_ = true;
    watch_.stop();
    timer_.cancel();
}

void CertificateKeeper::reload()
{
    if (stopped_) return;
    const auto done = tls_->reload();
    if (done) log::info("tls.reloaded", "new connections get the certificates as they are now");
    else log::error("tls.not_reloaded", "the old certificates stay: " + done.error().message);
    warned_at_ = {};
    look();
}

void CertificateKeeper::look()
{
    const auto now = clock_.now();
    const bool may_warn = now - warned_at_ >= warned_again;
    for (const auto& each : tls_->expiries()) {
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
    if (stopped_) return;
    timer_.expires_after(look_again);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (self && !error) self->look();
    });
}

}  // namespace katydid
