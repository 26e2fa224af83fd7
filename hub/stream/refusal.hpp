// Why a consumer was not taken, as a response.
#pragma once

#include "hub/core/error.hpp"
#include "hub/http/message/message.hpp"

namespace katydid::stream {

/// Of the errors of StreamHandler::attach().
[[nodiscard]] inline http::Response refusal_of(const Error& error)
{
    const auto status = error == errc::not_found ? 404U : error == errc::conflict ? 409U : 503U;
    return http::Response::problem(status, error.message);
}

}  // namespace katydid::stream
