#include "hub/registry/source_entry.hpp"

#include "hub/observe/log.hpp"

#include <boost/json.hpp>

namespace katydid::registry {
namespace {

namespace json = boost::json;

bool needs_more(const signing::SchemeTraits& traits)
{
    return traits.fetches_key || traits.answers_post || traits.signs_url || traits.has_own_answers;
}

}  // namespace

std::string to_text(const SourceSettings& settings)
{
    json::object object;
    if (!settings.public_url.empty()) object["public_url"] = settings.public_url;
    if (!settings.client_subject.empty()) object["client_subject"] = settings.client_subject;
    if (settings.gzip) object["gzip"] = true;
    return json::serialize(object);
}

SourceSettings read_source_settings(std::string_view text)
{
    SourceSettings settings;
    json::error_code error;
    const auto value = json::parse(text, error);
    if (error || !value.is_object()) return settings;
    if (const auto* url = value.get_object().if_contains("public_url"))
        if (const auto* given = url->if_string()) settings.public_url = *given;
    if (const auto* subject = value.get_object().if_contains("client_subject"))
        if (const auto* given = subject->if_string()) settings.client_subject = *given;
    if (const auto* gzip = value.get_object().if_contains("gzip"))
        settings.gzip = gzip->is_bool() && gzip->get_bool();
    return settings;
}

SourceEntryPtr
make_source_entry(store::Source source, signing::KeyRingPtr keys, SourceSettings settings,
                  const std::function<signing::SchemePtr(std::string_view)>& find_scheme)
{
    auto entry = std::make_shared<SourceEntry>();
    std::erase_if(source.schemes, [&](const std::string& name) {
        auto scheme = find_scheme(name);
        if (!scheme) {
            log::error("source.scheme_missing", "the source names a scheme that does not exist",
                       {{"source", source.name}, {"scheme", name}});
            return true;
        }
        entry->traits.push_back(signing::traits_of(*scheme));
        entry->is_plain = entry->is_plain && !needs_more(entry->traits.back());
        entry->schemes.push_back(std::move(scheme));
        return false;
    });
    entry->source = std::move(source);
    entry->keys = std::move(keys);
    entry->public_url = std::move(settings.public_url);
    entry->client_subject = std::move(settings.client_subject);
    entry->gzip = settings.gzip;
    return entry;
}

}  // namespace katydid::registry
