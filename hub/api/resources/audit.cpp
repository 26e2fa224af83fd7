// /v1/audit: who changed what, and whether the log is whole.
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/api/resources/audit_object.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/store/shared/encoding.hpp"

#include <charconv>

namespace katydid::api {
namespace audit {
namespace {

namespace json = boost::json;

constexpr std::string_view scope = "audit:read";

std::string hex(std::string_view bytes) { return encode(Encoding::hex, bytes); }

json::object to_json(const store::AuditRow& row)
{
    const auto& entry = row.entry;
    return {{"number", row.number},
            {"at", to_rfc3339(entry.at)},
            {"actor", safe_text(entry.actor)},
            {"action", safe_text(entry.action)},
            {"object", safe_text(entry.object)},
            {"detail", safe_text(entry.detail)},
            {"previous_hash", hex(row.previous_hash)},
            {"hash", hex(row.hash)}};
}

bool read_cursor(const http::Request& request, std::optional<std::uint64_t>& cursor,
                 http::Response& response)
{
    const auto text = request.query_parameter("cursor");
    if (!text) return true;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    const bool is_number = error == std::errc{} && end == text->data() + text->size();
    if (!is_number || number > std::uint64_t{1} << 62U) {
        response = parameter_fault("cursor", "is not a cursor of this list");
        return false;
    }
    cursor = number;
    return true;
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    store::AuditQuery query;
    query.tenant = caller.tenant;
    query.action = request.query_parameter("action");
    if (auto actor = request.query_parameter("actor"))
        query.actor = audited_actor(context, caller, std::move(*actor));
    if (const auto object = request.query_parameter("object")) {
        std::string fault;
        query.object = audited_object(context, caller, *object, fault);
        if (!query.object) co_return parameter_fault("object", std::move(fault));
    }
    const auto ascending = read_order(request, response);
    if (!ascending) co_return response;
    query.ascending = *ascending;
    const auto limit = read_limit(request, response);
    if (!limit || !read_time(request, "since", query.since, response)
        || !read_time(request, "until", query.until, response)
        || !read_cursor(request, query.cursor, response))
        co_return response;
    query.limit = *limit;
    const auto rows = co_await context.store.audit_entries(std::move(query));
    if (!rows) co_return error_response(rows.error());
    json::array data;
    for (const auto& row : *rows) data.push_back(to_json(row));
    const auto cursor = rows->size() == *limit ? std::to_string(rows->back().number) : "";
    co_return page(std::move(data), cursor);
}

/// Walks the tenant's chain from its first entry.
struct Chain {
    std::uint64_t entries = 0;
    std::optional<std::uint64_t> broken_at;
    std::uint64_t number = 0;
    std::string hash;

    void take(const store::AuditRow& row)
    {
        ++entries;
        const auto digest = store::chain_hash(row.entry, row.previous_hash);
        const std::string_view own{reinterpret_cast<const char*>(digest.data()), digest.size()};
        const bool fits = row.previous_hash == hash && row.hash == own && row.number == number + 1;
        if (!fits && !broken_at) broken_at = row.number;
        number = row.number;
        hash = row.hash;
    }
};

awaitable<http::Response> verify(const Context& context, const Caller& caller, http::Request&)
{
    Chain chain;
    store::AuditQuery query;
    query.tenant = caller.tenant;
    query.ascending = true;
    query.limit = 250;
    while (true) {
        const auto rows = co_await context.store.audit_entries(query);
        if (!rows) co_return error_response(rows.error());
        for (const auto& row : *rows) chain.take(row);
        if (rows->size() < query.limit) break;
        query.cursor = chain.number;
    }
    json::object body{{"verified", !chain.broken_at},
                      {"entries", chain.entries},
                      {"broken_at", nullptr},
                      {"head", nullptr}};
    if (chain.broken_at) body["broken_at"] = *chain.broken_at;
    if (chain.entries > 0)
        body["head"] = json::object{{"number", chain.number}, {"hash", hex(chain.hash)}};
    co_return object_response(200, body);
}

}  // namespace
}  // namespace audit

void add_audit_routes(Routes& routes)
{
    using namespace audit;
    routes.document().add_page_schema("AuditPage", "AuditEntry");
    routes.add("GET", "/v1/audit", scope,
               {"listAudit",
                "Who changed what",
                {{200, "AuditPage", "a page"}},
                {text_parameter("action", "exact, or \"prefix.*\""),
                 text_parameter("actor", "who: a key, by id or name; settings or hub"),
                 text_parameter("object",
                                "what was changed: an id or a name; \"source:NAME\" where several "
                                "kinds of things have it"),
                 since_parameter("changed then"), until_parameter("changed"), order_parameter(),
                 limit_parameter(), cursor_parameter()}},
               list);
    routes.add("GET", "/v1/audit/verify", scope,
               {"verifyAudit",
                "Whether every entry is as it was written",
                {{200, "AuditVerdict", "the verdict"}}},
               verify);
}

}  // namespace katydid::api
