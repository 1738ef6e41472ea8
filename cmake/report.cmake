# The report's page, one HTML file of the three in web/report, as a string in the engine: all faces
# write the same.
function(octavo_report_template target)
  set(folder ${CMAKE_SOURCE_DIR}/web/report)
  file(READ ${folder}/report.html page)
  foreach(part style=report.css script=report.js)
    string(REGEX REPLACE "=.*" "" name ${part})
    string(REGEX REPLACE ".*=" "" source ${part})
    file(READ ${folder}/${source} text)
    string(REPLACE "{{${name}}}" "${text}" page "${page}")
  endforeach()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${folder}/report.html ${folder}/report.css ${folder}/report.js)
  set(made ${CMAKE_BINARY_DIR}/report_template.cc)
  file(WRITE ${made}.new "extern const char kReportTemplate[] = R\"octavo(${page})octavo\";\n")
  file(COPY_FILE ${made}.new ${made} ONLY_IF_DIFFERENT)
  target_sources(${target} PRIVATE ${made})
endfunction()
