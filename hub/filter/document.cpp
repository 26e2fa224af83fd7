#include "hub/filter/document.hpp"

#include "hub/core/json/parse.hpp"

#include <boost/json.hpp>

#include <array>
#include <optional>

namespace katydid::filter {

namespace json = boost::json;

/// Memory of one event's documents: most of them fit into the buffer.
struct Document::Parts {
    std::array<unsigned char, std::size_t{8} * 1024> buffer;
    json::monotonic_resource memory{buffer.data(), buffer.size()};
    bool payload_parsed = false;
    bool payload_is_too_deep = false;
    std::optional<json::value> payload;
    std::optional<json::value> headers;
    std::optional<json::value> event;
};

namespace {

json::value make_headers(const Headers& headers, json::storage_ptr memory)
{
    json::object object(memory);
    for (const auto& header : headers) {
        std::string name = header.name;
        for (auto& c : name)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        auto* known = object.if_contains(name);
        if (known == nullptr) {
            object.emplace(name, json::string_view{header.value});
            continue;
        }
        if (!known->is_array()) {
            json::array values(memory);
            values.push_back(*known);
            *known = std::move(values);
        }
        known->get_array().emplace_back(json::string_view{header.value});
    }
    return object;
}

/// What is unknown is not there.
json::value make_event(const Event& event, json::storage_ptr memory)
{
    json::object object(std::move(memory));
    const auto put = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) object.emplace(name, json::string_view{value});
    };
    put("id", event.id.to_string());
    put("type", event.type);
    put("source", event.source);
    put("subject", event.subject);
    put("key", event.key);
    put("external_id", event.external_id);
    return object;
}

}  // namespace

Document::Document(const Event& event) : event_{event} {}
Document::~Document() = default;

Document::Parts& Document::parts()
{
    if (!parts_) parts_ = std::make_unique_for_overwrite<Parts>();
    return *parts_;
}

const json::value* Document::payload()
{
    auto& known = parts();
    if (!known.payload_parsed) {
        known.payload_parsed = true;
        if (event_.payload) {
            json::error_code error;
            auto value = json_text::parse(*event_.payload, error, &known.memory);
            if (!error) known.payload.emplace(std::move(value));
            known.payload_is_too_deep = error == json::error::too_deep;
        }
    }
    return known.payload ? &*known.payload : nullptr;
}

bool Document::is_too_deep() { return payload() == nullptr && parts().payload_is_too_deep; }

const json::value* Document::root(std::string_view name)
{
    if (name == "payload") return payload();
    auto& known = parts();
    if (name == "headers") {
        if (!known.headers) known.headers.emplace(make_headers(event_.headers, &known.memory));
        return &*known.headers;
    }
    if (name == "event") {
        if (!known.event) known.event.emplace(make_event(event_, &known.memory));
        return &*known.event;
    }
    return nullptr;
}

}  // namespace katydid::filter
