// What a source's privacy table takes out of an event before it is stored.
#pragma once

#include "handlers/privacy/privacy_table.hpp"
#include "hub/core/async/asio.hpp"
#include "hub/core/event.hpp"
#include "hub/core/json/outline.hpp"
#include "hub/store/records.hpp"

namespace katydid::receive {

/// The sources "atlvs" and "grasshopper" have a table (handlers/privacy/); every other
/// source's bytes stay as they are. The table also says whose data an event holds, unless its
/// signature scheme did.
///
/// The store is asked for a person's opt-out only when it would change what passes.
/// Thread safety: none; one per event loop. The store and the tables outlive it.
class PrivacyGate {
public:
    PrivacyGate(store::Records& store, const privacy::PrivacyTables& tables)
        : store_{store},
          tables_{tables}
    {}

    /// Takes out of a verified event what may not pass, and sets its subject.
    /// \param outline  of the payload, where it is known
    /// Returns what is left of the payload if the person keeps their data: then has_opted_out()
    /// has to be asked. nullopt: nothing depends on it.
    [[nodiscard]] std::optional<std::string> filter(Event& event,
                                                    const json_text::Outline& outline) const;
    /// Asks, and takes that instead.
    /// Errors: those of the store; the event must not be stored then.
    awaitable<result<void>> respect_opt_out(Event& event, std::string strict);

private:
    store::Records& store_;
    const privacy::PrivacyTables& tables_;
};

/// Whether a person keeps their data from a platform, as PUT /v1/subjects/{subject}/privacy says.
awaitable<result<bool>> has_opted_out(store::Records& store, TenantId tenant, std::string subject,
                                      std::string receiver);

}  // namespace katydid::receive
