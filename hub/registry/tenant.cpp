#include "hub/registry/tenant.hpp"

#include "hub/core/text/text.hpp"

#include <boost/json.hpp>

namespace katydid::registry {
namespace {

namespace json = boost::json;

struct RetentionField {
    const char* name;
    std::optional<milliseconds> OwnRetention::* own;
    milliseconds Retention::* standard;
};

constexpr RetentionField retention_fields[] = {
    {"delivered", &OwnRetention::delivered, &Retention::delivered},
    {"dead", &OwnRetention::dead, &Retention::dead},
    {"dedupe", &OwnRetention::dedupe, &Retention::dedupe},
    {"rejected", &OwnRetention::rejected, &Retention::rejected},
};

constexpr NameTable<SchemaMode, 4> schema_modes{{{SchemaMode::off, "off"},
                                                 {SchemaMode::warn, "warn"},
                                                 {SchemaMode::reject, "reject"},
                                                 {SchemaMode::strict, "strict"}}};

std::int64_t to_integer(Timestamp time) { return time.time_since_epoch().count(); }

}  // namespace

std::string_view to_text(SchemaMode mode) noexcept { return name_of(schema_modes, mode); }

std::optional<SchemaMode> parse_schema_mode(std::string_view text) noexcept
{
    return value_of(schema_modes, text);
}

Retention overlay(Retention standard, const OwnRetention& own)
{
    for (const auto& field : retention_fields)
        if (const auto& kept = own.*field.own) standard.*field.standard = *kept;
    return standard;
}

json::object to_record_json(const Tenant& tenant)
{
    json::object retention;
    for (const auto& field : retention_fields)
        if (const auto& kept = tenant.retention.*field.own) retention[field.name] = kept->count();
    return {{"name", tenant.name},
            {"retention", std::move(retention)},
            {"in_flight", tenant.in_flight},
            {"schema_mode", to_text(tenant.schema_mode)},
            {"accent", tenant.branding.accent},
            {"logo", tenant.branding.logo},
            {"owner", tenant.owner.is_nil() ? "" : tenant.owner.to_string()},
            {"deleted_at", tenant.deleted_at ? to_integer(*tenant.deleted_at) : 0},
            {"created_at", to_integer(tenant.created_at)}};
}

Tenant read_tenant(const json::object& object)
{
    Tenant tenant;
    tenant.name = object.at("name").as_string();
    tenant.in_flight = object.at("in_flight").to_number<std::uint32_t>();
    tenant.schema_mode = parse_schema_mode(object.at("schema_mode").as_string()).value();
    tenant.created_at = Timestamp{milliseconds{object.at("created_at").to_number<std::int64_t>()}};
    if (const auto* accent = object.if_contains("accent"))
        tenant.branding.accent = accent->as_string();
    if (const auto* logo = object.if_contains("logo")) tenant.branding.logo = logo->as_string();
    if (const auto* owner = object.if_contains("owner"))
        tenant.owner = TenantId::parse(owner->as_string()).value_or(TenantId{});
    if (const auto* deleted = object.if_contains("deleted_at"))
        if (const auto at = deleted->to_number<std::int64_t>(); at != 0)
            tenant.deleted_at = Timestamp{milliseconds{at}};
    const auto& retention = object.at("retention").as_object();
    for (const auto& field : retention_fields)
        if (const auto* kept = retention.if_contains(field.name))
            tenant.retention.*field.own = milliseconds{kept->to_number<std::int64_t>()};
    return tenant;
}

}  // namespace katydid::registry
