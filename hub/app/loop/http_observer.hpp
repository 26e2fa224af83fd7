// What people see of requests: metrics, one line each, and spans.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/http/server/server.hpp"
#include "hub/observe/metrics.hpp"
#include "hub/observe/tracer.hpp"

namespace katydid {

/// Counts what the public listener sees, writes its wide line and records its span.
///
/// Thread safety: none; one for each loop.
class HttpObserver final : public http::ServerObserver {
public:
    /// \param tracer  null: requests leave no spans, and trace contexts pass as they came
    HttpObserver(observe::Metrics& metrics, const Clock& clock, observe::Tracer* tracer)
        : metrics_{metrics},
          clock_{clock},
          tracer_{tracer}
    {}

    void on_open(const http::Peer&) override { metrics_.connection_opened(); }
    void on_close(const http::Peer&) override { metrics_.connection_closed(); }
    void on_request(http::Request& request) override;
    void on_response(const http::Request& request, const http::Route* route, unsigned status,
                     std::chrono::nanoseconds duration) override;
    void on_refused(const http::Peer& peer, unsigned status, std::string_view why) override;
    void on_exception(const http::Request& request, const http::Route* route,
                      std::string_view what) override;

private:
    observe::RouteMetrics& metrics_of(const http::Route* route);
    void trace(const http::Request& request, std::string_view pattern, unsigned status,
               std::chrono::nanoseconds duration);

    observe::Metrics& metrics_;
    const Clock& clock_;
    observe::Tracer* tracer_;
    std::vector<std::unique_ptr<observe::RouteMetrics>> routes_;  ///< by Route::number; 0: none
};

}  // namespace katydid
