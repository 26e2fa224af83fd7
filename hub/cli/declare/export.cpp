#include "hub/cli/declare/export.hpp"

#include "hub/cli/declare/toml_writer.hpp"
#include "hub/config/tables/toml_json.hpp"
#include "hub/config/tables/toml_text.hpp"

#include <boost/json.hpp>

namespace katydid::cli::declare {
namespace {

namespace json = boost::json;

constexpr const char* head
    = "# What this hub has, for `katydid apply`. Secrets are never exported: a row that is there\n"
      "# keeps its own. Where it is to be made, add secret_env = \"VARIABLE\" or secret_file = "
      "\"PATH\".\n";

/// "in_flight" of "limits.in_flight": tables of a document are flat.
std::string_view last_word(std::string_view member)
{
    const auto dot = member.rfind('.');
    return dot == std::string_view::npos ? member : member.substr(dot + 1);
}

std::string write_member(std::string_view member, const json::value& value)
{
    const auto key = last_word(member);
    const bool is_schema = key == "schema" && value.is_object();
    const auto text = is_schema ? std::string{} : toml_value(value);
    return toml_key(key) + " = " + (text.empty() ? toml_json_text(value) : text) + "\n";
}

std::string write_rows(HubState& hub, const std::string& tenant)
{
    const std::string prefix = tenant.empty() ? "" : "tenants.";
    std::string text;
    const auto rows = hub.rows(tenant);
    for (const auto* kind : kinds_of_tenant) {
        const auto of_kind = rows.find(kind);
        if (of_kind == rows.end()) continue;
        for (const auto& [name, row] : of_kind->second) {
            if (row.is_read_only)
                text += "\n# The " + std::string{kind->noun} + " " + toml_text(name)
                        + " is made by a setting or a program.\n";
            else if (kind == &scheme_kind) text += write_scheme(name, row.toml, prefix);
            else text += write_row(*kind, row.shown, prefix);
        }
    }
    return text;
}

}  // namespace

std::string write_row(const Kind& kind, const json::object& shown, const std::string& prefix)
{
    auto text = "\n[[" + prefix + kind.list
                + "]]\nname = " + toml_text(shown.at("name").as_string()) + "\n";
    for (const auto& change : differences(shown_by_default(kind), shown)) {
        if (change.member == "name" || change.then.is_null()) continue;
        if (!change.member.starts_with("transform."))
            text += write_member(change.member, change.then);
    }
    if (const auto& transform = value_at(shown, "transform"); transform.is_object())
        text += "transform = " + toml_value(transform) + "\n";
    return text;
}

std::string write_scheme(const std::string& name, const std::string& toml,
                         const std::string& prefix)
{
    config::Mistakes ignored;
    const auto root = config::parse_toml(toml, name, ignored);
    auto description = root ? config::to_json(*root).as_object() : json::object{};
    if (const auto* wrapped = description.if_contains("schemes");
        wrapped != nullptr && wrapped->is_object() && wrapped->get_object().size() == 1) {
        auto inner = wrapped->get_object().begin()->value();
        description = inner.as_object();
    }
    auto text = "\n[" + prefix + "schemes." + toml_key(name) + "]\n";
    for (const auto& [key, value] : description)
        text += toml_key(key) + " = " + toml_value(value) + "\n";
    return text;
}

std::string export_document(Session& session)
{
    HubState hub{session};
    const auto tenants = hub.tenants();
    std::string text = head + write_rows(hub, {});
    for (const auto& [name, row] : tenants) {
        text += write_row(tenant_kind, row.shown, {});
        if (!hub.is_own(name, row)) text += write_rows(hub, name);
    }
    return text;
}

}  // namespace katydid::cli::declare
