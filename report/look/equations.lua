-- Quarto writes an equation's number into the formula; the built-in renderer sets it at the margin.
function Span(span)
  local math = span.content[1]
  if FORMAT:match("html") and span.identifier:match("^eq%-") and math and math.t == "Math" then
    local tex, number = math.text:match("^(.-)%s*\\qquad(%(%d+%))%s*$")
    if tex then
      math.text = tex
      span.classes:insert("equation")
      span.content:insert(pandoc.Span(number, { class = "equation-number" }))
    end
    span.attributes.tabindex = "0"
    span.attributes.role = "group"
    span.attributes["aria-label"] = "Equation"
  end
  return span
end
