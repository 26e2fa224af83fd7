// The Beast server both floor programs share; they differ in what happens before the 202.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>

namespace katydid::bench::floor {

/// Takes a request's body; false answers 503. Called on the loop's thread.
using Work = std::function<boost::asio::awaitable<bool>(std::string body)>;

/// Serves until killed. \returns the exit status
int run(int argc, char** argv, Work work);

}  // namespace katydid::bench::floor
