// What the commands about rows of the hub share: list, show, delete.
#pragma once

#include "hub/cli/client/session.hpp"

namespace katydid::cli {

/// A kind of row that the API lists below one path.
struct Resource {
    const char* path;    ///< "/v1/sources"
    const char* prefix;  ///< of its ids: "src_"; empty: rows are named by their name
    const char* noun;    ///< "source"
    bool has_name = true;
    const char* order = "newest first";  ///< of lists
};

/// The group `name` with its hub options; commands are added to it.
struct Group {
    CLI::App& app;
    HubOptionsPtr options;
    int& exit_code;

    /// A subcommand that runs `action`.
    CLI::App& add(const char* name, const char* help, std::function<void(Session&)> action) const;
};

Group add_group(CLI::App& app, const char* name, const char* help, int& exit_code);

/// A member of the rows that has ids, and the list that knows their names.
struct Named {
    const char* member = nullptr;
    const char* path = nullptr;
};

/// `list` with --limit, and the options that `add_filters` adds.
void add_list(const Group& group, const Resource& resource, std::vector<Column> columns,
              const std::function<std::function<Query()>(CLI::App&)>& add_filters = nullptr,
              Named named = {});
/// `show ID-OR-NAME`.
void add_show(const Group& group, const Resource& resource);
/// `delete ID-OR-NAME`, or another word for it.
void add_delete(const Group& group, const Resource& resource, const char* word, const char* help);

/// What a command says of itself.
struct UpdateWords {
    const char* help;
    const char* id_help;  ///< "Its id (src_…), or its name"
};
/// `update ID-OR-NAME`: changes what `body_of` makes of the person's wishes. Options come after it.
CLI::App& add_update(const Group& group, const Resource& resource, const UpdateWords& words,
                     std::function<boost::json::object()> body_of);

/// `rotate-secret ID-OR-NAME`, of a source or a subscription.
void add_rotate(const Group& group, const Resource& resource);

/// The path of one row that a person named by id or name.
std::string path_of(const Resource& resource, const std::string& id_or_name);

/// Adds the positional option every command about one row has.
std::shared_ptr<std::string> add_id(CLI::App& command, const Resource& resource);

/// Adds --from FILE, a row as `show --json` writes it.
void add_from(CLI::App& command, std::string& file);

/// The row of that file without what the hub decides: ids, times, `decided`. Empty without a file.
boost::json::object read_row(const std::string& file,
                             std::initializer_list<const char*> decided = {});

/// A member of a JSON object, when the person gave a value.
void set_if(boost::json::object& object, const char* name, const std::string& text);

}  // namespace katydid::cli
