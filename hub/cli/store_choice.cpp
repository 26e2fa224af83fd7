#include "hub/cli/store_choice.hpp"

#include <unistd.h>

#include <iostream>
#include <memory>

namespace katydid::cli {

void add_store_options(CLI::App& command, StoreChoice& choice)
{
    command.add_option("--store", choice.store, "sqlite:PATH; else the store of the settings")
        ->type_name("URL");
    command
        .add_option("--config", choice.inputs.file, "Settings file; ./katydid.toml where it exists")
        ->type_name("FILE");
}

result<std::string> sqlite_path(StoreChoice& choice, const std::string& tool)
{
    auto url = choice.store;
    if (url.empty()) {
        choice.inputs.environment = config::process_environment();
        const auto settings = config::load(choice.inputs);
        if (!settings) return settings.error();
        if (settings->shards.size() > 1)
            return Error{errc::invalid_argument, "The settings have several shards: name one with"
                                                 " --store, the first one last."};
        url = settings->store_url();
    }
    constexpr std::string_view prefix = "sqlite:";
    if (url.starts_with(prefix) && url.size() > prefix.size()) return url.substr(prefix.size());
    if (url.starts_with("postgres"))
        return Error{errc::invalid_argument, "The store is PostgreSQL: use " + tool + "."};
    return Error{errc::invalid_argument,
                 "The store is not a SQLite file: write --store sqlite:PATH."};
}

store::BackupProgress make_copy_progress()
{
    if (::isatty(STDERR_FILENO) == 0) return nullptr;
    const auto shown = std::make_shared<std::uint64_t>(101);
    return [shown](std::uint64_t done, std::uint64_t total) {
        const auto percent = total == 0 ? 100 : done * 100 / total;
        if (percent == *shown) return;
        *shown = percent;
        std::cerr << "\rcopied " << percent << " %" << (done == total ? "\n" : "") << std::flush;
    };
}

}  // namespace katydid::cli
