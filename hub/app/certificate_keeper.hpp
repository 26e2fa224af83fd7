// Keeps certificates fresh, the listener's and those shown to receivers; tells when they end.
#pragma once

#include "certs/file_watch.hpp"
#include "certs/tls.hpp"
#include "hub/core/async/periodic.hpp"
#include "hub/observe/metrics.hpp"

namespace katydid {

/// Reads certificates anew when their files change or when asked (SIGHUP), shows their expiry as
/// a metric, and warns once a day from 30 days ahead.
///
/// A bad file changes nothing: the old certificates stay, and the log says why.
/// Lifetime: call stop() and let the executor run before it goes. Thread safety: none; all calls on
/// the executor's thread.
class CertificateKeeper {
public:
    using Watched = std::vector<std::shared_ptr<certs::TlsFiles>>;

    /// \param watched  none is null; one may be there several times
    CertificateKeeper(boost::asio::any_io_executor executor, Watched watched,
                      observe::Metrics& metrics, const Clock& clock);

    /// Until stop().
    awaitable<void> run();
    void stop();
    void reload();

private:
    void look();

    const Watched watched_;
    observe::Metrics& metrics_;
    const Clock& clock_;
    certs::FileWatch watch_;
    Periodic looks_;
    Timestamp warned_at_{};
};

}  // namespace katydid
