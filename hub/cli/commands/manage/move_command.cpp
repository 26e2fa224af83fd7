// katydid tenants move: to another shard, by the databases that the settings name.
#include "hub/cli/tree/command.hpp"

#include "hub/config/load.hpp"
#include "hub/store/move_tenant.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>
#include <memory>

namespace katydid::cli {
namespace move_command {
namespace {

struct MoveWish {
    config::Inputs inputs;
    std::string tenant, to;
    bool is_fast = false;
    bool json = false;
};

int report(const Error& error)
{
    std::cerr << "katydid tenants move: " << error.message << '\n';
    const bool is_no = error == errc::not_found || error == errc::conflict
                       || error == errc::refused;
    return is_no ? answer_is_no : error == errc::invalid_argument ? wrong_usage : not_reached;
}

void print(const store::Moved& moved, const MoveWish& wish)
{
    if (wish.json) {
        std::cout << boost::json::serialize(
            boost::json::object{{"from", moved.from},
                                {"to", moved.to},
                                {"rows", moved.rows},
                                {"deliveries_held_ms", moved.drained.count()},
                                {"writes_refused_ms", moved.pause.count()}})
                  << '\n';
        return;
    }
    if (moved.rows == 0) std::cout << wish.tenant << " lives in \"" << moved.to << "\".\n";
    else
        std::cout << "Moved " << wish.tenant << " from \"" << moved.from << "\" to \"" << moved.to
                  << "\": " << moved.rows << " rows. Nothing of it was sent for "
                  << moved.drained.count() << " ms before, and its writes were refused for "
                  << moved.pause.count() << " ms.\n";
}

int run_move(MoveWish& wish)
{
    wish.inputs.environment = config::process_environment();
    const auto settings = config::load(wish.inputs);
    if (!settings) return report(settings.error());
    store::MoveOptions options;
    for (const auto& shard : settings->shards) options.shards.push_back({shard.name, shard.url});
    options.tenant = wish.tenant;
    options.to = wish.to;
    options.rests = !wish.is_fast;
    options.say = [](const std::string& sentence) { std::cerr << sentence << '\n'; };
    const auto moved = store::move_tenant(options);
    if (!moved) return report(moved.error());
    print(*moved, wish);
    return done;
}

}  // namespace
}  // namespace move_command

void add_move_command(CLI::App& app, int& exit_code)
{
    using namespace move_command;
    auto* command = app.get_subcommand("tenants")->add_subcommand(
        "move", "Move one to another shard while the hubs work; again after an interruption");
    const auto wish = std::make_shared<MoveWish>();
    command->add_option("name", wish->tenant, "Its name, or its id (ten_…)")->required();
    command->add_option("--to", wish->to, "The shard's name in the settings")
        ->type_name("SHARD")
        ->required();
    command
        ->add_option("--config", wish->inputs.file,
                     "The hubs' settings file; ./katydid.toml where it exists")
        ->type_name("FILE");
    command->add_flag("--fast", wish->is_fast,
                      "Take no rests: some ten times as fast, and other tenants wait for it");
    command->add_flag("--json", wish->json, "Print JSON");
    command->callback([wish, &exit_code] { exit_code = run_move(*wish); });
}

}  // namespace katydid::cli
