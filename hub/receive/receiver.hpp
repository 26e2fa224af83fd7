// POST /api/webhooks/{source}: verified, normalised, durable, answered.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/http/router.hpp"
#include "hub/intake/intake.hpp"
#include "hub/observe/metrics.hpp"
#include "hub/registry/tables.hpp"
#include "signing/verify.hpp"

namespace katydid::receive {

/// Turns a signed request into an Event, or says why not.
///
/// The raw bytes are verified before anything is parsed. Outwardly every refusal of a signature
/// is one identical 401; the diagnosis goes to the log, at a bounded rate.
/// Thread safety: none; each event loop has its own. What it is handed outlives it.
class Receiver {
public:
    Receiver(const registry::Tables& tables, intake::Intake& intake, const store::Store& store,
             const Clock& clock, observe::Metrics& metrics);

    /// Adds the routes of sources, of the default tenant and of others.
    void add_routes(http::Router& router, std::size_t body_bytes_max);

private:
    [[nodiscard]] registry::SourceEntryPtr find_source(const http::Request& request) const;
    [[nodiscard]] std::optional<http::Response> admit(const http::Request& head) const;
    awaitable<http::Response> receive(http::Request& request);
    http::Response refuse(const registry::SourceEntry& source, const signing::Scheme& scheme,
                          const http::Request& request, const signing::Refusal& refusal);

    const registry::Tables& tables_;
    intake::Intake& intake_;
    const store::Store& store_;
    const Clock& clock_;
    observe::Metrics& metrics_;
    SteadyTime next_diagnosis_{};
};

}  // namespace katydid::receive
