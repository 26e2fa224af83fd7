# Copies the package to where it may be built, and builds it. The source tree stays as it is.
file(REMOVE_RECURSE ${PACKAGE})
file(COPY ${SOURCE}/ DESTINATION ${PACKAGE}
  PATTERN dist EXCLUDE PATTERN node_modules EXCLUDE PATTERN "*.tgz" EXCLUDE)
execute_process(COMMAND ${TSC} -p ${PACKAGE} RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "sdk/typescript does not compile")
endif()
