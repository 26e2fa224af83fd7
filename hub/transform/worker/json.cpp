#include "hub/transform/worker/json.hpp"

#include "hub/core/text/text.hpp"
#include "hub/transform/worker/realm.hpp"
#include "hub/transform/worker/result.hpp"

#include <js/BigInt.h>
#include <js/Conversions.h>
#include <js/JSON.h>
#include <js/Object.h>

#include <random>

namespace katydid::transform::worker {
namespace {

/// Where the functions below, which the engine calls, find the numbers. One engine a process.
Numbers* numbers = nullptr;

/// The reviver of JSON.parse: placeholders become what they stand for.
bool show_number(JSContext* context, unsigned count, JS::Value* values)
{
    const auto arguments = JS::CallArgsFromVp(count, values);
    arguments.rval().set(arguments.get(1));
    if (!arguments.get(1).isString()) return true;
    JS::RootedString string{context, arguments.get(1).toString()};
    const auto text = to_utf8(context, string);
    if (!text) return false;
    const auto* const number = numbers->find(*text);
    if (number == nullptr) return true;
    if (!number->is_big) {
        // As a double even where an integer would do: placeholder_of() finds it again.
        arguments.rval().set(JS::DoubleValue(number->value));
        return true;
    }
    auto* const big = JS::SimpleStringToBigInt(context, number->digits, 10);
    if (big == nullptr) return false;
    arguments.rval().setBigInt(big);
    return true;
}

/// The replacer of JSON.stringify: values that have digits of their own become placeholders.
bool hide_number(JSContext* context, unsigned count, JS::Value* values)
{
    const auto arguments = JS::CallArgsFromVp(count, values);
    const auto value = arguments.get(1);
    arguments.rval().set(value);
    std::optional<std::string> placeholder;
    if (value.isDouble()) {
        placeholder = numbers->placeholder_of(value.toDouble());
    } else if (value.isBigInt()) {
        JS::Rooted<JS::BigInt*> big{context, value.toBigInt()};
        JS::RootedString digits{context, JS::BigIntToString(context, big, 10)};
        if (digits == nullptr) return false;
        const auto text = to_utf8(context, digits);
        if (!text) return false;
        placeholder = numbers->placeholder(*text);
    }
    if (!placeholder) return true;
    JSString* const text = JS_NewStringCopyN(context, placeholder->data(), placeholder->size());
    if (text == nullptr) return false;
    arguments.rval().setString(text);
    return true;
}

std::string unguessable_mark()
{
    std::random_device device;
    std::string mark{"number"};
    for (int i = 0; i < 4; ++i) mark += std::to_string(device());
    return mark + ':';
}

JSObject* make_function(JSContext* context, JSNative native)
{
    JSFunction* const function = JS_NewFunction(context, native, 2, 0, "number");
    require(function != nullptr);
    return JS_GetFunctionObject(function);
}

}  // namespace

Json::Json(JSContext* context) : context_{context}, numbers_{unguessable_mark()}
{
    numbers = &numbers_;
}

JSObject* Json::to_argument(const Input& input)
{
    numbers_.clear();
    JS::RootedObject argument{context_, JS_NewPlainObject(context_)};
    require(argument != nullptr);
    JS::RootedValue value{context_};
    read_payload(input.payload, &value);
    define(argument, "payload", value);
    value.setObject(*read_headers(input.headers));
    define(argument, "headers", value);
    require(parse(input.event, &value));
    define(argument, "event", value);
    return argument;
}

void Json::define(JS::HandleObject object, const char* name, JS::HandleValue value)
{
    require(JS_DefineProperty(context_, object, name, value, JSPROP_ENUMERATE));
}

bool Json::parse(std::string_view text, JS::MutableHandleValue value)
{
    const auto hidden = numbers_.hide(text);
    JS::RootedString string{context_, to_text(context_, hidden ? *hidden : text)};
    if (string == nullptr) return false;
    if (!hidden) return JS_ParseJSON(context_, string, value);
    JS::RootedValue reviver{context_, JS::ObjectValue(*make_function(context_, show_number))};
    return JS_ParseJSONWithReviver(context_, string, reviver, value);
}

void Json::read_payload(std::string_view payload, JS::MutableHandleValue value)
{
    constexpr std::string_view byte_order_mark{"\xef\xbb\xbf"};
    auto json = payload;
    if (json.starts_with(byte_order_mark)) json.remove_prefix(byte_order_mark.size());
    const auto begin = json.find_first_not_of(" \t\r\n");
    if (begin != json.npos && parse(json, value)) return;
    if (JS_IsThrowingOutOfMemory(context_)
        || (begin != json.npos && !JS_IsExceptionPending(context_)))
        throw Pending{};
    JS_ClearPendingException(context_);
    JSString* const text = to_text(context_, payload);
    require(text != nullptr);
    value.setString(text);
}

JSObject* Json::read_headers(const Headers& headers)
{
    JS::RootedObject object{context_, JS_NewPlainObject(context_)};
    require(object != nullptr);
    for (const auto& [name, value] : headers) {
        JS::RootedString text{context_, to_text(context_, value)};
        require(text != nullptr
                && JS_DefineProperty(context_, object, lower_case(name).c_str(), text,
                                     JSPROP_ENUMERATE));
    }
    return object;
}

Output Json::to_output(JS::HandleObject result)
{
    Output output;
    JS::RootedValue value{context_};
    require(JS_GetProperty(context_, result, "payload", &value));
    if (!value.isUndefined()) output.payload = body_of(value);
    require(JS_GetProperty(context_, result, "headers", &value));
    if (!value.isNullOrUndefined()) output.headers = headers_of(value);
    output.path = text_of(result, "path");
    output.cancel = text_of(result, "cancel");
    note_members(output, result);
    require_sendable(output);
    return output;
}

/// A proxy's traps run here; what they throw is thrown as anywhere.
void Json::note_members(Output& output, JS::HandleObject result)
{
    JS::Rooted<JS::IdVector> names{context_, JS::IdVector{context_}};
    require(JS_Enumerate(context_, result, &names));
    for (std::size_t i = 0; i < names.length(); ++i) {
        JS::RootedId id{context_, names[i]};
        JS::RootedValue value{context_};
        require(JS_IdToValue(context_, id, &value));
        JS::RootedString text{context_, JS::ToString(context_, value)};
        require(text != nullptr);
        const auto name = to_utf8(context_, text);
        require(name.has_value());
        if (!note_member(output, *name)) return;
    }
}

std::optional<std::string> Json::text_of(JS::HandleObject result, const char* name)
{
    JS::RootedValue value{context_};
    require(JS_GetProperty(context_, result, name, &value));
    if (value.isNullOrUndefined()) return std::nullopt;
    if (!value.isString()) throw result_fault(std::string{name} + " must be a text");
    JS::RootedString string{context_, value.toString()};
    if (JS_GetStringLength(string) > output_bytes_max) throw too_large();
    auto text = to_utf8(context_, string);
    require(text.has_value());
    return text;
}

std::string Json::body_of(JS::HandleValue payload)
{
    JS::RootedString text{context_};
    if (payload.isString()) {
        text = payload.toString();
        if (JS_GetStringLength(text) > output_bytes_max) throw too_large();
        auto body = to_utf8(context_, text);
        require(body.has_value());
        return std::move(*body);
    }
    struct Json16 {
        std::u16string text;
        bool is_too_large = false;
    } json;
    const auto take = [](const char16_t* chars, std::uint32_t count, void* to) {
        auto& taken = *static_cast<Json16*>(to);
        taken.is_too_large = taken.text.size() + count > output_bytes_max;
        if (!taken.is_too_large) taken.text.append(chars, count);
        return !taken.is_too_large;
    };
    JS::RootedValue value{context_, payload};
    JS::RootedObject replacer{context_, make_function(context_, hide_number)};
    const bool done = JS_Stringify(context_, &value, replacer, JS::NullHandleValue, take, &json);
    if (json.is_too_large) throw too_large();
    require(done);
    if (json.text == u"null" && !payload.isNull() && !payload.isNumber())
        throw result_fault("payload is nothing that JSON has");
    text = JS_NewUCStringCopyN(context_, json.text.data(), json.text.size());
    require(text != nullptr);
    auto body = to_utf8(context_, text);
    require(body.has_value());
    return numbers_.show(std::move(*body));
}

Headers Json::headers_of(JS::HandleValue value)
{
    if (!value.isObject()) throw result_fault("headers must be an object");
    JS::RootedObject object{context_, &value.toObject()};
    JS::Rooted<JS::IdVector> names{context_, JS::IdVector{context_}};
    require(JS_Enumerate(context_, object, &names));
    if (names.length() > header_count_max) throw too_many_headers();
    Headers headers;
    for (std::size_t i = 0; i < names.length(); ++i) {
        JS::RootedId id{context_, names[i]};
        JS::RootedValue field{context_};
        JS::RootedValue name{context_};
        require(JS_GetPropertyById(context_, object, id, &field)
                && JS_IdToValue(context_, id, &name));
        if (!field.isString() && !field.isNumber())
            throw result_fault("a header's value must be a text");
        JS::RootedString field_text{context_, JS::ToString(context_, field)};
        JS::RootedString name_text{context_, JS::ToString(context_, name)};
        require(field_text != nullptr && name_text != nullptr);
        if (JS_GetStringLength(field_text) > output_bytes_max) throw too_large();
        auto name_utf8 = to_utf8(context_, name_text);
        auto field_utf8 = to_utf8(context_, field_text);
        require(name_utf8 && field_utf8);
        headers.push_back({std::move(*name_utf8), std::move(*field_utf8)});
    }
    return headers;
}

}  // namespace katydid::transform::worker
