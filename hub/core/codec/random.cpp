#include "hub/core/codec/random.hpp"

#include "hub/core/error.hpp"

#include <openssl/rand.h>

namespace katydid {

std::string random_bytes(std::size_t count)
{
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1)
        throw Failure{Error{errc::internal, "the system's randomness is not available"}};
    return bytes;
}

}  // namespace katydid
