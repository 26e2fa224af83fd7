// /v1/subjects: what is stored about one person, and what they opted out of.
#include "hub/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/receive/rejected/erase_kept.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

using store::privacy_kind;
/// What an event may have: 256 characters of up to four bytes, or a CloudEvent's.
constexpr std::size_t subject_bytes_max = 1'024;

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
    entry.actor = actor_of(caller);
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
    return http::Response::problem(404, "Name a subject of 1 to 1,024 bytes in the path.");
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

awaitable<http::Response> put_privacy(const Context& context, const Caller& caller,
                                      http::Request& request, const json::object& body)
{
    auto subject = subject_of(request);
    if (!subject) co_return no_such_subject();
    store::Record record{
        caller.tenant,      privacy_kind, std::move(*subject), json::serialize(body), 0,
        context.clock.now()};
    record.is_setting = false;  // read from the store, where it is asked for
    const auto put = co_await context.store.put_record(std::move(record));
    if (!put) co_return error_response(put.error());
    // The person is not named: the log outlives an erasure.
    co_await audit_change(context, caller, "subject.privacy_changed", "", json::serialize(body));
    co_return object_response(200, body);
}

}  // namespace

void add_subject_routes(Routes& routes)
{
    const std::string one = "/v1/subjects/{subject}";
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
