// What a hub has now, as far as a document can describe it; and the calls that change it.
#pragma once

#include "hub/cli/client/session.hpp"
#include "hub/cli/declare/plan.hpp"

#include <memory>

namespace katydid::cli::declare {

/// The hub, tenant by tenant. Calls that do not work throw CommandEnd.
class HubState {
public:
    explicit HubState(Session& session) : session_{session} {}

    /// By name: all for an operator's key, for another those that its tenant made.
    [[nodiscard]] std::map<std::string, Row> tenants();
    /// \param tenant  its name; empty: the caller's own; one that is not there has no rows
    [[nodiscard]] Rows rows(const std::string& tenant);
    /// Schemes of the catalog and of the settings, which a document may name as well.
    [[nodiscard]] const std::set<std::string>& known_schemes() const { return known_schemes_; }
    /// Whether that tenant is the one the session speaks for.
    [[nodiscard]] bool is_own(const std::string& tenant, const Row& row);

    /// Carries out one step. \returns what the hub answered
    boost::json::value carry_out(const Step& step, const boost::json::object& body);

private:
    Session& of(const std::string& tenant);
    Row read_row(Session& session, const Kind& kind, const boost::json::object& row);

    Session& session_;
    std::map<std::string, std::string> tenant_ids_;
    std::map<std::string, std::unique_ptr<Session>> sessions_;
    std::set<std::string> known_schemes_;
};

}  // namespace katydid::cli::declare
