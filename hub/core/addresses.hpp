// Where a running hub is reached.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <filesystem>

namespace katydid {

struct Addresses {
    boost::asio::ip::tcp::endpoint listen;
    boost::asio::ip::tcp::endpoint operator_listen;
    std::filesystem::path operator_key_file;  ///< empty when the key came from a setting
};

}  // namespace katydid
