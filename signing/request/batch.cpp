#include "signing/request/batch.hpp"

#include "hub/core/json/scan.hpp"
#include "hub/core/text/text.hpp"
#include "signing/request/request_values.hpp"

namespace katydid::signing {
namespace {

bool is_of(const Headers& headers, std::string_view media_type)
{
    const std::string_view type = header_value(headers, "content-type");
    const auto end = type.find_first_of("; \t");
    return media_type.empty() || equal_names(type.substr(0, end), media_type);
}

std::string text_at(std::string_view item, std::string_view pointer)
{
    const auto value = json_text::find(item, pointer);
    return value ? scalar_text(*value).value_or("") : std::string{};
}

std::string id_of(std::string_view item, const ValueRefs& refs)
{
    for (const auto& ref : refs) {
        auto id = text_at(item, ref.name);
        if (id.empty() || ref.scope.empty()) {
            if (!id.empty()) return id;
            continue;
        }
        const auto scope = text_at(item, ref.scope.front().name);
        if (!scope.empty()) return scoped_id(scope, id);
    }
    return {};
}

}  // namespace

std::optional<std::vector<BatchItem>> read_batch(const Scheme& scheme, const Headers& headers,
                                                 std::string_view body)
{
    if (!scheme.batch || !is_of(headers, scheme.batch->media_type) || !json_text::is_json(body))
        return std::nullopt;
    const auto& rule = *scheme.batch;
    const auto whole = json_text::find(body, rule.items);
    if (!whole) return std::nullopt;
    std::optional<std::vector<std::string_view>> texts;
    if (whole->starts_with('[')) texts = json_text::elements(*whole, batch_items_max);
    else if (whole->starts_with('{')) texts.emplace({*whole});
    if (!texts || texts->empty()) return std::nullopt;
    std::vector<BatchItem> items;
    items.reserve(texts->size());
    for (const auto text : *texts) {
        BatchItem item{text, {}, id_of(text, rule.ids)};
        for (const auto& pointer : rule.types)
            if (item.type.empty()) item.type = text_at(text, pointer);
        items.push_back(std::move(item));
    }
    return items;
}

}  // namespace katydid::signing
