#include "hub/api/collection.hpp"

namespace katydid::api {
namespace {

Spec spec_of(Words words, Answer answer)
{
    Spec spec{std::move(words.id), std::move(words.summary), {}};
    answer.what = std::move(words.answer);
    spec.answers.push_back(std::move(answer));
    if (!words.conflict.empty()) spec.answers.push_back({409, "", std::move(words.conflict)});
    return spec;
}

}  // namespace

void Collection::add_schemas(std::string_view row, std::string_view fresh)
{
    auto& document = routes_.document();
    document.add_schema(kind_.noun, row);
    document.add_schema("New" + kind_.noun, fresh);
    document.add_page_schema(kind_.noun + "Page", kind_.noun);
}

void Collection::add_creation(Words words, Handle handle)
{
    auto spec = spec_of(std::move(words), {201, kind_.noun, ""});
    spec.bodies = json_body("New" + kind_.noun);
    routes_.add("POST", kind_.path, kind_.write_scope, std::move(spec), std::move(handle));
}

void Collection::add_list(Words words, Handle handle)
{
    auto spec = spec_of(std::move(words), {200, kind_.noun + "Page", ""});
    spec.parameters = {limit_parameter(), cursor_parameter()};
    routes_.add("GET", kind_.path, kind_.read_scope, std::move(spec), std::move(handle));
}

void Collection::add_show(Words words, Handle handle)
{
    auto spec = spec_of(std::move(words), {200, kind_.noun, ""});
    routes_.add("GET", one(), kind_.read_scope, std::move(spec), std::move(handle));
}

void Collection::add_change(std::string method, std::string body, Words words, Handle handle)
{
    auto spec = spec_of(std::move(words), {200, kind_.noun, ""});
    spec.bodies = json_body(std::move(body));
    spec.is_conditional = true;
    routes_.add(std::move(method), one(), kind_.write_scope, std::move(spec), std::move(handle));
}

void Collection::add_removal(Words words, Handle handle)
{
    auto spec = spec_of(std::move(words), {204, "", ""});
    spec.is_conditional = true;
    routes_.add("DELETE", one(), kind_.write_scope, std::move(spec), std::move(handle));
}

}  // namespace katydid::api
