// Lists for the arguments of what is awaited: beside a co_await g++ 12 compiles no braced ones.
#pragma once

#include "hub/core/text/headers.hpp"

#include <string>
#include <utility>
#include <vector>

namespace katydid::test {

template <class... Texts>
std::vector<std::string> names(Texts&&... texts)
{
    std::vector<std::string> made;
    (made.emplace_back(std::forward<Texts>(texts)), ...);
    return made;
}

inline Headers one_header(std::string name, std::string value)
{
    Headers made;
    made.push_back({std::move(name), std::move(value)});
    return made;
}

}  // namespace katydid::test
