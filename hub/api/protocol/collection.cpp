#include "hub/api/protocol/collection.hpp"

namespace katydid::api {
namespace {

Operation spec_of(OperationText words, Answer answer)
{
    Operation operation{std::move(words.id), std::move(words.summary), {}};
    answer.what = std::move(words.answer);
    operation.answers.push_back(std::move(answer));
    if (!words.conflict.empty()) operation.answers.push_back({409, "", std::move(words.conflict)});
    return operation;
}

}  // namespace

void Collection::add_schemas(std::string_view row, std::string_view fresh)
{
    auto& document = routes_.document();
    document.add_schema(kind_.noun, row);
    document.add_schema("New" + kind_.noun, fresh);
    document.add_page_schema(kind_.noun + "Page", kind_.noun);
}

void Collection::add_creation(OperationText words, Handle handle)
{
    auto operation = spec_of(std::move(words), {201, kind_.noun, ""});
    operation.bodies = json_body("New" + kind_.noun);
    routes_.add("POST", kind_.path, kind_.write_scope, std::move(operation), std::move(handle));
}

void Collection::add_list(OperationText words, Handle handle)
{
    auto operation = spec_of(std::move(words), {200, kind_.noun + "Page", ""});
    operation.parameters = {limit_parameter(), cursor_parameter()};
    routes_.add("GET", kind_.path, kind_.read_scope, std::move(operation), std::move(handle));
}

void Collection::add_show(OperationText words, Handle handle)
{
    auto operation = spec_of(std::move(words), {200, kind_.noun, ""});
    routes_.add("GET", one(), kind_.read_scope, std::move(operation), std::move(handle));
}

void Collection::add_change(std::string method, std::string body, OperationText words,
                            Handle handle)
{
    auto operation = spec_of(std::move(words), {200, kind_.noun, ""});
    operation.bodies = json_body(std::move(body));
    operation.is_conditional = true;
    routes_.add(std::move(method), one(), kind_.write_scope, std::move(operation),
                std::move(handle));
}

void Collection::add_removal(OperationText words, Handle handle)
{
    auto operation = spec_of(std::move(words), {204, "", ""});
    operation.is_conditional = true;
    routes_.add("DELETE", one(), kind_.write_scope, std::move(operation), std::move(handle));
}

}  // namespace katydid::api
