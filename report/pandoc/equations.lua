-- A formula wider than a phone scrolls, in Quarto's pages as in the built-in ones, so the keyboard
-- must reach it. For Quarto alone, after it has numbered the equations.
function Span(span)
  if FORMAT:match("html") and span.identifier:match("^eq%-") then
    span.attributes.tabindex = "0"
    span.attributes.role = "group"
    span.attributes["aria-label"] = "Equation"
  end
  return span
end
