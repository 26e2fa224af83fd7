#include "hub/core/event_json.hpp"

#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/utf8.hpp"

#include <boost/json.hpp>

namespace katydid {
namespace {

boost::json::value text_or_null(const std::string& text)
{
    return text.empty() ? boost::json::value{} : boost::json::value(as_utf8(text));
}

}  // namespace

boost::json::object describe(const Event& event)
{
    return {{"id", event.id.to_string()},
            {"type", as_utf8(event.type)},
            {"source", text_or_null(event.source)},
            {"subject", text_or_null(event.subject)},
            {"key", text_or_null(event.key)},
            {"external_id", as_utf8(event.external_id)},
            {"occurred_at", to_rfc3339(event.occurred_at)}};
}

}  // namespace katydid
