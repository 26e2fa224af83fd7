#include "hub/cli/declare/hub_state.hpp"

#include "hub/core/codec/percent.hpp"

#include <boost/json/serialize.hpp>

namespace katydid::cli::declare {
namespace {

namespace json = boost::json;

constexpr std::size_t rows_max = 100'000;

std::string text_at(const json::value& row, std::string_view member)
{
    const auto* text = value_at(row, member).if_string();
    return text == nullptr ? std::string{} : std::string{*text};
}

}  // namespace

Session& HubState::of(const std::string& tenant)
{
    if (tenant.empty()) return session_;
    auto& session = sessions_[tenant];
    if (!session) {
        auto address = session_.address();
        address.tenant = tenant_ids_.at(tenant);
        session = std::make_unique<Session>(std::move(address), session_.is_json(),
                                            session_.terminal());
    }
    return *session;
}

std::map<std::string, Row> HubState::tenants()
{
    const auto all = session_.list("/v1/tenants", {}, rows_max);
    const auto holds = [&](std::string_view member, const std::string& text) {
        return std::ranges::any_of(
            all, [&](const json::value& row) { return text_at(row, member) == text; });
    };
    // Only an operator sees the default tenant beside others that nobody in the list made.
    const bool is_operator = holds("name", "default");
    std::map<std::string, Row> rows;
    for (const auto& row : all) {
        if (!is_operator && !holds("id", text_at(row, "owner"))) continue;  // the key's own tenant
        const auto name = text_at(row, "name");
        tenant_ids_[name] = text_at(row, "id");
        rows[name] = {text_at(row, "id"), false, shown_of_row(tenant_kind, row.as_object())};
    }
    return rows;
}

bool HubState::is_own(const std::string& name, const Row& row)
{
    const auto& own = session_.address().tenant;
    return own.empty() ? name == "default" : own == name || own == row.id;
}

Row HubState::read_row(Session& session, const Kind& kind, const json::object& row)
{
    const auto name = text_at(row, "name");
    const bool is_read_only = value_at(row, "read_only") == json::value(true);
    if (&kind != &scheme_kind)
        return {kind.has_id ? text_at(row, "id") : name, is_read_only, shown_of_row(kind, row)};
    const auto whole = session.get(std::string{kind.path} + "/" + percent_encode(name));
    return {name, text_at(row, "origin") == "settings", shown_of_row(kind, whole.as_object()),
            text_at(whole, "toml")};
}

Rows HubState::rows(const std::string& tenant)
{
    Rows rows;
    if (!tenant.empty() && !tenant_ids_.contains(tenant)) return rows;
    auto& session = of(tenant);
    for (const auto* kind : kinds_of_tenant)
        for (const auto& row : session.list(kind->path, {}, rows_max)) {
            const auto name = text_at(row, "name");
            if (text_at(row, "origin") == "catalog") known_schemes_.insert(name);
            else rows[kind][name] = read_row(session, *kind, row.as_object());
        }
    return rows;
}

json::value HubState::carry_out(const Step& step, const json::object& body)
{
    const std::string path{step.kind->path};
    const auto one = path + "/" + percent_encode(step.id);
    auto& session = of(step.tenant);
    if (step.verb == Verb::remove) return session.must({"DELETE", one, {}, {}}).json;
    if (step.verb == Verb::change)
        return session.must({step.kind->has_id ? "PATCH" : "PUT", one, json::serialize(body), {}})
            .json;
    auto made = session.post(path, body);
    if (step.kind == &tenant_kind) tenant_ids_[step.name] = text_at(made, "id");
    return made;
}

}  // namespace katydid::cli::declare
