# cmake -DOUTPUT=... -DROOT=<templates> -P embed.cmake: text files become string constants.
set(text "// Generated from templates/.\n#include \"ke-ci/report/templates.h\"\n\nnamespace ke {\n")
foreach(pair "kReportHtml=report/report.html" "kReportCss=report/report.css" "kIndexHtml=report/index.html" "kPullRequestBody=pull-request/body.md")
  string(REPLACE "=" ";" pair "${pair}")
  list(GET pair 0 name)
  list(GET pair 1 file)
  file(READ "${ROOT}/${file}" content HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" content "${content}")
  # Short literals side by side: compilers limit the length of one.
  string(REGEX REPLACE "(................................................................)" "\\1\"\n\"" content "${content}")
  string(APPEND text "const std::string ${name} =\n\"${content}\";\n")
endforeach()
string(APPEND text "}  // namespace ke\n")
file(WRITE "${OUTPUT}" "${text}")
