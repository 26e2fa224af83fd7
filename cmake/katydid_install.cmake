# What `cmake --install` and `cpack` put where.
#
#   component hub   the program with its unit files, manual page and completion
#   component dev   the library: find_package(katydid), then link katydid::hub
#
#   cmake --install build/release --prefix /usr/local --component dev
#   cpack --config build/release/CPackConfig.cmake        # katydid_<version>_<arch>.deb
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
# What is packaged is built before: cpack does not build tests and benchmarks first.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

# --- the program -------------------------------------------------------------------------------
install(TARGETS katydid RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT hub)

# The program writes these itself, so that they say what it takes.
set(katydid_generated ${CMAKE_BINARY_DIR}/package)
install(CODE "
  set(program \"$<TARGET_FILE:katydid>\")
  set(folder \"${katydid_generated}\")
  function(katydid_write file)
    execute_process(COMMAND \${program} \${ARGN} OUTPUT_FILE \${folder}/\${file} COMMAND_ERROR_IS_FATAL ANY)
  endfunction()
  file(MAKE_DIRECTORY \${folder})
  katydid_write(katydid.1 man)
  katydid_write(katydid completion bash)
  katydid_write(_katydid completion zsh)
  katydid_write(katydid.fish completion fish)
  katydid_write(katydid.toml init -)
  execute_process(COMMAND gzip -9nf \${folder}/katydid.1 COMMAND_ERROR_IS_FATAL ANY)
  " COMPONENT hub)
install(FILES ${katydid_generated}/katydid.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT hub)
install(FILES ${katydid_generated}/katydid
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT hub)
install(FILES ${katydid_generated}/_katydid
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT hub)
install(FILES ${katydid_generated}/katydid.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT hub)
# For the package only: an installation below some other prefix leaves /etc alone.
install(FILES ${katydid_generated}/katydid.toml DESTINATION /etc/katydid
  COMPONENT settings EXCLUDE_FROM_ALL)
install(FILES packaging/systemd/katydid.service packaging/systemd/katydid.socket
  DESTINATION lib/systemd/system COMPONENT hub)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT hub)
install(FILES packaging/debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT hub)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT hub
  PATTERN decisions EXCLUDE)

# --- the library -------------------------------------------------------------------------------
# katydid_hub and every room it stands on.
function(katydid_rooms target out)
  set(found ${${out}})
  if(NOT target IN_LIST found)
    list(APPEND found ${target})
    get_target_property(links ${target} INTERFACE_LINK_LIBRARIES)
    foreach(link IN LISTS links)
      string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" link "${link}")
      string(REGEX REPLACE "^katydid::" "katydid_" link "${link}")
      if(link MATCHES "^katydid_" AND TARGET ${link})
        katydid_rooms(${link} found)
      endif()
    endforeach()
  endif()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

set(rooms "")
katydid_rooms(katydid_hub rooms)
foreach(room IN LISTS rooms)
  string(REGEX REPLACE "^katydid_" "" name ${room})
  set_target_properties(${room} PROPERTIES EXPORT_NAME ${name})
endforeach()
install(TARGETS ${rooms} EXPORT katydidTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/katydid COMPONENT dev
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} ${CMAKE_INSTALL_INCLUDEDIR}/katydid)
install(CODE "set(SOURCE ${CMAKE_SOURCE_DIR})\nset(INCLUDES ${CMAKE_INSTALL_INCLUDEDIR})" COMPONENT dev)
install(SCRIPT cmake/install_headers.cmake COMPONENT dev)
set(katydid_cmake ${CMAKE_INSTALL_LIBDIR}/cmake/katydid)
install(EXPORT katydidTargets NAMESPACE katydid:: DESTINATION ${katydid_cmake} COMPONENT dev)
configure_package_config_file(cmake/katydidConfig.cmake.in ${CMAKE_BINARY_DIR}/katydidConfig.cmake
  INSTALL_DESTINATION ${katydid_cmake})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/katydidConfigVersion.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/katydidConfig.cmake ${CMAKE_BINARY_DIR}/katydidConfigVersion.cmake
  DESTINATION ${katydid_cmake} COMPONENT dev)

# --- the Debian package ------------------------------------------------------------------------
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME katydid)
set(CPACK_PACKAGE_VENDOR Katydid)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "webhook hub: receives, stores and delivers signed webhooks")
set(CPACK_PACKAGE_DESCRIPTION "It verifies what providers post, stores it durably before it answers, and delivers it, signed,
to everybody who subscribed, with limits, retries and a reason for every delivery that ends dead.
One program and one SQLite file; several hubs share one PostgreSQL database.")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL hub settings)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "Katydid maintainers <katydid@localhost>")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_SOURCE_DIR}/packaging/debian/postinst ${CMAKE_SOURCE_DIR}/packaging/debian/prerm
  ${CMAKE_SOURCE_DIR}/packaging/debian/postrm ${CMAKE_SOURCE_DIR}/packaging/debian/conffiles)
include(CPack)
