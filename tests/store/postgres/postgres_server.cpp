#include "tests/store/postgres/postgres_server.hpp"

#include <libpq-fe.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <csignal>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace katydid::store::test {
namespace {

namespace fs = std::filesystem;

/// Where initdb and postgres are: Debian keeps them out of PATH.
std::string find_programs()
{
    const fs::path root{"/usr/lib/postgresql"};
    std::string found;
    std::error_code ignored;
    for (const auto& version : fs::directory_iterator{root, ignored})
        if (fs::exists(version.path() / "bin/initdb"))
            found = std::max(found, (version.path() / "bin").string());
    if (found.empty())
        throw std::runtime_error{"PostgreSQL is not installed: run script/bootstrap"};
    return found;
}

/// Becomes the user `postgres` when it is root; in the child, between fork and exec.
bool give_up_root()
{
    if (::getuid() != 0) return true;
    const auto* user = ::getpwnam("postgres");
    return user != nullptr && ::setgroups(0, nullptr) == 0 && ::setgid(user->pw_gid) == 0
           && ::setuid(user->pw_uid) == 0;
}

void give_to_postgres(const std::string& path)
{
    if (::getuid() != 0) return;
    const auto* user = ::getpwnam("postgres");
    if (user == nullptr || ::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error{"there is no user postgres to run the server as"};
}

/// One that was free a moment ago: PostgreSQL cannot be told to take any.
std::uint16_t free_port()
{
    asio::io_context loop;
    const asio::ip::tcp::acceptor any{loop, {asio::ip::make_address("127.0.0.1"), 0}};
    return any.local_endpoint().port();
}

std::string database_of(const std::string& schema)
{
    return " user=katydid dbname=postgres options='-c search_path=" + schema
           + " -c client_min_messages=warning'";
}

}  // namespace

PostgresServer::PostgresServer(Durability durability)
    : durability_{durability},
      programs_{find_programs()}
{
    give_to_postgres(home());
    run_program({programs_ + "/initdb", "--pgdata", directory_.file("data"), "--username",
                 "katydid", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync",
                 "--no-instructions"});
    start();
}

PostgresServer::PostgresServer(Durability durability, const Tls& tls) : PostgresServer{durability}
{
    end(SIGINT);
    const auto key = directory_.file("server.key");
    fs::copy_file(tls.certificate_file, directory_.file("server.pem"));
    fs::copy_file(tls.key_file, key);
    give_to_postgres(directory_.file("server.pem"));
    give_to_postgres(key);
    port_ = std::to_string(free_port());
    more_ = {"-c", "listen_addresses=127.0.0.1",
             "-c", "port=" + port_,
             "-c", "ssl=on",
             "-c", "ssl_cert_file=" + directory_.file("server.pem"),
             "-c", "ssl_key_file=" + key};
    start();
}

PostgresServer::PostgresServer(PostgresServer& primary, Standby)
    : durability_{primary.durability_},
      programs_{find_programs()}
{
    give_to_postgres(home());
    run_program({programs_ + "/pg_basebackup", "--host", primary.home(), "--username", "katydid",
                 "--pgdata", directory_.file("data"), "--write-recovery-conf", "--checkpoint",
                 "fast", "--no-sync"});
    start();
    primary.run("public", "ALTER SYSTEM SET synchronous_standby_names = '*'");
    primary.run("public", "SELECT pg_reload_conf()");
}

PostgresServer::~PostgresServer() { end(SIGINT); }

void PostgresServer::start()
{
    const std::string durable = durability_ == Durability::full ? "on" : "off";
    std::vector<std::string> command{programs_ + "/postgres",
                                     "-D",
                                     directory_.file("data"),
                                     "-k",
                                     home(),
                                     "-c",
                                     "listen_addresses=",
                                     "-c",
                                     "fsync=" + durable,
                                     "-c",
                                     "full_page_writes=" + durable,
                                     "-c",
                                     "max_connections=200",
                                     "-c",
                                     "shared_buffers=128MB",
                                     "-c",
                                     "max_wal_size=2GB"};
    command.insert(command.end(), more_.begin(), more_.end());
    process_ = spawn(command);
    wait_until_it_answers();
}

void PostgresServer::stop_at_once() { end(SIGQUIT); }

void PostgresServer::end(int signal)
{
    if (process_ < 0) return;
    ::kill(process_, signal);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
}

pid_t PostgresServer::spawn(const std::vector<std::string>& command) const
{
    const auto log = directory_.file("log");
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error{"no fork"};
    if (child > 0) return child;
    std::vector<char*> words;
    for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    const bool is_user = give_up_root();
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    ::setsid();
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::close_range(3, ~0U, 0);
    if (is_user && ::chdir("/") == 0) ::execv(words[0], words.data());
    ::_exit(127);
}

void PostgresServer::run_program(const std::vector<std::string>& command) const
{
    int status = 0;
    ::waitpid(spawn(command), &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    std::ifstream log{directory_.file("log")};
    const std::string said{std::istreambuf_iterator<char>{log}, {}};
    throw std::runtime_error{command.front() + " failed: " + said};
}

void PostgresServer::wait_until_it_answers() const
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (std::chrono::steady_clock::now() < deadline) {
        if (PQping(url("public").c_str()) == PQPING_OK) return;
        ::poll(nullptr, 0, 20);
    }
    throw std::runtime_error{"the server does not answer"};
}

std::string PostgresServer::url(const std::string& schema) const
{
    return "host=" + home() + " port=" + port_ + database_of(schema);
}

std::string PostgresServer::uri(const std::string& schema) const
{
    std::string host;
    for (const char c : home()) host += c == '/' ? std::string{"%2F"} : std::string{c};
    return "postgres://katydid@/postgres?host=" + host + "&port=" + port_
           + "&options=-c%20search_path%3D" + schema + "%20-c%20client_min_messages%3Dwarning";
}

std::string PostgresServer::url_or(const PostgresServer& other, const std::string& schema) const
{
    return "host=" + home() + "," + other.home() + " target_session_attrs=read-write"
           + database_of(schema);
}

std::string PostgresServer::tls_url(const std::string& schema, const std::string& ca_file) const
{
    return "host=127.0.0.1 port=" + port_ + " sslmode=verify-full sslrootcert=" + ca_file
           + database_of(schema);
}

std::string PostgresServer::home() const
{
    return fs::path{directory_.file("x")}.parent_path().string();
}

std::string PostgresServer::make_schema()
{
    const auto schema = "case_" + std::to_string(++schemas_);
    run("public", "CREATE SCHEMA " + schema);
    return schema;
}

std::vector<std::pair<std::string, std::string>> ask_sql(const std::string& url,
                                                         const std::string& sql)
{
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectdb(url.c_str()),
                                                                  PQfinish};
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer{
        PQexec(connection.get(), sql.c_str()), PQclear};
    const auto status = PQresultStatus(answer.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error{PQerrorMessage(connection.get())};
    std::vector<std::pair<std::string, std::string>> rows;
    const auto columns = PQnfields(answer.get());
    for (int row = 0; columns > 0 && row < PQntuples(answer.get()); ++row)
        rows.emplace_back(PQgetvalue(answer.get(), row, 0),
                          columns > 1 ? PQgetvalue(answer.get(), row, 1) : "");
    return rows;
}

std::vector<std::pair<std::string, std::string>> PostgresServer::ask(const std::string& schema,
                                                                     const std::string& sql) const
{
    return ask_sql(url(schema), sql);
}

void PostgresServer::run(const std::string& schema, const std::string& sql) const
{
    ask(schema, sql);
}

PostgresServer& PostgresServer::shared()
{
    static PostgresServer server{std::getenv("KATYDID_TEST_FSYNC") == nullptr ? Durability::none
                                                                              : Durability::full};
    return server;
}

}  // namespace katydid::store::test
