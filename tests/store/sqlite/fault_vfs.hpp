// A disk that fails when it is told to: a SQLite VFS around the standard one.
#pragma once

#include <string>

namespace katydid::store::test {

enum class Fault : unsigned char {
    none,
    io_error,  ///< the n-th write or sync, and all after it, fail
    full,      ///< writes that come find no room until the fault is cleared
};

/// Registers the VFS once and returns its name.
std::string fault_vfs();
/// From the n-th write or sync on (1: the next).
void arm(Fault fault, int at);
void clear_fault();
/// Whether the fault has struck since it was armed.
bool has_struck();

}  // namespace katydid::store::test
