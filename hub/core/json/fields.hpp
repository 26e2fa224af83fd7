// Structs as JSON objects: each names its fields once, and both directions follow from that.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/json/fault.hpp"

#include <boost/json.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace katydid {

/// How a value that says nothing (empty, zero, the default) is written.
enum class Blank : std::uint8_t { shown, null, absent };

class FieldWriter;
class FieldReader;

/// A struct with `template <class T, class Visit> void fields_of(T& value, Visit& visit)`, which
/// calls `visit("name", value.name)` for each field; T is const for the writer.
template <class T>
concept HasFields = requires(const T& value, FieldWriter& visit) { fields_of(value, visit); };

/// For fields_of(): a T, const or not.
template <class T, class Of>
concept Either = std::same_as<std::remove_const_t<T>, Of>;

/// 5 instead of 5E0.
[[nodiscard]] inline boost::json::value plain_number(double value)
{
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) == value) return whole;
    return value;
}

/// Makes an object of a struct's fields.
class FieldWriter {
public:
    template <class T>
    void operator()(std::string_view name, const T& value, Blank blank = Blank::shown)
    {
        if (blank == Blank::shown || !(value == T{})) object.emplace(name, to_value(value));
        else if (blank == Blank::null) object.emplace(name, nullptr);
    }
    /// A text that holds JSON.
    void json(std::string_view name, const std::string& text)
    {
        if (!text.empty()) object.emplace(name, boost::json::parse(text));
    }

    boost::json::object object;

private:
    template <class T>
    static boost::json::value to_value(const T& value)
    {
        if constexpr (HasFields<T>) {
            FieldWriter inner;
            fields_of(value, inner);
            return std::move(inner.object);
        } else if constexpr (requires { write_field(value); }) {
            return write_field(value);
        } else if constexpr (std::is_enum_v<T>) {
            return boost::json::value(to_text(value));
        } else if constexpr (std::is_same_v<T, milliseconds>) {
            return boost::json::value(to_duration_text(value));
        } else if constexpr (std::is_same_v<T, Timestamp>) {
            return boost::json::value(to_rfc3339(value));
        } else if constexpr (std::is_same_v<T, double>) {
            return plain_number(value);
        } else if constexpr (requires { value.to_string(); }) {  // an id
            return boost::json::value(value.to_string());
        } else {
            return boost::json::value(value);
        }
    }
    template <class T>
    static boost::json::value to_value(const std::optional<T>& value)
    {
        return value ? to_value(*value) : boost::json::value{};
    }
    template <class T>
    static boost::json::value to_value(const std::vector<T>& values)
    {
        if constexpr (requires { write_field(values); }) {
            return write_field(values);
        } else {
            boost::json::array array;
            for (const auto& each : values) array.push_back(to_value(each));
            return array;
        }
    }
};

/// Fills a struct's fields from an object. What is absent stays, null makes it blank: so a change
/// of one field leaves the others. The object fits its schema; what a schema cannot say of a value
/// is a fault here.
class FieldReader {
public:
    FieldReader(const boost::json::object& object, std::string pointer, std::vector<Fault>& faults)
        : object_{object},
          pointer_{std::move(pointer)},
          faults_{faults}
    {}

    template <class T>
    void operator()(std::string_view name, T& value, Blank = Blank::shown)
    {
        const auto* given = object_.if_contains(name);
        if (given == nullptr) return;
        if (given->is_null()) value = T{};
        else read(*given, value, pointer_to(pointer_, name));
    }
    void json(std::string_view name, std::string& text)
    {
        const auto* given = object_.if_contains(name);
        if (given != nullptr) text = given->is_null() ? "" : boost::json::serialize(*given);
    }

private:
    template <class T>
    void read(const boost::json::value& given, T& value, const std::string& pointer)
    {
        if constexpr (HasFields<T>) {
            FieldReader inner{given.as_object(), pointer, faults_};
            fields_of(value, inner);
        } else if constexpr (requires { read_field(given, value, pointer, faults_); }) {
            read_field(given, value, pointer, faults_);
        } else if constexpr (std::is_enum_v<T>) {
            read_choice(given.as_string(), value, pointer);
        } else if constexpr (std::is_same_v<T, milliseconds>) {
            keep(parse_duration(given.as_string()), value, pointer,
                 "must be a duration such as \"500ms\", \"5s\", \"5m\" or \"2h\"");
        } else if constexpr (std::is_same_v<T, Timestamp>) {
            keep(parse_rfc3339(given.as_string()), value, pointer,
                 "must be a time such as \"2026-06-15T18:00:00Z\" (RFC 3339)");
        } else if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
            value = given.to_number<T>();
        } else if constexpr (requires { T::parse(std::string_view{}); }) {  // an id
            keep(T::parse(given.as_string()), value, pointer, "is not a valid id");
        } else {
            value = boost::json::value_to<T>(given);
        }
    }
    template <class T>
    void read(const boost::json::value& given, std::optional<T>& value, const std::string& pointer)
    {
        read(given, value.emplace(), pointer);
    }
    template <class T>
    void read(const boost::json::value& given, std::vector<T>& values, const std::string& pointer)
    {
        if constexpr (requires { read_field(given, values, pointer, faults_); }) {
            read_field(given, values, pointer, faults_);
        } else {
            values.clear();
            for (const auto& each : given.as_array()) {
                const auto place = pointer + "/" + std::to_string(values.size());
                read(each, values.emplace_back(), place);
            }
        }
    }

    template <class T>
    void keep(const std::optional<T>& parsed, T& value, const std::string& pointer,
              std::string_view expected)
    {
        if (parsed) value = *parsed;
        else faults_.push_back({pointer, std::string{expected}});
    }
    /// By the word that to_text() writes; the enumerators count from 0 on.
    template <class Enum>
    void read_choice(std::string_view word, Enum& value, const std::string& pointer)
    {
        for (unsigned i = 0; to_text(static_cast<Enum>(i)) != "unknown"; ++i) {
            if (to_text(static_cast<Enum>(i)) != word) continue;
            value = static_cast<Enum>(i);
            return;
        }
        faults_.push_back({pointer, "is not a word that is known here"});
    }

    const boost::json::object& object_;
    std::string pointer_;
    std::vector<Fault>& faults_;
};

template <HasFields T>
[[nodiscard]] boost::json::object write_fields(const T& value)
{
    FieldWriter writer;
    fields_of(value, writer);
    return std::move(writer.object);
}

/// Throws boost::system::system_error where a value is not of the kind that its schema asks for.
template <HasFields T>
void read_fields(const boost::json::object& object, T& value, std::vector<Fault>& faults)
{
    FieldReader reader{object, "", faults};
    fields_of(value, reader);
}

}  // namespace katydid
