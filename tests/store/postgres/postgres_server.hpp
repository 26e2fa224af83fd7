// A PostgreSQL of the tests' own, in a temporary directory, never the machine's.
#pragma once

#include "tests/store/stores.hpp"

#include <string>

#include <sys/types.h>

namespace katydid::store::test {

/// The first two columns of each row that one statement gives on any database; an empty second
/// where there is one. Throws std::runtime_error.
std::vector<std::pair<std::string, std::string>> ask_sql(const std::string& url,
                                                         const std::string& sql);

/// Makes a cluster with initdb and runs it, reachable by a socket in its directory only. Runs it as
/// the user `postgres` when the test runs as root, which PostgreSQL refuses. The server goes when
/// the process goes, however it ends.
class PostgresServer {
public:
    enum class Durability : std::uint8_t { none, full };

    struct Standby {};
    /// PEM files; the server then listens on 127.0.0.1 too, for TLS only.
    struct Tls {
        std::string certificate_file;
        std::string key_file;
    };

    explicit PostgresServer(Durability durability);
    PostgresServer(Durability durability, const Tls& tls);
    /// Follows the primary, which from now on acknowledges only what the standby has.
    PostgresServer(PostgresServer& primary, Standby);
    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    void start();
    /// As after a power cut: without a checkpoint; the next start recovers from the log.
    void stop_at_once();
    /// The standby becomes a primary.
    void promote() { run("public", "SELECT pg_promote()"); }

    /// A connection string for a schema, which is made when `make_schema` says so.
    [[nodiscard]] std::string url(const std::string& schema) const;
    /// The same as a URL, which KATYDID_STORE wants.
    [[nodiscard]] std::string uri(const std::string& schema) const;
    /// That of whichever of the two servers is the primary.
    [[nodiscard]] std::string url_or(const PostgresServer& other, const std::string& schema) const;
    /// Over TCP, with the server's certificate verified against that authority.
    [[nodiscard]] std::string tls_url(const std::string& schema, const std::string& ca_file) const;
    std::string make_schema();
    /// The first two columns of each row.
    std::vector<std::pair<std::string, std::string>> ask(const std::string& schema,
                                                         const std::string& sql) const;
    /// Runs one statement; for tests only.
    void run(const std::string& schema, const std::string& sql) const;

    /// One for the whole program, started when it is first asked for. It does not fsync, unless
    /// KATYDID_TEST_FSYNC is set.
    static PostgresServer& shared();

private:
    [[nodiscard]] std::string home() const;
    void run_program(const std::vector<std::string>& command) const;
    [[nodiscard]] pid_t spawn(const std::vector<std::string>& command) const;
    void wait_until_it_answers() const;
    void end(int signal);

    Durability durability_;
    TemporaryDirectory directory_;
    std::string programs_;
    std::vector<std::string> more_;  ///< options
    std::string port_ = "5432";      ///< of the socket in its directory, and of TCP if any
    pid_t process_ = -1;
    int schemas_ = 0;
};

}  // namespace katydid::store::test
