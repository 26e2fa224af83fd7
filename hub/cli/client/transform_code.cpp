#include "hub/cli/client/transform_code.hpp"

#include "hub/cli/client/session.hpp"
#include "hub/cli/offline_input.hpp"
#include "hub/transform/presets.hpp"

namespace katydid::cli {

namespace json = boost::json;

json::value transform_of_file(const std::string& path)
{
    if (path == "null") return nullptr;
    auto text = read_file(path);
    if (!text) throw CommandEnd{wrong_usage, text.error().message};
    const auto* language = path.ends_with(".jq") ? "jq" : "javascript";
    return json::object{{"language", language}, {"code", std::move(*text)}};
}

json::value transform_of_preset(const std::string& name)
{
    const auto code = transform::preset(name);
    if (code) return json::object{{"language", "javascript"}, {"code", *code}};
    std::string known;
    for (const auto each : transform::preset_names())
        known.append(known.empty() ? "" : ", ").append(each);
    throw CommandEnd{wrong_usage, "there is no preset \"" + name + "\": there are " + known};
}

}  // namespace katydid::cli
