# What draws /docs: one script of a package of the npm registry, in the version and with the checksum
# of renderer.json, fetched once for a build folder and never committed (decision 30). Sets
# RENDERER_FILE and RENDERER_VERSION; where that cannot be, neither, and /docs is the plain page.
option(KATYDID_DOCS_RENDERER "Draw /docs with a renderer from the npm registry" ON)

# Leaves the script, compressed, in `file`; or sets FAULT.
function(katydid_fetch_renderer file package version script sha512)
  find_program(KATYDID_NPM npm)
  if(NOT KATYDID_NPM)
    set(FAULT "npm is not installed: run script/bootstrap" PARENT_SCOPE)
    return()
  endif()
  cmake_path(GET file PARENT_PATH folder)
  file(REMOVE_RECURSE ${folder})
  file(MAKE_DIRECTORY ${folder})
  execute_process(COMMAND ${KATYDID_NPM} pack ${package}@${version} --silent --ignore-scripts
      --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=30000
    WORKING_DIRECTORY ${folder} RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET TIMEOUT 120)
  file(GLOB archive ${folder}/*.tgz)
  if(failed OR NOT archive)
    set(FAULT "npm cannot fetch ${package} ${version}" PARENT_SCOPE)
    return()
  endif()
  file(SHA512 ${archive} sum)
  if(NOT sum STREQUAL sha512)
    message(FATAL_ERROR "${package} ${version} is not what renderer.json says: its SHA-512 is ${sum}")
  endif()
  file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${folder} PATTERNS package/${script})
  execute_process(COMMAND gzip -9 -n -c ${folder}/package/${script} OUTPUT_FILE ${file}
    COMMAND_ERROR_IS_FATAL ANY)
  file(REMOVE_RECURSE ${folder}/package)
endfunction()

if(KATYDID_DOCS_RENDERER)
  file(READ ${CMAKE_CURRENT_LIST_DIR}/renderer.json lock)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/renderer.json)
  foreach(field package version file sha512)
    string(JSON renderer_${field} GET ${lock} ${field})
  endforeach()
  set(RENDERER_VERSION ${renderer_version})
  set(RENDERER_FILE ${CMAKE_BINARY_DIR}/renderer/${renderer_version}.js.gz)
  if(NOT EXISTS ${RENDERER_FILE})
    katydid_fetch_renderer(${RENDERER_FILE} ${renderer_package} ${renderer_version} ${renderer_file}
      ${renderer_sha512})
  endif()
  if(FAULT)
    message(STATUS "${FAULT}, so /docs is the plain page")
    unset(RENDERER_FILE)
  endif()
endif()
