# Writes each FILE.sql as OUTPUT/FILE.sql.hpp: one constant for each statement, so that a name that
# does not exist is a compile error. Called with -DFILES=… -DOUTPUT=… -DNAMESPACE=….
#
# A statement begins after its line `-- name: NAME` and ends before the next one; comments in front of
# that line are left out. @NAME@ stands for an earlier statement, also of an earlier file.
string(REPLACE "|" ";" FILES "${FILES}")
foreach(file IN LISTS FILES)
  file(READ ${file} rest)
  set(constants "")
  string(FIND "${rest}" "-- name: " start)
  while(start GREATER -1)
    string(SUBSTRING "${rest}" ${start} -1 rest)
    string(REGEX MATCH "^-- name: ([a-z_]+)\n" marker "${rest}")
    set(name ${CMAKE_MATCH_1})
    string(LENGTH "${marker}" length)
    string(SUBSTRING "${rest}" ${length} -1 rest)
    string(FIND "${rest}" "-- name: " start)
    string(SUBSTRING "${rest}" 0 ${start} statement)
    string(STRIP "${statement}" statement)
    string(REGEX REPLACE "(\n+--[^\n]*)+$" "" statement "${statement}")
    string(CONFIGURE "${statement}" statement @ONLY)
    if(statement MATCHES "@[a-z_]+@")
      message(FATAL_ERROR "${file}: ${name} refers to an unknown statement")
    endif()
    set(${name} "${statement}")
    string(APPEND constants "inline constexpr char ${name}[] = R\"sql(${statement})sql\";\n")
  endwhile()
  get_filename_component(base ${file} NAME)
  file(WRITE ${OUTPUT}/${base}.hpp
    "// Made from ${base}.\n#pragma once\n\nnamespace ${NAMESPACE} {\n\n${constants}\n}\n")
endforeach()
