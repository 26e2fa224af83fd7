# Copies the console's page to where it may be tested, with what it takes from the SDK, and fetches
# the packages. The source tree stays as it is.
set(web ${COPY}/hub/console/web)
file(GLOB former ${web}/*)
list(FILTER former EXCLUDE REGEX "node_modules$")
file(REMOVE_RECURSE ${former} ${COPY}/sdk)
file(COPY ${ROOT}/hub/console/web/ DESTINATION ${web}
  PATTERN node_modules EXCLUDE PATTERN dist EXCLUDE)
file(COPY ${ROOT}/sdk/typescript/src DESTINATION ${COPY}/sdk/typescript)
execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund WORKING_DIRECTORY ${web}
  RESULT_VARIABLE failed)
if(failed)
  message("skipped: npm cannot fetch the packages of hub/console/web")
  file(REMOVE_RECURSE ${web}/node_modules)
endif()
