# katydid_library(<name> SOURCES … [LINK …] [ALONE …]) makes the room katydid_<name>, alias katydid::<name>.
# katydid_program(<name> [FULL] SOURCES … LINK …) makes a program.
# katydid_test(<name> SOURCES … LINK … [LABELS …] [LOOPS] [TSAN]) makes a Boost.Test program and
# registers it. LOOPS: it runs a hub, so it is registered once more as <name>_loops, with four event
# loops, for script/test --full. TSAN: that one also runs under ThreadSanitizer, in a build of its own.
# ALONE: sources that are compiled by themselves; the others of a target are compiled a few at a time
# (KATYDID_UNITY), which costs a fourth of the time: what they all include is read once.
# Link lines are what enforces that dependencies point one way.
# `all` builds the product and what the fast tests need; the rest (FULL programs, tests without the
# label fast, fuzz targets) is built by the target `full`, for script/test --full and script/bench.
add_custom_target(full)
add_custom_target(tsan)  # the programs with TSAN

function(katydid_only_in_full target)
  set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
  add_dependencies(full ${target})
endfunction()

# Three precompiled headers: the tests', the command line's, and everybody's. What a target links
# says which is its own.
function(katydid_precompile target)
  if("katydid_test_support" IN_LIST ARGN)
    set(owner katydid_test_support)
  elseif("CLI11::CLI11" IN_LIST ARGN)
    set(owner katydid_cli_tree)
  else()
    set(owner katydid_core)
  endif()
  if(NOT target STREQUAL owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()

# A source that defines what another one of its target defines as well has to stand alone.
function(katydid_unity target batch)
  set_target_properties(${target} PROPERTIES
    UNITY_BUILD ${KATYDID_UNITY} UNITY_BUILD_BATCH_SIZE ${batch})
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# katydid_embed(<variable> <namespace> <file>…) compiles data files in: the variable is the source to
# add to a library, <namespace>::embedded_files holds them (hub/core/codec/embedded.hpp).
function(katydid_embed variable namespace)
  string(REPLACE "::" "_" name ${namespace})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}_files.cpp)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE paths)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_CURRENT_SOURCE_DIR} "-DFILES=${ARGN}"
            -DNAMESPACE=${namespace} -DOUTPUT=${output} -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${paths} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    COMMENT "Embedding the files of ${namespace}" VERBATIM)
  set(${variable} ${output} PARENT_SCOPE)
endfunction()

# COLD: its speed does not matter, so optimised builds take less time over it.
# BATCH: how many sources are compiled together, where more than eight pay.
function(katydid_library name)
  cmake_parse_arguments(ARG "COLD" "BATCH" "SOURCES;LINK;PRIVATE;ALONE" ${ARGN})
  if(NOT ARG_BATCH)
    set(ARG_BATCH 8)
  endif()
  add_library(katydid_${name} STATIC ${ARG_SOURCES} ${ARG_ALONE})
  katydid_unity(katydid_${name} ${ARG_BATCH} ${ARG_ALONE})
  add_library(katydid::${name} ALIAS katydid_${name})
  target_link_libraries(katydid_${name} PUBLIC katydid_options ${ARG_LINK} PRIVATE ${ARG_PRIVATE})
  katydid_precompile(katydid_${name} ${ARG_LINK})
  if(ARG_COLD)
    target_compile_options(katydid_${name} PRIVATE $<$<CONFIG:Release,RelWithDebInfo>:-O1>)
  endif()
endfunction()

function(katydid_program name)
  cmake_parse_arguments(ARG "FULL" "" "SOURCES;LINK;ALONE" ${ARGN})
  add_executable(${name} ${ARG_SOURCES} ${ARG_ALONE})
  katydid_unity(${name} 8 ${ARG_ALONE})
  target_link_libraries(${name} PRIVATE katydid_options ${ARG_LINK})
  katydid_precompile(${name} ${ARG_LINK})
  if(ARG_FULL)
    katydid_only_in_full(${name})
  endif()
endfunction()

function(katydid_test name)
  cmake_parse_arguments(ARG "LOOPS;TSAN" "TIMEOUT" "SOURCES;LINK;LABELS;ALONE" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS fast)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 240)
  endif()
  add_executable(test_${name} ${ARG_SOURCES} ${ARG_ALONE})
  katydid_unity(test_${name} 8 ${ARG_ALONE})
  target_link_libraries(test_${name} PRIVATE katydid_options katydid_test_support ${ARG_LINK})
  katydid_precompile(test_${name} katydid_test_support)
  if(NOT "fast" IN_LIST ARG_LABELS)
    katydid_only_in_full(test_${name})
  endif()
  add_test(NAME ${name} COMMAND test_${name} --log_level=message --report_level=short)
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
  if(ARG_LOOPS)
    add_test(NAME ${name}_loops COMMAND test_${name} --log_level=message --report_level=short)
    set_tests_properties(${name}_loops PROPERTIES
      LABELS loops TIMEOUT 900 ENVIRONMENT TEST_HUB_LOOPS=4)
  endif()
  if(ARG_TSAN)
    add_dependencies(tsan test_${name})
    set_property(TEST ${name}_loops APPEND PROPERTY LABELS tsan)
    # A race ends the hub, so that its test notices.
    set_property(TEST ${name}_loops APPEND PROPERTY ENVIRONMENT TSAN_OPTIONS=halt_on_error=1)
  endif()
endfunction()

# katydid_fuzz(<room> <target>…) makes fuzz_<target> of fuzz/fuzz_<target>.cpp and fuzz/targets.cpp,
# with the room compiled once more with libFuzzer's counters. script/test --full builds and runs
# them: 15 s each, with a fixed seed.
function(katydid_fuzz room)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    return()
  endif()
  get_target_property(folder katydid_${room} SOURCE_DIR)
  get_target_property(sources katydid_${room} SOURCES)
  get_target_property(links katydid_${room} LINK_LIBRARIES)
  list(TRANSFORM sources REPLACE "^([^/].*)" "${folder}/\\1")
  add_library(katydid_${room}_fuzzed STATIC EXCLUDE_FROM_ALL ${sources} fuzz/targets.cpp)
  # What -fsanitize=fuzzer-no-link turns on, which would not go with the precompiled header.
  target_compile_options(katydid_${room}_fuzzed PRIVATE
    -fsanitize-coverage=inline-8bit-counters,indirect-calls,trace-cmp,pc-table)
  target_link_libraries(katydid_${room}_fuzzed PUBLIC ${links})
  add_dependencies(katydid_${room}_fuzzed katydid_${room})  # which writes its data files
  katydid_precompile(katydid_${room}_fuzzed)
  foreach(target IN LISTS ARGN)
    add_executable(fuzz_${target} fuzz/fuzz_${target}.cpp)
    target_link_libraries(fuzz_${target} PRIVATE katydid_options katydid_${room}_fuzzed)
    target_link_options(fuzz_${target} PRIVATE -fsanitize=fuzzer)
    katydid_precompile(fuzz_${target})
    katydid_only_in_full(fuzz_${target})
    set(found ${CMAKE_CURRENT_BINARY_DIR}/found_${target})
    file(MAKE_DIRECTORY ${found})
    add_test(NAME fuzz_${target}
      COMMAND fuzz_${target} -seed=1 -max_total_time=15 -max_len=4096 -rss_limit_mb=2048
              -print_final_stats=1 ${found} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${target})
    set_tests_properties(fuzz_${target} PROPERTIES LABELS fuzz TIMEOUT 120)
  endforeach()
endfunction()
