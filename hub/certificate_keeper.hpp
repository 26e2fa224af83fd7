// Keeps certificates fresh, the listener's and those shown to receivers; tells when they end.
#pragma once

#include "certs/file_watch.hpp"
#include "certs/tls.hpp"
#include "hub/observe/metrics.hpp"

#include <boost/asio/steady_timer.hpp>

namespace katydid {

/// Reads certificates anew when their files change or when asked (SIGHUP), shows their expiry as
/// a metric, and warns once a day from 30 days ahead.
///
/// A bad file changes nothing: the old certificates stay, and the log says why.
/// Thread safety: the executor's thread only, also the destructor.
class CertificateKeeper : public std::enable_shared_from_this<CertificateKeeper> {
public:
    using Watched = std::vector<std::shared_ptr<certs::TlsFiles>>;

    /// \param watched  none is null; one may be there several times
    CertificateKeeper(boost::asio::any_io_executor executor, Watched watched,
                      observe::Metrics& metrics, const Clock& clock);

    void start();
    void stop();
    void reload();

private:
    void look();

    const Watched watched_;
    observe::Metrics& metrics_;
    const Clock& clock_;
    certs::FileWatch watch_;
    boost::asio::steady_timer timer_;
    Timestamp warned_at_{};
    bool stopped_ = false;
};

}  // namespace katydid
