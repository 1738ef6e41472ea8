# The report's page, one HTML file of those in web/report and the page's colours, as a string in the
# engine: all faces write the same.
function(octavo_report_template target)
  set(folder ${CMAKE_SOURCE_DIR}/web/report)
  file(READ ${folder}/report.html page)
  foreach(part palette=../palette.css style=report.css script=report.js)
    string(REGEX REPLACE "=.*" "" name ${part})
    string(REGEX REPLACE ".*=" "" source ${part})
    file(READ ${folder}/${source} text)
    string(REPLACE "{{${name}}}" "${text}" page "${page}")
  endforeach()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${folder}/report.html ${folder}/../palette.css ${folder}/report.css ${folder}/report.js)
  set(made ${CMAKE_BINARY_DIR}/report_template.cc)
  file(WRITE ${made}.new "extern const char kReportTemplate[] = R\"octavo(${page})octavo\";\n")
  file(COPY_FILE ${made}.new ${made} ONLY_IF_DIFFERENT)
  target_sources(${target} PRIVATE ${made})
endfunction()
