#include "signing/request/candidates.hpp"

#include "hub/core/text/text.hpp"
#include "signing/request/parameters.hpp"

#include <algorithm>

namespace katydid::signing {
namespace {

bool is_known_field(const Scheme& scheme, std::string_view field)
{
    return std::any_of(scheme.methods.begin(), scheme.methods.end(), [&](const Method& method) {
        return method.field == field || method.field == "*";
    });
}

void add(Candidates& found, const SignatureRule& rule, std::string_view field,
         std::string_view text)
{
    if (!rule.prefix.empty()) {
        if (text.size() < rule.prefix.size()
            || !equal_names(text.substr(0, rule.prefix.size()), rule.prefix))
            return;
        text.remove_prefix(rule.prefix.size());
    }
    if (text.empty()) return;
    found.too_many = found.size == found.items.size();
    if (!found.too_many) found.items[found.size++] = {field, text};
}

void split(Candidates& found, const Scheme& scheme, std::string_view list)
{
    const auto& rule = scheme.signature;
    std::size_t index = 0;
    while (!list.empty() && !found.too_many) {
        const auto item = take_item(list, rule.items);
        if (rule.pair.empty()) {
            if (index++ >= rule.position.value_or(0)) add(found, rule, {}, item);
            continue;
        }
        const auto mark = item.find(rule.pair);
        if (mark == std::string_view::npos) continue;
        const auto field = trimmed(item.substr(0, mark));
        if (is_known_field(scheme, field))
            add(found, rule, field, trimmed(item.substr(mark + rule.pair.size())));
    }
}

}  // namespace

Candidates find_candidates(RequestValues& values)
{
    Candidates found;
    const auto& rule = values.scheme().signature;
    for (const auto& ref : rule.refs) {
        const auto text = values.value(ref);
        if (!text || text->empty()) continue;
        found.present = true;
        if (text->size() > signature_header_bytes_max) found.oversized = true;
        else split(found, values.scheme(), *text);
        if (!rule.all_sources || found.too_many) break;
    }
    return found;
}

}  // namespace katydid::signing
