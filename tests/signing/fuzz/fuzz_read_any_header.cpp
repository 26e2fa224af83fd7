// libFuzzer's entry (KATYDID_FUZZ=ON): see targets.hpp.
#include "tests/signing/fuzz/targets.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    katydid::signing::fuzz::read_any_header({reinterpret_cast<const char*>(data), size});
    return 0;
}
