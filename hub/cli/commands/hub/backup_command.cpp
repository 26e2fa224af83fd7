// katydid backup and restore: the store file, copied and put back.
#include "hub/cli/store_choice.hpp"

#include "hub/store/sqlite/file/sqlite_files.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <filesystem>
#include <iostream>
#include <memory>

namespace katydid::cli {
namespace {

namespace json = boost::json;

struct CopyOptions {
    StoreChoice choice;
    std::string file;
    bool json = false;
};

int report(const Error& error, std::string_view command)
{
    std::cerr << "katydid " << command << ": " << error.message << '\n';
    const bool is_no = error == errc::not_found || error == errc::conflict;
    return is_no ? answer_is_no : error == errc::invalid_argument ? wrong_usage : not_reached;
}

int backup(CopyOptions& options)
{
    const auto path = sqlite_path(options.choice, "pg_dump");
    if (!path) return report(path.error(), "backup");
    const auto done = store::backup_sqlite(*path, options.file, make_copy_progress());
    if (!done) return report(done.error(), "backup");
    const auto bytes = std::filesystem::file_size(options.file);
    if (options.json) {
        std::cout << json::serialize(json::object{{"file", options.file}, {"bytes", bytes}})
                  << '\n';
        return cli::done;
    }
    std::cout << "Wrote " << options.file << " (" << bytes
              << " bytes). Keep the master key apart from it: without that key the secrets in it"
                 " cannot be opened.\n";
    return cli::done;
}

int restore(CopyOptions& options)
{
    const auto path = sqlite_path(options.choice, "pg_restore");
    if (!path) return report(path.error(), "restore");
    const auto aside = store::restore_sqlite(options.file, *path, system_clock().now(),
                                             make_copy_progress());
    if (!aside) return report(aside.error(), "restore");
    if (options.json) {
        std::cout << json::serialize(json::object{{"store", *path}, {"moved_aside", *aside}})
                  << '\n';
        return cli::done;
    }
    std::cout << "Restored " << *path << " from " << options.file << ".\n";
    if (!aside->empty())
        std::cout << "What was there is now " << *aside
                  << ". Events accepted since the backup are in that file only: the hub does not "
                     "deliver them. Ask the providers to send them again.\n";
    std::cout << "What the backup has as not yet delivered is sent again, with the same ids, also "
                 "where it was delivered since.\n";
    return cli::done;
}

void add(CLI::App& app, const char* name, const char* help, const char* file_help,
         int (*run)(CopyOptions&), int& exit_code)
{
    auto* command = app.add_subcommand(name, help);
    const auto options = std::make_shared<CopyOptions>();
    command->add_option("file", options->file, file_help)->required();
    add_store_options(*command, options->choice);
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([options, run, &exit_code] { exit_code = run(*options); });
}

}  // namespace

void add_backup_command(CLI::App& app, int& exit_code)
{
    add(app, "backup", "Copy the store file, also while the hub runs", "Where to write the copy",
        backup, exit_code);
}

void add_restore_command(CLI::App& app, int& exit_code)
{
    add(app, "restore", "Replace the store by a backup; the hub must be stopped",
        "The backup to take", restore, exit_code);
}

}  // namespace katydid::cli
