-- The report's plain boxes, ::: {.notes} and ::: {.keypoints}: a class is enough for HTML, the PDF
-- needs a call of the function of that name in style.typ. Both renderers run this filter.
function Div(div)
  local name = div.classes:includes("notes") and "notes"
    or div.classes:includes("keypoints") and "keypoints"
  if name and FORMAT:match("typst") then
    div.content:insert(1, pandoc.RawBlock("typst", "#" .. name .. "["))
    div.content:insert(pandoc.RawBlock("typst", "]"))
    return div.content
  end
end
