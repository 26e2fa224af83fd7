#include "handlers/dialects/grasshopper/type_map.hpp"

#include "handlers/dialects/dialects.hpp"

#include <boost/json.hpp>

#include <map>
#include <string>

namespace katydid::dialects::grasshopper {
namespace {

using Types = std::map<std::string, std::string, std::less<>>;

Types read_types()
{
    const auto text = embedded_text(embedded_files, "grasshopper/types.json");
    const auto document = boost::json::parse(boost::json::string_view{text.data(), text.size()});
    Types types;
    for (const auto& [ours, theirs] : document.as_object())
        types.emplace(std::string_view{ours}, std::string_view{theirs.as_string()});
    return types;
}

}  // namespace

std::optional<std::string_view> map_type(std::string_view type)
{
    static const Types types = read_types();
    const auto found = types.find(type);
    if (found == types.end()) return std::nullopt;
    return found->second;
}

}  // namespace katydid::dialects::grasshopper
