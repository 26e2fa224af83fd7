#include "signing/samples/sample.hpp"

#include "hub/core/codec/embedded.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/core/json/write.hpp"
#include "signing/samples/member.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>

namespace katydid::signing::samples {

extern const EmbeddedFiles embedded_files;  // signing/samples/*.json

namespace {

namespace json = boost::json;

using Data = std::map<std::string, json::object, std::less<>>;

const Data& data()
{
    static const Data known = [] {
        Data all;
        for (const auto& file : embedded_files) {
            const auto providers = json::parse(file.text);
            for (const auto& [name, provider] : providers.as_object())
                all.emplace(name, provider.as_object());
        }
        return all;
    }();
    return known;
}

std::string text_of(const json::object& object, std::string_view name, std::string_view standard)
{
    const auto* value = object.if_contains(name);
    return std::string{value != nullptr ? std::string_view{value->as_string()} : standard};
}

/// A change of a type, applied; false: it concerns something else than the body.
bool apply(const json::object& provider, std::string_view path, const json::value& value,
           Sample& sample, json::value& body, bool& is_form)
{
    if (path == "form") {
        is_form = value.as_bool();
        return false;
    }
    if (path.starts_with("header:")) {
        const auto name = path.substr(7);
        std::erase_if(sample.headers, [&](const Header& each) { return each.name == name; });
        sample.headers.push_back({std::string{name}, std::string{value.as_string()}});
        return false;
    }
    const auto* text = value.if_string();
    const bool is_shape = text != nullptr && text->starts_with('@');
    const auto& put = is_shape ? provider.at("shapes").at(text->subview(1)) : value;
    set_member(body, path, put).value();
    return true;
}

std::string form_of(const json::value& body)
{
    std::string form;
    for (const auto& [name, value] : body.as_object()) {
        const auto* text = value.if_string();
        form.append(form.empty() ? "" : "&").append(percent_encode(name)).append("=");
        form.append(percent_encode(text != nullptr ? std::string{*text} : json::serialize(value)));
    }
    return form;
}

}  // namespace

const std::vector<Provider>& providers()
{
    static const std::vector<Provider> all = [] {
        std::vector<Provider> made;
        for (const auto& [name, provider] : data()) {
            Provider each{name, text_of(provider, "scheme", name), {}};
            for (const auto& [type, changes] : provider.at("types").as_object())
                each.types.emplace_back(type);
            made.push_back(std::move(each));
        }
        return made;
    }();
    return all;
}

result<Sample> make_sample(std::string_view name, std::string_view type,
                           std::span<const Change> changes, Template& values)
{
    const auto found = data().find(name);
    if (found == data().end())
        return Error{errc::not_found, "there are no samples of \"" + std::string{name} + "\""};
    const auto& provider = found->second;
    const auto* const kind = provider.at("types").as_object().if_contains(type);
    if (kind == nullptr)
        return Error{errc::not_found,
                     "there is no sample \"" + std::string{type} + "\" of " + std::string{name}};
    Sample sample;
    sample.scheme = text_of(provider, "scheme", name);
    values.name("type", type);
    const auto* form = provider.if_contains("form");
    bool is_form = form != nullptr && form->as_bool();
    if (const auto* headers = provider.if_contains("headers"))
        for (const auto& [header, value] : headers->as_object())
            sample.headers.push_back({std::string{header}, std::string{value.as_string()}});
    auto body = provider.at("body");
    for (const auto& [path, value] : kind->as_object())
        apply(provider, path, value, sample, body, is_form);
    for (auto& header : sample.headers) header.value = values.fill(header.value);
    sample.id = values.fill(text_of(provider, "id", ""));
    values.fill(body);
    for (const auto& [path, value] : changes)
        if (const auto set = set_member(body, path, value); set.has_error()) return set.error();
    if (is_form && !body.is_object())
        return Error{errc::invalid_argument, "the body is a form: it has names and values"};
    sample.body = is_form ? form_of(body) : json_text::write(body);
    sample.content_type = is_form ? "application/x-www-form-urlencoded"
                                  : text_of(provider, "content_type", "application/json");
    return sample;
}

}  // namespace katydid::signing::samples
