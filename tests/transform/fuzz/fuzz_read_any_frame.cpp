// libFuzzer's entry: see targets.hpp.
#include "tests/transform/fuzz/targets.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    katydid::transform::fuzz::read_any_frame({reinterpret_cast<const char*>(data), size});
    return 0;
}
