// /v1/subjects: what is stored about one person, and what they opted out of.
#include "hub/api/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/receive/rejected/erase_kept.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr const char* privacy_kind = "privacy";  ///< as hub/receive reads it
constexpr std::size_t subject_bytes_max = 256;

constexpr const char* privacy_schema = R"json({
  "type": "object",
  "required": ["opt_out"],
  "properties": {"opt_out": {
    "oneOf": [{"type": "boolean"}, {"type": "array", "maxItems": 200,
              "items": {"type": "string", "minLength": 1}}],
    "description": "true: from everything; a list: from these platforms; false: from nothing"
  }},
  "additionalProperties": false
})json";

constexpr const char* erased_schema = R"json({
  "type": "object",
  "required": ["events", "deliveries_cancelled", "rejected"],
  "properties": {
    "events": {"type": "integer", "minimum": 0},
    "rejected": {"type": "integer", "minimum": 0,
                 "description": "rejected webhooks that named the person"},
    "deliveries_cancelled": {"type": "integer", "minimum": 0,
                             "description": "that had not been sent yet"}
  },
  "additionalProperties": false
})json";

/// The audit entry names the number of events and not the person: it outlives the erasure.
awaitable<result<void>> note_erasure(const Context& context, const Caller& caller,
                                     const store::Erased& erased, std::uint64_t rejected)
{
    const json::object detail{{"events", erased.events},
                              {"deliveries_cancelled", erased.deliveries_cancelled},
                              {"rejected", rejected}};
    store::AuditEntry entry;
    entry.tenant = caller.tenant;
    entry.at = context.clock.now();
    entry.actor = caller.key.is_nil() ? "operator" : caller.key.to_string();
    entry.action = "subject.erased";
    entry.detail = json::serialize(detail);
    auto noted = co_await context.store.audit(std::move(entry));
    co_return noted;
}

/// What a path can name; else a 404.
std::optional<std::string> subject_of(const http::Request& request)
{
    std::string subject{request.parameter("subject")};
    if (subject.empty() || subject.size() > subject_bytes_max) return std::nullopt;
    return subject;
}

http::Response no_such_subject()
{
    return http::Response::problem(404, "Name a subject of 1 to 256 bytes in the path.");
}

awaitable<http::Response> erase(const Context& context, const Caller& caller,
                                http::Request& request)
{
    auto subject = subject_of(request);
    if (!subject) co_return no_such_subject();
    const auto erased = co_await context.store.erase_subject(caller.tenant, *subject,
                                                             context.clock.now());
    if (!erased) co_return error_response(erased.error());
    result<std::uint64_t> rejected{0};
    if (context.vault != nullptr)
        rejected = co_await receive::erase_kept(context.store, *context.vault, caller.tenant,
                                                std::move(*subject));
    if (!rejected) co_return error_response(rejected.error());
    const auto noted = co_await note_erasure(context, caller, *erased, *rejected);
    if (!noted) co_return error_response(noted.error());
    const json::object body{{"events", erased->events},
                            {"deliveries_cancelled", erased->deliveries_cancelled},
                            {"rejected", *rejected}};
    co_return object_response(200, body);
}

awaitable<http::Response> show_privacy(const Context& context, const Caller& caller,
                                       http::Request& request)
{
    auto subject = subject_of(request);
    if (!subject) co_return no_such_subject();
    const auto record = co_await context.store.record(caller.tenant, privacy_kind, *subject);
    if (!record && record.error() != errc::not_found) co_return error_response(record.error());
    // Of somebody unknown nothing is said: not even that nothing is known.
    co_return http::Response::json(200, record ? record->json : R"({"opt_out":false})");
}

std::optional<json::value> read_opt_out(const json::object& body, std::vector<Fault>& faults)
{
    ObjectReader reader{body, "", faults};
    std::optional<json::value> opt_out;
    const auto* value = reader.take("opt_out");
    if (value == nullptr) {
        reader.fault("opt_out", "is missing: true, false, or a list of platforms");
    } else if (value->is_bool()) {
        opt_out = *value;
    } else if (const auto names = reader.texts("opt_out")) {
        opt_out = *value;
    }
    reader.finish();
    return faults.empty() ? opt_out : std::nullopt;
}

awaitable<http::Response> put_privacy(const Context& context, const Caller& caller,
                                      http::Request& request)
{
    http::Response response;
    auto subject = subject_of(request);
    if (!subject) co_return no_such_subject();
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    const auto opt_out = read_opt_out(*body, faults);
    if (!opt_out) co_return faults_response(faults);
    const json::object object{{"opt_out", *opt_out}};
    store::Record record{
        caller.tenant,      privacy_kind, std::move(*subject), json::serialize(object), 0,
        context.clock.now()};
    record.is_setting = false;  // read from the store, where it is asked for
    const auto put = co_await context.store.put_record(std::move(record));
    if (!put) co_return error_response(put.error());
    // The person is not named: the log outlives an erasure.
    co_await audit_change(context, caller, "subject.privacy_changed", "", json::serialize(object));
    co_return object_response(200, object);
}

}  // namespace

void add_subject_routes(Routes& routes)
{
    const std::string one = "/v1/subjects/{subject}";
    routes.document().add_schema("Privacy", privacy_schema);
    routes.document().add_schema("Erased", erased_schema);
    routes.add("POST", one + "/erase", "subjects:erase",
               {"eraseSubject",
                "Erase what is stored about a person; that there were events stays",
                {{200, "Erased", "what was removed"}}},
               erase);
    routes.add("GET", one + "/privacy", "subjects:write",
               {"getPrivacy", "What a person opted out of", {{200, "Privacy", "their opt-outs"}}},
               show_privacy);
    Operation change{"putPrivacy",
                     "Set what a person opted out of; counts from the next event on",
                     {{200, "Privacy", "as it is now"}}};
    change.bodies = json_body("Privacy");
    routes.add("PUT", one + "/privacy", "subjects:write", std::move(change), put_privacy);
}

}  // namespace katydid::api
