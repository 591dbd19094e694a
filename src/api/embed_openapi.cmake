# Writes OUT, a .cpp that holds the text of IN. A string literal may be at most 64 KiB portably: it is cut in pieces.
file(READ ${IN} text)
string(LENGTH "${text}" length)
set(pieces "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 8000 piece)
  string(APPEND pieces "    R\"json(${piece})json\"\n")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE ${OUT} "// Made by src/api/embed_openapi.cmake from src/api/openapi.json.
#include \"src/api/openapi.h\"

namespace huiqiao::api {

std::string_view openapi_document() {
    return
${pieces}    ;
}

}  // namespace huiqiao::api
")
