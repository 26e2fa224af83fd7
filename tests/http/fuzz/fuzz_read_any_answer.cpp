// libFuzzer's entry: see targets.hpp.
#include "tests/http/fuzz/targets.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    katydid::http::fuzz::read_any_answer({reinterpret_cast<const char*>(data), size});
    return 0;
}
