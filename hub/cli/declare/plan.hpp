// What has to be done so that a hub is as a document says.
#pragma once

#include "hub/cli/declare/document.hpp"

#include <optional>

namespace katydid::cli::declare {

/// A row that the hub has.
struct Row {
    std::string id;  ///< how its path names it: its id, or its name
    bool is_read_only = false;
    boost::json::object shown{};  ///< shown_of_row()
    std::string toml{};           ///< of a scheme: its description as it was given
};

/// The rows of one tenant by their names.
using Rows = std::map<const Kind*, std::map<std::string, Row>>;

enum class Verb { create, change, remove };

/// One member that becomes another.
struct Change {
    std::string member;      ///< "limits.in_flight"
    boost::json::value now;  ///< null: it is not there
    boost::json::value then;
};

struct Step {
    Verb verb = Verb::create;
    const Kind* kind = nullptr;
    std::string tenant;  ///< its name; empty: the caller's own
    std::string name;
    std::string place;  ///< in the document; empty: it is not there
    std::string id{};   ///< of a row that is there
    std::vector<Change> changes{};
    boost::json::object body{};                  ///< of the call, without secrets
    std::map<std::string, Reference> secrets{};  ///< of a new row
};

/// The members in which two rows differ, in the order of the wish. Pure.
[[nodiscard]] std::vector<Change> differences(const boost::json::object& now,
                                              const boost::json::object& then);

/// The steps for one tenant, in an order that works: each row after what it refers to, and removals
/// last. What the document leaves out has its default, but for a subscription's status and headers,
/// which then stay as they are. Rows that a setting made are left alone. Pure.
/// \param prune     remove what the document does not have, of the kinds that it speaks of
/// \param mistakes  gets what cannot be: a change of a row that a setting made
[[nodiscard]] std::vector<Step> plan_tenant(const TenantWishes& wishes, const Rows& rows,
                                            bool prune, config::Mistakes& mistakes);

/// The steps for the tenants themselves, which are never removed. Pure.
[[nodiscard]] std::vector<Step> plan_tenants(const std::vector<Wish>& wishes,
                                             const std::map<std::string, Row>& rows);

/// The steps as people read them, and their numbers in the last line. Pure.
[[nodiscard]] std::string plan_text(const std::vector<Step>& steps);

[[nodiscard]] boost::json::object to_json(const Step& step);

/// The tenant, kind and name of a step: `subscription "billing" of acme`.
[[nodiscard]] std::string title_of(const Step& step);

}  // namespace katydid::cli::declare
