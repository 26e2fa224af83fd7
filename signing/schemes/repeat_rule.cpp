// The rules of hub/receive and of identity.cpp, said for each scheme.
#include "signing/request/coverage.hpp"
#include "signing/schemes/scheme_traits.hpp"
#include "signing/schemes/value_refs.hpp"

namespace katydid::signing {
namespace {

/// Those that the signature covers, or those that it does not: "`header:A`, `json:/b`".
std::string listed(const ValueRefs& refs, const Coverage& coverage, bool covered)
{
    std::string text;
    for (const auto& ref : refs) {
        if (coverage.covers(ref) != covered) continue;
        if (!text.empty()) text += ", ";
        text.append("`").append(to_text(ref)).append("`");
    }
    return text;
}

std::string ids_of_batch(const Scheme& scheme)
{
    if (!scheme.batch || scheme.batch->ids.empty()) return {};
    const auto& items = scheme.batch->items;
    return "`" + scheme.batch->ids.front().name + "` of every event"
           + (items.empty() ? "" : " in `" + items + "`");
}

}  // namespace

RepeatRule repeat_rule_of(const Scheme& scheme)
{
    const Coverage coverage{scheme};
    RepeatRule rule;
    rule.id = listed(scheme.id, coverage, true);
    const auto batch = coverage.covers_body() ? ids_of_batch(scheme) : std::string{};
    if (!batch.empty()) rule.id += (rule.id.empty() ? "" : ", ") + batch;
    const auto hints = listed(scheme.id, coverage, false);
    if (coverage.covers_time()) rule.without_id = "the same signature, with its time";
    if (!hints.empty())
        rule.without_id += (rule.without_id.empty() ? "" : ", or ")
                           + ("the same body with " + hints);
    if (rule.without_id.empty()) rule.without_id = "nothing: each request is an event";
    const auto types = listed(scheme.type, coverage, true);
    const auto others = listed(scheme.type, coverage, false);
    rule.type = types;
    if (!others.empty()) rule.type += (types.empty() ? "" : ", else ") + others + " (not signed)";
    return rule;
}

}  // namespace katydid::signing
