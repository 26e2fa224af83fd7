// atlvs-simulator: posts ATLVS's webhooks to a hub and receives what the hub delivers to ATLVS.
#include "examples/simulators/atlvs/platform.hpp"

int main(int argc, char** argv)
{
    using namespace katydid::simulators;
    Options defaults;
    defaults.api_key_env = "ATLVS_API_KEY";
    defaults.sign_secret_env = "ATLVS_WEBHOOK_SECRET";
    defaults.verify_secret_env = "ATLVS_PARTNER_SECRET";
    return run_main(argc, argv, defaults, "A stand-in for ATLVS, the production platform",
                    &atlvs::make_platform);
}
