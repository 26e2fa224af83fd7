#include "hub/core/source_json.hpp"

#include "hub/core/json/fields.hpp"
#include "hub/core/text/text.hpp"

#include <boost/json.hpp>

namespace katydid {
namespace {

namespace json = boost::json;

constexpr NameTable<Unsigned, 2> choices{
    {{Unsigned::accept, "accept"}, {Unsigned::refuse, "refuse"}}};

}  // namespace

/// The settings of a source: their names, and how they are written where they say nothing.
static void fields_of(Either<SourceSettings> auto& settings, auto& visit)
{
    visit("public_url", settings.public_url, Blank::null);
    visit("client_subject", settings.client_subject, Blank::null);
    visit("gzip", settings.gzip);
    visit("tolerance", settings.tolerance);
    visit("repeats", settings.repeats);
    visit("unsigned_types", settings.unsigned_types);
    visit("split", settings.split);
    visit("principal", settings.principal, Blank::null);
    visit("verify_token_sha256", settings.verify_token_sha256, Blank::absent);
}

json::object to_json(const SourceSettings& settings) { return write_fields(settings); }

void from_json(const json::object& object, SourceSettings& into, std::vector<Fault>& faults)
{
    read_fields(object, into, faults);
}

static void fields_of(Either<Source> auto& source, auto& visit)
{
    visit("name", source.name);
    visit("schemes", source.schemes);
    visit("settings", source.settings);
    visit("read_only", source.read_only);
    visit("created_at", source.created_at);
    visit("updated_at", source.updated_at);
}

json::object to_json(const Source& source) { return write_fields(source); }

void from_json(const json::object& object, Source& into, std::vector<Fault>& faults)
{
    read_fields(object, into, faults);
}

std::string_view to_text(Unsigned choice) noexcept { return name_of(choices, choice); }

}  // namespace katydid
