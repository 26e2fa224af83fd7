# katydid_library(<name> SOURCES … [LINK …]) makes the room katydid_<name>, alias katydid::<name>.
# katydid_test(<name> SOURCES … LINK … [LABELS …]) makes a Boost.Test program and registers it.
# Link lines are what enforces that dependencies point one way.

function(katydid_precompile target)
  if(NOT target STREQUAL "katydid_core")
    target_precompile_headers(${target} REUSE_FROM katydid_core)
  endif()
endfunction()

function(katydid_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE" ${ARGN})
  add_library(katydid_${name} STATIC ${ARG_SOURCES})
  add_library(katydid::${name} ALIAS katydid_${name})
  target_link_libraries(katydid_${name} PUBLIC katydid_options ${ARG_LINK} PRIVATE ${ARG_PRIVATE})
  katydid_precompile(katydid_${name})
endfunction()

function(katydid_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE katydid_options ${ARG_LINK})
  katydid_precompile(${name})
endfunction()

function(katydid_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS fast)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(test_${name} ${ARG_SOURCES} ${CMAKE_SOURCE_DIR}/tests/support/main.cpp)
  target_link_libraries(test_${name} PRIVATE
    katydid_options katydid_test_support ${ARG_LINK} Boost::unit_test_framework)
  target_compile_definitions(test_${name} PRIVATE BOOST_TEST_DYN_LINK)
  katydid_precompile(test_${name})
  add_test(NAME ${name} COMMAND test_${name} --log_level=message --report_level=short)
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
