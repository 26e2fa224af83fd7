# One target that every other one links: language, warnings, sanitizers, and Boost set up so that
# Asio is compiled once (hub/core/async/boost_asio.cpp).

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)


set(KATYDID_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined or thread")
option(KATYDID_WERROR "Warnings are errors" OFF)
option(KATYDID_UNITY "Compile the sources of a target a few at a time" ON)
option(KATYDID_TRANSFORMS "Build katydid-transform and what starts it (libmozjs, libjq, libseccomp)" ON)
option(KATYDID_COVERAGE "Instrument for coverage (llvm-cov or gcov)" OFF)

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS system container json unit_test_framework)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(benchmark REQUIRED)

add_library(katydid_options INTERFACE)
target_include_directories(katydid_options INTERFACE
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}> $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/hub/include>)
target_compile_features(katydid_options INTERFACE cxx_std_20)
target_compile_definitions(katydid_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED
  # How many freed frames of coroutines, handlers … each thread keeps: a request has eight at once.
  BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8
  BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_BEAST_USE_STD_STRING_VIEW
  BOOST_ALL_NO_LIB
  KATYDID_VERSION="${PROJECT_VERSION}")
# Users of the installed library choose their own warnings and linker.
target_compile_options(katydid_options INTERFACE "$<BUILD_INTERFACE:\
-Wall;-Wextra;-Wpedantic;-Wshadow;-Wnon-virtual-dtor;-Wold-style-cast;-Wcast-align;\
-Woverloaded-virtual;-Wnull-dereference>")
# Libraries and programs alike are -fPIE, so that all of them can share one precompiled header.
target_compile_options(katydid_options INTERFACE $<BUILD_INTERFACE:-fPIE>)
target_link_options(katydid_options INTERFACE $<BUILD_INTERFACE:-pie>)
target_link_libraries(katydid_options INTERFACE Boost::headers Threads::Threads)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of g++ 12 in inlined standard-library code.
  target_compile_options(katydid_options INTERFACE
    -fcoroutines -Wno-non-virtual-dtor -Wno-null-dereference -Wno-maybe-uninitialized -Wno-restrict -Wno-array-bounds
    -Wno-stringop-overflow -Wno-stringop-overread -Wno-mismatched-new-delete -Wno-dangling-pointer)
else()
  target_compile_options(katydid_options INTERFACE
    "$<BUILD_INTERFACE:-Wthread-safety;-Wimplicit-fallthrough>")
  target_link_options(katydid_options INTERFACE $<BUILD_INTERFACE:-fuse-ld=lld>)
endif()
if(KATYDID_WERROR)
  target_compile_options(katydid_options INTERFACE $<BUILD_INTERFACE:-Werror>)
endif()
if(KATYDID_SANITIZE)
  target_compile_options(katydid_options INTERFACE
    -fsanitize=${KATYDID_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(katydid_options INTERFACE -fsanitize=${KATYDID_SANITIZE})
endif()
if(KATYDID_COVERAGE)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(katydid_options INTERFACE --coverage)
    target_link_options(katydid_options INTERFACE --coverage)
  else()
    target_compile_options(katydid_options INTERFACE -fprofile-instr-generate -fcoverage-mapping)
    target_link_options(katydid_options INTERFACE -fprofile-instr-generate)
  endif()
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The settings let ccache see through the precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    set(CMAKE_CXX_FLAGS "${CMAKE_CXX_FLAGS} -Xclang -fno-pch-timestamp")
  endif()
endif()
