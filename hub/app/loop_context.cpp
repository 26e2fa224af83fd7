#include "hub/app/loop_context.hpp"

#include "hub/app/build.hpp"

namespace katydid {

LoopContext::LoopContext(Resources& resources)
    : ids{resources.clock, random_seed()},
      client{executor(), resources.egress,
             client_options(resources.settings, resources.client_tls)},
      intake{*resources.store, tables, ids, resources.clock, resources.metrics, resources.tracer}
{
    intake.set_bell(resources.bell);
}

void LoopContext::run()
{
    thread_ = std::thread{[this] { io_.run(); }};
}

void LoopContext::join()
{
    guard_.reset();
    if (thread_.joinable()) thread_.join();
}

}  // namespace katydid
