#include "hub/api/protocol/collection.hpp"

namespace katydid::api {
namespace {

Operation operation_of(OperationText words, Answer answer)
{
    Operation operation{std::move(words.id), std::move(words.summary), {}};
    answer.what = std::move(words.answer);
    operation.answers.push_back(std::move(answer));
    if (!words.conflict.empty()) operation.answers.push_back({409, "", std::move(words.conflict)});
    return operation;
}

}  // namespace

void Collection::add_creation(OperationText words, BodyHandle handle, BodyCheck check)
{
    auto operation = operation_of(std::move(words), {201, resource_.noun, ""});
    operation.bodies = json_body("New" + resource_.noun);
    routes_.add("POST", resource_.path, resource_.write_scope, std::move(operation),
                std::move(handle), std::move(check));
}

void Collection::add_list(OperationText words, Handle handle)
{
    auto operation = operation_of(std::move(words), {200, resource_.noun + "Page", ""});
    operation.parameters = {limit_parameter(), cursor_parameter()};
    routes_.add("GET", resource_.path, resource_.read_scope, std::move(operation),
                std::move(handle));
}

void Collection::add_show(OperationText words, Handle handle)
{
    auto operation = operation_of(std::move(words), {200, resource_.noun, ""});
    routes_.add("GET", one(), resource_.read_scope, std::move(operation), std::move(handle));
}

void Collection::add_change(std::string method, std::string body, OperationText words,
                            BodyHandle handle, BodyCheck check)
{
    auto operation = operation_of(std::move(words), {200, resource_.noun, ""});
    operation.bodies = json_body(std::move(body));
    operation.is_conditional = true;
    routes_.add(std::move(method), one(), resource_.write_scope, std::move(operation),
                std::move(handle), std::move(check));
}

void Collection::add_removal(OperationText words, Handle handle)
{
    auto operation = operation_of(std::move(words), {204, "", ""});
    operation.is_conditional = true;
    routes_.add("DELETE", one(), resource_.write_scope, std::move(operation), std::move(handle));
}

}  // namespace katydid::api
