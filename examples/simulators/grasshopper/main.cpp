// grasshopper-simulator: posts Grasshopper's webhooks to a hub and receives what the hub delivers.
#include "examples/simulators/grasshopper/platform.hpp"

int main(int argc, char** argv)
{
    using namespace katydid::simulators;
    Options defaults;
    defaults.api_key_env = "GRASSHOPPER_API_KEY";
    defaults.sign_secret_env = "GRASSHOPPER_WEBHOOK_SECRET";
    defaults.verify_secret_env = "ATLVS_WEBHOOK_SECRET";
    defaults.standard_secret_env = "GRASSHOPPER_STANDARD_SECRET";
    return run_main(argc, argv, defaults, "A stand-in for Grasshopper, the customer platform",
                    &grasshopper::make_platform);
}
