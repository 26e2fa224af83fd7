// Values made up from schemas.
#pragma once

#include "tests/api/served/api_document.hpp"

#include <boost/json.hpp>

#include <iterator>
#include <limits>
#include <random>
#include <string>

namespace katydid::test {

/// Makes values by schemas, right ones and wrong ones. Repeatable by its seed.
class Inventor {
public:
    Inventor(const ApiDocument& document, std::uint64_t seed) : document_{document}, random_{seed}
    {}

    bool chance(double probability)
    {
        return std::uniform_real_distribution<double>{0, 1}(random_) < probability;
    }
    std::size_t below(std::size_t count)
    {
        return count == 0 ? 0 : std::uniform_int_distribution<std::size_t>{0, count - 1}(random_);
    }

    boost::json::value fitting(const boost::json::value& schema, int depth = 0)
    {
        const auto& resolved = document_.resolve(schema);
        if (!resolved.is_object()) return anything(depth);
        const auto& node = resolved.get_object();
        if (const auto* examples = node.if_contains("examples"); examples && chance(0.5))
            return pick(examples->as_array());
        if (const auto* choices = node.if_contains("oneOf"))
            return fitting(pick(choices->as_array()), depth);
        if (const auto* values = node.if_contains("enum")) return pick(values->as_array());
        if (const auto* value = node.if_contains("const")) return *value;
        const auto* type = node.if_contains("type");
        if (type == nullptr) return anything(depth);
        const auto chosen = type->is_array() ? pick(type->get_array()) : *type;
        const std::string_view kind = chosen.as_string();
        if (kind == "object") return object(node, depth);
        if (kind == "array") return array(node, depth);
        if (kind == "integer") return number(node);
        if (kind == "number") return static_cast<double>(below(1000)) / 8;
        if (kind == "boolean") return chance(0.5);
        if (kind == "null") return nullptr;
        return text(node);
    }

    /// A value with something wrong in it somewhere.
    boost::json::value spoilt(boost::json::value value)
    {
        auto* object = value.if_object();
        if (object == nullptr || object->empty() || chance(0.3)) {
            if (object != nullptr && chance(0.5)) {
                (*object)["zzz"] = anything(0);
                return value;
            }
            return anything(0);
        }
        auto member = object->begin() + static_cast<std::ptrdiff_t>(below(object->size()));
        if (chance(0.3)) object->erase(member);
        else member->value() = spoilt(member->value());
        return value;
    }

    boost::json::value anything(int depth)
    {
        switch (below(depth > 2 ? 9 : 11)) {
        case 0: return nullptr;
        case 1: return chance(0.5);
        case 2: return -1;
        case 3: return std::numeric_limits<std::uint64_t>::max();
        case 4: return 1e300;
        case 5: return "";
        case 6: return boost::json::value(std::string(below(5000), 'x'));
        case 7: return "ünï\xF0\x9F\xA6\x97\t\"\\/~1%00";
        case 8: return boost::json::value(std::string("\x01\x1f\x7f", 3));
        case 9: return boost::json::array{anything(depth + 1), anything(depth + 1)};
        default: return boost::json::object{{"a", anything(depth + 1)}, {"$ref", "#"}};
        }
    }

    std::string word()
    {
        static const char* const words[] = {
            "acme", "anna", "a.b", "order.*", "*",   "x",
            "0",    "-1",   "..",  "%2F",     "a/b", "evt_01ARZ3NDEKTSV4RRFFQ69G5FAV"};
        return words[below(std::size(words))];
    }

private:
    boost::json::value pick(const boost::json::array& values)
    {
        return values.at(below(values.size()));
    }

    boost::json::value object(const boost::json::object& node, int depth)
    {
        boost::json::object made;
        const auto* required = node.if_contains("required");
        const auto needs = [&](std::string_view name) {
            if (required == nullptr) return false;
            for (const auto& each : required->as_array())
                if (each.as_string() == name) return true;
            return false;
        };
        if (const auto* properties = node.if_contains("properties"))
            for (const auto& property : properties->as_object())
                if (needs(property.key()) || chance(0.3))
                    made[property.key()] = fitting(property.value(), depth + 1);
        return made;
    }
    boost::json::value array(const boost::json::object& node, int depth)
    {
        boost::json::array made;
        const auto* items = node.if_contains("items");
        for (auto count = 1 + below(3); count > 0; --count)
            made.push_back(items == nullptr ? anything(depth + 1) : fitting(*items, depth + 1));
        return made;
    }
    boost::json::value number(const boost::json::object& node)
    {
        const auto* low = node.if_contains("minimum");
        const auto* high = node.if_contains("maximum");
        const auto from = low == nullptr ? 0 : low->to_number<std::int64_t>();
        const auto to = high == nullptr ? from + 1000 : high->to_number<std::int64_t>();
        if (chance(0.2)) return from;
        if (chance(0.2)) return to;
        return std::uniform_int_distribution<std::int64_t>{from, to}(random_);
    }
    boost::json::value text(const boost::json::object& node)
    {
        const auto* format = node.if_contains("format");
        if (format != nullptr) return "2026-06-15T18:00:00Z";
        return boost::json::value(word());
    }

    const ApiDocument& document_;
    std::mt19937_64 random_;
};

}  // namespace katydid::test
