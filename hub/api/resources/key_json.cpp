#include "hub/api/resources/key_json.hpp"

#include "signing/keys/secrets.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

json::value time_or_null(const std::optional<Timestamp>& time)
{
    if (!time) return nullptr;
    return json::value(to_rfc3339(*time));
}

}  // namespace

json::array keys_json(const signing::KeyRing& keys, Timestamp now)
{
    json::array array;
    for (const auto& key : keys.keys) {
        json::object object{{"id", key.id.to_string()},
                            {"active", key.is_active(now)},
                            {"not_before", time_or_null(key.not_before)},
                            {"not_after", time_or_null(key.not_after)}};
        if (auto shared = signing::public_key_of(key.secret); !shared.empty())
            object["public_key"] = std::move(shared);
        array.push_back(std::move(object));
    }
    return array;
}

}  // namespace katydid::api
